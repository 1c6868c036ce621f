// What the tests of the primitives on devices share.
#pragma once

#include "harness/cases.hpp"

#include "context.hpp"
#include "device_functions.hpp"
#include "drivers.hpp"

#include <vkaxis/device.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vkaxis::test {

inline void checkCase(const Device& device, const harness::Case& testCase) {
    const harness::Outcome outcome = harness::runCase(device, testCase);
    if (outcome.skipped) {
        ++skippedCases()[device.summary().name + ": " + outcome.message()];
        return;
    }
    CHECK_MESSAGE(outcome, "vkaxis validate " << harness::arguments(testCase) << ": " << outcome.message());
}

// Elements of a row that a workgroup takes at a time.
inline std::uint64_t rowTile(const Device& device) {
    const VkaxisContext context = device.context().handle();
    return wholeSubgroups(context->facts, context->tuning.scanRowWorkgroupSize) * std::uint64_t{4} *
           context->tuning.scanRowItems;
}

// The same where rows are too few to keep the device busy, and are not split.
inline std::uint64_t fewRowsTile(const Device& device) {
    const Tuning& tuning = device.context().handle()->tuning;
    return rowTile(device) / tuning.scanRowItems * std::max(tuning.scanRowItems, tuning.scanFewRowItems);
}

// A scan in each of its modes.
inline std::vector<harness::Problem> scansOf(const harness::Extents& shape, std::int32_t axis,
                                             Dtype dtype = Dtype::F32) {
    std::vector<harness::Problem> problems;
    for (const ScanMode mode : {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial})
        problems.push_back(
            {.op = harness::Op::Scan, .dtype = dtype, .shape = shape, .axis = axis, .mode = mode});
    return problems;
}

inline std::vector<std::byte> requireOutput(const Device& device, const harness::Problem& problem,
                                            std::span<const std::byte> input,
                                            const harness::ExecuteOptions& options = {}) {
    auto outputs = harness::execute(device, problem, {input}, nullptr, options);
    REQUIRE_MESSAGE(outputs, harness::describe(problem) << ": " << outputs.status.message());
    return std::move(outputs->output);
}

inline void checkOutput(const harness::Problem& problem, std::uint64_t additionDepth,
                        std::span<const std::byte> input, const std::vector<std::byte>& output) {
    const harness::Verdict verdict =
        harness::entryOf(problem.op).check(problem, additionDepth, {input}, {.output = output});
    CHECK_MESSAGE(verdict, harness::describe(problem) << ": " << verdict.message);
}

}  // namespace vkaxis::test
