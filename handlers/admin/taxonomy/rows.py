"""What is said to the bot about columns and topics, by permission."""

from handlers.admin.taxonomy import changing, ideas, merging, pages, splitting
from handlers.dispatch import Answered, Command, Deed, Group
from handlers.guards import Permission
from handlers.prompts import SHELF

_VIEWER, _EDITOR, _OWNER = Permission.VIEWER, Permission.EDITOR, Permission.OWNER

COMMANDS: tuple[Command, ...] = (
    Command(
        "taxonomy",
        pages.taxonomy,
        _VIEWER,
        aliases=("分类", "栏目", "话题管理"),
        group=Group.DESK,
    ),
)

DEEDS: dict[str, Deed] = {
    "txhome": Deed(pages.show_home, _VIEWER),
    "txcard": Deed(pages.show_card, _VIEWER),
    "txask": Deed(changing.ask, _EDITOR),
    "txwords": Deed(changing.show_words, _VIEWER),
    "txword": Deed(changing.drop_word, _EDITOR),
    "txcue": Deed(changing.keep_cues, _EDITOR),
    "txmove": Deed(changing.move, _EDITOR),
    "txcolumn": Deed(changing.set_column, _EDITOR),
    "txstate": Deed(changing.set_state, _OWNER),
    "txmerge": Deed(merging.choose, _EDITOR),
    "txinto": Deed(merging.preview, _EDITOR),
    "txmerged": Deed(merging.merge, _EDITOR),
    "txsplit": Deed(splitting.show_split, _EDITOR),
    "txparted": Deed(splitting.split, _EDITOR),
    "txideas": Deed(ideas.show_ideas, _VIEWER),
    "txidea": Deed(ideas.decide, _EDITOR),
}

ANSWERS: dict[str, Answered] = {SHELF: Answered(changing.take, _EDITOR)}
