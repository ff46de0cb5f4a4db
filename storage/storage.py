"""Everything that is kept, behind one name."""

from storage.acts import Acts
from storage.ahead import Ahead
from storage.amendments import Amendments
from storage.announcing import Announcing
from storage.audience import Audiences
from storage.audit import Audit
from storage.books import Meta, Updates
from storage.broadcasts import Broadcasts
from storage.collections import Collections
from storage.curation import Curation
from storage.dailies import Dailies
from storage.database import Database
from storage.deliveries import Deliveries
from storage.digests import Digests
from storage.doubts import Doubts
from storage.editing import Editing
from storage.entries import Entries
from storage.given import Given
from storage.guests import Guests
from storage.hot import HotLists
from storage.ideas import Ideas
from storage.lengths import Watch
from storage.look_backs import LookBacks
from storage.marking import Marking
from storage.names import Names
from storage.newness import Newness
from storage.numbers import Numbers
from storage.past import Past
from storage.pasted import PastedLinks
from storage.personal import Personal
from storage.pins import Pins
from storage.policies import PolicyStore
from storage.posts import Posts
from storage.public import Public
from storage.queue import Queue
from storage.queue_notes import QueueNotes
from storage.reports import Reports
from storage.retention import Retention
from storage.rules import Rules
from storage.schema import columns, topics
from storage.search import Search
from storage.shelves import Shelves
from storage.signals import Signals
from storage.source_acts import SourceActs
from storage.source_drafts import SourceDrafts
from storage.source_imports import SourceImports
from storage.source_news import SourceNews
from storage.sources import Sources
from storage.spending import Spending
from storage.staff import StaffBook
from storage.staff_notes import StaffNotes
from storage.stories import Stories
from storage.story_items import StoryItems
from storage.storyboard import Storyboard
from storage.storylines import Storylines
from storage.subscribers import Subscribers
from storage.taxonomy import Taxonomies
from storage.translations import Translations
from storage.trends import TrendStore
from storage.undos import Undos
from storage.weeklies import Weeklies
from storage.weights import Weights


class Storage:
    """The stores over one open database."""

    def __init__(self, database: Database) -> None:  # noqa: PLR0915  a line for each store
        self.database = database
        self.sources = Sources(database)
        self.source_acts = SourceActs(database)
        self.source_drafts = SourceDrafts(database)
        self.source_imports = SourceImports(database)
        self.source_news = SourceNews(database)
        self.entries = Entries(database)
        self.taxonomy = Taxonomies(database)
        self.signals = Signals(database)
        self.stories = Stories(database)
        self.storylines = Storylines(database)
        self.story_items = StoryItems(database)
        self.look_backs = LookBacks(database)
        self.hot = HotLists(database)
        self.names = Names(database)
        self.trends = TrendStore(
            database,
            signals=self.signals,
            names=self.names,
            hot=self.hot,
            taxonomy=self.taxonomy,
        )
        self.policies = PolicyStore(database)
        self.posts = Posts(database)
        self.public = Public(database)
        self.search = Search(database)
        self.past = Past(database, search=self.search, stories=self.stories)
        self.subscribers = Subscribers(database)
        self.audiences = Audiences(database)
        self.given = Given(database)
        self.weeklies = Weeklies(database)
        self.weights = Weights(database)
        self.collections = Collections(database)
        self.guests = Guests(database)
        self.reports = Reports(database)
        self.personal = Personal(database)
        self.rules = Rules(database)
        self.undos = Undos(database)
        self.retention = Retention(database)
        self.dailies = Dailies(database)
        self.digests = Digests(database)
        self.doubts = Doubts(database)
        self.deliveries = Deliveries(database)
        self.amendments = Amendments(database)
        self.editing = Editing(database)
        self.broadcasts = Broadcasts(database)
        self.announcing = Announcing(database)
        self.pins = Pins(database)
        self.storyboard = Storyboard(database)
        self.pasted = PastedLinks(database)
        self.translations = Translations(database)
        self.spending = Spending(database)
        self.newness = Newness(database)
        self.numbers = Numbers(database)
        self.updates = Updates(database)
        self.ahead = Ahead(database)
        self.audit = Audit(database)
        self.acts = Acts(database)
        self.acts.watch((columns, topics), self.taxonomy.refresh)
        self.shelves = Shelves(database, self.acts)
        self.ideas = Ideas(database)
        self.marking = Marking(database, self.search)
        self.curation = Curation(database)
        self.queue = Queue(database)
        self.queue_notes = QueueNotes(database)
        self.staff = StaffBook(database)
        self.staff_notes = StaffNotes(database)
        self.meta = Meta(database)
        self.watch = Watch(database)

    @classmethod
    async def open(cls, url: str, *, check: bool = True) -> "Storage":
        """Open the database at `url` (see `Database.open`, also for what it raises)."""
        storage = cls(await Database.open(url, check=check))
        await storage.taxonomy.refresh()
        return storage

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()
