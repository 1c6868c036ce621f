"""demo.py make INPUT.npy | check INPUT.npy ARGMAX.npy SCAN.npy: the input of tools/demo.sh, and NumPy's answers to it."""

import sys

import numpy as np


def make(path):
    # Whole numbers below 2^24 in every partial sum: float sums are then exact in any order and can be compared bit for bit.
    tensor = np.random.default_rng(seed=1).integers(-1000, 1001, size=(1000, 4099)).astype(np.float32)
    np.save(path, tensor)
    print(f"{path}: {tensor.dtype} {list(tensor.shape)}, numpy.random.default_rng(seed=1)")
    print(np.array2string(tensor, threshold=10))


def check(input_path, argmax_path, scan_path):
    tensor = np.load(input_path)
    argmax, scan = np.load(argmax_path), np.load(scan_path)
    expected_argmax, expected_scan = np.argmax(tensor, axis=1), np.cumsum(tensor, axis=1)

    print(f"{'':5}{'argmax':>10}{'numpy':>10}{'last sum':>14}{'numpy':>10}")
    for row in (0, 1, 2, -1):
        print(f"{f'[{row % len(tensor)}]':5}{argmax[row]:>10}{expected_argmax[row]:>10}"
              f"{scan[row, -1]:>14.0f}{expected_scan[row, -1]:>10.0f}")
    right = True
    for name, result, expected in (("argmax", argmax, expected_argmax), ("scan", scan, expected_scan)):
        equal = result.shape == expected.shape and np.array_equal(result, expected)
        print(f"{name}: {'all ' if equal else 'NOT all '}{expected.size} results as NumPy has them")
        right = right and equal
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit({"make": make, "check": check}[sys.argv[1]](*sys.argv[2:]))
