"""What came of trying a source, as plain data that can be kept between two taps, and back."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from digest.errors import PollFailure
from digest.model import Access, FullText, HotList, Recipe, SourceKind, SourceSpec
from digest.sources.trial import Proposal, Refusal, Refused, Remark, Sample, Service, Trial

# What an editor may change on a proposal before it is saved.
EDITABLE = frozenset({"title", "column", "lang", "weight", "full_text", "headers", "hot"})


def spec_data(spec: SourceSpec) -> dict[str, Any]:
    """A spec as plain data."""
    return asdict(spec) | {"headers": [list(pair) for pair in spec.headers]}


def spec_of(data: Mapping[str, Any]) -> SourceSpec:
    """The spec that was kept as `data`."""
    return SourceSpec(
        **{
            **data,
            "kind": SourceKind(data["kind"]),
            "full_text": FullText(data["full_text"]),
            "access": Access(data["access"]),
            "hot": HotList(data.get("hot", HotList.NO)),
            "recipe": Recipe(**data["recipe"]),
            "headers": tuple((name, value) for name, value in data["headers"]),
        }
    )


def trial_data(trial: Trial) -> dict[str, Any]:
    """A trial as plain data; of a source that is known already, its number and name."""
    return {
        "words": trial.words,
        "proposals": [_proposal_data(one) for one in trial.proposals],
        "refusal": [trial.refusal.code.value, trial.refusal.url, trial.refusal.detail]
        if trial.refusal
        else None,
    }


def _proposal_data(proposal: Proposal) -> dict[str, Any]:
    known = proposal.known
    return {
        "spec": spec_data(proposal.spec),
        "service": proposal.service.value,
        "samples": [
            [one.title, one.url, one.published_at.isoformat() if one.published_at else None]
            for one in proposal.samples
        ],
        "total": proposal.total,
        "remarks": [remark.value for remark in proposal.remarks],
        "known": [known.id, known.spec.title] if known else None,
    }


class KeptTrial:
    """A trial that was kept: its proposals with the editors' changes laid over the chosen one."""

    def __init__(self, trial: Mapping[str, Any], edits: Mapping[str, Any]) -> None:
        self._proposals = trial.get("proposals") or []
        self._edits = edits
        self.refusal = _refusal(trial.get("refusal"))

    def __len__(self) -> int:
        return len(self._proposals)

    @property
    def chosen(self) -> int:
        """Which proposal is looked at, from 0."""
        place = self._edits.get("chosen", 0)
        return place if isinstance(place, int) and 0 <= place < len(self) else 0

    @property
    def titles(self) -> tuple[str, ...]:
        """The proposals' names."""
        return tuple(str(one["spec"]["title"]) for one in self._proposals)

    @property
    def services(self) -> tuple[Service, ...]:
        """What each proposal was recognised as."""
        return tuple(Service(one["service"]) for one in self._proposals)

    @property
    def proposal(self) -> Proposal | None:
        """The chosen proposal, as it would be saved; None when there is none."""
        if not self._proposals:
            return None
        data = self._proposals[self.chosen]
        spec = spec_of(data["spec"])
        laid = {name: self._edits.get(name) for name in EDITABLE}
        edits: dict[str, Any] = {name: one for name, one in laid.items() if one is not None}
        if "full_text" in edits:
            edits["full_text"] = FullText(edits["full_text"])
        if "hot" in edits:
            edits["hot"] = HotList(edits["hot"])
        if "headers" in edits:
            edits["headers"] = tuple((name, value) for name, value in edits["headers"])
        return Proposal(
            replace(spec, **edits),
            Service(data["service"]),
            tuple(_sample(one) for one in data["samples"]),
            data["total"],
            tuple(Remark(remark) for remark in data["remarks"]),
        )

    @property
    def known(self) -> tuple[int, str] | None:
        """Number and name of the source that the chosen proposal is already, None when new."""
        found = self._proposals[self.chosen]["known"] if self._proposals else None
        return (int(found[0]), str(found[1])) if found else None


def _sample(data: list[Any]) -> Sample:
    title, url, at = data
    return Sample(title, url, datetime.fromisoformat(at) if at else None)


def _refusal(data: list[Any] | None) -> Refusal | None:
    if data is None:
        return None
    value, url, detail = data
    code = Refused(value) if value in set(Refused) else PollFailure(value)
    return Refusal(code, url, detail)
