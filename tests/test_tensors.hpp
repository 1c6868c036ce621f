// Tensors of the harness's own tests.
#pragma once

#include "harness/elements.hpp"
#include "harness/operands.hpp"
#include "harness/ops.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vkaxis::harness {

template <class T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {bytes.begin(), bytes.end()};
}

inline Verdict check(const Problem& problem, const Inputs& inputs, const Outputs& outputs,
                     std::uint64_t additionDepth = 8) {
    return entryOf(problem.op).check(problem, additionDepth, inputs, outputs);
}

inline bool sameBits(const Outputs& a, const Outputs& b) {
    return a.output == b.output && a.maxOutput == b.maxOutput && a.values == b.values &&
           a.maxValues == b.maxValues && a.totals == b.totals;
}

// The same bits, but in scans of floats for NaNs and the sign of zero.
inline bool sameNumbers(const Problem& problem, Outputs a, Outputs b) {
    const DtypeEntry& dtype = entryOf(outputDtype(problem));
    if (problem.op != Op::Scan || !dtype.isFloat()) return sameBits(a, b);
    for (const VkaxisOperand operand : {VKAXIS_OPERAND_OUTPUT, VKAXIS_OPERAND_TOTALS}) {
        const std::vector<std::byte>& x = outputOf(a, operand);
        const std::vector<std::byte>& y = outputOf(b, operand);
        if (x.size() != y.size()) return false;
        for (std::uint64_t i = 0; i < x.size() / dtype.size; ++i) {
            const double p = decodeFloat(dtype, loadBits(x.data(), i, dtype.size));
            const double q = decodeFloat(dtype, loadBits(y.data(), i, dtype.size));
            if (p != q && !(std::isnan(p) && std::isnan(q))) return false;
        }
    }
    return true;
}

}  // namespace vkaxis::harness
