// Covering arrays: few rows in which every pair of choices meets.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace vkaxis::harness {

// A level of a factor.
struct Choice {
    std::size_t factor;
    std::size_t level;
};

using Compatible = std::function<bool(Choice, Choice)>;
using Row = std::vector<std::size_t>;  // the level of each factor

// Every pair of compatible choices is in some row, and no row has incompatible ones. To any choices of a row,
// the first factor must have a compatible level; to any of those, the others must (level 0 as a rule).
// Deterministic. The first rows cover the most: Cohen, Dalal, Fredman and Patton, "The AETG system", IEEE
// Trans. Softw. Eng. 23, 1997.
std::vector<Row> coveringArray(std::span<const std::size_t> levels, const Compatible& compatible);

}  // namespace vkaxis::harness
