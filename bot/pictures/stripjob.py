"""What draws trends in the worker. Importing this is cheap for the bot itself.

Apart from the pictures of numbers, so that nobody who asks for trends waits for matplotlib.
"""
# ruff: noqa: PLC0415  imports inside functions are what keeps this module cheap

from digest.trendpictures import TrendPicture


def warm_up() -> None:
    """Load what draws, so that no drawing's deadline pays for it."""
    import bot.pictures.strips  # noqa: F401  only to load it


def paint_strips(wanted: tuple[TrendPicture, bool]) -> bytes:
    """The picture as PNG; on a dark ground when the second of the pair says so."""
    from bot.pictures.strips import draw_strips

    picture, dark = wanted
    return draw_strips(picture, dark=dark)
