"""The original title, freed of what is not title."""

import re
import unicodedata

from digest.model import Article
from digest.regexes import regex

_SEPARATED = regex(
    r"^(?P<head>.+?)\s*(?:\s[-–—|·•:]\s|[|｜丨_]|\s?[–—]\s?|\s-)\s*(?P<tail>[^|｜丨_]{1,60})$"
)
# Letters wear two marks in some languages; a tower of them covers the lines above.
_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_STACKED = regex(rf"({_MARK}{{2}}){_MARK}+")
_LONGEST_FIRST = 400  # characters of a sentence that stands in for a title
_LONGEST_OWN = 40  # letters of a title with which a text may well begin
_CUT_OFF = regex(r"(?:…|\.\.\.)\W*$")
_MOST_TAILS = 5  # "Title - Section - Site"
# 【系列名】 before a title and （图） behind it; one with a number may be what the title is about.
_LABEL = regex(r"^【[^】\d]{1,20}】\s*(?=\S)")
_OUTLET = regex(
    r"^(?:(?:36|硬|暗)氪\s?)?(?:首发|独家|专访|最前线|快讯|焦点分析)\s*[|｜丨]\s*(?=\S)"
)
_MEDIA = regex(
    r"\s*[（(【\[](?:组?图|附图|多图|图文|图赏|视频|音频|(?:with |\+\s?)?video|photos?|pictures)"
    r"[）)】\]]\s*$",
    re.IGNORECASE,
)
_LONG_TITLE = 80
_LEAST_TITLE = 6  # letters without which a label is the title
# Chinese sites write their names behind titles, and never mean "according to" by it.
_ZH_SITE = regex(
    r"^[\u4e00-\u9fffA-Za-z]{2,10}(?:网|新闻|日报|晚报|时报|客户端|频道|电视台|通讯社)$"
    r"|^(?:36|硬|暗)?氪?(?:首发|独家|专访|最前线)$"
)
# What stands beside a site's own name in a title's tail: BBC News, CNN.com.
_BESIDE_NAME = regex(
    r"(?:news|world|online|mobile|business|sports?|magazine|blog|com|net|org|uk|the|"
    r"新闻|资讯|财经|科技|网|中文网|客户端)*"
)
_LEAST_NAME = 3
_HOST = regex(r"^https?://(?:www\.)?([^/:?#]+)")


def clean_headline(article: Article) -> str:
    """The title in one line, without invisible characters and the site's own name, never cut.

    Labels of a series (【…】) and of what is attached (（图）) go too.

    Falls back to the first sentence when the page has no title in words; "" when there is neither
    or that one is endless.
    """
    title = tidy(article.title)
    if not _letters(title):
        first = next((text for group in article.paragraphs for text in group if text.strip()), "")
        return (tidy(first) if len(first) <= _LONGEST_FIRST else "") or title
    title = _without_text(title, article)
    for _ in range(_MOST_TAILS):
        match = _SEPARATED.match(title)
        if match is None or not _is_site(match.group("tail"), article):
            break
        title = match.group("head").strip()
    return _unlabelled(title)


def _without_text(title: str, article: Article) -> str:
    """The heading alone of a title behind which a feed wrote its whole teaser."""
    first = tidy("".join(article.paragraphs[0])) if article.paragraphs else ""
    glued = len(title) > _LONG_TITLE and title.startswith(first) and first != title
    return first if glued and _LEAST_TITLE <= len(first) < len(title) / 2 else title


def _unlabelled(title: str) -> str:
    for label in (_LABEL, _OUTLET, _MEDIA):
        bare = label.sub("", title)
        title = bare if len(_letters(bare)) >= _LEAST_TITLE else title
    return title


def is_untitled(article: Article, headline: str) -> bool:
    """Whether `headline` is no title but how the text begins, as it is with microblogs."""
    own, shown = _letters(article.title), _letters(headline)
    if not own:
        return True
    if len(shown) <= _LONGEST_OWN and not _CUT_OFF.search(headline):
        return False
    return bool(shown) and _letters("".join(one.text for one in article.sentences)).startswith(
        shown
    )


def tidy(text: str) -> str:
    """`text` in one line, without control, zero-width and direction characters."""
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace()
        or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        or letter == "\u200d"  # joins the parts of one emoji
    )
    kept = _STACKED.sub(r"\1", kept)
    return re.sub(r"(?<![\u2600-\U0001ffff\ufe0f])\u200d|\u200d$", "", " ".join(kept.split()))


def _is_site(tail: str, article: Article) -> bool:
    name = _letters(tail)
    if not name:
        return False
    if _ZH_SITE.match(tail.strip()):
        return True
    host = _HOST.match(article.canonical_url or article.url)
    labels = host.group(1).split(".")[:-1] if host else []
    own = {_letters(label) for label in labels} | {_letters(article.site)}
    return any(
        name == one
        or (len(one) >= _LEAST_NAME and one in name and _names_only(name.partition(one)))
        for one in own
    )


def _names_only(parts: tuple[str, str, str]) -> bool:
    return all(_BESIDE_NAME.fullmatch(part) for part in (parts[0], parts[2]))


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
