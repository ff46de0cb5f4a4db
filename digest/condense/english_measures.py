"""What a number measures in an English text."""

import re

from digest.condense.known_measures import (
    BREAKS,
    CLAUSE,
    GENERIC,
    MEASURES,
    MOVED,
    NEAR,
    STOP,
    SYMBOLS,
    clause_before,
    is_noun,
    known_measure,
    with_nouns,
)
from digest.regexes import regex
from digest.text.numbers import FoundNumber
from digest.text.vocabulary import word_set

_ADVERBS = regex(
    r"(?:\s|\b(?:about|around|nearly|roughly|almost|over|more than|less than|at least|up to|just"
    r"|only|some|as much as|an?|the|estimated|record|by|to|of|at|was|is|are|were|be|been|has|have"
    r"|had|reached|hit|totall?ed|averag(?:ed|es)|still|now|further|another|globally|sharply|slightly"
    r"|significantly|steadily|will|would|could|may|its|their|his|her)\b)+$",
    re.IGNORECASE,
)
_LINKED = regex(r"\b(?:of|at|to|by|was|is|are|were|reached|hit|totall?ed)\b", re.IGNORECASE)
_SHARE_OF = regex(r"\s(of (?:(?:the|all|its|their|our|those|these|his|her) )*)")
_MOVE_IN = regex(
    r"\s(?:increase|rise|jump|gain|growth|surge|boost|improvement|drop|fall|decline|decrease|cut"
    r"|reduction|slump|hike|plunge|slide|tumble|spike|climb|dip|slowdown|uptick|downturn)s?"
    r" (?:in|of|to) (?:(?:the|its|their|our|his|her) )*",
    re.IGNORECASE,
)
_MORE_OF = regex(r"\s(?:higher|lower) (?=[a-zA-Z])")  # 17% higher revenue
_TIMES_THE = regex(r" (?:the|its|their) ")  # ten times the speed
_MONEY_VERB = regex(
    r"\b(priced at|starting at|starts at|valued at|fined|raised|paid|pays|spent"
    r"|invest(?:ed|ing)?|sold for|auctioned for)"
    r" (?:about |around |nearly |over |more than |up to |just |only |an? |as much as |roughly "
    r"|another |at least |some |approximately |almost )*$",
    re.IGNORECASE,
)
_SUMS = (
    r"funding|revenue|sales|loss|profits?|investment|valuation|fine|fines|damages|debt|savings|losses"
    r"|loan|loans|contract|deal|acquisition|budget|bond|bonds|grant|grants|settlement|bonus"
    r"|deficit|surplus|bail|bailout|compensation|prize|fee|fees|penalty|takeover|bid|income"
    r"|financing|tax|taxes|aid|credits|refunds|donations|offerings|subsidies|subsidy|reward"
)
_MONEY_AFTER = regex(
    r"[\s-](?:(?:in|of|off|from|worth of) (?:(?:the|its|their|his|her|our) )?)?"
    # "$122 billion at a valuation of …": what follows a preposition is another sum's.
    r"((?:(?!(?:at|on|to|by|for|with|before|after|and|or|as|per|a|an|the|its|their|his|her|our|than"
    r"|that|against|during|over|under|plus|when|while|if|but) )[a-z][a-z\-]* |Series [A-Z] ){0,2}?"
    r"(?:market value|market cap(?:itali[sz]ation)?|"
    + _SUMS
    + r"|cash|shares|stock|dividends?|offer|round|market|industry|project|price tag))\b",
)
# "a grant of $480,000", "fees of about $1.8 million", "offerings worth $60 million".
_MONEY_OF = regex(
    rf"(?<![\w'’\-])((?:[a-z][a-z\-]{{2,}} )?(?:{_SUMS}|price|cost|salary|value|round))"
    r" (?:of|worth|totall?ing|that totall?ed)"
    r" (?:about |around |nearly |over |more than |up to |roughly |at least |almost |just )*$"
)
# "lifted revenue 15% to $1.07 billion": the sum is of what rose.
_TO_SUM = regex(r"(?: by)? \d[\d.,]*(?:%| per ?cent) to (?:about |around |nearly |just )?$")
_ENGLISH_WORD = regex(r"[A-Za-z][\w'’\-]*")
_AUXILIARY = regex(r"\b(?:will|would|can|could|may|might|must|should|to|towards?|into|not) $")
# "I listen at 2x": a verb. "the cost of a small LED bulb": the bulb is not what fell.
_DOING = regex(r"\b(?:I|[Yy]ou|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Ii]t|who) (?:\w+ )?$")
_LED_BY = regex(
    r"\b(?:of|in|for|with|from|on|by|at|about|against|among|between) (?:[\w'’\-]+ ){0,6}$"
)
_VERBS_OF_MONEY = word_set("raised invested valued priced fined paid spent")
_OWN_NOUNS = regex(
    r" (?!(?:(?:on|by|for|last|this|next|late|early|over|year|each|more|less) ))"
    r"(?:[a-z\-]+ ){0,3}(?:plan|program(?:me)?|cut|reduction|scheme|package|initiative|target)s?\b"
)
_SPENDING = regex(
    r"costs? (?:it |them |him |her |the \w+ )?(?:about |around |nearly |over |more than "
    r"|up to |just |only )?",
    re.IGNORECASE,
)
_WAS = regex(
    r"^ (?:for|in) [^,]*\b(?:was|were|reached|hit|totall?ed|came to|stood at)"
    r"(?: about| around| nearly| over| just)? $"
)
_MOST_NOUNS = 3
_LAST_NOUN = regex(
    r"(?:(?<![\w'’\-])[A-Za-z][a-z\-]+ )?(?<![\w'’\-])(?:[a-z]|(?<!\w )[A-Z])[a-z\-]{2,}$"
)
_PHYSICAL = word_set("battery range speed capacity weight power latency throughput output")
_RATES = frozenset({"percent", "points", "multiple", "money", "change"})
_COUNTED = _PHYSICAL | word_set(
    "users customers subscribers downloads parameters accuracy battery"
)


