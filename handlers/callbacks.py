"""Callback data: an action as at most 64 bytes, "1:verb:args", that is useless when forged.

A person can send us any callback data. So `unpack` accepts only what `pack` could have made: this
version, a known verb, the right number of arguments, each of its type. Whatever is behind an id
(a collection, a chat's settings) is checked against the sender where the action is carried out.
"""

from urllib.parse import unquote

from digest.model import Action
from digest.regexes import regex

VERSION = "1"
LIMIT = 64

# The verbs and their arguments' types. Old keyboards live for ever in people's chats: change the
# meaning of a verb only together with VERSION.
SIGNATURES: dict[str, tuple[type[int] | type[str], ...]] = {
    # under a card
    "card": (int,),  # signal
    "save": (int,),  # signal
    "topics": (int,),  # signal
    "more": (int,),  # signal
    "less": (int,),  # signal
    "weigh": (str, int, int),  # topic:… | source:…, signal, steps
    "why": (int,),  # signal
    "report": (int,),  # signal
    "flaw": (str, int),  # fact | translation | unreadable | other, signal
    "back": (int,),  # signal: the card's own buttons again
    "fewer": (str, int, int),  # topic | source | score, signal, score before
    "undo": (str, int, int),  # the inverse of the same `fewer`
    # links that were sent to us
    "read": (int,),  # pasted link: read it, again if it failed
    "halt": (int,),  # pasted link: not wanted any more
    # lists
    "page": (str, str, int, int),  # latest | search, shelf, before signal, size
    "sift": (str, str, int),  # shelf ("" for a list of finds), menu | column | …, page
    "narrow": (str, str, str),  # shelf, column | topic | source | day, value
    "widen": (str,),  # column | topic | source | day | all
    "topic": (int,),  # page of the list of topics
    "story": (int, int),  # story, page
    "stories": (int,),  # offset in the stories of the week
    "trends": (str, str),  # all | topics | words | stories, day | week
    "trend": (str, str),  # topic | entity | word | story, its key
    "week": (str,),  # 2026-W48, "" for the usual one
    "weekcol": (str, str),  # 2026-W48, column
    "weekpic": (str,),  # 2026-W48: its picture
    "again": (int,),  # another past signal than this one
    "find": (str,),  # words to search for
    # what a reader follows
    "follow": (str,),  # topic
    "unfollow": (str,),  # topic
    "setup": (str, str, int),  # start | sub, step, page
    "pick": (str, str, str, int),  # start | sub, c | t, id, page
    # collections
    "put": (int, int),  # collection, signal: in or out
    "fresh": (int,),  # signal to put into a new collection, 0 for none
    "saved": (int, int),  # collection, offset
    "tidy": (int, int),  # collection, offset: remove by number
    "drop": (int, int, int),  # collection, signal, offset
    "shelves": (),  # all collections
    "shelve": (int,),  # one collection: all that can be done with it
    "prefer": (int, int),  # collection to be the default one, signal
    "main": (int,),  # collection to be the default one
    "order": (),  # all collections, to be moved
    "move": (int, int),  # collection, -1 up | 1 down
    "sort": (int,),  # collection: what stands first
    "sorted": (int, str),  # collection, saved | score | date
    "seek": (int,),  # collection: asks for words
    "sought": (int, int),  # collection, offset; the words stand in the message
    "jot": (int, int),  # collection, offset: notes by number
    "note": (int, int),  # collection, signal
    "renote": (int, int),  # collection, signal
    "unnote": (int, int),  # collection, signal
    "merge": (int,),  # collection: into which?
    "merged": (int, int),  # collection, the one to merge it into
    "bin": (),  # what can be taken back
    "revert": (int,),  # change to take back
    "rule": (int,),  # collection
    "rwords": (int,),  # collection: asks for words
    "unword": (int, str),  # collection, sign of a word
    "rtopic": (int, int),  # collection, page of topics
    "rtick": (int, str, int),  # collection, topic, page
    "rcolumn": (int,),  # collection
    "rpick": (int, str),  # collection, column
    "rstate": (int, str),  # collection, pause | resume | remove | back
    "share": (int,),  # collection
    "sharing": (int, str),  # collection, on | off | notes | plain
    "shown": (str, int),  # key of a shared collection, offset
    "copy": (str,),  # key of a shared collection
    "file": (int,),  # collection, 0 for all: as which file?
    "filed": (int, str),  # collection, md | json | csv | html | opml
    "rename": (int,),  # collection
    "erase": (int,),  # collection: asks first
    "erased": (int,),  # collection: really
    # settings
    "settings": (str,),  # page
    "set": (str, str),  # field, value
    "ask": (str,),  # field whose value is typed
    "track": (int,),  # story: follow it
    "untrack": (int,),  # story
    "wishes": (str, int),  # follow | mute, page of the list
    "drop_wish": (str, str, int),  # follow | mute, name (handlers/wish_names.py), page
    "want": (str, str),  # follow | mute, name
    "tune": (str, int),  # topic:… | source:…, steps
    "even": (str,),  # ask | yes: all weights away
    # editing a signal
    "edit": (int,),  # signal: its sheet as a new message
    "esheet": (int,),  # signal: its sheet in the place of this message
    "epoint": (int, int),  # signal, place of a point from 0
    "eask": (int, str, int),  # signal, letter of a field, place: asks for words
    "ekeep": (int, str, int, str),  # the same with the sign of what was seen: the quoted words
    "edrop": (int, int, str),  # signal, place, sign
    "emove": (int, int, int, str),  # signal, place, -1 up | 1 down, sign
    "ecolumns": (int,),  # signal
    "ecolumn": (int, str, str),  # signal, column, the one that was shown
    "etopics": (int,),  # signal
    "etopicp": (int, int),  # signal, page of topics
    "etopic": (int, str, int),  # signal, topic, page
    "eaccess": (int, str),  # signal, public | subscribers
    "epin": (int,),  # signal: how it is pinned
    "epins": (int, str),  # signal, all | column
    "epinned": (int, str, str),  # signal, all | column, today | tomorrow | three
    "epintime": (int, str),  # signal, all | column: asks for a time
    "epinswap": (int, int, str, int),  # signal, the one to unpin, all | column, minute of the end
    "eunpin": (int,),  # signal
    "ewhens": (int,),  # signal: when it is published
    "ewhen": (int, str, int),  # signal, hour | morning | "", as what it was seen
    "ewhentime": (int, int),  # signal, as what it was seen: asks for a time
    "estory": (int,),  # signal: its story, and signals near to it
    "ejoin": (int, int),  # signal, one of the story it belongs to
    "ejoined": (int, int, str),  # the same, one | whole
    "esplit": (int,),  # signal: out of its story
    "elead": (int,),  # signal: to lead its story
    "estoryask": (int,),  # signal: asks for another's link or number
    "erewrite": (int,),  # signal: the model is to write it anew
    "erewritten": (int, str),  # signal, yes | no
    "erestores": (int,),  # signal: what it was
    "erestore": (int, str),  # signal, field | all
    # columns and topics, for editors: a shelf is "t/llm" or "c/ai"
    "txhome": (str, int),  # home | topics, offset
    "txcard": (str,),  # shelf
    "txask": (str, str),  # field to be typed, shelf
    "txwords": (str, str),  # aliases | cues, shelf
    "txword": (str, str, str),  # aliases | cues, shelf, sign of the word to take away
    "txcue": (str, str),  # shelf, add | drop: the words stand in the message
    "txmove": (str, int),  # column, -1 up | 1 down
    "txcolumn": (str, str),  # topic, column ("" shows the choices)
    "txstate": (str, str),  # topic, retire | revive
    "txmerge": (str, int),  # shelf, offset of the choices
    "txinto": (str, str),  # shelf, the id of that to merge it into: asks
    "txmerged": (str, str),  # the same: does it
    "txsplit": (str, str, int),  # shelf, also | instead, days: shows
    "txparted": (str, str, int),  # the same: does it
    "txideas": (int,),  # offset in the suggested topics
    "txidea": (str, str),  # make | refuse, sign of a suggestion
    # one's own data
    "export": (),
    "forget": (),
    "wipe": (str, int),  # here | all | not, the minute of the question
    "now": (),  # a digest at once
    # announcements
    "casts": (int,),  # the list, older than this one
    "cast": (str, int),  # open | test | audience | text | …, announcement
    "castto": (int, str, str),  # draft, filter of its audience, value
    "castgo": (str, int),  # send | pause | resume | cancel | …, announcement
    "castnow": (int, int),  # draft, revision: send it
    # the queue; the last argument is the filter's code
    "queue": (int, str),  # signal, 0 the first, -1 none
    "qyes": (int, str),  # signal: approve
    "qno": (int, str),  # signal: why not?
    "qwhy": (str, int, str),  # reason, signal
    "qback": (int, int, str),  # act to take back, its signal
    "qsift": (str, str),  # "" | t topics | s sources
    "qmany": (str, str),  # approve | reject: asks first
    "qall": (str, int, str),  # approve or a reason, the second of the question
    # publishing policies
    "policy": (str,),  # scope, "" for all
    "pset": (str, str, str),  # scope, field, value
    "pscopes": (str, int),  # columns | sources, page
    "pask": (str, str),  # scope, field whose number is typed
    # weekly reports before they go out; a week is 2026-W48, a line is named by its sign
    "wkdraft": (str,),  # week
    "wksee": (str, str),  # week, language
    "wkdo": (str, str, int),  # approve | skip | skipped, week, revision
    "wksheet": (str,),  # week: its lines
    "wkline": (str, str),  # week, line
    "wkedit": (str, str, str, int),  # drop | back | up | top | plain, week, line, revision
    "wkask": (str, str, str),  # zh | en | fzh | fen, week, line
    "wkpolicy": (),  # whether they are looked at first
    "wkset": (str, int),  # review | lead | fall, value
    # sources
    "sources": (str, int),  # which (handlers/admin/sources/listing.py), page
    "srcsift": (str, str),  # which, menu | health | column | lang | kind
    "source": (int, str),  # source, card | polls | column | …
    "tend": (int, str, str),  # source, what to change, to what
    "ask_source": (int, str),  # source (0: a new one), what is to be typed
    "draft": (int, str, str),  # source not saved yet, what, to what
    "import": (int, str),  # import, go | stop | report | back
    # the staff's side
    "stats": (int,),  # days
    "chart": (str, int),  # picture, days
    "doubts": (int,),  # days
    "inside": (str,),  # private page, "" for the first: a personal link to it
    # the editors' side: roles and the audit
    "staff": (),
    "member": (int,),  # person
    "role": (int, str),  # person, owner | editor | viewer
    "oust": (int,),  # person: out of the staff
    "recruit": (str,),  # role of whoever comes by the link
    "audit": (int, str),  # acts before this one, all | mine
    "act": (int,),
    "takeback": (int,),  # act
    "books": (str,),  # csv | json
    # posts
    "posts": (),  # all drafts
    "post": (int,),  # post: its card as it stands now
    "post_new": (),
    "post_menu": (str, int, int),  # column | topics | …, post, version
    "post_set": (str, int, int, str),  # column | topic | …, post, version, value
    "post_ask": (str, int, int),  # text | time | …, post, version
    "post_drop": (int, int),  # post, version
    "post_show": (int,),  # post: send its preview
    "post_look": (int, str, str, str),  # post, language, layout | digest, wording
    "post_mock": (int,),  # post: a button of its preview
    "post_close": (int,),  # post: take its preview away
    "post_go": (int, int),  # post, version: really?
    "post_out": (int, int, int),  # post, version, 1 when asked twice
    "post_back": (int, int),  # post, version: take it back from readers
    "post_retry": (int, int),  # post, version: read its link again
}

