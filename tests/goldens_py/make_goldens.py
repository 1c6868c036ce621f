#!/usr/bin/env python3
"""Writes goldens.hpp: small problems with the answers that NumPy gives, and PyTorch must give where it is installed.

Sums and products are exact in float32, so that no order of summation is of consequence. NumPy has no bfloat16: such
tensors are held as uint16.
"""
from pathlib import Path

import numpy as np

try:
    import torch
except ImportError:
    torch = None

NAN, INF = np.nan, np.inf
NUMPY = {"F16": "f2", "BF16": "u2", "F32": "f4", "F64": "f8", "I8": "i1", "I16": "i2", "I32": "i4", "I64": "i8",
         "U8": "u1", "U16": "u2", "U32": "u4", "U64": "u8"}
FLOATS = ("F16", "BF16", "F32", "F64")
TORCH_ARG = ("F16", "BF16", "F32", "F64", "I8", "I16", "I32", "I64", "U8")
TORCH_SCAN = ("BF16", "F32", "F64", "I8", "I16", "I32", "I64", "U8")  # on the CPU 1.13 has none of F16


def is_float(dtype):
    return dtype in FLOATS


def encode(dtype, numbers):
    """Numbers as a tensor: floats rounded to nearest even, integers exactly."""
    if dtype != "BF16":
        return np.asarray(numbers).astype(NUMPY[dtype])
    bits = np.asarray(numbers, "f4").view("u4")
    rounded = (bits + np.uint32(0x7FFF) + (bits >> 16 & 1)) >> 16
    return np.where(np.isnan(numbers), 0x7FC0, rounded).astype("u2")


def decode(dtype, tensor):
    """The numbers of a tensor: floats as float64, integers as they are."""
    if dtype == "BF16":
        return (tensor.astype("u4") << np.uint32(16)).view("f4").astype("f8")
    return tensor.astype("f8") if is_float(dtype) else tensor


def torch_tensor(dtype, tensor):
    found = torch.from_numpy(np.ascontiguousarray(tensor.view("i2") if dtype == "BF16" else tensor))
    return found.view(torch.bfloat16) if dtype == "BF16" else found


# ---- argmax, argmin, argminmax ----


def best(op, dtype, tensor, axis, tie, nan):
    """Indices, of the last of several if so asked; -1 where all are ignored."""
    x = decode(dtype, tensor)
    isnan = np.isnan(x) if is_float(dtype) else np.zeros(x.shape, bool)
    ranks = np.unique(np.where(isnan, 0, x), return_inverse=True)[1].reshape(x.shape)  # equal ones, equal ranks
    ranks = ranks if op == "Argmax" else -ranks
    ranks = np.where(isnan, -x.size if nan == "Ignore" else x.size, ranks)
    first = np.argmax(ranks, axis)
    last = x.shape[axis] - 1 - np.argmax(np.flip(ranks, axis), axis)
    if tie == "First" and nan == "Propagate":
        np.testing.assert_array_equal(first, getattr(np, op.lower())(x, axis))
        if torch is not None and dtype in TORCH_ARG:
            found = getattr(torch, op.lower())(torch_tensor(dtype, tensor), axis)
            np.testing.assert_array_equal(first, found.numpy())
    return np.where(np.all(isnan, axis) & (nan == "Ignore"), -1, first if tie == "First" else last)


def chosen(tensor, axis, index):
    """Of a slice of nothing but ignored NaN, the first."""
    return np.take_along_axis(tensor, np.expand_dims(np.maximum(index, 0), axis), axis).squeeze(axis)


