"""All tables, a module for each area; whoever needs one finds it here.

Search tables are not here: they differ per database and belong to storage/search. Nothing
cascades into signals: readers keep what they saved, whatever happens to a source.
States and kinds are plain text; their values are the enumerations of digest/model.
"""

from storage.schema.amendments import UNAMENDED as UNAMENDED
from storage.schema.amendments import UNSPREAD as UNSPREAD
from storage.schema.amendments import amended as amended
from storage.schema.amendments import amendment_notices as amendment_notices
from storage.schema.amendments import amendments as amendments
from storage.schema.amendments import edits as edits
from storage.schema.amendments import pins as pins
from storage.schema.amendments import rewrites as rewrites
from storage.schema.amendments import signal_changes as signal_changes
from storage.schema.articles import HAS_TEXT as HAS_TEXT
from storage.schema.articles import WAITING as WAITING
from storage.schema.articles import articles as articles
from storage.schema.articles import entries as entries
from storage.schema.books import UNANSWERED as UNANSWERED
from storage.schema.books import audit as audit
from storage.schema.books import daily_counts as daily_counts
from storage.schema.books import meta as meta
from storage.schema.books import updates as updates
from storage.schema.collections import collection_rules as collection_rules
from storage.schema.collections import collection_undo_signals as collection_undo_signals
from storage.schema.collections import collection_undos as collection_undos
from storage.schema.collections import collections as collections
from storage.schema.collections import rule_refusals as rule_refusals
from storage.schema.collections import saved as saved
from storage.schema.digests import ANNOUNCED as ANNOUNCED
from storage.schema.digests import AT_WORK as AT_WORK
from storage.schema.digests import DUE as DUE
from storage.schema.digests import OPEN as OPEN
from storage.schema.digests import UNSURE as UNSURE
from storage.schema.digests import broadcasts as broadcasts
from storage.schema.digests import delivered as delivered
from storage.schema.digests import deliveries as deliveries
from storage.schema.digests import digest_mentions as digest_mentions
from storage.schema.digests import digest_parts as digest_parts
from storage.schema.digests import digest_signals as digest_signals
from storage.schema.digests import digests as digests
from storage.schema.digests import weeklies as weeklies
from storage.schema.digests import weekly_policy as weekly_policy
from storage.schema.languages import enrichments as enrichments
from storage.schema.languages import learned_names as learned_names
from storage.schema.languages import model_answers as model_answers
from storage.schema.languages import model_calls as model_calls
from storage.schema.languages import sentence_cache as sentence_cache
from storage.schema.languages import translations as translations
from storage.schema.metadata import metadata as metadata
from storage.schema.people import desks as desks
from storage.schema.people import erasures as erasures
from storage.schema.people import guests as guests
from storage.schema.people import invites as invites
from storage.schema.people import report_notices as report_notices
from storage.schema.people import reports as reports
from storage.schema.people import staff as staff
from storage.schema.people import staff_codes as staff_codes
from storage.schema.people import staff_notes as staff_notes
from storage.schema.publishing import photos as photos
from storage.schema.publishing import policies as policies
from storage.schema.publishing import posts as posts
from storage.schema.publishing import queue_looks as queue_looks
from storage.schema.publishing import queue_notes as queue_notes
from storage.schema.signals import HELD as HELD
from storage.schema.signals import HIDDEN as HIDDEN
from storage.schema.signals import LEADS as LEADS
from storage.schema.signals import LIVE as LIVE
from storage.schema.signals import STEPS as STEPS
from storage.schema.signals import signal_addresses as signal_addresses
from storage.schema.signals import signal_sources as signal_sources
from storage.schema.signals import signal_topics as signal_topics
from storage.schema.signals import signals as signals
from storage.schema.source_lists import UNTOLD as UNTOLD
from storage.schema.source_lists import hot_items as hot_items
from storage.schema.source_lists import hot_ranks as hot_ranks
from storage.schema.source_lists import source_import_rows as source_import_rows
from storage.schema.source_lists import source_imports as source_imports
from storage.schema.source_lists import source_news as source_news
from storage.schema.source_lists import source_notices as source_notices
from storage.schema.sources import TRYING as TRYING
from storage.schema.sources import host_blocks as host_blocks
from storage.schema.sources import source_drafts as source_drafts
from storage.schema.sources import source_headers as source_headers
from storage.schema.sources import source_polls as source_polls
from storage.schema.sources import sources as sources
from storage.schema.stories import CLOSED as CLOSED
from storage.schema.stories import FOLLOWING as FOLLOWING
from storage.schema.stories import SERIES as SERIES
from storage.schema.stories import STANDING_OPEN as STANDING_OPEN
from storage.schema.stories import stories as stories
from storage.schema.stories import story_sources as story_sources
from storage.schema.stories import story_splits as story_splits
from storage.schema.subscribers import UNREAD as UNREAD
from storage.schema.subscribers import WANTS_INSTANT as WANTS_INSTANT
from storage.schema.subscribers import WANTS_TRENDS as WANTS_TRENDS
from storage.schema.subscribers import WANTS_UPDATES as WANTS_UPDATES
from storage.schema.subscribers import look_backs as look_backs
from storage.schema.subscribers import looked_back as looked_back
from storage.schema.subscribers import pasted_links as pasted_links
from storage.schema.subscribers import subscribers as subscribers
from storage.schema.subscribers import subscriptions as subscriptions
from storage.schema.subscribers import weights as weights
from storage.schema.taxonomy import columns as columns
from storage.schema.taxonomy import refused_topics as refused_topics
from storage.schema.taxonomy import topics as topics
from storage.trend_tables import trend_tables

HEAD = "0028"
"""The version of the tables: the newest file of storage/migrations/versions."""

trend_hours, trend_changes, trend_reports = trend_tables(metadata)
