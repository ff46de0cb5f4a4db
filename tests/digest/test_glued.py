"""What reached us glued to a sentence is no part of it."""

import pytest

from digest.condense.glued import unglued


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "The duo fled from the spot.ALSO READ: Another shop robbed",
            "The duo fled from the spot.",
        ),
        ("They fled to the coast! Also read | Ten facts on fleeing", "They fled to the coast!"),
        ("Story highlights The pier of Eastmere closes", "The pier of Eastmere closes"),
        ("OpinionOne thing is certain: it rains.", "One thing is certain: it rains."),
        (
            "New tasks are a part of the pictureArtificial intelligence, Technology sector",
            "New tasks are a part of the picture",
        ),
        (
            "商城北港 M2 鼠标 129 元起直达链接该鼠标重 66 克，左右手都能用，一次充电可用三个月。",
            "该鼠标重 66 克，左右手都能用，一次充电可用三个月。",
        ),
        (
            "北港 M2 99 元直达链接北港 M3 129 元 购买链接 M3 比 M2 轻了 12 克，续航多一周。",
            "M3 比 M2 轻了 12 克，续航多一周。",
        ),
    ],
)
def test_furniture_goes(text: str, kept: str) -> None:
    assert unglued(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Opinions differ on whether the bridge is safe.",
        "NewsGuard rated the site again.",
        "You can also read the report in full: it has nine pages.",
        "The library works with JavaScript, TypeScript and Rust",
        "ALSO READ: ten facts",
        "Highlights of the fair were two robots.",
        "他把购买链接发给了北港的三位同事，其中两位当天就下了单。",
        "商城北港 M2 鼠标 129 元起直达链接",
        "北港鼠标卖 129 元，直达链接由远山公司放在首页最上面的位置。",
    ],
)
def test_prose_stays(text: str) -> None:
    assert unglued(text) == text
