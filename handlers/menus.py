"""The command menus of people whose role has changed."""

from digest.roles import Role
from handlers.context import Turn


async def refresh_menu(turn: Turn, user_id: int, role: Role | None) -> None:
    """Show somebody the commands that they have now."""
    # The table of commands names the handlers that come here.
    from handlers.registry import publish_staff_menu  # noqa: PLC0415

    await publish_staff_menu(turn.bot, turn.services.staff, user_id, role)
