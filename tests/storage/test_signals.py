from storage import Storage
from tests.storage.making import NOW, add_signal, draft


async def test_a_signal_reads_as_it_was_written(storage: Storage) -> None:
    made = draft("芯片", topics=("llm", "chips"))
    signal = await add_signal(storage, "芯片", made=made)

    assert await storage.signals.get(signal.id) == signal
    assert await storage.signals.article(signal.id) == made.article
    assert (signal.brief, signal.placement, signal.score) == (
        made.brief,
        made.placement,
        made.score,
    )
    assert signal.seen_in[0].title == "one 日报"
    assert await storage.signals.latest() == (signal,)
    assert await storage.signals.latest(topic="llm") == (signal,)
    assert await storage.search.find("芯片") == (signal,)
    assert signal.created_at == NOW
