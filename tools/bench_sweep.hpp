// Random problems of every kind, in which no shape hides that a list of usual ones forgets.
#pragma once

#include "bench_cases.hpp"
#include "bench_report.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::cli {

// The same at every call: of f32, rank 1 to 4, any axis, inputs of 64 MB to 8 GB or to `maxBytes` and extents
// log-uniform; every third one a view, transposed, permuted or padded.
std::vector<BenchCase> sweepCases(std::size_t count, std::uint64_t maxBytes);

// The median and the least of the fractions of the ceiling, and the ten cases that are farthest below it.
std::string sweepSummary(std::span<const BenchRow> rows, const Ceilings& ceilings);

}  // namespace vkaxis::cli
