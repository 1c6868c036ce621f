// CPU references and comparisons, one pair per primitive; see OpEntry for what they promise.
#pragma once

#include "harness/problem.hpp"
#include "harness/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vkaxis::harness {

std::vector<std::byte> argReduceReference(const Problem& problem, std::span<const std::byte> input);
Verdict checkArgReduce(const Problem& problem, std::uint64_t additionDepth, std::span<const std::byte> input,
                       std::span<const std::byte> output);

std::vector<std::byte> scanReference(const Problem& problem, std::span<const std::byte> input);
Verdict checkScan(const Problem& problem, std::uint64_t additionDepth, std::span<const std::byte> input,
                  std::span<const std::byte> output);

}  // namespace vkaxis::harness
