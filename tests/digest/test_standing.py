"""Points stand alone: whole sentences that say something without the page around them."""

import pytest

from digest.condense import condense
from digest.condense.points import candidates
from digest.condense.sentences import look
from digest.condense.standing import asks, is_cased, is_standfirst, is_whole, restraint
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
    ("text", "leans"),
    [
        ("Later that year, the council sold the pier to a hotel.", True),
        ("The announcement came amid a strike of the ferry crews.", True),
        ("Since then, no ferry has left from the pier.", True),
        ("Earlier this month, the council had called the pier safe.", False),
        ("The announcement of the council drew 400 people to the pier.", False),
        ("The news agency of Eastmere closed its office on the pier.", False),
    ],
)
def test_what_tells_of_something_told_before_leans_on_it(text: str, *, leans: bool) -> None:
    assert (restraint(text, first=False) < 1) is leans
    assert restraint(text, first=True) == 1


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Who pays for the northern bridge?", True),
        ("So is the old pier safe?", True),
        ("And the council: did it know of the cracks?", True),
        ("The council has closed the old ferry pier?", False),
    ],
)
def test_a_question_mark_alone_asks_nothing(text: str, *, asked: bool) -> None:
    assert asks(text) is asked


def test_a_question_is_a_point_only_where_statements_lack() -> None:
    question = (
        "Who is going to pay for the old ferry pier of Eastmere and its new northern bridge?"
    )
    title = "Eastmere: who will pay for the old pier?"
    told = condense(article(title, question, *FACTS)).points
    assert [point.evidence for point in told] == [(1,), (2,)]
    few = candidates(look(article(title, question, FACTS[0]), title))
    assert [one.index for one in few] == [0, 1]


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
