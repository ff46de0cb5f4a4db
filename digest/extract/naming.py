"""Headline, author and site name: one clean string each, out of several that disagree."""

import re
from collections.abc import Sequence

from digest.extract.hygiene import clean
from digest.regexes import regex
from digest.text.vocabulary import word_set

_SEPARATOR = regex(
    r"\s+[|｜·•»«:：–—\-/]+\s+|\s*[|｜»]\s*|_+|\s+[-–—]|(?<=[\u3400-\u9fff”》！？])[-–—](?=\S)"
)
_LAST_BAR = regex(
    r"(?:\s+\|\s+([^|]+)|\s*[-–—|｜_]\s*([^-–—|｜_]{0,10}(?:网|报|新闻|在线|客户端|频道|之家|中心|论坛|博客|杂志|周刊|社区)))$"
)
_SHORTEST_HEADLINE = 4
_LONGEST_SITE_WORDS = 5
_LONGEST_SITE_WIDE = 12
_CUT_OFF = regex(r"(?:…|\.{3})\s*$")
_MOST_AUTHORS = 5
_LONGEST_AUTHOR = 60

_BY = regex(
    r"^(?:by|von|par|por|(?:written|posted|story|words|reported|text) by|authors?)[:：]?\s+"
    r"|^(?:本文)?(?:作者|撰文|撰稿|记者|编辑|编译|文章作者|来源|出品|文字|整理|译者|责任编辑)\s*(?:[:：丨|/]\s*|\s+)"
    r"|^文\s*[:：丨|/／]\s*",
    re.IGNORECASE,
)
_AUTHOR_SEPARATOR = regex(
    r"\s*[;；、|丨]\s*|\s+(?:and|und|et|和)\s+|\s*&\s*|,\s+(?=[A-Z][^,]*\s)|，"
)
_ROLE = regex(
    r"(?:,|，|\s[-–—|]\s|\()\s*(?:[\w\s]*\b(?:reporter|editor|correspondent|writer|contributor|staff|"
    r"analyst|columnist|producer|journalist|news|ceo|cto|phd|professor)\b.*|for\s.+)$"
    r"|\s*(?:记者|编辑|主编|报道|实习生)$",
    re.IGNORECASE,
)
_ONLY_A_ROLE = regex(
    r"(?:[\w-]+ )*(?:reporter|editor|correspondent|writer|contributor|analyst|columnist|producer|"
    r"journalist)",
    re.IGNORECASE,
)
_CHINESE_REPORTER = regex(r"^(?:.{0,12}(?:记者|编辑|通讯员))[\s:：]+(?=\S)")
# Dates, counts, sentences, buttons.
_NO_NAME = regex(
    r"\d{3}|[。！？]|\d\s*篇|\d.*\s|\s.*\d|^(?:view|more|all|alle|no|follow|read)\b", re.IGNORECASE
)
_HANDLE_OR_ADDRESS = regex(r"https?://\S+|www\.\S+|\(?\S+@\S+\.\S+\)?|(?<!\w)@(\w+)")
_NOBODY = word_set(
    "admin administrator root editor editors staff author unknown anonymous guest user webmaster",
    "name null none undefined true false nobody test wordpress author.name",
    "佚名 匿名 未知 小编 管理员 编辑 网络 记者 责任编辑 原创",
)
# What stands behind a name on the same line.
_BEHIND_NAME = regex(
    r"(?i:\s+(?:says|wrote|on|published|updated|posted|in|at)\b.*$|^(?:updated|published|posted)\b.*$)"
    r"|\s*(?:发布时间|发表于|时间|日期|来源|浏览|阅读|责任编辑|编辑|关注|\d{1,2}[-/月]\d{1,2}|(?:19|20)\d{2}).*$"
)
_WIDE = regex(r"[\u3040-\u30ff\u3400-\u9fff]")
_LETTER = regex(r"[^\W\d_]")


def headline_of(
    *,
    heads: Sequence[str],
    declared: Sequence[str],
    window: str,
    feed: str,
    site_names: Sequence[str],
) -> str:
    """The page's headline, whole and without the site's name.

    `heads` are its `<h1>` texts, `declared` what its metadata call the title, strongest first,
    `window` its `<title>`, `feed` the feed's title. What two of them agree on is the headline:
    a single heading may be the site's or a section's, a declared title written for searchers.
    """
    window, feed = clean(window), clean(feed)
    named = [text for text in map(clean, declared) if _is_headline(text, site_names)]
    headings = [without_site(text, site_names) for text in map(clean, heads)]
    headings = [text for text in headings if _is_headline(text, site_names)]
    others = [*named, *headings, feed]
    stripped = [_before_last_bar(without_site(text, site_names, others)) for text in named]
    shown = _before_last_part(without_site(window, site_names, others))
    ranked = [
        *_agreed_with_feed(feed, [*headings, *stripped], window),
        *_confirmed(headings, [window, *named, feed]),
        *stripped,
        *headings[:1],
        shown,
        feed,
    ]
    candidates = [text for text in ranked if _is_headline(text, site_names)]
    if not candidates:
        return feed or window
    return _whole(candidates[0], [*candidates, *others, window], site_names)


def _agreed_with_feed(feed: str, candidates: Sequence[str], window: str) -> list[str]:
    """The page's spelling of the feed's title, when the page has that title anywhere."""
    told = _squeezed(feed)
    if len(told) < _SHORTEST_HEADLINE:
        return []
    same = [text for text in candidates if _squeezed(text) == told]
    return same[:1] or ([feed] if told in _squeezed(window) else [])


