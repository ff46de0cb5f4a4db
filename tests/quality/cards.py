"""What stands on the cards: the numbers of the title, nothing unsupported, nothing cut.

The checks read the cards with their own eyes: digits are read by `reading_numbers`, sentences are
compared with the article character by character. "On the card" without the headline leaves only
points and the list of numbers to count. A number of a title counts when the text has it too.
"""

import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

from digest.condense import condense
from digest.model import Article, Brief, NumberFact, Point
from digest.text.segmentation import cut
from tests.quality.common import Record, Row, article_of, percent, records
from tests.quality.reading_numbers import Read, read_numbers, same, same_with_unit

TITLES = ("inshorts", "bbc_news_summary", "pingcap_blog_zh", "zh_it_news", "ruanyf_weekly")
ALL = (
    *TITLES, "cnndm_small", "xsum_small", "scitldr", "chrome_dev_blog", "giveme5w1h_facts",
    "lcsts_part3", "xwlb", "csl_zh", "newscluster5w1h", "basil", "wikiref220", "zh_rss_stream",
    "ai_pulse_stream", "ai36kr_stream", "keyphrases",
)  # fmt: skip
_TITLES_READ, _CARDS_READ = 1500, 400
_REACH = 0.98
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PAIRS = ("()", "（）", "[]", "【】", "“”", "「」", "『』", "《》")
_WORD = re.compile(
    r"\d+(?:[.,]\d+)*|[\u4e00-\u9fff]|[^\W\d_\u4e00-\u9fff]+(?:['’][^\W\d_\u4e00-\u9fff]+)*"
)


def rows(corpora: Path, limit: int | None) -> list[Row]:
    """The tables of title numbers and of whole cards; one row for each collection."""
    titles = [row for name in TITLES if (row := _title_row(corpora, name, limit))]
    cards = [row for name in ALL if (row := _card_row(corpora, name, limit))]
    return [*titles, *cards]


# --- the numbers of the title -----------------------------------------------------------


@dataclass(slots=True)
class _Titles:
    wanted: int = 0
    carded: int = 0  # on the card, its headline read too
    shown: int = 0
    amounts: int = 0
    shown_amounts: int = 0
    changes: int = 0
    shown_changes: int = 0
    missed: list[str] = field(default_factory=list)


def _title_row(corpora: Path, name: str, limit: int | None) -> Row | None:
    found = records(corpora, name, limit or _TITLES_READ)
    if not found:
        return None
    tally = _Titles()
    for record in found:
        if re.search(r"\d", str(record.get("title") or "")):
            _count_titles(article_of(record), tally)
    cells = {
        "set": name,
        "titles": str(len(found)),
        "their numbers in the text": str(tally.wanted),
        "on the card": percent(tally.carded, tally.wanted),
        "without the headline": percent(tally.shown, tally.wanted),
        "amounts with a unit, without the headline": percent(tally.shown_amounts, tally.amounts),
        "changes, without the headline": percent(tally.shown_changes, tally.changes),
    }
    reached = tally.carded >= _REACH * tally.wanted if tally.wanted else None
    return Row("Numbers of titles on the card", cells, reached)


def _count_titles(article: Article, tally: _Titles) -> None:
    text = read_numbers(" \n".join(one.text for one in article.sentences))
    wanted = [one for one in read_numbers(article.title) if any(same(one, it) for it in text)]
    if not wanted:
        return
    brief = condense(article)
    card = read_numbers("\n".join(_shown(brief)))
    headline = read_numbers(brief.headline)
    for one in wanted:
        there = any(same_with_unit(one, it) for it in card)
        tally.wanted += 1
        tally.carded += there or any(same_with_unit(one, it) for it in headline)
        tally.shown += there
        if one.unit and not one.date and not one.name:
            tally.amounts += 1
            tally.shown_amounts += there
        if not there:
            tally.missed.append(f"{one.text} | {article.title}")
    for start, end in _changes(article.title, wanted):
        tally.changes += 1
        tally.shown_changes += all(any(same(it, one) for it in card) for one in (start, end))


