from bot.web.views.excerpt import BUDGET, MAX_PARAGRAPHS, Excerpt, excerpt
from tests.bot.web.samples import article


def shown_text(found: Excerpt) -> str:
    return " ".join(run.text for part in found.paragraphs for run in part.runs if run.text)


def test_a_page_shows_its_beginning_and_every_evidence_sentence():
    found = excerpt(article(), {7}, full=False)
    assert not found.whole
    assert found.shown == {0, 1, 2, 3, 4, 7}
    assert "Power comes from three rivers." in shown_text(found)
    assert "soup" not in shown_text(found)


def test_left_out_paragraphs_and_sentences_are_marked_where_they_stood():
    found = excerpt(article(), {7}, full=False)
    layout = [(part.number, len(part.runs), part.skipped) for part in found.paragraphs]
    assert layout == [(1, 2, 0), (2, 1, 0), (3, 2, 0), (4, 0, 2), (6, 2, 0), (7, 0, 1)]
    rivers = found.paragraphs[4]
    assert rivers.runs[0].anchor == "s8"
    assert rivers.runs[1].text == ""


def test_only_sentences_that_something_refers_to_carry_an_anchor():
    found = excerpt(article(), {1}, full=True)
    anchors = [run.anchor for part in found.paragraphs for run in part.runs if run.anchor]
    assert anchors == ["s2"]


def test_a_feeds_own_text_is_shown_whole():
    found = excerpt(article(), {0}, full=True)
    assert found.whole
    assert not any(part.skipped for part in found.paragraphs)


def test_a_huge_article_stays_within_its_budget_and_keeps_late_evidence():
    paragraphs = tuple((("word " * 20).strip() + f" number {n}.",) for n in range(5000))
    found = excerpt(article(paragraphs=paragraphs), {4990}, full=True)
    assert not found.whole
    assert 4990 in found.shown
    assert BUDGET * 0.8 < len(shown_text(found)) <= BUDGET
    short = excerpt(article(paragraphs=paragraphs), {4990}, full=False)
    assert len(short.shown) == MAX_PARAGRAPHS + 1


def test_one_endless_sentence_is_bounded():
    found = excerpt(article(paragraphs=(("a" * 500_000,),)), {0}, full=True)
    assert len(shown_text(found)) <= 600


def test_more_evidence_than_fits_never_takes_the_whole_budget():
    paragraphs = tuple(("<&>" * 150,) for _ in range(200))
    found = excerpt(article(paragraphs=paragraphs), set(range(200)), full=False)
    assert 0 < len(found.shown) < 40


def test_chinese_sentences_stand_without_spaces():
    assert excerpt(article(lang="zh"), (), full=True).glue == ""
    assert excerpt(article(lang="en"), (), full=True).glue == " "
