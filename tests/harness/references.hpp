// CPU references and comparisons, one pair per primitive; see OpEntry for what they promise.
#pragma once

#include "harness/problem.hpp"
#include "harness/verdict.hpp"

#include <cstdint>

namespace vkaxis::harness {

Outputs argReduceReference(const Problem& problem, const Inputs& inputs);
Verdict checkArgReduce(const Problem& problem, std::uint64_t additionDepth, const Inputs& inputs,
                       const Outputs& outputs);

Outputs scanReference(const Problem& problem, const Inputs& inputs);
Verdict checkScan(const Problem& problem, std::uint64_t additionDepth, const Inputs& inputs,
                  const Outputs& outputs);

}  // namespace vkaxis::harness
