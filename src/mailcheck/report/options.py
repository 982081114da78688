"""What a writer may be told."""

from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """`width` in columns; `color` and `unicode` only for the terminal; `verbose` lists what passed too.

    `room` is how many octets a Markdown report may take (None: as many characters as a comment on GitHub). `elsewhere`
    says that the whole list is written to a step summary as well.
    """

    color: bool = False
    unicode: bool = True
    width: int = 80
    verbose: bool = False
    quiet: bool = False
    statistics: bool = False
    room: int | None = None
    elsewhere: bool = False
