"""What the dashboard and the alert rules ask for exists, and what is counted is looked at."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bot import meters
from bot.watching import gauges

FOLDER = Path(__file__).parents[3] / "docs" / "observability"
_METRIC = re.compile(r"\b(?:hexin|process)_[a-z_]+\b")
_BY = re.compile(r"\b(?:by|on) \(([^)]*)\)")
_WHERE = re.compile(r"(\b(?:hexin|process)_[a-z_]+)\{([^}]*)\}")
# What Prometheus adds to all that it scrapes.
_SCRAPED = {"job", "instance"}
_ENDINGS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def queries() -> Iterator[str]:
    board = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield re.sub(r"label_values\((\w+), .*", r"\1", variable["query"])
    yield from rules()


def rules() -> list[str]:
    text = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    return re.findall(r"expr: >-\n\s+(.*)", text)


def counted() -> dict[str, tuple[str, ...]]:
    """Every name that can be asked for, with its labels."""
    assert gauges.OUTBOX in meters.REGISTRY._collector_to_names
    found: dict[str, tuple[str, ...]] = {}
    for family in meters.REGISTRY.collect():
        named = meters.REGISTRY._names_to_collectors.get(family.name)
        labels = tuple(getattr(named, "_labelnames", ()))
        for ending in _ENDINGS[family.type]:
            extra = ("le",) if ending == "_bucket" else ()
            found[f"{family.name}{ending}"] = (*labels, *extra)
    return found


def test_every_query_names_what_exists() -> None:
    known = counted()
    asked = {name for query in queries() for name in _METRIC.findall(query)}
    assert len(asked) > 40
    assert sorted(asked - known.keys()) == []


def test_every_query_narrows_and_groups_by_labels_that_exist() -> None:
    known = counted()
    for query in queries():
        names = _METRIC.findall(query)
        labels = {label for name in names for label in known[name]} | _SCRAPED
        groups = {label.strip() for by in _BY.findall(query) for label in by.split(",")}
        assert groups <= labels, query
        for name, where in _WHERE.findall(query):
            wanted = set(re.findall(r"(\w+)(?:=|!=|=~|!~)\"", where))
            assert wanted <= {*known[name], *_SCRAPED}, query


def test_everything_that_is_counted_is_looked_at() -> None:
    asked = {name for query in queries() for name in _METRIC.findall(query)}
    bare = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked}
    ours = {family.name for family in meters.REGISTRY.collect() if family.name[:5] == "hexin"}
    assert sorted(ours - bare - asked) == []


def test_rules_say_when_how_bad_and_what() -> None:
    text = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    names = re.findall(r"- alert: (\w+)", text)
    assert len(names) == len(set(names)) == len(rules()) >= 10
    for part in ("for: ", "severity: ", "summary: "):
        assert text.count(part) == len(names), part


def test_panels_do_not_lie_on_each_other() -> None:
    board = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
    places = [
        (x, y)
        for panel in board["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(places) == len(set(places))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
