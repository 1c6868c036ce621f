// Views: where a tensor's elements lie in its storage.
#pragma once

#include "harness/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vkaxis::harness {

// A way to choose the strides of a tensor of any shape. Where a shape has too few dimensions for it, the
// elements lie densely.
struct ViewEntry {
    const char* name;
    bool inputOnly;  // elements share a place
    const char* summary;
    // axis is a dimension of the shape, or its rank for one without the axis.
    Strides (*strides)(std::span<const std::uint64_t> shape, std::size_t axis);
};

std::span<const ViewEntry> viewTable();            // the first is dense, without strides
const ViewEntry* findView(std::string_view name);  // or null

// Gives the input one view, and the outputs and initial values another.
void setViews(Problem& problem, const ViewEntry& input, const ViewEntry& output);

Strides denseStrides(std::span<const std::uint64_t> shape);

// The strides, which for a dense tensor may be empty, spelled out.
Strides spelledOut(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides);

// body(place in the storage) for every element, in row-major order.
template <class Body>
void forEachPlace(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides,
                  const Body& body) {
    const Strides steps = spelledOut(shape, strides);
    const std::uint64_t count = elementCount(shape);
    std::vector<std::uint64_t> index(shape.size());
    std::uint64_t place = 0;
    for (std::uint64_t element = 0; element < count; ++element) {
        body(place);
        for (std::size_t i = shape.size(); i-- > 0;) {
            place += steps[i];
            if (++index[i] < shape[i]) break;
            place -= steps[i] * shape[i];
            index[i] = 0;
        }
    }
}

}  // namespace vkaxis::harness
