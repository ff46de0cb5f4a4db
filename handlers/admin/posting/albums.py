"""Albums whose picture was taken: Telegram sends the others as messages of their own."""

from collections import OrderedDict

_MOST = 200


class Albums:
    """The last few albums, by chat; a restart forgets them, and then asks once too often."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str], None] = OrderedDict()

    def add(self, album: tuple[int, str]) -> None:
        """Note an album: the chat's number, and Telegram's name for the album."""
        self._known[album] = None
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def __contains__(self, album: object) -> bool:
        return album in self._known
