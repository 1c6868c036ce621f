#include "harness/cases.hpp"

#include "harness/combinations.hpp"
#include "harness/failure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace vkaxis::harness {
namespace {

template <class Item>
bool selected(const std::vector<Item>& filter, const auto& item) {
    return filter.empty() || std::ranges::find(filter, item) != filter.end();
}

bool selected(const CaseFilter& filter, const Case& testCase) {
    const Problem& problem = testCase.problem;
    const OpEntry& entry = entryOf(problem.op);
    for (const auto& [name, values] : filter.options) {
        const Option* option = findOption(entry, name);
        if (option == nullptr || !selected(values, std::string_view(option->valueOf(problem)))) return false;
    }
    return selected(filter.ops, problem.op) && selected(filter.dtypes, problem.dtype) &&
           selected(filter.distributions, testCase.distribution) &&
           (filter.shape || selected(filter.regimes, testCase.regime)) &&
           selected(filter.views, testCase.view) && selected(filter.outputViews, testCase.outputView);
}

// ---- Every op, mode, regime and distribution ----

// Aligned and out of place as a rule, and every third case otherwise.
ExecuteOptions mixedOptions(const Problem& problem, std::size_t number) {
    ExecuteOptions options;
    if (number % 3 == 1) options.misalignment = static_cast<std::uint32_t>(1 + number / 3 % 3);
    if (number % 3 == 2) options.inPlace = supportsInPlace(problem);
    return options;
}

// The distributions in turn, for each shape of the regime.
void addFamily(const Problem& problem, const Regime& regime, const CaseFilter& filter,
               std::size_t familyNumber, std::vector<Case>& cases) {
    std::vector<Distribution> distributions;
    for (const DistributionEntry& entry : distributionTable())
        if (suits(entry.distribution, problem.dtype)) distributions.push_back(entry.distribution);

    // A quick run picks two of a family's combinations, other ones for each family.
    const std::size_t combinations = regime.shapes.size() * distributions.size();
    const std::size_t step = filter.quick ? combinations / 2 : 1;
    for (std::size_t i = familyNumber % step; i < combinations; i += step) {
        Case& added = cases.emplace_back(Case{.problem = problem});
        added.problem.shape = regime.shapes[i / distributions.size()].extents;
        added.problem.axis = regime.shapes[i / distributions.size()].axis;
        added.distribution = distributions[i % distributions.size()];
        added.seed = filter.seed;
        added.options = mixedOptions(added.problem, cases.size());
        added.regime = regime.name;
        complete(added);
    }
}

std::vector<Case> families(const CaseFilter& filter) {
    std::vector<Case> cases;
    std::size_t number = 0;
    for (const Op op : {Op::Argmax, Op::Argmin, Op::Scan})
        for (const Dtype dtype : {Dtype::F32, Dtype::I32, Dtype::U32}) {
            if (filter.quick && dtype != Dtype::F32) continue;
            const Option& mode = entryOf(op).options.front();
            for (std::size_t value = 0; value < mode.values.size(); ++value)
                for (const Regime& regime : regimes()) {
                    Problem problem;
                    problem.op = op;
                    problem.dtype = dtype;
                    mode.set(problem, value);
                    addFamily(problem, regime, filter, number++, cases);
                }
        }
    return cases;
}

// ---- One shape ----

// Each of the cases once with every value of the filter's for the option, or with every one of a mode.
void vary(const Option& option, const CaseFilter& filter, std::vector<Case>& cases) {
    const bool isMode = std::string_view(option.name) == "mode";
    const auto chosen = filter.options.find(option.name);
    if (chosen == filter.options.end() && !isMode) return;
    std::vector<Case> varied;
    for (const Case& testCase : cases)
        for (std::size_t value = 0; value < option.values.size(); ++value) {
            if (chosen != filter.options.end() &&
                !selected(chosen->second, std::string_view(option.values[value])))
                continue;
            option.set(varied.emplace_back(testCase).problem, value);
        }
    cases = std::move(varied);
}

std::vector<Case> casesOfShape(const CaseFilter& filter) {
    std::vector<Case> result;
    for (const OpEntry& entry : opTable()) {
        std::vector<Case> cases;
        for (const DtypeEntry& dtype : dtypeTable())
            for (const DistributionEntry& distribution : distributionTable())
                for (const ViewEntry& view : viewTable())
                    for (const ViewEntry& outputView : viewTable()) {
                        if (!suits(distribution.distribution, dtype.dtype) || outputView.inputOnly) continue;
                        if (filter.views.empty() && &view != viewTable().data()) continue;
                        if (filter.outputViews.empty() && &outputView != viewTable().data()) continue;
                        Case& added = cases.emplace_back();
                        added.problem.op = entry.op;
                        added.problem.dtype = dtype.dtype;
                        added.problem.shape = filter.shape->extents;
                        added.problem.axis = filter.shape->axis;
                        added.distribution = distribution.distribution;
                        added.seed = filter.seed;
                        added.options = filter.placement;
                        added.view = view.name;
                        added.outputView = outputView.name;
                    }
        std::erase_if(cases, [&](const Case& testCase) {
            return !selected(filter.ops, testCase.problem.op) ||
                   !selected(filter.dtypes, testCase.problem.dtype) ||
                   !selected(filter.distributions, testCase.distribution) ||
                   !selected(filter.views, testCase.view) ||
                   !selected(filter.outputViews, testCase.outputView);
        });
        for (const Option& option : entry.options) vary(option, filter, cases);
        for (Case& testCase : cases) complete(testCase);
        result.insert(result.end(), cases.begin(), cases.end());
    }
    return result;
}

}  // namespace

