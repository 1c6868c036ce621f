#include "sectors.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace vkaxis::cli {
namespace {

constexpr std::uint64_t kSector = 32;

// Those in which elements differ in place, the innermost first: stride in bytes, and extent.
std::vector<std::pair<std::uint64_t, std::uint64_t>> dimensionsOf(const harness::OperandView& view) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> dimensions;
    for (std::size_t i = 0; i < view.strides.size(); ++i)
        if (view.strides[i] != 0 && view.shape[i] != 1)
            dimensions.emplace_back(view.strides[i] * harness::elementSize(view.dtype), view.shape[i]);
    std::ranges::sort(dimensions);
    return dimensions;
}

}  // namespace

std::uint64_t movedBytes(const harness::OperandView& view) {
    const std::uint64_t size = harness::elementSize(view.dtype);
    const std::uint64_t count = harness::elementCount(view.shape);
    if (view.strides.empty() || count == 0) return count * size;
    const auto dimensions = dimensionsOf(view);

    std::uint64_t run = size, runs = 1;  // bytes without a whole sector between them, and how many such
    for (const auto& [stride, extent] : dimensions) {
        if (runs == 1 && stride < run + kSector)
            run += (extent - 1) * stride;
        else
            runs *= extent;
    }
    return runs == 1 ? run : runs * ((run + kSector - 1) / kSector * kSector);
}

std::uint64_t filledBytes(const harness::OperandView& view) {
    std::uint64_t run = harness::elementSize(view.dtype);  // bytes without any gap
    std::uint64_t runs = 1;
    std::uint64_t alignment = kSector;  // of where they begin
    for (const auto& [stride, extent] : dimensionsOf(view)) {
        if (runs == 1 && stride == run) {
            run *= extent;
        } else {
            runs *= extent;
            alignment = std::gcd(alignment, stride);
        }
    }
    if (runs == 1) return 0;
    std::uint64_t whole = 0;  // sectors of runs at each place within one
    for (std::uint64_t begin = 0; begin < kSector; begin += alignment) {
        const std::uint64_t first = begin == 0 ? 0 : 1;
        whole += std::max((begin + run) / kSector, first) - first;
    }
    const std::uint64_t moved = movedBytes(view);
    return moved - std::min(moved, runs * whole * alignment);
}

}  // namespace vkaxis::cli
