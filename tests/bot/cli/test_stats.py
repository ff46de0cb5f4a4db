"""`hexin stats`: the numbers without a chat."""

from pathlib import Path

from tests.bot.cli.hexin import Hexin


def test_an_empty_installation_says_since_when_it_counts(hexin: Hexin) -> None:
    result = hexin("stats")
    assert result.exit_code == 0, result.output
    assert "近 7 天" in result.stdout
    assert "开始计数" in result.stdout


def test_a_picture_is_drawn_only_of_something(hexin: Hexin, tmp_path: Path) -> None:
    result = hexin("stats", "--picture", "model", "--out", str(tmp_path / "no.png"))
    assert result.exit_code == 1
    assert "还没有可画的数" in result.stderr
    assert not (tmp_path / "no.png").exists()
    wrong = hexin("stats", "--picture", "money")
    assert wrong.exit_code == 2
    assert "readers、deliveries" in wrong.stderr
