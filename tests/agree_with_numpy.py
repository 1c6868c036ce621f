#!/usr/bin/env python3
"""Holds `vkaxis run` against NumPy: ranks 0 to 5, every dtype, random data, axes, memory orders and options.

Usage: agree_with_numpy.py VKAXIS [OPTION...]   (options are passed on to `vkaxis run`, such as --device llvmpipe)
"""
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "goldens_py"))
from make_goldens import (NUMPY, best, chosen, decode, default_dtype, encode, is_float, neutral, scan_numbers,  # noqa: E402
                          scan_outputs)

SHAPES = [(), (1000,), (70000,), (33, 700), (5, 300, 37), (3, 4, 129, 6), (2, 3, 5, 7, 11)]
ROUNDS = 4  # problems of each shape and dtype
# A sum differs from the exact one by at most DEPTH * ROUNDOFF * (sum of magnitudes), where DEPTH is that of the tree; for
# axes as short as these no plan is deeper than this, and adding in sequence would be 70000 deep.
DEPTH, ROUNDOFF = 512, {"F16": 2.0**-24, "BF16": 2.0**-24, "F32": 2.0**-24, "F64": 2.0**-53}
MODES = {"Inclusive": [], "Exclusive": ["--exclusive"], "IncludeInitial": ["--include-initial"]}


def wider(dtype):
    """The output dtypes of a scan, after the default."""
    size, kind = np.dtype(NUMPY[dtype]).itemsize, "F" if is_float(dtype) else dtype[0]
    for other in NUMPY:
        is_wider = np.dtype(NUMPY[other]).itemsize > size and (other[0] == kind or (kind == "U" and other[0] == "I"))
        if other == dtype or (is_wider and other != "BF16"):
            yield other


def random_tensor(random, dtype, shape, is_product):
    if not is_float(dtype):
        limits = np.iinfo(NUMPY[dtype])
        lowest, highest = (limits.min, limits.max) if random.random() < 0.5 else (0, 50)
        return random.integers(lowest, highest, shape, NUMPY[dtype], endpoint=True)
    if is_product:
        return encode(dtype, np.exp(0.01 * random.standard_normal(shape)))
    numbers = random.integers(-50, 50, shape) if random.random() < 0.5 else random.standard_normal(shape)
    strange = random.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], shape)
    return encode(dtype, np.where(random.random(shape) < random.choice([0, 0.01]), strange, numbers))


def same(dtype, result, expected):
    """Bit for bit, but for NaN's."""
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return False
    if not is_float(dtype):
        return np.array_equal(result, expected)
    bits = f"u{expected.itemsize}"
    equal = np.ascontiguousarray(result).view(bits) == np.ascontiguousarray(expected).view(bits)
    return bool(np.all(equal | (np.isnan(decode(dtype, result)) & np.isnan(decode(dtype, expected)))))


def close(dtype, result, exact, magnitude):
    """Within what any order of additions may lose, and one rounding to the dtype."""
    if result.shape != exact.shape:
        return False
    bound = DEPTH * ROUNDOFF[dtype] / (1 - DEPTH * ROUNDOFF[dtype]) * magnitude
    finite = np.isfinite(exact)
    with np.errstate(invalid="ignore", over="ignore"):
        lowest, highest = (decode(dtype, encode(dtype, np.where(finite, exact + each, exact))) for each in (-bound, bound))
    numbers = decode(dtype, result)
    return bool(np.all(((lowest <= numbers) & (numbers <= highest)) | (np.isnan(numbers) & np.isnan(exact))))


def kept(array, shape, axis, keepdims):
    if not keepdims:
        return array
    return array.reshape([1 if axis is None or i == axis % len(shape) else extent for i, extent in enumerate(shape)])


def arg_problem(random, dtype, tensor, axis, keepdims):
    """The arguments, and for each option that names an output what it is held against."""
    op = random.choice(["argmax", "argmin", "argminmax"])
    tie, nan, index = random.choice(["first", "last"]), random.choice(["propagate", "ignore"]), random.choice(["i64", "u32"])
    arguments = [op, "--tie", tie, "--nan", nan, "--index", index] + (["--keepdims"] if keepdims else [])
    x, along = (tensor.reshape(-1), 0) if axis is None or tensor.ndim == 0 else (tensor, axis)
    ops = ["Argmin", "Argmax"] if op == "argminmax" else [op.capitalize()]
    checks = {}
    for option, values, each in zip(("-o", "--max-output"), ("--values", "--max-values"), ops):
        found = best(each, dtype, x, along, tie.capitalize(), nan.capitalize())
        indices = kept(found.astype(NUMPY[index.upper()]), tensor.shape, axis, keepdims)
        elements = kept(chosen(x, along, found), tensor.shape, axis, keepdims)
        checks[option] = lambda result, expected=indices: same("I64", result, expected)
        if random.random() < 0.5:
            checks[values] = lambda result, expected=elements: same(dtype, result, expected)
    return arguments, checks


