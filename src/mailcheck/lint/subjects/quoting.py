"""A stranger's text in a message: hidden characters by their numbers, long texts cut."""

from mailcheck.lint.subjects.characters import HIDDEN


def shown(text: str, most: int = 60) -> str:
    """The text on one line, in quotation marks of its own."""
    plain = "".join(
        f"<U+{ord(char):04X}>"
        if char in HIDDEN or "\ud800" <= char <= "\udfff" or not (char.isprintable() or char == " ")
        else char
        for char in text[: most + 1]
    )
    cut = "…" if len(text) > most else ""
    return f"“{plain if not cut else plain[:most]}{cut}”"


def numbers(text: str) -> str:
    """The characters of a text by their numbers: U+200B U+200D; the first few."""
    known = list(dict.fromkeys(f"U+{ord(char):04X}" for char in text))
    return " ".join(known[:4]) + (f" and {len(known) - 4} more" if len(known) > 4 else "")