def in_english(text: str, number: FoundNumber) -> str:
    """What `number` measures, an English stretch of `text` near it; "" when nothing says it."""
    after = text[number.end : number.end + 60]
    if number.kind == "multiple" and (times := _TIMES_THE.match(after)):
        found = _nouns(after, times.end())
        return "" if found in {"amount", "number", "size", "level", "rate"} else found
    if number.kind in {"percent", "multiple", "points"}:
        moved = _MOVE_IN.match(after) or _MORE_OF.match(after)
        found = _nouns(after, moved.end()) if moved else _share(after)
        if found or moved:
            return found
    if number.kind == "money":
        return _priced(text, number) or _known_near(text, number)
    if number.kind in _RATES:
        return _known_near(text, number) or _subject(text, number)
    if number.unit in SYMBOLS:
        known = known_measure(text, number.start, number.end)
        return known if known.split(" ")[-1] in _PHYSICAL else ""
    return ""  # what is counted follows it, named or not


def _share(after: str) -> str:
    """What it is a share of ("of parents", "of the domestic market"), whole or nothing."""
    share = _SHARE_OF.match(after)
    if not share:
        return ""
    nouns = _nouns(after, share.end())
    return share.group(1) + nouns if nouns else ""


def _nouns(text: str, start: int) -> str:
    """The nouns from `start` on up to a word that cannot belong to them; "" when none ends."""
    end, count = start, 0
    for match in _ENGLISH_WORD.finditer(text, start):
        between = text[end : match.start()]
        word = match.group()
        if between.strip() or (count and between != " "):
            break
        if word.lower() in BREAKS or (count and re.search(r"(?:ed|ly)$", word)):
            break
        if count == _MOST_NOUNS:
            return ""
        end, count = match.end(), count + 1
        if word.endswith("s") and not word.endswith(("ss", "'s", "’s", "us", "is")):
            break
    else:
        if text[end : end + 1] not in {"", ".", ",", ";", ":", ")", "?", "!"}:
            return ""
    found = text[start:end]
    return found if count and found.lower() not in GENERIC | STOP else ""


