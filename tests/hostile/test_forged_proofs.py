"""Whatever proves something (seals, passes, sessions, init data, the webhook) changed by hand."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.web.miniapp.initdata import InitDataRefusedError, verify
from bot.web.miniapp.sessions import LASTS as SESSION_LASTS
from bot.web.miniapp.sessions import Sessions
from bot.web.webhook import Hook, _same
from digest.passes import LINK, SESSION, Sealing
from digest.seals import LASTS, POST, is_sealed, make_seal
from tests.bot.web.miniapp.signing import TOKEN, fields_at, hash_of, init_data, written
from tests.bot.web.samples import NOW

KEY, OTHER_KEY = "a" * 64, "a" * 63 + "b"


def spoilt(text: str) -> Iterator[str]:
    """Each byte changed, taken out and doubled; each end cut; other spellings of the whole."""
    for place, one in enumerate(text):
        for other in {"A", "0", "_", chr(ord(one) ^ 1), one.swapcase(), "１"} - {one}:
            yield text[:place] + other + text[place + 1 :]
        yield text[:place] + text[place + 1 :]
        yield text[:place] + one + text[place:]
        yield text[:place]
    yield from (
        f"{text}=",
        f"{text}\n",
        f" {text}",
        f"{text}\0",
        f"0{text}",
        f"+{text}",
        f"{text}%00",
    )


def is_pass(kind: Sealing, key: str, text: str) -> bool:
    found = kind.read(key, text)
    return found is not None and found.until > NOW


def test_no_byte_of_a_seal_may_change() -> None:
    seal = make_seal(KEY, 71, NOW)
    assert is_sealed(KEY, 71, seal, NOW)
    taken = [one for one in spoilt(seal) if one != seal and is_sealed(KEY, 71, one, NOW)]
    assert taken == []
    for number in (7, 1, 711, 17, 0, -71):
        assert not is_sealed(KEY, number, seal, NOW), number
    assert not is_sealed(KEY, 71, seal, NOW, of=POST)
    assert not is_sealed(OTHER_KEY, 71, seal, NOW)
    assert not is_sealed(KEY, 71, seal, NOW + LASTS + timedelta(days=2))


@pytest.mark.parametrize(("kind", "other"), [(LINK, SESSION), (SESSION, LINK)])
def test_no_byte_of_a_pass_may_change(kind: Sealing, other: Sealing) -> None:
    made = kind.make(KEY, 2001, NOW, "nonce-of-it")
    assert is_pass(kind, KEY, made)
    assert [one for one in spoilt(made) if one != made and is_pass(kind, KEY, one)] == []
    assert not is_pass(other, KEY, made)  # a link is no cookie, a cookie no link
    assert not is_pass(kind, OTHER_KEY, made)
    late = kind.make(KEY, 2001, NOW - kind.lasts - timedelta(minutes=1), "nonce-of-it")
    assert not is_pass(kind, KEY, late)


def test_no_byte_of_a_session_may_change() -> None:
    sessions = Sessions(TOKEN)
    proof = sessions.begin(1001, NOW)
    assert sessions.read(proof, NOW) is not None
    assert [one for one in spoilt(proof) if one != proof and sessions.read(one, NOW)] == []
    assert Sessions(TOKEN + "x").read(proof, NOW) is None
    assert sessions.read(proof, NOW + SESSION_LASTS) is None


def accepted(data: str) -> bool:
    try:
        verify(data, TOKEN, NOW)
    except InitDataRefusedError:
        return False
    return True


def test_no_letter_of_init_data_may_change() -> None:
    fields = fields_at(NOW, start_param="s_7", chat_instance="-5")
    signed = fields | {"hash": hash_of(fields)}
    assert accepted(written(signed))
    wrong = [
        f"{name}={one!r}"
        for name, value in signed.items()
        for one in spoilt(value)
        if one != value and accepted(written(signed | {name: one}))
    ]
    assert wrong == []


def test_fields_of_init_data_are_what_was_signed() -> None:
    fields = fields_at(NOW)
    mark = hash_of(fields)
    whole = written(fields | {"hash": mark})
    others = {key: value for key, value in fields.items() if key not in {"query_id", "signature"}}
    run_together = others | {"query_id": f"{fields['query_id']}\nsignature={fields['signature']}"}
    assert hash_of(run_together) == mark  # under one signature ...
    for forged in (
        written(run_together | {"hash": mark}),  # ... two fields are not one
        f"{whole}&user=%7B%22id%22%3A1%7D",
        f"user=%7B%22id%22%3A1%7D&{whole}",
        f"{whole}&hash={mark}",
        f"{whole}&hash=",
        f"{whole};user=1",
        f"{whole}&%75ser=%7B%22id%22%3A1%7D",
        f"{whole}&HASH={mark}",
        whole.replace("user=", "User="),
        whole.replace("hash=", "signature="),
        written(fields | {"hash": mark.upper()}),
        written(fields | {"hash": hash_of(fields | {"hash": mark})}),
        init_data(NOW, ""),
        init_data(NOW, TOKEN.split(":")[1]),
        init_data(NOW, TOKEN.swapcase()),
    ):
        assert not accepted(forged), forged
    assert accepted(whole)


def test_no_letter_of_the_webhooks_secret_may_change() -> None:
    hook = Hook.of("https://bot.example", KEY, TOKEN)
    for right in (hook.secret, hook.path):
        assert _same(right, right)
        assert [one for one in spoilt(right) if one != right and _same(one, right)] == []
    for key, token in ((OTHER_KEY, TOKEN), (KEY, TOKEN + "x"), (KEY, "")):
        other = Hook.of("https://bot.example", key, token)
        assert other.secret != hook.secret
        assert other.path != hook.path
    assert hook.secret not in repr(hook)
