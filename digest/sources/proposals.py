"""Where the list is in a document that is no feed: a page's by selectors, JSON's by paths."""

from digest.model import Recipe, SourceKind
from digest.sources.adapters import Document
from digest.sources.jsonlist import load_json
from digest.sources.jsonproposing import propose_paths
from digest.sources.listpage import open_page
from digest.sources.proposing import propose_lists


def propose(document: Document) -> tuple[Recipe, ...]:
    """Recipes for the lists in `document` (kind PAGE or JSON), the likeliest first.

    Raises SourceError for what cannot be opened as that.
    """
    zone, now = document.recipe.zone, document.now
    if document.kind is SourceKind.JSON:
        data = load_json(document.body, document.content_type)
        return tuple(found.recipe for found in propose_paths(data, now, zone))
    page = open_page(document.body, document.url, document.content_type)
    if not zone and page.lang.lower().startswith("zh"):
        # What Chinese pages write without a zone is Peking time.
        zone = "Asia/Shanghai"
    return tuple(found.recipe for found in propose_lists(page, now, zone))
