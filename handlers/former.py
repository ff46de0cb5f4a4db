"""Buttons of before a merge: what they name leads to what it was merged into.

Keyboards live for ever in people's chats. An id that was merged keeps its meaning, so every
deed gets the id of today, and no handler needs to know of the past.
"""

from dataclasses import replace

from digest.model import Action
from digest.taxonomy import Taxonomy

# Verbs that name columns or topics: which argument does, and how (see `_now`).
_NAMING: dict[str, tuple[tuple[int, str], ...]] = {
    "follow": ((0, "topic"),),
    "unfollow": ((0, "topic"),),
    "rtick": ((1, "topic"),),
    "rpick": ((1, "column"),),
    "weigh": ((0, "name"),),
    "tune": ((0, "name"),),
    "want": ((1, "name"),),
    "drop_wish": ((1, "name"),),
    "page": ((1, "shelf"),),
    "sift": ((0, "shelf"),),
    "narrow": ((0, "shelf"), (2, "sifted")),
    "pick": ((2, "picked"),),
}
_KINDS = {"c": "column", "t": "topic"}


def of_today(action: Action, taxonomy: Taxonomy) -> Action:
    """`action` with the ids of columns and topics that stand for its own today."""
    args = list(action.args)
    for place, form in _NAMING.get(action.verb, ()):
        value = args[place]
        kind = str(args[place - 1])
        if isinstance(value, str):
            args[place] = _now(taxonomy, form, kind, value)
    return replace(action, args=tuple(args))


def _now(taxonomy: Taxonomy, form: str, kind: str, value: str) -> str:
    """`value` of today: an id, "topic:id", "t/id", or an id of the `kind` named before it.

    Words that merely look like one are as they were: nothing is merged under their name.
    """
    match form:
        case "name":
            kind, colon, id_ = value.partition(":")
            return f"{kind}{colon}{_id_now(taxonomy, kind, id_)}" if colon else value
        case "shelf":
            kind, slash, id_ = value.partition("/")
            return f"{kind}/{_id_now(taxonomy, _KINDS.get(kind, ''), id_)}" if slash else value
        case "sifted" | "picked":
            return _id_now(taxonomy, _KINDS.get(kind, kind), value)
        case _:
            return _id_now(taxonomy, form, value)


def _id_now(taxonomy: Taxonomy, kind: str, id_: str) -> str:
    if kind == "topic":
        return taxonomy.topics.now(id_)
    return taxonomy.columns.now(id_) if kind == "column" else id_
