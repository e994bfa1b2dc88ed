#!/bin/bash
# npm run test:judges: builds packs of the starter rules and of the corpus and puts them before the real judges.
# usage: run.sh [appinspect] [graylog] [opensearch] [lucene] [watcher] [grep] [proof] [history] [install] [sigma-cli]   default: all; needs test/judges/setup.sh to have run
# env: SIGPACK_CACHE, SIGPACK_SHARED, GRAYLOG_VERSIONS
set -uo pipefail
cd "$(dirname "$0")/../.."
shared=${SIGPACK_SHARED:-../shared}
cache=${SIGPACK_CACHE:-$HOME/.cache/sigpack}
out=dist/judges
judges=("$@")
[ $# -gt 0 ] || judges=(appinspect graylog opensearch lucene watcher grep proof history install sigma-cli)
folders=("$shared/corpus/rules" "$shared/corpus/rules-emerging-threats" "$shared/corpus/rules-threat-hunting")
failed=0
sigpack() { node dist/lib/cli/main.js "$@"; }

# rules that a target can't express make the exit code 1; a usage or internal error is another one
build() { sigpack build "$@" >/dev/null 2>&1; local code=$?; [ $code -le 1 ] || { echo "build $* failed with $code"; exit 1; }; }

rm -rf "$out"
build rules -o "$out/starter"
build "${folders[@]}" -o "$out/corpus"
# every seventh rule: 500 and some of all kinds
mapfile -t some < <(find "${folders[@]}" -name '*.yml' | LC_ALL=C sort | awk 'NR % 7 == 0')
build "${some[@]:0:500}" -o "$out/some" -t graylog
# through the built-in pipelines
build "${folders[@]}" -p splunk -t splunk -o "$out/processed"
build "${some[@]:0:100}" -p graylog -t graylog -o "$out/some-processed"

for judge in "${judges[@]}"; do
  echo "== $judge"
  case $judge in
    appinspect) bash test/judges/appinspect.sh "$out"/starter/*.spl "$out"/corpus/*.spl "$out"/processed/*.spl || failed=1 ;;
    graylog)
      # shellcheck disable=SC2086
      bash test/judges/graylog.sh "$out"/starter/*-graylog.json "$out"/some/*-graylog.json "$out"/some-processed/*-graylog.json ${GRAYLOG_VERSIONS:-6.3.7 7.0.1} || failed=1 ;;
    opensearch | watcher)
      "$cache/judges/opensearch/start.sh" && node "test/judges/$judge.ts" || failed=1
      "$cache/judges/opensearch/stop.sh" ;;
    lucene) node test/judges/lucene/lucene.ts || failed=1 ;;
    grep) node test/judges/grep.ts || failed=1 ;;
    proof)
      "$cache/judges/opensearch/start.sh" && node test/judges/proof-opensearch.ts || failed=1
      "$cache/judges/opensearch/stop.sh"
      # shellcheck disable=SC2086
      node test/judges/proof-graylog.ts ${GRAYLOG_VERSIONS:-6.3.7 7.0.1} || failed=1
      node test/judges/proof-splunk.ts || failed=1
      node test/judges/proof-grep.ts || failed=1
      node test/judges/proof-page.ts || failed=1 ;;
    history)
      node test/judges/history.ts || failed=1
      # shellcheck disable=SC2086
      node test/judges/history-graylog.ts ${GRAYLOG_VERSIONS:-6.3.7 7.0.1} || failed=1 ;;
    install)
      # shellcheck disable=SC2086
      node test/judges/install-graylog.ts ${GRAYLOG_VERSIONS:-6.3.7 7.0.1} || failed=1
      node test/judges/install-splunk.ts || failed=1
      SIGPACK_FAULTS=all vitest run test/install-faults.test.ts || failed=1 ;;
    sigma-cli) node test/judges/sigma-cli/sigma-cli.ts || failed=1 ;;
    *) echo "no judge $judge"; failed=1 ;;
  esac
done
[ $failed -eq 0 ] && echo 'every judge agrees'
exit $failed
