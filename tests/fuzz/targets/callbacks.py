"""Callback data: what stands behind a button, and what anybody may send as such."""

from hypothesis import strategies as st

from digest.model import Action
from handlers.callbacks import LIMIT, SIGNATURES, fits, pack, unpack
from tests.fuzz.pieces import texts
from tests.fuzz.target import Target, text_of

SEEDS = (
    "1:save:12", "1:page:latest:c/ai:0:5", "1:find:100%25%3A 芯片", "1:shelves",
    "1:weigh:topic%3Ax:1:-1",
    "1:undo:a:1:2", "2:save:12", "1:ekeep:1:p:0:ab12cd34",
)  # fmt: skip


def check_callback(data: str) -> None:
    action = unpack(data)
    if action is None:
        return
    assert len(data.encode()) <= LIMIT
    types = SIGNATURES[action.verb]
    assert [type(value) for value in action.args] == list(types)
    assert all("\x00" not in value for value in action.args if isinstance(value, str))
    for value in action.args:
        str(value).encode()
    assert pack(action) == data, "no keyboard of ours ever held it"


def check_action(action: Action) -> None:
    if fits(action):
        assert unpack(pack(action)) == action


def check_either(given: str | Action) -> None:
    if isinstance(given, Action):
        check_action(given)
    else:
        check_callback(given)


@st.composite
def actions(draw: st.DrawFn) -> Action:
    verb = draw(st.sampled_from(sorted(SIGNATURES)))
    kinds = {int: st.integers(-(10**19), 10**19), str: texts(3)}
    return Action(verb, tuple(draw(kinds[wanted]) for wanted in SIGNATURES[verb]))


@st.composite
def forged(draw: st.DrawFn) -> str:
    """Data that is nearly of ours."""
    values = st.one_of(
        st.integers().map(str),
        texts(2),
        st.sampled_from(["%", "%41", "%3A", "%00", "%FF", "-0", "007", "+1", "１"]),
    )
    parts = [
        draw(st.sampled_from(["1", "1", "1", "2", "", "01"])),
        draw(st.sampled_from(sorted(SIGNATURES)) | st.text(max_size=6)),
        *draw(st.lists(values, max_size=4)),
    ]
    return ":".join(parts)


TARGETS = (
    Target(
        "callback",
        "Unpacked, an action that was packed is the same; data that unpacks is exactly what"
        " packing gives, of a known verb, each argument of its type, within 64 bytes; all else is"
        " refused.",
        check_either,
        st.one_of(actions(), forged(), texts(4)),
        read=text_of,
        seeds=tuple(seed.encode() for seed in SEEDS),
        words=(*(verb.encode() for verb in SIGNATURES), b":", b"1:", b"%25", b"%3A", b"-"),
        longest=96,
    ),
)
