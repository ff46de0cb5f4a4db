"""The rows of weekly reports in the tables of handlers/registry.py."""

from handlers.admin.weeklies import desk, policy
from handlers.dispatch import Answered, Deed
from handlers.guards import Permission
from handlers.prompts import WEEKLY

_VIEWER, _EDITOR = Permission.VIEWER, Permission.EDITOR

DEEDS: dict[str, Deed] = {
    "wkdraft": Deed(desk.show_draft, _VIEWER),
    "wksee": Deed(desk.see, _VIEWER),
    "wkdo": Deed(desk.decide, _EDITOR),
    "wksheet": Deed(desk.show_sheet, _VIEWER),
    "wkline": Deed(desk.show_line, _VIEWER),
    "wkedit": Deed(desk.edit_line, _EDITOR),
    "wkask": Deed(desk.ask_words, _EDITOR),
    "wkpolicy": Deed(policy.show_policy, _VIEWER),
    "wkset": Deed(policy.set_policy, _EDITOR),
}

ANSWERS: dict[str, Answered] = {WEEKLY: Answered(desk.take_words, _EDITOR)}
