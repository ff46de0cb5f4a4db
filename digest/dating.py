"""Days that were said from the day of writing (今天上午, yesterday), as readers later need them.

A brief is read hours or weeks after its article was written. Where the day of the article is
certain the words become that day; where it is not, they are left off. What may mean "nowadays"
(今天的世界), is in a name (今日资本) or in somebody's mouth stays as it is; so does what an
editor wrote.
"""

import re
from dataclasses import replace
from datetime import UTC, date, timedelta

from digest.dates import day_words
from digest.model import Brief, Lang, Point, Signal, Tier
from digest.regexes import regex
from digest.text.folding import small

_CHINA_MIN = 480
# At these hours of UTC it is one day from the Pacific coast of America to China.
_ONE_DAY = range(8, 16)
_SHORTEST = 6  # characters that a text without the word must keep

_ANY = regex(
    r"[今明昨前][日天晚夜晨早]|\b(?:to(?:day|night)|yesterday|this (?:morning|afternoon|evening)"
    r"|last night)\b",
    re.IGNORECASE,
)

# --- Chinese ---
_ZH = regex(
    r"(?P<at>[于在])?"
    r"(?:(?P<word>昨[天日]|(?<![目此之当以提年月日周])前[天日]|[今明][天日])"
    r"(?P<part>(?:上午|中午|下午|午后|午间|早间|早上|早晨|清晨|凌晨|傍晚|晚间|晚上|夜间|盘前|盘后|早盘|午盘)?)"
    r"|(?P<short>[昨今]晚|昨夜|今晨|今早)(?:间|上)?)"
    r"(?P<comma>[，,]\s?)?"
)
_AWAY = {"昨": -1, "前": -2, "今": 0, "明": 1}
_PARTS = {"晚": "晚", "夜": "夜间", "晨": "清晨", "早": "早上"}
_NAMED = regex(
    r"[今昨明][日天](?:头条|资本|美国|国际|热榜|看点|说法|关注|俄罗斯|方舟|之|重现|世界|黄花|油条|特价)"
    r"|[今明][日天](?:的|我们|大家|这|本|整个|数据|回头|回看|来看|看来)|昨日(?:本|之)"
)
_LED_BY = regex(r"[的到从如目之对面当]$|[直时]至$")
_NEWS = regex(
    r"正式|宣布|发布|公布|推出|上线|开售|开源|召开|举行|开幕|表示|透露|获悉|报道|消息|确认|回应|通报|发文|更新|开启|启动"
    r"|收[盘报]|开盘|起|向|对外|已|将|再次|\d|在[^，。的]{1,12}?(?:发布|宣布|举行|召开|表示|上市)"
)
_BOUND = regex(r"\s?(?:起|前|后|止|内|\d|零时|的|是|为)")

# --- English ---
_DID = (
    r"(?:announced|said|says|released|launched|unveiled|introduced|reported|confirmed|filed|signed"
    r"|published|revealed|posted|told|approved|ruled|voted|closed|fell|rose|began|started|added"
    r"|opened|rolled out|issued|denied|agreed|completed|raised|wrote|debuted|shipped)"
)
_WORD = r"(?P<word>today|tonight|yesterday|this (?:morning|afternoon|evening)|last night)"
_EN_FIRST = regex(rf"^{_WORD}(?!['’]s)(?P<comma>,)? ", re.IGNORECASE)
_EN = regex(rf" (?P<early>(?:earlier|late|early) )?{_WORD}\b(?!['’]s|\w)")
_AFTER_DEED = regex(rf"\b{_DID}(?: (?!to\b)\w+){{0,2}}$")
_BEFORE_DEED = regex(rf" {_DID}\b")
_WHO_DID = regex(rf"(?:[A-Z][\w.&\-]* ){{1,4}}{_DID}\b")
_BOUND_BY = regex(
    r"\b(?:until|from|since|by|of|for|than|before|after|on|as|between|and|through|to|in)$",
    re.IGNORECASE,
)
_TIMES = {
    "this morning": "the morning of ",
    "this afternoon": "the afternoon of ",
    "this evening": "the evening of ",
    "tonight": "the evening of ",
    "last night": "the night of ",
}
_PAST_DAYS = frozenset({"yesterday", "last night", "this morning", "this afternoon"})


