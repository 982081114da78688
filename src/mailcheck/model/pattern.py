"""Regular expressions that are compiled when they are first used.

Compiling one takes 0.1 to 1 ms, and a run uses a few of the hundreds that its modules hold: those of one template
language, of one kind of file, of the rules that apply. To a type checker `regex` is `re.compile`.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from re import compile as regex

    __all__ = ["regex"]
else:
    import re

    _METHODS = ("match", "search", "fullmatch", "finditer", "findall", "split", "sub", "subn", "flags", "groups",
                "groupindex")  # fmt: skip

    class _Pattern:
        """Stands for the compiled expression: the first use of any of its methods compiles it and puts them here."""

        def __init__(self, source, flags):
            self.pattern = source
            self._flags = flags

        def __getattr__(self, name):
            if name not in _METHODS:
                raise AttributeError(name)
            compiled = re.compile(self.pattern, self._flags)
            self.__dict__.update({each: getattr(compiled, each) for each in _METHODS})
            return self.__dict__[name]

        def __repr__(self):
            return f"regex({self.pattern!r})"

    def regex(source, flags=0):
        """As `re.compile`; an expression that is wrong is told at its first use."""
        return _Pattern(source, flags)

    __all__ = ["regex"]
