// Combinations of everything that a case can be: op, options, dtype, views, regime, placement, distribution.
#pragma once

#include "harness/cases.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vkaxis::harness {

// The rest of a case whose problem but for strides, views, options, distribution and seed are chosen: its
// strides and its host's initial value. In place the output takes the input's view.
void complete(Case& testCase);

// The default but for one choice, for every choice.
std::vector<Case> singleCases(std::uint64_t seed);

// Every two choices that go together are in some case.
std::vector<Case> combinedCases(std::uint64_t seed);

// Every combination of op, options, dtype and regime that goes together, with views, placements and
// distributions in turn.
std::vector<Case> productCases(std::uint64_t seed);

}  // namespace vkaxis::harness
