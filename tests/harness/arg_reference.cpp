// argmax and argmin on the CPU.
#include "harness/elements.hpp"
#include "harness/references.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <mutex>
#include <string>

namespace vkaxis::harness {
namespace {

// Orders elements as the reduction prefers them, in integers, so that denormals count however the CPU is set:
// NaNs are all alike and above every number, and the zeros are equal.
template <Dtype dtype, bool minimum>
std::uint32_t preference(std::uint32_t bits) {
    constexpr std::uint32_t kSign = 0x80000000U;
    constexpr std::uint32_t kInfinity = 0x7f800000U;
    std::uint32_t ascending = bits;
    if constexpr (dtype == Dtype::F32) {
        const std::uint32_t magnitude = bits & ~kSign;
        if (magnitude > kInfinity) return 0xffffffffU;
        ascending = bits == magnitude ? kSign + magnitude : kSign - magnitude;
    } else if constexpr (dtype == Dtype::I32) {
        ascending = bits ^ kSign;
    }
    return minimum ? ~ascending : ascending;
}

// emit(element of the output, index along the axis) for every slice of the panel.
template <Dtype dtype, bool minimum, class Emit>
void reducePanel(const Slices& slices, const Panel& panel, const std::byte* input, const Emit& emit) {
    std::array<std::uint32_t, kPanelWidth> best{};
    std::array<std::uint32_t, kPanelWidth> index{};
    std::uint64_t row = panel.outer * slices.extent * slices.inner + panel.inner;
    for (std::uint64_t column = 0; column < panel.width; ++column)
        best[column] = preference<dtype, minimum>(load<std::uint32_t>(input, row + column));
    for (std::uint64_t position = 1; position < slices.extent; ++position) {
        row += slices.inner;
        for (std::uint64_t column = 0; column < panel.width; ++column) {
            const auto candidate = preference<dtype, minimum>(load<std::uint32_t>(input, row + column));
            const bool better = candidate > best[column];
            best[column] = better ? candidate : best[column];
            index[column] = better ? static_cast<std::uint32_t>(position) : index[column];
        }
    }
    for (std::uint64_t column = 0; column < panel.width; ++column)
        emit(panel.outer * slices.inner + panel.inner + column, index[column]);
}

template <bool minimum, class Emit>
void reducePanel(Dtype dtype, const Slices& slices, const Panel& panel, const std::byte* input,
                 const Emit& emit) {
    switch (dtype) {
        case Dtype::F32:
            return reducePanel<Dtype::F32, minimum>(slices, panel, input, emit);
        case Dtype::I32:
            return reducePanel<Dtype::I32, minimum>(slices, panel, input, emit);
        case Dtype::U32:
            return reducePanel<Dtype::U32, minimum>(slices, panel, input, emit);
    }
}

template <class Emit>
void reducePanel(const Problem& problem, const Slices& slices, const Panel& panel, const std::byte* input,
                 const Emit& emit) {
    if (problem.op == Op::Argmin) return reducePanel<true>(problem.dtype, slices, panel, input, emit);
    reducePanel<false>(problem.dtype, slices, panel, input, emit);
}

std::int64_t loadIndex(const Problem& problem, const std::byte* output, std::uint64_t element) {
    return problem.indexType == IndexType::I64
               ? load<std::int64_t>(output, element)
               : static_cast<std::int64_t>(load<std::uint32_t>(output, element));
}

std::string describeElement(const Problem& problem, const Slices& slices, const std::byte* input,
                            std::uint64_t outputElement, std::int64_t index) {
    if (index < 0 || static_cast<std::uint64_t>(index) >= slices.extent) return "outside the axis";
    const std::uint64_t row =
        outputElement / slices.inner * slices.extent + static_cast<std::uint64_t>(index);
    const auto bits = load<std::uint32_t>(input, row * slices.inner + outputElement % slices.inner);
    switch (problem.dtype) {
        case Dtype::F32:
            return fmt::format("{}", std::bit_cast<float>(bits));
        case Dtype::I32:
            return fmt::format("{}", std::bit_cast<std::int32_t>(bits));
        case Dtype::U32:
            return fmt::format("{}", bits);
    }
    return {};
}

}  // namespace

std::vector<std::byte> argReduceReference(const Problem& problem, std::span<const std::byte> input) {
    const Slices slices = slicesOf(problem);
    std::vector<std::byte> output(outputSize(problem));
    forEachPanel(slices, [&](const Panel& panel) {
        reducePanel(problem, slices, panel, input.data(), [&](std::uint64_t element, std::uint32_t index) {
            if (problem.indexType == IndexType::I64)
                store<std::int64_t>(output.data(), element, index);
            else
                store(output.data(), element, index);
        });
    });
    return output;
}

Verdict checkArgReduce(const Problem& problem, std::uint64_t, std::span<const std::byte> input,
                       std::span<const std::byte> output) {
    const Slices slices = slicesOf(problem);
    const std::vector<std::uint64_t> shape = outputShape(problem);
    Verdict verdict;
    std::mutex mutex;
    forEachPanel(slices, [&](const Panel& panel) {
        Verdict local;
        reducePanel(problem, slices, panel, input.data(), [&](std::uint64_t element, std::uint32_t expected) {
            const std::int64_t index = loadIndex(problem, output.data(), element);
            if (index == static_cast<std::int64_t>(expected)) return;
            local.addWrong(element, [&] {
                return fmt::format("{} is {} ({}), expected {} ({})", multiIndex(shape, element), index,
                                   describeElement(problem, slices, input.data(), element, index), expected,
                                   describeElement(problem, slices, input.data(), element, expected));
            });
        });
        if (local) return;
        const std::scoped_lock lock(mutex);
        verdict.merge(local);
    });
    return verdict;
}

}  // namespace vkaxis::harness
