from datetime import timedelta

import pytest

from bot.web.miniapp.initdata import InitDataRefusedError, Refusal, verify
from tests.bot.web.miniapp.signing import TOKEN, fields_at, hash_of, init_data, written
from tests.bot.web.samples import NOW


def refused(data: str, token: str = TOKEN) -> Refusal:
    with pytest.raises(InitDataRefusedError) as caught:
        verify(data, token, NOW)
    return caught.value.why


def test_what_telegram_signed_says_who_opened_the_app():
    opening = verify(init_data(NOW), TOKEN, NOW)
    assert (opening.user_id, opening.name, opening.language) == (1001, "林晓", "zh-hans")
    assert opening.at == NOW


@pytest.mark.parametrize(
    "changed",
    [
        {"auth_date": str(int(NOW.timestamp()) + 1)},
        {"user": '{"id":1002,"first_name":"林晓"}'},
        {"query_id": "AAHdF6IQAAAAAN0XohDhrOrd"},
        {"signature": "x"},
        {"start_param": "more"},
        {"hash": "0" * 64},
    ],
)
def test_any_change_after_signing_is_seen(changed: dict[str, str]):
    fields = fields_at(NOW)
    assert refused(written(fields | {"hash": hash_of(fields)} | changed)) is Refusal.FORGED


@pytest.mark.parametrize("gone", ["query_id", "signature"])
def test_a_field_that_was_taken_out_is_seen(gone: str):
    fields = fields_at(NOW)
    signed = hash_of(fields)
    del fields[gone]
    assert refused(written(fields | {"hash": signed})) is Refusal.FORGED


def test_the_init_data_of_another_bot_is_refused():
    assert refused(init_data(NOW, "123456:anotherTokenOfAnotherBot")) is Refusal.FORGED
    assert refused(init_data(NOW), "123456:anotherTokenOfAnotherBot") is Refusal.FORGED


@pytest.mark.parametrize("minutes", [-60 * 24, -11, 3, 600])
def test_old_and_future_openings_are_refused(minutes: int):
    assert refused(init_data(NOW + timedelta(minutes=minutes))) is Refusal.OLD


@pytest.mark.parametrize("minutes", [-9, -1, 0, 1])
def test_clocks_may_differ_a_little(minutes: int):
    assert verify(init_data(NOW + timedelta(minutes=minutes)), TOKEN, NOW).user_id == 1001


@pytest.mark.parametrize(
    "data",
    [
        "", "&", "hash=", "x", "auth_date=1&auth_date=1", "user=%ff&hash=" + "0" * 64,
        written(fields_at(NOW)), init_data(NOW) + "&hash=" + "0" * 64, init_data(NOW).upper(),
        init_data(NOW) + "&a=" + "b" * 9000, "&".join(f"f{n}=1" for n in range(60)),
    ],
)  # fmt: skip
def test_what_telegram_never_writes_is_refused(data: str):
    assert refused(data) is Refusal.DAMAGED


@pytest.mark.parametrize(
    "user",
    ["", "null", "[]", "7", '{"id":"1001"}', '{"id":true}', '{"id":-4}', '{"id":0}', "[" * 4000,
     '{"id":1e3}', '{"id":1001,"is_bot":true}', f'{{"id":{1 << 60}}}'],
)  # fmt: skip
def test_signed_nonsense_is_refused(user: str):
    fields = fields_at(NOW) | {"user": user}
    assert refused(written(fields | {"hash": hash_of(fields)})) is Refusal.DAMAGED


@pytest.mark.parametrize("auth_date", ["", "-1", "1.5", "٣", "9" * 12, "9" * 30])
def test_signed_nonsense_for_a_time_is_refused(auth_date: str):
    fields = fields_at(NOW) | {"auth_date": auth_date}
    why = refused(written(fields | {"hash": hash_of(fields)}))
    assert why in {Refusal.DAMAGED, Refusal.OLD}
