"""Paragraphs that serve the page and not the article, and where an article begins and ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.regexes import regex

_LONGEST = 300
_LONGEST_CAPTION = 90
_SHORTEST_EXCERPT = 24
_HEAD_LINES = 8
_STOPS = "。！？.!?"
_LONGEST_HEAD_LINE = 60
# The end of an article is looked for in the second half only.
_EARLIEST_END = 0.5
_LEAST_TRAILING = 4
_LONGEST_TRAILING = 60
_MOST_TRAILING_SHARE = 0.35

# Whole paragraphs, wherever they stand.
_EN = (
    r"share (?:this|on|via)\b.{0,60}",
    r"table of contents|on this page|advertisement|sponsored(?: content)?|ad|toggle navigation",
    r"(?:read|learn|see|view|show|load|continue) (?:more|reading|also)\b.{0,20}",
    r"subscribe|sign up|log ?in|sign in|register|follow us|print|email|reply|tweet|share",
    r"(?:\d+ )?comments?|skip to .{0,30}",
    r"(?:all rights reserved|©|\(c\) ?\d{4}|copyright\b).{0,120}",
    r"(?:image|photo) (?:credit|source)s?:.{0,80}|photo(?:graph)?(?: by|:) .{0,60}",
    r"(?:tags?|filed under|categories|posted in)\s*:.{0,120}",
)
_ZH = (
    r"目录|广告|分享(?:到|至|给).{0,20}|分享|已?收藏|点赞|评论|举报|打印|返回(?:首页|顶部)?|知道了|关闭",
    r"(?:点击|查看|阅读|展开|显示)(?:更多|全文|原文|查看|进入).{0,12}",
    r"更多(?:内容|精彩|资讯|新闻).{0,20}|(?:相关)?资讯请关注.{0,20}",
    r"[上下]一篇.{0,60}",
    r"(?:打开|使用|用)?(?:微信)?扫(?:一扫|描|码).{0,40}|长按.{0,30}二维码.{0,20}",
    r"关注(?:我们|.{0,3}公众号|.{0,6}微信).{0,20}|(?:微信|微博)(?:号|关注)\s*[:：]?.{0,30}",
    r".{0,20}(?:扫描下方|扫码|扫描)二维码关注.{0,80}|安装.{0,20}客户端.{0,60}",
    r"(?:责任|值班|本文|网络|执行)?编辑\s*[:：].{0,24}|责编\s*[:：].{0,24}|审核\s*[:：].{0,24}",
    r"版权(?:所有|声明|归).{0,200}|.{0,60}未经(?:授权|许可|允许|同意).{0,80}|转载请.{0,60}",
    r"(?:本文|图片|文章)?(?:来源|图源)于?\s*[:：].{0,40}|图片?/.{0,30}|.{0,40}视觉中国.{0,8}",
    r"免责声明.{0,200}|.{0,20}(?:有害|不良)信息举报.{0,60}|举报邮箱.{0,40}",
    r"关键[词字]\s*(?:[:：]|>>).{0,100}|标签\s*[:：].{0,80}|字号.{0,10}|Tags?\s*[:：].{0,80}",
    r"(?:医院|公司|单位|联系|办公)?地址\s*[:：].{0,80}|(?:传真|联系?电话|邮编)\s*[:：].{0,80}",
    r"[（(]?原(?:文)?标题\s*[:：].{0,100}|[（(]原题为.{0,60}",
    r"\W*打印(?:本页)?\W*关闭(?:窗口)?",
)
_FURNITURE = regex(rf"[\W_]*(?:{'|'.join((*_EN, *_ZH))})[\W_]*", re.IGNORECASE)
_CAPTION = regex(r".{0,80}(?:\s摄|供图|资料图)[）)。]?")

# Pieces at the end of a paragraph.
_ASIDES = (
    regex(
        r"\s*The post .{1,200}? (?:appeared first on|first appeared on) .{1,100}$", re.IGNORECASE
    ),
    regex(r"[（(][^（()）]{0,12}(?:本文来自|更多.{0,10}请下载).{0,80}[）)]$"),
    regex(r"(?:返回.{1,4}[，,])?\s*查看更多$"),
    regex(
        r"\s*[【\[]?(?:(?:阅读|查看|展开)(?:原文|全文)|Read more|Continue reading)[】\]]?\W{0,3}$",
        re.IGNORECASE,
    ),
)

# Lines before the first sentence: place, date, source, byline, path of the page.
_HEAD = regex(
    r"\W*(?:"
    r"(?:(?:最后)?更新|发布|发表|时间|日期|刊发)?(?:时间|日期|于)?\s*[:：]?\s*(?:19|20)\d{2}\s*[-/.年].{0,48}"
    r"|(?:昨天|今天|前天|刚刚|\d+\s*(?:分钟|小时|天)前).{0,20}"
    r"|(?:来源|作者|文|记者|编辑|撰文|编译|原创|采写|字号|阅读|浏览|点击|责任编辑)\s*(?:于|[:：丨|/]).{0,48}"
    r"|.{1,16}(?:记者|通讯员|编辑)\s.{2,24}|.{2,12}/.{2,16}"
    r"|(?:您?(?:现在)?的?(?:当前)?位置|首页|home)\s*[:：>»›].{0,60}|.{0,30}(?:\s[>»›]+\s.{0,30}){1,6}"
    r"|(?:by|published|posted|updated|last updated)\b.{0,60}"
    r"|(?:\w{3,9}\.? \d{1,2},? (?:19|20)\d{2}|\d{1,2} \w{3,9}\.? (?:19|20)\d{2}).{0,30}"
    r"|[^。！？]{0,30}(?:19|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2}日?\s*\d{1,2}[:：]\d{2}.{0,24}"
    r"|\d+\s*(?:min(?:ute)?s?|分钟)\b.{0,12}"
    r")\W*",
    re.IGNORECASE,
)
# Where a text comes from and who wrote it, wherever that stands.
_CREDIT = regex(r"\W*(?:本文|题图|头图|文章|内容)(?:来自|来源|首发|转载自|原载).{0,70}")
_MENU = regex(r"(?:[^|]{1,12}\s*\|\s*){4,}[^|]{0,16}|(?:[^-]{1,10}\s-\s){4,}.{0,12}")
# Headings behind which no article goes on.
_END = regex(
    r"\W*(?:"
    r"(?:相关|热门|推荐|精彩|最新|更多|精选)(?:阅读|文章|推荐|新闻|链接|报道|资讯|热门文章|评论|内容|专题)"
    r"|延伸阅读|猜你喜欢|大家都在看|热点排行|今日推荐|为您推荐|评论区?|网友评论|(?:全部|最新|热门)评论"
    r"|related(?: (?:articles?|posts?|stories|reading|content|news))?|(?:read|up) next|see also"
    r"|more (?:from|on|stories|news)\b.{0,40}|recommended(?: for you)?"
    r"|you (?:may|might) also like.{0,20}"
    r"|about the authors?|leave a (?:reply|comment)|most (?:read|popular)|trending(?: now)?"
    r"|share this.{0,30}|follow us.{0,30}"
    r")\W*",
    re.IGNORECASE,
)
_STOP = regex(r"[。！？!?…；;：:”」）)\]】]\W*$|[.][\W\d]*$")


@dataclass(frozen=True, slots=True)
class Trimmed:
    """An article's own paragraphs, and the lines that stood before them."""

    paragraphs: tuple[str, ...]
    head_lines: tuple[str, ...] = ()


