"""What the model is asked: rendered templates, their version, the shape of the answer.

The version of a prompt is a hash of its templates, so that a brief always says by which words it
was made, and a changed word never meets an old cached answer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel

from digest.model import Article
from digest.modeltier.earlier import Earlier
from digest.modeltier.fencing import is_instruction, one_line
from digest.modeltier.plan import Material
from digest.modeltier.schema import (
    FACTS_SCHEMA,
    REPAIR_SCHEMA,
    TRANSLATION_SCHEMA,
    BriefAnswer,
    FactsAnswer,
    RepairAnswer,
    Schema,
    TranslationAnswer,
    brief_schema,
)
from digest.text.numbers import find_numbers

HEADLINE_LIMIT = 40  # full-width characters; two half-width ones count as one
_EARLIER_SHOWN = 3
_EARLIER_POINTS = 2
_TITLE_SHOWN = 300
_AMOUNTS_SHOWN = 8
_LARGE = frozenset("万亿")
_LANGUAGES = {
    "zh": "简体中文", "en": "英文", "ja": "日文", "ko": "韩文", "de": "德文", "fr": "法文",
    "es": "西班牙文", "pt": "葡萄牙文", "ru": "俄文", "it": "意大利文",
}  # fmt: skip
_EXAMPLE_SAID = {"text": "……", "sentences": [0]}
_EXAMPLES: Mapping[str, Any] = {
    "brief": {"headline": "……", "points": [_EXAMPLE_SAID, {**_EXAMPLE_SAID, "sentences": [2, 3]}]},
    "facts": {"facts": [_EXAMPLE_SAID]},
    "repair": {"statements": [{"id": 1, **_EXAMPLE_SAID}]},
    "translation": {"lines": [{"id": 1, "text": "……"}]},
}


@dataclass(frozen=True, slots=True)
class Question:
    """One request, before it is known how the endpoint takes a schema.

    `purpose` as in `Call`. `content` is all that decides the answer besides the model (the fence
    does not): the cache goes by it. `most_tokens` bounds the answer.
    """

    purpose: str
    template: str
    values: Mapping[str, Any]
    fence: str
    schema: Schema
    shape: type[BaseModel]
    most_tokens: int
    mending: tuple[str, tuple[str, ...]] | None = None

    @property
    def prompt(self) -> str:
        """The version of the prompts, "brief-1f0c9a2b"."""
        return prompt_version(self.template)

    @property
    def content(self) -> str:
        """What the answer depends on, as canonical JSON."""
        return json.dumps(
            [self.prompt, self.values, self.schema, self.most_tokens, self.mending],
            ensure_ascii=False,
            sort_keys=True,
            default=str,
        )

    def messages(self, *, schema_known: bool) -> list[dict[str, str]]:
        """The chat; an endpoint that enforces the schema needs no example of it."""
        values = {
            **self.values,
            "fence": self.fence,
            "schema_known": schema_known,
            "example": json.dumps(self._example(), ensure_ascii=False),
        }
        chat = [
            {"role": "system", "content": _render("system", values)},
            {"role": "user", "content": _render(self.template, values)},
        ]
        if self.mending:
            said, complaints = self.mending
            chat += [
                {"role": "assistant", "content": said},
                {"role": "user", "content": _render("mend", {**values, "complaints": complaints})},
            ]
        return chat

    def mended(self, said: str, complaints: tuple[str, ...]) -> "Question":
        """The same question again, with what was wrong with the first answer."""
        return replace(self, mending=(said[:_SAID_AGAIN], complaints))

    def _example(self) -> Any:
        """An example with every field that the schema names."""
        example = _EXAMPLES[self.template_kind]
        fields = self.schema["properties"]
        missing = {
            name: [_sample(fields[name]["items"])]
            for name in fields
            if name not in example and fields[name].get("type") == "array"
        }
        return {**example, **missing}

    @property
    def template_kind(self) -> str:
        """Which example fits: the templates' names and the purposes differ in some."""
        kinds = {"rewrite": "repair", "translate": "translation", "week": "facts"}
        return kinds.get(self.template, self.template)


_SAID_AGAIN = 1_500  # characters of a bad answer that are shown to the model again


def _sample(of: Mapping[str, Any]) -> Any:
    if of.get("type") == "object":
        return {name: _sample(kind) for name, kind in of["properties"].items()}
    if of.get("type") == "array":
        return [0]
    return of["enum"][0] if "enum" in of else "……"


