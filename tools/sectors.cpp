#include "sectors.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace vkaxis::cli {

std::uint64_t movedBytes(const harness::OperandView& view) {
    constexpr std::uint64_t kSector = 32;
    const std::uint64_t size = harness::elementSize(view.dtype);
    if (view.strides.empty()) return harness::elementCount(view.shape) * size;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> dimensions;  // stride in bytes, extent
    for (std::size_t i = 0; i < view.shape.size(); ++i) {
        if (view.shape[i] == 0) return 0;
        if (view.strides[i] != 0) dimensions.emplace_back(view.strides[i] * size, view.shape[i]);
    }
    std::ranges::sort(dimensions);

    std::uint64_t run = size, runs = 1;  // bytes without a whole sector between them, and how many such
    for (const auto& [stride, extent] : dimensions) {
        if (runs == 1 && stride < run + kSector)
            run += (extent - 1) * stride;
        else
            runs *= extent;
    }
    return runs == 1 ? run : runs * ((run + kSector - 1) / kSector * kSector);
}

}  // namespace vkaxis::cli
