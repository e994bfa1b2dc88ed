#!/bin/bash
# Installs the judges that .ci/run needs into the cache; what is there already is left alone.
# usage: setup.sh [appinspect] [graylog] [opensearch] [lucene] [sigma-cli] [sigmac] [splunk-sdk] [rsigma]   default: all but rsigma, which only npm run bench uses and which compiles for ten minutes
# env: SIGPACK_CACHE (default ~/.cache/sigpack), SIGPACK_SHARED (default ../shared beside the project), GRAYLOG_VERSIONS (default "6.3.7 7.0.1")
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${SIGPACK_CACHE:-$HOME/.cache/sigpack}
shared=${SIGPACK_SHARED:-$root/../shared}
appinspect=4.3.1
sigmatools=0.23.1
rsigma=0.23.0
splunksdk=2.1.1
fail() { echo "setup: $*" >&2; exit 1; }

# AppInspect looks at files with libmagic, which no Python package brings along
setup_appinspect() {
  if ! ldconfig -p | grep -q 'libmagic\.so\.1'; then
    command -v apt-get >/dev/null || fail 'AppInspect needs libmagic (libmagic.so.1); install it'
    apt-get install -y -q libmagic1 >/dev/null 2>&1 || { apt-get update -q >/dev/null && apt-get install -y -q libmagic1 >/dev/null; } || fail 'libmagic1 cannot be installed'
  fi
  if [ "$("$cache/appinspect/bin/python3" -m pip show splunk-appinspect 2>/dev/null | sed -n 's/^Version: //p')" != "$appinspect" ]; then
    rm -rf "$cache/appinspect"
    python3 -m venv "$cache/appinspect" || fail 'no Python environment for AppInspect'
    "$cache/appinspect/bin/python3" -m pip install -q "splunk-appinspect==$appinspect" || fail 'AppInspect cannot be installed'
  fi
  "$cache/appinspect/bin/splunk-appinspect" --help >/dev/null || fail 'AppInspect does not start'
  echo "appinspect $appinspect: ready"
}

setup_graylog() {
  local dir=$cache/judges/graylog missing=()
  for version in ${GRAYLOG_VERSIONS:-6.3.7 7.0.1}; do
    [ -f "$dir/m2/org/graylog2/graylog2-server/$version/graylog2-server-$version-shaded.jar" ] && [ -f "$dir/java/out-$version/judge/JudgeStoragePlugin.class" ] || missing+=("$version")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    [ -x "$shared/judges/graylog/setup.sh" ] || fail "no judge in $shared/judges/graylog; set SIGPACK_SHARED"
    for tool in mvn java javac python3 curl bc; do command -v "$tool" >/dev/null || fail "the Graylog judge needs $tool"; done
    "$shared/judges/graylog/setup.sh" "$dir" "${missing[@]}" || fail "the Graylog judge cannot be set up for ${missing[*]}"
  fi
  for file in start.sh judge.sh stop.sh; do [ -x "$dir/$file" ] || fail "$dir/$file is missing"; done
  echo "graylog ${GRAYLOG_VERSIONS:-6.3.7 7.0.1}: ready"
}

setup_opensearch() {
  local dir=$cache/judges/opensearch
  if [ ! -f "$dir/app/target/classes/OsNode.class" ] || [ -z "$(ls "$dir/app/lib" 2>/dev/null)" ]; then
    [ -f "$shared/judges/opensearch/setup.sh" ] || fail "no judge in $shared/judges/opensearch; set SIGPACK_SHARED"
    for tool in mvn java curl; do command -v "$tool" >/dev/null || fail "the OpenSearch judge needs $tool"; done
    bash "$shared/judges/opensearch/setup.sh" "$dir" >/dev/null || fail 'the OpenSearch judge cannot be set up'
  fi
  for file in start.sh stop.sh; do [ -x "$dir/$file" ] || fail "$dir/$file is missing"; done
  echo 'opensearch: ready'
}

