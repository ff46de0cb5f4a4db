"""Clean text: one spelling, nothing invisible, no line that only serves the page."""

import re
import unicodedata
from collections.abc import Iterable

# Zero-width characters, direction marks, soft hyphens, byte order marks, tag characters,
# private use: none of them can be read, some reorder what is.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
    "\ue000-\uf8ff\ufffe\uffff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# A joiner belongs between letters that need it (emoji, Indic scripts, Persian), nowhere else.
_LOOSE_JOINER = re.compile(
    "(?<![\u0600-\u06ff\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_SPACE = re.compile(r"[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_WIDE = "[\u3001-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]"
_WIDE_MARK = "[\u3001-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
# Chinese has no spaces between words, so a wrapped line means none. A space that stands within a
# line is the writer's ("新机发布 售价曝光"), except beside a mark that is wide itself.
_WRAP_IN_WIDE = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n]\s*(?={_WIDE})")
_SPACE_AT_MARK = re.compile(rf"(?<={_WIDE_MARK}) (?={_WIDE})|(?<={_WIDE}) (?={_WIDE_MARK})")

_LONG_ENOUGH_TO_BE_UNIQUE = 40
_LONGEST_FURNITURE = 300

# Whole paragraphs that serve the page, not the article.
_FURNITURE_EN = (
    r"share (?:this|on|via)\b.{0,60}",
    r"advertisement|sponsored(?: content)?|ad",
    r"(?:read|learn|see|view|show|load|continue) (?:more|reading|also)\b.{0,20}",
    r"subscribe|sign up|log ?in|sign in|register|follow us|print|email|reply|tweet|share",
    r"(?:\d+ )?comments?|skip to .{0,30}",
    r"related (?:articles?|posts?|stories|reading)",
    r"(?:all rights reserved|©|\(c\) ?\d{4}|copyright\b).{0,120}",
    r"(?:image|photo) (?:credit|source)s?:.{0,80}|photo(?:graph)?(?: by|:) .{0,60}",
)
_FURNITURE_ZH = (
    r"广告|分享(?:到|至|给).{0,20}|分享|收藏|点赞|评论|举报|打印|返回(?:首页|顶部)?",
    r"(?:点击|查看|阅读|展开|显示)(?:更多|全文|原文|查看|进入).{0,12}",
    r"更多(?:内容|精彩|资讯|新闻).{0,20}",
    r"相关(?:阅读|文章|推荐|新闻|链接|报道)|延伸阅读|推荐阅读|热门(?:文章|推荐)",
    r"[上下]一篇.{0,60}|扫(?:一扫|描|码).{0,30}|长按.{0,30}二维码.{0,20}|关注(?:我们|公众号).{0,20}",
    r"(?:责任|值班|本文|网络)?编辑\s*[:：].{0,24}|责编\s*[:：].{0,24}",
    r"版权(?:所有|声明|归).{0,200}|未经(?:授权|许可|允许).{0,80}|转载请.{0,60}",
    r"本文来源\s*[:：].{0,40}|免责声明.{0,200}|.{0,10}网上有害信息举报.{0,60}",
)
_FURNITURE = re.compile(
    rf"[\W_]*(?:{'|'.join((*_FURNITURE_EN, *_FURNITURE_ZH))})[\W_]*", re.IGNORECASE
)
_POST_APPEARED = re.compile(
    r"\s*The post .{1,200}? (?:appeared first on|first appeared on) .{1,100}$", re.IGNORECASE
)


def clean(text: str) -> str:
    """One line of readable text: NFC, nothing invisible, single spaces."""
    text = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    text = _WRAP_IN_WIDE.sub("", _LOOSE_JOINER.sub("", _INVISIBLE.sub("", text)))
    return _SPACE_AT_MARK.sub("", _SPACE.sub(" ", text).strip())


def is_furniture(text: str) -> bool:
    """Whether a cleaned paragraph only serves the page ("分享到…", "Read more")."""
    return len(text) <= _LONGEST_FURNITURE and _FURNITURE.fullmatch(text) is not None


def tidy(paragraphs: Iterable[str], *, title: str = "") -> tuple[str, ...]:
    """Cleaned paragraphs without empty ones, repetitions, the page's furniture and its title.

    The title goes only where it opens the text. Short paragraphs may return later, long ones
    are the same text twice.
    """
    kept: list[str] = []
    seen: set[str] = set()
    opening = clean(title).casefold()
    for raw in paragraphs:
        text = _POST_APPEARED.sub("", clean(raw))
        if not any(map(str.isalnum, text)) or is_furniture(text):
            continue
        if not kept and text.casefold() == opening:
            continue
        if (kept and kept[-1] == text) or text in seen:
            continue
        if len(text) >= _LONG_ENOUGH_TO_BE_UNIQUE:
            seen.add(text)
        kept.append(text)
    return tuple(kept)
