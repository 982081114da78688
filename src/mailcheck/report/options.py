"""What a writer may be told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """`width` in columns; `color` and `unicode` only for the terminal; `verbose` lists what passed too."""

    color: bool = False
    unicode: bool = True
    width: int = 80
    verbose: bool = False
    quiet: bool = False
    statistics: bool = False
