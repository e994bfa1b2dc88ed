#!/bin/bash
# Splunk AppInspect on apps, with all its checks: see appinspect.py. env: SIGPACK_CACHE
# usage: appinspect.sh [--cloud] APP.spl...
python=${SIGPACK_CACHE:-$HOME/.cache/sigpack}/appinspect/bin/python3
[ -x "$python" ] || { echo "missing: $python; run test/judges/setup.sh appinspect" >&2; exit 2; }
exec "$python" "$(dirname "$0")/appinspect.py" "$@"
