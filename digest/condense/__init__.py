"""From an article to its 核心信息, by rules.

Every sentence of a brief stands in the article, whole; every figure and keyword does too.
"""

from digest.condense.figures import find_figures
from digest.condense.frame import find_frame
from digest.condense.gazetteer import Gazetteer
from digest.condense.headline import clean_headline, is_untitled
from digest.condense.insight import find_insight
from digest.condense.keywords import find_keywords
from digest.condense.line import line_of
from digest.condense.names import find_names
from digest.condense.points import choose_points
from digest.condense.remarks import find_gaps, find_why
from digest.condense.sentences import LONGEST_TEXT, look
from digest.condense.teaching import taught_by
from digest.model import Article, Brief, NameSeen
from digest.text.language import detect_language

VERSION = "rules-2"


def condense(article: Article, gazetteer: Gazetteer | None = None) -> Brief:
    """The brief of `article`: headline, points with evidence, figures, why, gaps and keywords.

    For a foreign article also the Chinese frame of its headline; the insight as far as it can be
    computed. Never fails: an article without text gives a brief without points. Only the first
    250 sentences are looked at. `gazetteer`: known names, those of gazetteer.toml by default.
    """
    return condense_and_learn(article, gazetteer)[0]


def condense_and_learn(
    article: Article, gazetteer: Gazetteer | None = None
) -> tuple[Brief, tuple[NameSeen, ...]]:
    """The brief, and the names by which later articles may profit."""
    headline = _headline(article)
    title = headline[:LONGEST_TEXT]  # as much of it as is looked into
    reading = look(article, title)
    points = choose_points(reading)
    shown = {index for point in points for index in point.evidence}
    why = find_why(reading, shown)
    taken = shown | set(why.evidence if why else ())
    gaps = find_gaps(reading, taken)
    told = "\n".join(point.text for point in points)
    numbers = find_figures(reading, title, shown, told=told)
    lang = detect_language(headline, article.lang)
    names = find_names(reading, title, gazetteer)
    foreign = lang if article.lang != "zh" else ""
    brief = Brief(
        headline=headline,
        headline_lang=lang,
        points=points,
        numbers=numbers,
        why=why,
        gaps=gaps,
        keywords=find_keywords(article, reading, title, names),
        version=VERSION,
        frame=find_frame(reading, title, foreign, names=names, numbers=numbers, shown=shown),
        insight=find_insight(
            article, reading, shown | {it for gap in gaps for it in gap.evidence}
        ),
    )
    return brief, taught_by(reading, title, names)


def _headline(article: Article) -> str:
    """The title, or the article in one line where it has none (Chinese only)."""
    title = clean_headline(article)
    if article.lang == "zh" and is_untitled(article, title):
        return line_of(article).removesuffix("。") or title
    return title
