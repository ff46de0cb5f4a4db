"""Is this an article, and may we read all of it? Decided on values alone."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from digest.extract.metadata import Metadata
from digest.identity import canonical_url
from digest.regexes import regex

# A wide character says about as much as 0.4 words.
_ENOUGH_WIDE = 200
_ENOUGH_WORDS = 80
_SHORT_CHARACTERS = 120
_SHORT_SENTENCES = 2
# Longer than this, a page that calls itself closed has shown its text all the same.
_OPEN_WIDE = 2_000
_OPEN_WORDS = 600

_WIDE = regex(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_WORD = regex(r"[^\W_]+(?:['’.-][^\W_]+)*")
_STOP = regex(r"[。！？!?…]|\.(?:\s|$|(?=[A-Z][a-z]))")


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# Titles that no article has, and titles that one may begin with.
_GUARD_TITLE = _any_of(
    r"just a moment\W*$|attention required!|access denied|are you (?:a )?(?:human|robot)\?",
    r"before you continue\b|one more step\W*$|checking your browser|security check\W*$",
    r"human verification|robot check|verify(?:ing)? (?:that )?you are human",
    r"pardon our interruption",
    r"(?:404|403)\b.{0,30}(?:not found|forbidden|error)|(?:error )?(?:404|403)\W*$|page not found",
    r"(?:人机|安全|访问|滑动)验证|验证码\W*$|访问(?:受限|被拒绝|异常)",
    r"(?:您访问的)?页面(?:不存在|未找到|没有找到)",
)
_ACCOUNT_TITLE = _any_of(
    r"(?:sign|log) ?in\b.{0,40}$|register\b.{0,40}$|please wait\W*$|error\W*$",
    r"(?:用户|请)?登录.{0,12}$|出错了|系统繁忙|找不到(?:页面|网页)",
)
_GUARD_TEXT = _any_of(
    r"enable javascript and cookies to continue|verify (?:that )?you are (?:a )?human",
    r"checking (?:if the site connection is secure|your browser)|complete the captcha",
    r"unusual traffic from your|we value your privacy|your privacy choices",
    r"you need to enable javascript|javascript is (?:disabled|required)",
    r"please enable (?:js|javascript)",
    r"请完成(?:下列|以下|安全)?验证|拖动滑块|请输入验证码|环境异常|请(?:开启|启用)\s*javascript",
    r"该内容已被发布者删除|此内容因违规|此账号已被|参数错误|(?:内容|文章|页面)(?:不存在|已被?删除)",
)
_WALL_TEXT = _any_of(
    r"subscribe (?:now |today )?(?:to|for) (?:continue|read|keep|unlock|full|get full)",
    r"(?:sign|log) in to (?:continue|read|keep)|already a (?:subscriber|member)\?",
    r"this (?:article|content|story|post) is (?:only |exclusively )?(?:available )?(?:for|to) "
    r"(?:paid |paying )?(?:subscribers|members)",
    r"to (?:continue|keep) reading\b|start your free trial",
    r"unlock (?:this|the full|the rest of this) (?:article|story|post)",
    r"you(?:'|’)ve (?:read|reached) your (?:\w+ )?(?:free )?(?:limit|articles?)",
    r"(?:本文|本内容|此文|全文)(?:为|是|仅限|仅供)(?:付费|会员|订阅)",
    r"(?:付费|订阅|开通会员|购买|登录|注册)后(?:可|即可|才能|方可)?(?:继续)?(?:阅读|查看)",
    r"(?:本文)?剩余\s*\d+%|(?:解锁|订阅)(?:本文)?全文|登录(?:查看|阅读)(?:全文|更多)",
    r"试读(?:已)?(?:结束|部分)",
    r"^\W*(?:subscribers?|members?)[- ]only\W*$|^\W*会员(?:专享|可读|专属)\W*$",
)
_HOME_PATH = regex(
    r"^/?(?:index\.\w+|home|default\.\w+|(?:zh|en|cn|zh-cn|en-us)/?)?$", re.IGNORECASE
)
_LIST_PATH = regex(
    r"/(?:tags?|topics?|category|categories|authors?|search|archives?|page/\d+|login|signin"
    r"|signup|register|account)(?:/[^/]*)?/?$",
    re.IGNORECASE,
)
# Where shops and offices keep what they sell, and boards their lists of threads.
_SHOP_PATH = regex(
    r"/(?:shop|store|products?|collections?|pricing|services?|locations)(?:/|$)", re.IGNORECASE
)
_BOARD_PATH = regex(r"/forums?(?:/[^/]+\.\d+)?/?$", re.IGNORECASE)
_LOOKED_AT = 400
_LONGEST_PLEA = 240
# A wall stands at the end of what is open; in the middle the same words belong to the article.
_LAST_PARAGRAPHS = 6
_RUNNING = 40
_LONGEST_SENTENCE = 400


def is_enough(paragraphs: Sequence[str]) -> bool:
    """Whether there is something to condense: 200 wide characters or 80 words."""
    wide, words = amount(paragraphs)
    return wide / _ENOUGH_WIDE + words / _ENOUGH_WORDS >= 1


def is_short_but_whole(paragraphs: Sequence[str]) -> bool:
    """Whether a text below that still says something: two sentences and 120 characters."""
    text = "\n".join(paragraphs)
    return len(text) >= _SHORT_CHARACTERS and len(_STOP.findall(text)) >= _SHORT_SENTENCES


def amount(paragraphs: Sequence[str]) -> tuple[int, int]:
    """(wide characters, words of other scripts) in the paragraphs."""
    text = "\n".join(paragraphs)
    return len(_WIDE.findall(text)), len(_WORD.findall(_WIDE.sub(" ", text)))


def is_guard(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether a consent, captcha, login or error page stands in the article's place."""
    if _GUARD_TITLE.match(title):
        return not _is_long(paragraphs)
    if is_enough(paragraphs):
        return False
    opening = "\n".join(paragraphs)[:_LOOKED_AT]
    return _ACCOUNT_TITLE.match(title) is not None or _GUARD_TEXT.search(opening) is not None


