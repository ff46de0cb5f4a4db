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
    ],
)
def test_prose_stays(text: str) -> None:
    assert unglued(text) == text
