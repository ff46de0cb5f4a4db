"""Settings in the app change what the chat shows, by the chat's own rules."""

from datetime import time
from typing import Any

import pytest

from digest.model import Lang, Layout
from digest.texts import texts_for
from tests.bot.web.miniapp.conftest import InApp
from tests.bot.web.miniapp.signing import LIN
from tests.covering import covers

ALEX = {"id": 1002, "first_name": "Alex", "language_code": "en"}


@pytest.fixture(params=["lin", "alex"])
async def opened(app: InApp, request: pytest.FixtureRequest) -> InApp:
    """The app of a person who reads Chinese, then of one who reads English."""
    return await app.open({"lin": LIN, "alex": ALEX}[request.param])


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def said(page: Any) -> str:
    return words(page.get_element_by_id("said"))


def button(page: Any, label: str) -> Any:
    """The button that is called so. Raises StopIteration when there is none."""
    return next(one for one in page.iter("button") if words(one) == label)


async def press(app: InApp, page: Any, label: str) -> Any:
    """Press a button of a form, as the browser sends it."""
    pressed = button(page, label)
    form = next(pressed.iterancestors("form"))
    fields = {one.get("name"): one.get("value", "") for one in form.iter("input")}
    if pressed.get("name"):
        fields[pressed.get("name")] = pressed.get("value")
    return await app.post(form.get("action"), **fields)


@covers("page /app/settings", "page /app/settings/{page}")
async def test_a_choice_is_kept_said_and_pressed(opened: InApp):
    overview = await opened.get("/app/settings")
    links = [link.get("href") for link in overview.iter("a")]
    assert "/app/settings/min_score" in links
    page = await opened.get("/app/settings/min_score")
    assert button(page, "40").get("aria-pressed") == "true"
    after = await press(opened, page, "60")
    assert button(after, "60").get("aria-pressed") == "true"
    assert button(after, "40").get("aria-pressed") == "false"
    assert "60" in said(after)
    assert (await opened.subscriber()).subscription.wishes.min_score == 60


async def test_every_page_of_settings_opens_and_each_of_its_buttons_works(opened: InApp):
    overview = await opened.get("/app/settings")
    pages = {link.get("href") for link in overview.iter("a") if "/settings/" in link.get("href")}
    assert len(pages) >= 9
    waiting, seen = sorted(pages), set()
    while waiting:
        path = waiting.pop()
        seen.add(path)
        page = await opened.get(path)
        waiting += [
            link.get("href")
            for link in page.iter("a")
            if "/settings/" in link.get("href") and link.get("href") not in {*seen, *waiting}
        ]
        labels = [words(one) for one in page.iter("button") if one.get("name") == "value"]
        for label in labels[:4]:
            await press(opened, await opened.get(path), label)
            opened.clock.move(seconds=1)
    assert {"/app/settings/weekly", "/app/settings/time", "/app/settings/lang"} <= seen


async def test_pushes_begin_and_say_when_they_come(app: InApp):
    await app.open()
    resume = texts_for(Lang.ZH)("chat.push.resume")
    after = await press(app, await app.get("/app/settings/frequency"), resume)
    subscription = (await app.subscriber()).subscription
    assert subscription.pushes
    assert subscription.next_digest_at is not None
    assert "08:30" in words(next(iter(after.find_class("next"))))


async def test_typed_values_are_read_as_in_the_chat(app: InApp):
    await app.open()
    typed = {"do": "type", "field": "quiet", "typed": "23:30-06:15"}
    after = await app.post("/app/settings/quiet", **typed)
    assert "23:30–06:15" in said(after)
    subscription = (await app.subscriber()).subscription
    assert (subscription.quiet_from, subscription.quiet_to) == (time(23, 30), time(6, 15))
    refused = await app.post("/app/settings/quiet", **(typed | {"typed": "sometimes"}))
    assert "sometimes" in said(refused)
    assert (await app.subscriber()).subscription == subscription


async def test_the_language_changes_at_once(app: InApp):
    await app.open()
    after = await press(app, await app.get("/app/settings/lang"), "English")
    assert after.get("lang") == "en"
    assert (await app.subscriber()).lang is Lang.EN
    assert (await app.get("/app/settings")).get("lang") == "en"


