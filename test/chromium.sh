#!/bin/bash
# npm test: sees to the Chromium that the tests of the site run in; installs Debian's where there is none.
# env: SIGPACK_CHROMIUM names another browser
set -euo pipefail
[ -z "${SIGPACK_CHROMIUM:-}" ] || exit 0
for name in chromium chromium-browser google-chrome google-chrome-stable; do [ ! -x "/usr/bin/$name" ] || exit 0; done
fail() { echo "the tests of the site need Chromium: $*; set SIGPACK_CHROMIUM to a browser" >&2; exit 1; }
command -v apt-get >/dev/null || fail 'install it'
[ "$(id -u)" = 0 ] || fail 'install it (apt-get install chromium)'
echo 'installing Chromium for the tests of the site'
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-install-recommends chromium >/tmp/sigpack-chromium.log 2>&1; }
install || { apt-get update -q >/dev/null && install; } || fail "apt-get says: $(tail -3 /tmp/sigpack-chromium.log)"