def argument(name, dtype, tensor, axis, ops=("Argmax", "Argmin", "Argminmax"), ties=("First", "Last"),
             nans=("Propagate",), values=True):
    """The index types take turns."""
    index_type = "I64"
    for op in ops:
        for tie in ties:
            for nan in nans:
                least, most = (best(each, dtype, tensor, axis, tie, nan) for each in ("Argmin", "Argmax"))
                main, other = (most, None) if op == "Argmax" else (least, most if op == "Argminmax" else None)
                outputs = {"output": main, "maxOutput": other}
                tensors = {key: index.astype(NUMPY[index_type]) for key, index in outputs.items() if index is not None}
                if values:
                    tensors["values"] = chosen(tensor, axis, main)
                    if other is not None:
                        tensors["maxValues"] = chosen(tensor, axis, other)
                options = {"indexType": f"IndexType::{index_type}", "tie": f"Tie::{tie}", "nan": f"Nan::{nan}",
                           "withValues": "true" if values else None}
                yield name, op, dtype, tensor, axis, options, tensors
                index_type = "U32" if index_type == "I64" else "I64"


# ---- scan ----

ACCUMULATE = {"Sum": np.add, "Prod": np.multiply, "Max": np.maximum, "Min": np.minimum}


def neutral(op, dtype):
    if op in ("Sum", "Prod"):
        return 0 if op == "Sum" else 1
    if is_float(dtype):
        return -INF if op == "Max" else INF
    limits = np.iinfo(NUMPY[dtype])
    return limits.min if op == "Max" else limits.max


def accumulate(op, x, axis):
    """NumPy leaves it open which of zeros of both signs is the larger one; here +0 is."""
    found = ACCUMULATE[op].accumulate(x, axis)
    if op in ("Sum", "Prod") or x.dtype != np.float64:
        return found
    bits = x.view("i8")
    keys = np.where(bits < 0, bits ^ np.int64(2**63 - 1), bits)
    keys[np.isnan(x)] = 2**63 - 1 if op == "Max" else -2**63
    keys = ACCUMULATE[op].accumulate(keys, axis)
    ordered = np.where(keys < 0, keys ^ np.int64(2**63 - 1), keys).view("f8")
    ordered = np.where(np.isnan(found), NAN, ordered)
    np.testing.assert_array_equal(ordered, found)
    return ordered


def default_dtype(dtype):
    return {"I8": "I32", "I16": "I32", "U8": "U32", "U16": "U32"}.get(dtype, dtype)


def scan_numbers(x, axis, op, mode, reverse, initial):
    """The output and the totals, in x's dtype. initial: a number, or an array of one per slice."""
    start = np.empty([1 if i == axis % x.ndim else extent for i, extent in enumerate(x.shape)], x.dtype)
    start[...] = np.expand_dims(initial, axis) if np.ndim(initial) else initial
    everything = accumulate(op, np.concatenate((start, np.flip(x, axis) if reverse else x), axis), axis)
    count = everything.shape[axis]
    parts = {"Inclusive": range(1, count), "Exclusive": range(count - 1), "IncludeInitial": range(count)}
    output = everything.take(parts[mode], axis)
    return np.flip(output, axis) if reverse else output, everything.take(count - 1, axis)


def scan_outputs(dtype, tensor, axis, op, mode, reverse, output_dtype, initial):
    """The same as tensors, where floats are exact in float64; an initial of None is the neutral element."""
    x = decode(dtype, tensor)
    x = x if is_float(dtype) else x.astype(NUMPY[output_dtype])
    initial = neutral(op, output_dtype) if initial is None else initial
    return tuple(encode(output_dtype, each) for each in scan_numbers(x, axis, op, mode, reverse, initial))


def agree_scan(dtype, tensor, axis, op, output):
    """An inclusive scan in the input's dtype, against PyTorch."""
    if torch is None or dtype not in TORCH_SCAN:
        return
    x = torch_tensor(dtype, tensor)
    name = {"Sum": "cumsum", "Prod": "cumprod", "Max": "cummax", "Min": "cummin"}[op]
    found = getattr(torch, name)(x, axis, **({"dtype": x.dtype} if op in ("Sum", "Prod") else {}))
    found = found if op in ("Sum", "Prod") else found.values
    found = found.float().numpy() if dtype == "BF16" else found.numpy()
    np.testing.assert_array_equal(found, decode(dtype, output))


