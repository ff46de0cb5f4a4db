"""Every method the server knows: one table of name, parameters and function."""

from bot.sandbox.methods import bot, chats, files, inline, messages
from bot.sandbox.parameters import Method

METHODS: dict[str, Method] = {
    method.name.lower(): method
    for module in (bot, inline, messages, files, chats)
    for method in module.METHODS
}
