#!/bin/bash
# Brings the public rules, the recorded events and the schemas that npm run test:corpus reads: scripts/corpus.sh FOLDER
# They are other people's work under their own licences, at the commits below; nothing of it becomes part of the project.
# env: SIGPACK_SIGMA_URL, SIGPACK_SIGMA_COMMIT, SIGPACK_SPECIFICATION_URL, SIGPACK_SPECIFICATION_COMMIT name other sources
set -euo pipefail
sigma=${SIGPACK_SIGMA_URL:-https://github.com/SigmaHQ/sigma.git}
# has the newest rule that the counts in test/corpus know
sigma_commit=${SIGPACK_SIGMA_COMMIT:-5373a810d971525d585e8dae0b1377f821e85d49}
specification=${SIGPACK_SPECIFICATION_URL:-https://github.com/SigmaHQ/sigma-specification.git}
specification_commit=${SIGPACK_SPECIFICATION_COMMIT:-e584cda5168ac889e7a393694bc1f936b6cabe75}

fail() { echo "corpus: $*" >&2; exit 1; }
[ $# = 1 ] && [ -n "$1" ] || fail 'usage: bash scripts/corpus.sh FOLDER'
command -v git >/dev/null || fail 'git is not there; install it'
folder=${1%/}
made="$sigma_commit $specification_commit"
if [ -f "$folder/.commits" ] && [ "$(cat -- "$folder/.commits")" = "$made" ]; then
  echo "$folder has it already"
  exit 0
fi
[ ! -e "$folder" ] || rmdir -- "$folder" 2>/dev/null || fail "$folder is there and not empty; name another folder"
parent=$(dirname -- "$folder")
mkdir -p -- "$parent"
# beside the folder, so that it appears whole or not at all
work=$(mktemp -d -- "$parent/.sigpack-corpus.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT TERM

# fetch NAME URL COMMIT PATH...: these paths of a commit, in $work/NAME
fetch() {
  local name=$1 url=$2 commit=$3
  shift 3
  [[ $commit =~ ^[0-9a-f]{40}$ ]] || fail "$commit is not a whole commit id"
  git init -q -- "$work/$name"
  (
    cd -- "$work/$name"
    export GIT_TERMINAL_PROMPT=0
    git -c protocol.version=2 fetch -q --depth 1 -- "$url" "$commit" || fail "$url does not give $commit"
    [ "$(git rev-parse FETCH_HEAD)" = "$commit" ] || fail "$url gave another commit than $commit"
    git -c core.autocrlf=false -c core.symlinks=false checkout -q FETCH_HEAD -- "$@" || fail "$url at $commit lacks one of: $*"
  )
}

fetch sigma "$sigma" "$sigma_commit" rules rules-compliance rules-dfir rules-emerging-threats rules-placeholder rules-threat-hunting deprecated unsupported LICENSE regression_data
fetch specification "$specification" "$specification_commit" json-schema

result=$work/result
mkdir -- "$result" "$result/spec"
rm -rf -- "$work/sigma/.git"
mv -- "$work/sigma/regression_data" "$result/events"
mv -- "$work/sigma" "$result/corpus"
# the same events as the JSON files beside them
find "$result/events" -name '*.evtx' -type f -delete
mv -- "$work"/specification/json-schema/*.json "$result/spec/"
for needed in corpus/rules events/rules spec/sigma-detection-rule-schema.json; do
  [ -e "$result/$needed" ] || fail "the sources have no $needed"
done
printf '%s\n' "$made" >"$result/.commits"
mv -- "$result" "$folder"
echo "the corpus is in $folder: npm run test:corpus finds it there if that is ../shared; else set SIGPACK_SHARED"
