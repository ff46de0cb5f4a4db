"""Cards, digests and lists: their layout, and the limits of a message whatever comes in."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import (
    Action,
    Adds,
    Changed,
    Digest,
    DigestKind,
    Kind,
    Lang,
    Message,
    NumberFact,
    Point,
    Relation,
    Rising,
    SeenIn,
    Shelf,
    Signal,
    Tier,
)
from digest.render import (
    Links,
    Rendering,
    count_units,
    message_body,
    render_card,
    render_digest,
    render_list,
)
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from tests.digest.render.samples import NOW, a_number, a_point, a_signal
from tests.digest.render.telegram_html import Parsed, parse

BASE = "https://hexin.example"


def rendering(
    lang: Lang = Lang.ZH, base: str = BASE, zone: str = "Asia/Shanghai", now: datetime | None = NOW
) -> Rendering:
    return Rendering(Links(base), texts_for(lang), load_taxonomy(), zone, now)


def a_digest(*signals: Signal, **changes: Any) -> Digest:
    by_column: dict[str, list[Signal]] = {}
    for signal in signals:
        by_column.setdefault(signal.placement.column, []).append(signal)
    shelves = tuple(Shelf(column, tuple(found)) for column, found in by_column.items())
    values: dict[str, Any] = {"kind": DigestKind.DAILY, "read": 47, **changes}
    return Digest(window_from=NOW - timedelta(days=1), window_to=NOW, shelves=shelves, **values)


def checked(message: Message) -> Parsed:
    """The message as Telegram reads it, having held it to Telegram's limits."""
    parsed = parse(message.text)
    assert 0 < parsed.units == count_units(message.text) <= 4096
    assert parsed.entities <= 100
    assert len(message.text.encode()) <= 32_768
    assert all(0 < len(row) <= 8 for row in message.buttons)
    assert sum(len(row) for row in message.buttons) <= 100
    for row in message.buttons:
        for button in row:
            assert button.label
            assert bool(button.url) != (button.action is not None)
    return parsed


# --- cards -------------------------------------------------------------------------------


def test_a_card_reads_as_designed():
    signal = a_signal(
        5,
        headline="新一代推理芯片发布",
        kind=Kind.RELEASE,
        points=tuple(map(a_point, ("功耗下降 40%。", "四季度量产。", "首批三家。", "第四。"))),
        numbers=(a_number(measure="订单额"), a_number("40%", "")),
        why=a_point("推理成本减半。"),
        gaps=(a_point("价格未公布。"),),
        score=82,
        others=4,
        told_by=3,
        published_at=NOW - timedelta(minutes=18),
    )  # fmt: skip
    message = render_card(signal, rendering())
    assert message.text == (
        '<b>🚀 <a href="https://hexin.example/s/5">新一代推理芯片发布</a></b>\n'
        '科技产品 · <a href="https://news.example/5">信源5</a> · 今天 08:12 · 评分 82 · 3 分钟'
        " · 另有 2 家\n\n"
        "• 功耗下降 40%。\n• 四季度量产。\n• 首批三家。\n\n"
        "🔢 <b>12 亿美元</b>（$1.2 billion）订单额 · <b>40%</b>\n\n"
        "<blockquote expandable><b>为什么值得关注</b>\n推理成本减半。\n"
        "<b>尚不清楚</b>\n· 价格未公布。</blockquote>\n\n"
        "<i>规则整理稿 · 发布</i>"
    )
    rows = [[(one.label, one.url or one.action) for one in row] for row in message.buttons]
    assert rows == [
        [
            ("全文", "https://hexin.example/s/5"),
            ("收藏", Action("save", (5,))),
            ("话题", Action("topics", (5,))),
        ],
        [
            ("多看", Action("more", (5,))),
            ("少看", Action("less", (5,))),
            ("为什么", Action("why", (5,))),
            ("报告", Action("report", (5,))),
        ],
    ]
    assert message.signals == (5,)


def test_a_saved_signal_says_so():
    message = render_card(a_signal(), rendering(), saved=True)
    assert message.buttons[0][1].label == "已收藏"


def test_an_update_says_so():
    message = render_card(a_signal(relation=Relation.UPDATE, headline="召回扩大"), rendering())
    assert "更新：召回扩大" in message.text


NEWS = a_signal(
    headline="晨星 S1 降价",
    relation=Relation.UPDATE,
    points=(a_point("晨星 S1 四月上市。"), a_point("新价格即日起生效，老车主获赠积分。")),
    numbers=(replace(a_number("18.9 万元", "", "售价"), value=189000.0),),
    adds=Adds(points=(1,), numbers=(0,), changes=(Changed(0, "21.9 万元", "", "down"),)),
)


