"""What one request to a model cost and how it ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model.

    `purpose`: "brief", "facts" (a section of a long article), "repair" or "translation".
    `prompt` is the version of its template. Tokens as the endpoint counted them, estimated where
    it did not. `cost` in the currency of the prices that are set; `ms` of wall time, waits
    between attempts included. `outcome`: "ok", or the reason it brought nothing ("timeout",
    "rate_limit", "refused", "server", "connection", "auth", "not_found", "truncated",
    "empty", "oversize", "bad_json", "cancelled" by a deadline of our own, …).
    """

    purpose: str
    model: str
    prompt: str
    tokens_in: int
    tokens_out: int
    cost: float
    ms: int
    outcome: str
    signal_id: int | None = None
