"""/admins: who belongs to the staff, what each may do, and codes for new members."""

from digest.model import Message
from digest.roles import Role
from handlers.access import STAFF_CODE
from handlers.cards import quoted
from handlers.context import Turn
from handlers.guards import first_language, role_here
from handlers.keyboards import Rows, act, grid
from handlers.menus import refresh_menu
from handlers.replies import say, show, toast
from storage import NotFound, StaffMember

_MARKS = {Role.OWNER: "👑", Role.EDITOR: "✏️", Role.VIEWER: "👁"}


async def show_staff(turn: Turn) -> None:
    """/admins, and the way back to it."""
    await show(turn, await _list(turn))


async def _list(turn: Turn, confirmed: str = "") -> Message:
    texts = turn.texts
    members = await turn.storage.staff.all()
    named = {member.user_id for member in members}
    lines = [_line(turn, member) for member in members]
    lines += [
        texts(
            "chat.staff.by_setting", mark=_MARKS[Role.OWNER], id=user_id, you=_you(turn, user_id)
        )
        for user_id in sorted(turn.services.admins - named)
    ]
    rows: Rows = ()
    if await role_here(turn) is Role.OWNER:
        rows = grid(
            [act(f"{_MARKS[one.role]} {one.name}", "member", one.user_id) for one in members]
        )
        rows += tuple(
            (act(texts(f"chat.staff.recruit.{role.key}"), "recruit", role.key),)
            for role in (Role.EDITOR, Role.VIEWER, Role.OWNER)
        )
    parts = (
        confirmed,
        texts.n("chat.staff.title", len(lines)),
        "\n".join(lines) or texts("chat.staff.none"),
        texts("chat.staff.explained"),
    )
    return Message("\n\n".join(part for part in parts if part), rows)


def _line(turn: Turn, member: StaffMember) -> str:
    role = Role.OWNER if member.user_id in turn.services.admins else member.role
    return turn.texts(
        "chat.staff.line",
        mark=_MARKS[role],
        name=quoted(member.name),
        role=turn.texts(f"chat.role.{role.key}"),
        since=turn.rendering.clock(member.since),
        you=_you(turn, member.user_id),
    )


def _you(turn: Turn, user_id: int) -> str:
    return turn.texts("chat.staff.you") if user_id == turn.user_id else ""


# --- new members -------------------------------------------------------------------------


async def recruit(turn: Turn, key: str) -> None:
    """Make a one-time link that gives a role."""
    role = _role(key)
    if role is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    if not turn.is_private:  # whoever is quickest in a group would be let in
        await toast(turn, turn.texts("chat.staff.recruit.private"), alert=True)
        return
    code = await turn.storage.staff.make_code(role, turn.user_id, turn.now)
    link = f"https://t.me/{turn.bot.username}?start={STAFF_CODE}{code}"
    await toast(turn)
    await say(
        turn, turn.texts("chat.staff.code", role=turn.texts(f"chat.role.{role.key}"), link=link)
    )


async def join(turn: Turn, code: str) -> bool:
    """Come by such a link; False when it is used up, too old or forged."""
    user = turn.update.effective_user
    if user is None or not turn.is_private:
        return False
    if not await turn.services.staff.is_code(code, turn.now):
        return False
    before = await turn.services.staff.role_of(user.id)
    role = await turn.storage.staff.redeem(
        code, user.id, user.full_name, first_language(user), turn.now
    )
    if role is None:
        return False
    now = await turn.services.staff.role_of(user.id) or role
    key = "chat.staff.already" if before is not None and before >= now else "chat.staff.welcome"
    await refresh_menu(turn, user.id, now)
    await say(turn, turn.texts(key, role=turn.texts(f"chat.role.{now.key}")))
    return True


# --- one member --------------------------------------------------------------------------


async def show_member(turn: Turn, user_id: int) -> None:
    """One member, with what can be changed."""
    member = await turn.storage.staff.get(user_id)
    if member is None:
        await toast(turn, turn.texts("chat.staff.gone"))
        await show_staff(turn)
        return
    await show(turn, _card(turn, member))


def _card(turn: Turn, member: StaffMember) -> Message:
    texts = turn.texts
    fixed = member.user_id in turn.services.admins
    back = (act(texts("chat.back"), "staff"),)
    if fixed:
        text = f"{_line(turn, member)}\n\n{texts('chat.staff.fixed')}"
        return Message(text, (back,))
    roles = [
        act(
            texts("chat.staff.make", role=texts(f"chat.role.{role.key}")),
            "role",
            member.user_id,
            role.key,
        )
        for role in (Role.OWNER, Role.EDITOR, Role.VIEWER)
        if role is not member.role
    ]
    oust = act(texts("chat.staff.oust"), "oust", member.user_id)
    return Message(_line(turn, member), (*grid(roles), (oust,), back))


async def set_role(turn: Turn, user_id: int, key: str) -> None:
    """Give a member another role."""
    role = _role(key)
    if role is None or not await _may_change(turn, user_id, role):
        return
    try:
        await turn.storage.staff.set_role(user_id, role, actor=turn.actor, now=turn.now)
    except NotFound:
        await toast(turn, turn.texts("chat.staff.gone"))
    else:
        await refresh_menu(turn, user_id, role)
        await toast(turn, turn.texts("chat.staff.done", role=turn.texts(f"chat.role.{role.key}")))
    await show_staff(turn)


async def oust(turn: Turn, user_id: int) -> None:
    """Put somebody out of the staff; /undo brings them back."""
    if not await _may_change(turn, user_id, None):
        return
    try:
        await turn.storage.staff.remove(user_id, actor=turn.actor, now=turn.now)
    except NotFound:
        await toast(turn, turn.texts("chat.staff.gone"))
    else:
        await refresh_menu(turn, user_id, None)
        await toast(turn, turn.texts("chat.staff.ousted"))
    await show_staff(turn)


async def _may_change(turn: Turn, user_id: int, role: Role | None) -> bool:
    """Whether a member's role may become another: settings stand, and one owner has to stay."""
    if user_id in turn.services.admins:
        await toast(turn, turn.texts("chat.staff.fixed"), alert=True)
        return False
    roles = await turn.services.staff.roles()
    owners = {one for one, its in roles.items() if its is Role.OWNER}
    if role is not Role.OWNER and owners == {user_id}:
        await toast(turn, turn.texts("chat.staff.last"), alert=True)
        return False
    return True


def _role(key: str) -> Role | None:
    try:
        return Role.of(key)
    except ValueError:
        return None
