"""Whole words and names for what is counted by a piece of one: 张丹丹 for 丹丹, 菲尔兹奖 for 菲尔.

A segmenter cuts a name that it does not know, and now and then each text another way. What
stands beside the piece in all texts belongs to it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from digest.regexes import regex
from digest.text.segmentation import tag

MOSTLY = 0.8
"""In so many of the texts a letter must stand beside a piece to belong to it."""

_LEAST_TEXTS = 2
_LONGEST = 12
_MOST_ADDED = 4  # letters on each side
_PERSON = (2, 4)  # letters
_PART = regex(r"[\u3400-\u9fff\w·]")
_LATIN = regex(r"[A-Za-z0-9]")
# Grammar, which ends a word: 的了是在…
_SMALL = frozenset("的了是在和与及或被将对等称说为把从由就也都不有以向让给于到又再已还其这那此")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚"
    "邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐庞颜倪庄聂章鲁岳翟殷詹申欧耿关焦俞左柳祝宁尚毕"
)
_NAME_TAGS = ("nr", "nrt", "nrfg")


def whole(said: str, texts: Iterable[str]) -> str:
    """What `texts` have wherever they have `said`: itself, or a longer phrase."""
    found = [text for text in dict.fromkeys(texts) if said in text]
    if len(found) < _LEAST_TEXTS:
        return said
    part = _LATIN if said.isascii() else _PART
    before = _beside([text[: text.index(said)][::-1] for text in found], part)[::-1]
    after = _beside([text[text.index(said) + len(said) :] for text in found], part)
    if said.isascii():
        return before + said + after
    longer = before + said + _without_verb(after)
    return longer if len(longer) <= _LONGEST else said


def is_person(said: str, texts: Iterable[str]) -> bool:
    """Whether a Chinese name is that of somebody, as texts have it: 侯开云, 张丹丹."""
    shortest, longest = _PERSON
    if not shortest <= len(said) <= longest or said[0] not in _SURNAMES:
        return False
    found = [text for text in dict.fromkeys(texts) if said in text]
    tags = Counter(
        kind for text in found for word, kind in tag(text) if word in (said, said[1:]) and word
    )
    named = sum(count for kind, count in tags.items() if kind in _NAME_TAGS)
    # A given name that looks like nothing else either: 丹丹.
    doubled = len(said) == longest - 1 and said[1] == said[2]
    return doubled or 2 * named > len(found)


def _beside(rests: Sequence[str], part: re.Pattern[str]) -> str:
    """What all but a few of the texts go on with."""
    added = ""
    while len(added) < _MOST_ADDED:
        nexts = Counter(rest[len(added)] for rest in rests if len(rest) > len(added))
        if not nexts:
            break
        letter, count = nexts.most_common(1)[0]
        if count < MOSTLY * len(rests) or not part.match(letter) or letter in _SMALL:
            break
        added += letter
        rests = [rest for rest in rests if rest.startswith(added)]
    return added


def _without_verb(after: str) -> str:
    """What was added, without a verb at its end (兹奖 of 兹奖公布); one alone belongs to it."""
    pieces = tag(after)
    if len(pieces) > 1 and pieces[-1][1] == "v":
        return "".join(word for word, _ in pieces[:-1])
    return after
