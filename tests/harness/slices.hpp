// A tensor seen along one axis, and its slices shared out to threads with good locality.
#pragma once

#include "harness/parallel.hpp"
#include "harness/problem.hpp"
#include "harness/views.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vkaxis::harness {

// [outer, extent, inner], row-major; a slice runs along the middle.
struct Slices {
    std::uint64_t outer = 1;
    std::uint64_t extent = 1;
    std::uint64_t inner = 1;
};

inline Slices slicesOf(const Problem& problem) {
    const auto rank = static_cast<std::int64_t>(problem.shape.size());
    if (rank == 0) return {};
    const std::int64_t axis = problem.axis < 0 ? problem.axis + rank : problem.axis;
    Slices slices;
    for (std::int64_t i = 0; i < rank; ++i) {
        std::uint64_t& part = i < axis ? slices.outer : i == axis ? slices.extent : slices.inner;
        part *= problem.shape[static_cast<std::size_t>(i)];
    }
    return slices;
}

// Neighbouring slices: those of one outer index with inner indices from `inner` on.
struct Panel {
    std::uint64_t outer = 0;
    std::uint64_t inner = 0;
    std::uint64_t width = 0;  // 1 to kPanelWidth
};

// Wide enough that a row of a panel fills whole cache lines, small enough for the state of its slices to stay
// in L1.
inline constexpr std::uint64_t kPanelWidth = 128;

// Where the slices of a view begin in its storage, and how far apart their elements are.
class SlicePlaces {
  public:
    SlicePlaces(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides,
                std::int32_t axis)
        : shape_(shape.begin(), shape.end()), strides_(spelledOut(shape, strides)) {
        const auto rank = static_cast<std::int64_t>(shape.size());
        axis_ = static_cast<std::size_t>(axis < 0 ? axis + std::max<std::int64_t>(1, rank) : axis);
    }

    std::uint64_t step() const { return axis_ < shape_.size() ? strides_[axis_] : 1; }

    std::array<std::uint64_t, kPanelWidth> of(const Panel& panel) const {
        std::array<std::uint64_t, kPanelWidth> places{};
        const std::uint64_t outer = placeOf(panel.outer, 0, std::min(axis_, shape_.size()));
        for (std::uint64_t column = 0; column < panel.width; ++column)
            places[column] = outer + placeOf(panel.inner + column, axis_ + 1, shape_.size());
        return places;
    }

  private:
    // Of the number-th element of the tensor that dimensions `begin` to `end` make up.
    std::uint64_t placeOf(std::uint64_t number, std::size_t begin, std::size_t end) const {
        std::uint64_t place = 0;
        for (std::size_t i = end; i-- > begin;) {
            place += number % shape_[i] * strides_[i];
            number /= shape_[i];
        }
        return place;
    }

    Extents shape_;
    Strides strides_;
    std::size_t axis_ = 0;
};

// body(panel) for every panel, in parallel.
template <class Body>
void forEachPanel(const Slices& slices, const Body& body) {
    constexpr std::uint64_t kElementsPerTask = 1 << 16;
    if (slices.outer == 0 || slices.inner == 0) return;
    const std::uint64_t panelsPerOuter = (slices.inner - 1) / kPanelWidth + 1;
    const std::uint64_t panels = slices.outer * panelsPerOuter;
    const std::uint64_t panelElements =
        std::max<std::uint64_t>(1, slices.extent * std::min(slices.inner, kPanelWidth));
    const std::uint64_t panelsPerTask = std::max<std::uint64_t>(1, kElementsPerTask / panelElements);
    parallelFor((panels - 1) / panelsPerTask + 1, [&](std::uint64_t task) {
        const std::uint64_t end = std::min(panels, (task + 1) * panelsPerTask);
        for (std::uint64_t i = task * panelsPerTask; i < end; ++i) {
            const std::uint64_t inner = i % panelsPerOuter * kPanelWidth;
            body(Panel{i / panelsPerOuter, inner, std::min(kPanelWidth, slices.inner - inner)});
        }
    });
}

// body(panel, begin, end) for every panel and every section [begin, end) of its axis, in parallel: for what
// may begin anywhere, so that one long slice keeps all threads busy.
template <class Body>
void forEachSection(const Slices& slices, const Body& body) {
    constexpr std::uint64_t kElements = 1 << 18;
    const std::uint64_t width = std::clamp<std::uint64_t>(slices.inner, 1, kPanelWidth);
    const std::uint64_t length = kElements / width;
    const std::uint64_t sections = slices.extent == 0 ? 1 : (slices.extent - 1) / length + 1;
    forEachPanel({slices.outer * sections, std::min(length, slices.extent), slices.inner},
                 [&](const Panel& panel) {
                     const std::uint64_t begin = panel.outer % sections * length;
                     body(Panel{panel.outer / sections, panel.inner, panel.width}, begin,
                          std::min(slices.extent, begin + length));
                 });
}

}  // namespace vkaxis::harness
