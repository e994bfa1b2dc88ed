#!/bin/bash
# A Graylog server of one version in a folder and a network of its own: those of other versions listen on the same ports beside it. Needs root.
# usage: server.sh VERSION start
#        server.sh VERSION COMMAND...   runs it where that server is reached
# env: SIGPACK_CACHE (default ~/.cache/sigpack)
set -euo pipefail
version=$1; shift
judge=${SIGPACK_CACHE:-$HOME/.cache/sigpack}/judges/graylog
home=$judge/servers/$version
[ -x "$judge/start.sh" ] || { echo "missing: $judge/start.sh; run bash test/judges/setup.sh graylog" >&2; exit 2; }
if [ "$*" = start ]; then
  [ ! -x "$home/stop.sh" ] || "$home/stop.sh"
  rm -rf "$home"
  mkdir -p "$home/opensearch"
  cp -r "$judge"/{start.sh,stop.sh,java,mongo} "$home"
  cp -r "$judge"/opensearch/{classes,cp.txt} "$home/opensearch"
  ln -s "$judge/m2" "$home/m2"
  # the substitute for MongoDB answers for long enough that its code is worth both compilers, whatever the others have
  sed -i 's/ JudgeMongo / -XX:TieredStopAtLevel=4&/' "$home/start.sh"
  exec unshare --net sh -c 'ip link set lo up && exec "$0" "$1"' "$home/start.sh" "$version"
fi
exec nsenter --net="/proc/$(cat "$home/run/os.pid")/ns/net" "$@"
