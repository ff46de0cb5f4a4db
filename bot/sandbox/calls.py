"""What was asked of the server, and faults to order for tests."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Call:
    """One call: `code` 200 when it was done, 0 when the connection was cut instead."""

    at: datetime
    method: str
    chat_id: int | None
    code: int
    description: str = ""


@dataclass
class CallLog:
    """Every call, with counters that keep counting when old calls are forgotten."""

    kept: int = 20_000
    calls: deque[Call] = field(init=False)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, int]] = field(default_factory=Counter)
    per_second: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.calls = deque(maxlen=self.kept)

    def add(self, call: Call) -> None:
        """Count a call; `per_second` counts messages that went out, by whole epoch seconds."""
        self.calls.append(call)
        if call.code == 200:  # noqa: PLR2004
            self.accepted[call.method] += 1
            if call.method.startswith(("send", "copy", "forward")):
                self.per_second[int(call.at.timestamp())] += 1
        else:
            self.refused[call.method, call.code] += 1

    def of(self, method: str) -> list[Call]:
        """The remembered calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]


class FaultKind(StrEnum):
    """What goes wrong: the connection cut before or after acting, a delay, or an answer."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    DELAY = "delay"
    ANSWER = "answer"


@dataclass
class Fault:
    """Goes wrong `times` times (-1: always) for calls that match `method` and `chat_id`.

    `skip` matching calls pass first. `delay_s` seconds for DELAY; `code`, `description` and
    `retry_after` (seconds) for ANSWER.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    times: int = 1
    skip: int = 0
    delay_s: float = 0.0
    code: int = 502
    description: str = "Bad Gateway"
    retry_after: int = 0

    def hits(self, method: str, chat_id: int | None) -> bool:
        """Whether this call goes wrong; counts it."""
        fits = self.method in {None, method} and self.chat_id in {None, chat_id}
        if not fits or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


@dataclass
class Faults:
    """The faults on order."""

    ordered: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        """Order a fault."""
        self.ordered.append(fault)
        return fault

    def clear(self) -> None:
        """From now on everything works."""
        self.ordered.clear()

    def next(self, method: str, chat_id: int | None) -> Fault | None:
        """The first fault that hits this call."""
        return next((fault for fault in self.ordered if fault.hits(method, chat_id)), None)
