"""Everything that can be said to the bot: commands, buttons, typed answers, plain messages.

These tables feed the handlers, /help and the command menu.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    MenuButton,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from digest.model import Lang
from digest.roles import Role
from digest.texts import texts_for
from handlers import (
    access,
    cards,
    choosing,
    failures,
    follow,
    following,
    latest,
    less,
    links,
    locating,
    look_back,
    own,
    past,
    plan,
    reports,
    search,
    settings,
    sifting,
    start,
    story,
    subscribe,
    topics,
    tracking,
    trends,
    weekly,
    weights,
    why,
    wish_lists,
)
from handlers import (
    help as helping,
)
from handlers.admin import books, desk, doubts, inside, members, policies, stats
from handlers.admin.broadcasts import desk as broadcasts
from handlers.admin.editing import rows as editing
from handlers.admin.editing import sheet
from handlers.admin.posting import rows as posting
from handlers.admin.queue import sifting as queue_sifting
from handlers.admin.queue import walk
from handlers.admin.sources import rows as source_rows
from handlers.admin.taxonomy import rows as shelving
from handlers.admin.weeklies import rows as weekly_rows
from handlers.collections import (
    exporting,
    importing,
    notes,
    pages,
    removal,
    rules,
    saving,
    seeking,
    sharing,
    shelves,
    typed,
)
from handlers.context import Services, Turn
from handlers.dispatch import Answered, Command, Deed, Dispatch, Group, Listener
from handlers.guards import Pacer, Permission, role_here
from handlers.inline import Inline
from handlers.prompts import (
    BROADCAST,
    FIELD,
    FLAW,
    FRESH,
    NOTE,
    ORDER,
    POLICY,
    RENAME,
    RULE,
    SEEK,
    SOURCE,
    VETO,
)
from handlers.replies import say
from handlers.staff import Staff

_ADMIN = Permission.CHAT_ADMIN
_VIEWER, _EDITOR, _OWNER = Permission.VIEWER, Permission.EDITOR, Permission.OWNER
_DESK = Group.DESK
_QUERY, _SAVED, _PUSH, _OWN = Group.QUERY, Group.SAVED, Group.PUSH, Group.OWN

# One word for the readers of all languages: Telegram keeps no languages of the menu button. A
# button set for each chat in its own would go on leading to the old address after a move.
_APP = "App"

App = Application[Any, Any, Any, Any, Any, Any]


async def _help(turn: Turn) -> None:
    names = names_for(await role_here(turn))
    await say(turn, helping.help_message(turn, _grouped(names)))


def _grouped(names: Iterable[str]) -> dict[Group, list[str]]:
    """The commands under the headings of /help, in the order of the table."""
    groups: dict[Group, list[str]] = {group: [] for group in Group}
    for name in names:
        groups[_BY_SPELLING[name].group].append(name)
    return groups


async def _unknown(turn: Turn, typed: str) -> None:
    own = names_for(await role_here(turn))
    names = {
        spelling: command.name for spelling, command in _BY_SPELLING.items() if command.name in own
    }
    await say(turn, helping.unknown_command(turn, typed, names))


def _setting(field: str) -> Callable[[Turn], Awaitable[None]]:
    return partial(settings.by_command, field)


COMMANDS: tuple[Command, ...] = (
    Command("start", start.start, aliases=("开始",)),
    Command("latest", latest.latest, aliases=("最新", "new", "news"), group=_QUERY),
    Command("topic", topics.topic, aliases=("话题", "topics"), group=_QUERY),
    Command("search", search.search, aliases=("搜索", "find"), group=_QUERY),
    Command("trends", trends.trends, aliases=("趋势", "trend", "hot"), group=_QUERY),
    Command("story", story.story, aliases=("专题", "stories"), group=_QUERY),
    Command("weekly", weekly.weekly, aliases=("周报", "week"), group=_QUERY),
    Command("lookback", past.lookback, aliases=("回顾", "历史", "历史上的今天"), group=_QUERY),
    Command("random", look_back.look_back, aliases=("随机",), group=_QUERY),
    Command("read", links.read, aliases=("读", "阅读", "链接", "link"), group=_QUERY),
    Command("digest", plan.send_preview, aliases=("摘要", "now"), group=_PUSH),
    Command("saved", pages.saved, aliases=("收藏",), group=_SAVED),
    Command("collections", typed.collections, aliases=("收藏集", "collection"), group=_SAVED),
    Command("subscribe", subscribe.subscribe, _ADMIN, aliases=("订阅",), group=_PUSH),
    Command("unsubscribe", subscribe.unsubscribe, _ADMIN, aliases=("退订", "stop"), group=_PUSH),
    Command("settings", settings.settings, _ADMIN, aliases=("设置",), group=_PUSH),
    Command("follow", following.follow, _ADMIN, aliases=("关注",), group=_PUSH),
    Command("mute", following.mute, _ADMIN, aliases=("屏蔽",), group=_PUSH),
    Command(
        "unfollow",
        following.unfollow,
        _ADMIN,
        aliases=("unmute", "取消关注", "取消屏蔽"),
        group=_PUSH,
    ),
    Command(
        "when", _setting("frequency"), _ADMIN, aliases=("frequency", "推送", "频率"), group=_PUSH
    ),
    Command("time", _setting("time"), _ADMIN, aliases=("时间", "times"), group=_PUSH),
    Command("zone", _setting("zone"), _ADMIN, aliases=("时区", "timezone"), group=_PUSH),
    Command("quiet", _setting("quiet"), _ADMIN, aliases=("免打扰",), group=_PUSH),
    Command("score", _setting("min_score"), _ADMIN, aliases=("评分", "最低分"), group=_PUSH),
    Command("max", _setting("max"), _ADMIN, aliases=("上限", "limit"), group=_PUSH),
    Command("layout", _setting("layout"), _ADMIN, aliases=("版式", "wording"), group=_PUSH),
    Command("lang", _setting("lang"), _ADMIN, aliases=("语言", "language"), group=_PUSH),
    Command("privacy", own.privacy, aliases=("隐私",), group=_OWN),
    Command("export", own.export, _ADMIN, aliases=("导出",), group=_OWN),
    Command("forget", own.forget, _ADMIN, aliases=("删除数据",), group=_OWN),
    Command("stats", stats.stats, _VIEWER, aliases=("统计", "数字"), group=_DESK),
    Command(
        "admins", members.show_staff, _VIEWER, aliases=("编辑部", "成员", "staff"), group=_DESK
    ),
    Command("edit", sheet.edit, _EDITOR, aliases=("编辑", "修改"), group=_DESK),
    Command("desk", desk.desk, _OWNER, aliases=("编辑台",), group=_DESK, abroad=True),
    Command("queue", walk.queue, _VIEWER, aliases=("审稿", "待审"), group=_DESK),
    Command("policy", policies.policy, _VIEWER, aliases=("发布策略", "策略"), group=_DESK),
    Command("audit", books.audit, _VIEWER, aliases=("审计", "操作记录"), group=_DESK),
    Command("undo", books.undo, _EDITOR, aliases=("撤销",), group=_DESK),
    Command(
        "broadcast",
        broadcasts.broadcast,
        _EDITOR,
        aliases=("公告", "群发", "announce"),
        group=_DESK,
    ),
    *posting.COMMANDS,
    *source_rows.COMMANDS,
    *shelving.COMMANDS,
    Command("invite", access.invite, _OWNER, aliases=("邀请",), group=_DESK),
    Command("help", _help, aliases=("帮助",)),
)

_BY_SPELLING = {
    spelling: command for command in COMMANDS for spelling in (command.name, *command.aliases)
}

DEEDS: dict[str, Deed] = {
    "card": Deed(cards.open_card, personal=True),
    "back": Deed(cards.back),
    "save": Deed(saving.save, personal=True, own=True),
    "put": Deed(saving.put),
    "prefer": Deed(saving.prefer),
    "topics": Deed(follow.show_topics, _ADMIN),
    "follow": Deed(follow.follow, _ADMIN),
    "unfollow": Deed(follow.unfollow, _ADMIN),
    "more": Deed(less.show_more, _ADMIN),
    "less": Deed(less.show_less, _ADMIN),
    "weigh": Deed(less.weigh, _ADMIN),
    "why": Deed(why.why, personal=True),
    "report": Deed(reports.show_report, personal=True),
    "flaw": Deed(reports.flaw),
    "fewer": Deed(less.fewer, _ADMIN),
    "undo": Deed(less.undo, _ADMIN),
    "read": Deed(links.read_this),
    "halt": Deed(links.halt),
    "page": Deed(search.page),
    "sift": Deed(sifting.sift),
    "narrow": Deed(sifting.narrow),
    "widen": Deed(sifting.widen),
    "topic": Deed(topics.show_list),
    "story": Deed(story.open_story, personal=True),
    "stories": Deed(story.list_stories),
    "trends": Deed(trends.show_trends),
    "trend": Deed(trends.open_trend),
    "week": Deed(weekly.show_week),
    "weekcol": Deed(weekly.show_column),
    "weekpic": Deed(weekly.show_glance),
    "again": Deed(look_back.again),
    "find": Deed(search.find),
    "setup": Deed(choosing.step, _ADMIN),
    "pick": Deed(choosing.pick, _ADMIN),
    "fresh": Deed(shelves.ask_for_new),
    "saved": Deed(pages.show_saved),
    "tidy": Deed(pages.tidy),
    "drop": Deed(pages.drop),
    "sort": Deed(pages.show_sorts),
    "sorted": Deed(pages.sort),
    "jot": Deed(pages.jot),
    "note": Deed(notes.note),
    "renote": Deed(notes.ask_note),
    "unnote": Deed(notes.remove_note),
    "seek": Deed(seeking.ask_words),
    "sought": Deed(seeking.turn_page),
    "shelves": Deed(shelves.show_shelves),
    "shelve": Deed(shelves.manage),
    "main": Deed(shelves.make_main),
    "order": Deed(shelves.show_order),
    "move": Deed(shelves.move),
    "rename": Deed(shelves.ask_rename),
    "erase": Deed(removal.ask_delete),
    "erased": Deed(removal.delete),
    "merge": Deed(removal.choose_target),
    "merged": Deed(removal.merge),
    "bin": Deed(removal.show_bin),
    "revert": Deed(removal.revert),
    "rule": Deed(rules.show_rule),
    "rwords": Deed(rules.ask_words),
    "unword": Deed(rules.drop_word),
    "rtopic": Deed(rules.show_topics),
    "rtick": Deed(rules.tick_topic),
    "rcolumn": Deed(rules.show_columns),
    "rpick": Deed(rules.pick_column),
    "rstate": Deed(rules.set_state),
    "share": Deed(sharing.show_sharing),
    "sharing": Deed(sharing.set_sharing),
    "shown": Deed(sharing.show_shared),
    "copy": Deed(sharing.copy),
    "file": Deed(exporting.choose),
    "filed": Deed(exporting.send),
    "settings": Deed(settings.open_page, _ADMIN),
    "set": Deed(settings.set_field, _ADMIN),
    "ask": Deed(settings.ask_field, _ADMIN),
    "track": Deed(tracking.track, _ADMIN),
    "untrack": Deed(tracking.untrack, _ADMIN),
    "wishes": Deed(wish_lists.show_list, _ADMIN),
    "drop_wish": Deed(wish_lists.drop, _ADMIN),
    "want": Deed(following.want, _ADMIN),
    "tune": Deed(weights.tune, _ADMIN),
    "even": Deed(weights.even, _ADMIN),
    **editing.DEEDS,
    "export": Deed(own.export, _ADMIN),
    "forget": Deed(own.forget, _ADMIN),
    "wipe": Deed(own.wipe, _ADMIN, final=True),
    "now": Deed(plan.send_preview),
    "stats": Deed(stats.show_stats, _VIEWER),
    "chart": Deed(stats.chart, _VIEWER),
    "doubts": Deed(doubts.show_doubts, _VIEWER),
    **source_rows.DEEDS,
    "inside": Deed(inside.hand_out, _VIEWER),
    "casts": Deed(broadcasts.show_list, _EDITOR),
    "cast": Deed(broadcasts.look, _EDITOR),
    "castto": Deed(broadcasts.choose, _EDITOR),
    "castgo": Deed(broadcasts.act_on, _OWNER),
    "castnow": Deed(broadcasts.send_now, _OWNER),
    # the editors' side
    "staff": Deed(members.show_staff, _VIEWER),
    "member": Deed(members.show_member, _OWNER),
    "role": Deed(members.set_role, _OWNER),
    "oust": Deed(members.oust, _OWNER),
    "recruit": Deed(members.recruit, _OWNER),
    "audit": Deed(books.show_audit, _VIEWER),
    "act": Deed(books.show_act, _VIEWER),
    "takeback": Deed(books.take_back, _EDITOR),
    "books": Deed(books.export, _VIEWER),
    **posting.DEEDS,
    "queue": Deed(walk.show_card, _VIEWER),
    "qyes": Deed(walk.approve, _EDITOR),
    "qno": Deed(walk.ask_reason, _EDITOR),
    "qwhy": Deed(walk.reject, _EDITOR),
    "qback": Deed(walk.take_back, _EDITOR),
    "qsift": Deed(queue_sifting.show_filters, _VIEWER),
    "qmany": Deed(queue_sifting.show_proposal, _EDITOR),
    "qall": Deed(queue_sifting.decide_all, _EDITOR),
    "policy": Deed(policies.show_policy, _VIEWER),
    "pscopes": Deed(policies.show_scopes, _VIEWER),
    "pset": Deed(policies.set_field, _EDITOR),
    "pask": Deed(policies.ask_number, _EDITOR),
    **shelving.DEEDS,
    **weekly_rows.DEEDS,
}

# Typed answers, by the kind of question (handlers/prompts.py) that they reply to.
ANSWERS: dict[str, Answered] = {
    FIELD: Answered(settings.take_answer, _ADMIN),
    FRESH: Answered(shelves.take_new_name, private=True),
    RENAME: Answered(shelves.take_name, private=True),
    NOTE: Answered(notes.take_note, private=True),
    SEEK: Answered(seeking.take_words, private=True),
    RULE: Answered(rules.take_words, private=True),
    FLAW: Answered(reports.take_words),
    BROADCAST: Answered(broadcasts.take_answer, _EDITOR),
    ORDER: Answered(broadcasts.take_order, _OWNER),
    **posting.ANSWERS,
    VETO: Answered(walk.take_reason, _EDITOR),
    POLICY: Answered(policies.take_number, _EDITOR),
    **editing.ANSWERS,
    SOURCE: source_rows.ANSWER,
    **shelving.ANSWERS,
    **weekly_rows.ANSWERS,
}

# Messages in a private chat that are neither; the first that hears one has it.
LISTENERS: tuple[Listener, ...] = (
    Listener(locating.has_place, locating.take_place),
    Listener(locating.is_never_mind, locating.never_mind),
    source_rows.LISTENER,
    Listener(importing.hears, importing.take_file),
    *posting.LISTENERS,
    Listener(links.hears, links.paste),
    Listener(lambda message: bool((message.text or "").strip()), search.search),
)


def install(application: App, services: Services, pacer: Pacer | None = None) -> None:
    """Add every handler to `application`. `pacer` says how fast a person may go."""
    dispatch = Dispatch(
        services, _BY_SPELLING, DEEDS, ANSWERS, LISTENERS, unknown=_unknown, pacer=pacer
    )
    typed = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
    application.add_handler(MessageHandler(typed, dispatch.admitting(dispatch.message)))
    application.add_handler(InlineQueryHandler(dispatch.letting_in(Inline(services).answer)))
    application.add_handler(CallbackQueryHandler(dispatch.admitting(dispatch.button)))
    application.add_handler(
        ChatMemberHandler(
            dispatch.admitting(dispatch.membership), ChatMemberHandler.MY_CHAT_MEMBER
        )
    )
    application.add_error_handler(partial(failures.report, services))


async def publish_menu(bot: Bot, staff: Staff | None = None) -> None:
    """Set the command menu: Chinese for Chinese apps, English for all others.

    The staff sees its own commands too, in private and at its desks.
    """
    await bot.set_my_commands(menu(Lang.EN))
    await bot.set_my_commands(menu(Lang.ZH), language_code="zh")
    if staff is not None:
        for user_id, role in (await staff.roles()).items():
            await publish_staff_menu(bot, staff, user_id, role)


async def publish_staff_menu(bot: Bot, staff: Staff, user_id: int, role: Role | None) -> None:
    """Show somebody the commands of their role, or with None those of every reader again."""
    desks = await staff.book.desks()
    scopes: list[BotCommandScope] = [BotCommandScopeChat(user_id)]
    scopes += [BotCommandScopeChatMember(chat, user_id) for chat in {one.chat_id for one in desks}]
    for scope in scopes:
        try:
            if role is None:
                await bot.delete_my_commands(scope)
                await bot.delete_my_commands(scope, language_code="zh")
            else:
                await bot.set_my_commands(menu(Lang.EN, role), scope)
                await bot.set_my_commands(menu(Lang.ZH, role), scope, language_code="zh")
        except (BadRequest, Forbidden):  # has never started us; typing it works all the same
            continue


async def publish_menu_button(bot: Bot, app_url: str) -> None:
    """Let the button beside the input field open the Mini App, or the commands without one."""
    button: MenuButton = MenuButtonDefault()
    if app_url:
        button = MenuButtonWebApp(_APP, WebAppInfo(app_url))
    await bot.set_chat_menu_button(menu_button=button)


def menu(lang: Lang, role: Role | None = None) -> list[BotCommand]:
    """The command menu in one language."""
    texts = texts_for(lang)
    return [BotCommand(name, texts(f"chat.command.{name}")) for name in names_for(role)]


def names_for(role: Role | None) -> list[str]:
    """The commands that somebody may use, in the order of the table; None is a reader."""
    return [
        command.name
        for command in COMMANDS
        if command.permission.role is None
        or (role is not None and role >= command.permission.role)
    ]
