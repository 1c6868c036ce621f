// Inputs that find bugs. An element is a pure function of seed, distribution and place, so that threads can
// share the work and a case is named by its arguments.
#pragma once

#include "harness/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vkaxis::harness {

enum class Distribution {
    Uniform,
    Normal,
    Ties,
    Ascending,
    Descending,
    Equal,
    Peak,
    Infinite,
    Nan,
    Denormal,
    Infinities,
    Integers,
    Extremes,
};

struct DistributionEntry {
    Distribution distribution;
    const char* name;
    bool floatsOnly;
    const char* summary;
};

std::span<const DistributionEntry> distributionTable();
const DistributionEntry& entryOf(Distribution distribution);
const DistributionEntry* findDistribution(std::string_view name);  // or null
bool suits(Distribution distribution, Dtype dtype);

// The whole input of the problem; multi-threaded. The second form fills a tensor of exactly the input's size.
std::vector<std::byte> generate(const Problem& problem, Distribution distribution, std::uint64_t seed);
void generate(const Problem& problem, Distribution distribution, std::uint64_t seed,
              std::span<std::byte> input);

}  // namespace vkaxis::harness
