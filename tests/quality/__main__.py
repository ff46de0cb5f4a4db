"""`make quality CORPORA=…`: every measure of the condensing on real data, into one report."""

import argparse
import importlib
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.quality.common import Row

PARTS = {
    "summaries": "Summaries",
    "cards": "Cards",
    "verification": "Number and name check (数字与名称核对)",
    "translation": "Translation checks",
    "placement": "Columns and topics",
    "keyphrases": "Keyphrases",
    "stories": "Stories",
    "newness": "Updates, follow-ups and repetitions",
    "trends": "Trends",
}
REPORT = Path(__file__).parents[2] / "docs" / "reports" / "quality.md"
OWN_REPORTS = {name: REPORT.with_name(f"{name}.md") for name in ("stories", "newness", "trends")}
"""Parts that have a report to themselves, written whenever they are measured."""

console = Console()


def main() -> None:
    """Measure the wanted parts; the report is written only when all of them ran whole."""
    options = _options()
    sections: list[str] = []
    began = time.monotonic()
    for part in options.parts:
        module = importlib.import_module(f"tests.quality.{part}")
        console.rule(PARTS[part])
        rows: list[Row] = module.rows(options.corpora, options.limit)
        text = tables(rows)
        console.print(text, markup=False, soft_wrap=True)
        section = f"# {PARTS[part]}\n\n{(module.__doc__ or '').strip()}\n\n{text}"
        sections.append(f"#{section}")
        if part in OWN_REPORTS and rows:
            command = f"Made by `python -m tests.quality {part} --corpora …`.\n\n"
            head, _, body = section.partition("\n\n")
            body += getattr(module, "READ_BY_EYE", "")
            _write(OWN_REPORTS[part], f"{head}\n\n{command}{body}".rstrip() + "\n")
    minutes = (time.monotonic() - began) / 60
    if options.parts == list(PARTS):
        _write(REPORT, _report(sections, options.limit, minutes))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    console.print(f"written: {path.name}")


def tables(rows: Sequence[Row]) -> str:
    """Rows as Markdown, one table for each name, in the order in which they came."""
    out: list[str] = []
    for name in dict.fromkeys(row.table for row in rows):
        mine = [row for row in rows if row.table == name]
        columns = list(dict.fromkeys(title for row in mine for title in row.cells))
        judged = any(row.reached is not None for row in mine)
        head = [*columns, "reached"] if judged else columns
        out += [f"### {name}", "", _line(head), _line(["---"] * len(head))]
        for row in mine:
            cells = [row.cells.get(column, "") for column in columns]
            out.append(_line([*cells, _mark(row.reached)] if judged else cells))
        out.append("")
    return "\n".join(out)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _mark(reached: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[reached]


def _report(sections: Sequence[str], limit: int | None, minutes: float) -> str:
    head = (
        "# How good the condensing is\n\n"
        "Made by `make quality CORPORA=…` on collections of articles that other people wrote and\n"
        "summarised; they are not part of this repository. Every figure is measured in this run\n"
        f"({minutes:.0f} minutes on one core), on {_share(limit)} of each collection;\n"
        "“reached” compares with what we aim at.\n"
    )
    return "\n".join([head, *sections]).rstrip() + "\n"


def _share(limit: int | None) -> str:
    return "all" if limit is None else f"a fixed sample of at most {limit} records"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all when none is named")
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of collections")
    parser.add_argument(
        "--limit", type=int, default=400, help="records of each collection at most; 0: all"
    )
    options = parser.parse_args()
    options.limit = options.limit or None
    options.parts = options.parts or list(PARTS)
    if not options.corpora.is_dir():
        parser.error(f"no folder {options.corpora}")
    return options


if __name__ == "__main__":
    main()
