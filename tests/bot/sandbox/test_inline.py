"""answerInlineQuery is refused where Telegram refuses it, and what was offered can be sent."""

from typing import Any

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.sandbox import CHANNEL_ID, FORUM_ID, Sandbox

ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "1",
    "title": "一条信号",
    "input_message_content": {"message_text": "<b>一条信号</b>", "parse_mode": "HTML"},
}
KEYS = {"inline_keyboard": [[{"text": "全文", "url": "https://hexin.example/s/1"}]]}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(newsroom=False)


async def answer(sandbox: Sandbox, query_id: str, **given: Any) -> Any:
    return await sandbox.api.call(
        "answerInlineQuery", {"inline_query_id": query_id, "results": [ARTICLE], **given}, {}
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"results": [ARTICLE] * 51}, "too many inline query results"),
        ({"results": [ARTICLE, ARTICLE]}, "RESULT_ID_DUPLICATE"),
        ({"results": [ARTICLE | {"id": ""}]}, "RESULT_ID_INVALID"),
        ({"results": [ARTICLE | {"id": "字" * 22}]}, "RESULT_ID_INVALID"),
        ({"results": ["x"]}, "expected an Object"),
        ({"results": [ARTICLE | {"type": "cat"}]}, "Unsupported inline query result type"),
        ({"results": [ARTICLE | {"title": " "}]}, "title"),
        ({"results": [ARTICLE | {"thumb_url": "https://x.example/"}]}, 'unexpected field "thumb'),
        ({"results": [{"type": "article", "id": "1", "title": "x"}]}, "input_message_content"),
        ({"results": [ARTICLE | {"input_message_content": {"message_text": ""}}]}, "empty"),
        (
            {
                "results": [
                    ARTICLE
                    | {"input_message_content": {"message_text": "<b>", "parse_mode": "HTML"}}
                ]
            },
            "can't parse entities",
        ),
        (
            {
                "results": [
                    ARTICLE
                    | {
                        "reply_markup": {
                            "inline_keyboard": [
                                [{"text": "x", "web_app": {"url": "https://x.example/"}}]
                            ]
                        }
                    }
                ]
            },
            "BUTTON_TYPE_INVALID",
        ),
        ({"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"button": {"text": "", "start_parameter": "x"}}, "non-empty"),
        ({"button": {"text": "x"}}, "exactly one"),
        ({"button": {"text": "x", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"button": {"text": "x", "start_parameter": "x" * 65}}, "START_PARAM_INVALID"),
        ({"switch_pm_text": "x"}, "unexpected parameter"),
    ],
)
async def test_what_telegram_refuses_is_refused(
    sandbox: Sandbox, given: dict[str, Any], said: str
) -> None:
    asked = sandbox.person("lin").inline("x")
    with pytest.raises(ApiError, match=said):
        await answer(sandbox, asked.id, **given)
    assert asked.answer is None


async def test_a_query_is_answered_once_and_in_time(sandbox: Sandbox) -> None:
    asked = sandbox.person("lin").inline("x")
    assert await answer(sandbox, asked.id) is True
    with pytest.raises(ApiError, match="query is too old"):
        await answer(sandbox, asked.id)
    with pytest.raises(ApiError, match="query is too old"):
        await answer(sandbox, "0")


async def test_a_result_is_sent_by_the_person_via_the_bot(sandbox: Sandbox) -> None:
    alex = sandbox.person("alex")
    asked = alex.inline("x", chat=FORUM_ID, offset="7")
    (update,) = await sandbox.world.updates.poll(0, 10, 0)
    assert update["inline_query"]["offset"] == "7"
    assert update["inline_query"]["chat_type"] == "supergroup"
    await answer(sandbox, asked.id, results=[ARTICLE | {"reply_markup": KEYS}])
    topic = next(iter(sandbox.chat("forum").topics))
    sent = alex.choose(asked, "1", chat=FORUM_ID, thread=topic)
    assert sent.text == "一条信号"
    assert sent.labels == ["全文"]
    assert sent.data["from"]["id"] == alex.id
    assert sent.data["via_bot"]["id"] == sandbox.world.bot.id
    assert sent.data["message_thread_id"] == topic
    (chosen,) = await sandbox.world.updates.poll(int(update["update_id"]) + 1, 10, 0)
    assert chosen["chosen_inline_result"]["result_id"] == "1"
    with pytest.raises(KeyError):
        alex.choose(asked, "2", chat=FORUM_ID)


async def test_nobody_types_more_than_apps_send_or_where_they_may_not_write(
    sandbox: Sandbox,
) -> None:
    lin = sandbox.person("lin")
    with pytest.raises(ApiError, match="too long"):
        lin.inline("x" * 257)
    asked = lin.inline("x", chat=CHANNEL_ID)
    await answer(sandbox, asked.id)
    with pytest.raises(ApiError, match="administrators"):
        lin.choose(asked, "1", chat=CHANNEL_ID)
