"""The colours of what we draw, those of the pages."""

from dataclasses import dataclass

from digest.pictures import Tone


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, those of the pages."""

    paper: str
    ink: str
    soft: str
    line: str
    tones: dict[Tone, str]


LIGHT = Palette(
    "#fbfaf7",
    "#1d1c1a",
    "#5d5952",
    "#dcd7cc",
    {
        Tone.MAIN: "#a2301d",
        Tone.SOFT: "#968e80",
        Tone.GOOD: "#2f6b45",
        Tone.WARN: "#b07a12",
        Tone.BAD: "#33415c",
    },
)
DARK = Palette(
    "#141517",
    "#e6e3dc",
    "#a9a49a",
    "#3a3b40",
    {
        Tone.MAIN: "#f09478",
        Tone.SOFT: "#8d8e96",
        Tone.GOOD: "#86c79c",
        Tone.WARN: "#e0b15c",
        Tone.BAD: "#9db4e0",
    },
)
