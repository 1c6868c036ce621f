// The cases that `vkaxis validate` and the conformance tests run, and how one is run.
#pragma once

#include "harness/generate.hpp"
#include "harness/ops.hpp"

#include <cstdint>
#include <functional>
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
    std::string_view regime{};  // of the table below, or empty
};

// "--op scan --dtype f32 --shape 128,4000 --axis 1 ...": what makes `vkaxis validate` repeat this case alone.
std::string arguments(const Case& testCase);

struct Outcome {
    Status status{};     // of planning and execution, canaries and the validation layer included
    Verdict verdict{};   // of the output, if there is one
    double seconds = 0;  // of wall time
    double gpuSeconds = 0;

    explicit operator bool() const { return status && verdict; }
    std::string message() const;  // what went wrong, in one line
};

// gpuSeconds is measured only on request.
Outcome runCase(const Device& device, const Case& testCase, bool timed = false);

// A kind of shape, told by its strides, with examples small enough for a CPU driver.
struct Regime {
    struct Shape {
        std::vector<std::uint64_t> extents;
        std::int32_t axis;
    };
    std::string_view name;
    std::vector<Shape> shapes;
};

const std::vector<Regime>& regimes();

struct CaseFilter {
    std::vector<Op> ops{};  // empty: all; as for the next three
    std::vector<Dtype> dtypes{};
    std::vector<std::string> modes{};
    std::vector<Distribution> distributions{};
    std::vector<std::string> regimes{};
    std::optional<Regime::Shape> shape{};     // this one alone, instead of the regimes'
    std::optional<ExecuteOptions> options{};  // these alone, instead of a mix
    std::uint64_t seed = 1;
    bool quick = false;  // about a tenth of the cases
};

// Every op, dtype, mode and regime in turn, each with every distribution that suits it.
std::vector<Case> standardCases(const CaseFilter& filter);

}  // namespace vkaxis::harness
