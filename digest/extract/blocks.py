"""A tree to its paragraphs, for HTML and for trafilatura's own element names alike."""

from collections.abc import Iterator

from lxml import etree, html

from digest.extract.markup import markup_from
from digest.extract.unseen import without_unseen
from digest.regexes import regex
from digest.text.vocabulary import word_set

# Elements that end the paragraph before them. "head", "item", "quote", "row", "lb" and "list" are
# trafilatura's names of h1 to h6, li, blockquote, tr, br and ul.
_BLOCKS = word_set(
    "address article aside blockquote body caption center dd details div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html item li list main nav "
    "ol p pre quote row section summary table tbody tfoot thead title tr ul"
)
_CELLS = frozenset({"td", "th", "cell"})
_UNREAD = word_set(
    "script style svg template noscript iframe object embed audio video select button input "
    "textarea form nav math graphic img",
)
_LINE_BREAKS = frozenset({"br", "lb"})
_CELL_GAP = " | "
_EMPTY_CELLS = regex(r"\s*\|[\s|]*")
_SENTENCE_ENDS = ".!?。！？…:：;；\"'”’」』)）"


def paragraphs_of(element: etree._Element) -> list[str]:
    """The text of each block in reading order, cells of a row apart.

    A line break starts a new paragraph unless the sentence plainly goes on behind it.
    """
    collected = _Collector()
    for mark, text in _walk(element):
        if mark in _LINE_BREAKS:
            collected.end_line()
        elif mark in _BLOCKS:
            collected.end_block()
        elif mark in _CELLS:
            collected.add(_CELL_GAP)
        collected.add(text)
    collected.end_block()
    return collected.paragraphs


class _Collector:
    """Gathers pieces of text into paragraphs."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._pieces: list[str] = []
        self._breaks = 0

    def add(self, text: str) -> None:
        if text:
            self._pieces.append(text)

    def end_line(self) -> None:
        self._flush()
        self._breaks += 1

    def end_block(self) -> None:
        self._flush()
        self._breaks = 0

    def _flush(self) -> None:
        text = _EMPTY_CELLS.sub(_CELL_GAP, "".join(self._pieces)).strip("| \t\r\n")
        self._pieces.clear()
        if not text:
            return
        if self._breaks == 1 and self.paragraphs and _goes_on(self.paragraphs[-1], text):
            self.paragraphs[-1] += " " + text
        else:
            self.paragraphs.append(text)
        self._breaks = 0


def paragraphs_in(fragment: str) -> list[str]:
    """The paragraphs of a piece of HTML, such as a feed's own text. Raises `OutOfBounds`."""
    markup = markup_from(fragment)
    if not markup.html.strip():
        return []
    if "<" not in markup.html and "&" not in markup.html:
        return [line for line in markup.html.splitlines() if line.strip()]
    try:
        fragment_tree = html.fragment_fromstring(markup.html, create_parent="div")
        without_unseen(fragment_tree)
        return paragraphs_of(fragment_tree)
    except (etree.ParserError, ValueError):
        return []


def _walk(root: etree._Element) -> Iterator[tuple[str, str]]:
    """(tag that starts or ends here, text behind it), without what is not read."""
    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            if skipped is None:
                yield "", element.tail or ""
        elif event == "start":
            if skipped is None and element.tag in _UNREAD and element is not root:
                skipped = element
            elif skipped is None:
                yield element.tag, element.text or ""
        elif skipped is None or skipped is element:
            skipped = None
            # A line break has no inside; its end must not count as a second one.
            mark = "" if element.tag in _LINE_BREAKS else element.tag
            yield mark, (element.tail or "") if element is not root else ""


def _goes_on(before: str, after: str) -> bool:
    """Whether a line was only wrapped: no stop before the break, no capital behind it."""
    return before[-1] not in _SENTENCE_ENDS and after[0].islower()
