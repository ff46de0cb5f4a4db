"""Make the face of the cards: the characters that Chinese news needs, out of Noto Sans CJK.

    python -m tests.training.card_font /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc

Needs `fonttools` (pip install fonttools), and Debian's fonts-noto-cjk or any other copy of the
face, which comes under the SIL Open Font License 1.1 (bot/type/OFL.txt).
"""

import sys
from pathlib import Path

OUT = Path(__file__).parents[2] / "bot" / "type" / "NotoSansCJKsc-Bold-subset.otf"
# The collection holds a face per region; this is the one of the mainland's forms.
_FACE = "Noto Sans CJK SC"
_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),  # Latin with the marks of western and central Europe
    (0x370, 0x3FF),  # Greek
    (0x400, 0x45F),  # Cyrillic
    (0x2010, 0x2027),
    (0x2030, 0x203A),
    (0x2070, 0x209F),
    (0x20A0, 0x20BF),
    (0x2100, 0x214F),
    (0x2150, 0x218B),
    (0x2190, 0x2199),
    (0x2200, 0x226F),
    (0x2460, 0x249B),
    (0x25A0, 0x25CF),
    (0x3000, 0x303F),
    (0x3041, 0x30FF),  # kana
    (0xFF01, 0xFFEE),
)

# Letters of names that are common now and stand in neither set.
_NAMES = (
    "喆堃镕燚犇祎玥翀昇曌囧赟煊玮铖钘珺昀炘骁珏琰璟瑄晗曦焱熠烨烜炅炜玘珉珅珣珩琇琛琬琮瑀瑗"
    "璁璞芃芮芸茜荇莛菡萱蓁蔺薏藿袆婳嫣嬅孖屿岚峣嵘嵩巍弢彧怡恺恽悫惇憬戬扆挚旖旸昉昫晞晔晙"
    "晢暄暐暠朐杋枨柃栢桄梽棨楙榞槿樾檠欤歆毓沄沨泠泮洺浛淏淼渼湉湜湲溦滢滟潆潋澍澔濛瀛烺焓"
    "犍玎玕玙玟珈珝珞珰珲琎琏琚琤瑆瑢瑨瑱璘璠甯畯皓皞睿砚硒磊禛秾稷穆筠筱箐篁綦绚绮缦翊翎翥"
    "耘聿胤臻苒荃莘莜菀菁萩葳蒨蓓蕖蕤蕾薇藜蘅虓衎裴褚襄觐訚誉谡赜踔轩辇逸遥邈郅郗鄞酆醴釗钊"
    "钏钕钚钜钰铄铉铎铤铧铨锟锳镒镠镡闫闳阮陟雍雯霁霖霨霭靓韫韬颀颢颙飏馗馥骅骐骞骥髙鲲鸢鸾"
    "鹄鹂鹏鹭麒麓黛黻鼐龑龢鿏鿭"
)


def characters() -> set[int]:
    """GB 2312, the commoner half of Big5, and the ranges above."""
    wanted = {code for first, last in _RANGES for code in range(first, last + 1)}
    wanted |= _of("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    wanted |= _of("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return wanted | set(map(ord, _NAMES))


def _of(encoding: str, leads: range, trails: range | tuple[int, ...]) -> set[int]:
    found = set()
    for lead in leads:
        for trail in trails:
            try:
                found.add(ord(bytes((lead, trail)).decode(encoding)))
            except (UnicodeDecodeError, TypeError):
                continue
    return found


def main() -> None:
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    faces = TTCollection(sys.argv[1]).fonts
    face = next(one for one in faces if one["name"].getBestFamilyName() == _FACE)
    options = subset.Options()
    options.layout_features = ["kern", "palt", "locl"]
    options.hinting = False
    options.desubroutinize = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters())
    maker.subset(face)
    face.save(OUT)
    print(f"{OUT.name}: {len(face.getBestCmap())} characters, {OUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
