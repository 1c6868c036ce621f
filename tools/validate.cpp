// vkaxis validate: every primitive against its CPU reference, and the seed problems at full size.
#include "commands.hpp"
#include "output_file.hpp"
#include "progress.hpp"
#include "tuning_file.hpp"
#include "watch.hpp"

#include <harness/failure.hpp>
#include <harness/large.hpp>
#include <harness/report.hpp>
#include <harness/seeds.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vkaxis::cli {
namespace {

using harness::Case;
using harness::Finished;

struct ValidateOptions {
    std::string device, tuning;
    std::vector<std::string> ops, dtypes, regimes, distributions, views, outputViews;
    std::map<std::string, std::vector<std::string>> options;  // of the primitives
    std::optional<std::string> shape;
    std::int32_t axis = -1;
    bool inPlace = false;
    std::uint32_t misalignment = 0;
    std::uint64_t seed = 1;
    bool quick = false;
    bool product = false;
    bool seeds = false;
    bool large = false;
    std::optional<std::uint64_t> maxBytes;
    std::optional<std::string> json, junit;
    WatchOptions watch;
};

std::uint64_t maxBytesOf(const ValidateOptions& options) {
    return options.maxBytes.value_or(std::numeric_limits<std::uint64_t>::max());
}

// "128,4000", or "scalar" for rank 0.
std::vector<std::uint64_t> parseShape(const std::string& text) {
    std::vector<std::uint64_t> shape;
    if (text == "scalar") return shape;
    for (const char *next = text.data(), *end = next + text.size(); next <= end; ++next) {
        const auto [rest, error] = std::from_chars(next, end, shape.emplace_back());
        if (error != std::errc{} || (rest != end && *rest != ','))
            throw Failure(
                ExitCode::BadUsage,
                fmt::format("--shape {}: extents with commas between them are needed, as in 128,4000", text));
        next = rest;
    }
    return shape;
}

harness::CaseFilter filterOf(const ValidateOptions& options) {
    harness::CaseFilter filter;
    for (const std::string& name : options.ops) filter.ops.push_back(harness::findOp(name)->op);
    for (const std::string& name : options.dtypes) filter.dtypes.push_back(*harness::findDtype(name));
    for (const std::string& name : options.distributions)
        filter.distributions.push_back(harness::findDistribution(name)->distribution);
    filter.regimes = options.regimes;
    filter.views = options.views;
    filter.outputViews = options.outputViews;
    for (const auto& [name, values] : options.options)
        if (!values.empty()) filter.options[name] = values;
    filter.seed = options.seed;
    filter.quick = options.quick;
    filter.product = options.product;
    if (options.shape) {
        filter.shape = {parseShape(*options.shape), options.axis};
        filter.placement = {.misalignment = options.misalignment, .inPlace = options.inPlace};
    }
    return filter;
}

void checkAxis(const std::string& shape, std::int64_t axis) {
    const auto rank = std::max<std::int64_t>(1, static_cast<std::int64_t>(parseShape(shape).size()));
    if (axis < -rank || axis >= rank)
        throw Failure(ExitCode::BadUsage,
                      fmt::format("--axis {}: --shape {} has axes {} to {}", axis, shape, -rank, rank - 1));
}

// What the plan refuses of a shape from the command line, but for a feature that the device lacks, is the
// command line's fault.
void checkShape(const Device& device, const std::vector<Case>& cases) {
    for (const Case& testCase : cases) {
        const Status status = harness::plan(device.context(), testCase.problem).status;
        const bool tooLarge = status.code() == Code::Unsupported &&
                              harness::missingFeature(device.summary(), testCase.problem).empty();
        if (status.code() == Code::InvalidArgument || tooLarge)
            throw Failure(ExitCode::BadUsage,
                          fmt::format("{}: {}", describe(testCase.problem), status.message()));
    }
}

std::string commandOf(const ValidateOptions& options, const std::string& arguments) {
    const std::string select = options.device.empty() ? "" : fmt::format("--device '{}' ", options.device);
    const std::string tuning = options.tuning.empty() ? "" : fmt::format("--tuning '{}' ", options.tuning);
    return fmt::format("vkaxis validate {}{}{}", select, tuning, arguments);
}

Finished finish(const Device& device, const ValidateOptions& options, const Case& testCase,
                bool timed = false) {
    return {testCase, runCase(device, testCase, timed), commandOf(options, arguments(testCase)), {}};
}

// Ends early if the driver fails, because nothing works after a lost device; as do the others.
std::vector<Finished> runAll(const Device& device, const ValidateOptions& options,
                             const std::vector<Case>& cases) {
    Progress progress;
    progress.begin("validating", cases.size());
    std::vector<Finished> all;
    for (const Case& testCase : cases) {
        if (Interrupt::requested()) break;
        all.push_back(finish(device, options, testCase));
        progress.advance(1);
        if (all.back().outcome.driverFailed()) break;
    }
    return all;
}

std::vector<Finished> runCases(const Device& device, const ValidateOptions& options) {
    if (options.shape) checkAxis(*options.shape, options.axis);
    const std::vector<Case> cases = harness::standardCases(filterOf(options));
    if (cases.empty()) throw Failure(ExitCode::BadUsage, "no case has all of these options");
    if (options.shape) checkShape(device, cases);
    return runAll(device, options, cases);
}

std::size_t validateChanged(const Device& device, const ModuleNames& modules, const ValidateOptions& options,
                            const std::vector<Finished>& before) {
    std::vector<Case> cases;
    for (const Finished& each : before)
        if (usesAny(device.context(), each.testCase.problem, modules)) cases.push_back(each.testCase);
    const std::vector<Finished> after = runAll(device, options, cases);
    if (after.empty()) return cases.size();
    fmt::print("{}", summaryOf(device.summary(), after));
    std::fflush(stdout);
    if (after.back().outcome.driverFailed())
        throw Failure(ExitCode::NoDevice, after.back().outcome.message());
    return cases.size();
}

std::vector<Finished> runSeeds(const Device& device, const ValidateOptions& options) {
    const bool isCpu = device.summary().type == VK_PHYSICAL_DEVICE_TYPE_CPU;
    std::vector<Finished> all;
    for (const harness::SeedProblem& seed : harness::seedProblems()) {
        Progress progress;
        progress.begin(seed.name);
        const auto fitted = fitToMemory(device, seed.problem, maxBytesOf(options));
        require(fitted.status, ExitCode::NoDevice);
        Case testCase{.problem = fitted->problem, .seed = options.seed, .regime = "seed"};
        testCase.options.timedOften = !isCpu;
        all.push_back(finish(device, options, testCase, true));
        if (!fitted->reason.empty())
            all.back().remark = fmt::format("smaller than {}: {}", describe(seed.problem), fitted->reason);
        if (all.back().outcome.driverFailed()) break;
    }
    return all;
}

std::vector<Finished> runLarge(const Device& device, const ValidateOptions& options) {
    const std::vector<Case> cases = harness::largeCases();
    Progress progress;
    progress.begin("validating", cases.size());
    std::vector<Finished> all;
    for (const Case& testCase : cases) {
        const std::string obstacle = harness::obstacle(device, testCase.problem, maxBytesOf(options));
        if (obstacle.empty()) {
            all.push_back({testCase, harness::runLarge(device, testCase), commandOf(options, "--large"), {}});
        } else {
            Finished& skipped = all.emplace_back(Finished{.testCase = testCase});
            skipped.outcome.status = harness::failure(VKAXIS_UNSUPPORTED, "{}", obstacle);
            skipped.outcome.skipped = true;
        }
        progress.advance(1);
        if (all.back().outcome.driverFailed()) break;
    }
    return all;
}

std::vector<Finished> run(const Device& device, const ValidateOptions& options) {
    if (options.seeds) return runSeeds(device, options);
    return options.large ? runLarge(device, options) : runCases(device, options);
}

ExitCode validate(const ValidateOptions& options) {
    if (options.maxBytes && !options.seeds && !options.large)
        throw Failure(ExitCode::BadUsage, "--max-bytes goes with --seeds or --large");
    std::vector<std::string> outputs;
    for (const auto& path : {options.json, options.junit})
        if (path) outputs.push_back(*path);
    requireWritable(outputs);
    const Device device = openDevice({.select = options.device});
    useTuning(device, options.tuning);
    Watch watch(device, options.watch);
    const std::vector<Finished> all = run(device, options);
    if (all.empty()) return ExitCode::Done;  // interrupted
    fmt::print("{}\n{}", options.seeds ? ratesOf(all) : tableOf(all), summaryOf(device.summary(), all));

    Progress progress;
    const auto write = [&](const std::optional<std::string>& path, const std::string& report) {
        if (path) writeFile(*path, {std::as_bytes(std::span(report))}, progress);
    };
    write(options.json, jsonOf(device.summary(), all));
    write(options.junit, junitOf(device.summary(), all));
    if (all.back().outcome.driverFailed()) throw Failure(ExitCode::NoDevice, all.back().outcome.message());
    if (options.watch.enabled) {
        watch.run([&](const ModuleNames& modules) { return validateChanged(device, modules, options, all); });
        return ExitCode::Done;
    }
    return std::ranges::any_of(all, &Finished::wrong) ? ExitCode::WrongResult : ExitCode::Done;
}

// ---- The command line ----

template <class Table, class Name>
std::vector<std::string> names(const Table& table, const Name& name) {
    std::vector<std::string> result;
    for (const auto& row : table) result.emplace_back(std::invoke(name, row));
    return result;
}

std::vector<std::string> outputViewNames() {
    std::vector<std::string> result;
    for (const harness::ViewEntry& view : harness::viewTable())
        if (!view.inputOnly) result.emplace_back(view.name);
    return result;
}

// The values of each option, of whichever primitives have it.
struct KnownOption {
    std::set<std::string> values;
    std::string summary;
    bool isFlag = false;
};

std::map<std::string, KnownOption> knownOptions() {
    std::map<std::string, KnownOption> result;
    for (const harness::OpEntry& entry : harness::opTable())
        for (const harness::Option& option : entry.options) {
            KnownOption& known = result[option.name];
            known.values.insert(option.values.begin(), option.values.end());
            known.summary = option.summary;
            known.isFlag = option.isFlag();
        }
    return result;
}

CLI::App* addCaseOptions(CLI::App& command, ValidateOptions& options) {
    CLI::App* cases = command.add_option_group("Cases", "Without these all");
    const auto add = [&](const char* name, std::vector<std::string>& target, const char* help,
                         const auto& known) {
        cases->add_option(name, target, help)
            ->delimiter(',')
            ->type_name("NAME,...")
            ->check(CLI::IsMember(known));
    };
    add("--op", options.ops, "Primitives", names(harness::opTable(), &harness::OpEntry::name));
    add("--dtype", options.dtypes, "Element types", names(harness::dtypeTable(), &harness::DtypeEntry::name));
    for (const auto& [name, known] : knownOptions()) {
        std::vector<std::string>& chosen = options.options[name];
        if (known.isFlag)
            cases->add_flag_callback(
                "--" + name, [&chosen] { chosen = {"yes"}; }, known.summary);
        else
            add(("--" + name).c_str(), chosen, known.summary.c_str(), known.values);
    }
    add("--regime", options.regimes, "Kinds of shapes", names(harness::regimes(), &harness::Regime::name));
    add("--distribution", options.distributions, "Kinds of data",
        names(harness::distributionTable(), &harness::DistributionEntry::name));
    add("--view", options.views, "Views of the input",
        names(harness::viewTable(), &harness::ViewEntry::name));
    add("--output-view", options.outputViews, "Views of the outputs and of initial values",
        outputViewNames());
    CLI::Option* quick =
        cases->add_flag("--quick", options.quick, "About a tenth of the cases, every two choices among them");
    CLI::Option* product =
        cases->add_flag("--product", options.product,
                        "Every combination of primitive, options, element type and regime: for a GPU");
    product->excludes(quick);

    CLI::Option* shape = cases->add_option("--shape", options.shape,
                                           "This shape instead, such as 128,4000; scalar: of rank 0");
    shape->type_name("EXTENTS")->excludes("--regime")->excludes(product);
    cases->add_option("--axis", options.axis, "Axis of --shape, negative from the end")
        ->needs(shape)
        ->check(notEmpty)
        ->capture_default_str();
    cases->add_flag("--in-place", options.inPlace, "With --shape: the output is the input")->needs(shape);
    cases
        ->add_option("--misalign", options.misalignment,
                     "With --shape: elements that the addresses are off 16 bytes")
        ->needs(shape)
        ->check(CLI::Range(0, 15))
        ->capture_default_str();
    return cases;
}

}  // namespace

