// The problems that vkaxis bench times, and what others took for them.
#pragma once

#include <harness/generate.hpp>
#include <harness/problem.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vkaxis::cli {

struct BenchCase {
    std::string id;
    harness::Problem problem;
    bool headline = false;
};

// Of a file as bench_cases.json, or without a path of that one. Throws Failure (BadUsage) that names the
// file, the case and the key.
std::vector<BenchCase> readBenchCases(const std::optional<std::string>& path);

// Leaves the cases with these ids, or all if there are none. Throws Failure (BadUsage) that names an id that
// no case has.
void keepCases(std::vector<BenchCase>& cases, const std::vector<std::string>& ids);

// What a problem is timed on. Float sums are of integers, so that they have no rounding to hide behind.
harness::Distribution distributionOf(const harness::Problem& problem);

struct Rival {
    std::string who;
    double seconds = 0;
};

// By case, the fastest first: the rows of a file as `vkaxis bench --json` writes it. Throws as above.
std::map<std::string, std::vector<Rival>> readRivals(const std::string& path);

}  // namespace vkaxis::cli
