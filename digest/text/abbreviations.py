"""Words whose full stop seldom or never ends a sentence, by language."""

from digest.text.vocabulary import word_set

NEVER_LAST = word_set(
    "mr mrs ms dr prof gen sen sens rep reps gov govs lt col capt sgt rev hon pres supt",
    "messrs mme mlle st mt ft e.g i.e eg ie cf vs v viz fig figs eq eqs sec ch vol pp ed eds",
    "al approx ca incl excl esp resp dept govt univ assn bros tel ext art ver rs",
)
"""Of every language: titles and words that point forward."""

SELDOM_LAST = word_set(
    "inc ltd corp co plc llc jr sr phd ph.d m.d d.c u.s u.k u.n e.u u.s.a etc est ave blvd rd",
    "jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat",
    "sun b.c a.d b.a m.a b.s m.s n.y l.a s.a a.i a.m p.m",
)
"""The sentence ends after these only where the next word opens one."""

BEFORE_DIGITS = word_set(
    "no nos p pg art cap fig vol jan feb mar apr jun jul aug sep sept oct nov dec s str nr",
    "рис стр гл ст núm pág n°",
)
"""Never last where a number follows."""

OF_LANGUAGE = {
    "de": word_set(
        "z b u a d h hr fr frl fa bzw ggf evtl inkl zzgl vgl str abs bd nr usw z.b u.a d.h o.ä",
        "sog geb gest jh st dipl ing mio mrd",
    ),
    "fr": word_set("m mm mgr av apr env éd n° cf j.-c bd p"),
    "es": word_set("sr sra srta sres d dña ud uds ee uu ee.uu núm pág avda av aprox p.ej"),
    "it": word_set("sig sigg dott prof avv ing on es ecc pag art"),
    "pt": word_set("sr sra srs sras d exmo av r pág núm ex"),
    "nl": word_set("dhr mevr mw mr drs ir bv bijv nr blz o.a d.w.z ca"),
    "sv": word_set("t.ex bl.a d.v.s ca nr s.k fr.o.m t.o.m"),
    "ru": word_set(
        "ул г гг рис стр см т д е п руб тыс млн млрд им проф акад в вв обл р пр др н э ст"
    ),
    "uk": word_set("вул м рис стор див т д е п грн тис млн млрд ім проф р рр"),
    "pl": word_set("r np ul prof dr inż mgr tzn tj tzw nr str al św m.in"),
    "tr": word_set("dr prof doç av cad sok no vb"),
}
"""Never last in that language, except before one of its `STARTERS`."""

ORDINALS = frozenset({"de", "da", "no", "nb", "nn", "fi", "cs", "sk", "hu", "et", "sl", "hr"})
"""Languages that write "3." for "third"."""

STARTERS = word_set(
    "The A An In On At It Its It's He She We They I You This That These Those There Here But",
    "And So Yet Or If When While As After Before Since For From With Without By To Of However",
    "Meanwhile Moreover Also Although Though Despite During Under Over According Some Many",
    "Most All Both Each Every One Two Three Our Their His Her My Your What Who How Why Where",
    "Which Then Now Today Still Even Once Until Because Instead Earlier Later Last Next",
    "Another Such No Not Other Others Let's Let Users Researchers Officials Analysts Experts",
    "Tickets Er Sie Es Wir Ihr Der Die Das Ein Eine Und Aber Oder Doch Dort Da Dann Danach",
    "Heute Auch Im Am Bei Mit Nach Nicht Seit Von Zu Il Elle Ils Elles Le La Les Un Une Mais",
    "Et Ce C'est On El Los Las Pero Y Europa Ella Ellos En Potem Nie Ona On Там Она Он Они Но",
    "И В На Это Их Как",
)
"""Words that, with a capital, open a sentence after an abbreviation."""

ZONES = word_set(
    "ET EST EDT PT PST PDT CT CST CDT MT GMT UTC BST CET CEST IST JST KST HKT AEST ",
    "Eastern Pacific Central Mountain",
)
"""What follows "5 p.m." without ending the sentence, beside days and months."""

BRANDS = word_set("yahoo joomla jeopardy yum wham airplane jackass oliver")
"""Names written with an exclamation mark."""

CODE = word_set(
    "asyncio threading system console math json java javax org com net io app self this std",
    "os sys collections pandas numpy torch react window document object string array logging",
    "datetime pathlib typing random socket vue angular node django flask spring android",
    "kotlin swift http fmt time context sync unittest pytest functools itertools dataclasses",
    "multiprocessing ssl re",
)
"""Modules before the dot of a name ("asyncio.Queue"), which ends no sentence."""

DOMAINS = word_set("com org net io ai dev co gov edu app tech info")
"""Endings of addresses that some write with a capital."""
