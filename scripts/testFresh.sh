#!/usr/bin/env bash
# `npm run test:fresh`: tests `npm start` and `npm test` on a machine with only Node.js and npm. Creates a minimal Debian
# (no compiler, Python, git, browser or libxgboost), copies HEAD into it and, as an ordinary user, runs `npm start`
# twice, `npm test`, `npm pack` and the installed package. Arguments: major versions of Node, or "own" for the system's;
# default: own 26. --quick skips `npm test`. Needs root and debootstrap. Caches the minimal Debian in /var/cache.
set -euo pipefail
cd "$(dirname "$0")/.."

release=bookworm
base="/var/cache/mlctl-fresh/$release-libatomic"
work=$(mktemp -d /tmp/mlctl-fresh-XXXXXX)

quick=no
if [ "${1:-}" = --quick ]; then
  quick=yes
  shift
fi
nodes=("$@")
[ $# -gt 0 ] || nodes=(own 26)

if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
  echo "error: npm run test:fresh needs root and debootstrap" >&2
  echo "hint: sudo apt-get install debootstrap" >&2
  exit 1
fi
trap 'umount "$work"/root 2>/dev/null || true; rm -rf "$work"' EXIT

if [ ! -f "$base/.complete" ]; then
  rm -rf "$base"
  mkdir -p "$base"
  # Node 26 itself needs libatomic.
  debootstrap --variant=minbase --include=libatomic1 "$release" "$base" >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log" >&2; exit 1; }
  touch "$base/.complete"
fi

# Prints the path of `node` for a major version, or "own" for the system's.
node_program() {
  if [ "$1" = own ]; then
    readlink -f "$(command -v node)"
    return
  fi
  mkdir -p "$work/node-$1"
  npm install --silent --no-save --no-audit --prefix "$work/node-$1" "node-linux-$(node -p process.arch)@$1" >&2
  echo "$work/node-$1/node_modules/node-linux-$(node -p process.arch)/bin/node"
}

# Copies what is needed to reach the package registry: DNS settings, certificates, npm settings.
copy_network() {
  local root=$1 ca
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
  ca=$(npm config get cafile)
  [ -f "$ca" ] || ca=/etc/ssl/certs/ca-certificates.crt
  if [ -f "$ca" ]; then install -D -m 644 "$ca" "$root/etc/ssl/certs/ca-certificates.crt"; fi
  printf 'cafile=/etc/ssl/certs/ca-certificates.crt\nregistry=%s\n' "$(npm config get registry)" >"$root/home/stranger/.npmrc"
}

# The commands that the user types. Prints the seconds that each takes.
cat >"$work/session.sh" <<'SESSION'
set -euo pipefail
cd ~/mlctl
step() {
  local from=$SECONDS
  echo "$ $*"
  "$@" || { echo "error: $* failed with exit code $?"; return 1; }
  echo "($((SECONDS - from)) s)"
}
echo "node $(node --version), npm $(npm --version), user $(id -un), $(command -v cc python3 git chromium || true)"
step npm start >start.log 2>&1 || { cat start.log; exit 1; }
cat start.log
if grep -i "npm warn" start.log; then echo "error: npm warned during npm start"; exit 1; fi
step npm start
if [ "$QUICK" = no ]; then
  step npm test >test.log 2>&1 || { grep -vE "✓" test.log | tail -n 300; exit 1; }
  grep -vE "✓|^ *$" test.log | tail -n 60
fi
step npm pack --silent
step npm install --silent --no-audit --no-fund --prefix ~/installed ./mlctl-*.tgz
export PATH=~/installed/node_modules/.bin:$PATH
cd
if [ -d mlctl/.node ]; then
  echo "$ mlctl --version   (with a Node that is too old)"
  mlctl --version && { echo "error: it should have failed"; exit 1; }
  export PATH=$(echo ~/mlctl/.node/node_modules/*/bin):$PATH
fi
step mlctl init demo
cd demo
step mlctl fullprocess
head -3 testdata/testdata.csv | step mlctl predict -
step mlctl doctor
SESSION

for node in "${nodes[@]}"; do
  program=$(node_program "$node")
  mkdir -p "$work/root" "$work/upper-$node" "$work/layer-$node"
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/upper-$node,workdir=$work/layer-$node" "$work/root"
  root="$work/root"
  cp "$program" "$root/usr/bin/node"
  mkdir -p "$root/usr/lib/node_modules"
  cp -r "$(dirname "$(readlink -f "$(command -v npm)")")/.." "$root/usr/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/bin/npx"
  chroot "$root" useradd --create-home --shell /bin/bash stranger
  copy_network "$root"
  mkdir "$root/home/stranger/mlctl"
  git archive HEAD | tar -x -C "$root/home/stranger/mlctl"
  cp "$work/session.sh" "$root/home/stranger/session.sh"
  chroot "$root" chown -R stranger:stranger /home/stranger
  echo "== test:fresh with Node $node =="
  # Separate processes, mounts and terminals, and none of this shell's variables.
  # shellcheck disable=SC2016 # expanded inside
  unshare --mount --pid --fork --kill-child bash -c '
    mount -t proc proc "$0/proc" && mount -t devtmpfs devtmpfs "$0/dev" 2>/dev/null || mount --rbind /dev "$0/dev"
    mkdir -p "$0/dev/pts" && mount -t devpts devpts "$0/dev/pts" -o newinstance,ptmxmode=0666,mode=620 2>/dev/null || true
    exec env -i HOME=/home/stranger USER=stranger LANG=C PATH=/usr/local/bin:/usr/bin:/bin \
      NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt QUICK="$2" \
      "$1" --userspec=stranger:stranger "$0" /bin/bash /home/stranger/session.sh' "$root" "$(command -v chroot)" "$quick"
  umount -l "$work/root"
  rm -rf "$work/upper-$node" "$work/layer-$node"
done
echo "test:fresh: passed with Node ${nodes[*]}"
