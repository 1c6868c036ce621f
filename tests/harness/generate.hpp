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
    Factors,
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

// What elements beyond a tensor or in its gaps hold: a repeated word that would win an arg reduction, or
// spoil a scan, if it were read.
std::uint32_t temptingWord(const Problem& problem);

// The whole storage of the problem's input, its gaps tempting; multi-threaded. Where elements share a place
// (stride 0), the distribution is that of the distinct ones. The second form fills a storage of exactly
// inputSize bytes.
std::vector<std::byte> generate(const Problem& problem, Distribution distribution, std::uint64_t seed);
void generate(const Problem& problem, Distribution distribution, std::uint64_t seed,
              std::span<std::byte> input);

// Whether Inputs::exactSums holds for what generate writes.
bool hasExactSums(const Problem& problem, Distribution distribution);

// Initial values of a scan as Inputs has them, or nothing where the problem asks for none: small integers,
// and special floats where the distribution has them.
std::vector<std::byte> generateInitial(const Problem& problem, Distribution distribution, std::uint64_t seed);

// The initial value of ScanInitial::Host: a small integer.
VkaxisScalar hostInitial(const Problem& problem, std::uint64_t seed);

}  // namespace vkaxis::harness
