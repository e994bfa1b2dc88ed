#!/bin/bash
# Runs npm test's suite, and the tests of the package and of plugins, on other versions of Node: bash scripts/node-matrix.sh [VERSION...]   (default: 22.12.0 and 26.10.0)
# env: SIGPACK_CACHE (default ~/.cache/sigpack) keeps the versions, which come as the npm package `node`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=${SIGPACK_CACHE:-$HOME/.cache/sigpack}
[ $# -gt 0 ] || set -- 22.12.0 26.10.0
node scripts/built.mjs
failed=()
for version in "$@"; do
  [[ $version =~ ^[0-9]+(\.[0-9]+){0,2}$ ]] || { echo "node-matrix: $version is not a version" >&2; exit 2; }
  home=$cache/node-$version
  node=$home/node_modules/node/bin/node
  if [ ! -x "$node" ]; then
    mkdir -p "$home"
    # its script fetches the program
    echo '{ "private": true, "allowScripts": { "node": true } }' >"$home/package.json"
    npm install --silent --no-audit --no-fund --prefix "$home" "node@$version" >/dev/null && [ -x "$node" ] || { echo "node-matrix: npm has no node@$version" >&2; exit 1; }
  fi
  echo "Node $("$node" --version)"
  # first in PATH: what the tests start runs on it, too
  tests() { PATH=$(dirname "$node"):$PATH "$node" node_modules/vitest/vitest.mjs run --reporter=dot "$@"; }
  { tests --project quick && tests --project slow test/package.test.ts test/plugin.test.ts; } || failed+=("$version")
done
[ ${#failed[@]} = 0 ] || { echo "node-matrix: the tests fail on ${failed[*]}" >&2; exit 1; }
