"""From an article to its 核心信息, by rules.

Every sentence of a brief stands in the article, whole; every figure and keyword does too.
"""

from digest.condense.figures import find_figures
from digest.condense.headline import clean_headline
from digest.condense.keywords import find_keywords
from digest.condense.points import choose_points
from digest.condense.remarks import find_gaps, find_why
from digest.condense.sentences import look
from digest.model import Article, Brief
from digest.text.language import detect_language

VERSION = "rules-1"


def condense(article: Article) -> Brief:
    """The brief of `article`: headline, points with evidence, figures, why, gaps and keywords.

    Never fails: an article without text gives a brief without points. Only the first 250
    sentences are looked at.
    """
    headline = clean_headline(article)
    reading = look(article, headline)
    points = choose_points(reading)
    shown = {index for point in points for index in point.evidence}
    why = find_why(reading, shown)
    taken = shown | set(why.evidence if why else ())
    return Brief(
        headline=headline,
        headline_lang=detect_language(headline, article.lang),
        points=points,
        numbers=find_figures(reading, headline, shown),
        why=why,
        gaps=find_gaps(reading, taken),
        keywords=find_keywords(article, reading, headline),
        version=VERSION,
    )
