"""Which rules run."""

from mailcheck.model import registry
from mailcheck.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """The outcome of --select, --extend-select and --ignore: codes that run.

    Rules of status `preview` run only where they, or their family, are selected by name.
    """

    codes: frozenset[str]

    @classmethod
    def of(
        cls, select: tuple[str, ...] = (), extend: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
    ) -> "Selection":
        """Resolve selectors. A more exact selector wins over a family; ignore wins among equals.

        Raises UsageError for a word that names nothing.
        """
        chosen: dict[str, tuple[int, bool]] = {}
        stable = {entry.code: (0, True) for entry in registry.entries() if entry.status != "preview"}
        if not select:
            chosen |= stable
        for words, wanted in ((select + extend, True), (ignore, False)):
            for word in words:
                exactness = 0 if word.upper() == "ALL" else 1 if word.upper() in registry.families() else 2
                for entry in registry.matching(word):
                    if word.upper() == "ALL" and wanted and entry.status == "preview":
                        continue
                    if exactness >= chosen.get(entry.code, (0, False))[0]:
                        chosen[entry.code] = (exactness, wanted)
        return cls(frozenset(code for code, (_, wanted) in chosen.items() if wanted))

    def __contains__(self, code: object) -> bool:
        return code in self.codes
