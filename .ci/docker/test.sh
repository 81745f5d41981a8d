#!/bin/bash
# The test suite against Postgres 17 in a container. Needs an engine: see with-engine.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PG_IMAGE=postgres:17-alpine
# The reaper's image cannot be had without a registry; the engine is thrown away anyway.
export TESTCONTAINERS_RYUK_DISABLED=true
unset DATABASE_URL TEST_DATABASE_URL
bash "$here/mk-image.sh" "$PG_IMAGE" 17.10.0-beta.17
npm run test:docker
