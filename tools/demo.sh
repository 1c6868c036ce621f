#!/usr/bin/env bash
# tools/demo.sh: installs what is missing, builds the runner, and runs argmax and a scan on an input file made here, with
# NumPy's answers beside its own. On a GPU if there is one, else on lavapipe.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/setup.sh
cmake --preset release
cmake --build --preset release --target vkaxis_cli

python=/usr/bin/python3  # the one that apt's NumPy belongs to
vkaxis=$PWD/build/release/tools/vkaxis
mkdir -p build/demo
cd build/demo

show() {
    echo
    echo "\$ $(basename "$1") ${*:2}"
    "$@"
}

show "$vkaxis" devices
echo
"$python" ../../tools/demo.py make input.npy
show "$vkaxis" run argmax --axis 1 input.npy -o argmax.npy
show "$vkaxis" run scan --axis 1 input.npy -o scan.npy
echo
"$python" ../../tools/demo.py check input.npy argmax.npy scan.npy
