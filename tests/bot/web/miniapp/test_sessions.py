from datetime import timedelta

import pytest

from bot.web.miniapp.sessions import LASTS, LONGEST, Sessions
from tests.bot.web.samples import NOW

SESSIONS = Sessions("1:a")


def test_a_session_says_who_and_ends():
    proof = SESSIONS.begin(1001, NOW)
    found = SESSIONS.read(proof, NOW + LASTS - timedelta(seconds=1))
    assert found is not None
    assert found.user_id == 1001
    assert SESSIONS.read(proof, NOW + LASTS) is None


def test_each_character_of_a_proof_counts():
    proof = SESSIONS.begin(1001, NOW)
    assert SESSIONS.read(proof, NOW) is not None
    for at in range(len(proof)):
        for other in "0A":
            if proof[at] != other:
                changed = proof[:at] + other + proof[at + 1 :]
                assert SESSIONS.read(changed, NOW) is None, changed


@pytest.mark.parametrize("proof", ["", "x", "1.2.3", "1001.1.99999999999.", "٣.1.2." + "A" * 43])
def test_what_we_never_write_is_no_session(proof: str):
    assert SESSIONS.read(proof, NOW) is None


def test_another_bots_session_is_none():
    assert Sessions("2:b").read(SESSIONS.begin(1001, NOW), NOW) is None


def test_a_session_in_use_goes_on_but_not_for_ever():
    proof, now, renewals = SESSIONS.begin(1001, NOW), NOW, 0
    while (session := SESSIONS.read(proof, now)) is not None:
        fresh = SESSIONS.renewed(session, now)
        renewals += bool(fresh)
        proof = fresh or proof
        now += timedelta(minutes=7)
    assert LONGEST <= now - NOW < LONGEST + timedelta(minutes=8)
    assert renewals > 20
