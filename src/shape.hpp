// Tensors as the kernels see them: three collapsed dimensions with the axis in the middle.
#pragma once

#include <vkaxis/vkaxis.h>

namespace vkaxis {

struct Extents {
    uint64_t outer;   // slices before the axis
    uint64_t extent;  // along the axis, at most 2^32-1
    uint64_t inner;   // elements between neighbours along the axis

    uint64_t columns() const { return outer * inner; }
    uint64_t elements() const { return outer * extent * inner; }
};

inline constexpr uint64_t kElementSize = 4;  // bytes, of every dtype so far

inline constexpr uint64_t divideUp(uint64_t a, uint64_t b) {
    return a / b + (a % b != 0);
}
inline constexpr uint64_t roundUp(uint64_t a, uint64_t multiple) {
    return divideUp(a, multiple) * multiple;
}

// Validates the tensor and the axis. `grown`: elements that the result has beyond `extent` along the axis.
VkaxisStatus collapse(const VkaxisTensor& tensor, int32_t axis, uint64_t grown, Extents& extents);

}  // namespace vkaxis
