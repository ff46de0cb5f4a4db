"""The nouns of the domain, in the order in which one entry becomes what a reader sees.

    Source ─▶ Entry ─▶ Article ─▶ Brief ─▶ Signal ─▶ Story ─▶ Digest ─▶ Message ─▶ Delivery

Everything here is a frozen value. Times are aware UTC `datetime`s unless a name says otherwise.
"""

from digest.model.articles import Article as Article
from digest.model.articles import ArticleOrigin as ArticleOrigin
from digest.model.articles import Sentence as Sentence
from digest.model.briefs import EDITORIAL as EDITORIAL
from digest.model.briefs import OPENCC as OPENCC
from digest.model.briefs import Advice as Advice
from digest.model.briefs import Brief as Brief
from digest.model.briefs import Checked as Checked
from digest.model.briefs import Insight as Insight
from digest.model.briefs import Kind as Kind
from digest.model.briefs import Moment as Moment
from digest.model.briefs import NumberFact as NumberFact
from digest.model.briefs import Point as Point
from digest.model.briefs import Rendered as Rendered
from digest.model.briefs import Tier as Tier
from digest.model.briefs import TranslatedSentence as TranslatedSentence
from digest.model.briefs import Translation as Translation
from digest.model.digests import PINNED as PINNED
from digest.model.digests import Action as Action
from digest.model.digests import Button as Button
from digest.model.digests import Delivery as Delivery
from digest.model.digests import DeliveryState as DeliveryState
from digest.model.digests import Digest as Digest
from digest.model.digests import DigestKind as DigestKind
from digest.model.digests import Message as Message
from digest.model.digests import Picture as Picture
from digest.model.digests import Receipt as Receipt
from digest.model.digests import Rising as Rising
from digest.model.digests import Shelf as Shelf
from digest.model.readers import ChatKind as ChatKind
from digest.model.readers import Collection as Collection
from digest.model.readers import Rule as Rule
from digest.model.readers import Saved as Saved
from digest.model.readers import SavedSort as SavedSort
from digest.model.readers import Subscriber as Subscriber
from digest.model.readers import Undo as Undo
from digest.model.readers import UndoAct as UndoAct
from digest.model.signals import Adds as Adds
from digest.model.signals import Changed as Changed
from digest.model.signals import NameSeen as NameSeen
from digest.model.signals import Photo as Photo
from digest.model.signals import Placement as Placement
from digest.model.signals import PreparedPhoto as PreparedPhoto
from digest.model.signals import Relation as Relation
from digest.model.signals import Score as Score
from digest.model.signals import ScorePart as ScorePart
from digest.model.signals import SeenIn as SeenIn
from digest.model.signals import Signal as Signal
from digest.model.signals import SignalDraft as SignalDraft
from digest.model.signals import SignalState as SignalState
from digest.model.sources import AS_USUAL as AS_USUAL
from digest.model.sources import Access as Access
from digest.model.sources import Entry as Entry
from digest.model.sources import EntryState as EntryState
from digest.model.sources import FeedReading as FeedReading
from digest.model.sources import FullText as FullText
from digest.model.sources import HotList as HotList
from digest.model.sources import PollNote as PollNote
from digest.model.sources import PollState as PollState
from digest.model.sources import Recipe as Recipe
from digest.model.sources import Source as Source
from digest.model.sources import SourceKind as SourceKind
from digest.model.sources import SourceSpec as SourceSpec
from digest.model.sources import SourceState as SourceState
from digest.model.sources import Validators as Validators

# What readers wish has a module of its own; its nouns are found here with all the others.
from digest.wishes import Lang as Lang
from digest.wishes import Layout as Layout
from digest.wishes import LookBackWish as LookBackWish
from digest.wishes import Subscription as Subscription
from digest.wishes import WeeklyTime as WeeklyTime
from digest.wishes import Wishes as Wishes
from digest.wishes import Wording as Wording