def _changes(title: str, wanted: list[Read]) -> Iterator[tuple[Read, Read]]:
    """Both ends of "from 40 to 4", 从 40 降至 4, 40 → 4 in a title."""
    for one, other in pairwise(wanted):
        between = title.partition(one.text)[2].partition(other.text)[0]
        if re.fullmatch(r"\s*(?:to|→|->|[^，。；、]{0,4}[到至为])\s*", between):
            yield one, other


def _shown(brief: Brief) -> Iterator[str]:
    """What the card shows beside the headline."""
    for point in brief.points:
        yield point.text
    for fact in brief.numbers:
        yield fact.text


# --- the whole card ---------------------------------------------------------------------


def _card_row(corpora: Path, name: str, limit: int | None) -> Row | None:
    found = records(corpora, name, limit or _CARDS_READ)
    articles = [article for record in found if (article := _readable(record))]
    if not articles:
        return None
    faults: Counter[str] = Counter()
    spent: list[float] = []
    for article in articles:
        began = time.thread_time()
        brief = condense(article)
        spent.append(1000 * (time.thread_time() - began))
        faults.update(kind for kind, _ in defects(article, brief))
    cells = {
        "set": name,
        "cards": str(len(articles)),
        "numbers not in the article": str(faults["number"]),
        "cut words or numbers": str(faults["word"]),
        "brackets or quotes cut by us": str(faults["pair"]),
        "open in the article itself": str(faults["pair of the article"]),
        "not the article's words": str(faults["foreign"]),
        "headline not whole": str(faults["headline"]),
        "ms median / slowest": f"{statistics.median(spent):.1f} / {max(spent):.0f}",
    }
    ours = sum(faults[kind] for kind in ("number", "word", "pair", "foreign", "headline"))
    return Row("Whole cards", cells, ours == 0)


def _readable(record: Record) -> Article | None:
    article = article_of(record)
    return article if article.paragraphs else None


def defects(article: Article, brief: Brief) -> list[tuple[str, str]]:
    """All that is wrong with a card: what sort of defect, and the text that has it."""
    sentences = [one.text.strip() for one in article.sentences]
    found: list[tuple[str, str]] = []
    for point in _points(brief):
        found += [(kind, point.text) for kind in _point_defects(point, sentences)]
    for fact in brief.numbers:
        found += [(kind, fact.text) for kind in _fact_defects(fact, sentences, article.title)]
    known = read_numbers("\n".join((article.title, *sentences)))
    for part in brief.frame:
        missing = [it for it in read_numbers(part) if not any(_alike(it, one) for one in known)]
        found += [("number", part)] * bool(missing)
    if not _headline_whole(article, brief, sentences):
        found.append(("headline", brief.headline))
    return found


def _points(brief: Brief) -> Iterator[Point]:
    yield from brief.points
    yield from brief.gaps
    if brief.why:
        yield brief.why
    if brief.insight:
        yield from (*brief.insight.questions, *brief.insight.actions)
        for told in brief.insight.concerned:
            yield Point(told.text, told.evidence, told.lang)
        for moment in brief.insight.timeline:
            yield Point(moment.text, (moment.sentence,), moment.lang)


def _point_defects(point: Point, sentences: list[str]) -> Iterator[str]:
    source = " ".join(sentences[place] for place in point.evidence)
    shown = point.text
    if not _in_order(_WORD.findall(shown.lower()), _WORD.findall(source.lower())):
        yield "foreign" if not _in_order(list(_bare(shown)), list(_bare(source))) else "word"
    elif shown != source and _cuts_a_word(shown, source):
        yield "word"
    if not _balanced(shown):
        yield "pair" if _balanced(source) else "pair of the article"
    if not all(any(same(one, it) for it in read_numbers(source)) for one in read_numbers(shown)):
        yield "number"


def _bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _in_order(shown: list[str], source: list[str]) -> bool:
    """Whether `shown` is `source` with things left out."""
    rest = iter(source)
    return all(piece in rest for piece in shown)


def _cuts_a_word(shown: str, source: str) -> bool:
    """Whether a deletion begins or ends inside a Chinese word, as the segmenter has them."""
    ends = {0}
    for word in cut(source):
        ends.add(max(ends) + len(word))
    matcher = SequenceMatcher(None, source, shown, autojunk=False)
    for kind, start, end, _, _ in matcher.get_opcodes():
        if kind not in {"delete", "replace"} or not any(map(str.isalnum, source[start:end])):
            continue
        if any(_inside(source, place, ends) for place in (start, end)):
            return True
    return False


