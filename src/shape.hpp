// Tensors as the kernels see them: collapsed dimensions with their strides in bytes.
#pragma once

#include <vkaxis/vkaxis.h>

#include <span>

#include "params.h"

namespace vkaxis {

inline constexpr uint64_t divideUp(uint64_t a, uint64_t b) {
    return a / b + (a % b != 0);
}
inline constexpr uint64_t roundUp(uint64_t a, uint64_t multiple) {
    return divideUp(a, multiple) * multiple;
}

inline constexpr uint64_t kQuad = 4;     // neighbouring elements that kernels load together
inline constexpr uint64_t kSector = 32;  // bytes that memory moves together

// Whether pieces of memory of `size` bytes, a stride apart, have hardly a gap in between, that is read for
// nothing.
inline constexpr bool areClose(uint64_t stride, uint64_t size) {
    return stride >= size && stride - size <= kSector;
}

struct Dimension {
    uint64_t extent = 1;
    uint64_t strides[shader::kOperands] = {};  // bytes, per operand of a ShapeTable
};

// [outer..., axis, inner], though not in that order in memory: inner are neighbouring columns, of extent 1
// where the elements along the axis are closer to each other than any columns.
struct Shape {
    Dimension axis;
    Dimension inner;
    Dimension outer[shader::kMaxOuter];  // the slowest first
    uint32_t outerRank = 0;

    uint64_t rows() const;  // of all outer dimensions together
    uint64_t slices() const { return rows() * inner.extent; }

    // The bytes between outer slices of an operand that isPlain.
    uint64_t sliceStride(uint32_t operand) const {
        return outerRank == 0 ? 0 : outer[outerRank - 1].strides[operand];
    }
    // Whether one stride says where slices lie, and columns are neighbours.
    bool isPlain(uint32_t operand, uint64_t elementSize) const;
    // Whether besides they follow each other without gaps.
    bool isDense(uint32_t operand, uint64_t elementSize) const;

    shader::ShapeTable table() const;
};

// How an operand looks at the dimensions of the input.
struct View {
    const char* name;
    VkaxisLayout layout;
    uint64_t elementSize;
    bool hasAxis;
    uint64_t grown;  // elements beyond the input's along the axis
    bool written;
};

// Validates the input's shape, the axis and the views, and collapses the dimensions that all views agree on.
// Views are numbered by operand, the input first; `guide` is the one whose strides decide which columns are
// neighbours. `sizes` receives the bytes from each view's address to the end of its last element.
VkaxisStatus collapse(const VkaxisTensor& input, int32_t axis, std::span<const View> views, uint32_t guide,
                      Shape& shape, std::span<VkDeviceSize> sizes);

}  // namespace vkaxis