_NUL = "\x00"
_NUMBER = regex(r"-?[0-9]{1,18}")


def pack(action: Action) -> str:
    """Return `action` as callback data.

    Raises ValueError for an unknown verb, wrong arguments or more than 64 bytes, so that no
    keyboard is ever built that Telegram would refuse.
    """
    types = SIGNATURES.get(action.verb)
    if types is None or len(types) != len(action.args):
        raise ValueError(f"no such action: {action}")
    parts = [VERSION, action.verb]
    for value, wanted in zip(action.args, types, strict=True):
        if type(value) is not wanted:
            raise ValueError(f"{action.verb} wants {wanted.__name__}, not {value!r}")
        if wanted is int and not _NUMBER.fullmatch(str(value)):
            raise ValueError(f"a number too long to be read again: {value}")
        parts.append(str(value).replace("%", "%25").replace(":", "%3A"))
    data = ":".join(parts)
    if len(data.encode()) > LIMIT:
        raise ValueError(f"callback data over {LIMIT} bytes: {data}")
    if _NUL in data:
        raise ValueError("no database takes a NUL in a question")
    return data


def fits(action: Action) -> bool:
    """Whether `action`, with its free text, can stand behind a button."""
    try:
        pack(action)
    except ValueError:
        return False
    return True


def unpack(data: str) -> Action | None:
    """Return the action behind `data`, None for anything forged, damaged or of another version."""
    version, *rest = data.split(":")
    if version != VERSION or not rest or not _sendable(data):
        return None
    verb, *values = rest
    types = SIGNATURES.get(verb)
    if types is None or len(types) != len(values):
        return None
    args: list[str | int] = []
    for value, wanted in zip(values, types, strict=True):
        if wanted is str:
            args.append(unquote(value))
        elif _NUMBER.fullmatch(value):
            args.append(int(value))
        else:
            return None
    action = Action(verb, tuple(args))
    # "007" and "%41" say nothing that "7" and "A" do not; no keyboard of ours held them.
    return action if fits(action) and pack(action) == data else None


def _sendable(data: str) -> bool:
    try:
        return len(data.encode()) <= LIMIT and _NUL not in unquote(data)
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can carry
        return False
