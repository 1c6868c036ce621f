#include "harness/views.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace vkaxis::harness {
namespace {

using Shape = std::span<const std::uint64_t>;
using Order = std::vector<std::size_t>;  // dimensions, the outermost in memory first

// Every `steps[i]`-th element along dimension i of a tensor that is `padding` longer there, and laid out in
// this order.
Strides ordered(Shape shape, const Order& order, const Strides& steps, std::uint64_t padding) {
    Strides strides(shape.size());
    std::uint64_t size = 1;
    for (std::size_t i = order.size(); i-- > 0;) {
        const std::size_t dimension = order[i];
        strides[dimension] = size * steps[dimension];
        size *= shape[dimension] * steps[dimension] + padding;
    }
    return strides;
}

Order rowMajor(Shape shape) {
    Order order(shape.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

Strides inOrder(Shape shape, const Order& order) {
    return ordered(shape, order, Strides(shape.size(), 1), 0);
}

Strides dense(Shape, std::size_t) {
    return {};
}

Strides transposed(Shape shape, std::size_t) {
    Order order = rowMajor(shape);
    std::ranges::reverse(order);
    return inOrder(shape, order);
}

// The odd dimensions before the even ones, so that no two are neighbours in memory as they are in the shape.
Strides permuted(Shape shape, std::size_t) {
    Order order = rowMajor(shape);
    std::stable_partition(order.begin(), order.end(),
                          [](std::size_t dimension) { return dimension % 2 != 0; });
    return inOrder(shape, order);
}

Strides padded(Shape shape, std::size_t) {
    std::vector<std::uint64_t> longer(shape.begin(), shape.end());
    if (!longer.empty()) longer.back() += 3;
    return denseStrides(longer);
}

// Along the last dimension every 2nd element, along the axis every 3rd, along the others all.
Strides stepped(Shape shape, std::size_t axis) {
    Strides steps(shape.size(), 1);
    if (!shape.empty()) steps.back() = 2;
    if (axis < shape.size()) steps[axis] = 3;
    return ordered(shape, rowMajor(shape), steps, 1);
}

// The same slices again and again along the last dimension that is not the axis.
Strides repeated(Shape shape, std::size_t axis) {
    std::vector<std::uint64_t> single(shape.begin(), shape.end());
    std::size_t dimension = shape.size();
    while (dimension-- > 0)
        if (dimension != axis) break;
    if (dimension < shape.size()) single[dimension] = 1;
    Strides strides = denseStrides(single);
    if (dimension < shape.size()) strides[dimension] = 0;
    return strides;
}

// One element along the whole axis.
Strides constant(Shape shape, std::size_t axis) {
    std::vector<std::uint64_t> single(shape.begin(), shape.end());
    if (axis < shape.size()) single[axis] = 1;
    Strides strides = denseStrides(single);
    if (axis < shape.size()) strides[axis] = 0;
    return strides;
}

constexpr std::array kViews{
    ViewEntry{"dense", false, "row-major without strides", dense},
    ViewEntry{"transposed", false, "the dimensions in reverse order, as Fortran has them", transposed},
    ViewEntry{"permuted", false, "the odd dimensions before the even ones", permuted},
    ViewEntry{"padded", false, "rows longer than they are wide", padded},
    ViewEntry{"stepped", false, "every 2nd or 3rd element of a larger tensor", stepped},
    ViewEntry{"repeated", true, "stride 0 along a dimension that is not the axis", repeated},
    ViewEntry{"constant", true, "stride 0 along the axis", constant},
};

}  // namespace

std::span<const ViewEntry> viewTable() {
    return kViews;
}

const ViewEntry* findView(std::string_view name) {
    const auto* found = std::ranges::find(kViews, name, &ViewEntry::name);
    return found == kViews.end() ? nullptr : found;
}

void setViews(Problem& problem, const ViewEntry& input, const ViewEntry& output) {
    const Extents outputs = outputShape(problem);
    const Extents slices = sliceShape(problem);
    const std::size_t rank = problem.shape.size();
    const std::size_t axis = static_cast<std::size_t>(
        problem.axis < 0 ? problem.axis + static_cast<std::int64_t>(rank) : problem.axis);
    problem.strides = input.strides(problem.shape, axis);
    // A scalar's include-initial scan has an output of rank 1, for which there are no strides to give.
    const bool stridable = outputs.size() <= rank;
    problem.outputStrides =
        stridable ? output.strides(outputs, outputs.size() == rank ? axis : outputs.size()) : Strides{};
    problem.sideStrides = output.strides(slices, slices.size());
}

Strides denseStrides(std::span<const std::uint64_t> shape) {
    return inOrder(shape, rowMajor(shape));
}

Strides spelledOut(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides) {
    return strides.empty() ? denseStrides(shape) : Strides(strides.begin(), strides.end());
}

}  // namespace vkaxis::harness
