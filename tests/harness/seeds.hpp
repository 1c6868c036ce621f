// The three problems that the library was begun for, at full size wherever they fit.
#pragma once

#include "harness/problem.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vkaxis::harness {

struct SeedProblem {
    std::string name;
    Problem problem;  // at full size
};

const std::vector<SeedProblem>& seedProblems();

struct FittedProblem {
    Problem problem;
    std::string reason;  // why it is smaller; empty at full size
};

// What the problem does not fit into, in a clause, or nothing: maxBytes per tensor, the host's free memory,
// the device's.
std::string obstacle(const Device& device, const Problem& problem, std::uint64_t maxBytes);

// Halves the problem, the slices first and then the axis, until neither tensor exceeds maxBytes, and both fit
// into the host's free memory and can be allocated on the device. Fails if not even a small one can.
Result<FittedProblem> fitToMemory(const Device& device, const Problem& problem, std::uint64_t maxBytes);

}  // namespace vkaxis::harness
