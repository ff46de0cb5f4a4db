"""What holds of every text and address that we keep, wherever it came from."""

import re
from urllib.parse import urlsplit

# What no database takes (NUL, halves of surrogate pairs), and what is no letter of any text.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_kept(text: str, longest: int) -> None:
    """A text that a database takes, of bounded length."""
    assert len(text) <= longest, f"{len(text)} characters, {longest} allowed"
    assert not _UNKEPT.search(text), f"no database takes {text!r}"


def check_line(text: str, longest: int) -> None:
    """A text of one line without controls and without blanks around it."""
    check_kept(text, longest)
    assert not _CONTROLS.search(text), f"controls in {text!r}"
    assert text == text.strip(), f"blanks around {text!r}"
    assert "\n" not in text, f"several lines in {text!r}"


def check_address(url: str, longest: int = 4096) -> None:
    """An absolute http(s) address with a host and without blanks, or none at all."""
    if not url:
        return
    check_kept(url, longest)
    parts = urlsplit(url)
    assert parts.scheme in {"http", "https"}, f"scheme of {url!r}"
    assert parts.hostname, f"no host in {url!r}"
    assert not re.search(r"\s", url), f"blanks in {url!r}"
    assert not _CONTROLS.search(url), f"controls in {url!r}"