def scan(name, dtype, tensor, axis, op="Sum", modes=("Inclusive", "Exclusive", "IncludeInitial"), reverse=False,
         output_dtype=None, initial=None, totals=False):
    as_default = output_dtype is None
    output_dtype = output_dtype or default_dtype(dtype)
    for mode in modes:
        output, total = scan_outputs(dtype, tensor, axis, op, mode, reverse, output_dtype, initial)
        if mode == "Inclusive" and not reverse and initial is None and output_dtype == dtype:
            agree_scan(dtype, tensor, axis, op, output)
        member = "f64" if is_float(dtype) else output_dtype[0].lower() + "64"
        options = {"mode": f"ScanMode::{mode}", "scanOp": f"ScanOp::{op}", "reverse": "true" if reverse else None,
                   "outputDtype": None if as_default else f"Dtype::{output_dtype}",
                   "withTotals": "true" if totals else None}
        tensors = {"output": output}
        if totals:
            tensors["totals"] = total
        if np.ndim(initial):
            options["initialKind"] = "ScanInitial::PerSlice"
            tensors["initial"] = encode(output_dtype, initial)
        elif initial is not None:
            options["initialKind"] = "ScanInitial::Host"
            options["initialValue"] = f"{{.{member} = {initial}}}"
        yield name, "Scan", dtype, tensor, axis, options, tensors


# ---- The problems ----


def extremes(dtype):
    """Two rows with the dtype's limits, each twice."""
    if is_float(dtype):
        bits = np.dtype(NUMPY[dtype]).itemsize * 8
        mantissa = {"F16": 10, "BF16": 7, "F32": 23, "F64": 52}[dtype]
        sign, one = 1 << (bits - 1), 1 << mantissa
        infinity = sign - one
        words = [[0, infinity, 1, infinity | sign, infinity, infinity | sign],
                 [infinity - 1, 1, infinity - 1 | sign, sign | 1, infinity - 1 | sign, infinity - 1]]
        return np.array(words, f"u{bits // 8}").view(NUMPY[dtype])
    limits = np.iinfo(NUMPY[dtype])
    middle = int(limits.max) // 2 + 1
    return np.array([[0, limits.max, 1, limits.min, limits.max, limits.min],
                     [middle, middle - 1, middle + 1, 3, middle + 1, 3]], NUMPY[dtype])


def published():
    """Answers written in the specifications: ONNX's ArgMax, ArgMin and CumSum, and PyTorch's rule for NaN in cummax."""
    ties = np.array([[2, 2], [3, 10]], "f4")
    assert best("Argmax", "F32", ties, 1, "Last", "Propagate").tolist() == [1, 1]
    assert best("Argmin", "F32", ties, 1, "Last", "Propagate").tolist() == [1, 0]
    yield from argument("ONNX select_last_index", "F32", ties, 1)

    row = np.array([1, 2, 3, 4, 5], "f8")
    for mode, reverse, expected in (("Inclusive", False, [1, 3, 6, 10, 15]), ("Exclusive", False, [0, 1, 3, 6, 10]),
                                    ("Inclusive", True, [15, 14, 12, 9, 5]), ("Exclusive", True, [14, 12, 9, 5, 0])):
        (case,) = scan("ONNX CumSum", "F64", row, 0, modes=[mode], reverse=reverse)
        assert case[-1]["output"].tolist() == expected
        yield case

    (case,) = scan("PyTorch cummax with NaN", "F32", np.array([1, NAN, 2, 3], "f4"), 0, "Max", modes=["Inclusive"])
    np.testing.assert_array_equal(case[-1]["output"], np.array([1, NAN, NAN, NAN], "f4"))
    yield case


