// What became of many cases, as text: for people, for programs and for continuous integration.
#pragma once

#include "harness/cases.hpp"

#include <span>
#include <string>

namespace vkaxis::harness {

struct Finished {
    Case testCase{};
    Outcome outcome{};
    std::string command{};  // that repeats the case
    std::string remark{};   // on a case that is not quite what was asked for

    bool skipped() const { return outcome.skipped; }
    bool wrong() const { return !outcome && !skipped(); }
    // Of all inputs and outputs once, per second of GPU time.
    double bytesPerSecond() const;
};

// One line per op, dtype and regime: cases, wrong, skipped, the worst error in units of its bound, seconds.
std::string tableOf(std::span<const Finished> all);

// One line per case, with its GPU time and rate; for timed cases.
std::string ratesOf(std::span<const Finished> all);

// The first failures in full, the skipped cases by their reasons, the counts and the worst error with its
// place.
std::string summaryOf(const DeviceSummary& device, std::span<const Finished> all);

std::string jsonOf(const DeviceSummary& device, std::span<const Finished> all);
std::string junitOf(const DeviceSummary& device, std::span<const Finished> all);

}  // namespace vkaxis::harness
