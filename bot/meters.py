"""What this process counts about itself, by the names and units that Prometheus wants.

Every label has a short, fixed list of values: states, outcomes, kinds of updates, names of steps;
never a chat, an address or a word that somebody typed. What lies in the database is not counted
here but asked for when somebody looks (bot/watching/gauges.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


def _counter(name: str, words: str, *labels: str) -> Counter:
    return Counter(name, words, labels, registry=REGISTRY)


def _gauge(name: str, words: str, *labels: str) -> Gauge:
    return Gauge(name, words, labels, registry=REGISTRY)


def _timer(name: str, words: str, *labels: str, slow: bool = False) -> Histogram:
    return Histogram(name, words, labels, registry=REGISTRY, buckets=_SLOW if slow else _QUICK)


POLLS = _counter("hexin_polls", "Polls of sources by what came of them", "outcome")
NEW_ENTRIES = _counter("hexin_entries", "Entries that polls found new")
ARTICLES = _counter(
    "hexin_articles", "Entries read to an end, by the state they ended in", "state"
)
SIGNALS = _counter("hexin_signals", "Signals made of articles of sources")
ARTICLE_TIME = _timer(
    "hexin_article_seconds", "One entry from claim to end, with fetching and waiting", slow=True
)
CONDENSE_TIME = _timer(
    "hexin_condense_seconds",
    "A page extracted and condensed, with the wait for a worker",
    slow=True,
)
DELIVERIES = _counter("hexin_deliveries", "Pushes written to Telegram, by their fate", "outcome")
DELIVERY_TIME = _timer("hexin_delivery_seconds", "From writing a push to Telegram's answer")
LIMITER_RATE = _gauge("hexin_limiter_rate", "Messages a second that the limiter lets through now")
LIMITER_WAIT = _timer(
    "hexin_limiter_wait_seconds", "Waiting for leave to write", "priority", slow=True
)
TOLD_OFF = _counter("hexin_telegram_too_many_requests", "Answers 429 of Telegram")
TELEGRAM_CALLS = _counter(
    "hexin_telegram_calls", "Bot API calls other than pushes, by how they ended", "outcome"
)
UPDATES = _counter("hexin_updates", "Updates worked on, by kind", "kind")
UPDATE_TIME = _timer("hexin_update_seconds", "Work on one update, without its wait", "kind")
MODEL_CALLS = _counter("hexin_model_calls", "Requests to the model", "purpose", "outcome")
MODEL_TOKENS = _counter("hexin_model_tokens", "Tokens used", "direction")
MODEL_COST = _counter("hexin_model_cost", "Money spent on the model, in the prices' currency")
MODEL_TIME = _timer("hexin_model_call_seconds", "One request to the model", slow=True)
TRANSLATIONS = _counter("hexin_translations", "Briefs and articles given to translate", "outcome")
TRANSLATION_TIME = _timer("hexin_translation_seconds", "One brief or article", slow=True)
SEARCH_TIME = _timer("hexin_search_seconds", "One search of the signals")
PAGES = _counter("hexin_pages", "Pages answered, by class of status", "status")
PAGE_TIME = _timer("hexin_page_seconds", "From request to headers of a page")
LOOP_LAG = _timer("hexin_loop_lag_seconds", "How late the event loop wakes a sleeper")
STEPS = _counter("hexin_steps", "Steps of the day, by how they ended", "step", "outcome")
STEP_TIME = _timer("hexin_step_seconds", "One run of a step of the day", "step", slow=True)
STEP_ENDED = _gauge(
    "hexin_step_last_success_timestamp_seconds", "When a step last ended well", "step"
)
STORY_INDEX = _gauge("hexin_story_index_signals", "Signals that the index of stories holds")
ERRORS = _counter("hexin_log_lines", "Lines logged at WARNING and above", "level")


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observe how long the block takes, however it ends."""
    began = monotonic()
    try:
        yield
    finally:
        histogram.observe(monotonic() - began)


def total(counter: Counter) -> float:
    """What a counter has counted, all labels together."""
    return sum(
        sample.value
        for metric in counter.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )
