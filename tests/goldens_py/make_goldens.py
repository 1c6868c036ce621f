#!/usr/bin/env python3
"""Writes goldens.hpp: small problems with the answers that NumPy gives, and PyTorch must give where it is installed."""
import itertools
from pathlib import Path

import numpy as np

try:
    import torch
except ImportError:
    torch = None

NAN, INF = np.nan, np.inf
CPP_DTYPE = {"float32": "Dtype::F32", "int32": "Dtype::I32", "uint32": "Dtype::U32"}


def words(array):
    return np.ascontiguousarray(array).view(np.uint32).ravel()


def agree(x, answer, function):
    """PyTorch has no reductions of uint32."""
    if torch is not None and x.dtype != np.uint32:
        np.testing.assert_array_equal(function(torch.from_numpy(np.ascontiguousarray(x))).numpy(), answer)


def argument(name, x, axis):
    """Both reductions of x, with indices of both types."""
    for (op, answer), (cpp_type, index_type) in itertools.product(
        (("Argmax", np.argmax(x, axis)), ("Argmin", np.argmin(x, axis))),
        (("I64", np.int64), ("U32", np.uint32)),
    ):
        agree(x, answer, lambda tensor: getattr(torch, op.lower())(tensor, axis))
        yield name, op, x, axis, f"IndexType::{cpp_type}, {{}}", np.asarray(answer).astype(index_type)


def scan(name, x, axis):
    """Every mode. The sums must be exact, so that NumPy's order of summation is of no consequence."""
    inclusive = np.cumsum(x, axis, dtype=x.dtype)
    agree(x, inclusive, lambda tensor: torch.cumsum(tensor, axis, dtype=tensor.dtype))
    initial = np.concatenate((np.zeros_like(x.take([0], axis)), inclusive), axis)
    exclusive = initial.take(range(x.shape[axis]), axis)
    for mode, answer in (("Inclusive", inclusive), ("Exclusive", exclusive), ("IncludeInitial", initial)):
        yield name, "Scan", x, axis, f"{{}}, ScanMode::{mode}", answer


def goldens():
    f32 = lambda values: np.array(values, np.float32)
    random = np.random.default_rng(20240607)
    integers = random.integers(-9, 10, (3, 5, 4))

    yield from argument("ties: the first wins", f32([[1, 3, 3, 2], [2, 1, 1, 2], [7, 7, 7, 7]]), 1)
    yield from argument("ties along columns", f32([[1, 3, 3, 2], [2, 1, 3, 2], [7, 3, 1, 2]]), 0)
    yield from argument("NaN wins, the first one", f32([[1, NAN, 5], [NAN, INF, NAN], [2, -INF, NAN], [NAN, NAN, NAN]]), 1)
    yield from argument("zeros are equal", f32([[-0.0, 0.0, -0.0], [0.0, -0.0, 0.0], [-0.0, 0.0, 1e-45], [0.0, -1e-45, 1]]), 1)
    yield from argument("infinities", f32([[-INF, -INF, -INF], [INF, INF, INF], [1, INF, -INF], [3e38, -INF, INF]]), 1)
    yield from argument("denormals count", f32([[1e-45, 3e-45, 2e-45], [-1e-45, -3e-45, 0]]), -1)
    yield from argument("signed extremes", np.array([[0, -1, -2**31, 2**31 - 1], [-2**31, -2**31, 2**31 - 1, 5]], np.int32), 1)
    yield from argument("unsigned extremes", np.array([[0, 2**31, 2**32 - 1, 1], [2**31, 2**31 - 1, 0, 0]], np.uint32), 1)
    for axis in (0, 1, -1):
        yield from argument("rank 3", f32(integers), axis)
        yield from scan("rank 3", f32(integers), axis)
    yield from scan("integers wrap", np.array([[2**31 - 1, 1, -5, -2**31], [-2**31, -1, 7, 2**31 - 1]], np.int32), 1)
    yield from scan("unsigned wrap", np.array([[2**32 - 1, 1, 2**31, 2**31]], np.uint32).T, 0)
    yield from scan("NaN poisons what follows", f32([[1, 2, NAN, 4, 5], [NAN, 1, 1, 1, 1], [1, 2, 3, 4, NAN]]), 1)
    yield from scan("infinities meet", f32([[1, INF, 2, -INF, 3], [-INF, 1, -INF, 5, 0], [1, 2, 3, 4, INF]]), 1)
    yield from scan("zeros", f32([[-0.0, -0.0, 0.0, -0.0]]), 1)
    yield from scan("quarters", f32([[0.25, -0.5, 1.75, 1024.25, -1024]]).T, 0)


HEAD = """// What {oracles}. Written by make_goldens.py.
// clang-format off
#pragma once

#include "harness/problem.hpp"

#include <cstdint>
#include <span>

namespace vkaxis::harness {{

struct Golden {{
    const char* name;
    Op op;
    Dtype dtype;
    std::span<const std::uint64_t> shape;
    std::int32_t axis;
    IndexType indexType;
    ScanMode mode;
    std::span<const std::uint32_t> input;
    std::span<const std::uint32_t> output;  // an i64 index is two words, the low one first

    Problem problem() const {{ return {{op, dtype, {{shape.begin(), shape.end()}}, axis, indexType, mode}}; }}
}};

"""
MIDDLE = """
inline constexpr Golden kGoldens[] = {
"""
TAIL = """};

}  // namespace vkaxis::harness
"""


class Header:
    """Collects arrays, each distinct one once, and the rows that refer to them."""

    def __init__(self):
        self.arrays = {}
        self.rows = []

    def array(self, cpp_type, numbers):
        text = f"inline constexpr {cpp_type} {{}}[] = {{{{{', '.join(numbers)}}}}};\n"
        return self.arrays.setdefault(text, f"kArray{len(self.arrays)}")

    def add(self, name, op, x, axis, mode, answer):
        shape = self.array("std::uint64_t", map(str, x.shape))
        tensors = [self.array("std::uint32_t", (f"{word:#010x}" for word in words(tensor))) for tensor in (x, answer)]
        self.rows.append(f'    {{"{name}", Op::{op}, {CPP_DTYPE[str(x.dtype)]}, {shape}, {axis}, {mode}, '
                         f'{", ".join(tensors)}}},\n')

    def text(self):
        arrays = "".join(text.format(name) for text, name in self.arrays.items())
        numpy = f"NumPy {np.__version__} answers"
        oracles = numpy if torch is None else f"{numpy}, and PyTorch {torch.__version__} but for uint32"
        return HEAD.format(oracles=oracles) + arrays + MIDDLE + "".join(self.rows) + TAIL


if __name__ == "__main__":
    header = Header()
    with np.errstate(invalid="ignore"):
        for golden in goldens():
            header.add(*golden)
    Path(__file__).with_name("goldens.hpp").write_text(header.text())
