"""Whether a new signal is published at once or waits for an editor, as the policies say."""

from datetime import datetime

from digest.model import Relation, Signal, SignalDraft, SignalState, Source
from digest.policy import Hold, Reason, decide, repeats_rejected
from digest.stories import StoryPlacement
from storage import Storage

# Rejected for what they were or said; others may be told again by somebody else.
_FOR_GOOD = {Reason.ADVERT, Reason.IRRELEVANT, Reason.WRONG, Reason.OTHER}


async def hold_of(
    storage: Storage,
    draft: SignalDraft,
    source: Source,
    story: StoryPlacement,
    now: datetime,
) -> Hold | None:
    """Why a draft has to wait for review, None when it is published at once."""
    policies = await storage.policies.all()
    scope, policy = policies.of(source.id, draft.placement.column)
    held = decide(policy, scope, draft.score.total, now)
    repeats = story.relation is Relation.DUPLICATE and story.story_of is not None
    if held is not None or not repeats:
        return held
    rejected_for = await storage.queue.rejected_for(story.story_of or 0)
    return repeats_rejected(policy, now) if rejected_for in _FOR_GOOD else None


async def let_go(storage: Storage, signal: Signal, source: Source, now: datetime) -> bool:
    """Publish a held signal that `source` carries too, or that has gained by others' telling it.

    Where one source's articles are reviewed and another's are not, the one that is trusted
    decides. What an editor has decided stays so.
    """
    if signal.state is not SignalState.HELD:
        return False
    policies = await storage.policies.all()
    scope, policy = policies.of(source.id, signal.placement.column)
    if decide(policy, scope, signal.score.total, now) is not None:
        return False
    return bool((await storage.curation.pass_on(signal.id, now)).signals)
