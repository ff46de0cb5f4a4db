"""The archive of /export: everything as data, as tables, and as a page to read. Pure."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from digest.texts import Texts

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto;margin:0 0 2rem}"
    "td,th{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#9cf}}"
)
# Excel takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def make_archive(rows: Rows, texts: Texts, now: datetime) -> bytes:
    """A zip: data.json with all of it, tables/*.csv, and index.html in the reader's language."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        data = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
        archive.writestr("data.json", data)
        archive.writestr("index.html", page(rows, texts, now))
        for name, some in rows.items():
            archive.writestr(f"tables/{name}.csv", table_csv(some))
    return packed.getvalue()


def table_csv(rows: Sequence[Row]) -> bytes:
    """Rows as CSV that spreadsheets open as they are: UTF-8 with a mark, no cell a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(rows[0]) if rows else []
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    text = _text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def page(rows: Rows, texts: Texts, now: datetime) -> str:
    """Everything on one page without scripts: what it is, then a table of each kind."""
    title = texts("chat.export.title")
    links = {row["id"]: row for row in rows.get("signals", ())}
    sections = [
        f"<h2>{escape(table_title(name, texts))} ({len(some)})</h2>\n{_table(some, links)}"
        for name, some in rows.items()
    ]
    body = "\n".join(sections)
    made = escape(texts("chat.export.made", when=f"{now:%Y-%m-%d %H:%M} UTC"))
    return (
        f'<!doctype html><html lang="{texts.lang}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1><p>{made}</p>\n{body}</html>"
    )


def table_title(name: str, texts: Texts) -> str:
    """What a table holds, in words."""
    key = f"chat.data.{name}"
    return texts(key) if texts.has(key) else name


def _table(rows: Sequence[Row], links: Mapping[Any, Row]) -> str:
    names = list(rows[0])
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = [
        "<tr>" + "".join(f"<td>{_shown(name, row[name], links)}</td>" for name in names) + "</tr>"
        for row in rows
    ]
    return f"<table><tr>{head}</tr>\n" + "\n".join(lines) + "\n</table>"


def _shown(name: str, value: Any, links: Mapping[Any, Row]) -> str:
    """A value; a signal by its headline, with a link to the original."""
    signal = links.get(value) if name == "signal_id" else None
    if signal is None:
        return escape(_text(value))
    headline, url = escape(signal["headline"]), str(signal["url"])
    if not url.startswith(("http://", "https://")):
        return headline
    return f'<a href="{escape(url)}" rel="noreferrer">{headline}</a>'


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
