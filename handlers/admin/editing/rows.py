"""What editing adds to the tables of handlers/registry.py."""

from handlers.admin.editing import (
    asking,
    pinning,
    placing,
    restoring,
    rewriting,
    sheet,
    storying,
    timing,
)
from handlers.dispatch import Answered, Deed
from handlers.guards import Permission
from handlers.prompts import EDIT, PIN, STORY, WHEN

_EDITOR = Permission.EDITOR

DEEDS: dict[str, Deed] = {
    "edit": Deed(sheet.open_sheet, _EDITOR),
    "esheet": Deed(sheet.show_sheet, _EDITOR),
    "epoint": Deed(sheet.show_point, _EDITOR),
    "eask": Deed(asking.ask, _EDITOR),
    "ekeep": Deed(asking.keep, _EDITOR),
    "edrop": Deed(asking.drop, _EDITOR),
    "emove": Deed(asking.move, _EDITOR),
    "ecolumns": Deed(placing.show_columns, _EDITOR),
    "ecolumn": Deed(placing.set_column, _EDITOR),
    "etopics": Deed(placing.open_topics, _EDITOR),
    "etopicp": Deed(placing.show_topics, _EDITOR),
    "etopic": Deed(placing.toggle_topic, _EDITOR),
    "eaccess": Deed(placing.set_access, _EDITOR),
    "epin": Deed(pinning.open_pin, _EDITOR),
    "epins": Deed(pinning.show_pin, _EDITOR),
    "epinned": Deed(pinning.pin_until, _EDITOR),
    "epintime": Deed(pinning.ask_time, _EDITOR),
    "epinswap": Deed(pinning.replace_pin, _EDITOR),
    "eunpin": Deed(pinning.unpin, _EDITOR),
    "ewhens": Deed(timing.show_timing, _EDITOR),
    "ewhen": Deed(timing.set_time, _EDITOR),
    "ewhentime": Deed(timing.ask_time, _EDITOR),
    "erestores": Deed(restoring.show_original, _EDITOR),
    "erestore": Deed(restoring.restore, _EDITOR),
    "estory": Deed(storying.show_story, _EDITOR),
    "ejoin": Deed(storying.join, _EDITOR),
    "ejoined": Deed(storying.joined, _EDITOR),
    "esplit": Deed(storying.split, _EDITOR),
    "elead": Deed(storying.lead, _EDITOR),
    "estoryask": Deed(storying.ask, _EDITOR),
    "erewrite": Deed(rewriting.ask, _EDITOR),
    "erewritten": Deed(rewriting.decide, _EDITOR),
}

ANSWERS: dict[str, Answered] = {
    EDIT: Answered(asking.take_answer, _EDITOR),
    PIN: Answered(pinning.take_time, _EDITOR),
    STORY: Answered(storying.take_answer, _EDITOR),
    WHEN: Answered(timing.take_time, _EDITOR),
}
