#!/bin/bash
# test.sh [ARGUMENT OF VITEST...]: the tests of the reports in Chromium, Debian's package, which is installed where it is
# missing. Ends with 75 where it cannot be had. Another browser: CHROMIUM=/path/to/chrome npm test
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

not_to_be_had() {
  echo "NO CHROMIUM: $*" >&2
  exit 75
}

install_from_debian() {
  [ -x "$CHROMIUM" ] && return
  [ "$(id -u)" = 0 ] || not_to_be_had 'to install it takes root'
  command -v apt-get >/dev/null || not_to_be_had 'to install it takes apt-get'
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || not_to_be_had 'apt-get update failed'
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null || not_to_be_had 'apt-get install failed'
}

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
install_from_debian
cd "$here/../.."
npx vitest run test/adapters/report/chromium.test.ts "$@"
