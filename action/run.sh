#!/usr/bin/env bash
# run.sh lint: lint the templates that changed. run.sh audit: audit the domains. Every input is an environment variable,
# and no word of one is ever read by the shell. The exit code is mailcheck's own.
set -uo pipefail

folder="${RUNNER_TEMP:?}"

# The lines of a text as `found`, without blanks around them; empty ones are left out.
lines() {
    local line
    found=()
    while IFS= read -r line || [ -n "$line" ]; do
        line="${line#"${line%%[![:space:]]*}"}"
        line="${line%"${line##*[![:space:]]}"}"
        if [ -n "$line" ]; then found+=("$line"); fi
    done <<<"$1"
}

common=()
if [ -n "${MAILCHECK_ACTION_CONFIG:-}" ]; then common+=("--config=$MAILCHECK_ACTION_CONFIG"); fi
judging=(${common[@]+"${common[@]}"})
if [ -n "${MAILCHECK_ACTION_FAIL_ON:-}" ]; then judging+=("--fail-on=$MAILCHECK_ACTION_FAIL_ON"); fi

# One run: annotations to the log, the whole list to the step summary, SARIF to a file that later steps may upload.
check() {
    local verb="$1" sarif="$folder/mailcheck-$1.sarif"
    shift
    rm -f "$sarif"
    mailcheck "$verb" --format=github --report="sarif=$sarif" ${judging[@]+"${judging[@]}"} "$@"
    local code=$?
    # After a wrong option or configuration there is no file, and nothing to upload.
    if [ -s "$sarif" ]; then echo "$verb-sarif=$sarif" >>"${GITHUB_OUTPUT:?}"; fi
    exit "$code"
}

nothing() {
    echo "::error title=mailcheck::nothing to do: $1"
    exit 2
}

# The revision since which things are new; empty where everything counts.
base() {
    local commit="${MAILCHECK_ACTION_BASE:-}"
    case "${MAILCHECK_ACTION_NEW_FROM:-auto}" in
        none) return ;;
        auto) ;;
        *)
            echo "$MAILCHECK_ACTION_NEW_FROM"
            return
            ;;
    esac
    # Zeros are GitHub's way to say that there was nothing before: the branch is new.
    if [[ ! "$commit" =~ ^[0-9a-f]{40,64}$ || "$commit" =~ ^0+$ ]]; then return; fi
    if ! git cat-file -e "$commit^{commit}" 2>/dev/null; then
        # actions/checkout fetches one commit; after a forced push, the one before may be gone.
        if ! git fetch --quiet --no-tags --depth=1 origin "$commit" >/dev/null 2>&1; then
            echo "::warning title=mailcheck::$commit could not be fetched, so every finding counts" >&2
            return
        fi
    fi
    echo "$commit"
}

case "${1:-}" in
    lint)
        lines "${MAILCHECK_ACTION_PATHS:-}"
        if [ "${#found[@]}" -gt 0 ]; then
            since=()
            revision="$(base)"
            if [ -n "$revision" ]; then since=("--new-from=$revision"); fi
            check lint --with-dependents ${since[@]+"${since[@]}"} -- "${found[@]}"
        fi
        if [ "${MAILCHECK_ACTION_AUDIT:-true}" != true ]; then nothing "no paths are given, and audit is off"; fi
        ;;
    audit)
        lines "${MAILCHECK_ACTION_DOMAINS//[[:space:]]/$'\n'}"
        if [ "${#found[@]}" -gt 0 ]; then check audit -- "${found[@]}"; fi
        configured="$(mailcheck config --format=json ${common[@]+"${common[@]}"})" || exit 2
        if python3 -c 'import json, sys; sys.exit(not json.load(sys.stdin)["domains"])' <<<"$configured"; then
            check audit
        fi
        lines "${MAILCHECK_ACTION_PATHS:-}"
        if [ "${#found[@]}" -eq 0 ]; then nothing "no paths are given, and no domain is given or configured"; fi
        ;;
    *) nothing "run.sh takes lint or audit" ;;
esac
