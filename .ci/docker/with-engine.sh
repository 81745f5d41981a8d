#!/bin/bash
# with-engine.sh COMMAND...: runs a command with DOCKER_HOST set to a Docker engine of its own, and ends that engine.
# Root on Debian only; installs what is missing. Ends with 75 when no engine can be had, else as the command did.
# The engine lives in one temporary folder and leaves the machine's firewall and forwarding alone: ports are published on
# loopback by docker-proxy.
set -euo pipefail

no_engine() {
  echo "NO DOCKER ENGINE: $*" >&2
  exit 75
}

install_packages() {
  type -P dockerd docker ip pg_isready >/dev/null && return
  [ "$(id -u)" = 0 ] || no_engine 'it takes root'
  command -v apt-get >/dev/null || no_engine 'it takes apt-get'
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || no_engine 'apt-get update failed'
  local packages=(docker.io iproute2 postgresql-client)
  # In bookworm the client is part of docker.io.
  if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null || no_engine 'apt-get install failed'
}

start_engine() {
  export DOCKER_HOST=unix://$run/docker.sock
  ip link show docker0 >/dev/null 2>&1 || bridge=docker0
  setpriv --pdeathsig TERM dockerd --host="$DOCKER_HOST" \
    --data-root="$run/data" --exec-root="$run/exec" --pidfile="$run/dockerd.pid" \
    --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false >"$run/dockerd.log" 2>&1 &
  engine=$!
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && return
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.5
  done
  tail -5 "$run/dockerd.log" >&2
  no_engine 'dockerd did not start'
}

stop_engine() {
  if [ -n "$engine" ] && kill -0 "$engine" 2>/dev/null; then
    docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1 || true
    kill "$engine"
    wait "$engine" || true
  fi
  if [ -n "$bridge" ]; then ip link del "$bridge" 2>/dev/null || true; fi
  rm -rf "$run"
}

engine='' bridge=''
run=$(mktemp -d)
trap stop_engine EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" = 0 ] || no_engine 'it takes root'
install_packages
start_engine
"$@"