namespace {

std::vector<Case> coveringCases(const CaseFilter& filter) {
    std::vector<Case> cases = families(filter);
    for (const auto& more : {singleCases(filter.seed), combinedCases(filter.seed)})
        cases.insert(cases.end(), more.begin(), more.end());
    return cases;
}

}  // namespace

std::vector<Case> standardCases(const CaseFilter& filter) {
    std::vector<Case> cases = filter.shape     ? casesOfShape(filter)
                              : filter.product ? productCases(filter.seed)
                                               : coveringCases(filter);
    std::erase_if(cases, [&](const Case& testCase) {
        return !selected(filter, testCase) ||
               (testCase.options.inPlace && !supportsInPlace(testCase.problem));
    });
    return cases;
}

std::string arguments(const Case& testCase) {
    const Problem& problem = testCase.problem;
    const OpEntry& entry = entryOf(problem.op);
    std::string result =
        fmt::format("--op {} --dtype {} --mode {}", entry.name, nameOf(problem.dtype), modeName(problem));
    for (const Option& option : entry.options.subspan(1)) {
        if (option.get(problem) == option.defaultValue()) continue;
        result += option.isFlag() ? fmt::format(" --{}", option.name)
                                  : fmt::format(" --{} {}", option.name, option.valueOf(problem));
    }
    result += fmt::format(" --shape {} --axis {} --distribution {} --seed {}",
                          problem.shape.empty() ? "scalar" : fmt::to_string(fmt::join(problem.shape, ",")),
                          problem.axis, entryOf(testCase.distribution).name, testCase.seed);
    if (testCase.view != "dense") result += fmt::format(" --view {}", testCase.view);
    if (testCase.outputView != "dense") result += fmt::format(" --output-view {}", testCase.outputView);
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

std::string missingFeature(const DeviceSummary& device, const Problem& problem) {
    const bool scan = problem.op == Op::Scan;
    const bool combines = problem.scanOp == ScanOp::Sum || problem.scanOp == ScanOp::Prod;
    if (scan && combines && outputDtype(problem) == Dtype::F64 && !device.float64) return "shaderFloat64";
    if (!scan && !problem.values) return {};
    const std::uint64_t written = elementSize(scan ? outputDtype(problem) : problem.dtype);
    if (written == 1 && !device.storage8) return "storageBuffer8BitAccess";
    if (written == 2 && !device.storage16) return "storageBuffer16BitAccess";
    return {};
}

Outcome runCase(const Device& device, const Case& testCase, bool timed) {
    const auto begin = std::chrono::steady_clock::now();
    const Problem& problem = testCase.problem;
    Outcome outcome;
    const Result<Plan> planned = plan(device.context(), problem);
    outcome.status = planned.status;
    outcome.skipped =
        planned.status.code() == Code::Unsupported && !missingFeature(device.summary(), problem).empty();
    if (planned.status.code() == Code::Unsupported && !outcome.skipped)
        outcome.status = failure(VKAXIS_INVALID_ARGUMENT, "refused, though the device can do it: {}",
                                 planned.status.message());
    if (planned) {
        const std::vector<std::byte> input = generate(problem, testCase.distribution, testCase.seed);
        const std::vector<std::byte> initial = generateInitial(problem, testCase.distribution, testCase.seed);
        const Inputs inputs{input, initial, hasExactSums(problem, testCase.distribution)};
        const auto outputs =
            execute(device, problem, inputs, timed ? &outcome.timing : nullptr, testCase.options);
        outcome.status = outputs.status;
        if (outputs)
            outcome.verdict =
                entryOf(problem.op).check(problem, planned->additionDepth, inputs, outputs.value);
    }
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return outcome;
}

}  // namespace vkaxis::harness
