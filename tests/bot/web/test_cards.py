"""The pictures that shared links bring along."""

import asyncio
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp.test_utils import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot.type.face import GETA, drawable, has, is_legible, width
from bot.type.lines import break_lines, shortened, units
from bot.web.cardpages import key_number
from bot.web.cards import Card, CardStore, drawing
from bot.web.cards import store as store_module
from bot.web.cards.drawing import draw
from bot.web.cards.store import TooManyCards, mark_of
from digest.model import Access, NumberFact, SignalState
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, brief, signal
from tests.bot.web.test_stories_page import told
from tests.covering import covers

Client = TestClient[Any, Any]

CARD = Card(
    "人工智能 · 融资",
    "启明半导体完成 8 亿元 C 轮融资，存算一体芯片明年量产",
    ("晨星新闻", "2026年11月22日", "评分 78"),
    "核心信息",
    number="8 亿元",
    measure="C 轮融资额",
)
NEVER_FIRST = "，。、；：？！）》」』”%"
NEVER_LAST = "（《「『“$¥"


def picture(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether anything but paper is in `box`."""
    return len(image.convert("RGB").crop(box).getcolors(100_000) or ()) > 1


def test_a_card_is_a_small_picture_with_everything_on_it():
    body = draw(CARD)
    image = picture(body)
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(body) < 60_000
    for box in ((72, 60, 600, 110), (72, 150, 1128, 330), (72, 425, 500, 510),
                (72, 550, 700, 600), (950, 550, 1128, 600)):  # fmt: skip
        assert inked(image, box)
    # Nothing runs over the margins.
    assert not inked(image, (0, 20, 70, 630))
    assert not inked(image, (1131, 20, 1200, 630))
    without = picture(draw(replace(CARD, number="")))
    assert not inked(without, (72, 425, 500, 510))


def rows_of(image: Image.Image, colour: str) -> list[int]:
    """The heights at which something is drawn in `colour`, or nearly."""
    looked_at = np.asarray(image.convert("RGB").crop((72, 120, 700, 530)), dtype=int)
    nearly = (abs(looked_at - ImageColor.getrgb(colour)) < 24).all(axis=2)
    return [120 + int(row) for row in np.flatnonzero(nearly.any(axis=1))]


@pytest.mark.parametrize("times", range(1, 12))
def test_the_headline_never_runs_into_the_number(times: int):
    long = replace(CARD, headline="意向订单增至三百四十万颗" * times)
    image = picture(draw(long))
    assert max(rows_of(image, "#1d1c1a")) + 8 < min(rows_of(image, "#a2301d"))


def test_numbers_stay_with_their_units_and_words_stay_whole():
    found = units(
        "启明半导体完成 8 亿元 C 轮融资，“Qwen-Image-2.0”从 40 步降到 4 步，涨 3.5%（同比）"
    )
    assert "".join(found).replace(" ", "") == (
        "启明半导体完成8亿元C轮融资，“Qwen-Image-2.0”从40步降到4步，涨3.5%（同比）"
    )
    stripped = [unit.strip() for unit in found]
    for whole in ("8 亿元", "半导体", "融资，", "“Qwen-Image-2.0”", "4 步，", "3.5%", "（同比）"):
        assert whole in stripped, whole


@settings(deadline=None)  # the first example loads the dictionary
@given(
    st.lists(
        st.sampled_from(
            "人工智能|芯片|，|。|“|”|（|）|《|》|Qwen-3|3.5%|¥99|OpenAI|发布|、| |40 步".split("|")
        ),
        min_size=1,
        max_size=60,
    ),
    st.integers(200, 1056),
)  # fmt: skip
def test_lines_fit_keep_their_marks_and_lose_nothing(pieces: list[str], room: int):
    text = drawable("".join(pieces))
    if not text:
        return
    lines = break_lines(text, room, 100, lambda line: width(line, 40))
    assert lines is not None
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 40) <= room for line in lines)
    wide = {unit.strip() for unit in units(text) if width(unit.strip(), 40) > room}
    if not wide:
        assert not any(line[0] in NEVER_FIRST for line in lines[1:])
        assert not any(line[-1] in NEVER_LAST for line in lines[:-1])


def test_a_headline_too_long_ends_with_a_whole_word():
    text = "国家发展改革委等部门关于进一步完善新能源上网电价市场化改革的若干意见公开征求意见" * 4
    (line,) = shortened(text, 500, 1, lambda part: width(part, 40))
    assert line.endswith("…")
    assert text.startswith(line[:-1])
    assert line[:-1] in {"".join(units(text)[:count]) for count in range(1, 40)}
    words = shortened("Northwind opens its largest data centre in Oslo", 420, 1,
                      lambda part: width(part, 40))  # fmt: skip
    assert words == ["Northwind opens…"]
    assert "$61 million " in units("94 minutes, $61 million in credits")


def test_the_face_has_what_chinese_news_needs():
    commonest = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动"
    for letter in commonest + "喆堃镕曌囧與學“”《》￥€%…—·Éüñαβ":
        assert has(letter), letter
    assert not has("한")
    assert drawable("🚀 上线 é한") == f"上线 é{GETA}"
    assert is_legible("启明半导体 2.0")
    assert not is_legible(GETA * 3)
    assert not is_legible("")


def test_a_headline_in_a_script_without_letters_gives_way():
    korean = replace(CARD, headline="한국 반도체 수출", instead=("한국", "芯片出口"))
    assert draw(korean) == draw(replace(korean, headline="芯片出口"))
    nothing = replace(korean, instead=())
    assert draw(nothing) == draw(replace(nothing, headline=CARD.kicker))
    assert draw(replace(CARD, meta=("연합뉴스", "评分 78"))) == draw(
        replace(CARD, meta=("评分 78",))
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "a" * 5000, "喜" * 5000, "\x00\x1b[31m", "\u202e\u200fabc", "A\n\nB", "…" * 300],
)
def test_no_words_break_the_drawing(text: str):
    card = Card(text, text, (text, text), text, (text,), text, text)
    assert picture(draw(card)).size == (1200, 630)


async def test_a_card_is_drawn_once_and_few_are_kept(tmp_path: Path, monkeypatch: Any):
    drawn: list[Card] = []

    def counting(card: Card) -> bytes:
        drawn.append(card)
        return b"png " + card.headline.encode()

    monkeypatch.setattr(drawing, "draw", counting)
    store = CardStore(tmp_path / "cards", most=10)
    for _ in range(3):
        assert (await store.png(CARD)).startswith(b"png ")
    assert drawn == [CARD]
    cards = [replace(CARD, headline=str(number)) for number in range(30)]
    for age, card in enumerate(cards):
        await store.png(card)
        os.utime(tmp_path / "cards" / f"{mark_of(card)}.png", (age, age))
    kept = {path.stem for path in (tmp_path / "cards").iterdir()}
    assert len(kept) <= 10
    assert mark_of(cards[-1]) in kept
    assert mark_of(cards[0]) not in kept


async def test_a_folder_that_cannot_be_written_costs_no_picture(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert picture(await CardStore(tmp_path / "file" / "cards").png(CARD)).size == (1200, 630)
    assert picture(await CardStore(None).png(CARD)).size == (1200, 630)


async def test_more_cards_than_can_be_drawn_are_refused(monkeypatch: Any):
    monkeypatch.setattr(store_module, "MOST_WAITING", 3)
    store = CardStore(None)
    asked = [store.png(replace(CARD, headline=str(number))) for number in range(6)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(outcome, TooManyCards) for outcome in outcomes) == 3
    assert await store.png(CARD)


@covers(
    "page /card.png",
    "page /s/{id}/card.png",
    "page /column/{id}/card.png",
    "page /topic/{id}/card.png",
    "page /story/{id}/card.png",
    "page /week/{week}/card.png",
)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_shared_page_has_its_picture(client: Client, newsroom: Newsroom, lang: str):
    number, ids = await told(newsroom)
    asked = f"?lang={lang}"
    pages = ["/", f"/s/{ids[0]}", "/column/ai", "/topic/llm", f"/story/{number}", "/week/2026-W47"]
    marks = set()
    for page in pages:
        async with client.get(page + asked) as response:
            body = await response.text()
        address = f"https://pages.example{page.rstrip('/')}/card.png{asked}"
        assert f'<meta property="og:image" content="{address}">' in body, page
        async with client.get(address.removeprefix("https://pages.example")) as response:
            assert response.status == 200
            assert response.content_type == "image/png"
            assert picture(await response.read()).size == (1200, 630)
            marks.add(response.headers["ETag"])
        known = {"If-None-Match": response.headers["ETag"]}
        async with client.get(
            address.removeprefix("https://pages.example"), headers=known
        ) as again:
            assert again.status == 304
    assert len(marks) == len(pages)


async def test_the_picture_changes_with_the_headline_and_keeps_secrets(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add()

    async def mark() -> str:
        async with client.head(f"/s/{kept.id}/card.png") as response:
            assert response.status == 200
            return response.headers["ETag"]

    first = await mark()
    signals = newsroom.storage.signals
    await signals.set_access(kept.id, Access.SUBSCRIBERS, actor="test", now=NOW)
    closed = await mark()
    assert closed != first  # without its number
    await signals.set_brief(kept.id, brief(headline="Another headline"), NOW)
    assert await mark() != closed


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/s/999/card.png", 404),
        ("/column/nope/card.png", 404),
        ("/topic/nope/card.png", 404),
        ("/story/9/card.png", 404),
        ("/week/2099-W01/card.png", 404),
        ("/week/0001-W01/card.png", 404),  # no page, no picture: there are 100,000 such weeks
        ("/week/2026-W99/card.png", 404),
        ("/s/1/card.png", 410),
        ("/s/2/card.png", 404),
    ],
)
async def test_pages_that_are_not_there_have_no_picture(
    client: Client, newsroom: Newsroom, path: str, status: int
):
    await newsroom.add(state=SignalState.REJECTED)
    await newsroom.add(
        spec=replace(SPEC, key="b", url="https://b.example/f"), state=SignalState.HELD
    )
    async with client.get(path) as response:
        assert response.status == status


def test_the_key_number_is_the_headlines():
    small = NumberFact("400", 400, "count", "people", 2, measure="people")
    large = NumberFact("$1.2 billion", 1.2e9, "money", "USD", 1, measure="cost", zh="12 亿美元")
    bare = NumberFact("3", 3, "count", "", 1)
    minutes = NumberFact("94 minutes", 94, "time", "min", 1)
    made = brief(headline="造价 12 亿美元的数据中心", numbers=(bare, small, large))
    assert key_number(signal(brief=made)) == large
    assert key_number(signal(brief=replace(made, headline="数据中心"))) == small
    assert key_number(signal(brief=replace(made, numbers=(bare,)))) is None
    outage = brief(headline="Services offline for 94 minutes", numbers=(small, minutes))
    assert key_number(signal(brief=outage)) == minutes
