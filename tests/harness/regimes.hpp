// Kinds of shapes, told by their strides, with examples small enough for a CPU driver.
#pragma once

#include "harness/problem.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace vkaxis::harness {

struct Regime {
    struct Shape {
        Extents extents;
        std::int32_t axis;
    };
    std::string_view name;
    std::vector<Shape> shapes;
};

const std::vector<Regime>& regimes();

}  // namespace vkaxis::harness