async def test_layout_is_chosen(app: InApp):
    await app.open()
    page = await app.get("/app/settings/layout")
    off = next(one for one in page.iter("button") if one.get("aria-pressed") == "false")
    await press(app, page, words(off))
    assert (await app.subscriber()).subscription.wishes.layout is Layout.COMPACT


async def test_following_and_muting_by_switch_and_by_name(opened: InApp):
    texts = texts_for((await opened.subscriber()).lang)
    assert texts("chat.settings.unmuted") in words(await opened.get("/app/settings"))
    await opened.post("/app/settings/follows", do="wish", name="topic:llm")
    await opened.post("/app/settings/follows", do="wish", name="column:ai")
    await opened.post("/app/settings/mutes", do="add", typed="block chain")
    wishes = (await opened.subscriber()).subscription.wishes
    assert wishes.topics == ("llm",)
    assert wishes.columns == ("ai",)
    assert wishes.mutes == ("block chain",)
    assert texts.n("chat.settings.muted", 1) in words(await opened.get("/app/settings"))
    page = await opened.get("/app/settings/mutes")
    assert "block chain" in words(page)
    await opened.post("/app/settings/mutes", do="wish", name="block chain")
    await opened.post("/app/settings/follows", do="wish", name="topic:llm")
    wishes = (await opened.subscriber()).subscription.wishes
    assert wishes.topics == ()
    assert wishes.mutes == ()


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/app/settings/min_score", {"do": "set", "field": "min_score", "value": "101"}),
        ("/app/settings/min_score", {"do": "set", "field": "nothing", "value": "1"}),
        ("/app/settings/min_score", {"do": "type", "field": "reset", "typed": "yes"}),
        ("/app/settings/min_score", {"do": "wish", "name": "topic:llm"}),
        ("/app/settings/follows", {"do": "wish", "name": "topic:nothing"}),
        ("/app/settings/follows", {"do": "wish", "name": "source:999"}),
        ("/app/settings/follows", {"do": ""}),
        ("/app/settings/follows", {}),
    ],
)
async def test_forged_forms_change_nothing(app: InApp, path: str, fields: dict[str, str]):
    await app.open()
    before = (await app.subscriber()).subscription
    await app.post(path, status=400, **fields)
    assert (await app.subscriber()).subscription == before


async def test_pages_that_are_not_there(app: InApp):
    await app.open()
    for path in ("/app/settings/main", "/app/settings/nothing", "/app/nothing"):
        await app.get(path, status=404)


async def test_everybody_changes_their_own_only(app: InApp):
    await app.open()
    await app.post("/app/settings/min_score", do="set", field="min_score", value="70")
    await app.open(ALEX)
    assert (await app.subscriber()).subscription.wishes.min_score == 40


@covers("page /app/settings/{page}")
async def test_preferences_are_seen_and_moved(opened: InApp):
    texts = texts_for(LANGS[opened.person["id"]])
    assert texts("chat.weight.none") in words(await opened.get("/app/settings/weights"))
    reader, storage = await opened.subscriber(), opened.storage
    await storage.weights.put(reader.id, "topic", "llm", 2, opened.clock())
    page = await opened.get("/app/settings/weights")
    assert button(page, "+2").get("aria-pressed") == "true"
    after = await press(opened, page, "−3")
    assert button(after, "−3").get("aria-pressed") == "true"
    assert "15" in said(after)
    assert [one.steps for one in await storage.weights.of(reader.id)] == [-3]
    gone = await press(opened, after, "0")
    assert await storage.weights.of(reader.id) == ()
    assert texts("chat.weight.none") in words(gone)
    for fields in ({"name": "topic:llm", "steps": "4"}, {"name": "topic:llm", "steps": "x"}):
        await opened.post("/app/settings/weights", status=400, do="tune", **fields)
    await opened.post("/app/settings/weights", do="tune", name="topic:chips", steps="3")
    assert await storage.weights.of(reader.id) == ()  # what there is not is not made here


LANGS = {LIN["id"]: Lang.ZH, ALEX["id"]: Lang.EN}
