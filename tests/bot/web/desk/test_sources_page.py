"""The sources on a private page: the sick first, with what readers are not shown."""

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from digest.model import PollState, SourceState
from tests.bot.web.desk.conftest import VERA, Browser
from tests.bot.web.samples import NOW
from tests.covering import covers
from tests.newsdesk import source_spec

SECRET = "Bearer abcdefghijklmnopqrst9876"


async def furnish(browser: Browser) -> None:
    """A well source, one that rests, and one that fails and has a header."""
    sources = browser.storage.sources
    well = await sources.add(source_spec("well", title="甲"), NOW, actor="cli")
    fine = PollState(last_ok_at=NOW, last_poll_at=NOW, newest_entry_at=NOW)
    await sources.record_poll(well.id, fine, now=NOW)
    rests = await sources.add(source_spec("rests", title="乙"), NOW, actor="cli")
    await sources.set_state(rests.id, SourceState.PAUSED, actor="cli", now=NOW)
    spec = replace(source_spec("ill", title="丙"), headers=(("Authorization", SECRET),))
    ill = await sources.add(spec, NOW, actor="cli")
    sick = PollState(
        errors=4, error_code="http", error_text="http: HTTP 500", failing_since=NOW, last_ok_at=NOW
    )
    await sources.record_poll(ill.id, sick, now=NOW)
    gone = await sources.add(source_spec("gone", title="丁"), NOW, actor="cli")
    await sources.set_state(gone.id, SourceState.RETIRED, actor="cli", now=NOW)


async def shown(browser: Browser, path: str) -> Any:
    answer = await browser.get(path)
    assert answer.status == 200, path
    return html.fromstring(await answer.text())


@covers("page /desk/sources")
@pytest.mark.parametrize(
    ("lang", "reason", "paused"),
    [("zh", "读不到：", "已暂停"), ("en", "Failing:", "Paused")],
)
async def test_the_sick_stand_first_with_what_their_server_said(
    browser: Browser, lang: str, reason: str, paused: str
):
    await furnish(browser)
    await browser.enter(VERA, lang=lang)
    page = await shown(browser, f"/desk/sources?lang={lang}")
    rows = [one.text_content() for one in page.findall(".//ol/li")]
    names = [one.strip()[0] for one in rows]
    assert names.index("丙") < names.index("乙") < names.index("甲")
    assert "丁" not in names
    ill = rows[names.index("丙")]
    assert reason in ill
    assert "HTTP 500" in ill
    assert "9876" in ill
    assert "abcdef" not in ill
    assert paused in rows[names.index("乙")]


async def test_nobody_else_sees_it(browser: Browser):
    await furnish(browser)
    assert (await browser.get("/desk/sources")).status == 404
