"""How large a picture is, which pages say before it is drawn. All in pixels."""

from digest.pictures import Days, Picture, Rows
from digest.trendpictures import TrendPicture

WIDTH = 1080
HEAD, DAYS, ROW, ROWS_EDGE, GAP, LEGEND = 160, 420, 72, 110, 76, 50
ROW_BELOW_NAME = 124


def panel_height(panel: Days | Rows) -> int:
    """The height of one panel with its heading."""
    if isinstance(panel, Rows):
        return ROWS_EDGE + (ROW_BELOW_NAME if panel.above else ROW) * len(panel.rows)
    return DAYS if len(panel.series) > 1 else DAYS - LEGEND


def height_of(picture: Picture) -> int:
    """The height of the whole."""
    return HEAD + sum(panel_height(panel) + GAP for panel in picture.panels)


STRIPS_HEAD, STRIP, STRIPS_FOOT = 186, 160, 136


def height_of_strips(picture: TrendPicture) -> int:
    """The height of a picture of trends."""
    return STRIPS_HEAD + STRIP * len(picture.strips) + STRIPS_FOOT
