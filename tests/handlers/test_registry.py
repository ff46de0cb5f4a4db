import pytest
from telegram.constants import BotCommandLimit

from digest.model import Lang
from handlers.registry import COMMANDS, menu, names_for, publish_menu
from tests.handlers.conftest import Chatting


@pytest.mark.parametrize("lang", Lang)
def test_the_menu_keeps_telegrams_limits(lang: Lang):
    for command in menu(lang):
        assert command.command.islower()
        assert 1 <= len(command.command) <= BotCommandLimit.MAX_COMMAND
        assert 1 <= len(command.description) <= BotCommandLimit.MAX_DESCRIPTION


def test_no_two_commands_share_a_spelling():
    spellings = [s for command in COMMANDS for s in (command.name, *command.aliases)]
    assert len(spellings) == len(set(spellings))


async def test_the_menu_is_published_in_both_languages(chatting: Chatting):
    await publish_menu(chatting.application.bot)
    bot = chatting.application.bot
    chinese = await bot.get_my_commands(language_code="zh")
    english = await bot.get_my_commands()
    assert [c.command for c in chinese] == [c.command for c in english]
    assert [c.command for c in chinese] == names_for(None)
    assert chinese[0].description != english[0].description


@pytest.mark.parametrize(
    ("who", "words"), [("lin", "我读各家信源"), ("alex", "I read many sources")]
)
async def test_help_names_every_command(chatting: Chatting, who: str, words: str):
    shown = await chatting.say(chatting.sandbox.person(who), "/help")
    assert words in shown.text
    for name in names_for(None):
        assert f"/{name} " in shown.text


@pytest.mark.parametrize(
    ("who", "headings"),
    [
        ("lin", ["查询", "收藏", "推送设置", "我的数据", "其他"]),
        ("alex", ["Look things up", "Saved", "What is pushed", "My data", "More"]),
    ],
)
async def test_help_lists_commands_under_what_they_are_about(
    chatting: Chatting, who: str, headings: list[str]
):
    shown = await chatting.say(chatting.sandbox.person(who), "/help")
    blocks = [block.split("\n") for block in shown.text.split("\n\n")]
    under = {block[0]: block[1:] for block in blocks if block[0] in headings}
    assert list(under) == headings
    for heading, command in zip(
        headings, ("search", "saved", "quiet", "forget", "help"), strict=True
    ):
        assert any(line.startswith(f"/{command} ") for line in under[heading])
    listed = [line.split()[0].removeprefix("/") for lines in under.values() for line in lines]
    assert sorted(listed) == sorted(names_for(None))


async def test_the_buttons_of_help_lead_on(chatting: Chatting):
    await chatting.news.publish("央行下调存款准备金率")
    for label, words in (
        ("看全部最新", "存款准备金率"),
        ("栏目和话题", "近 7 天的信号数"),
        ("改推送内容", "想看哪些栏目"),
        ("设置", "推送"),
    ):
        shown = await chatting.say(chatting.lin, "/help")
        assert words in (await chatting.tap(chatting.lin, shown, label)).text


@pytest.mark.parametrize("command", [c.name for c in COMMANDS])
@pytest.mark.parametrize("who", ["lin", "alex"])
async def test_every_command_is_answered_in_the_readers_language(
    chatting: Chatting, who: str, command: str
):
    answer = await chatting.say(chatting.sandbox.person(who), f"/{command}")
    if command == "start":
        assert answer.labels == ["中文", "English"]
    else:
        chinese = any("\u4e00" <= c <= "\u9fff" for c in answer.text.replace("存款准备金率", ""))
        assert chinese is (who == "lin")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("/最新", "还没有信号"), ("/话题", "近 7 天的信号数"), ("/news", "还没有信号")],
)
async def test_commands_have_other_names_too(chatting: Chatting, typed: str, words: str):
    assert words in (await chatting.say(chatting.lin, typed)).text


@pytest.mark.parametrize(
    ("who", "typed", "said"),
    [
        ("lin", "/lates", "你要的是不是这个？\n/latest"),
        ("lin", "/setings 8", "/settings"),
        ("alex", "/serch rust", "Did you mean this one?\n/search"),
        ("lin", "/set", "/settings"),
        ("alex", "/sub ai", "/subscribe"),
        ("lin", "/搜寻 芯片", "/search"),
        ("lin", "/设定", "/settings"),
        ("alex", "/最近", "/latest"),
        ("alex", "/Latst", "/latest"),
        ("lin", "/qqqqqq", "没有 /qqqqqq 这个命令。发 /help"),
        ("lin", "/foo", "没有 /foo 这个命令。发 /help"),
        ("alex", "/<b>", "There is no command /<b>"),
    ],
)
async def test_an_unknown_command_suggests_the_nearest(
    chatting: Chatting, who: str, typed: str, said: str
):
    assert said in (await chatting.say(chatting.sandbox.person(who), typed)).text
