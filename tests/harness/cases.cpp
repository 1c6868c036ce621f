#include "harness/cases.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace vkaxis::harness {
namespace {

template <class Item>
bool selected(const std::vector<Item>& filter, const auto& item) {
    return filter.empty() || std::ranges::find(filter, item) != filter.end();
}

// One op, dtype, mode and regime, to be combined with shapes and distributions.
struct Family {
    Problem problem;
    std::string_view regime;
    std::vector<Regime::Shape> shapes;
};

std::vector<Family> families(const CaseFilter& filter) {
    std::vector<Regime> kinds{Regime{"", {filter.shape.value_or(Regime::Shape{})}}};
    if (!filter.shape) kinds = regimes();

    std::vector<Family> result;
    for (const OpEntry& entry : opTable()) {
        if (!selected(filter.ops, entry.op)) continue;
        for (const Dtype dtype : entry.dtypes) {
            if (!selected(filter.dtypes, dtype)) continue;
            for (const Mode& mode : entry.modes) {
                if (!selected(filter.modes, mode.name)) continue;
                for (const Regime& regime : kinds) {
                    if (!selected(filter.regimes, regime.name)) continue;
                    Family& family =
                        result.emplace_back(Family{{entry.op, dtype}, regime.name, regime.shapes});
                    setMode(family.problem, mode);
                }
            }
        }
    }
    return result;
}

// Aligned and out of place as a rule, and every third case otherwise.
ExecuteOptions mixedOptions(const Problem& problem, std::size_t number) {
    ExecuteOptions options;
    if (number % 3 == 1) options.misalignment = 4 + number / 3 % 3 * 4;
    if (number % 3 == 2) options.inPlace = supportsInPlace(problem);
    return options;
}

}  // namespace

const std::vector<Regime>& regimes() {
    static const std::vector<Regime> kRegimes{
        {"rows", {{{128, 4000}, 1}, {{3, 17, 2049}, -1}, {{40, 1025}, 1}}},
        {"short-rows", {{{3001, 32}, 1}, {{2, 1000, 7}, 2}, {{20011, 3}, -1}}},
        {"columns", {{{3, 300, 257}, 1}, {{17, 4100}, 0}, {{2, 3, 65, 5, 33}, -3}}},
        {"narrow-columns", {{{20011, 7}, 0}, {{1001, 10, 3}, 1}, {{4, 4099, 2, 1}, 1}}},
        {"few-long-rows", {{{3, 100003}, 1}, {{2, 2, 65537}, 2}, {{1, 131072}, -1}}},
        {"1-d", {{{200003}, 0}, {{4096}, -1}, {{1000}, 0}}},
    };
    return kRegimes;
}

std::vector<Case> standardCases(const CaseFilter& filter) {
    std::vector<Case> cases;
    std::size_t familyNumber = 0;
    for (const Family& family : families(filter)) {
        std::vector<Distribution> distributions;
        for (const DistributionEntry& entry : distributionTable())
            if (selected(filter.distributions, entry.distribution) &&
                suits(entry.distribution, family.problem.dtype))
                distributions.push_back(entry.distribution);

        // A quick run picks two of a family's combinations, other ones for each family.
        const std::size_t combinations = family.shapes.size() * distributions.size();
        const std::size_t step = filter.quick ? std::max<std::size_t>(1, combinations / 2) : 1;
        for (std::size_t i = familyNumber++ % step; i < combinations; i += step) {
            Case added{.problem = family.problem};
            added.problem.shape = family.shapes[i / distributions.size()].extents;
            added.problem.axis = family.shapes[i / distributions.size()].axis;
            added.distribution = distributions[i % distributions.size()];
            added.seed = filter.seed;
            added.options = filter.options.value_or(mixedOptions(added.problem, cases.size()));
            added.regime = family.regime;
            if (!added.options.inPlace || supportsInPlace(added.problem)) cases.push_back(added);
        }
    }
    return cases;
}

std::string arguments(const Case& testCase) {
    const Problem& problem = testCase.problem;
    std::string result =
        fmt::format("--op {} --dtype {} --mode {} --shape {} --axis {} --distribution {} --seed {}",
                    entryOf(problem.op).name, nameOf(problem.dtype), modeName(problem),
                    problem.shape.empty() ? "scalar" : fmt::to_string(fmt::join(problem.shape, ",")),
                    problem.axis, entryOf(testCase.distribution).name, testCase.seed);
    if (testCase.options.inPlace) result += " --in-place";
    if (testCase.options.misalignment != 0)
        result += fmt::format(" --misalign {}", testCase.options.misalignment);
    return result;
}

std::string Outcome::message() const {
    if (!status) return status.message();
    if (verdict) return {};
    return fmt::format("{} wrong, the first: {}", verdict.wrong, verdict.message);
}

Outcome runCase(const Device& device, const Case& testCase, bool timed) {
    const auto begin = std::chrono::steady_clock::now();
    const Problem& problem = testCase.problem;
    Outcome outcome;
    const Result<Plan> planned = plan(device.context(), problem);
    outcome.status = planned.status;
    if (planned) {
        const std::vector<std::byte> input = generate(problem, testCase.distribution, testCase.seed);
        const auto output =
            execute(device, problem, input, timed ? &outcome.gpuSeconds : nullptr, testCase.options);
        outcome.status = output.status;
        if (output)
            outcome.verdict = entryOf(problem.op).check(problem, planned->additionDepth, input, output.value);
    }
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return outcome;
}

}  // namespace vkaxis::harness