def test_an_update_says_what_changed():
    card = checked(render_card(NEWS, rendering())).text
    assert "更新：晨星 S1 降价" in card
    assert "🆕 售价从 21.9 万元降到 18.9 万元" in card
    assert card.index("🆕 新价格即日起生效") < card.index("• 晨星 S1 四月上市")
    (digest,) = render_digest(a_digest(NEWS), rendering())
    assert "\n🆕 售价从 21.9 万元降到 18.9 万元\n" in digest.text
    english = checked(render_card(NEWS, rendering(Lang.EN))).text
    assert "down from CNY 219,000 to CNY 189,000" in english
    assert "🔢 CNY 189,000 (18.9 万元) Price" in english


def test_what_befell_people_is_named_with_their_number():
    told = replace(
        NEWS.brief, numbers=(NumberFact("4 人", 4, "count", "人", 0), *NEWS.brief.numbers)
    )
    adds = Adds(changes=(Changed(0, "40 人", "", "down", "失踪"),))
    (digest,) = render_digest(a_digest(replace(NEWS, brief=told, adds=adds)), rendering())
    assert "🆕 失踪人数从 40 人降到 4 人" in digest.text


def test_without_a_figure_the_new_point_is_what_an_update_brings():
    told = replace(NEWS, adds=Adds(points=(1,)), relation=Relation.FOLLOW_UP)
    (digest,) = render_digest(a_digest(told), rendering())
    assert "后续：晨星 S1 降价" in digest.text
    assert "🆕 新价格即日起生效，老车主获赠积分。" in digest.text
    assert "四月上市" not in digest.text


@pytest.mark.parametrize(
    ("leaning", "shown"),
    [
        ("他表示新价格即日起生效。", ""),
        ("此外，新价格即日起生效。", "🆕 新价格即日起生效。"),
        ("此外，他还宣布了新价格。", ""),
        ("上述价格即日起生效。", ""),
    ],
)
def test_what_is_new_does_not_lean_on_what_the_reader_has_not(leaning: str, shown: str):
    points = (a_point("原来的要点。"), a_point(leaning), a_point("老车主获赠积分。"))
    news = a_signal(points=points, relation=Relation.UPDATE, adds=Adds(points=(1,)))
    (digest,) = render_digest(a_digest(news), rendering())
    assert shown in digest.text
    assert bool(shown) == ("🆕" in digest.text)
    other = replace(news, adds=Adds(points=(1, 2)))
    (digest,) = render_digest(a_digest(other), rendering())
    assert (shown or "🆕 老车主获赠积分。") in digest.text
    if not shown:  # on the card, where all stand together, it comes after
        card = render_card(other, rendering()).text
        assert card.index("🆕 老车主获赠积分") < card.index(f"🆕 {leaning[:4]}")


def test_a_new_point_that_is_too_long_is_not_cut():
    long = a_point("新价格即日起对全部地区的用户生效" * 12 + "。")
    told = a_signal(points=(a_point("原来的要点。"), long), relation=Relation.UPDATE)
    (digest,) = render_digest(a_digest(replace(told, adds=Adds(points=(1,)))), rendering())
    assert "🆕" not in digest.text
    assert "原来的要点。" in digest.text


def test_what_an_editor_took_out_of_an_update_is_not_its_news():
    told = a_signal(relation=Relation.UPDATE, adds=Adds((7,), (7,), (Changed(7, "3 人"),)))
    assert "🆕" not in checked(render_card(told, rendering())).text


def test_what_is_not_there_leaves_no_empty_place():
    bare = a_signal(points=(), seen_in=(), site="", reading_minutes=0)
    parsed = checked(render_card(bare, rendering()))
    assert "\n\n\n" not in parsed.text
    assert "· ·" not in parsed.text
    assert "🔢" not in parsed.text


@pytest.mark.parametrize(
    ("point", "marked"),
    [
        (a_point("A sentence.", "en"), True),
        (a_point("一句话。", "zh", translated=True), False),
        (a_point("一句话。", "zh"), False),
        (a_point("?", ""), False),
    ],
)
def test_foreign_points_are_marked(point: Point, *, marked: bool):
    message = render_card(a_signal(points=(point,)), rendering())
    assert ("未翻译" in message.text) is marked


def test_the_tier_and_an_open_part_are_named():
    signal = a_signal(note="paywalled")
    signal = replace(signal, brief=replace(signal.brief, tier=Tier.MODEL))
    text = render_card(signal, rendering()).text
    assert "模型增强版" in text
    assert "仅读到公开部分" in text


