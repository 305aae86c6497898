# shellcheck shell=bash
# What scripts/run and scripts/test share: the toolchain check, the system packages, the quiet build.
# Sourced, not run; the sourcing script has set -euo pipefail.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# A line a stage, with the time so far: [1:07] Building ...
stage() { say "[$((SECONDS / 60)):$(printf '%02d' $((SECONDS % 60)))] $*"; }

fail() {
  say "error: $*"
  exit 1
}

# Swift 6.1 or newer on the PATH.
require_swift() {
  local remedy='install Swift 6.1 or newer: https://www.swift.org/install/linux (or: swiftly install latest)'
  local found version
  command -v swift >/dev/null || fail "Swift is not on the PATH; $remedy"
  found=$(swift --version 2>/dev/null) || fail "\"swift --version\" does not work; $remedy"
  version=$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$found" | head -n 1)
  [[ $version =~ ^([0-9]+)\.([0-9]+)$ ]] || fail "\"swift --version\" names no version; $remedy"
  if ((BASH_REMATCH[1] < 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] < 1))); then
    fail "Swift $version is too old; $remedy"
  fi
}

# Whether any of the given files exists (arguments: an expanded pattern).
any_file() { [[ -e $1 ]]; }

# Debian's names of the packages that this system lacks, one a line. It looks for what is needed, not for the package,
# so that a library installed otherwise counts.
missing_packages() {
  command -v git >/dev/null || echo git
  python3 -c 'import venv, ensurepip' 2>/dev/null || echo python3-venv
  command -v ld >/dev/null || echo binutils
  any_file /usr/lib/*/crt1.o || any_file /usr/lib64/crt1.o || echo libc6-dev
  any_file /usr/lib/gcc/*/*/libstdc++.* || echo g++
  command -v gnuplot >/dev/null || echo gnuplot-nox
  any_file /usr/include/CL/cl.h || echo opencl-headers
  any_file /etc/OpenCL/vendors/*.icd || echo pocl-opencl-icd
  if ! command -v pkg-config >/dev/null; then
    printf '%s\n' pkg-config libopenblas-dev ocl-icd-opencl-dev libclblast-dev zlib1g-dev libyaml-dev
    return
  fi
  pkg-config --exists openblas || echo libopenblas-dev
  pkg-config --exists OpenCL || echo ocl-icd-opencl-dev
  pkg-config --exists clblast || echo libclblast-dev
  pkg-config --exists zlib || echo zlib1g-dev
  pkg-config --exists yaml-0.1 || echo libyaml-dev
}

# Installs the packages whose command is missing: require_packages COMMAND:PACKAGE ...
require_packages() {
  local pair packages=()
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}"); done
  apt_install ${packages[@]+"${packages[@]}"}
}

# Installs what the build and the program need and this system lacks.
install_packages() {
  local packages
  mapfile -t packages < <(missing_packages)
  apt_install ${packages[@]+"${packages[@]}"}
}

# Installs packages with apt, after saying which.
apt_install() {
  local packages=("$@") as_root=()
  ((${#packages[@]} > 0)) || return 0
  command -v apt-get >/dev/null ||
    fail "no apt-get here; install what Debian calls ${packages[*]}, then run again with --no-install"
  if (($(id -u) != 0)); then
    command -v sudo >/dev/null || fail "neither root nor sudo; as root run: apt-get install ${packages[*]}"
    as_root=(sudo)
  fi
  stage "Installing with apt: ${packages[*]}"
  local log
  log=$(mktemp)
  if ! {
    # A source that cannot be reached must not stop the packages that the others have.
    ${as_root[@]+"${as_root[@]}"} apt-get update -q || true
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends "${packages[@]}"
  } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "apt could not install ${packages[*]}; install them yourself, then run again with --no-install"
  fi
  rm -f "$log"
}

# Toolchain and packages: prepare WITH_INSTALL, where WITH_INSTALL is yes or no.
prepare() {
  stage "Looking for Swift and the packages that are needed ..."
  require_swift
  if [[ $1 == yes ]]; then install_packages; fi
}

# Says every half minute how far a build is by its log, until it is stopped or the script is gone.
watch_build() {
  local step
  while sleep 30 </dev/null >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    step=$(tail -c 4000 "$1" | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1 | tr -d '[]' || true)
    stage "  still building${step:+, step ${step/\// of }}"
  done
}

# Builds lacuna in release mode, showing the log only when it fails.
build_release() {
  local log watcher failed=no
  log=$(mktemp)
  stage "Building lacuna (the first time takes some minutes) ..."
  watch_build "$log" &
  watcher=$!
  swift build -c release --package-path "$root" --product lacuna >"$log" 2>&1 || failed=yes
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  if [[ $failed == yes ]]; then
    cat "$log" >&2
    rm -f "$log"
    fail "the build failed; see the lines above"
  fi
  rm -f "$log"
}

# Whether minimal systems can be made and entered here: root, with mounts and devices of its own.
has_bare_roots() {
  local place works=no
  place=$(mktemp -d)
  if (($(id -u) == 0)) && unshare --mount mount -t tmpfs none "$place" 2>/dev/null && mknod "$place/null" c 1 3 2>/dev/null; then
    works=yes
  fi
  rm -rf "$place"
  [[ $works == yes ]]
}

# A minimal system of Debian or Ubuntu, as root: bare_root SUITE KEEP FOLDER unpacks it into FOLDER, and keeps it in the folder
# KEEP, from where the next one is taken.
bare_root() {
  local suite=$1 kept=$2/root-$1.tar folder=$3 log mirror
  if [[ ! -s $kept ]]; then
    stage "Getting a minimal $suite ..."
    log=$(mktemp)
    mkdir -p "$2" "$folder"
    # From where this system itself has that suite, if it has; else from where debootstrap looks.
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(CREATED_BY)' 2>/dev/null |
      awk -v suite="$suite" '$2 == suite && $3 == "main" && $4 == "Packages" { print $1; exit }' || true)
    debootstrap --variant=minbase "$suite" "$folder" ${mirror:+"$mirror"} >"$log" 2>&1 || {
      tail -n 20 "$log" >&2
      rm -f "$log"
      fail "debootstrap could not make a $suite; see the lines above"
    }
    rm -f "$log" "$folder"/var/cache/apt/archives/*.deb
    tar --numeric-owner -C "$folder" -cf "$kept.part" .
    mv "$kept.part" "$kept"
    return
  fi
  mkdir -p "$folder"
  tar --numeric-owner -C "$folder" -xf "$kept"
}

# Runs a command in such a system with no environment: in_root FOLDER COMMAND ...
in_root() {
  local folder=$1
  shift
  # /proc is mounted where no other process sees it.
  # shellcheck disable=SC2016
  unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$0" "$@"' \
    "$folder" "$@"
}

# After private_buildah FOLDER, private is buildah with all it keeps below FOLDER; it needs no right beyond root's own.
private_buildah() {
  store=$1
  mkdir -p "$store"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$store/policy.json"
  private() {
    local verb=$1 policy=()
    shift
    case $verb in from | commit) policy=(--signature-policy "$store/policy.json") ;; esac
    BUILDAH_ISOLATION=chroot buildah --storage-driver vfs --root "$store/root" --runroot "$store/run" "$verb" \
      ${policy[@]+"${policy[@]}"} "$@"
  }
}
