from dataclasses import replace
from functools import partial

from digest.model import Article, Rendered, SignalDraft, TranslatedSentence, Translation
from storage import Storage
from tests.storage.making import NOW, add_signal, add_source, draft, minutes

CHINESE = Translation(
    "zh",
    "firefox en-zh base-memory",
    (
        TranslatedSentence(0, "模型把步骤从 40 减到 4 😀", Rendered.TRANSLATED),
        TranslatedSentence(1, "print(1)", Rendered.KEPT),
        TranslatedSentence(2, "It costs $3.", Rendered.FAILED),
    ),
)


def foreign(name: str, lang: str = "en") -> SignalDraft:
    made = draft(name)
    english = replace(made.article, lang=lang, title=f"Title {name}")
    return replace(made, article=english)


async def test_a_translation_comes_back_as_it_was_kept(storage: Storage) -> None:
    signal = await add_signal(storage, made=foreign("a"), name="a")
    assert await storage.translations.get(signal.id, "zh") is None
    await storage.translations.save(signal.id, CHINESE, NOW)
    assert await storage.translations.get(signal.id, "zh") == CHINESE
    assert await storage.translations.get(signal.id, "en") is None


async def test_a_later_translation_takes_the_place_of_an_earlier_one(storage: Storage) -> None:
    signal = await add_signal(storage, made=foreign("a"), name="a")
    await storage.translations.save(signal.id, CHINESE, NOW)
    better = replace(CHINESE, engine="deepl")
    await storage.translations.save(signal.id, better, NOW + minutes(1))
    assert await storage.translations.get(signal.id, "zh") == better


async def test_foreign_articles_wait_the_newest_first_until_they_are_translated(
    storage: Storage,
) -> None:
    old = await add_signal(storage, "old", made=foreign("old"), now=NOW - minutes(600))
    one = await add_signal(storage, "one", made=foreign("one"), now=NOW)
    two = await add_signal(storage, "two", made=foreign("two"), now=NOW + minutes(1))
    await add_signal(storage, "chinese", now=NOW)
    since, ever, waiting = NOW - minutes(60), NOW - minutes(999), storage.translations.waiting
    assert await waiting(since, 10, known=["en", "zh"]) == (two.id, one.id)
    assert await waiting(since, 1, known=["en"]) == (two.id,)
    await storage.translations.save(two.id, CHINESE, NOW)
    assert await waiting(ever, 10, known=["en"]) == (one.id, old.id)


async def test_languages_that_nobody_translates_stand_in_no_ones_way(storage: Storage) -> None:
    english = await add_signal(storage, "en", made=foreign("en"))
    await add_signal(storage, "de", made=foreign("de", lang="de"), now=NOW + minutes(1))
    await add_signal(storage, "old", made=foreign("old", lang="fr"), now=NOW - minutes(600))
    since = NOW - minutes(60)
    assert await storage.translations.languages(since) == {"en", "de"}
    assert await storage.translations.waiting(since, 1, known=["en", "ja"]) == (english.id,)
    assert await storage.translations.waiting(since, 9, known=[]) == ()


async def test_articles_of_a_source_without_translator_do_not_wait(storage: Storage) -> None:
    signal = await add_signal(storage, "a", made=foreign("a"))
    source = await add_source(storage)
    elsewhere = await add_source(storage, "elsewhere")
    other = await add_signal(storage, "b", made=foreign("b"), source=elsewhere)
    await storage.sources.edit(source.id, actor="7", now=NOW, translate=False)
    waiting = partial(storage.translations.waiting, NOW - minutes(9), 10, known=["en"])
    assert await waiting() == (other.id,)
    await storage.sources.edit(source.id, actor="7", now=NOW, translate=True)
    assert set(await waiting()) == {signal.id, other.id}


async def test_an_article_without_text_or_language_does_not_wait(storage: Storage) -> None:
    await add_signal(storage, "a", made=foreign("a", lang=""))
    assert await storage.translations.waiting(NOW, 10, known=["en", "zh", ""]) == ()


async def test_what_fails_waits_and_is_given_up_after_three_tries(storage: Storage) -> None:
    waiting = partial(storage.translations.waiting, NOW, 10, known=["en"])
    signal = await add_signal(storage, "a", made=foreign("a"))
    for number in range(3):
        at = NOW + minutes(10 * number)
        assert await waiting(retry_before=at) == (signal.id,)
        assert await storage.signals.begin(signal.id, "zh", at, retry_before=at)
        assert not await storage.signals.begin(signal.id, "zh", at, retry_before=at)
        assert await waiting(retry_before=at) == ()
    assert await waiting(retry_before=NOW + minutes(99)) == ()
    # Another task has its own count.
    assert await storage.signals.awaiting_model(0, 10) == (signal.id,)


async def test_a_try_that_the_engine_spoiled_does_not_count(storage: Storage) -> None:
    waiting = partial(storage.translations.waiting, NOW, 10, known=["en"])
    signal = await add_signal(storage, "a", made=foreign("a"))
    for number in range(5):
        at = NOW + minutes(10 * number)
        assert await storage.signals.begin(signal.id, "zh", at, retry_before=at)
        await storage.signals.forgive(signal.id, "zh")
    # It waits its turn all the same.
    assert await waiting(retry_before=NOW) == ()
    later = NOW + minutes(99)
    assert await waiting(retry_before=later) == (signal.id,)


async def test_what_is_done_is_not_begun_again(storage: Storage) -> None:
    signal = await add_signal(storage, "a", made=foreign("a"))
    await storage.translations.save(signal.id, CHINESE, NOW)
    later = NOW + minutes(99)
    assert not await storage.signals.begin(signal.id, "zh", later, retry_before=later)


async def test_sentences_are_remembered_by_key_and_forgotten_by_age(storage: Storage) -> None:
    await storage.translations.remember({"k1": "一", "k2": "二\0"}, "deepl", NOW - minutes(9))
    await storage.translations.remember({"k2": "两"}, "local", NOW)
    assert await storage.translations.remembered(["k1", "k2", "k3"]) == {"k1": "一", "k2": "两"}
    assert await storage.translations.forget_before(NOW) == 1
    assert await storage.translations.remembered(["k1", "k2"]) == {"k2": "两"}


async def test_thousands_of_sentences_go_in_and_out_at_once(storage: Storage) -> None:
    entries = {f"key {number}": f"句 {number}" for number in range(2_500)}
    await storage.translations.remember(entries, "local", NOW)
    assert await storage.translations.remembered(tuple(entries)) == entries
    assert await storage.translations.remembered(()) == {}
    await storage.translations.remember({}, "local", NOW)


def test_the_article_of_the_fixture_is_foreign() -> None:
    article: Article = foreign("a").article
    assert article.lang == "en"
