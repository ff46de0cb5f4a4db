"""A brief 核心信息 and its parts, and the article in another language."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

EDITORIAL = "编辑部"
"""Who speaks where an editor wrote: kept as the site, and shown in the reader's language."""


class Tier(StrEnum):
    """Who condensed it: 规则整理稿, 模型增强版, or an editor who wrote it. Always shown."""

    RULES = "rules"
    MODEL = "model"
    EDITOR = "editor"


class Kind(StrEnum):
    """What sort of signal it is, told from cues; `news` when no cue decides."""

    RELEASE = "release"
    PAPER = "paper"
    FUNDING = "funding"
    DEAL = "deal"
    EARNINGS = "earnings"
    POLICY = "policy"
    REVIEW = "review"
    INCIDENT = "incident"
    OPINION = "opinion"
    DATA = "data"
    TUTORIAL = "tutorial"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Point:
    """One key fact. `evidence` are sentence numbers of the article; `text` is shown as it is.

    `lang` is the language of `text`. `translated` says whether it stands in for a foreign one;
    `original` is then the article's own wording. `support` (0..1) says how well its best
    sentences carry it, None where it is the article's own wording. `edited` marks what an editor
    wrote about an article.
    """

    text: str
    evidence: tuple[int, ...]
    lang: str
    translated: bool = False
    original: str = ""
    support: float | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class NumberFact:
    """A number of the article that matters, as it was written and as it reads in Chinese.

    `text` is the article's own wording with its unit ("$1.2 billion"); `zh` the conversion
    ("12 亿美元") or "" when none is certain; `value` the plain value in base units (1.2e9);
    `unit` a currency code, "%", "pp", "x" or the counted noun; `measure` what it measures in the
    article's words; `start`/`end` both ends of a change in the article's wording, else "".
    """

    text: str
    value: float
    kind: str
    unit: str
    sentence: int
    measure: str = ""
    zh: str = ""
    direction: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A dated event that the article tells. `on` is None when the date stays open.

    `when` is the article's own wording ("last Tuesday"); `text` the whole sentence or, in the
    model tier, a statement that rests on it.
    """

    when: str
    on: date | None
    text: str
    sentence: int
    lang: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What the article means to `audience` ("founders", "engineers", "editors", "everyone")."""

    audience: str
    text: str
    evidence: tuple[int, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Insight:
    """详细解读: everything absent that the article gives no ground for.

    `difference` is what is new against what was published before (model tier; the rules tier
    compares when the page is shown). `questions` are those the article raises, `actions` those
    it calls for.
    """

    timeline: tuple[Moment, ...] = ()
    concerned: tuple[Advice, ...] = ()
    questions: tuple[Point, ...] = ()
    actions: tuple[Point, ...] = ()
    difference: Point | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of 数字与名称核对 of what a model or a translator wrote.

    `compared` numbers, names and quotes were looked up in the article; `repaired` points were
    written anew after a first failure; `dropped` are the texts left out, each with its reason.
    """

    compared: int
    repaired: int = 0
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """核心信息: the structured summary of one article. Nothing in it lacks support there.

    `why` is the sentence of the article that says why it matters, None when it says none.
    `gaps` are open points that the article itself names. `frame` are the parts of a Chinese line
    above a foreign headline ("Qwen-Image-2.0", "40 → 4 步"), facts only. `headline_original` is
    the article's title when `headline` is a translation or a model's. `maker` names the model or
    translation engine ("" for plain rules), `prompt` the version of the prompts.
    `headline_en` is what an editor wrote for English readers, "" for none.
    """

    headline: str
    headline_lang: str
    points: tuple[Point, ...]
    numbers: tuple[NumberFact, ...] = ()
    why: Point | None = None
    gaps: tuple[Point, ...] = ()
    keywords: tuple[str, ...] = ()
    tier: Tier = Tier.RULES
    version: str = "rules-1"
    frame: tuple[str, ...] = ()
    headline_original: str = ""
    insight: Insight | None = None
    maker: str = ""
    prompt: str = ""
    checked: Checked | None = None
    headline_en: str = ""


# The engine of a translation that only changes the script.
OPENCC = "OpenCC"


class Rendered(StrEnum):
    """How one sentence stands in a translation.

    `translated`; `kept` because it is in the reader's language already or is not language (code,
    a name); `failed`: its translation did not pass the check, so the original is shown, marked.
    """

    TRANSLATED = "translated"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """Sentence `index` of the article in the other language; `text` is what is shown."""

    index: int
    text: str
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class Translation:
    """An article in another language, sentence by sentence, in the article's order.

    `engine` names who made it ("firefox en-zh base-memory", "deepl", a model's name; OPENCC when
    only traditional characters were made simplified).
    """

    lang: str
    engine: str
    sentences: tuple[TranslatedSentence, ...]

    @property
    def is_script_only(self) -> bool:
        """Whether the language stayed: 繁 → 简, sentence by sentence, nothing translated."""
        return self.engine == OPENCC
