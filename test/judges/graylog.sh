#!/bin/bash
# Uploads, installs, validates and uninstalls content packs on a real Graylog, and runs each query once. One server at a time, on loopback.
# usage: graylog.sh PACK.json... VERSION...   such as: graylog.sh dist/packs/starter-1.0.0-graylog.json 6.3.7 7.0.1
# env: SIGPACK_CACHE; GRAYLOG_JUDGE_ARGS, more arguments of judge.sh, such as --messages FILE --expect FILE
set -euo pipefail
judge=${SIGPACK_CACHE:-$HOME/.cache/sigpack}/judges/graylog
packs=() versions=()
for argument; do
  if [[ $argument =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then versions+=("$argument"); else packs+=("$argument"); fi
done
[ ${#packs[@]} -gt 0 ] && [ ${#versions[@]} -gt 0 ] || { echo 'usage: graylog.sh PACK.json... VERSION...' >&2; exit 2; }
[ -x "$judge/judge.sh" ] || { echo "graylog: $judge is missing; run test/judges/setup.sh" >&2; exit 2; }
for pack in "${packs[@]}"; do [ -f "$pack" ] || { echo "graylog: no file $pack" >&2; exit 2; }; done
work=$(mktemp -d)
trap '"$judge/stop.sh" || true; rm -rf "$work"' EXIT
passed=0 failed=0

verdict() {
  python3 - "$1" "$2" "$3" <<'PY'
import json, sys
path, pack, version = sys.argv[1:]
try:
    with open(path, encoding='utf8') as file:
        report = json.load(file)
except ValueError:
    print(f'graylog {version}: {pack}: no report'); sys.exit(1)
server = str((report.get('server') or {}).get('version', '?'))
problems = report['problems']
if not server.startswith(version):
    problems.append({'stage': 'start', 'where': 'server', 'what': f'it says it is {server}'})
if not report.get('event_definitions'):
    problems.append({'stage': 'install', 'where': 'pack', 'what': 'no event definition was read back'})
for problem in problems[:40]:
    print(f"  {problem['stage']}: {problem['where']}: {json.dumps(problem['what'])[:600]}")
# the judge keeps no field types, so it warns of each field that it does not know
other = {title: [w for w in warnings if w != 'Unknown field'] for title, warnings in report.get('query_warnings', {}).items()}
for title, warnings in other.items():
    if warnings:
        problems.append(warnings); print(f'  warning: {title}: {warnings}')
seconds = {stage: report[stage]['seconds'] for stage in ('upload', 'install') if stage in report}
print(f"graylog {version}: {pack}: {report.get('event_definitions', 0)} event definitions, {len(report.get('hits', {}))} queries run, "
      f"{len(problems)} problems, seconds {seconds}")
sys.exit(1 if problems else 0)
PY
}

for version in "${versions[@]}"; do
  if ! "$judge/start.sh" "$version" >"$work/start" 2>&1; then
    cat "$work/start" >&2; echo "graylog $version: does not start" >&2; failed=$((failed + ${#packs[@]})); "$judge/stop.sh" || true; continue
  fi
  for pack in "${packs[@]}"; do
    # shellcheck disable=SC2086
    "$judge/judge.sh" "$pack" --queries ${GRAYLOG_JUDGE_ARGS:-} >"$work/report" 2>"$work/errors" || cat "$work/errors" >&2
    if verdict "$work/report" "$pack" "$version"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
  "$judge/stop.sh"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
