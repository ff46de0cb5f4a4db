import string
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model import Signal
from digest.text.segmentation import search_terms
from storage import Storage
from storage.search import MAX_TERMS
from tests.storage.making import NOW, add_signal, draft, minutes

TEXTS = (
    "中国芯片产业在上海发布新一代人工智能芯片。",
    "OpenAI 发布 GPT-5.1,价格为 $1.2 billion。",
    "Café society: naïve résumés cost 3,5 €, said O'Brien; C++ wins.",
    "欧盟委员会说：数据保护法案明年生效。",
    "芯 is a lone character, 中 国 are apart.",
    "The European Commission fined a data broker under data_protection rules.",
    "𠮷野家在東京開店 😀 カタカナ ひらがな 한국어 뉴스",
)
QUERIES = {
    "芯片": {0},
    "中国": {0},
    "中国芯片": {0},
    "国芯": {0},
    "芯国": set(),
    "人工智能芯片": {0},
    "发布": {0, 1},
    "发布 芯片": {0},
    "openai": {1},
    "OPENAI发布": {1},
    "gpt-5.1": {1},
    "GPT": {1},
    "café": {2},
    "CAFÉ": {2},
    "cafe": set(),
    "naïve": {2},
    "o'brien": {2},
    "data": {5},
    '"european commission"': {5},
    '"commission european"': set(),
    "european data": {5},
    "data_protection": {5},
    "数据保护": {3},
    "𠮷野": {6},
    "カタカナ": {6},
    "뉴스": {6},
    "😀": set(),
    "'; DROP TABLE signals --": set(),
    "''": set(),
    "\\": set(),
    "a AND (b OR": set(),
    "芯": {4},
    "": set(),
    "没有这样的词": set(),
}


async def add_texts(storage: Storage, *texts: str) -> list[Signal]:
    made = []
    for number, words in enumerate(texts):
        piece = draft(f"t{number}", text=words)
        brief = replace(piece.brief, headline="", points=(), keywords=())
        paper = replace(piece.article, title="", author="", site="", paragraphs=((words,),))
        whole = replace(piece, brief=brief, article=paper)
        made.append(await add_signal(storage, f"t{number}", made=whole))
    return made


async def test_every_query_finds_the_same_on_both_databases(storage: Storage) -> None:
    made = await add_texts(storage, *TEXTS)
    places = {signal.id: place for place, signal in enumerate(made)}
    for query, expected in QUERIES.items():
        found = [places[signal.id] for signal in await storage.search.find(query)]
        assert found == sorted(expected, reverse=True), query
        assert await storage.search.count(query) == len(expected), query


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(alphabet=string.printable + "中国芯片éßſ😀\u3000。「」𠮷①ｶﾞ", max_size=12))
async def test_what_a_text_holds_is_found_and_nothing_breaks(storage: Storage, query: str) -> None:
    if await storage.signals.total() == 0:
        await add_texts(storage, string.printable, "中国芯片éßſ😀「𠮷」①ｶﾞ")
    found = await storage.search.find(query)
    assert len(found) == await storage.search.count(query)
    if not search_terms(query):
        assert found == ()


async def test_headline_title_points_keywords_and_text_are_found(storage: Storage) -> None:
    signal = await add_signal(storage, "量子", made=draft("量子", text="深处的文字"))
    for query in ("要点", "标题", "说了一件事", "芯片", "深处", "李雷", "一日报"):
        assert await storage.search.find(query) == (signal,), query


async def test_finds_are_newest_first_and_paged(storage: Storage) -> None:
    made = await add_texts(storage, *["同一个词"] * 7)
    pages: list[int] = []
    before = None
    while page := await storage.search.find("同一个词", limit=3, before=before):
        pages += [signal.id for signal in page]
        before = page[-1].id
    assert pages == [signal.id for signal in made][::-1]
    assert await storage.search.count("同一个词", cap=5) == 5
    assert await storage.search.find("同一个词", limit=0) == ()


async def test_a_column_narrows_the_search(storage: Storage) -> None:
    await add_signal(storage, "a", made=draft("a", text="同词", column="ai"))
    tech = await add_signal(storage, "b", made=draft("b", text="同词", column="tech"))
    assert await storage.search.find("同词", column="tech") == (tech,)
    assert await storage.search.find("同词", column="law") == ()


async def test_what_lies_far_back_is_found_too(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second step of PostgreSQL's search, with a window that a test can fill.
    monkeypatch.setattr("storage.search.postgres._WINDOW", 3)
    rare, *others = await add_texts(storage, "罕见 common", *["common"] * 8)
    assert await storage.search.find("罕见") == (rare,)
    found = await storage.search.find("common", limit=9)
    assert found == (*others[::-1], rare)
    assert await storage.search.find("common", limit=2, before=others[0].id) == (rare,)


async def test_long_texts_and_endless_words_are_cut(storage: Storage) -> None:
    words = " ".join(f"word{number}" for number in range(MAX_TERMS * 2))
    first, second = await add_texts(storage, words, "a" * 5000)
    assert await storage.search.find("word0") == (first,)
    assert await storage.search.find(f"word{MAX_TERMS * 2 - 1}") == ()
    assert await storage.search.find("a" * 5000) == (second,)


async def test_a_later_signal_is_found_at_once(storage: Storage) -> None:
    await add_texts(storage, "芯片")
    assert await storage.search.find("量子") == ()
    signal = await add_signal(storage, "量子", now=NOW + minutes(1))
    assert await storage.search.find("量子") == (signal,)
