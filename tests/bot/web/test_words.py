"""The catalogues: every key the pages use is there, in both languages, with the same gaps."""

import re
from pathlib import Path
from string import Formatter

import pytest

from bot.web.desk.pages import PAGES
from bot.web.views.home import HomeFacts, home_view
from bot.web.views.sources import HEALTHS
from digest.editing import Field
from digest.errors import PollFailure
from digest.model import Access, ArticleOrigin, Kind, Lang, Relation, Tier
from digest.sources.health import Health
from digest.texts import texts_for
from storage.weekly_reading import Missing
from tests.bot.web.samples import setting

_FOLDER = Path(__file__).parents[3] / "bot" / "web"
_USED = re.compile(
    r"""(?:\bt|\bother|\btexts|\btexts_for\([\w.]+\))(?:\.n)?\(\s*"(web\.[a-z_.]+)"(\s*~)?"""
)


def used_keys() -> set[str]:
    """Keys written out in templates and code; those put together at run time are listed below."""
    found = set()
    for path in [*_FOLDER.rglob("*.html"), *_FOLDER.rglob("*.xml"), *_FOLDER.rglob("*.py")]:
        for key, joined in _USED.findall(path.read_text(encoding="utf-8")):
            if not joined:
                found.add(key)
    return found


def composed_keys() -> set[str]:
    keys = {f"web.kind.{kind}" for kind in Kind}
    keys |= {f"web.reason.{code}" for code in PollFailure}
    keys |= {f"web.health.{health}" for health in HEALTHS}
    keys |= {f"web.relation.{relation}" for relation in Relation}
    keys |= {f"web.origin.{origin}" for origin in ArticleOrigin}
    keys |= {f"web.tier.{tier}{end}" for tier in Tier for end in ("", ".explain")}
    keys |= {f"web.cue.{what}" for what in ("kind", "column", "topic")}
    audiences = ("founders", "engineers", "editors", "everyone")
    keys |= {f"web.audience.{audience}" for audience in audiences}
    keys |= {f"web.direction.{way}" for way in ("up", "down")}
    keys |= {f"web.access.{access}" for access in Access}
    keys |= {
        f"web.desk.{page.name}{end}" for page in PAGES if page.listed for end in ("", ".about")
    }
    keys |= {f"web.desk.signal.{state}" for state in ("held", "live", "rejected")}
    keys |= {f"web.desk.sources.state.{health}" for health in Health}
    keys |= {f"web.desk.sources.{words}" for words in ("unread", "well", "slow")}
    keys |= {f"web.desk.sources.off.{reason}" for reason in ("paused", "gone")}
    keys |= {f"web.edited.{field}.field" for field in Field}
    keys |= {
        f"web.failure.{kind}{end}"
        for kind in ("missing", "gone", "broken", "refused")
        for end in ("", ".head")
    }
    keys |= {f"web.week.missing.{why}" for why in Missing}
    keys |= {
        f"web.home.waiting.{state}{end}"
        for state in ("empty", "polling", "reading", "offline", "quiet")
        for end in ("", ".head")
    }
    return keys


def app_keys(among: set[str]) -> set[str]:
    """The Mini App's: named in its code, or of a form that its code or templates put together."""
    forms: set[str] = set()
    for path in [*_FOLDER.rglob("app*.html"), *(_FOLDER / "miniapp").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        forms |= {
            re.sub(r"\\\{[^}]*\}", "[a-z_]+", re.escape(form))
            for form in re.findall(r'"(web\.app\.[a-z_.{}]+[a-z_}])"', text)
        }
        forms |= {
            re.escape(start) + "[a-z_.]+"
            for start in re.findall(r'"(web\.app\.[a-z_.]+\.)" ~', text)
        }
    return {key for key in among if any(re.fullmatch(form, key) for form in forms)}


@pytest.mark.parametrize("lang", list(Lang))
def test_every_key_the_pages_use_has_words(lang: Lang):
    used = used_keys() | composed_keys()
    assert len(used) > 150
    assert used - texts_for(lang).keys == set()


def test_both_languages_have_the_same_keys_and_no_key_is_unused():
    chinese, english = (
        {key for key in texts_for(lang).keys if key.startswith("web.")} for lang in Lang
    )
    assert chinese == english
    optional = ("web.score.", "web.evidence.", "web.note.")
    known = used_keys() | composed_keys() | app_keys(chinese)
    assert {key for key in chinese if not key.startswith(optional)} - known == set()


def test_both_languages_put_in_the_same_values():
    for key in used_keys():
        # A Chinese text may name a count that English leaves to its plural forms, never others.
        chinese, english = (gaps(texts_for(lang).forms(key)) for lang in Lang)
        assert chinese - {"n"} == english - {"n"}, key


def gaps(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def test_an_empty_installation_has_a_state_with_words():
    view = home_view(HomeFacts((), {}, (), (), (), 0), setting())
    assert view.waiting is not None
    assert f"web.home.waiting.{view.waiting.state}" in composed_keys()
