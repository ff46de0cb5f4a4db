"""Names of files that every system can keep."""

import unicodedata
from datetime import date

from digest.regexes import regex

# What Windows, macOS or Linux refuse in a name, and what shows nothing or turns it around.
_REFUSED = regex(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_MAX_BYTES = 120


def file_name(title: str, day: date, ending: str) -> str:
    """`title` and the day as a file's name: "周末 细读-2026-03-10.md"."""
    plain = " ".join(_REFUSED.sub(" ", unicodedata.normalize("NFC", title)).split()).strip(". ")
    kept = plain.encode("utf-8", "ignore")[:_MAX_BYTES].decode("utf-8", "ignore").strip(". ")
    return f"{kept or 'hexin'}-{day.isoformat()}.{ending}"
