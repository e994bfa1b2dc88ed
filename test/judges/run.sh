#!/bin/bash
# npm run test:judges: the judges named, such as: run.sh graylog lucene; without a name all of them. See run.ts.
cd "$(dirname "$0")/../.." || exit
[ -x node_modules/.bin/node ] || { echo 'missing: node_modules; run npm ci' >&2; exit 2; }
export PATH="$PWD/node_modules/.bin:$PATH"
exec node_modules/.bin/node test/judges/run.ts "$@"
