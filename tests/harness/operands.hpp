// The tensors that a problem reads and writes.
#pragma once

#include "harness/dtype.hpp"
#include "harness/problem.hpp"

#include <vector>

namespace vkaxis::harness {

struct OperandView {
    VkaxisOperand operand;
    const char* name;  // for messages
    Extents shape;
    Strides strides;
    Dtype dtype;
    bool written;

    std::uint64_t storageSize() const { return harness::storageSize(shape, strides, dtype); }
};

// Without scratch memory.
std::vector<OperandView> operandsOf(const Problem& problem);

// Of a written operand.
std::vector<std::byte>& outputOf(Outputs& outputs, VkaxisOperand operand);

}  // namespace vkaxis::harness
