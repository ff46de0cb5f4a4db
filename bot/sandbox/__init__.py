"""A local, strict Bot API server with a chat page and a sample newsroom: no account needed."""

from bot.sandbox.calls import Fault, FaultKind
from bot.sandbox.limits import LimitRules
from bot.sandbox.newsroom import newsroom_specs
from bot.sandbox.people import Person, Seen
from bot.sandbox.sandbox import Sandbox

__all__ = ["Fault", "FaultKind", "LimitRules", "Person", "Sandbox", "Seen", "newsroom_specs"]
