#!/usr/bin/env python3
"""Makes the goldens of tests/runner_test.cpp beside itself, from NumPy (1.24 made the ones in the repository).

runner_*.npy          input arrays
runner_cases.txt      a line per case: what is compared, the bytes expected, the arguments of `vkaxis run`
runner_files.bin      the expected files, one after the other, byte for byte what numpy.save writes
runner_printed.txt    the expected outputs, one after the other, what print(array) writes
"""
import io
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
SHAPES = [(), (37,), (5, 7), (3, 4, 5), (2, 3, 4, 3), (2, 3, 2, 3, 4)]
DTYPES = ["f32", "i32", "u32"]

inputs = {}
cases, files, printed = [], [], []


def integers(shape, seed):
    """Small, with ties."""
    return (np.arange(np.prod(shape, dtype=int)) * seed % 13 - 6).reshape(shape)


def add_inputs():
    for rank, shape in enumerate(SHAPES):
        small = integers(shape, 7)
        inputs[f"f32_r{rank}"] = small.astype("<f4")
        inputs[f"i32_r{rank}"] = (small * 350_000_000).astype("<i4")  # sums wrap
        inputs[f"u32_r{rank}"] = (small * 350_000_000).astype("<u4")
        # For argmax and argmin only: NaN, infinities, zeros of both signs, a denormal.
        special = integers(shape, 5).astype("<f4")
        special.reshape(-1)[::11] = np.nan
        special.reshape(-1)[1::9] = np.inf
        special.reshape(-1)[2::9] = -np.inf
        special.reshape(-1)[3::4] = np.where(np.arange(special.reshape(-1)[3::4].size) % 2, 0.0, -0.0)
        special.reshape(-1)[5::10] = 1e-45
        inputs[f"special_r{rank}"] = special

    cube = inputs["f32_r3"]
    inputs["fortran"] = np.asfortranarray(cube)
    inputs["big_endian"] = inputs["i32_r3"].astype(">i4")
    inputs["big_endian_fortran"] = np.asfortranarray(cube.astype(">f4"))
    inputs["zeros"] = np.where(np.arange(12).reshape(3, 4) % 2, 0.0, -0.0).astype("<f4")
    inputs["no_rows"] = np.zeros((0, 3), "<f4")
    inputs["nan"] = np.array([[1.5, np.nan, 2], [0.25, -np.inf, 4]], "<f4")
    inputs["long"] = integers((1500,), 7).astype("<f4")
    inputs["wide"] = integers((60, 40), 5).astype("<i4")
    inputs["deep"] = integers((9, 8, 7, 6), 5).astype("<u4")
    inputs["eighths"] = (integers((4, 30), 7) / 8).astype("<f4")
    inputs["huge"] = (integers((3, 3), 7) * 2.0**40).astype("<f4")
    inputs["tiny"] = (integers((3, 3), 7) * 2.0**-30).astype("<f4")
    inputs["infinite"] = np.array([1, np.inf, 2], "<f4")
    inputs["normal"] = np.random.default_rng(1).standard_normal(4000).astype("<f4")


def scan(array, axis, mode):
    """numpy.cumsum in the array's dtype, by mode; in float32 exact, as the inputs are chosen."""
    if axis is None or array.ndim == 0:
        array, axis = array.reshape(-1), 0
    sums = np.cumsum(array, axis=axis, dtype=array.dtype)
    if mode == "inclusive":
        return sums
    with_initial = np.insert(sums, 0, 0, axis=axis)
    return with_initial if mode == "include-initial" else np.delete(with_initial, -1, axis=axis)


def result(name, op, axis, keepdims, index, mode):
    array = inputs[name]
    if op == "scan":
        return scan(array.astype(array.dtype.newbyteorder("<")), axis, mode)
    found = getattr(np, op)(array, axis=axis, keepdims=keepdims)
    return np.asarray(found).astype("<u4" if index == "u32" else "<i8")


def case(kind, name, op, axis=None, keepdims=False, index="i64", mode="inclusive"):
    array = result(name, op, axis, keepdims, index, mode)
    arguments = [op, f"runner_{name}.npy"]
    arguments += ["--axis", str(axis)] if axis is not None else []
    arguments += ["--keepdims"] if keepdims else []
    arguments += ["--index", index] if index != "i64" else []
    arguments += [f"--{mode}"] if mode != "inclusive" else []
    if kind == "file":
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(array, order="C"))
        files.append(buffer.getvalue())
        size = len(files[-1])
    else:
        printed.append(f"{array}\n")
        size = len(printed[-1])
    cases.append(f"{kind} {size} {' '.join(arguments)}")


def add_cases():
    # Every axis of every rank, and none, with every operation; dtypes and options take turns.
    modes = ["inclusive", "exclusive", "include-initial"]
    turn = 0
    for rank in range(len(SHAPES)):
        for axis in [None, *range(max(rank, 1))]:
            if axis is not None and turn % 2:
                axis -= max(rank, 1)
            floats = [f"special_r{rank}", f"i32_r{rank}", f"u32_r{rank}"]
            case("file", floats[turn % 3], "argmax", axis, keepdims=turn % 2 == 0, index=["i64", "u32"][turn // 2 % 2])
            case("file", floats[(turn + 1) % 3], "argmin", axis, keepdims=turn % 4 > 1, index=["u32", "i64"][turn % 2])
            case("file", f"{DTYPES[turn % 3]}_r{rank}", "scan", axis, mode=modes[turn // 3 % 3])
            turn += 1
    for rank in range(len(SHAPES)):
        case("file", f"special_r{rank}", "argmax", -1)
        case("file", f"special_r{rank}", "argmin")
        for dtype in DTYPES:
            case("file", f"{dtype}_r{rank}", "scan", 0)

    for name in ["fortran", "big_endian", "big_endian_fortran"]:
        for axis in [None, 0, 1, 2]:
            case("file", name, "scan", axis)
        case("file", name, "argmax", 1)
        case("file", name, "argmin")
    case("file", "zeros", "argmax", 1)
    case("file", "zeros", "argmin", 0)
    case("file", "no_rows", "argmax", 1)
    case("file", "no_rows", "scan", 0)
    case("file", "no_rows", "scan")
    case("file", "no_rows", "scan", 0, mode="include-initial")

    case("print", "i32_r2", "argmax")
    case("print", "i32_r2", "argmax", 0)
    case("print", "i32_r2", "argmin", 1, keepdims=True)
    case("print", "u32_r0", "argmin", index="u32")
    case("print", "f32_r0", "scan")
    case("print", "no_rows", "argmax", 1)
    case("print", "f32_r1", "scan")
    case("print", "i32_r3", "scan", 2)
    case("print", "u32_r5", "scan", 1)
    case("print", "nan", "scan", 1)
    case("print", "long", "scan")
    case("print", "wide", "scan", 1)
    case("print", "deep", "scan", -1)
    case("print", "deep", "argmax", 0)
    case("print", "eighths", "scan", 1)
    case("print", "huge", "scan", 0)
    case("print", "tiny", "scan", 1)
    case("print", "infinite", "scan", mode="exclusive")


add_inputs()
add_cases()
for name, array in inputs.items():
    np.save(FOLDER / f"runner_{name}.npy", array)
# Compared within its bound: the exact sums, as far as float64 can tell.
np.save(FOLDER / "runner_normal_exact.npy", np.cumsum(inputs["normal"], dtype="<f8"))
(FOLDER / "runner_cases.txt").write_text("\n".join(cases) + "\n")
(FOLDER / "runner_files.bin").write_bytes(b"".join(files))
(FOLDER / "runner_printed.txt").write_text("".join(printed))
