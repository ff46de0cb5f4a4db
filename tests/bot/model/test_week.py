"""A week introduced by a model beside a server that imitates one: good answers, bad ones, none."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.weekly_intro import WeekIntroducer
from bot.jobs.weekly_issues import WeeklyIssues
from digest.weekly import Week
from storage import Storage
from tests.bot.model.imitation import Reply, answers, fails, talking_to
from tests.databases import migrated_file
from tests.newsdesk import NOON, Newsdesk

WEEK = Week(2026, 11)
OVER = WEEK.bounds("Asia/Shanghai")[1]


@pytest.fixture
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    opened = await Storage.open(migrated_file(request, tmp_path))
    news = Newsdesk(opened)
    await news.publish("央行下调存款准备金率", at=NOON)
    await news.publish("新一代推理模型开源", at=NOON, column="ai", source="two")
    yield opened
    await opened.close()


def said(*texts: str) -> dict[str, Any]:
    return {"facts": [{"text": text, "sentences": [0, 3]} for text in texts]}


async def introduced(storage: Storage, *replies: Reply) -> tuple[dict[str, list[str]], Any]:
    """What introduces the week that is over now, and what the model was asked."""
    async with talking_to(*replies) as (model, imitation, _):
        issues = WeeklyIssues(
            storage,
            taxonomy=storage.taxonomy.current,
            clock=lambda: OVER,
            introduce=WeekIntroducer(storage, model),
        )
        assert await issues.run_due() == 1
        issue = await storage.weeklies.get(WEEK)
        assert issue is not None
        assert issue.report is not None
        intro = {lang: [one.text for one in all_] for lang, all_ in issue.intro.items()}
        return intro, imitation


async def test_sentences_that_hold_introduce_the_week_in_their_language(storage: Storage):
    good = ("央行下调存款准备金率。", "新一代推理模型开源，长期资金约 1 万亿元。")
    intro, imitation = await introduced(storage, answers(said(*good)), answers(said(*good)))
    assert intro == {"zh": list(good)}  # the English answer is not English
    chinese, english = imitation.prompts()
    assert "[0] 新一代推理模型开源" in chinese or "[0] 央行下调存款准备金率" in chinese
    assert "text 用英文写" in english
    assert "text 用英文写" not in chinese
    json.dumps(imitation.asked)


@pytest.mark.parametrize(
    "reply",
    [
        answers(said("央行下调存款准备金率。", "长期资金约 3 万亿元。")),
        answers(said("央行下调存款准备金率。")),
        answers({"facts": []}),
        fails(500),
    ],
)
async def test_without_enough_that_holds_a_week_goes_without(storage: Storage, reply: Reply):
    intro, _ = await introduced(storage, reply)
    assert intro == {}
