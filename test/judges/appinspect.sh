#!/bin/bash
# Splunk AppInspect on apps, with all its checks. Fails on any error, failure or warning.
# --cloud: once more with the checks for Splunk Cloud alone, which must say the same as they do among all.
# usage: appinspect.sh [--cloud] APP.spl...   env: SIGPACK_CACHE
set -euo pipefail
tool=${SIGPACK_CACHE:-$HOME/.cache/sigpack}/appinspect/bin/splunk-appinspect
cloud=
if [ "${1:-}" = --cloud ]; then cloud=yes; shift; fi
[ $# -gt 0 ] || { echo 'usage: appinspect.sh [--cloud] APP.spl...' >&2; exit 2; }
[ -x "$tool" ] || { echo "missing: $tool; run test/judges/setup.sh appinspect" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# inspect APP NAME [OPTION...]: leaves the report in NAME.json
inspect() {
  local app=$1 name=$2 report=$work/$2.json; shift 2
  rm -f "$report"
  if ! "$tool" inspect "$app" --mode precert --skip-trusted-libraries-update --data-format json --output-file "$report" "$@" >"$work/log" 2>&1 && [ ! -s "$report" ]; then
    cat "$work/log" >&2; echo "appinspect, $name: no report on $app" >&2; return 1
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
print(f"appinspect, {name} checks: {app}: {len(checks)} checks, " + ', '.join(f'{count} {key}' for key, count in summary.items() if count))
if not checks or any(bad.values()):
    sys.exit(1)
PY
}

# the checks for the cloud among all checks, and alone
same() {
  python3 - "$work/all.json" "$work/cloud.json" <<'PY'
import json, sys
def results(path):
    with open(path, encoding='utf8') as file:
        reports = json.load(file)['reports']
    return {check['name']: (check['result'], check.get('messages')) for report in reports for group in report['groups'] for check in group['checks']}
every, cloud = (results(path) for path in sys.argv[1:])
other = [name for name in cloud if every.get(name) != cloud[name]]
for name in other:
    print(f'  {name} says something else among all checks')
if other or not cloud:
    sys.exit(1)
print(f'appinspect: {len(cloud)} of {len(every)} checks are for Splunk Cloud, and say the same alone')
PY
}

for app; do
  [ -f "$app" ] || { echo "missing: $app; build it first" >&2; failed=$((failed + 1)); continue; }
  if inspect "$app" all; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  [ -n "$cloud" ] || continue
  if inspect "$app" cloud --included-tags cloud && same; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
