#!/usr/bin/env python3
"""Makes the goldens of tests/runner_test.cpp beside itself, from NumPy (1.24 made the ones in the repository).

runner_cases.txt      a line per input file:  input BYTES NAME
                      a line per case:        file FEATURE ARGUMENTS, with the bytes expected in place of each output's name
                                              print FEATURE BYTES ARGUMENTS
                      ARGUMENTS are those of `vkaxis run`; FEATURE is what the device needs for them, or -
runner_inputs.bin     the input files, one after the other
runner_files.bin      the expected files, one after the other, byte for byte what numpy.save writes
runner_printed.txt    the expected outputs, one after the other, what print(array) writes
"""
import io
import pathlib
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "goldens_py"))
from make_goldens import NUMPY, best, chosen, decode, default_dtype, encode, extremes, is_float, scan_outputs  # noqa: E402

SHAPES = [(), (37,), (5, 7), (3, 4, 5), (2, 3, 4, 3), (2, 3, 2, 3, 4)]

dtypes, arrays = {}, {}  # by an input's name
lines, files, printed = [], [], []


def saved(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def integers(shape, seed):
    """Small, with ties."""
    return (np.arange(np.prod(shape, dtype=int)) * seed % 13 - 6).reshape(shape)


# ---- Inputs ----


def add_input(name, dtype, array):
    dtypes[name], arrays[name] = dtype, array


def add_inputs():
    for rank, shape in enumerate(SHAPES):
        small = integers(shape, 7)
        add_input(f"f32_r{rank}", "F32", small.astype("f4"))
        add_input(f"i32_r{rank}", "I32", (small * 350_000_000).astype("i4"))  # sums wrap
        # For argmax and argmin only: NaN, infinities, zeros of both signs, a denormal.
        special = integers(shape, 5).astype("f4")
        special.reshape(-1)[::11] = np.nan
        special.reshape(-1)[1::9] = np.inf
        special.reshape(-1)[2::9] = -np.inf
        special.reshape(-1)[3::4] = np.where(np.arange(special.reshape(-1)[3::4].size) % 2, 0.0, -0.0)
        special.reshape(-1)[5::10] = 1e-45
        add_input(f"special_r{rank}", "F32", special)

    for dtype in NUMPY:
        small = integers((4, 3, 5), 7)
        if dtype in ("I8", "I16", "I64", "U8", "U16", "U32", "U64"):
            small = small * (int(np.iinfo(NUMPY[dtype]).max) // 6)
            small = small.astype(object) % 2**64
            small = np.array(small, "u8").astype(NUMPY[dtype])
        add_input(dtype.lower(), dtype, encode(dtype, small) if is_float(dtype) else small.astype(NUMPY[dtype]))
        add_input(f"{dtype.lower()}_limits", dtype, extremes(dtype))
        if is_float(dtype):
            strange = np.array([[1, np.nan, 5], [np.nan, np.inf, np.nan], [np.nan, -np.inf, -np.inf], [np.nan] * 3])
            add_input(f"{dtype.lower()}_nan", dtype, encode(dtype, strange))

    cube = arrays["f32_r3"]
    add_input("fortran", "F32", np.asfortranarray(cube))
    add_input("fortran_u8", "U8", np.asfortranarray(arrays["u8"]))
    add_input("fortran_i16", "I16", np.asfortranarray(integers((2, 3, 4, 3), 5).astype("i2")))
    add_input("fortran_f64", "F64", np.asfortranarray(arrays["f64"]))
    add_input("fortran_empty", "I64", np.asfortranarray(np.zeros((2, 0, 3), "i8")))
    add_input("big_endian", "I32", arrays["i32_r3"].astype(">i4"))
    add_input("big_endian_fortran", "F32", np.asfortranarray(cube.astype(">f4")))
    for dtype in ("F16", "F64", "I16", "U64"):
        add_input(f"big_endian_{dtype.lower()}", dtype, arrays[dtype.lower()].astype(">" + NUMPY[dtype]))
    add_input("zeros", "F32", np.where(np.arange(12).reshape(3, 4) % 2, 0.0, -0.0).astype("f4"))
    add_input("no_rows", "F32", np.zeros((0, 3), "f4"))
    add_input("no_columns", "I8", np.zeros((3, 0), "i1"))
    add_input("ones", "U16", np.full((1, 2, 1), 7, "u2"))
    add_input("scalar", "I64", np.array(-(2**63), "i8"))
    add_input("nan", "F32", np.array([[1.5, np.nan, 2], [0.25, -np.inf, 4]], "f4"))
    add_input("long", "F32", integers((1500,), 7).astype("f4"))
    add_input("wide", "I32", integers((60, 40), 5).astype("i4"))
    add_input("deep", "U32", integers((9, 8, 7, 6), 5).astype("u4"))
    add_input("eighths", "F32", (integers((4, 30), 7) / 8).astype("f4"))
    add_input("huge", "F32", (integers((3, 3), 7) * 2.0**40).astype("f4"))
    add_input("tiny", "F32", (integers((3, 3), 7) * 2.0**-30).astype("f4"))
    add_input("infinite", "F32", np.array([1, np.inf, 2], "f4"))
    add_input("halves", "F16", np.array([[0.1, 2.5, -0.333], [2048, 0.0001, 7], [65504, -65504, 6e-8]], "f2"))
    add_input("doubles", "F64", np.array([[0.1, 2.5, -1 / 3], [1e100, 1e-7, 7], [5e15, 123456.789, 0.5]], "f8"))
    add_input("brains", "BF16", encode("BF16", np.array([[0.1, 2.5, -0.333], [300, 1e30, 7]])))
    add_input("normal", "F32", np.random.default_rng(1).standard_normal(1000).astype("f4"))


# ---- Cases ----


def feature(dtype, adds=False):
    """What devices must have for an output of this dtype, of a scan (one that adds or multiplies) or of values."""
    size = np.dtype(NUMPY[dtype]).itemsize
    if size < 4:
        return f"storageBuffer{8 * size}BitAccess"
    return "shaderFloat64" if dtype == "F64" and adds else "-"


def native(name, axis):
    """An input as the operation sees it, and the axis."""
    array = arrays[name].astype(arrays[name].dtype.newbyteorder("="))
    return (array.reshape(-1), 0) if axis is None or array.ndim == 0 else (array, axis)


def kept(array, name, axis, keepdims):
    if not keepdims:
        return array
    shape = [1 if axis is None or i == axis % arrays[name].ndim else n for i, n in enumerate(arrays[name].shape)]
    return array.reshape(shape)


def add(kind, needs, arguments, outputs):
    """outputs: arrays by the option that names their file; the only one is printed, or two of argminmax with labels."""
    if kind == "file":
        for option, array in outputs.items():
            files.append(saved(np.asarray(array, order="C")))
            arguments += [option, str(len(files[-1]))]
        lines.append(f"file {needs} {' '.join(arguments)}")
        return
    labels = ["argmin:\n", "argmax:\n"] if len(outputs) > 1 else [""]
    printed.append("".join(f"{label}{array}\n" for label, array in zip(labels, outputs.values())))
    lines.append(f"print {needs} {len(printed[-1])} {' '.join(arguments)}")


def start(op, name, axis):
    arguments = [op, name] + (["--axis", str(axis)] if axis is not None else [])
    return arguments + (["--dtype", "bf16"] if dtypes[name] == "BF16" else [])


def arg(kind, name, op, axis=None, keepdims=False, index="i64", tie="first", nan="propagate", values=False):
    array, along = native(name, axis)
    dtype = dtypes[name]
    found = {each: best(each, dtype, array, along, tie.capitalize(), nan.capitalize()) for each in ("Argmin", "Argmax")}
    arguments = start(op, name, axis)
    arguments += ["--keepdims"] if keepdims else []
    for option, value, default in (("--index", index, "i64"), ("--tie", tie, "first"), ("--nan", nan, "propagate")):
        arguments += [option, value] if value != default else []
    ops = {"-o": "Argmin", "--max-output": "Argmax"} if op == "argminmax" else {"-o": op.capitalize()}
    outputs = {option: kept(found[each], name, axis, keepdims).astype("<u4" if index == "u32" else "<i8")
               for option, each in ops.items()}
    if values:
        for option, each in zip(("--values", "--max-values"), ops.values()):
            outputs[option] = kept(chosen(array, along, found[each]), name, axis, keepdims)
    add(kind, feature(dtype) if values else "-", arguments, outputs)


def scan(kind, name, axis=None, op="sum", mode="inclusive", reverse=False, init=None, total=False, keepdims=False, out=None):
    array, along = native(name, axis)
    dtype = dtypes[name]
    output_dtype = out.upper() if out else default_dtype(dtype)
    initial = None if init is None else (float if is_float(dtype) else int)(init)
    cpp_mode = {"inclusive": "Inclusive", "exclusive": "Exclusive", "include-initial": "IncludeInitial"}[mode]
    output, totals = scan_outputs(dtype, array, along, op.capitalize(), cpp_mode, reverse, output_dtype, initial)
    arguments = start("scan", name, axis)
    arguments += ["--op", op] if op != "sum" else []
    arguments += [f"--{mode}"] if mode != "inclusive" else []
    arguments += ["--reverse"] if reverse else []
    arguments += ["--init", init] if init is not None else []
    arguments += ["--out-dtype", out] if out else []
    arguments += ["--keepdims"] if keepdims else []
    if kind == "print" and output_dtype == "BF16":
        output = decode(output_dtype, output).astype("f4")
    outputs = {"-o": output} | ({"--total": kept(totals, name, axis, keepdims)} if total else {})
    add(kind, feature(output_dtype, op in ("sum", "prod")), arguments, outputs)


def add_shapes():
    """Every axis of every rank, and none; the options take turns."""
    turn = 0
    for rank in range(len(SHAPES)):
        for axis in [None, *range(max(rank, 1))]:
            if axis is not None and turn % 2:
                axis -= max(rank, 1)
            choices = {"keepdims": turn % 2 == 0, "index": ["i64", "u32"][turn // 2 % 2], "tie": ["first", "last"][turn // 3 % 2],
                       "nan": ["propagate", "ignore"][turn // 5 % 2], "values": turn % 4 == 1}
            arg("file", f"special_r{rank}", ["argmax", "argmin", "argminmax"][turn % 3], axis, **choices)
            scan("file", f"{['f32', 'i32'][turn % 2]}_r{rank}", axis, "sum",
                 ["inclusive", "exclusive", "include-initial"][turn // 3 % 3], reverse=turn % 4 > 1, total=turn % 5 == 0,
                 keepdims=turn % 10 == 0)
            turn += 1


def add_dtypes():
    for turn, dtype in enumerate(name.lower() for name in NUMPY):
        arg("file", dtype, ["argmax", "argmin"][turn % 2], turn % 3, tie=["last", "first"][turn % 2], values=True,
            keepdims=turn % 4 == 0)
        arg("file", f"{dtype}_limits", "argminmax", 1, values=turn % 2 == 0, tie=["first", "last"][turn // 2 % 2])
        scan("file", dtype, turn % 3 - 3, total=turn % 2 == 0, reverse=turn % 4 == 1)
        scan("file", dtype, None, "prod", "exclusive", init="2", reverse=turn % 3 == 0)
        scan("file", f"{dtype}_limits", 1, "max", ["inclusive", "include-initial"][turn % 2], total=True, keepdims=True)
        scan("file", f"{dtype}_limits", 0, "min", "exclusive", out=dtype, reverse=turn % 2 == 1)
        scan("file", dtype, 2, "max", "include-initial", init="4", reverse=turn % 2 == 0)
    for dtype in ("f16", "bf16", "f32", "f64"):
        arg("file", f"{dtype}_nan", "argminmax", 1, nan="ignore", values=dtype != "f32")
        arg("file", f"{dtype}_nan", "argmax", 0, tie="last", index="u32")
    scan("file", "f16", 1, out="f64")
    scan("file", "bf16", 1, out="f32", init="-0.5")
    scan("file", "f32", 1, "min", out="f64", init="-inf")
    scan("file", "i8", 0, init="-2147483648")
    scan("file", "i8", 0, out="i64", init="9223372036854775807")
    scan("file", "u8", 0, out="u16", init="65535", total=True)
    scan("file", "u8", 0, "max", out="i16", init="-32768", mode="exclusive")
    scan("file", "u64", 0, "max", init="18446744073709551615")
    scan("file", "i64", 0, "min", init="-9223372036854775808", mode="include-initial")


def add_layouts():
    for name, rank in (("fortran", 3), ("big_endian_fortran", 3), ("fortran_u8", 3), ("fortran_i16", 4), ("fortran_f64", 3)):
        for turn, axis in enumerate([None, *range(rank)]):
            scan("file", name, axis, total=turn % 2 == 0)
            arg("file", name, ["argmin", "argmax"][turn % 2], axis, values=turn % 2 == 1)
    for name in ("big_endian", "big_endian_f16", "big_endian_f64", "big_endian_i16", "big_endian_u64"):
        scan("file", name, 1)
        arg("file", name, "argmin", values=True)
    scan("file", "fortran_empty", 1, mode="include-initial", total=True)
    scan("file", "fortran_empty", 0)
    arg("file", "zeros", "argmax", 1)
    arg("file", "zeros", "argmin", 0, tie="last")
    arg("file", "no_rows", "argmax", 1)
    arg("file", "no_columns", "argminmax", 0, values=True, keepdims=True)
    scan("file", "no_rows", 0)
    scan("file", "no_rows")
    scan("file", "no_rows", 0, mode="include-initial")
    scan("file", "no_columns", 1, "max", total=True, keepdims=True)
    scan("file", "no_columns", 1, "prod", "include-initial", init="-7", total=True)
    scan("file", "ones", 1, out="u16", total=True)
    arg("file", "ones", "argmax", 0, tie="last")
    scan("file", "scalar", -1, mode="include-initial", total=True)
    arg("file", "scalar", "argminmax", values=True)


def add_prints():
    arg("print", "i32_r2", "argmax")
    arg("print", "i32_r2", "argmax", 0)
    arg("print", "i32_r2", "argmin", 1, keepdims=True)
    arg("print", "i32_r0", "argmin", index="u32")
    arg("print", "special_r2", "argminmax", 1)
    arg("print", "f32_nan", "argminmax", 1, nan="ignore", index="u32", keepdims=True)
    arg("print", "no_rows", "argmax", 1)
    arg("print", "deep", "argmax", 0)
    for name, axis in (("f32_r0", None), ("f32_r1", None), ("i32_r3", 2), ("f32_r5", 1), ("nan", 1), ("long", None), ("wide", 1),
                       ("deep", -1), ("eighths", 1), ("huge", 0), ("tiny", 1), ("u64", 1), ("i64", 1), ("i8", 1), ("f64", 2)):
        scan("print", name, axis)
    scan("print", "infinite", mode="exclusive")
    scan("print", "i64_limits", 1, "max", "exclusive")
    scan("print", "i8", 0, "min", out="i8")
    for name in ("halves", "doubles", "brains"):
        scan("print", name, 0, "max", reverse=True)
        scan("print", name, 1, "min")


add_inputs()
with np.errstate(over="ignore"):
    add_shapes()
    add_dtypes()
    add_layouts()
    add_prints()
contents = {name: saved(array) for name, array in arrays.items()}
# Compared within its bound: the exact sums, as far as float64 can tell.
contents["normal_exact"] = saved(np.cumsum(arrays["normal"], dtype="f8"))
sizes = [f"input {len(content)} {name}" for name, content in contents.items()]
(FOLDER / "runner_cases.txt").write_text("\n".join(sizes + lines) + "\n")
(FOLDER / "runner_inputs.bin").write_bytes(b"".join(contents.values()))
(FOLDER / "runner_files.bin").write_bytes(b"".join(files))
(FOLDER / "runner_printed.txt").write_text("".join(printed))
