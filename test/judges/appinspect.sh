#!/bin/bash
# Splunk AppInspect on apps, with all its checks or only with those for Splunk Cloud. Fails on any error, failure or warning.
# usage: appinspect.sh [--cloud] APP.spl...   env: SIGPACK_CACHE
set -euo pipefail
tool=${SIGPACK_CACHE:-$HOME/.cache/sigpack}/appinspect/bin/splunk-appinspect
name='all tags' tags=()
if [ "${1:-}" = --cloud ]; then name='tag cloud' tags=(--included-tags cloud); shift; fi
[ $# -gt 0 ] || { echo 'usage: appinspect.sh [--cloud] APP.spl...' >&2; exit 2; }
[ -x "$tool" ] || { echo "missing: $tool; run test/judges/setup.sh appinspect" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

inspect() {
  local app=$1 report=$work/report.json
  rm -f "$report"
  if ! "$tool" inspect "$app" --mode precert --skip-trusted-libraries-update --data-format json --output-file "$report" "${tags[@]}" >"$work/log" 2>&1 && [ ! -s "$report" ]; then
    cat "$work/log" >&2; echo "appinspect $name: no report on $app" >&2; return 1
  fi
  python3 - "$report" "$app" "$name" <<'PY'
import json, sys
path, app, name = sys.argv[1:]
with open(path, encoding='utf8') as file:
    result = json.load(file)
summary = result['summary']
checks = [check for report in result['reports'] for group in report['groups'] for check in group['checks']]
quiet = {'success', 'not_applicable', 'skipped'}
for check in checks:
    if check['result'] in quiet:
        continue
    messages = ' | '.join(dict.fromkeys(' '.join(str(m.get('message', '')).split()) for m in check.get('messages', [])))
    print(f"  {check['result']} {check['name']}: {messages[:600]}")
bad = {key: summary.get(key, 0) for key in ('error', 'failure', 'warning')}
print(f"appinspect {name}: {app}: {len(checks)} checks, " + ', '.join(f'{count} {key}' for key, count in summary.items() if count))
if not checks or any(bad.values()):
    sys.exit(1)
PY
}

for app; do
  [ -f "$app" ] || { echo "missing: $app; build it first" >&2; failed=$((failed + 1)); continue; }
  if inspect "$app"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
