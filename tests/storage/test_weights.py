from storage import Storage
from tests.storage.making import NOW, add_subscriber, minutes


async def test_a_weight_is_kept_bounded_and_dated(storage: Storage) -> None:
    reader = await add_subscriber(storage)
    assert await storage.weights.put(reader.id, "topic", "llm", 2, NOW) == 2
    assert await storage.weights.put(reader.id, "source", "12", -9, NOW + minutes(1)) == -3
    assert await storage.weights.put(reader.id, "topic", "llm", 7, NOW + minutes(2)) == 3
    kept = await storage.weights.of(reader.id)
    assert [(one.name, one.steps, one.changed_at) for one in kept] == [
        ("topic:llm", 3, NOW + minutes(2)),
        ("source:12", -3, NOW + minutes(1)),
    ]


async def test_zero_steps_are_no_weight(storage: Storage) -> None:
    reader = await add_subscriber(storage)
    await storage.weights.put(reader.id, "topic", "llm", 1, NOW)
    assert await storage.weights.put(reader.id, "topic", "llm", 0, NOW) == 0
    assert await storage.weights.of(reader.id) == ()


async def test_weights_come_with_the_wishes_and_survive_their_change(storage: Storage) -> None:
    reader, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    await storage.weights.put(reader.id, "topic", "llm", 2, NOW)
    found = await storage.subscribers.by_chat(1)
    assert found is not None
    assert found.subscription.wishes.weights == (("topic:llm", 2),)
    # An old copy of the wishes is saved: the weights stay as they are.
    await storage.subscribers.save_subscription(reader.id, reader.subscription)
    entered = await add_subscriber(storage, 1)
    assert entered.subscription.wishes.weights == (("topic:llm", 2),)
    strange = await storage.subscribers.get(other.id)
    assert strange is not None
    assert strange.subscription.wishes.weights == ()


async def test_a_reset_takes_the_readers_own_only(storage: Storage) -> None:
    reader, other = await add_subscriber(storage, 1), await add_subscriber(storage, 2)
    for target in ("llm", "chips"):
        await storage.weights.put(reader.id, "topic", target, 1, NOW)
    await storage.weights.put(other.id, "topic", "llm", -1, NOW)
    assert await storage.weights.reset(reader.id) == 2
    assert await storage.weights.of(reader.id) == ()
    assert len(await storage.weights.of(other.id)) == 1
