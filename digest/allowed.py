"""How much of a signal may be shown: what its source allows, and what everybody may read."""

from dataclasses import replace

from digest.model import Access, FullText, Signal

LINK_POINTS = 3  # of a source that allows the link only


def as_allowed(signal: Signal) -> Signal:
    """The signal with as much of its brief as its source lets us show to anybody.

    Where only the link is allowed that is the first points and the numbers: our points are often
    the article's own sentences, and so are the reasons, the open questions and the advice.
    """
    if signal.full_text is not FullText.LINK:
        return signal
    points = signal.brief.points[:LINK_POINTS]
    kept = replace(signal.brief, points=points, why=None, gaps=(), insight=None)
    return replace(signal, brief=kept)


def public_part(signal: Signal) -> Signal:
    """What everybody may know of it: of a subscribers' signal the headline and the way there."""
    if signal.access is Access.PUBLIC:
        return as_allowed(signal)
    bare = replace(
        signal.brief,
        points=(),
        numbers=(),
        why=None,
        gaps=(),
        keywords=(),
        frame=(),
        insight=None,
        checked=None,
    )
    return replace(signal, brief=bare)
