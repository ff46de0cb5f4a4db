"""What is new: in a signal against its own story, and against all that was published lately."""

from digest.newness.account import Account, account_of
from digest.newness.against import MONTH, FirstTold, first_told
from digest.newness.relating import SOON, relate
from digest.newness.told import Told
from digest.newness.words import telling_words

__all__ = [
    "MONTH",
    "SOON",
    "Account",
    "FirstTold",
    "Told",
    "account_of",
    "first_told",
    "relate",
    "telling_words",
]
