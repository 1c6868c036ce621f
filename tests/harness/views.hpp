// Views: where a tensor's elements lie in its storage.
#pragma once

#include "harness/parallel.hpp"
#include "harness/problem.hpp"

#include <algorithm>
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

// body(element, its place in the storage) for every element in row-major order, of a large tensor by several
// threads.
template <class Body>
void forEachPlace(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides,
                  const Body& body) {
    constexpr std::uint64_t kElementsPerTask = 1 << 18;
    const Strides steps = spelledOut(shape, strides);
    const std::uint64_t count = elementCount(shape);
    parallelFor((count + kElementsPerTask - 1) / kElementsPerTask, [&](std::uint64_t task) {
        const std::uint64_t begin = task * kElementsPerTask;
        std::vector<std::uint64_t> index(shape.size());
        std::uint64_t place = 0;
        std::uint64_t rest = begin;
        for (std::size_t i = shape.size(); i-- > 0; rest /= shape[i]) {
            index[i] = rest % shape[i];
            place += index[i] * steps[i];
        }
        for (std::uint64_t element = begin; element < std::min(count, begin + kElementsPerTask); ++element) {
            body(element, place);
            for (std::size_t i = shape.size(); i-- > 0;) {
                place += steps[i];
                if (++index[i] < shape[i]) break;
                place -= steps[i] * shape[i];
                index[i] = 0;
            }
        }
    });
}

}  // namespace vkaxis::harness
