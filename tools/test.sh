#!/usr/bin/env bash
# tools/test.sh [PRESET]: installs what is missing, builds PRESET (release; cmake --list-presets shows all) and passes
# all tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}

tools/setup.sh --swiftshader
cmake --preset "$preset"
cmake --build --preset "$preset"
ctest --preset "$preset" --parallel "$(nproc)"
