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
  type -P dockerd docker ip pkill pg_isready >/dev/null && return
  [ "$(id -u)" = 0 ] || no_engine 'it takes root'
  command -v apt-get >/dev/null || no_engine 'it takes apt-get'
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || no_engine 'apt-get update failed'
  local packages=(docker.io iproute2 procps postgresql-client)
  # In bookworm the client is part of docker.io.
  if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null || no_engine 'apt-get install failed'
}

# What a run that was killed left behind; none with this run's id is in use yet.
remove_left_bridges() {
  local name pid
  for name in $(ip -o link show type bridge | sed -nE 's/^[0-9]+: (apmci[0-9]+):.*/\1/p'); do
    pid=${name#apmci}
    [ "$pid" != $$ ] && [ -d "/proc/$pid" ] || ip link del "$name" || true
  done
}

# Prints the first subnet that nothing on this machine has.
find_subnet() {
  local third taken
  taken=$(ip -o -4 address; ip -4 route)
  for third in $(seq 0 255); do
    grep -qF "10.254.$third." <<<"$taken" && continue
    echo "10.254.$third"
    return
  done
  return 1
}

make_bridge() {
  local subnet
  remove_left_bridges
  subnet=$(find_subnet) || no_engine 'no subnet is free'
  bridge=apmci$$
  ip link add "$bridge" type bridge || no_engine 'no bridge can be made'
  ip address add "$subnet.1/24" dev "$bridge" || no_engine "the bridge cannot have $subnet.1"
  ip link set "$bridge" up || no_engine 'the bridge does not come up'
}

# Two runs at once would find the same subnet.
make_bridge_alone() {
  { flock -w 60 9 || no_engine 'another run is in the way'; make_bridge; } 9>/run/with-engine.lock ||
    no_engine 'no lock can be had'
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

# dockerd is the first process of its namespace: the others end with it. One that hangs is given 20 s.
end_dockerd() {
  local signal
  for signal in TERM KILL; do
    pkill "-$signal" --parent "$engine" || true
    for _ in $(seq 40); do
      kill -0 "$engine" 2>/dev/null || return 0
      sleep 0.5
    done
  done
  kill -KILL "$engine" 2>/dev/null || true
}

stop_engine() {
  if [ -n "$engine" ] && kill -0 "$engine" 2>/dev/null; then
    timeout 20 docker ps -aq | timeout 20 xargs -r docker rm -f >/dev/null 2>&1 || true
    end_dockerd
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
make_bridge_alone
start_engine
"$@"
