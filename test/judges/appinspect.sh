#!/bin/bash
# Splunk AppInspect on an app: once with all its checks, once with those for Splunk Cloud. Fails unless both give no error, failure or warning.
# usage: appinspect.sh APP.spl...   env: SIGPACK_CACHE
set -euo pipefail
tool=${SIGPACK_CACHE:-$HOME/.cache/sigpack}/appinspect/bin/splunk-appinspect
[ $# -gt 0 ] || { echo 'usage: appinspect.sh APP.spl...' >&2; exit 2; }
[ -x "$tool" ] || { echo "appinspect: $tool is missing; run test/judges/setup.sh" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

inspect() {
  local app=$1 name=$2; shift 2
  local report=$work/report.json
  rm -f "$report"
  if ! "$tool" inspect "$app" --mode precert --skip-trusted-libraries-update --data-format json --output-file "$report" "$@" >"$work/log" 2>&1 && [ ! -s "$report" ]; then
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
  [ -f "$app" ] || { echo "appinspect: no file $app" >&2; failed=$((failed + 2)); continue; }
  if inspect "$app" 'all tags'; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  if inspect "$app" 'tag cloud' --included-tags cloud; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
