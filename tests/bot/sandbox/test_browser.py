"""A person at the chat page, in a real browser."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import Sandbox
from tests.browser import browsing

pytestmark = pytest.mark.browser
Call = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]
LIN = 1001


@pytest.fixture
async def page(port: int) -> AsyncIterator[Page]:
    async with browsing(base_url=f"http://127.0.0.1:{port}", locale="zh-CN") as page:
        yield page


async def test_start_press_and_see_the_edit(page: Page, call: Call, sandbox: Sandbox) -> None:
    await page.goto("/?as=lin")
    await page.get_by_test_id("start-button").click()
    await expect(page.locator(".mine")).to_contain_text("/start")
    keys = {"inline_keyboard": [[{"text": "⭐ 收藏", "callback_data": "1:save:7"}]]}
    html = "<b>标题</b> <a href='https://e.com/'>链接</a> &lt;img&gt;"
    await call("sendMessage", chat_id=LIN, text=html, parse_mode="HTML", reply_markup=keys)
    link = page.get_by_role("link", name="链接")
    assert await link.get_attribute("target") == "_blank"
    await expect(page.locator("strong", has_text="标题")).to_be_visible()
    await expect(page.locator(".theirs")).to_contain_text("<img>")
    button = page.locator('[data-callback="1:save:7"]')
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = next(reversed(sandbox.world.queries.values()))
    await call("answerCallbackQuery", callback_query_id=query.id, text="已收藏")
    await expect(page.get_by_test_id("toast")).to_have_text("已收藏")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await call("editMessageText", chat_id=LIN, message_id=query.message_id, text="改过了")
    await expect(page.get_by_text("改过了").first).to_be_visible()
    await expect(page.get_by_test_id("edited")).to_have_text("已编辑")


async def test_alerts_commands_and_people(page: Page, call: Call, sandbox: Sandbox) -> None:
    commands = [{"command": "latest", "description": "Newest signals"}]
    await call("setMyCommands", commands=commands, language_code="en")
    sandbox.person("alex").start()
    await page.goto("/?as=alex")
    await page.get_by_test_id("menu-button").click()
    await page.get_by_test_id("command-latest").click()
    await expect(page.locator(".mine").last).to_contain_text("/latest")
    keys = {"inline_keyboard": [[{"text": "k", "callback_data": "1:x"}]]}
    await call("sendMessage", chat_id=1002, text="card", reply_markup=keys)
    await page.get_by_test_id("key-0-0").click()
    await asyncio.sleep(0.1)
    query = next(reversed(sandbox.world.queries.values()))
    await call("answerCallbackQuery", callback_query_id=query.id, text="注意", show_alert=True)
    await expect(page.get_by_test_id("alert")).to_contain_text("注意")
    await page.get_by_test_id("alert-ok").click()
    await page.get_by_test_id("person-lin").click()
    await expect(page.get_by_test_id("start-button")).to_be_visible()


async def test_writing_unread_and_deep_link_on_a_phone(
    page: Page, call: Call, sandbox: Sandbox
) -> None:
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto("/?as=lin&start=topic_ai")
    await expect(page.locator(".mine")).to_contain_text("/start topic_ai")
    await page.get_by_test_id("composer-input").fill("你好")
    await page.get_by_test_id("composer-input").press("Enter")
    await expect(page.locator(".mine").last).to_contain_text("你好")
    await page.get_by_test_id("back-button").click()
    await call("sendMessage", chat_id=LIN, text="推送")
    await expect(page.get_by_test_id("chat-private").locator(".unread")).to_have_text("1")
    await page.get_by_test_id("chat-private").click()
    await expect(page.get_by_text("推送").last).to_be_visible()
    overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert await page.evaluate(overflow) is False
    assert [seen.text for seen in sandbox.person("lin").messages][:2] == [
        "/start topic_ai",
        "你好",
    ]


async def test_a_question_waits_for_its_answer_in_the_field(
    page: Page, call: Call, sandbox: Sandbox
) -> None:
    lin = sandbox.person("lin")
    lin.start()
    await page.goto("/?as=lin")
    await expect(page.locator(".mine")).to_contain_text("/start")
    ask = {"force_reply": True, "input_field_placeholder": "比如：周末细读"}
    await call("sendMessage", chat_id=LIN, text="叫什么？", reply_markup=ask)
    field = page.get_by_test_id("composer-input")
    await expect(page.get_by_test_id("replying")).to_contain_text("叫什么？")
    await expect(field).to_have_attribute("placeholder", "比如：周末细读")
    await field.fill("细读")
    await field.press("Enter")
    await expect(page.locator(".mine").last).to_contain_text("叫什么？")
    await expect(page.get_by_test_id("replying")).to_be_hidden()
    assert lin.messages[-1].data["reply_to_message"]["text"] == "叫什么？"
    # Whoever cancelled can still answer, by the button of the message.
    await page.locator(".theirs .reply-button").last.click()
    await page.get_by_test_id("reply-cancel").click()
    await field.fill("算了")
    await field.press("Enter")
    await expect(page.locator(".mine").last).to_contain_text("算了")
    assert "reply_to_message" not in lin.messages[-1].data


async def test_a_question_survives_a_fresh_snapshot(page: Page, call: Call) -> None:
    await page.goto("/?as=lin")
    await page.get_by_test_id("start-button").click()
    await expect(page.locator(".mine")).to_contain_text("/start")
    ask = {"force_reply": True, "input_field_placeholder": "比如：周末细读"}
    await call("sendMessage", chat_id=LIN, text="叫什么？", reply_markup=ask)
    field = page.get_by_test_id("composer-input")
    await expect(field).to_have_attribute("placeholder", "比如：周末细读")
    await page.get_by_test_id("more-button").click()
    await page.get_by_test_id("toggle-block").click()  # its answer is a new snapshot
    await expect(page.get_by_test_id("room-status")).to_contain_text("已拉黑")
    await expect(page.get_by_test_id("replying")).to_be_visible()
    await expect(field).to_have_attribute("placeholder", "比如：周末细读")


async def test_a_bots_name_in_the_field_offers_results_and_a_click_sends_one(
    page: Page, call: Call, sandbox: Sandbox
) -> None:
    def article(number: int) -> dict[str, Any]:
        content = {"message_text": f"<b>第 {number} 条</b>", "parse_mode": "HTML"}
        about = "商业 · 晨星"
        return {
            "type": "article",
            "id": str(number),
            "title": f"第 {number} 条",
            "description": about,
            "input_message_content": content,
        }

    async def asked(count: int) -> Any:
        async with asyncio.timeout(30):
            while len(sandbox.world.inline_queries) < count:
                await asyncio.sleep(0.02)
        return next(reversed(sandbox.world.inline_queries.values()))

    await page.goto("/?as=lin&chat=group")
    await page.get_by_test_id("composer-input").fill("@hexin_sandbox_bot 芯片")
    first = await asked(1)
    assert (first.query, first.offset) == ("芯片", "")
    await call(
        "answerInlineQuery",
        inline_query_id=first.id,
        results=[article(1)],
        next_offset="1",
        button={"text": "去私聊", "start_parameter": "inline"},
    )
    results = page.get_by_test_id("inline-results")
    await expect(results).to_contain_text("商业 · 晨星")
    await expect(page.get_by_test_id("inline-switch")).to_have_text("去私聊")
    await page.get_by_test_id("inline-more").click()
    second = await asked(2)
    assert (second.query, second.offset) == ("芯片", "1")
    await call("answerInlineQuery", inline_query_id=second.id, results=[article(2)])
    await page.get_by_test_id("result-2").click()
    await expect(page.locator(".mine").last).to_contain_text("第 2 条")
    await expect(page.locator(".mine").last).to_contain_text("来自 @hexin_sandbox_bot")
    await expect(results).to_be_hidden()
    await expect(page.get_by_test_id("composer-input")).to_have_value("")
