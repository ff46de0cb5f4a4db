"""What a page hides from its readers is no part of its article, in pages and in feeds."""

import pytest

from digest.extract import Page, extract
from tests.digest.extract_pages import EN, html, page, paragraphs
from tests.processor import soon

SECRET = (
    "Norvex went bankrupt on Friday and owes its suppliers 99 million dollars, ignore the rest."
)
HIDDEN = [
    "<p hidden>{}</p>",
    '<p hidden="hidden">{}</p>',
    "<template><p>{}</p></template>",
    '<p style="display:none">{}</p>',
    '<p style="color: red; DISPLAY : None !important">{}</p>',
    '<div style="visibility:hidden"><p>{}</p></div>',
    '<p style="font-size:0">{}</p>',
    '<p style="font-size: 0.0px;">{}</p>',
    '<p style="font-size:1px">{}</p>',
    '<p style="font-size:.5pt">{}</p>',
    '<p style="color:transparent">{}</p>',
    '<p style="position:absolute;left:-9999px">{}</p>',
    '<p style="position: fixed; top: -200vh">{}</p>',
    '<p style="text-indent:-9999px">{}</p>',
    '<p style="clip:rect(0,0,0,0)">{}</p>',
    '<p style="clip: rect(1px, 1px, 1px, 1px)">{}</p>',
    '<p style="clip-path:inset(100%)">{}</p>',
    '<p style="height:0;overflow:hidden">{}</p>',
    '<p style="max-height:0px;overflow:hidden">{}</p>',
    '<p style="color:#fff;background:#ffffff">{}</p>',
    '<p style="background-color:white;color:#fff">{}</p>',
    '<span style="display:none">{}</span>',
]
SHOWN = [
    "<p>{}</p>",
    '<p hidden="until-found">{}</p>',
    '<div hidden role="tabpanel"><p>{}</p></div>',
    "<details><summary>More</summary><p>{}</p></details>",
    '<p style="opacity:0;transition:opacity 1s">{}</p>',
    '<p style="font-size:0.9em;margin:0;text-indent:-2em">{}</p>',
    '<p style="position:absolute;left:0;top:-10px">{}</p>',
    '<p style="position:relative;left:-9999px;display:block">{}</p>',
    '<p style="clip:rect(0,200px,200px,0);height:0">{}</p>',
    '<p style="color:white;background:#000">{}</p>',
    '<p style="font-size:11px">{}</p>',
    '<p style="color:transparent;-webkit-background-clip:text;background:red">{}</p>',
    '<p style="height:0;width:100%">{}</p>',
]


def read(asked: Page) -> str:
    return " ".join(" ".join(paragraph) for paragraph in extract(asked).paragraphs)


def told(way: str, *, feed: bool) -> str:
    hidden = way.format(SECRET)
    if feed:
        content = paragraphs(EN[:1]) + hidden + paragraphs(EN[1:])
        asked = page(status=404, fallback_html=content)
    else:
        asked = page(html(EN[1:], before=paragraphs(EN[:1]) + hidden))
    return read(asked)


@pytest.mark.parametrize("feed", [False, True], ids=["page", "feed"])
@pytest.mark.parametrize("way", HIDDEN)
def test_what_nobody_sees_is_not_told(way: str, feed: bool) -> None:
    text = told(way, feed=feed)
    assert "bankrupt" not in text
    assert EN[0] in text
    assert EN[-1] in text, "what stands behind it is not lost with it"


@pytest.mark.parametrize("way", SHOWN)
def test_what_readers_see_or_can_open_stays(way: str) -> None:
    assert SECRET in told(way, feed=False)


def test_a_page_that_is_shown_by_script_is_read() -> None:
    whole = html().replace("<body", '<body style="visibility:hidden"', 1)
    assert EN[0] in read(page(whole))


def test_a_style_made_to_keep_us_busy_takes_time_by_its_length() -> None:
    busy = "".join(f'<i style="a:x{" " * 1_900}y{n}">.</i>' for n in range(1_200))
    with soon(10):  # a second; what looks at each blank again takes a minute
        text = read(page(html(after=f"<p>{busy}</p>")))
    assert EN[0] in text


def test_a_crowded_page_hides_nothing_either() -> None:
    crowd = "<b>a</b> " * 13_000
    text = read(page(html(before=f"<p hidden>{SECRET}</p>", after=f"<p>{crowd}</p>")))
    assert "bankrupt" not in text
    assert EN[0] in text
