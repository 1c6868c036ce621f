#!/usr/bin/env bash
# tools/setup.sh [--swiftshader]: installs what Debian 12, Ubuntu 24.04 or newer lack to build and test vkaxis, with
# SwiftShader (a second software driver for the tests) where the distribution has it. Calls apt only if something is
# missing.
set -euo pipefail

neededCMake=3.25
packages=(g++ cmake ninja-build libvulkan-dev libvulkan-volk-dev glslang-dev glslang-tools spirv-tools libcli11-dev
          libfmt-dev nlohmann-json3-dev doctest-dev mesa-vulkan-drivers vulkan-validationlayers python3-numpy)
swiftshader=chromium-common

say() { echo "setup: $*" >&2; }
fail() { say "$@"; exit 1; }
isInstalled() { [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]; }
candidate() { LC_ALL=C apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" {print $2}'; }
cmakeInPath() { cmake --version 2> /dev/null | awk 'NR == 1 {print $3}'; }
isNewEnough() { dpkg --compare-versions "${1:-0}" ge "$neededCMake"; }
isRoot() { [ "$(id -u)" = 0 ]; }

aptGet() {
    local command=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@")
    if isRoot; then "${command[@]}" < /dev/null; else sudo "${command[@]}"; fi
}

case "$*" in
    "" | --swiftshader) ;;
    *) fail "unknown arguments '$*'; the only one is --swiftshader" ;;
esac
command -v apt-get > /dev/null && command -v dpkg-query > /dev/null ||
    fail "this system has no apt; install the counterparts of these Debian packages yourself: ${packages[*]}"

missing=()
for package in "${packages[@]}"; do
    [ "$package" = cmake ] && isNewEnough "$(cmakeInPath)" || isInstalled "$package" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    isRoot || command -v sudo > /dev/null ||
        fail "needs root, and there is no sudo; as root: apt-get update && apt-get install ${missing[*]}"
    say "installing with apt$(isRoot || echo ', through sudo'): ${missing[*]}"
    aptGet update
    if [[ " ${missing[*]} " = *" cmake "* ]] && ! isNewEnough "$(candidate cmake)"; then
        fail "needs CMake $neededCMake, this system offers $(candidate cmake): use Debian 12, Ubuntu 24.04 or newer," \
            "or install CMake from https://cmake.org"
    fi
    aptGet install --yes --no-install-recommends "${missing[@]}"
fi
isNewEnough "$(cmakeInPath)" ||
    fail "needs CMake $neededCMake, but $(command -v cmake) is $(cmakeInPath): use Debian 12, Ubuntu 24.04 or newer," \
        "or install CMake from https://cmake.org"

if [ "${1:-}" = --swiftshader ] && ! isInstalled "$swiftshader"; then
    if [ -z "$(candidate "$swiftshader")" ]; then
        say "no package $swiftshader here: the tests on SwiftShader will be skipped"
    elif ! aptGet install --yes --no-install-recommends "$swiftshader"; then
        say "$swiftshader could not be installed: the tests on SwiftShader will be skipped"
    fi
fi
