import re
from collections import Counter
from urllib.parse import urlsplit

from digest.identity import canonical_url
from digest.model import HotList, SourceKind
from digest.sources.catalog import load_catalog
from digest.taxonomy import load_taxonomy

COLUMNS = {"ai", "tech", "dev", "business", "science", "policy"}


def test_the_catalog_has_enough_of_everything() -> None:
    specs = load_catalog()
    assert len(specs) >= 70
    by_column = Counter(spec.column for spec in specs)
    assert set(by_column) == COLUMNS == set(load_taxonomy().columns)
    assert min(by_column.values()) >= 8
    by_lang = Counter(spec.lang for spec in specs)
    assert set(by_lang) == {"zh", "en"}
    assert by_lang["zh"] >= 20


def test_keys_and_addresses_are_unique() -> None:
    specs = load_catalog()
    assert len({spec.key for spec in specs}) == len(specs)
    assert len({canonical_url(spec.url) for spec in specs}) == len(specs)
    assert len({spec.title for spec in specs}) == len(specs)


def test_every_row_is_complete() -> None:
    for spec in load_catalog():
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,40}", spec.key), spec.key
        assert spec.kind is SourceKind.FEED or spec.hot is not HotList.NO
        assert 0.5 <= spec.weight <= 1.5
        assert spec.title == spec.title.strip() != ""
        assert spec.poll_floor_s is None
        for address in (spec.url, spec.site_url):
            parts = urlsplit(address)
            assert parts.scheme == "https", address
            assert "." in (parts.hostname or "")
