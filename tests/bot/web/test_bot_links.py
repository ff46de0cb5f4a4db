import pytest

from bot.web.rendering import Frame
from bot.web.visit import Visit
from digest.taxonomy import load_taxonomy
from handlers.arguments import read_payload
from handlers.payloads import PAYLOADS


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("/s/12", "s_12"),
        ("/story/7", "story_7"),
        ("/topic/export-controls", "t_export-controls"),
        ("/column/ai", "col_ai"),
        ("/week/2026-W48", "week_2026-W48"),
    ],
)
def test_a_page_leads_to_the_same_in_the_bot(path: str, payload: str) -> None:
    frame = Frame(load_taxonomy(), "https://hexin.example", lambda: "hexin_bot")
    assert frame.bot_link(Visit(path)) == f"https://t.me/hexin_bot?start={payload}"
    read = read_payload(payload)
    assert read is not None
    assert read.kind in PAYLOADS


@pytest.mark.parametrize("path", ["/", "/search", "/s/12/x", "/week", "/c/key"])
def test_other_pages_lead_to_the_bot_itself(path: str) -> None:
    frame = Frame(load_taxonomy(), "https://hexin.example", lambda: "hexin_bot")
    assert frame.bot_link(Visit(path)) == "https://t.me/hexin_bot"
    assert Frame(load_taxonomy(), "", lambda: "").bot_link(Visit(path)) == ""
