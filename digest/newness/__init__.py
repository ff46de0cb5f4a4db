"""What is new: in a signal against its own story, and against all that was published lately."""

from digest.newness.account import Account, account_of
from digest.newness.relating import SOON, relate
from digest.newness.told import Told

__all__ = ["SOON", "Account", "Told", "account_of", "relate"]
