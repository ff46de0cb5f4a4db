"""Whoever was answered leaves nothing behind in the application that runs for months."""

from typing import Any

from bot.application import BotApi, build_application, chatting
from bot.delivery.limiter import Limiter
from bot.delivery.transport import open_session
from bot.sandbox.sandbox import Sandbox
from digest.render import Links
from handlers.context import Services
from storage import Storage
from tests.clocks import HandClock
from tests.newsdesk import NOON


def naming(application: object, number: int) -> list[str]:
    """What the application itself, as the library made it, holds under a number."""
    names = {name for kind in type(application).__mro__ for name in getattr(kind, "__slots__", ())}
    held: dict[str, Any] = {name: getattr(application, name, None) for name in names}
    return [
        name
        for name, found in held.items()
        if isinstance(found, set | dict | list) and number in found
    ]


async def test_the_application_keeps_nobody(storage: Storage) -> None:
    sandbox, limiter = Sandbox(newsroom=False), Limiter(rate=1000.0)
    services = Services(
        storage=storage,
        taxonomy=storage.taxonomy.current,
        links=Links("https://hexin.example"),
        clock=HandClock(NOON),
        wake_sender=lambda: None,
        sandbox=True,
    )
    async with sandbox.serve() as port, open_session(limiter.in_flight) as session:
        api = BotApi(f"http://127.0.0.1:{port}", sandbox.token)
        application = build_application(api, session, limiter, services)
        people = sandbox.add_people(3)
        async with chatting(application, print):
            for person in people:
                person.send("/help")
                await person.wait_for(lambda seen: bool(seen.text))
        limiter.road.end()
    assert [naming(application, person.id) for person in people] == [[], [], []]
    assert not application.chat_data
    assert not application.user_data
