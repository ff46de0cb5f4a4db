"""Whether a new signal is published at once or waits for an editor, as the policies say."""

from datetime import datetime

from digest.model import Relation, SignalDraft, SignalState, Source
from digest.policy import Hold, decide, repeats_rejected
from digest.stories import StoryPlacement
from storage import Storage


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
    if held is None and story.relation is Relation.DUPLICATE and story.story_of is not None:
        other = await storage.signals.get(story.story_of)
        if other is not None and other.state is SignalState.REJECTED:
            return repeats_rejected(policy, now)
    return held
