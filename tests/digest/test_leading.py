"""Which of a story's signals stands for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import ArticleOrigin, Point
from digest.stories.leading import Candidate, takes_over
from tests.newsdesk import NOON, brief, score

DENIED = "北斗科技否认收购晨星公司"
CLAIM = "独家：北斗科技将以 20 亿元收购晨星公司"


def candidate(number: int, headline: str, points: int, *texts: str) -> Candidate:
    told = brief(headline)
    shown = (*(Point(text, (0,), "zh") for text in texts), *told.points[:points])
    return Candidate(number, score(70), replace(told, points=shown), ArticleOrigin.PAGE, "", NOON)


@pytest.mark.parametrize(
    ("lead", "newcomer", "leads"),
    [
        (candidate(1, CLAIM, 0), candidate(2, "北斗科技收购晨星公司", 3), False),
        (candidate(1, DENIED, 0), candidate(2, CLAIM, 3), True),
        (candidate(1, DENIED, 0), candidate(2, CLAIM, 2, "北斗科技已否认此事。"), False),
        (candidate(1, DENIED, 0), candidate(2, "北斗科技辟谣收购传闻", 3), False),
    ],
)
def test_a_denial_leads_until_somebody_who_knows_of_it_tells_more(
    lead: Candidate, newcomer: Candidate, *, leads: bool
) -> None:
    stub = replace(lead, origin=ArticleOrigin.FEED, note="paywalled")
    later = NOON + timedelta(hours=2)
    assert takes_over(newcomer, stub, later) is not leads
