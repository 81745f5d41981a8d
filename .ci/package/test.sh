#!/bin/bash
# test.sh [ARGUMENT OF VITEST...]: the tests of the package as it is published: packed, and installed into hosts of
# several kinds, on several versions of Node. Installs what they need beside this file. Ends with 75 where it cannot.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
npm ci --prefix "$here" --silent || {
  echo 'NO TEST OF THE PACKAGE: npm ci failed' >&2
  exit 75
}
cd "$here/../.."
npx vitest run --config vitest.package.config.ts "$@"
