"""Why a request to a model brought nothing."""

from digest.errors import HexinError

# What trying again soon may cure.
PASSING = frozenset({"timeout", "rate_limit", "server", "connection"})
# What only the owner can cure: the key, the model's name, the account.
SETTINGS = frozenset({"auth", "not_found", "no_credit"})


class ModelTrouble(HexinError):  # noqa: N818  a state of the outside world
    """`reason` is one of the outcomes of `Call`; `retry_after` seconds the server asked for.

    Besides those of the wire: "budget" (today's is used up), "paused" (the breaker is open).
    """

    def __init__(self, reason: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
