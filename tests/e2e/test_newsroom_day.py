"""A morning at the desk: the whole bot, two editors and three readers, each act and its undo."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.sandbox.people import Person, Seen
from bot.sandbox.state import User
from digest.model import Lang
from digest.policy import Fall, Mode, Policy
from digest.roles import Role
from digest.texts import texts_for
from storage import Storage, migrate
from tests.e2e.conftest import MovableClock, Start

ZH = texts_for(Lang.ZH)
OLD, NEW = "我们的模型目录上线", "我们的模型目录今天上线"


async def ask(person: Person, text: str, **where: int) -> Seen:
    person.send(text, **where)
    return await person.wait_for()


async def tap(person: Person, message: Seen, label: str) -> Seen:
    """Press a button and see the same message once it has changed."""
    await person.answer_to(person.press(message, label))
    return await person.wait_for(lambda seen: seen.id == message.id)


async def changed(person: Person, was: Seen, fits: Callable[[str], bool]) -> Seen:
    """A message that was sent to somebody, once its text is another."""
    return await person.wait_for(lambda seen: seen.id == was.id and fits(seen.text), 40)


async def subscribed(person: Person, language: str, done: str) -> None:
    person.start()
    welcome = await person.wait_for(lambda seen: language in seen.labels)
    person.press(welcome, language)
    columns = await person.wait_for(lambda seen: done in seen.labels)
    person.press(columns, done)
    await person.wait_for(lambda seen: "08:30" in seen.text)


async def test_a_morning_at_the_desk(hexin: Start, tmp_path: Path, clock: MovableClock) -> None:
    # Noon in Beijing, whatever the hour is here: readers are pushed to when they are awake.
    clock.move_to((clock() + timedelta(days=1)).replace(hour=4, minute=0))
    url = f"sqlite:///{tmp_path}/hexin.db"
    await migrate(url)
    yesterday = await Storage.open(url)
    reviewed = Policy(Mode.REVIEWED, fall=Fall.WAIT)
    await yesterday.policies.set("default", reviewed, actor="cli", now=clock())
    await yesterday.staff.add(1004, Role.EDITOR, "赵编辑", Lang.ZH, actor="cli", now=clock())
    await yesterday.close()
    async with hexin() as running:
        assert running.sandbox is not None
        zhao = running.sandbox.add_person(User(1004, "zhao", "赵编辑", "", "zhao_ed", "zh-hans"))
        mei = running.sandbox.add_person(User(1006, "mei", "梅子", "", "mei_zi", "zh-hans"))
        wang, lin = running.sandbox.person("wang"), running.sandbox.person("lin")
        alex = running.sandbox.person("alex")
        async with asyncio.timeout(60):
            while await running.storage.queue.length() < 8:
                await asyncio.sleep(0.2)

        # Nothing is out yet; what waits is looked at by two, and the second learns who was first.
        assert await running.storage.signals.latest() == ()
        card, other = await ask(wang, "/queue"), await ask(zhao, "/queue")
        assert card.text.splitlines()[0].startswith("🗂 待审 1/")
        first = headline_of(card)
        assert headline_of(other) == first
        card = await tap(wang, card, ZH("chat.queue.approve"))
        answer = await zhao.answer_to(zhao.press(other, ZH("chat.queue.approve")))
        assert "王编辑" in answer["text"]
        for _ in range(4):
            card = await tap(wang, card, ZH("chat.queue.approve"))
        published = await running.storage.signals.latest()
        assert len(published) == 5
        begins = first.removesuffix("…")  # a long one is shortened on the card
        assert any(signal.brief.headline.startswith(begins) for signal in published)

        # Three readers subscribe; what an editor writes of weight reaches them at once.
        for person, language, done in (
            (lin, "中文", "完成"),
            (mei, "中文", "完成"),
            (alex, "English", "Done"),
        ):
            await subscribed(person, language, done)
        draft = await ask(zhao, f"/post {OLD}\n目录收录 120 个模型，每天更新。")
        levels = await tap(zhao, draft, ZH("chat.post.button.level"))
        draft = await tap(zhao, levels, "头条")
        sure = await tap(zhao, draft, ZH("chat.post.button.publish"))
        await tap(zhao, sure, ZH("chat.post.button.out"))
        pushed = {
            person.id: await person.wait_for(lambda seen: OLD in seen.text, 40)
            for person in (lin, mei, alex)
        }

        # A headline is changed: the messages that are out follow; so they do when it is undone.
        (signal,) = await running.storage.search.find("模型目录")
        sheet = await ask(zhao, f"/edit {signal.id}")
        zhao.press(sheet, ZH("chat.edit.field.headline"))
        question = await zhao.wait_for(lambda seen: seen.text.startswith("✏️ 标题"))
        zhao.send(NEW, reply_to=question.id)
        for person in (lin, mei):
            now = await changed(person, pushed[person.id], lambda text: NEW in text)
            assert ZH("amend.corrected") in now.text
        shown = await ask(zhao, "/undo")
        await tap(zhao, shown, ZH("chat.takeback.this"))
        for person in (lin, mei):
            now = await changed(person, pushed[person.id], lambda text: NEW not in text)
            assert now.text == pushed[person.id].text

        # The post itself is taken back, which leaves no word of it, and comes again.
        entry = next(
            one for one in await running.storage.audit.list(20) if one.act == "post.publish"
        )
        taken = await ask(wang, f"/undo {entry.id}")
        for person in (lin, mei, alex):
            await changed(person, pushed[person.id], lambda text: OLD not in text)
        await tap(wang, taken, ZH("chat.takeback.again"))
        for person in (lin, mei, alex):
            await changed(person, pushed[person.id], lambda text: OLD in text)

        # What readers press and type of all this does nothing.
        unknown = await ask(lin, "/queue")
        assert unknown.text.startswith("没有 /queue 这个命令")
        refused = await running.storage.audit.list(100)
        assert {entry.actor for entry in refused} <= {"cli", f"user:{wang.id}", f"user:{zhao.id}"}
        bad = [call for call in running.sandbox.log.calls if call.code != 200]
        assert [call for call in bad if "not modified" not in call.description] == []


def headline_of(card: Seen) -> str:
    """The headline on a card of the queue: the first words under the lines about the queue."""
    return card.text.split("\n\n")[1].splitlines()[0].split(" ", 1)[1]