def is_walled(paragraphs: Sequence[str], *, free: bool) -> bool:
    """Whether only the open part of an article for subscribers can be read here."""
    if _is_long(paragraphs):
        return False
    return not free or any(map(_is_plea, paragraphs[-_LAST_PARAGRAPHS:]))


def without_wall(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The paragraphs without those at the end that ask for a subscription."""
    last = paragraphs[-_LAST_PARAGRAPHS:]
    open_part = paragraphs[: len(paragraphs) - len(last)]
    return (*open_part, *(text for text in last if not _is_plea(text)))


def _is_plea(paragraph: str) -> bool:
    return len(paragraph) <= _LONGEST_PLEA and _WALL_TEXT.search(paragraph) is not None


def is_list(url: str, metadata: Metadata, paragraphs: Sequence[str]) -> bool:
    """Whether this is a home, list, shop or login page rather than one article.

    Feeds hardly ever link to one, so the page must look it: no word of being an article, and an
    address or a text that only a list has.
    """
    # How a reader came is no part of the address: ?srsltid=…
    address = urlsplit(canonical_url(url)) if url else urlsplit("/x")
    path = address.path
    if _HOME_PATH.match(path) and not address.query:
        return metadata.kind != "article" and not metadata.moments
    if metadata.has_password and not is_enough(paragraphs) and not metadata.is_article:
        return True
    if _sells(path, metadata) or (_BOARD_PATH.search(path) and not metadata.is_article):
        return True
    running = sum(1 for text in paragraphs if _is_running(text))
    if metadata.is_article:
        return False
    return running == 0 or (_LIST_PATH.search(path) is not None and running * 4 < len(paragraphs))


def _sells(path: str, metadata: Metadata) -> bool:
    """Whether it offers something: it says so, or stands among offers with no day of its own."""
    if metadata.is_article or metadata.kind in {"article", "blog", "news", "newsarticle"}:
        return False
    if metadata.is_offer and metadata.kind.removeprefix("og:").startswith("product"):
        return True
    return not metadata.moments and (metadata.is_offer or bool(_SHOP_PATH.search(path)))


def _is_running(text: str) -> bool:
    """Whether a paragraph is sentences; menus run together have hardly a stop."""
    return len(text) >= _RUNNING and len(_STOP.findall(text)) >= len(text) / _LONGEST_SENTENCE


def _is_long(paragraphs: Sequence[str]) -> bool:
    wide, words = amount(paragraphs)
    return wide / _OPEN_WIDE + words / _OPEN_WORDS >= 1