def test_english_readers_read_english():
    text = checked(
        render_card(a_signal(numbers=(a_number(),), told_by=2), rendering(Lang.EN))
    ).text
    assert "Technology · 信源1 · today 08:12 · score 70 · 3 min · 1 more source" in text
    assert "$1.2 billion" in text
    assert "12 亿美元" not in text


def test_sources_of_one_article_are_counted():
    seen = tuple(SeenIn(n, f"源{n}", "https://x.example", NOW) for n in range(3))
    assert "另有 4 家" in render_card(a_signal(seen_in=seen, told_by=5), rendering()).text


def test_without_pages_the_original_is_linked():
    for base in ("", "http://localhost:8080"):
        message = render_card(a_signal(3), rendering(base=base))
        assert message.buttons[0][0].url == "https://news.example/3"
    nowhere = render_card(a_signal(url="ftp://x"), rendering(base=""))
    assert [button.label for button in nowhere.buttons[0]] == ["收藏", "话题"]
    assert "<a " not in nowhere.text


def test_pages_on_loopback_are_linked_by_address():
    message = render_card(a_signal(3), rendering(base="http://127.0.0.1:8080/"))
    assert message.buttons[0][0].url == "http://127.0.0.1:8080/s/3"


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(minutes=18), "今天 08:12"),
        (timedelta(hours=10, minutes=50), "昨天 21:40"),
        (timedelta(days=1, hours=23, minutes=25), "11月20日 09:05"),
        (timedelta(days=400), "2025年10月18日 08:30"),
        (-timedelta(days=1), "11月23日 08:30"),
    ],
)
def test_times_are_the_readers(ago: timedelta, shown: str):
    assert rendering().clock(NOW - ago) == shown


def test_a_text_for_later_bears_dates():
    assert rendering(now=None).clock(NOW) == "11月22日 08:30"
    assert rendering(now=None, zone="America/New_York").clock(NOW) == "11月21日 19:30"


def test_every_kind_has_a_name_and_a_sign():
    for lang in Lang:
        for kind in Kind:
            assert texts_for(lang)(f"kind.{kind}")
            assert checked(render_card(a_signal(kind=kind), rendering(lang)))


# --- digests -----------------------------------------------------------------------------


def test_a_digest_reads_as_designed():
    digest = a_digest(
        a_signal(1, column="ai", headline="甲", score=90),
        a_signal(2, column="ai", headline="乙", relation=Relation.UPDATE),
        a_signal(3, column="science", headline="丙", kind=Kind.PAPER, told_by=4),
        left_out=4,
        rising=(
            Rising("llm", 12, 4.0, since=NOW - timedelta(hours=2), followed=True),
            Rising("端侧模型", 3, 0.0, name="端侧模型"),
            Rising("unheard", 3, 0.2),
            Rising("fourth", 9, 1.0),
        ),
    )
    (message,) = render_digest(digest, rendering())
    point = "芯片功耗比上一代下降 40%，今年四季度量产。"
    assert message.text == (
        "<b>核心信息 · 早报</b> 11月22日 周日\n读了 47 条，挑出 3 条。\n\n"
        "<b>🤖 人工智能</b> · 2\n"
        f'1. 🚀 <a href="{BASE}/s/1">甲</a>\n{point}\n信源1 · 今天 08:12 · 评分 90\n\n'
        f'2. 🚀 <a href="{BASE}/s/2">更新：乙</a>\n{point}\n信源2 · 今天 08:12 · 评分 70\n\n'
        "<b>🔬 科学前沿</b> · 1\n"
        f'3. 📄 <a href="{BASE}/s/3">丙</a>\n{point}\n信源3 · 今天 08:12 · 评分 70 · 另有 3 家\n\n'
        f'📈 你关注的，近 24 小时升温：<a href="{BASE}/topic/llm">大模型</a> 12 条'
        "（平时 4 条，今天 06:30 起）\n"
        f'📈 近 24 小时升温：<a href="{BASE}/search?q=%E7%AB%AF%E4%BE%A7%E6%A8%A1%E5%9E%8B">'
        "端侧模型</a> 3 条（平时几乎没有）、"
        f'<a href="{BASE}/topic/unheard">unheard</a> 3 条（平时每 5 天 1 条）\n\n'
        "另有 4 条也符合你的关注，点「更多」查看。"
    )
    numbers, more = message.buttons
    assert [(button.label, button.action) for button in numbers] == [
        (str(number), Action("card", (number,))) for number in (1, 2, 3)
    ]
    assert [(button.label, button.url) for button in more] == [("更多", f"{BASE}/")]
    (english,) = render_digest(digest, rendering(Lang.EN))
    assert '), <a href="' in english.text
    assert message.signals == (1, 2, 3)


