// The cases that `vkaxis validate` and the conformance tests run, and how one is run.
#pragma once

#include "harness/generate.hpp"
#include "harness/ops.hpp"
#include "harness/regimes.hpp"
#include "harness/views.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vkaxis::harness {

struct Case {
    Problem problem{};
    Distribution distribution = Distribution::Uniform;
    std::uint64_t seed = 0;
    ExecuteOptions options{};
    std::string_view regime{};              // of the table, or empty
    std::string_view view = "dense";        // that the problem's strides come from
    std::string_view outputView = "dense";  // in place the input's
};

// "--op scan --dtype f32 --shape 128,4000 --axis 1 ...": what makes `vkaxis validate` repeat this case alone.
std::string arguments(const Case& testCase);

struct Outcome {
    Status status{};       // of planning and execution, canaries and the validation layer included
    Verdict verdict{};     // of the outputs, if there are any
    bool skipped = false;  // the device lacks what the problem needs, as the status says
    double seconds = 0;    // of wall time
    Timing timing{};

    explicit operator bool() const { return status && verdict; }
    // Out of memory, device lost and the like.
    bool driverFailed() const {
        return status.code() == Code::OutOfMemory || status.code() == Code::VulkanError;
    }
    std::string message() const;  // what went wrong, in one line
};

// The feature that the problem needs and the device lacks, or nothing.
std::string missingFeature(const DeviceSummary& device, const Problem& problem);

// timing is measured only on request.
Outcome runCase(const Device& device, const Case& testCase, bool timed = false);

struct CaseFilter {
    std::vector<Op> ops{};  // empty: all; as for the others
    std::vector<Dtype> dtypes{};
    std::map<std::string, std::vector<std::string>> options{};  // names of options and of their values
    std::vector<Distribution> distributions{};
    std::vector<std::string> regimes{};
    std::vector<std::string> views{};
    std::vector<std::string> outputViews{};
    // This one alone, with all dtypes, modes and distributions and otherwise defaults, but for the filter.
    std::optional<Regime::Shape> shape{};
    ExecuteOptions placement{};  // of the shape
    std::uint64_t seed = 1;
    bool quick = false;    // about a tenth of the cases, each two choices that go together among them
    bool product = false;  // productCases instead
};

// What the filter leaves of the shape's cases, of the product, or of three sets, one after the other:
// argmax, argmin and scan in every mode and regime, of f32, i32 and u32 in turn, each with every distribution
// that suits it; every level of every factor of combinations.hpp alone; and combinations in which every two
// of them meet.
std::vector<Case> standardCases(const CaseFilter& filter);

}  // namespace vkaxis::harness