@cache
def _environment() -> Environment:
    # Not HTML: what is rendered goes to a model. Undefined names are mistakes of ours.
    return Environment(  # noqa: S701  no markup is made
        loader=PackageLoader("digest.modeltier", "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def _render(template: str, values: Mapping[str, Any]) -> str:
    return _environment().get_template(f"{template}.j2").render(values).strip()


@cache
def prompt_version(template: str) -> str:
    """The template's name and a hash of its words, the system prompt and the repair included."""
    loader = _environment().loader
    assert loader is not None  # noqa: S101  set above
    parts = [
        loader.get_source(_environment(), f"{name}.j2")[0] for name in ("system", "mend", template)
    ]
    return f"{template}-{sha256(chr(0).join(parts).encode()).hexdigest()[:8]}"


# --- the questions ------------------------------------------------------------------------


def ask_brief(
    article: Article, material: Material, earlier: Sequence[Earlier], fence: str
) -> Question:
    """A whole brief from the material that fits."""
    told = [
        {
            "on": item.on.isoformat(),
            "headline": one_line(item.headline)[:_TITLE_SHOWN],
            "points": [one_line(point)[:_TITLE_SHOWN] for point in item.points[:_EARLIER_POINTS]],
        }
        for item in earlier
        if not is_instruction(item.told)
    ][:_EARLIER_SHOWN]
    values = {
        "title": _title(article),
        "day": article.published_at.date().isoformat() if article.published_at else "",
        "lines": material.lines,
        "facts": material.is_facts,
        "earlier": told,
        "amounts": () if material.is_facts else amounts_in(material.lines, article.lang),
        "compact": material.compact,
        "headline_limit": HEADLINE_LIMIT,
    }
    schema = brief_schema(compact=material.compact, compares=bool(told))
    return Question("brief", "brief", values, fence, schema, BriefAnswer, material.answer_tokens)


def ask_facts(article: Article, section: Material, part: tuple[int, int], fence: str) -> Question:
    """The facts of one section; `part` is its number and their count."""
    values = {
        "title": _title(article),
        "lines": section.lines,
        "amounts": amounts_in(section.lines, article.lang),
        "part": part[0],
        "parts": part[1],
    }
    return Question(
        "facts", "facts", values, fence, FACTS_SCHEMA, FactsAnswer, section.answer_tokens
    )


def ask_rewrite(
    statements: Sequence[Mapping[str, Any]],
    lines: Sequence[str],
    lang: str,
    fence: str,
    most_tokens: int,
) -> Question:
    """Statements with complaints, to be written anew from the evidence sentences in `lang`."""
    values = {
        "statements": list(statements),
        "lines": list(lines),
        "amounts": amounts_in(lines, lang),
    }
    return Question("repair", "rewrite", values, fence, REPAIR_SCHEMA, RepairAnswer, most_tokens)


def ask_translation(
    lines: Sequence[str],
    languages: tuple[str, str],
    glossary: Mapping[str, str],
    fence: str,
    most_tokens: int,
) -> Question:
    """Lines to be translated one by one; `languages` are ISO 639-1 codes, from and to."""
    source, target = (_LANGUAGES.get(code, code) for code in languages)
    values = {
        "lines": [f"[{number}] {one_line(line)}" for number, line in enumerate(lines, 1)],
        "source": source,
        "target": target,
        "glossary": dict(glossary),
        "amounts": amounts_in(lines, languages[0]) if languages[1] == "zh" else (),
    }
    return Question(
        "translation",
        "translate",
        values,
        fence,
        TRANSLATION_SCHEMA,
        TranslationAnswer,
        most_tokens,
    )


def amounts_in(lines: Sequence[str], lang: str) -> tuple[str, ...]:
    """The large sums and counts of foreign lines as they read in Chinese, each once.

    "$1.2 billion = 12 亿美元": models that translate well slip by tens and hundreds here.
    """
    if lang == "zh":
        return ()
    found = (number for line in lines for number in find_numbers(line, lang))
    told = (f"{one_line(one.text)} = {one.zh}" for one in found if not _LARGE.isdisjoint(one.zh))
    return tuple(dict.fromkeys(told))[:_AMOUNTS_SHOWN]


def _title(article: Article) -> str:
    """A title that speaks to a model is not shown to one."""
    return "" if is_instruction(article.title) else one_line(article.title)[:_TITLE_SHOWN]
