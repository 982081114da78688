"""Completion scripts. Everything in them is our own: verbs, options, choices, rules."""

from argparse import Action
from collections.abc import Iterable

from mailcheck.cli.options import Parser
from mailcheck.model import registry
from mailcheck.model.value import dataclass

PROGRAMS = ("mailcheck", "mailcheck-cli")


@dataclass(frozen=True, slots=True)
class Option:
    """One option or positional: its strings, whether a word follows, and what that word may be."""

    flags: tuple[str, ...]
    takes: bool
    words: tuple[str, ...]
    files: bool
    about: str

    @classmethod
    def of(cls, action: Action) -> "Option":
        """From the parser's action."""
        metavar = str(action.metavar or "")
        words = tuple(str(choice) for choice in action.choices or ())
        if action.dest == "report":
            # The path comes after the equals sign.
            from mailcheck.report import FORMATS

            words = tuple(f"{name}=" for name in FORMATS)
        elif metavar in {"RULES", "SELECTOR", "CODE|NAME"}:
            words = _rules(families=metavar != "CODE|NAME")
        files = metavar.startswith("FILE") or metavar == "PATH"
        return cls(tuple(action.option_strings), action.nargs != 0, words, files, action.help or "")


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its options, what its positional words may be, and whether they name files."""

    name: str
    about: str
    options: tuple[Option, ...]
    words: tuple[str, ...]
    files: bool

    @classmethod
    def of(cls, name: str, parser: Parser) -> "Verb":
        """From the verb's parser."""
        actions = dict.fromkeys(parser.options().values())
        positionals = [Option.of(action) for action in parser.positionals()]
        about = (parser.description or "").partition("\n")[0].removesuffix(".")
        return cls(
            name,
            about,
            tuple(Option.of(each) for each in actions),
            tuple(w for each in positionals for w in each.words),
            any(each.files for each in positionals),
        )


def _rules(*, families: bool) -> tuple[str, ...]:
    codes = [word for entry in registry.entries() for word in (entry.code, entry.name)]
    return (*(["ALL", *registry.families()] if families else []), *codes)


def script(shell: str, verbs: list[Verb]) -> str:
    """The completion script for bash, zsh or fish."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](verbs)


def _taking(verbs: list[Verb]) -> list[str]:
    return list(dict.fromkeys(flag for verb in verbs for each in verb.options if each.takes for flag in each.flags))


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(pattern, value) pairs as (all patterns of the value, value)."""
    patterns: dict[str, list[str]] = {}
    for pattern, value in pairs:
        patterns.setdefault(value, []).append(pattern)
    return [("|".join(each), value) for value, each in patterns.items()]


_BASH = """\
# Completion of mailcheck for bash. In ~/.bashrc: source <(mailcheck completion bash)
_mailcheck() {{
    local IFS=$' \\t\\n' cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} verb= word i
    COMPREPLY=()
    # bash takes --format=json apart into three words, and --report json=FILE into four.
    if [[ $cur == "=" && ${{COMP_WORDS[COMP_CWORD-2]}} == --report ]]; then
        cur=
        _mailcheck_files
        return
    elif [[ $prev == "=" && ${{COMP_WORDS[COMP_CWORD-3]}} == --report ]]; then
        _mailcheck_files
        return
    elif [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        case $word in
            {taking}) [[ ${{COMP_WORDS[i+1]}} == "=" ]] && ((i++)); ((i++)) ;;
            -*|=) ;;
            {verbs}) verb=$word; break ;;
            *) verb=audit; break ;;
        esac
    done
    case "${{verb:-audit}} $prev" in
{values}
    esac
    if [[ $cur == -* ]]; then
        case ${{verb:-audit}} in
{options}
        esac
    else
        case $verb in
            "") _mailcheck_words "{words}" ;;
{positionals}
        esac
    fi
}}
_mailcheck_words() {{ COMPREPLY=($(compgen -W "$1" -- "$cur")); }}
_mailcheck_files() {{
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
}}
complete -F _mailcheck {programs}
"""


