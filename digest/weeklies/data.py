"""Reports and what editors changed of them, as plain data and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from digest.weeklies.report import (
    Ahead,
    Came,
    Edits,
    FigureRef,
    Intro,
    Move,
    Phase,
    Report,
    Said,
    Step,
    TopStory,
)
from digest.weekly import Tally, Week

Data = dict[str, Any]


def report_data(report: Report) -> Data:
    """The report as JSON data."""
    return {
        "week": str(report.week),
        "zone": report.zone,
        "window_from": report.window_from.isoformat(),
        "until": report.until.isoformat(),
        "made_at": report.made_at.isoformat(),
        "tally": {
            "signals": report.tally.signals,
            "sources": report.tally.sources,
            "by_column": dict(report.tally.by_column or {}),
        },
        "days": {column: list(days) for column, days in report.days.items()},
        "picks": [[column, list(ids)] for column, ids in report.picks],
        "stories": [_story_data(story) for story in report.stories],
        "figures": [asdict(one) for one in report.figures],
        "moves": [asdict(one) for one in report.moves],
        "ahead": [
            asdict(one) | {"on": one.on.isoformat() if one.on else None} for one in report.ahead
        ],
    }


def _story_data(story: TopStory) -> Data:
    return asdict(story) | {
        "first_at": story.first_at.isoformat(),
        "last_at": story.last_at.isoformat(),
    }


def read_report(data: Mapping[str, Any]) -> Report:
    """The report that `report_data` wrote. Raises ValueError or KeyError for anything else."""
    week = Week.read(data["week"])
    if week is None:
        raise ValueError(f"no week: {data['week']!r}")
    return Report(
        week=week,
        zone=data["zone"],
        window_from=datetime.fromisoformat(data["window_from"]),
        until=datetime.fromisoformat(data["until"]),
        made_at=datetime.fromisoformat(data["made_at"]),
        tally=Tally(**data["tally"]),
        days={column: tuple(days) for column, days in data["days"].items()},
        picks=tuple((column, tuple(ids)) for column, ids in data["picks"]),
        stories=tuple(_read_story(one) for one in data["stories"]),
        figures=tuple(FigureRef(**one) for one in data["figures"]),
        moves=tuple(
            Move(**{**one, "signals": tuple(one.get("signals", ()))}) for one in data["moves"]
        ),
        ahead=tuple(_read_ahead(one) for one in data["ahead"]),
    )


def _read_story(data: Mapping[str, Any]) -> TopStory:
    return TopStory(
        **{
            **data,
            "first_at": datetime.fromisoformat(data["first_at"]),
            "last_at": datetime.fromisoformat(data["last_at"]),
            "steps": tuple(Step(**{**one, "came": Came(one["came"])}) for one in data["steps"]),
            "phase": Phase(data["phase"]),
        }
    )


def _read_ahead(data: Mapping[str, Any]) -> Ahead:
    on = data["on"]
    return Ahead(**{**data, "on": date.fromisoformat(on) if on else None})


def edits_data(edits: Edits) -> Data:
    """What editors changed, as JSON data."""
    return {
        "dropped": sorted(edits.dropped),
        "order": list(edits.order),
        "lines": {key: dict(words) for key, words in edits.lines.items()},
        "foreword": dict(edits.foreword),
    }


def read_edits(data: Mapping[str, Any]) -> Edits:
    """What `edits_data` wrote."""
    return Edits(
        dropped=frozenset(data.get("dropped", ())),
        order=tuple(data.get("order", ())),
        lines=data.get("lines", {}),
        foreword=data.get("foreword", {}),
    )


def intro_data(intro: Intro) -> Data:
    """The introduction as JSON data."""
    return {
        lang: [[one.text, list(one.signals), one.briefs] for one in said]
        for lang, said in intro.items()
    }


def read_intro(data: Mapping[str, Any]) -> Intro:
    """What `intro_data` wrote."""
    return {
        lang: tuple(Said(text, tuple(ids), *briefs) for text, ids, *briefs in said)
        for lang, said in data.items()
    }