def test_a_digest_that_leaves_nothing_out_says_so():
    (message,) = render_digest(a_digest(a_signal()), rendering())
    assert message.text.endswith("符合你关注的就是这些。")
    assert len(message.buttons) == 1


def test_without_pages_more_is_found_in_the_chat():
    (message,) = render_digest(a_digest(a_signal(), left_out=2), rendering(base=""))
    assert "/latest" in message.text
    assert all(button.action for row in message.buttons for button in row)


@pytest.mark.parametrize(
    ("hour", "name"), [(0, "早报"), (10, "早报"), (11, "午报"), (16, "晚报"), (23, "晚报")]
)
def test_the_name_is_that_of_the_readers_hour(hour: int, name: str):
    at = NOW.replace(hour=0, minute=0) + timedelta(hours=hour - 8)
    digest = replace(a_digest(a_signal()), window_to=at)
    assert name in render_digest(digest, rendering())[0].text


def test_a_first_digest_has_a_name_of_its_own():
    digest = a_digest(a_signal(), kind=DigestKind.FIRST)
    assert "你的第一份核心信息" in render_digest(digest, rendering())[0].text


def test_an_instant_digest_is_its_card_with_dates():
    messages = render_digest(a_digest(a_signal(7), kind=DigestKind.INSTANT), rendering())
    assert [message.signals for message in messages] == [(7,)]
    assert "11月22日 08:12" in messages[0].text


def test_a_long_digest_drops_the_points_of_the_weakest_first():
    long_point = a_point("这一句话写得很长" * 7 + "。")
    signals = [
        a_signal(n, column=f"c{n % 6}", score=n, headline="长标题" * 20, points=(long_point,))
        for n in range(1, 25)
    ]
    messages = render_digest(a_digest(*signals), rendering())
    (message,) = messages
    assert count_units(message.text) <= 3500
    with_point = [s.id for s in signals if f">{'长标题' * 20}</a>\n这一" in _item(message, s)]
    assert 0 < len(with_point) < 24
    assert min(with_point) > 24 - len(with_point) - 1


def test_the_point_of_an_item_ends_with_a_clause_that_is_whole():
    told = "北港地铁十号线周日上午正式开通运营，全线共设二十一座车站，市民清早在站外排起长队，"
    long = a_point(f"{told}列车全部采用无人驾驶技术，首日客流预计超过三十万人次。")
    shown = _item(*_listed(long))
    assert "排起长队，列车全部采用无人驾驶技术。" in shown
    assert "…" not in shown
    endless = a_point("北港地铁" + "东延伸线" * 20 + "今天开通，市民清早在站外排起长队。")
    assert "…" in _item(*_listed(endless))


def _listed(point: Point) -> tuple[Message, Signal]:
    signal = a_signal(brief=replace(a_signal().brief, points=(point,)))
    (message,) = render_digest(a_digest(signal), rendering())
    return message, signal


def _item(message: Message, signal: Signal) -> str:
    start = message.text.index(f'/s/{signal.id}"')
    return message.text[start : message.text.find("\n\n", start)]


def test_a_digest_too_long_for_one_message_goes_on_in_the_next():
    signals = [a_signal(n, column="ai", headline=f"{n:03d}" + "题" * 150) for n in range(1, 41)]
    messages = render_digest(a_digest(*signals, left_out=3), rendering())
    assert len(messages) > 1
    for message in messages:
        parsed = checked(message)
        assert "人工智能" in parsed.text
    assert [one for message in messages for one in message.signals] == list(range(1, 41))
    labels = [b.label for m in messages for row in m.buttons for b in row if b.action]
    assert labels == [str(number) for number in range(1, 41)]
    assert messages[-1].buttons[-1][0].label == "更多"
    assert all(button.action for row in messages[0].buttons for button in row)


# --- lists -------------------------------------------------------------------------------


def test_a_list_is_numbered_marks_what_is_saved_and_turns_its_page():
    message = render_list(
        "<b>最新</b>",
        [a_signal(11), a_signal(12)],
        rendering(),
        more=Action("page", ("latest", 12)),
        saved={12},
        first=6,
    )
    parsed = checked(message)
    assert parsed.text.startswith("最新\n\n6. 🚀 新一代")
    assert "7. ★ 🚀" in parsed.text
    assert [button.label for button in message.buttons[0]] == ["6", "7"]
    assert message.buttons[-1][0].action == Action("page", ("latest", 12))
    assert "没有更多了" not in parsed.text


