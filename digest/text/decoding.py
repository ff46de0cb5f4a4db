"""Bytes from the wire to text, for pages and feeds alike.

Declarations lie often enough that what the bytes themselves say comes first: a byte order mark,
then strict UTF-8, then what was declared, then the likeliest of four East Asian encodings.
"""

import codecs
import re
from dataclasses import dataclass

from digest.regexes import regex

# What servers call a charset and what its pages really use: browsers widen in the same way
# (WHATWG Encoding Standard, "names and labels").
_WIDENED = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "big5-tw": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "utf8": "utf-8",
    "unicode": "utf-8",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HTTP_CHARSET = regex(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = regex(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = regex(rb"<meta\s[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_NON_ASCII = regex(r"[^\x00-\x7f]+")
# "<", ">" and line ends are never the second byte of a character in any of the four encodings.
_FOREIGN_RUN = regex(rb"[^<>\r\n\x80-\xff]{0,2}[\x80-\xff][^<>\r\n]*")

# Declarations stand at the start; some pages put long scripts before them.
_HEAD_BYTES = 16_384
# Enough text to tell four encodings apart; the whole of a long page adds only time.
_GUESS_BYTES = 65_536
# A wrong encoding makes most of its non-ASCII characters bad, a damaged text only a few.
_BAD_SHARE = 0.2
_LEAST_COMMON_SHARE = 0.12

_GUESSES = ("gb18030", "big5hkscs", "cp932", "cp949")
# The commonest characters of Chinese in both scripts, of Japanese (kana) and of Korean. A text
# decoded with the wrong one of the four encodings has hardly any of these.
_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员"
    "解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件"
    "计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运年月日时分"
    "這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣開從實軍無與長機業將兩間問並應戰頭體見產給話"
    "門東聲員處義條氣題爾別變總電數報結場計資統區隊決馬書則聽達強難權設記類據邊張該規萬覺術領傳師觀讓識"
    "。，、；：？！“”「」（）《》"
    "のにはをたがでてとしれさいるなかもらくりあこすっきんそうまよせけ"
    "이다에는의을가고지하로나도사기어서리한대자해인들시아그일정있를은과수보전"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the Python codec that gave it. `bad` counts characters that were not readable."""

    text: str
    encoding: str
    bad: int = 0


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Text of a page or feed; never raises, never leaves a byte order mark.

    `content_type` is the HTTP header's value or "". In order: byte order mark, strict UTF-8,
    charset of the header, charset declared in the document, damaged UTF-8, damaged declared
    charset, the likeliest of GB18030, Big5, CP932 and CP949, and CP1252 at last.
    """
    marked = _by_mark(body)
    if marked is not None:
        return marked
    declared = _declared(body, content_type)
    if b"\x1b" not in body or not any(name.startswith("iso2022") for name in declared):
        strict = _strict(body, "utf-8")
        if strict is not None:
            return strict
    for encoding in declared:
        strict = _strict(body, encoding)
        if strict is not None and _plausible(strict, body):
            return strict
    for encoding in ("utf-8", *declared):
        lenient = _lenient(body, encoding)
        if lenient is not None and _plausible(lenient, body):
            return lenient
    return _replaced(body, guess_east_asian(body) or "cp1252")


def charset_of(content_type: str) -> str:
    """The codec that a Content-Type header names, widened; "" when it names none we know."""
    found = _HTTP_CHARSET.search(content_type)
    return _codec(found.group(1)) if found else ""


def declared_charset(head: bytes) -> str:
    """The codec that a document names in its XML declaration or `<meta>`, widened, or ""."""
    found = _XML_ENCODING.search(head[:1024]) or _META_CHARSET.search(head[:_HEAD_BYTES])
    return _codec(found.group(1).decode("ascii", "replace")) if found else ""


def guess_east_asian(body: bytes) -> str:
    """The one of four East Asian codecs under which the text has most common characters, or ""."""
    sample = b"\n".join(_FOREIGN_RUN.findall(body))[:_GUESS_BYTES]
    best, best_share = "", _LEAST_COMMON_SHARE
    for encoding in _GUESSES:
        share = _common_share(sample.decode(encoding, "replace"))
        if share > best_share:
            best, best_share = encoding, share
    return best


def _by_mark(body: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _replaced(body[len(mark) :], encoding)
    # UTF-16 without a mark is valid UTF-8 full of NULs; markup begins with "<".
    if body.startswith(b"<\x00"):
        return _replaced(body, "utf-16-le")
    if body.startswith(b"\x00<"):
        return _replaced(body, "utf-16-be")
    return None


def _declared(body: bytes, content_type: str) -> tuple[str, ...]:
    """Declared codecs, header first; a Western header yields to the document's own word.

    Servers send ISO-8859-1 by default, and every byte is a character there, so it would win
    over a document that says what it really is.
    """
    named = [charset_of(content_type), declared_charset(body[:_HEAD_BYTES])]
    named.sort(key=lambda codec: codec == "cp1252")
    return tuple(dict.fromkeys(codec for codec in named if codec))


def _codec(label: str) -> str:
    name = label.strip().lower()
    name = _WIDENED.get(name, name)
    try:
        info = codecs.lookup(name)
        b"\xff".decode(name, "replace")  # refuses "hex", "idna" and their like
    except (LookupError, UnicodeError, ValueError):
        return ""
    return name if name in _WIDENED.values() else info.name


def _strict(body: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(body.decode(encoding), encoding)
    except (UnicodeError, ValueError):
        return None


def _plausible(decoded: Decoded, body: bytes) -> bool:
    """False when a single-byte Western reading hides an East Asian text."""
    return decoded.encoding != "cp1252" or not guess_east_asian(body)


def _lenient(body: bytes, encoding: str) -> Decoded | None:
    read = _replaced(body, encoding)
    foreign = sum(len(run) for run in _NON_ASCII.findall(read.text))
    return read if read.bad <= foreign * _BAD_SHARE else None


def _replaced(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def _common_share(text: str) -> float:
    foreign = "".join(_NON_ASCII.findall(text))
    return sum(char in _COMMON for char in foreign) / len(foreign) if foreign else 0.0
