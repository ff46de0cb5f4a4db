"""What people type: commands and their arguments, times, zones, days, posts, addresses, lists."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from digest.addressing import read_typed_audience, typed_audience
from digest.asking import read_request
from digest.days import read_days
from digest.identity import canonical_url, entry_key
from digest.links import same_page, same_site
from digest.model import Lang
from digest.posts import PostText, read_text
from digest.sources.lists import ListError, read_list
from digest.sources.raw import web_address
from digest.taxonomy import load_taxonomy
from digest.text.units import utf16_length
from digest.words import contains, fold, is_word
from handlers import arguments, linkparts
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_address, check_line
from tests.fuzz.target import Target, text_of

TODAY = date(2026, 11, 22)
TAXONOMY = load_taxonomy()
SEEDS = (
    "/latest@hexin_bot ai 5", "/search 芯片 栏目:AI 来源:路透 日期:昨天", "8:30 和 20点30分",
    "23:00-7:00",
    "UTC+5:45", "Asia/Shanghai", "11.20-11.26", "2026-W48", "last 3 weeks", "近三天",
    "since 2026-11-20",
    'column:ai source:"The Verge" day:2026-11-20', "关注:AI,芯片 语言:中文 加入:7天",
    "标题\n- 第一点 12 亿\n- 第二点",
    "https://example.org/a?utm_source=x&b=1#c", "http://cdn.ampproject.org/c/s/h.example/a/amp/",
    "s_12",
)  # fmt: skip
WORDS = tuple(
    word.encode()
    for word in (
        "/", "@bot", "栏目:", "topic=", "来源：", "day:", "日期:", '"', "“", "：", "近", "天",
        "周", "月", "年",
        "今天", "last ", "past ", "2026", "-", "..", "至", "24:00", "am", "UTC", "+14", "Etc/",
        "https://", "www.",
        "[::1]", "%41", "%zz", "#!", "?amp=1", "utm_x=", "@", ":99999", "xn--", "é", "\u200d",
        "\x00", "٣", "²", "_",
    )
)  # fmt: skip


def check_commands(text: str) -> None:
    check_typed(text)
    check_times(text)
    check_request(text)
    check_days(text)
    check_audience(text)
    check_post(text)


def check_typed(text: str) -> None:
    command = arguments.read_command(text)
    if command is not None:
        assert command.name
        assert not set(command.name) & set(" @/\n")
        assert command.rest == command.rest.strip()
    request = arguments.read_list_request(text)
    assert 1 <= request.count <= arguments.LARGEST_LIST
    arguments.read_board(text)
    payload = arguments.read_payload(text)
    assert payload is None or f"{payload.kind}_{payload.value}" == text
    plain = arguments.plain(text)
    assert arguments.plain(plain) == plain, "made plain twice, plain in two ways"
    name = arguments.read_name(text)
    if name is not None:
        check_line(name, arguments.NAME_LIMIT)
        assert arguments.read_name(name) == name
    word = arguments.read_word(text)
    if word is not None:
        check_line(word, arguments.WORD_BYTES)
        assert arguments.read_word(word) == word
        assert contains(f"{word}", word) or not is_word(word)
    assert fold(fold(text)) == fold(text)


def check_times(text: str) -> None:
    moment = arguments.read_time(text)
    assert moment is None or isinstance(moment, time)
    times = arguments.read_times(text)
    assert times is None or times == tuple(sorted(set(times)))
    if times:
        assert arguments.read_times(", ".join(f"{one:%H:%M}" for one in times)) == times
    quiet = arguments.read_quiet(text)
    if quiet:
        assert arguments.read_quiet(f"{quiet[0]:%H:%M}-{quiet[1]:%H:%M}") == quiet
    zone = arguments.read_zone(text)
    if zone is not None:
        ZoneInfo(zone)
        assert arguments.read_zone(zone) == zone


def check_request(text: str) -> None:
    request = read_request(arguments.plain(text), TAXONOMY, TODAY)
    assert request.column is None or request.column in TAXONOMY.columns
    assert request.topic is None or request.topic in TAXONOMY.topics
    if request.unknown:
        return
    for lang in Lang:
        typed = request.typed(lang, TAXONOMY)
        again = read_request(typed, TAXONOMY, TODAY)
        wanted = (request.column, request.topic, request.source, request.days)
        found = (again.column, again.topic, again.source, again.days)
        assert found == wanted, f"{typed!r} asks for something else"


def check_days(text: str) -> None:
    days = read_days(arguments.plain(text), TODAY)
    if days is None:
        return
    assert days.first or days.last
    assert not (days.first and days.last) or days.first <= days.last
    for zone in ("Asia/Shanghai", "America/St_Johns", "Pacific/Kiritimati"):
        since, until = days.bounds(zone)
        assert not (since and until) or since < until
    assert read_days(str(days), TODAY) == days, f"{days} is written as other days"


def check_audience(text: str) -> None:
    wanted = read_typed_audience(text, TAXONOMY, TODAY)
    for lang in Lang:
        typed = typed_audience(wanted.audience, lang, TAXONOMY)
        again = read_typed_audience(typed, TAXONOMY, TODAY)
        assert again.audience == wanted.audience, f"{typed!r} is another audience"


def check_post(text: str) -> None:
    post = read_text(text)
    if not isinstance(post, PostText):
        return
    for line in (post.headline, *post.lines):
        check_line(line, 1000)
        assert line, "an empty line"
    assert utf16_length(post.headline) <= 160
    assert read_text("\n".join((post.headline, *post.lines))) == post


def check_addresses(text: str) -> None:
    url = canonical_url(text)
    assert canonical_url(url) == url, "canonical twice, in two ways"
    for page in same_page(text):
        check_address(page, 40_000)
    same_site(text, "https://example.org/")
    check_address(web_address(text, "https://feeds.example.org/x/feed"))
    check_address(web_address(text, text))
    entry_key(text, text, text, datetime(2026, 1, 1, tzinfo=UTC))
    linkparts.short_address(text)
    linkparts.is_telegram(text)
    assert linkparts.address_alone(text) in {"", text.strip()}
    linkparts.link_typed(text)


def check_list(body: bytes) -> None:
    try:
        found = read_list(body)
    except ListError:
        return
    for spec in found.specs:
        check_address(spec.url)
        assert spec.url
        check_address(spec.site_url)
        check_line(spec.title, 500)
        assert spec.column
        check_line(spec.key, 200)
    assert len({spec.key for spec in found.specs}) == len(found.specs)


_URLS = st.tuples(
    st.sampled_from(["https://", "http://", "HTTP:", "//", "", "ftp://", "https:/",
    "javascript:", "https://u:p@"]),
    st.sampled_from(
        ["example.org", "m.example.org", "[::1]", "[::1", "é.例子", "example.org:443",
        "a.example:99999", "EXAMPLE.org.",
         "cdn.ampproject.org", "www.google.com", "mp.weixin.qq.com", "127.1", "", "a b",
         "x" * 70]),
    st.sampled_from(["", "/", "/a/", "/amp/s/b.example/c", "/c/s/d.example/e",
    "/%7Ea/%2e%2e/%zz", "/路", "/../x", "/s"]),
    st.sampled_from(["", "?", "?utm_source=x&a=1", "?amp=1&b", "?from=weixin&ref=",
    "?__biz=a&mid=b&x=c", "?é=%E9&&=1"]),
    st.sampled_from(["", "#", "#!/x", "#/y", "#z"]),
).map("".join)  # fmt: skip
_TYPED = st.lists(
    st.one_of(
        st.sampled_from([word.decode() for word in WORDS]),
        st.sampled_from(SEEDS),
        st.integers(0, 3000).map(str),
        texts(2),
    ),
    max_size=6,
)
OPML = b"""<?xml version="1.0"?><opml version="2.0"><body><outline text="AI">
<outline type="rss" text="N"
title="N &amp; M" xmlUrl="https://n.example/feed" htmlUrl="https://n.example/"/></outline></body></opml>"""
LISTS = (
    OPML,
    b'[{"title": "N", "url": "https://n.example/feed", "category": "tech"}, {"feeds": ["https://m.example/"]}]',
    "# 科技\n- [N](https://n.example/feed)\nM https://m.example/rss.xml 好站".encode(),
)


@st.composite
def lists(draw: st.DrawFn) -> bytes:
    rows = draw(st.lists(st.tuples(texts(3), _URLS), max_size=5))
    shape = draw(
        st.sampled_from(
            [
                '<outline text="{0}" xmlUrl="{1}"/>',
                "- [{0}]({1})",
                "{0} {1}",
                '{{"title":"{0}","url":"{1}"}},',
                '<outline text="{0}"><outline xmlUrl="{1}">',
            ]
        )
    )
    body = "\n".join(shape.format(*row) for row in rows)
    around = draw(st.sampled_from(["{}", "<opml><body>{}</body></opml>", "[{}]", "[{}null]"]))
    return around.replace("{}", body).encode("utf-8", "surrogatepass")  # fmt: skip


TARGETS = (
    Target(
        "command",
        "Whatever is typed: no crash; times, zones, days and names that are read can be"
        " written and mean the same; a request or an audience written as an editor would type"
        " it is the same one; posts keep their limits, and reading one again changes nothing.",
        check_commands,
        _TYPED.map("".join) | _TYPED.map(" ".join),
        read=text_of,
        seeds=tuple(seed.encode() for seed in SEEDS),
        words=WORDS,
        longest=200,
    ),
    Target(
        "address",
        "An address is canonical once and for all; whatever we may fetch or show is absolute,"
        " http(s), with a host; none crashes.",
        check_addresses,
        _URLS | texts(4),
        read=text_of,
        seeds=tuple(seed.encode() for seed in SEEDS[-3:-1]),
        words=WORDS,
        longest=400,
    ),
    Target(
        "list",
        "OPML, JSON and text lists of sources: ListError or sources with absolute http(s)"
        " addresses, keys that differ, titles of one line.",
        check_list,
        lists(),
        read=bytes,
        seeds=LISTS,
        words=(
            b"<outline",
            b"xmlUrl=",
            b"<!ENTITY",
            b"<!DOCTYPE",
            b"&a;",
            b"http://",
            b"<opml>",
            b"{",
            b"[",
            b"]",
            b"\x00",
        ),
    ),
)
