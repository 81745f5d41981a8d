#!/bin/bash
# with-engine.sh COMMAND...: runs a command with DOCKER_HOST set to a Docker engine of its own, and ends that engine.
# Root on Debian only; installs what is missing. Ends with 75 when no engine can be had, else as the command did.
# The engine lives in one temporary folder and leaves the machine's firewall and forwarding alone: ports are published on
# loopback by docker-proxy. It has processes, mounts and a bridge of its own: however it ends, nothing answers under an
# address that the next engine gives to a container.
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

# A bridge on the first subnet that nothing on this machine has.
make_bridge() {
  local third taken
  taken=$(ip -o -4 address; ip -4 route)
  for third in $(seq 0 255); do
    grep -qF "10.254.$third." <<<"$taken" || break
  done
  bridge=engine$$
  ip link add "$bridge" type bridge || no_engine 'no bridge can be made'
  ip address add "10.254.$third.1/24" dev "$bridge"
  ip link set "$bridge" up
}

start_engine() {
  export DOCKER_HOST=unix://$run/docker.sock
  setpriv --pdeathsig KILL unshare --pid --fork --kill-child --mount-proc \
    dockerd --host="$DOCKER_HOST" --bridge="$bridge" \
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
    pkill --parent "$engine" || true
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
make_bridge
start_engine
"$@"
