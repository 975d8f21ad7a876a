# Makes .venv and installs what pyproject.toml asks for, once, and again when that file changed.
# Sourced by scripts/bot and scripts/test:  ready_environment run|dev
# A mark in .venv says for which pyproject.toml it is complete; whatever fails takes .venv with it,
# so that there is never a half-made one.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python="$root/.venv/bin/python"

fail() {
    echo "$1" >&2
    exit 2
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "No Python 3.11 or newer on the PATH: install one (python.org, or your system's packages) and try again."
}

install() { # install BASE TARGET: with the python BASE into a new .venv, by uv where there is one
    rm -rf "$root/.venv"
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$1" "$root/.venv" &&
            uv pip install --quiet --python "$python" -e "$2"
    else
        "$1" -m venv "$root/.venv" &&
            "$python" -m pip install --quiet --disable-pip-version-check -e "$2"
    fi
}

ready_environment() { # ready_environment run|dev
    local kind wanted mark base target log
    kind=$1
    [ -e "$root/.venv/.complete-dev" ] && kind=dev # a developer's environment stays one
    wanted=$(cksum <"$root/pyproject.toml")
    mark="$root/.venv/.complete-$kind"
    [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ] && return
    if command -v flock >/dev/null; then # two first runs at once: the second waits for the first
        exec 9>"$root/.venv.lock"
        flock 9
        [ -e "$root/.venv/.complete-dev" ] && kind=dev
        mark="$root/.venv/.complete-$kind"
        [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ] && return
    fi
    base=$(find_python) || exit 2
    target="$root"
    [ "$kind" = dev ] && target="$root[dev]"
    echo "Setting up .venv from pyproject.toml ($kind); this takes a minute and happens once." >&2
    log=$(mktemp)
    if ! install "$base" "$target" >"$log" 2>&1; then
        rm -rf "$root/.venv"
        tail -n 5 "$log" >&2
        rm -f "$log"
        fail "Setting up .venv failed (last lines above) and was undone: check the network and the disk, on Debian also that python3-venv is installed, then try again."
    fi
    rm -f "$log"
    printf '%s\n' "$wanted" >"$mark"
}
