"""Points stand alone: whole sentences that say something without the page around them."""

import pytest

from digest.condense import condense
from digest.condense.standing import is_cased, is_standfirst, is_whole, restraint
from tests.digest.articles import article

FACTS = (
    "The harbour council of Eastmere voted 9 to 4 on Monday to close the old ferry pier.",
    "The pier has carried 210,000 passengers a year since the northern bridge was widened.",
)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The pier closes on Monday.", True),
        ("“The pier closes on Monday.”", True),
        ("You can take advantage of the following improvements:", False),
        ("article explains how the pier was built.", False),
        ("Reporting that the pier is old, the town's largest ferry line", False),
        ("The result shows travellers that use the pier ...", False),
        ("iPhones are banned on the pier.", True),
    ],
)
def test_only_whole_sentences(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


def test_a_text_all_in_small_letters_is_whole_nevertheless() -> None:
    small = [
        "the pier was closed on monday .",
        "' the fear is not gone from us .",
        "Norvex said so .",
    ]
    assert not is_cased(small)
    assert is_whole(small[0], cased=False)
    assert is_cased(["The pier was closed on Monday.", "which nobody knew."])


def test_what_leans_or_tells_of_the_page_is_worth_less() -> None:
    assert restraint("Those are two takeaways from the vote.", first=False) < 1
    assert restraint("This article describes why the pier was closed.", first=True) < 1
    assert restraint("In this post we look at the pier of Eastmere.", first=True) < 1
    assert restraint("The pier was closed.", first=False) == 1


@pytest.mark.parametrize(
    "filler",
    [
        "From Monday, passengers of the old ferry pier can use the following northern ways:",
        "article explains how the council of Eastmere came to close the ferry pier on Monday.",
    ],
)
def test_a_fragment_is_no_point(filler: str) -> None:
    brief = condense(article("Eastmere closes a pier", filler, *FACTS))
    assert filler not in [point.text for point in brief.points]
    assert brief.points


def test_the_opening_and_a_second_point_are_given() -> None:
    opening = (
        "The council of Eastmere has closed the old ferry pier in the south of the harbour, which "
        "lets the town spend the money on the northern bridge, on two new roads to town, on "
        "a school and on the long planned swimming hall beside it."
    )
    brief = condense(article("Eastmere closes its ferry pier", opening, *FACTS, *FACTS[::-1]))
    assert brief.points[0].evidence == (0,)
    assert len(brief.points) > 1


@pytest.mark.parametrize(
    ("text", "following", "told"),
    [
        ("Ferries may use the old pier until spring, says the council of Eastmere", "The", True),
        ("Ferries may use the old pier until spring, says the council of", "The", False),
        ("Ferries may use the old pier until spring, says the council", "of Eastmere", False),
        ("Ferries May Use Old Pier Until Spring, Says Council", "The", False),
        ("Ferries may use it until spring", "The", False),
        ("Ferries may use the old pier until spring and there are more reasons …", "The", False),
    ],
)
def test_what_editors_set_over_an_article(text: str, following: str, *, told: bool) -> None:
    assert is_standfirst(text, following) is told


def test_a_standfirst_may_be_a_point_where_captions_may_not() -> None:
    standfirst = (
        "Ferries may use the old pier until spring, the council of Eastmere says in its decision"
    )
    source = article("Old ferry pier in Eastmere to close", standfirst, *FACTS)
    below = article("Old ferry pier in Eastmere to close", *FACTS, standfirst)
    assert standfirst in [point.text for point in condense(source).points]
    assert standfirst not in [point.text for point in condense(below).points]