def _bash(verbs: list[Verb]) -> str:
    def action(option: Option) -> str:
        if option.files:
            return "_mailcheck_files; return"
        if option.words and option.words[0].endswith("="):
            return f'compopt -o nospace 2>/dev/null; _mailcheck_words "{" ".join(option.words)}"; return'
        return f'_mailcheck_words "{" ".join(option.words)}"; return' if option.words else "return"

    values = _grouped(
        (f'"{verb.name} {flag}"', action(each))
        for verb in verbs
        for each in verb.options
        if each.takes
        for flag in each.flags
    )
    listed = [(verb.name, " ".join(flag for each in verb.options for flag in each.flags)) for verb in verbs]
    return _BASH.format(
        taking="|".join(_taking(verbs)),
        verbs="|".join(verb.name for verb in verbs),
        values="\n".join(f"        {pattern}) {value} ;;" for pattern, value in values),
        options="\n".join(f'            {name}) _mailcheck_words "{flags}" ;;' for name, flags in listed),
        words=" ".join(verb.name for verb in verbs),
        positionals="\n".join(
            f"            {verb.name}) {_bash_words(verb)} ;;" for verb in verbs if verb.words or verb.files
        ),
        programs=" ".join(PROGRAMS),
    )


def _bash_words(verb: Verb) -> str:
    return f'_mailcheck_words "{" ".join(verb.words)}"' if verb.words else "_mailcheck_files"


_ZSH = """\
#compdef {programs}
# Completion of mailcheck for zsh. In ~/.zshrc, after compinit: source <(mailcheck completion zsh)
_mailcheck() {{
    local verb= i
    for ((i = 2; i < CURRENT; i++)); do
        case $words[i] in
            ({taking}) ((i++)) ;;
            (-*) ;;
            ({verbs}) verb=$words[i]; break ;;
            (*) verb=audit; break ;;
        esac
    done
    case $verb in
{cases}
    esac
}}
if [[ $funcstack[1] == _mailcheck ]]; then
    _mailcheck "$@"
else
    compdef _mailcheck {programs}
fi
"""


def _zsh(verbs: list[Verb]) -> str:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "'\\''") + "'"

    def about(text: str) -> str:
        return "".join(f"\\{char}" if char in "[]:\\" else char for char in text)

    def spec(option: Option, flag: str) -> str:
        if not option.takes:
            return quoted(f"{flag}[{about(option.about)}]")
        action = "_files" if option.files else f"({' '.join(option.words)})" if option.words else " "
        if option.words and option.words[0].endswith("="):
            action = f"compadd -S '' -- {' '.join(option.words)}"
        name = flag.lstrip("-")
        return quoted(f"*{flag}{'=' if flag.startswith('--') else ''}[{about(option.about)}]:{name}:{action}")

    def case(pattern: str, verb: Verb, words: tuple[str, ...]) -> str:
        specs = [spec(each, flag) for each in verb.options for flag in each.flags]
        nothing = "*:file:_files" if verb.files else "*:domain: "
        specs.append(quoted(f"*:argument:({' '.join(words)})" if words else nothing))
        return f"        ({pattern}) _arguments \\\n" + " \\\n".join(f"            {each}" for each in specs) + " ;;"

    cases = [case(verb.name, verb, verb.words) for verb in verbs]
    cases.append(case("*", verbs[0], tuple(verb.name for verb in verbs)))
    return _ZSH.format(
        programs=" ".join(PROGRAMS),
        taking="|".join(_taking(verbs)),
        verbs="|".join(verb.name for verb in verbs),
        cases="\n".join(cases),
    )


def _fish(verbs: list[Verb]) -> str:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    others = " ".join(verb.name for verb in verbs[1:])
    lines = [
        "# Completion of mailcheck for fish: mailcheck completion fish > ~/.config/fish/completions/mailcheck.fish",
        "complete -c mailcheck -f",
    ]
    lines += [
        f"complete -c mailcheck -n __fish_use_subcommand -a {verb.name} -d {quoted(verb.about)}" for verb in verbs
    ]
    for verb in verbs:
        seen = f"__fish_seen_subcommand_from {verb.name}"
        # A bare domain means audit, so its options are offered wherever no other verb stands.
        when = quoted(seen if verb is not verbs[0] else f"not __fish_seen_subcommand_from {others}")
        for each in verb.options:
            names = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in each.flags)
            value = " -r -F" if each.files else " -x" if each.takes else ""
            value += f" -a {quoted(' '.join(each.words))}" if each.words else ""
            lines.append(f"complete -c mailcheck -n {when} {names}{value} -d {quoted(each.about)}")
        if verb.words:
            lines.append(f"complete -c mailcheck -n {when} -a {quoted(' '.join(verb.words))}")
        elif verb.files:
            lines.append(f"complete -c mailcheck -n {when} -F")
    lines += [f"complete -c {program} -w {PROGRAMS[0]}" for program in PROGRAMS[1:]]
    return "\n".join(lines) + "\n"