def _inside(source: str, place: int, ends: set[int]) -> bool:
    if place in {0, len(source)}:
        return False
    before, after = source[place - 1], source[place]
    if re.search(
        r"\d日(?:上午|下午|晚)?$", source[:place]
    ):  # 6日称: the segmenter joins what is no word
        return False
    return bool(_HAN.match(before) and _HAN.match(after)) and place not in ends


def _balanced(text: str) -> bool:
    kept = re.sub(r"(?:^|\s)[a-z\d]{1,3}[)）]|[:;8=]-?[()]", " ", text)
    even = kept.count('"') % 2 == 0
    return even and all(kept.count(pair[0]) == kept.count(pair[1]) for pair in _PAIRS)


def _fact_defects(fact: NumberFact, sentences: list[str], title: str) -> Iterator[str]:
    source = sentences[fact.sentence]
    if fact.kind == "change" and fact.text not in source:
        # The title tells the change, the text its ends one after the other.
        source = f"{title} {source}"
    place = source.find(fact.text)
    # 营收 同比增长: two stretches of a Chinese sentence, apart by a space.
    measured = fact.measure.split(" ") if _HAN.search(fact.measure) else [fact.measure]
    if place < 0 or not all(part in source for part in (*measured, fact.start, fact.end)):
        yield "foreign"
        return
    if not any(_whole_at(source, it.start(), fact.text) for it in _finds(fact.text, source)):
        yield "word"
    converted = read_numbers(fact.zh)
    written = read_numbers(fact.text)
    # "to 4% from 5%" reads 从 5% 到 4%.
    pairs = zip(sorted(converted, key=_value), sorted(written, key=_value), strict=False)
    if len(converted) == len(written) and not all(_alike(*pair) for pair in pairs):
        yield "number"


def _finds(text: str, source: str) -> Iterator[re.Match[str]]:
    yield from re.finditer(re.escape(text), source)


def _whole_at(source: str, start: int, text: str) -> bool:
    before, after = source[:start], source[start + len(text) :]
    if re.search(r"[\d][.,]?$", before) and text[:1].isdigit():
        return False
    if re.match(r"[.,]?\d", after) and text[-1:].isdigit():
        return False
    return not (re.search(r"[A-Za-z]$", text) and re.match(r"[A-Za-z]", after))


def _value(one: Read) -> float:
    return one.value


def _alike(one: Read, other: Read) -> bool:
    """Whether the values agree; a unit in another language is not compared."""
    return abs(one.value - other.value) <= 1e-6 * max(1.0, abs(one.value))


def _headline_whole(article: Article, brief: Brief, sentences: list[str]) -> bool:
    title, shown = _bare(article.title), _bare(brief.headline)
    if title == shown or not shown:
        return True
    text = _bare("".join(sentences))
    if not re.search(r"[^\W\d_]", title) or (len(title) > len(shown) and text.startswith(title)):
        return _line_whole(article, brief, sentences)
    # A series' or outlet's label and （图） around it may go: none is the headline.
    outlet = r"(?:36|硬|暗)?氪?(?:首发|独家|专访|最前线|快讯|焦点分析)"
    for label in (
        r"^【[^】\d]+】",
        r"[（(\[【][^）)\]】\d]{1,10}[）)\]】]$",
        rf"\s*[|｜丨]\s*{outlet}$",
        rf"^{outlet}\s*[|｜丨]\s*",
    ):
        if _bare(re.sub(label, "", article.title.strip())) == shown:
            return True
    left_out = title.removeprefix(shown) if title.startswith(shown) else ""
    return bool(left_out) and left_out == _bare(article.site)


def _line_whole(article: Article, brief: Brief, sentences: list[str]) -> bool:
    """Whether what stands for a missing title is clauses of one sentence, as points may be."""
    lines = (Point(brief.headline, (at,), article.lang) for at in range(len(sentences)))
    own = {"pair of the article"}
    return any(set(_point_defects(line, sentences)) <= own for line in lines)