def random_initial(random, op, output_dtype):
    if random.random() < 0.5:
        return None
    if not is_float(output_dtype):
        limits = np.iinfo(NUMPY[output_dtype])
        return int(random.integers(limits.min, limits.max, dtype=NUMPY[output_dtype], endpoint=True))
    return float(random.choice([0.5, 1.5, 2])) if op == "Prod" else float(random.choice([-3, 0.25, 40]))


def scan_problem(random, dtype, tensor, axis, op, keepdims):
    mode, reverse = random.choice(list(MODES)), bool(random.random() < 0.5)
    out = random.choice(["default", *wider(dtype)])
    output_dtype = default_dtype(dtype) if out == "default" else out
    initial = random_initial(random, op, output_dtype)
    arguments = ["scan", "--op", op.lower(), *MODES[mode], "--out-dtype", out.lower()] + (["--reverse"] if reverse else [])
    arguments += [] if initial is None else ["--init", str(initial)]
    x, along = (tensor.reshape(-1), 0) if axis is None or tensor.ndim == 0 else (tensor, axis)
    if is_float(dtype) and op in ("Sum", "Prod"):
        numbers = decode(dtype, x).astype(np.longdouble)
        start = neutral(op, output_dtype) if initial is None else initial
        exact = scan_numbers(numbers, along, op, mode, reverse, start)
        magnitudes = scan_numbers(np.abs(numbers), along, op, mode, reverse, abs(start))
        checks = [lambda result, pair=pair: close(output_dtype, result, *pair) for pair in zip(exact, magnitudes)]
    else:
        expected = scan_outputs(dtype, x, along, op, mode, reverse, output_dtype, initial)
        checks = [lambda result, each=each: same(output_dtype, result, each) for each in expected]
    if random.random() < 0.5:
        return arguments, {"-o": checks[0]}
    dense = lambda total: total.reshape(np.delete(tensor.shape, axis)) if keepdims and axis is not None and tensor.ndim \
        else total.reshape(()) if keepdims else total
    return arguments + (["--keepdims"] if keepdims else []), {"-o": checks[0], "--total": lambda total: checks[1](dense(total))}


def random_problem(random, dtype, shape):
    """A tensor as it is saved, the arguments and the checks."""
    op = random.choice(["Sum", "Prod", "Max", "Min"]) if random.random() < 0.5 else None
    tensor = random_tensor(random, dtype, shape, op == "Prod")
    axis = random.choice([None, *range(-len(shape), len(shape))]) if shape else None
    keepdims = bool(random.random() < 0.3)
    with np.errstate(invalid="ignore", over="ignore"):
        arguments, checks = (scan_problem(random, dtype, tensor, axis, op, keepdims) if op else
                             arg_problem(random, dtype, tensor, axis, keepdims))
    arguments += [] if axis is None else ["--axis", str(axis)]
    arguments += ["--dtype", "bf16"] if dtype == "BF16" else []
    saved = tensor.astype(tensor.dtype.newbyteorder(random.choice(["<", ">"])))
    is_fortran = tensor.ndim > 1 and random.random() < 0.4
    return np.asfortranarray(saved) if is_fortran else saved, arguments, checks


def main():
    program, options = sys.argv[1], sys.argv[2:]
    random = np.random.default_rng(1)
    compared = lacking = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "in.npy")
        for shape, dtype, _ in itertools.product(SHAPES, NUMPY, range(ROUNDS)):
            tensor, arguments, checks = random_problem(random, dtype, shape)
            np.save(source, tensor)
            targets = {option: pathlib.Path(folder, f"{i}.npy") for i, option in enumerate(checks)}
            command = [program, "run", *arguments, *options, str(source)]
            for option, target in targets.items():
                target.unlink(missing_ok=True)
                command += [option, str(target)]
            ended = subprocess.run(command, capture_output=True, text=True)
            if ended.returncode == 3 and re.search("shaderFloat64|storageBuffer(8|16)BitAccess", ended.stderr):
                lacking += 1
                continue
            compared += 1
            differing = [option for option, check in checks.items() if not check(np.load(targets[option]))] \
                if ended.returncode == 0 else [ended.stderr.strip()]
            if differing:
                wrong += 1
                order = "Fortran" if np.isfortran(tensor) else "C"
                print(f"{tensor.dtype.str} {shape} {order}: {' '.join(command)}: {', '.join(differing)} differs")
    print(f"{compared - wrong} of {compared} results agree with NumPy {np.__version__}; the device lacks a feature for {lacking}")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