# Lucene's query parser and the small program around it, which is compiled anew: it may have changed
setup_lucene() {
  local dir=$cache/judges/lucene source=$root/test/judges/lucene
  for tool in mvn java javac; do command -v "$tool" >/dev/null || fail "the Lucene judge needs $tool"; done
  mkdir -p "$dir"
  if ! cmp -s "$source/pom.xml" "$dir/pom.xml" || [ -z "$(ls "$dir"/lib/lucene-queryparser-*.jar 2>/dev/null)" ]; then
    rm -rf "$dir/lib" "$dir/pom.xml"
    mvn -q -B -f "$source/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$dir/lib" >/dev/null || fail "Lucene's jars cannot be installed"
    cp "$source/pom.xml" "$dir/pom.xml"
  fi
  rm -rf "$dir/classes"
  javac --release 17 -Xlint:all -Werror -cp "$dir/lib/*" -d "$dir/classes" "$source/ParseQueries.java" || fail 'the Lucene judge cannot be compiled'
  printf -- '-%s\n' "$(printf 'a:("b" "c")' | base64)" | java -cp "$dir/classes:$dir/lib/*" ParseQueries | grep -q '"query":"a:b a:c"' || fail 'the Lucene judge does not parse'
  echo 'lucene: ready'
}

# sigma-cli and what it needs to convert for Splunk and Lucene
setup_sigma_cli() {
  local wanted=(sigma-cli==3.1.0 pysigma==1.5.1 pysigma-backend-splunk==2.1.0 pysigma-backend-elasticsearch==2.1.1 pysigma-pipeline-sysmon==2.0.0 pysigma-pipeline-windows==2.0.1)
  local frozen package
  frozen=$("$cache/sigma/bin/python3" -m pip freeze --disable-pip-version-check 2>/dev/null | tr 'A-Z_' 'a-z-') || frozen=
  for package in "${wanted[@]}"; do
    grep -qxF "$package" <<<"$frozen" && continue
    rm -rf "$cache/sigma"
    python3 -m venv "$cache/sigma" || fail 'no Python environment for sigma-cli'
    "$cache/sigma/bin/python3" -m pip install -q --disable-pip-version-check "${wanted[@]}" || fail 'sigma-cli cannot be installed'
    break
  done
  "$cache/sigma/bin/sigma" version >/dev/null || fail 'sigma-cli does not start'
  echo 'sigma-cli: ready'
}

# the converter before sigma-cli, whose queries run beside ours
setup_sigmac() {
  if [ "$("$cache/sigmac/bin/python3" -m pip show sigmatools 2>/dev/null | sed -n 's/^Version: //p')" != "$sigmatools" ]; then
    rm -rf "$cache/sigmac"
    python3 -m venv "$cache/sigmac" || fail 'no Python environment for sigmac'
    "$cache/sigmac/bin/python3" -m pip install -q --disable-pip-version-check "sigmatools==$sigmatools" 'setuptools<70' || fail 'sigmac cannot be installed'
  fi
  "$cache/sigmac/bin/python3" -c 'import sigma.backends.discovery' || fail 'sigmac does not start'
  echo "sigmac $sigmatools: ready"
}

# Splunk's own client for Python, which reads what an install wrote
setup_splunk_sdk() {
  if [ "$("$cache/splunk-sdk/bin/python3" -m pip show splunk-sdk 2>/dev/null | sed -n 's/^Version: //p')" != "$splunksdk" ]; then
    rm -rf "$cache/splunk-sdk"
    python3 -m venv "$cache/splunk-sdk" || fail 'no Python environment for splunk-sdk'
    "$cache/splunk-sdk/bin/python3" -m pip install -q --disable-pip-version-check "splunk-sdk==$splunksdk" || fail 'splunk-sdk cannot be installed'
  fi
  "$cache/splunk-sdk/bin/python3" -c 'import splunklib.client' || fail 'splunk-sdk does not load'
  echo "splunk-sdk $splunksdk: ready"
}

# an engine of Sigma rules in Rust
setup_rsigma() {
  if [ "$("$cache/rsigma/bin/rsigma" --version 2>/dev/null)" != "rsigma $rsigma" ]; then
    command -v cargo >/dev/null || fail 'rsigma needs cargo'
    cargo install -q rsigma --version "$rsigma" --locked --features daachorse-index --root "$cache/rsigma" || fail 'rsigma cannot be installed'
  fi
  echo "rsigma $rsigma: ready"
}

mkdir -p "$cache"
[ $# -gt 0 ] || set -- appinspect graylog opensearch lucene sigma-cli sigmac splunk-sdk
for judge; do
  case $judge in
    appinspect) setup_appinspect ;;
    graylog) setup_graylog ;;
    opensearch) setup_opensearch ;;
    lucene) setup_lucene ;;
    sigma-cli) setup_sigma_cli ;;
    sigmac) setup_sigmac ;;
    splunk-sdk) setup_splunk_sdk ;;
    rsigma) setup_rsigma ;;
    *) fail "no such judge: $judge" ;;
  esac
done
