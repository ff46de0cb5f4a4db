"""Which message of the bot is a question, and which only holds a link that looks like one's."""

from datetime import UTC, datetime

import pytest
from telegram import Chat, Message, MessageEntity, User

from handlers.prompts import Prompt, answered_prompt

BOT = User(1, "hexin", is_bot=True, username="hexin_bot")
CHAT = Chat(7, "private")
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def reply_to(text: str, *links: tuple[int, int, str]) -> Message:
    entities = [
        MessageEntity("text_link", offset, length, url=url) for offset, length, url in links
    ]
    asked = Message(1, NOW, CHAT, from_user=BOT, text=text, entities=entities)
    return Message(2, NOW, CHAT, text="是", reply_to_message=asked)


def test_a_question_begins_with_the_sign_that_names_it():
    message = reply_to("✏️ 新的标题？", (0, 2, "https://t.me/hexin_bot?start=e_12_headline"))
    assert answered_prompt(message, BOT.id) == Prompt("e", "12_headline")


@pytest.mark.parametrize(
    ("text", "offset", "length"),
    [
        ("某公司发布新品\n来源：某站", 11, 2),  # an article's address, as its feed gave it
        ("新品发布", 0, 4),
        ("✏️ 新品发布", 0, 7),
        ("✏️ 新品发布", 3, 4),
    ],
)
def test_a_link_that_others_wrote_makes_no_question(text: str, offset: int, length: int):
    link = "https://t.me/hexin_bot?start=o_5_confirm"
    assert answered_prompt(reply_to(text, (offset, length, link)), BOT.id) is None
