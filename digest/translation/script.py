"""Traditional to simplified Chinese, by OpenCC's tables."""

from dataclasses import replace
from functools import cache
from typing import Any

from digest.model import OPENCC, Article, Rendered, TranslatedSentence, Translation
from digest.regexes import regex

_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
# Taiwan's 兆 is 10^12; on the mainland it is read as 10^6, if at all.
_TRILLION = regex(
    r"(?<=[\d零一二两三四五六七八九十百千数几])\s?兆"
    r"(?=[多余]?(?:新台币|台币|人民币|美元|美金|日元|日圆|韩元|韩圆|欧元|英镑|港元|港币|元))"
)
_LOOKED_AT = 2000  # characters
# Of the characters of running traditional text about a third have a simplified form of their own;
# a simplified text that quotes a book title in traditional characters stays far below this.
_TRADITIONAL_SHARE = 0.15


def simplified(text: str, *, words: bool = False) -> str:
    """`text` in simplified characters; with `words` also in mainland words (軟體 → 软件).

    Words are only for texts that are traditional: a simplified 程序 would be taken for Taiwan's.
    """
    sound = text.encode("utf-8", "replace").decode()  # lone surrogates are no text to OpenCC
    return str(_converter("tw2sp" if words else "t2s").convert(sound))


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is written in traditional characters."""
    sample = text[:_LOOKED_AT]
    han = len(_HAN.findall(sample))
    if not han:
        return False
    changed = sum(1 for old, new in zip(sample, simplified(sample), strict=False) if old != new)
    return changed / han > _TRADITIONAL_SHARE


def simplified_article(article: Article) -> Translation | None:
    """A traditional Chinese article sentence by sentence in simplified; None for any other."""
    if article.lang != "zh" or not is_traditional(article.text):
        return None
    told = tuple(_told(sentence.index, sentence.text) for sentence in article.sentences)
    return Translation("zh", OPENCC, told)


def in_simplified(article: Article, simple: Translation) -> Article:
    """The article as its simplified form `simple` has it, sentence for sentence."""
    texts = iter(sentence.text for sentence in simple.sentences)
    paragraphs = tuple(tuple(next(texts) for _ in paragraph) for paragraph in article.paragraphs)
    return replace(article, title=_in_words(article.title), paragraphs=paragraphs)


def _told(index: int, text: str) -> TranslatedSentence:
    new = _in_words(text)
    state = Rendered.KEPT if new == text else Rendered.TRANSLATED
    return TranslatedSentence(index, new, state)


def _in_words(text: str) -> str:
    """In simplified characters and mainland words, sums of money with their mainland scale."""
    return _TRILLION.sub("万亿", simplified(text, words=True))


@cache
def _converter(config: str) -> Any:
    import opencc  # noqa: PLC0415  loads its tables, which most runs never need

    return opencc.OpenCC(config)
