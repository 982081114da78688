#!/usr/bin/env bash
# Lint the templates that changed, audit the domains; every input is an environment variable, and no word of one is ever
# read by the shell. Exit codes are mailcheck's own: 2 wins over 1, and 1 over 3.
set -uo pipefail

summary="${RUNNER_TEMP:?}"
codes=()

# Lines, or words, of a variable as arguments; blank ones left out.
lines() {
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        line="${line#"${line%%[![:space:]]*}"}"
        line="${line%"${line##*[![:space:]]}"}"
        if [ -n "$line" ]; then found+=("$line"); fi
    done <<<"$1"
}

common=()
if [ -n "${MAILCHECK_ACTION_FAIL_ON:-}" ]; then common+=("--fail-on=$MAILCHECK_ACTION_FAIL_ON"); fi
if [ -n "${MAILCHECK_ACTION_CONFIG:-}" ]; then common+=("--config=$MAILCHECK_ACTION_CONFIG"); fi

# One run: annotations to the log, the whole list to the step summary, SARIF to a file that later steps may upload.
check() {
    local name="$1" sarif="$summary/mailcheck-$1.sarif"
    shift
    rm -f "$sarif"
    mailcheck "$name" --format=github --report="sarif=$sarif" ${common[@]+"${common[@]}"} "$@"
    local code=$?
    codes+=("$code")
    # After a wrong option or configuration there is no file, and nothing to upload.
    if [ -s "$sarif" ]; then echo "$name-sarif=$sarif" >>"${GITHUB_OUTPUT:?}"; fi
}

# The revision since which things are new; empty where everything counts.
base() {
    case "${MAILCHECK_ACTION_NEW_FROM:-auto}" in
        none) return ;;
        auto) ;;
        *) echo "$MAILCHECK_ACTION_NEW_FROM"; return ;;
    esac
    local commit="${MAILCHECK_ACTION_BASE:-}"
    # Forty zeros are GitHub's way to say that the branch is new.
    if [[ ! "$commit" =~ ^[0-9a-f]{40,64}$ || "$commit" =~ ^0+$ ]]; then return; fi
    if ! git cat-file -e "$commit^{commit}" 2>/dev/null; then
        # actions/checkout fetches one commit.
        git fetch --quiet --no-tags --depth=1 origin "$commit" >&2 || {
            echo "::warning title=mailcheck::$commit could not be fetched, so every finding counts" >&2
            return
        }
    fi
    echo "$commit"
}

found=()
lines "${MAILCHECK_ACTION_PATHS:-}"
if [ "${#found[@]}" -gt 0 ]; then
    paths=("${found[@]}")
    since=()
    revision="$(base)"
    if [ -n "$revision" ]; then since=("--new-from=$revision"); fi
    check lint --with-dependents ${since[@]+"${since[@]}"} -- "${paths[@]}"
fi

if [ "${MAILCHECK_ACTION_AUDIT:-true}" = true ]; then
    found=()
    lines "${MAILCHECK_ACTION_DOMAINS//[[:space:]]/$'\n'}"
    # Without a domain here or in the configuration there is nothing to audit.
    if [ "${#found[@]}" -gt 0 ]; then
        check audit -- "${found[@]}"
    elif mailcheck config --format=json ${MAILCHECK_ACTION_CONFIG:+"--config=$MAILCHECK_ACTION_CONFIG"} |
        python3 -c 'import json, sys; sys.exit(not json.load(sys.stdin)["domains"])' 2>/dev/null; then
        check audit
    fi
fi

if [ "${#codes[@]}" -eq 0 ]; then
    echo "::error title=mailcheck::nothing to do: no paths are given, and no domain is given or configured"
    exit 2
fi
for worst in 2 1 3 0; do
    for code in "${codes[@]}"; do
        if [ "$code" -eq "$worst" ]; then exit "$worst"; fi
    done
done
# Interrupted, or killed.
exit "${codes[0]}"
