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
  cp -a "$judge"/{start.sh,stop.sh,java,mongo} "$home"
  cp -a "$judge"/opensearch/{classes,cp.txt} "$home/opensearch"
  ln -s "$judge/m2" "$home/m2"
  # A JVM takes the classes that the first start has kept, as long as their jars and itself are the same.
  kept=$judge/kept/$version
  mkdir -p "$kept"
  for process in os:OsNode mongo:JudgeMongo graylog:org.graylog2.bootstrap.Main; do
    archive=$kept/${process%%:*}.jsa option=-XX:+RecordDynamicDumpInfo
    [ ! -f "$archive" ] || option=-XX:SharedArchiveFile=$archive
    # the substitute for MongoDB answers for long enough that its code is worth both compilers, whatever the others have
    [ "${process%%:*}" != mongo ] || option+=' -XX:TieredStopAtLevel=4'
    sed -i "s| ${process#*:} | $option&|" "$home/start.sh"
  done
  unshare --net sh -c 'ip link set lo up && exec "$0" "$1"' "$home/start.sh" "$version"
  for name in os mongo graylog; do
    [ ! -f "$kept/$name.jsa" ] || continue
    pid=$(cat "$home/run/$name.pid")
    rm -f "$kept/$name.new"
    "$(dirname "$(readlink "/proc/$pid/exe")")/jcmd" "$pid" VM.cds dynamic_dump "$kept/$name.new" >/dev/null || continue
    [ ! -s "$kept/$name.new" ] || mv "$kept/$name.new" "$kept/$name.jsa"
  done
  exit
fi
exec nsenter --net="/proc/$(cat "$home/run/os.pid")/ns/net" "$@"
