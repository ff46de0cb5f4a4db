"""What a bot says of itself: names, descriptions, command menus, menu button."""

from dataclasses import dataclass, field

from bot.sandbox.state import Json


@dataclass
class Profile:
    """Texts and commands by language code; "" is what everyone else sees."""

    names: dict[str, str] = field(default_factory=lambda: {"": "核心信息"})
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)

    def commands_for(self, language: str, scopes: list[str]) -> list[Json]:
        """The menu that Telegram shows: narrow scope first, then language, then everyone's."""
        for scope in scopes:
            for code in (language, ""):
                found = self.commands.get((scope, code))
                if found:
                    return found
        return []

    def menu_button(self, chat_id: int = 0) -> Json:
        """What stands beside the input field of a private chat, or of all that have no other."""
        for place in (chat_id, 0):
            found = self.menu_buttons.get(place, {})
            if found.get("type", "default") != "default":
                return found
        return {"type": "commands"}

    @staticmethod
    def text_for(texts: dict[str, str], language: str) -> str:
        """The text in this language, else everyone's."""
        return texts.get(language) or texts.get("", "")


def scope_key(scope: Json | None) -> str:
    """One string for a BotCommandScope, such as "default" or "chat:5"."""
    if not scope:
        return "default"
    kind = str(scope.get("type", "default"))
    parts = [kind, *(str(scope[name]) for name in ("chat_id", "user_id") if name in scope)]
    return ":".join(parts)
