#!/usr/bin/env python3
"""Holds `vkaxis run` against NumPy: ranks 0 to 5, every axis and none, every dtype, operation and mode.

Usage: agree_with_numpy.py VKAXIS [OPTION...]   (options are passed on to `vkaxis run`, such as --device llvmpipe)
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

SHAPES = [(), (1000,), (70000,), (33, 700), (5, 300, 37), (3, 4, 129, 6), (2, 3, 5, 7, 11)]
# A sum differs from the exact one by at most DEPTH * ROUNDOFF * (sum of magnitudes), where DEPTH is that of the tree; for
# axes as short as these no plan is deeper than this, and adding in sequence would be 70000 deep.
DEPTH, ROUNDOFF = 512, 2.0**-24


def inputs(shape, random):
    small = random.integers(-50, 50, shape)
    yield np.multiply(small, 40_000_000).astype(np.int32)  # sums wrap
    yield (small + 50).astype(np.uint32)
    floats = random.standard_normal(shape).astype(np.float32)
    yield floats
    yield np.where(random.random(shape) < 0.01, np.float32(np.nan), floats)


def expected(operation, x, axis):
    if operation[0] != "scan":
        return getattr(np, operation[0])(x, axis=axis)
    sums = np.cumsum(x, axis=axis, dtype=np.float64 if x.dtype == np.float32 else x.dtype)
    x = x.reshape(sums.shape)
    axis = axis or 0
    first = np.zeros_like(np.take(sums, [0], axis=axis))
    if operation[-1] == "--include-initial":
        return np.concatenate([first, sums], axis=axis)
    if operation[-1] == "--exclusive":
        return np.concatenate([first, np.delete(sums, -1, axis=axis)], axis=axis)
    return sums


def agrees(operation, x, axis, result, reference):
    if result.shape != reference.shape:
        return False
    if operation[0] != "scan" or x.dtype != np.float32:
        return np.array_equal(result, reference)
    bound = DEPTH * ROUNDOFF * expected(operation, np.abs(np.nan_to_num(x)), axis)
    same = np.isnan(result) & np.isnan(reference)
    return bool(np.all(same | (np.abs(result - reference) <= bound)))


def main():
    program, options = sys.argv[1], sys.argv[2:]
    random = np.random.default_rng(1)
    operations = [["argmax"], ["argmin"], ["scan"], ["scan", "--exclusive"], ["scan", "--include-initial"]]
    compared = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "in.npy"), pathlib.Path(folder, "out.npy")
        for shape in SHAPES:
            for x in inputs(shape, random):
                np.save(source, x)
                for axis in [None, *range(len(shape))]:
                    for operation in operations:
                        where = [] if axis is None else ["--axis", str(axis)]
                        command = [program, "run", *operation, *where, *options, str(source), "-o", str(target)]
                        target.unlink(missing_ok=True)
                        ended = subprocess.run(command, capture_output=True, text=True)
                        compared += 1
                        if ended.returncode == 0 and agrees(operation, x, axis, np.load(target), expected(operation, x, axis)):
                            continue
                        wrong += 1
                        print(f"{x.dtype} {shape}: {' '.join(command)}: {ended.stderr.strip() or 'differs'}")
    print(f"{compared - wrong} of {compared} results agree with NumPy {np.__version__}")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