def arg_goldens():
    f32 = lambda values: np.array(values, "f4")
    cube = np.random.default_rng(20240607).integers(-9, 10, (3, 5, 4))
    yield from argument("ties", "F32", f32([[1, 3, 3, 2], [2, 1, 1, 2], [7, 7, 7, 7]]), 1)
    yield from argument("ties along columns", "F32", f32([[1, 3, 3, 2], [2, 1, 3, 2], [7, 3, 1, 2]]), 0)
    strange = f32([[1, NAN, 5], [NAN, INF, NAN], [2, -INF, NAN], [NAN, -INF, -INF], [NAN, INF, INF], [NAN, NAN, NAN]])
    for dtype in FLOATS:
        yield from argument("NaN", dtype, encode(dtype, strange), 1, nans=("Propagate", "Ignore"),
                            ops=("Argmax", "Argmin", "Argminmax") if dtype == "F32" else ("Argminmax",))
    yield from argument("NaN along columns", "F32", strange.T.copy(), 0, nans=("Ignore",), ops=("Argminmax",))
    yield from argument("zeros are equal", "F32",
                        f32([[-0.0, 0.0, -0.0], [0.0, -0.0, 0.0], [-0.0, 0.0, 1e-45], [0.0, -1e-45, 1]]), 1)
    yield from argument("infinities", "F32", f32([[-INF, -INF, -INF], [INF, INF, INF], [1, INF, -INF], [3e38, -INF, INF]]), 1)
    yield from argument("denormals count", "F32", f32([[1e-45, 3e-45, 2e-45], [-1e-45, -3e-45, 0]]), -1, ties=("First",))
    for dtype in NUMPY:
        yield from argument("extremes", dtype, extremes(dtype), 1, ties=("First",))
        yield from argument("extremes along columns", dtype, extremes(dtype).T.copy(), 0, ops=("Argminmax",))
        yield from argument("without values", dtype, extremes(dtype)[:, :5].copy(), 1, ties=("First",), values=False)
    for axis in (0, 1, -1):
        yield from argument("rank 3", "F32", f32(cube), axis, ties=("First",), values=False)
    yield from argument("transposed", "I16", cube.astype("i2").transpose(2, 0, 1), 1, ties=("Last",))
    yield from argument("stepped", "U8", cube.astype("u1")[::2, 1::3, :], 1, ops=("Argminmax",))
    yield from argument("broadcast", "F64", np.broadcast_to(cube[0, :, :1].astype("f8"), (5, 3)), 1)
    yield from argument("one element", "F16", np.full((1, 1), 7, "f2"), 0, ties=("First",))


