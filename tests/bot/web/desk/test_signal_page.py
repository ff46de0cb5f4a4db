"""A signal's page for the staff, whatever its state."""

from dataclasses import replace
from typing import Any

import pytest

from digest.model import SignalState
from storage import Storage
from tests.bot.web.conftest import Newsroom
from tests.bot.web.desk.conftest import VERA, Browser
from tests.bot.web.samples import SIGNAL, signal
from tests.covering import covers

SAID = {
    ("held", "zh"): "待审：只有编辑部能看到这一页。",
    ("held", "en"): "Waiting for review: only the newsroom can see this page.",
    ("rejected", "zh"): "已拒绝：只有编辑部能看到这一页。",
    ("rejected", "en"): "Rejected: only the newsroom can see this page.",
    ("live", "zh"): "读者看到的就是这样。",
    ("live", "en"): "This is what readers see.",
}


def secret() -> Any:
    return signal(brief=replace(SIGNAL.brief, headline="Not for readers yet"))


@covers("page /desk/signal/{id}")
@pytest.mark.parametrize("state", ["held", "rejected", "live"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_the_staff_sees_the_page_whatever_its_state(
    browser: Browser, storage: Storage, state: str, lang: str
):
    made = await Newsroom(storage).add(secret(), state=SignalState(state))
    path = f"/desk/signal/{made.id}?lang={lang}"
    assert (await browser.get(path)).status == 404
    await browser.enter(VERA)
    answer = await browser.get(path)
    text = await answer.text()
    assert answer.status == 200
    assert SAID[state, lang] in text
    assert "Not for readers yet" in text
    assert answer.headers["Cache-Control"] == "no-store"


async def test_what_was_read_for_one_reader_is_nobodys_else(browser: Browser, storage: Storage):
    made = await Newsroom(storage).add(secret(), state=SignalState.PRIVATE)
    await browser.enter(VERA)
    assert (await browser.get(f"/desk/signal/{made.id}")).status == 404
    assert (await browser.get("/desk/signal/99")).status == 404
