"""What a page has in its markup and shows to nobody is no part of its article.

Only what the element itself says is gone by: style sheets are not read. What pages show a moment
later by a script of their own (`opacity: 0` until it fades in) stays.
"""

from collections.abc import Iterator
from typing import Any

from digest.regexes import regex

_CANDIDATES = "//template | //*[@hidden] | //*[@style]"
# They are shown by a script once all is loaded; nothing would be left without them.
_WHOLE = frozenset({"html", "body", "main", "article"})
_IMPORTANT = regex(r"!\s*important$")
_LONGEST_STYLE = 2_000
_NOTHING = regex(r"[+-]?0*\.?0*(?:px|pt|em|rem|%|vh|vw)?")
_TINY = regex(r"0*[01]?(?:\.\d+)?(?:px|pt)")  # nobody reads it
_FAR = regex(r"-\d{3,}(?:\.\d+)?(?:px|pt)?|-\d{2,}(?:\.\d+)?(?:r?em|vw|vh)|-\d{3,}%")
_CLIPPED = regex(r"rect\((?:\s*[01](?:px)?[\s,]*){4}\)")
_INSET = regex(r"inset\(\s*(?:50|100)%.*\)")
_COLOUR = {"white": "#ffffff", "black": "#000000"}
_SHORT_HEX = regex(r"#([0-9a-f])([0-9a-f])([0-9a-f])")


def without_unseen(tree: Any) -> bool:
    """Take out of `tree` (lxml.html, changed) what it hides. Returns whether there was any."""
    gone = list(_hiding(tree))
    for element in gone:
        if element.getparent() is not None:
            element.drop_tree()
    return bool(gone)


def _hiding(tree: Any) -> Iterator[Any]:
    for element in tree.xpath(_CANDIDATES):
        if element.tag in _WHOLE or not isinstance(element.tag, str):
            continue
        hidden = element.get("hidden")
        # Readers come to a panel by its tab, to what is hidden "until-found" by searching for it.
        reachable = element.get("role") == "tabpanel"
        told = hidden is not None and not reachable and hidden.strip().lower() != "until-found"
        if element.tag == "template" or told or _hides(element.get("style") or ""):
            yield element


def _hides(style: str) -> bool:
    """Whether an element of this style, as it is written in it, shows nothing."""
    said = {}
    for told in style[:_LONGEST_STYLE].lower().split(";"):
        name, _, value = told.partition(":")
        said[name.strip()] = _IMPORTANT.sub("", value.strip()).rstrip()
    away = said.get("position") in {"absolute", "fixed"} and any(
        _FAR.fullmatch(said.get(side, "")) for side in ("left", "right", "top", "bottom")
    )
    clipped = _CLIPPED.fullmatch(said.get("clip", "")) or _INSET.fullmatch(
        said.get("clip-path", "")
    )
    flat = said.get("overflow", "") in {"hidden", "clip"} and any(
        _is_nothing(said.get(side, "")) or _is_nothing(said.get(f"max-{side}", ""))
        for side in ("height", "width")
    )
    return bool(
        said.get("display") == "none"
        or said.get("visibility") in {"hidden", "collapse"}
        or _is_nothing(said.get("font-size", ""))
        or _TINY.fullmatch(said.get("font-size", ""))
        or _is_transparent(said)
        or _FAR.fullmatch(said.get("text-indent", ""))
        or away
        or clipped
        or flat
        or _is_on_its_own_colour(said)
    )


def _is_nothing(size: str) -> bool:
    return "0" in size and bool(_NOTHING.fullmatch(size))


def _is_transparent(said: dict[str, str]) -> bool:
    """Whether its letters have no colour, and none shines through them either."""
    return said.get("color") == "transparent" and not any("background-clip" in one for one in said)


def _is_on_its_own_colour(said: dict[str, str]) -> bool:
    ground = said.get("background-color") or said.get("background", "")
    colour = said.get("color", "")
    return bool(colour) and _plain(colour) == _plain(ground)


def _plain(colour: str) -> str:
    named = _COLOUR.get(colour, colour.replace(" ", ""))
    return _SHORT_HEX.sub(r"#\1\1\2\2\3\3", named) if len(named) == len("#fff") else named