def scan_goldens():
    random = np.random.default_rng(20240607)
    cube = random.integers(-9, 10, (3, 5, 4))
    small = random.integers(1, 4, (2, 6))
    for axis in (0, 1, -1):
        yield from scan("rank 3", "F32", cube.astype("f4"), axis)
    for dtype in NUMPY:
        limits = extremes(dtype)
        terms = encode(dtype, small * 0.5 - 0.75) if is_float(dtype) else limits
        yield from scan("sums", dtype, terms, 1, totals=True)
        yield from scan("sums in the input's dtype", dtype, terms, 1, modes=["Inclusive"], output_dtype=dtype,
                        reverse=True)
        yield from scan("products", dtype, encode(dtype, small), 1, "Prod", modes=["Exclusive"], totals=True)
        for op in ("Max", "Min"):
            yield from scan("extremes", dtype, limits, 1, op, modes=["Inclusive", "IncludeInitial"])
            yield from scan("extremes reversed", dtype, limits.T.copy(), 0, op, modes=["Exclusive"], reverse=True,
                            totals=True)
        start = 3 if not dtype.startswith("I") else -3
        yield from scan("initial value", dtype, encode(dtype, small), 1, initial=start, totals=True)
        yield from scan("initial values per slice", dtype, encode(dtype, small), 0, initial=np.arange(6) % 3 + 1, reverse=True,
                        totals=True, modes=["Exclusive", "IncludeInitial"])
    for dtype, output in (("F16", "F32"), ("F16", "F64"), ("BF16", "F32"), ("BF16", "F64"), ("F32", "F64"), ("I8", "I16"),
                          ("I8", "I64"), ("I16", "I64"), ("I32", "I64"), ("U8", "U16"), ("U8", "U64"), ("U8", "I16"),
                          ("U8", "I64"), ("U16", "I32"), ("U16", "U64"), ("U32", "U64"), ("U32", "I64")):
        wide = encode(dtype, small * 0.5) if is_float(dtype) else extremes(dtype)
        yield from scan("a wider output", dtype, wide, 1, output_dtype=output, modes=["Inclusive"], totals=True)
        yield from scan("a wider output", dtype, wide, 1, "Max", output_dtype=output, modes=["Exclusive"])

    f32 = lambda values: np.array(values, "f4")
    for reverse in (False, True):
        yield from scan("NaN poisons what follows", "F32", f32([[1, 2, NAN, 4, 5], [NAN, 1, 1, 1, 1], [1, 2, 3, 4, NAN]]), 1,
                        reverse=reverse)
        yield from scan("infinities meet", "F32", f32([[1, INF, 2, -INF, 3], [-INF, 1, -INF, 5, 0], [1, 2, 3, 4, INF]]), 1,
                        reverse=reverse)
    for op in ("Max", "Min"):
        for dtype in FLOATS:
            yield from scan("NaN and zeros", dtype, encode(dtype, f32([[-0.0, 0.0, -0.0, NAN, 1], [0.0, -0.0, 0.0, -0.0, 0.0]])),
                            1, op, modes=["Inclusive"])
    yield from scan("zeros", "F32", f32([[-0.0, -0.0, 0.0, -0.0]]), 1)
    yield from scan("quarters", "F32", f32([[0.25, -0.5, 1.75, 1024.25, -1024]]).T.copy(), 0)
    # 2048 + 1 is halfway in F16, 256 + 1 in BF16; a sum that was rounded at every step would stay there.
    yield from scan("rounded once", "F16", np.array([[2048] + [1] * 7, [60000, 5000, 400, 119, 1, -1000, 0, 2]], "f2"), 1)
    yield from scan("rounded once", "BF16", encode("BF16", [[256] + [1] * 7, [3, 512, 1, 1, 1, 1, 4096, 1]]), 1)
    yield from scan("transposed", "I16", cube.astype("i2").transpose(2, 0, 1), 1, totals=True)
    yield from scan("stepped", "U8", cube.astype("u1")[::2, 1::3, :], 1, modes=["Inclusive"])
    yield from scan("broadcast", "F64", np.broadcast_to(cube[0, :, :1].astype("f8"), (5, 3)), 1, modes=["Exclusive"])
    yield from scan("one element", "F16", np.full((1, 1), 7, "f2"), 0, totals=True)
    for mode in ("Inclusive", "IncludeInitial"):
        yield from scan("an empty axis", "I32", np.zeros((3, 0), "i4"), 1, initial=-5, totals=True, modes=[mode])
        yield from scan("an empty axis", "F32", np.zeros((0, 2), "f4"), 0, "Min", totals=True, modes=[mode])


# ---- The header ----