def _confirmed(headings: Sequence[str], others: Sequence[str]) -> list[str]:
    """The first heading that another title repeats; a single one need only resemble it."""
    window = others[0]
    repeated = [head for head in headings if _same_start(head, window) or head in others]
    if not repeated and len(headings) == 1 and _alike(headings[0], others):
        return list(headings)
    return repeated[:1]


def without_site(title: str, site_names: Sequence[str], others: Sequence[str] = ()) -> str:
    """`title` without trailing (or leading) parts that only name the site or its sections."""
    for other in others:
        if len(other) >= _SHORTEST_HEADLINE and other != title and _is_marked_off(other, title):
            return other
    parts = list(_SEPARATOR.finditer(title))
    for found in parts:
        tail = title[found.end() :].strip()
        rest = _SEPARATOR.split(tail)
        head = title[: found.start()].strip()
        marked = "_" in found[0] or _names_site(rest[-1], site_names)
        if marked and _short(rest) and len(head) >= _SHORTEST_HEADLINE:
            return head
    if parts and _names_site(title[: parts[0].start()], site_names):
        return title[parts[0].end() :].strip() or title
    return title


def _before_last_bar(title: str) -> str:
    """A declared title up to its last bar: behind it stands the site, whatever it is called."""
    found = _LAST_BAR.search(title)
    if found is None:
        return title
    head, tail = title[: found.start()], found[1] or found[2]
    return head if _short([tail]) and len(head) >= 2 * len(tail) else title


def _alike(head: str, others: Sequence[str]) -> bool:
    """Whether a third of the heading's words or character pairs occur in one of the others."""
    own = _grams(head)
    return bool(own) and any(len(own & _grams(other)) * 3 >= len(own) for other in others)


def _grams(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    pairs = (word[at : at + 2] for word in words if _WIDE.search(word) for at in range(len(word)))
    return {*(word for word in words if not _WIDE.search(word)), *pairs}


def _before_last_part(window: str) -> str:
    """A window title up to its last part, if that is short: there it is nearly always the site."""
    parts = list(_SEPARATOR.finditer(window))
    if not parts:
        return window
    head = window[: parts[-1].start()].strip()
    tail = window[parts[-1].end() :].strip()
    return head if _short([tail]) and len(head) >= 2 * len(tail) else window


def author_of(candidates: Sequence[Sequence[str]], site_names: Sequence[str]) -> str:
    """The first candidate list that names somebody, cleaned and joined, at most five; else "".

    A byline that only repeats the site's name tells nobody anything.
    """
    own = {site.casefold() for site in site_names}
    for names in candidates:
        found: dict[str, None] = {}
        for text in names:
            for name in _AUTHOR_SEPARATOR.split(_BY.sub("", clean(text))):
                person = _person(name)
                if person and person.casefold() not in own:
                    found[person] = None
        if found:
            people = list(found)[:_MOST_AUTHORS]
            return ("、" if _WIDE.search(people[0]) else ", ").join(people)
    return ""


def site_of(declared: Sequence[str], host: str) -> str:
    """The site's name as it writes it, else its host without "www."."""
    for text in map(clean, declared):
        name = _HANDLE_OR_ADDRESS.sub(r"\1", text).strip(" |-_")
        if name and len(name) <= _LONGEST_AUTHOR:
            return name
    return host.removeprefix("www.")


def _person(name: str) -> str:
    name = _BEHIND_NAME.sub("", _HANDLE_OR_ADDRESS.sub(r"\1", name)).strip()
    name = _ROLE.sub("", _CHINESE_REPORTER.sub("", _BY.sub("", name)))
    name = name.strip(" ,，。.:：|丨/()（）【】[]-–—\"'“”")
    if not _LETTER.search(name) or len(name) > _LONGEST_AUTHOR or name.casefold() in _NOBODY:
        return ""
    return "" if _NO_NAME.search(name) or _ONLY_A_ROLE.fullmatch(name) else name


def _is_headline(text: str, site_names: Sequence[str]) -> bool:
    return len(text) >= _SHORTEST_HEADLINE and not _names_site(text, site_names)


def _names_site(text: str, site_names: Sequence[str]) -> bool:
    """Whether `text` is the site's name, its host's name, or either with a word around it."""
    own = _squeezed(text)
    if not own:
        return True
    for site in site_names:
        name = _squeezed(site)
        if name and (own == name or (len(name) > 1 and name in own and len(own) <= len(name) + 8)):
            return True
        if len(own) >= _SHORTEST_HEADLINE and own in name and len(own) * 2 >= len(name):
            return True
    return False


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _short(parts: Sequence[str]) -> bool:
    """Whether all parts are short enough to be names of sites and sections."""
    return all(
        len(part.split()) <= _LONGEST_SITE_WORDS
        and (len(part) <= _LONGEST_SITE_WIDE or not _WIDE.search(part))
        for part in parts
    )


def _is_marked_off(part: str, title: str) -> bool:
    """Whether `title` is `part` and, behind a separator, something more."""
    if not title.startswith(part):
        return False
    return _SEPARATOR.match(title, len(part)) is not None


def _same_start(head: str, window: str) -> bool:
    return bool(head) and _squeezed(window).startswith(_squeezed(head)[:40])


def _whole(title: str, others: Sequence[str], site_names: Sequence[str]) -> str:
    """The whole of a title that was cut off with dots, when one of the others has it."""
    stem = _CUT_OFF.sub("", title).strip()
    if stem == title:
        return title
    for other in others:
        if other.startswith(stem) and not _CUT_OFF.search(other):
            return without_site(other, site_names)
    return title
