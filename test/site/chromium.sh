#!/bin/bash
# Installs the engine of Debian's Chromium for npm run test:site, or all of Chromium where Debian does not have
# the engine alone. Needs root where there is no browser.
# env: SIGPACK_CHROMIUM names another browser
set -euo pipefail
[ -z "${SIGPACK_CHROMIUM:-}" ] || exit 0
[ ! -x /usr/bin/chromium-headless-shell ] || exit 0
browser=
for name in chromium chromium-browser google-chrome google-chrome-stable; do [ ! -x "/usr/bin/$name" ] || browser=$name; done
fail() {
  [ -z "$browser" ] || { echo "the tests of the site run in $browser"; exit 0; }
  echo "the tests of the site need Chromium: $*; or set SIGPACK_CHROMIUM to a browser" >&2
  exit 1
}
command -v apt-get >/dev/null || fail 'install it'
[ "$(id -u)" = 0 ] || fail 'run this as root, or apt-get install chromium'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# a browser that is there stays, although the engine shares files of its version
install() { apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends --no-remove "$1" >"$log" 2>&1; }
echo 'installing Chromium for the tests of the site'
install chromium-headless-shell && exit 0
apt-get update -q >/dev/null 2>&1 || fail 'apt-get update fails'
install chromium-headless-shell && exit 0
[ -z "$browser" ] || fail
install chromium || fail "apt-get says: $(tail -3 "$log")"
