"""Letters that a pattern which ignores case takes for ASCII's: "ſix", "Kg", "İncreased", "sıx".

Nothing that reads a page, a feed or what somebody typed may fall over them.
"""

from datetime import UTC, datetime
from itertools import product

import pytest

from bot.engine.jobs_cpu import DraftJob, draft_article
from digest.dating import in_days
from digest.days import read_days
from digest.extract import extract
from digest.extract.reader import Page
from digest.review import read_filter
from digest.sources.dates import parse_date
from digest.sources.moments import read_moment
from digest.taxonomy import Taxonomy
from digest.verify import check_translation, verify
from handlers.following import read_names

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LETTERS = {"s": "\u017f", "i": "\u0130\u0131", "k": "\u212a"}
TEXT = (
    "Shares of Norvex rose 12 percent on Sunday after six million dollars of sales, Skala said. "
    "The firm hired sixty engineers in Seoul on 5 September 2026, sixteen weeks after its last "
    'results. "This is six times faster," said Kim Sisi, its chief. It sold 1,500 tonnes, 3 kg '
    "each, up from 2.5 miles per second in January. Stocks fell 5.5% since Sunday, the first fall "
    "in six months. First-quarter sales will increase by $3 billion; it is the second biggest. "
    "It begins next Saturday at six in the evening, half a billion of which is risky. "
)


def folded(text: str, each: int) -> list[str]:
    """`text` with every `each`-th of the letters replaced, one kind at a time."""
    found = []
    for plain, others in LETTERS.items():
        for letter, other in product((plain, plain.upper()), others):
            parts = text.split(letter)
            joined = parts[0]
            for number, part in enumerate(parts[1:], 1):
                joined += (other if number % each == 0 else letter) + part
            found.append(joined)
    return found


@pytest.mark.parametrize("each", [1, 2, 3])
def test_a_page_is_read_whatever_letters_it_is_written_in(each: int) -> None:
    for text in folded(TEXT, each):
        body = f"<title>Norvex</title><h1>{text[:70]}</h1><p>{text}<p>{text[:500]}<p>{text[200:]}"
        page = Page("https://news.example/a", f"<article>{body}</article>".encode(), "text/html")
        article = extract(page, now=NOW)
        made = draft_article(DraftJob(article, "ai", 1.0, NOW))
        assert made.brief.points
        verify(text, TEXT)
        verify(TEXT, text)
        check_translation(text, "股价上升 12%，周日。", source="en", target="zh")


@pytest.mark.parametrize("name", ["script", "style"])
def test_an_element_with_such_a_letter_in_its_name_is_none(name: str) -> None:
    for tag in (name.replace("s", "\u017f"), f"{name}-loader"):
        body = f"<title>x</title><article><{tag}>x</{tag}><p>{TEXT}<p>{TEXT}</article>"
        page = Page("https://news.example/a", body.encode(), "text/html; charset=utf-8")
        told = extract(page, now=NOW)
        assert "sixteen weeks" in " ".join(sentence.text for sentence in told.sentences)


TYPED = (
    "since last Sunday", "this week", "six weeks ago", "last six weeks", "in January",
    "kind: risk", "source: six", "sources: six, topics: skis", "topics: skis", "since: Sunday",
    "Sun, 5 Sep 2026 16:30:00 EST", "six minutes ago", "5 September 2026 6:16 pm",
    "a minute ago", "Published Sunday at 6 pm", "since Saturday it is risky, said the firm",
)  # fmt: skip


@pytest.mark.parametrize("each", [1, 2])
def test_what_somebody_types_or_a_feed_dates_is_read(each: int) -> None:
    for one in (made for words in TYPED for made in folded(words, each)):
        read_days(one, NOW.date())
        read_names(one)
        read_filter(one, Taxonomy([], []), ())
        parse_date(one)
        read_moment(one, NOW, UTC)
        in_days(one, "en", NOW.date())
