"""Small letters for looking up what a pattern found that ignores case."""

# Such patterns take these four for the letters of ASCII that they look like.
_LIKE_ASCII = str.maketrans({"\u017f": "s", "\u0130": "i", "\u0131": "i", "\u212a": "k"})


def small(found: str) -> str:
    """`found` in small letters, those for the letters that patterns take for ASCII's as well.

    As many characters as before. `str.lower` alone leaves "ſ" and makes two of "İ", and a table
    that has every word of the pattern had none of them.
    """
    return found.translate(_LIKE_ASCII).lower()
