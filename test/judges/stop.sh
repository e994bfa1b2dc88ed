#!/bin/bash
# Stops the servers that DIR/start.sh has started, and prints the CPU seconds of each, which no step of CI has.
# usage: stop.sh DIR
set -euo pipefail
ticks=$(getconf CLK_TCK)
for file in "$1"/*.pid "$1"/run/*.pid; do
  [ -s "$file" ] && stat=$(cat "/proc/$(cat "$file")/stat" 2>/dev/null) || continue
  # the name before them is in parentheses; user and system time are the 14th and 15th
  read -ra times <<<"${stat##*) }"
  echo "$(basename "$file" .pid): $(((times[11] + times[12]) / ticks)) s of CPU"
done
exec "$1/stop.sh"
