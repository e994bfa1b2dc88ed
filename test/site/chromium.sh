#!/bin/bash
# Installs Debian's Chromium for npm run test:site, where there is no browser. Needs root.
# env: SIGPACK_CHROMIUM names another browser
set -euo pipefail
[ -z "${SIGPACK_CHROMIUM:-}" ] || exit 0
for name in chromium chromium-browser google-chrome google-chrome-stable; do [ ! -x "/usr/bin/$name" ] || exit 0; done
fail() { echo "the tests of the site need Chromium: $*; or set SIGPACK_CHROMIUM to a browser" >&2; exit 1; }
command -v apt-get >/dev/null || fail 'install it'
[ "$(id -u)" = 0 ] || fail 'run this as root, or apt-get install chromium'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-install-recommends chromium >"$log" 2>&1; }
echo 'installing Chromium for the tests of the site'
install || { apt-get update -q >/dev/null && install; } || fail "apt-get says: $(tail -3 "$log")"