def _priced(text: str, number: FoundNumber) -> str:
    after = _MONEY_AFTER.match(text, number.end)
    if after:
        return _whole_nouns(after.group(1))
    before = text[max(0, number.start - 2 * NEAR) : number.start]
    if named := _MONEY_OF.search(before):
        return _whole_nouns(named.group(1))
    if risen := _TO_SUM.search(before):
        clause = CLAUSE.split(before[: risen.start()])[-1]
        known = [it for it in MEASURES.finditer(clause) if _pays(it.group())]
        return with_nouns(clause, known[-1]) if known else ""
    verb = _MONEY_VERB.search(before[-NEAR:])
    return verb.group(1) if verb else ""


def _whole_nouns(words: str) -> str:
    """The nouns at the end of `words`, without what only leads to them."""
    kept = words.split(" ")
    while len(kept) > 1 and kept[0][0].islower() and not _leads_noun(kept[0]):
        kept.pop(0)
    return " ".join(kept)


def _leads_noun(word: str) -> bool:
    return is_noun(word) or bool(re.fullmatch(_SUMS, word))


def _pays(measure: str) -> bool:
    """Whether a sum of money can be that measure: users are counted, speed is no price."""
    return measure.lower() not in _COUNTED


def _known_near(text: str, number: FoundNumber) -> str:
    """A known measure of the clause that no other number and no other clause stands between."""
    clause = clause_before(text, number.start)
    found = list(MEASURES.finditer(clause))
    if not found or (number.kind == "money" and not _pays(found[-1].group())):
        return ""
    if _OWN_NOUNS.match(text, number.end):
        return ""  # "a profit target predicated on a $1 billion cost cut": its own noun follows
    if number.kind != "money" and found[-1].group().lower() in _VERBS_OF_MONEY | {"fine", "fines"}:
        return ""  # "saturation is raised to 100%"
    between = clause[found[-1].end() :]
    if _SPENDING.fullmatch(found[-1].group() + between):
        return ""  # "costs $1,149" says no more than the sum
    if found[0].start() == 0 and _WAS.search(between) and not re.search(r"\d", between):
        return with_nouns(clause, found[0])  # "Revenue for the quarter was $2.36 billion"
    apart = re.search(r"\d|\b(?:and|while|with|that|which|who|as|for|after|but|when)\b", between)
    return "" if apart else with_nouns(clause, found[-1])


def _subject(text: str, number: FoundNumber) -> str:
    """The noun before "rose 5%", "of 9.7%" or "is 12%", with the noun that it is "of"."""
    clause = clause_before(text, number.start)
    bare = _ADVERBS.sub("", clause)
    linked = bool(_LINKED.search(clause[len(bare) :]))
    rest = MOVED.sub("", bare)
    if rest == bare and not linked:
        return ""
    noun = _LAST_NOUN.search(_ADVERBS.sub("", rest).rstrip())
    led = clause[: noun.start()] + noun.group().split(" ")[0] + " " if noun else ""
    if _AUXILIARY.search(led) or (noun and _AUXILIARY.search(clause[: noun.start()])):
        return ""  # "it will run at 92%": what is done, not what is measured
    # Only the sentence's first word may have a capital ("False alarms fell by 90%").
    if not noun or not (noun.group().islower() or text.startswith(noun.group())):
        return ""
    before = clause[: noun.start()].rstrip()
    words = [word for word in noun.group().split(" ") if is_noun(word.lower())]
    whole = words and words[-1] == noun.group().split(" ")[-1]
    # "Indian economy": not without its name.
    if not whole or re.search(r"\ban?$|[A-Z][a-z]+$", before):
        return ""
    whole_clause = CLAUSE.split(text[max(0, number.start - 3 * NEAR) : number.start])[-1]
    ahead = whole_clause[: len(whole_clause) - len(clause) + noun.start()]
    if _DOING.search(led) or _LED_BY.search(ahead):
        return ""
    return " ".join(words)