def test_the_last_page_says_so():
    assert "没有更多了" in render_list("x", [a_signal()], rendering(), more=None).text
    assert render_list("<b>空</b>", [], rendering(), more=None).text == "<b>空</b>"


def test_number_buttons_stand_in_even_rows():
    message = render_list("x", [a_signal(n) for n in range(1, 11)], rendering(), more=None)
    assert [len(row) for row in message.buttons] == [5, 5]


# --- bodies ------------------------------------------------------------------------------


def test_a_body_is_what_send_message_takes():
    message = render_card(a_signal(4), rendering())
    body = message_body(message, lambda action: f"1:{action.verb}:{action.args[0]}")
    assert body["parse_mode"] == "HTML"
    assert body["link_preview_options"] == {"is_disabled": True}
    assert body["reply_markup"]["inline_keyboard"][0][:2] == [
        {"text": "全文", "url": f"{BASE}/s/4"},
        {"text": "收藏", "callback_data": "1:save:4"},
    ]
    assert "reply_markup" not in message_body(Message("x"), lambda _: "")


# --- whatever comes in -------------------------------------------------------------------

WILD = st.one_of(
    st.text(max_size=30),
    st.sampled_from([
        "", " ", "<b>", "</a>", "a < b && c > d", '"quoted" & \'so\'', "&lt;", "<script>alert(1)",
        "😀" * 60, "👨‍👩‍👧‍👦 家", "标题" * 250, "x" * 3000, "&" * 1000, "<" * 2000,
        "\ud83d", "\x00\x1b",
        "\u202eevil", "1,234,567.89", "{name}", "%s {0}", "a\n\nb", "e\u0301" * 500, "词 " * 900,
    ]),
    st.text(alphabet="<>&\"'😀核 .，。a1", max_size=900),
)  # fmt: skip


URLS = [
    "", "https://x.example/?a=1&b=\"<>'", "javascript:1", "http://[",
    "https://x.example/" + "y" * 3000,
]  # fmt: skip


@st.composite
def wild_signals(draw: st.DrawFn, number: int = 1) -> Signal:
    points = st.builds(
        Point, WILD, st.just((0,)), st.sampled_from(["zh", "en", "", "ja"]), st.booleans()
    )
    maybe = st.none() | points
    numbers = st.builds(a_number, WILD, WILD, WILD)
    return a_signal(
        number,
        headline=draw(WILD),
        title=draw(WILD),
        url=draw(st.sampled_from(URLS)),
        points=tuple(draw(st.lists(points, max_size=4))),
        numbers=tuple(draw(st.lists(numbers, max_size=6))),
        why=draw(maybe),
        gaps=tuple(draw(st.lists(points, max_size=3))),
        column=draw(st.sampled_from(["ai", "tech", "<col>", "栏" * 500])),
        kind=draw(st.sampled_from(list(Kind))),
        relation=draw(st.sampled_from(list(Relation))),
        others=draw(st.integers(0, 10**6)),
        told_by=draw(st.integers(0, 10**6)),
        score=draw(st.integers(0, 100)),
        reading_minutes=draw(st.integers(0, 10**6)),
        seen_in=(SeenIn(1, draw(WILD), "", NOW),),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(wild_signals(), st.sampled_from(Lang), st.sampled_from([BASE, ""]), st.booleans())
def test_any_card_is_within_the_limits(signal: Signal, lang: Lang, base: str, saved: bool):
    checked(render_card(signal, rendering(lang, base), saved=saved))


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(1, 40), st.sampled_from(Lang), st.integers(0, 5))
def test_any_digest_is_within_the_limits(data: st.DataObject, size: int, lang: Lang, rest: int):
    pool = data.draw(st.lists(wild_signals(), min_size=1, max_size=4))
    signals = [replace(pool[n % len(pool)], id=n + 1) for n in range(size)]
    rising = tuple(Rising(data.draw(WILD), 3, 0.5) for _ in range(rest))
    messages = render_digest(a_digest(*signals, left_out=rest, rising=rising), rendering(lang))
    for message in messages:
        checked(message)
    shown = [one for message in messages for one in message.signals]
    assert sorted(shown) == list(range(1, size + 1))


@settings(max_examples=80, deadline=None)
@given(st.data(), st.integers(0, 25))
def test_any_list_is_within_the_limits(data: st.DataObject, size: int):
    pool = data.draw(st.lists(wild_signals(), min_size=1, max_size=4))
    signals = [replace(pool[n % len(pool)], id=n + 1) for n in range(size)]
    message = render_list("<b>搜索</b>", signals, rendering(), more=None)
    checked(message)
    assert message.signals == tuple(range(1, len(message.signals) + 1))
    assert len(message.signals) >= min(size, 10)