def is_furniture(text: str) -> bool:
    """Whether a cleaned paragraph only serves the page ("分享到…", "Read more", a caption)."""
    if len(text) > _LONGEST:
        return False
    caption = len(text) <= _LONGEST_CAPTION and _CAPTION.fullmatch(text) is not None
    return caption or _FURNITURE.fullmatch(text) is not None


def without_asides(text: str) -> str:
    """A paragraph without the words to the reader that pages hang on its end."""
    for aside in _ASIDES:
        text = aside.sub("", text)
    return text


def trim(paragraphs: Sequence[str]) -> Trimmed:
    """The paragraphs between the page's head lines and what follows its article."""
    start = 0
    heads = [text for text in paragraphs if _CREDIT.fullmatch(text)]
    paragraphs = [text for text in paragraphs if text not in heads]
    for number, text in enumerate(paragraphs[:_HEAD_LINES]):
        is_menu = _MENU.fullmatch(text) is not None
        if not is_menu and (len(text) > _LONGEST_HEAD_LINE or text[-1] in _STOPS):
            break
        if is_menu or _HEAD.fullmatch(text):
            heads.append(text)
            start = number + 1
    kept = [text for text in paragraphs[:start] if text not in heads]
    body = _before_end(paragraphs[start:])
    return Trimmed(_without_excerpt((*kept, *body)), tuple(heads))


def _without_excerpt(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Without a first paragraph that the following ones say again: feeds put a summary there."""
    if len(paragraphs) <= 1 or len(paragraphs[0]) < _SHORTEST_EXCERPT:
        return paragraphs
    rest = "".join(paragraphs[1:])
    first = paragraphs[0].rstrip(".…")
    opens = paragraphs[1].startswith(first[:_SHORTEST_EXCERPT])
    return paragraphs[1:] if opens and first[-_SHORTEST_EXCERPT:] in rest else paragraphs


def _before_end(paragraphs: Sequence[str]) -> Sequence[str]:
    lengths = [len(text) for text in paragraphs]
    total = sum(lengths)
    passed = 0
    for number, text in enumerate(paragraphs):
        if (
            passed >= total * _EARLIEST_END
            and len(text) <= _LONGEST_TRAILING
            and _END.fullmatch(text)
        ):
            paragraphs = paragraphs[:number]
            break
        passed += lengths[number]
    return _without_trailing_list(paragraphs)


def _without_trailing_list(paragraphs: Sequence[str]) -> Sequence[str]:
    """Without a list of other headlines: many short lines at the end and not one stop."""
    end = len(paragraphs)
    while end and _is_loose(paragraphs[end - 1]):
        end -= 1
    trailing = sum(map(len, paragraphs[end:]))
    is_list = len(paragraphs) - end >= _LEAST_TRAILING
    small = trailing <= _MOST_TRAILING_SHARE * sum(map(len, paragraphs))
    return paragraphs[:end] if is_list and small else paragraphs


def _is_loose(text: str) -> bool:
    return len(text) <= _LONGEST_TRAILING and _STOP.search(text) is None
