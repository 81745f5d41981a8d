#!/bin/bash
# changeset.sh [ARGUMENT OF CHANGESET...]: changesets, which writes CHANGELOG.md and the version; also as
# `npm run changeset`. It is a hundred packages that only a release needs, so it is installed beside this file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$here/node_modules/.bin/changeset" ] || npm ci --prefix "$here" --silent
cd "$here/../.."
exec "$here/node_modules/.bin/changeset" "$@"