void addValidate(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<ValidateOptions>();
    CLI::App* command = app.add_subcommand("validate", "Hold every primitive against its CPU reference");
    CLI::App* cases = addCaseOptions(*command, *options);
    CLI::Option* seeds = command->add_flag(
        "--seeds", options->seeds,
        "Instead the seed problems, of up to 8.6 GB per tensor; smaller where memory is short");
    CLI::Option* large = command->add_flag(
        "--large", options->large,
        "Instead tensors beyond 2^32 bytes and elements, of up to 20 GB, as far as memory reaches");
    large->excludes(seeds);
    for (CLI::Option* option : cases->get_options()) {
        seeds->excludes(option);
        large->excludes(option);
    }
    command
        ->add_option("--max-bytes", options->maxBytes,
                     "With --seeds and --large: the most per tensor, such as 512M")
        ->transform(CLI::AsSizeValue(false))
        ->check(fitsWord);
    command->add_option("--seed", options->seed, "Seed of the random data")
        ->check(fitsWord)
        ->excludes(large)
        ->capture_default_str();
    command->add_option("--json", options->json, "Write every case and its result to FILE")
        ->type_name("FILE");
    command->add_option("--junit", options->junit, "The same as JUnit's XML")->type_name("FILE");
    addWatchOptions(*command, options->watch)->excludes(seeds)->excludes(large);
    addDeviceOption(*command, options->device);
    addTuningOption(*command, options->tuning);
    command->callback([options, &chosen] { chosen = [options] { return validate(*options); }; });
}

}  // namespace vkaxis::cli
