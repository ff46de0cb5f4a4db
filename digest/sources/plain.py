"""Short pieces of feeds (titles, names) as plain text a person can read."""

import html
import re

from digest.regexes import regex

# Names of HTML that turn up in titles. "vector<int>" and "Vec<T>" are words, not markup.
_NAMES = (
    r"(?:a|abbr|acronym|address|b|bdi|bdo|big|blockquote|center|cite|code|dd|del|dfn|div|dl|dt|em"
    r"|font|h[1-6]|i|ins|kbd|label|li|mark|nobr|ol|p|pre|q|s|samp|section|small|span|strike|strong"
    r"|sub|sup|table|tbody|td|th|time|tr|tt|u|ul|var)"
)
# "Using <div> in HTML" speaks of a tag, "<b>x</b>" uses one: an end tag tells them apart.
_END_TAG = regex(rf"</{_NAMES}\s*>", re.IGNORECASE)
_BARE_TAG = regex(rf"</?{_NAMES}\s*/?>", re.IGNORECASE)
_SURE_TAG = regex(
    r"<(?:br|hr|img|wbr|input|source)\b[^<>]{0,2000}>"
    r"|<[A-Za-z][\w:-]{0,40}\s[^<>=]{0,200}=[^<>]{0,2000}>"
    r"|<!\[CDATA\[|\]\]>|<[!?][A-Za-z][^<>]{0,500}>",
    re.IGNORECASE,
)
_UNSEEN = regex(r"<(script|style)\b[^<>]{0,2000}>[^<]{0,5000}</\1\s*>", re.IGNORECASE)
_BREAK = regex(r"<(?:br|/?p|/?div|/?li|/?h[1-6]|/?tr|/?td)\b[^<>]{0,200}>", re.IGNORECASE)
# Controls, zero-width and bidirectional marks, tags and selectors of variants: invisible, able to
# reorder what is seen, or to say what nobody sees.
# U+200D joins emoji, so it goes only where no emoji is before it.
_INVISIBLE = regex(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c"
    "\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
# Windows-1252 characters that were written as if they were Latin-1: "&#150;" and the like.
_C1 = {
    code: bytes((code,)).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_C1_SEEN = regex("[\x80-\x9f]")
_MARKED = regex(r"[<&]")
_WORD_END = regex(r"[\s，。；：、！？,.;:!?…）)】」』”’\-—–]")


def plain_text(markup: str, limit: int = 500) -> str:
    """Text of a title or name: entities decoded, tags off, blanks collapsed, at most `limit`.

    A longer text is cut behind a word, with "…" as the last of its characters.
    """
    text = markup[: limit * 20]  # enough for any title with its markup, bounded for hostile ones
    if _MARKED.search(text):
        text = _without_markup(text)
    if _C1_SEEN.search(text):
        text = text.translate(_C1)
    return clip_words(" ".join(_INVISIBLE.sub("", text).split()), limit)


def clip_words(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut behind a word and marked with "…"."""
    if len(text) <= limit:
        return text
    room = text[: limit - 1]
    if not _WORD_END.match(text[limit - 1]):
        # A word of more than 60 letters is none (or Chinese, where any place will do).
        ends = [found.end() for found in _WORD_END.finditer(room, max(0, len(room) - 60))]
        if ends and not _is_wide(text[limit - 1]):
            room = room[: ends[-1]]
    return room.rstrip(" ,;:-，；：、—–") + "…"


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af"


def _without_markup(text: str) -> str:
    """Tags off and entities decoded, both twice: many feeds escape their titles once too often."""
    for _ in range(2):
        bare = html.unescape(_without_tags(text))
        if bare == text:
            break
        text = bare
    return text


def _without_tags(text: str) -> str:
    if "<" not in text and "]]>" not in text:
        return text
    text = _UNSEEN.sub(" ", _without_comments(text))
    if _END_TAG.search(text):
        text = _BARE_TAG.sub("", _BREAK.sub(" ", text))
    return _SURE_TAG.sub(lambda tag: " " if _BREAK.match(tag[0]) else "", text)


def _without_comments(text: str) -> str:
    # By find: a pattern would look for an end from each of ten thousand starts.
    while (start := text.find("<!--")) >= 0 and (end := text.find("-->", start)) >= 0:
        text = f"{text[:start]} {text[end + 3 :]}"
    return text
