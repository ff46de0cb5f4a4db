"""What runs in the worker. Importing this is cheap for the bot itself; matplotlib loads there."""
# ruff: noqa: PLC0415  imports inside functions are what keeps this module cheap

from digest.pictures import Picture


def warm_up() -> None:
    """Load what draws, so that no drawing's deadline pays for it."""
    import bot.pictures.drawing  # noqa: F401  only to load it


def paint(wanted: tuple[Picture, bool]) -> bytes:
    """The picture as PNG; on a dark ground when the second of the pair says so."""
    from bot.pictures.drawing import Drawing, draw

    return draw(Drawing(*wanted))
