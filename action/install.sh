#!/usr/bin/env bash
# Install mailcheck from the action's own checkout into an environment of its own: the version is that of `uses:`.
set -euo pipefail

python="${MAILCHECK_ACTION_PYTHON:-python3}"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "::error title=mailcheck::Python 3.11 or later is needed; run actions/setup-python before this action"
    exit 2
fi
environment="${RUNNER_TEMP:?}/mailcheck-environment"
"$python" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check "${GITHUB_ACTION_PATH:?}"
echo "$environment/bin" >>"${GITHUB_PATH:?}"
