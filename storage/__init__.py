"""The tables and the questions asked of them, alike on SQLite and PostgreSQL."""

from storage.acts import Act, Changed, NotUndoable, Stale, staff_actor
from storage.audit import AuditEntry
from storage.backup import backup
from storage.dailies import Daily
from storage.database import Database
from storage.deliveries import Pushed
from storage.digests import PlannedDigest, Recipient, StoredDigest
from storage.editing import Edit, Overtaken
from storage.entries import PendingEntry
from storage.errors import (
    DatabaseDamaged,
    DuplicateName,
    DuplicateSource,
    NotFound,
    SchemaOutdated,
    StorageError,
    StorageUnavailable,
)
from storage.migrate import migrate, pending_migrations
from storage.pasted import LinkState, PastedLink, Sender
from storage.personal import ErasureReceipt, Owner
from storage.pins import MOST_PINS, Pin, PinsFull
from storage.post_signals import Publishable
from storage.posts import Editor, NewPost
from storage.reports import Filed, Notice
from storage.rules import Match
from storage.signals import NewSignal, Outrun, PrivateReading
from storage.source_acts import Done
from storage.source_drafts import DraftState, SourceDraft
from storage.source_imports import ImportRow, ImportState, RowState, SourceImport
from storage.sources import SourceYield
from storage.spending import Spent
from storage.staff import Desk, StaffMember
from storage.storage import Storage
from storage.unread import Unread, allowance, allowances, chosen, unread, window_start

__all__ = [
    "MOST_PINS",
    "Act",
    "AuditEntry",
    "Changed",
    "Daily",
    "Database",
    "DatabaseDamaged",
    "Desk",
    "Done",
    "DraftState",
    "DuplicateName",
    "DuplicateSource",
    "Edit",
    "Editor",
    "ErasureReceipt",
    "Filed",
    "ImportRow",
    "ImportState",
    "LinkState",
    "Match",
    "NewPost",
    "NewSignal",
    "NotFound",
    "NotUndoable",
    "Notice",
    "Outrun",
    "Overtaken",
    "Owner",
    "PastedLink",
    "PendingEntry",
    "Pin",
    "PinsFull",
    "PlannedDigest",
    "PrivateReading",
    "Publishable",
    "Pushed",
    "Recipient",
    "RowState",
    "SchemaOutdated",
    "Sender",
    "SourceDraft",
    "SourceImport",
    "SourceYield",
    "Spent",
    "StaffMember",
    "Stale",
    "Storage",
    "StorageError",
    "StorageUnavailable",
    "StoredDigest",
    "Unread",
    "allowance",
    "allowances",
    "backup",
    "chosen",
    "migrate",
    "pending_migrations",
    "staff_actor",
    "unread",
    "window_start",
]