def with_days(signal: Signal) -> Signal:
    """`signal` with the days in the words of its brief that were relative to its article's."""
    brief = signal.brief
    if brief.tier is Tier.EDITOR or not _ANY.search(_words(brief)):
        return signal
    on = written_on(signal)

    def dated(point: Point) -> Point:
        return point if point.edited else replace(point, text=in_days(point.text, point.lang, on))

    shown = replace(
        brief,
        headline=in_days(brief.headline, brief.headline_lang or signal.lang, on),
        points=tuple(dated(point) for point in brief.points),
        why=dated(brief.why) if brief.why else None,
        gaps=tuple(dated(gap) for gap in brief.gaps),
    )
    return signal if shown == brief else replace(signal, brief=shown)


def written_on(signal: Signal) -> date | None:
    """The day on which its article was written, where it was; None unless that is certain.

    Feeds write many times in GMT, whatever the hour was at the writer's; Chinese texts are then
    dated as in China.
    """
    if signal.published_at is None:
        return None
    at = signal.published_at.astimezone(UTC)
    offset = signal.utc_offset_min or (_CHINA_MIN if signal.lang.startswith("zh") else 0)
    if not offset and at.hour not in _ONE_DAY:
        return None
    return (at + timedelta(minutes=offset)).date()


def in_days(text: str, lang: str, on: date | None) -> str:
    """`text`, written on that day, with days for "yesterday"; without the word for None."""
    if not _ANY.search(text):
        return text
    if lang.startswith("zh"):
        found = _ZH.sub(lambda match: _chinese(match, on), text)
    elif lang == "en":
        found = _EN.sub(lambda match: _english(match, on), _first_english(text, on))
    else:
        return text
    return found if len(found.strip()) >= _SHORTEST else text


def _words(brief: Brief) -> str:
    points = (*brief.points, *brief.gaps, *((brief.why,) if brief.why else ()))
    return "\n".join((brief.headline, *(point.text for point in points)))


def _quoted(before: str) -> bool:
    """Whether a quotation is open where `before` ends."""
    curly = before.count("“") > before.count("”") or before.count("「") > before.count("」")
    return curly or before.count('"') % 2 == 1 or before.count("《") > before.count("》")


def _chinese(match: re.Match[str], on: date | None) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    place = match.start("word" if match["word"] else "short")
    other = _LED_BY.search(before) or _NAMED.match(match.string, place)
    # 昨天的太阳 may well be a title.
    subject = not before and not match["at"] and after.startswith("的")
    if other or subject or _quoted(before) or _explained(before, after):
        return match.group()
    word, comma = match["word"] or match["short"], match["comma"] or ""
    loose = word in {"今天", "明天", "明日"} and not match["part"]
    if loose and (comma or not _NEWS.match(after)):
        return match.group()
    if on is None:
        bound = before.endswith("至") or (not comma and _BOUND.match(after))
        return match.group() if bound else ""
    day = on + timedelta(_AWAY[word[0]])
    part = match["part"] if match["word"] else _PARTS[word[1]]
    lead = match["at"] or ("于" if before.rstrip()[-1:].isdigit() else "")
    gap = " " if not lead and before[-1:].isascii() and before[-1:].isalpha() else ""
    return f"{gap}{lead}{day_words(day, Lang.ZH)}{part}{comma}"


def _explained(before: str, after: str) -> bool:
    """Whether the date stands beside it: 今日（3 月 2 日）, 3 月 2 日（今日）."""
    return before.endswith(("（", "(")) or bool(re.match(r"\s?[（(]\d", after))


def _first_english(text: str, on: date | None) -> str:
    """`text` without a word that begins it, or with its day: "On 1 Mar, the company said …"."""
    match = _EN_FIRST.match(text)
    if match is None:
        return text
    word, rest = small(match["word"]), text[match.end() :]
    if not (_WHO_DID.match(rest) or (match["comma"] and word in _PAST_DAYS)):
        return text
    if on is None:
        return rest[:1].upper() + rest[1:]
    return f"On {_day(word, on)}{match['comma'] or ''} {rest}"


def _english(match: re.Match[str], on: date | None) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    word = small(match["word"])
    deed = _AFTER_DEED.search(before) or _BEFORE_DEED.match(after)
    if _quoted(before) or not (deed or word in _PAST_DAYS):
        return match.group()
    bound = _BOUND_BY.search(before)
    if on is None:
        return match.group() if bound or after.startswith(" at ") else ""
    early = "" if match["early"] in {None, "earlier"} else f" {match['early'].strip()}"
    return f"{early} {'' if bound else 'on '}{_day(word, on)}"


def _day(word: str, on: date) -> str:
    day = on - timedelta(word in {"yesterday", "last night"})
    return _TIMES.get(word, "") + day_words(day, Lang.EN)
