#!/usr/bin/env bash
# tools/setup.sh on machines that this one is not: a PATH of stand-ins decides what is installed and who is asking.
set -euo pipefail
setup=$(cd "$(dirname "${BASH_SOURCE[0]}")/../tools" && pwd)/setup.sh
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT

# standIn NAME BODY: a program that does BODY.
standIn() {
    printf '#!/bin/bash\n%s\n' "$2" > "$bin/$1"
    chmod +x "$bin/$1"
}

# machine USER_ID INSTALLED CMAKE_IN_PATH CMAKE_CANDIDATE [sudo]: what the next run finds; INSTALLED is a status of dpkg.
machine() {
    rm -f "$bin"/*
    ln -s "$(command -v awk)" "$(command -v env)" "$bin"
    standIn id "echo $1"
    standIn dpkg-query "printf %s '$2'"
    standIn apt-get "echo called: apt-get \"\$@\""
    standIn apt-cache "echo ' Candidate: $4'"
    standIn dpkg "[ \"\$(printf '%s\n' \"\$2\" \"\$4\" | $(command -v sort) -V | $(command -v tail) -n 1)\" = \"\$2\" ]"
    [ -z "$3" ] || standIn cmake "echo cmake version $3"
    [ -z "${5:-}" ] || standIn sudo 'echo "called: sudo"; "$@"'
}

# expect STATUS TEXT NOT_TEXT [ARGUMENT...]: one run, its exit status, what it says and what it must not.
expect() {
    local status=0 log
    log=$(PATH=$bin "$BASH" "$setup" "${@:4}" 2>&1) || status=$?
    if [ "$status" != "$1" ] || [[ $log != *"$2"* ]] || { [ -n "$3" ] && [[ $log == *"$3"* ]]; }; then
        printf 'expected status %s, "%s" and no "%s", got status %s:\n%s\n' "$1" "$2" "$3" "$status" "$log"
        exit 1
    fi
}

machine 1000 installed 3.25.1 3.25.1
expect 0 "" "called"
expect 0 "" "called" --swiftshader
expect 1 "unknown arguments '--everything'" "called" --everything

machine 1000 "" 3.25.1 3.25.1
expect 1 "needs root, and there is no sudo" "called"

machine 1000 "" "" 3.25.1 sudo
expect 1 "called: sudo" ""

machine 0 "" 3.25.1 3.25.1
expect 0 "called: apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends g++ ninja-build" "sudo"

machine 0 "" 3.22.1 3.22.1
expect 1 "needs CMake 3.25, this system offers 3.22.1: use Debian 12, Ubuntu 24.04 or newer" "called: apt-get install"

machine 0 installed 3.22.1 3.25.1
expect 1 "cmake is 3.22.1" "called"

machine 1000 installed 3.25.1 "(none)"
standIn dpkg-query '[ "${@: -1}" = chromium-common ] || printf installed'
expect 0 "the tests on SwiftShader will be skipped" "called" --swiftshader

machine 0 installed 3.25.1 3.25.1
rm "$bin/apt-get"
expect 1 "this system has no apt" ""
echo "setup.sh behaves on all of them"