HEAD = """// What {oracles}. Written by make_goldens.py.
// clang-format off
#pragma once

#include "harness/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vkaxis::harness {{

using GoldenBytes = std::span<const std::uint8_t>;

// The fields of Problem, and the tensors.
struct Golden {{
    const char* name;
    Op op;
    Dtype dtype;
    std::span<const std::uint64_t> shape;
    std::int32_t axis;
    std::span<const std::uint64_t> strides{{}};
    IndexType indexType = IndexType::I64;
    Tie tie = Tie::First;
    Nan nan = Nan::Propagate;
    bool withValues = false;
    ScanMode mode = ScanMode::Inclusive;
    ScanOp scanOp = ScanOp::Sum;
    bool reverse = false;
    Dtype outputDtype = Dtype::Default;
    ScanInitial initialKind = ScanInitial::Neutral;
    VkaxisScalar initialValue{{}};
    bool withTotals = false;
    GoldenBytes input{{}}, initial{{}}, output{{}}, maxOutput{{}}, values{{}}, maxValues{{}}, totals{{}};

    Problem problem() const {{
        return {{.op = op, .dtype = dtype, .shape = {{shape.begin(), shape.end()}}, .axis = axis,
                .strides = {{strides.begin(), strides.end()}}, .indexType = indexType, .tie = tie, .nan = nan,
                .values = withValues, .mode = mode, .scanOp = scanOp, .reverse = reverse, .outputDtype = outputDtype,
                .initial = initialKind, .initialValue = initialValue, .totals = withTotals}};
    }}
    Inputs inputs() const {{ return {{std::as_bytes(input), std::as_bytes(initial)}}; }}
    Outputs outputs() const {{
        return {{copy(output), copy(maxOutput), copy(values), copy(maxValues), copy(totals)}};
    }}

  private:
    static std::vector<std::byte> copy(GoldenBytes tensor) {{
        const auto bytes = std::as_bytes(tensor);
        return {{bytes.begin(), bytes.end()}};
    }}
}};

"""
MIDDLE = """
inline constexpr Golden kGoldens[] = {
"""
TAIL = """};

}  // namespace vkaxis::harness
"""
DEFAULTS = {"IndexType::I64", "Tie::First", "Nan::Propagate", "ScanMode::Inclusive", "ScanOp::Sum"}


def storage(tensor):
    """The elements from a view's first to its last, where they lie."""
    count = 0 if tensor.size == 0 else 1 + sum((n - 1) * s for n, s in zip(tensor.shape, element_strides(tensor)))
    return np.lib.stride_tricks.as_strided(tensor, (count,), (tensor.itemsize,))


def element_strides(tensor):
    return [stride // tensor.itemsize for stride in tensor.strides]


class Header:
    """Collects arrays, each distinct one once, and the rows that refer to them."""

    def __init__(self):
        self.arrays = {}
        self.rows = []

    def array(self, cpp_type, numbers):
        text = f"inline constexpr std::{cpp_type} {{}}[] = {{{{{','.join(map(str, numbers))}}}}};\n"
        return self.arrays.setdefault(text, f"k{len(self.arrays)}")

    def add(self, name, op, dtype, tensor, axis, options, tensors):
        fields = {"name": f'"{name}"', "op": f"Op::{op}", "dtype": f"Dtype::{dtype}",
                  "shape": self.array("uint64_t", tensor.shape), "axis": str(axis)}
        if not tensor.flags.c_contiguous:
            fields["strides"] = self.array("uint64_t", element_strides(tensor))
        fields |= {key: text for key, text in options.items() if text and text not in DEFAULTS}
        for key, array in ({"input": storage(tensor)} | tensors).items():
            if array.size:
                fields[key] = self.array("uint8_t", np.ascontiguousarray(array).reshape(-1).view("u1"))
        order = ["name", "op", "dtype", "shape", "axis", "strides", "indexType", "tie", "nan", "withValues", "mode", "scanOp",
                 "reverse", "outputDtype", "initialKind", "initialValue", "withTotals", "input", "initial", "output",
                 "maxOutput", "values", "maxValues", "totals"]
        self.rows.append("    {" + ", ".join(f".{key} = {fields[key]}" for key in order if key in fields) + "},\n")

    def text(self):
        arrays = "".join(text.format(name) for text, name in self.arrays.items())
        numpy = f"NumPy {np.__version__} answers"
        oracles = numpy if torch is None else f"{numpy}, and PyTorch {torch.__version__} where it has the dtype"
        return HEAD.format(oracles=oracles) + arrays + MIDDLE + "".join(self.rows) + TAIL


if __name__ == "__main__":
    header = Header()
    with np.errstate(invalid="ignore", over="ignore"):
        for golden in (*published(), *arg_goldens(), *scan_goldens()):
            header.add(*golden)
    Path(__file__).with_name("goldens.hpp").write_text(header.text())
