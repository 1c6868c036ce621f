// vkaxis bench: how long primitives take on a device, beside what the device can do at all and what others
// take.
#include "bench_cases.hpp"
#include "bench_report.hpp"
#include "bench_sweep.hpp"
#include "ceilings.hpp"
#include "commands.hpp"
#include "interrupt.hpp"
#include "occupancy.hpp"
#include "output_file.hpp"
#include "progress.hpp"
#include "sectors.hpp"
#include "tuning_file.hpp"
#include "watch.hpp"

#include <harness/failure.hpp>
#include <harness/operands.hpp>
#include <harness/seeds.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::cli {
namespace {

using harness::Case;
using harness::Problem;

struct BenchOptions {
    std::string device, tuning;
    std::optional<std::string> cases, against, json, html;
    std::vector<std::string> only;
    std::optional<std::uint64_t> maxBytes;
    std::optional<std::size_t> sweep;
    WatchOptions watch;

    std::uint64_t largest() const { return maxBytes.value_or(std::numeric_limits<std::uint64_t>::max()); }
};

std::vector<BenchCase> selectedCases(const BenchOptions& options) {
    std::vector<BenchCase> cases =
        options.sweep ? sweepCases(*options.sweep, options.largest()) : readBenchCases(options.cases);
    keepCases(cases, options.only);
    return cases;
}

Case caseOf(const Problem& problem) {
    return {.problem = problem, .distribution = distributionOf(problem)};
}

harness::Outcome timeAndCheck(const Device& device, const Problem& problem) {
    Case testCase = caseOf(problem);
    testCase.options.timedOften = true;
    return harness::runCase(device, testCase, true);
}

// What is wrong with a case is said before the first is timed.
void checkCases(const Device& device, const std::vector<BenchCase>& cases) {
    for (const BenchCase& each : cases) {
        const Status status = harness::plan(device.context(), each.problem).status;
        if (status.code() == Code::InvalidArgument)
            throw Failure(ExitCode::BadUsage, fmt::format("{}: {}", each.id, status.message()));
    }
}

// By the names of NVIDIA's and of Mesa's AMD driver.
void addStatistics(const Device& device, const VkaxisCommand& command, BenchKernel& kernel) {
    const auto statistics = device.statistics(device.context().pipeline(command.kernel));
    for (const PipelineStatistic& each : statistics.value) {
        if (each.name == "Register Count" || each.name == "VGPRs") kernel.registers = each.value;
        if (each.name == "Shared Memory Size" || each.name == "LDS Size") kernel.sharedMemory = each.value;
    }
    const DeviceSummary& summary = device.summary();
    if (!kernel.registers || summary.warpsPerMultiprocessor == 0) return;
    kernel.occupancy =
        theoreticalOccupancy({.warps = command.workgroupSize / summary.subgroupSize,
                              .registers = *kernel.registers,
                              .sharedMemory = kernel.sharedMemory.value_or(0)},
                             multiprocessorOf(summary.warpsPerMultiprocessor, summary.deviceId));
}

// Of a view's range no more than its sectors, as often as memory moves them.
std::uint64_t bytesOf(const Problem& problem, const VkaxisAccess& access) {
    std::uint64_t bytes = access.size;
    for (const harness::OperandView& operand : harness::operandsOf(problem)) {
        if (operand.operand != access.operand) continue;
        bytes = std::min(bytes, movedBytes(operand));
        if (operand.written) bytes += filledBytes(operand);
    }
    const bool both = access.flags == (VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE);
    return both ? 2 * bytes : bytes;
}

BenchKernel kernelOf(const Device& device, const Problem& problem, const VkaxisCommand& command) {
    BenchKernel kernel{
        .name = command.name,
        .workgroups = std::uint64_t{command.groupCount[0]} * command.groupCount[1] * command.groupCount[2],
        .workgroupSize = command.workgroupSize};
    addStatistics(device, command, kernel);
    for (const VkaxisAccess& access : std::span(command.accesses, command.accessCount))
        if (access.flags != 0) kernel.bytes += bytesOf(problem, access);
    return kernel;
}

BenchRow benchOf(const Device& device, const BenchCase& benchCase, std::uint64_t maxBytes) {
    const Problem& problem = benchCase.problem;
    BenchRow row{.benchCase = benchCase};
    const auto plan = harness::plan(device.context(), problem);
    const std::string obstacle = plan ? harness::obstacle(device, problem, maxBytes) : plan.status.message();
    if (!obstacle.empty()) {
        row.outcome.status = harness::failure(VKAXIS_UNSUPPORTED, "{}", obstacle);
        row.outcome.skipped = true;
        return row;
    }
    row.outcome = timeAndCheck(device, problem);
    row.planSeconds =
        harness::hostSeconds([&] { static_cast<void>(harness::plan(device.context(), problem)); });
    row.scratchSize = plan->sizes[VKAXIS_OPERAND_SCRATCH] + plan->sizes[VKAXIS_OPERAND_ZEROED];
    for (std::uint32_t i = 0; i < plan->commandCount; ++i) {
        const VkaxisCommand& command = plan->commands[i];
        if (command.type == VKAXIS_COMMAND_DISPATCH)
            row.kernels.push_back(kernelOf(device, problem, command));
    }
    const std::vector<double>& alone = row.timing().dispatches;
    for (std::size_t i = 0; i < row.kernels.size(); ++i)
        row.kernels[i].seconds = alone.empty() ? row.timing().gpu : alone[i];
    for (const harness::OperandView& operand : harness::operandsOf(problem)) {
        (operand.written ? row.bytesWritten : row.bytesRead) += movedBytes(operand);
        if (operand.written) row.bytesRead += filledBytes(operand);
    }
    return row;
}

// As progress tells, one case after the other.
BenchRow progressOf(const BenchCase& benchCase, const std::function<BenchRow()>& make) {
    Progress progress;
    progress.begin(benchCase.id);
    BenchRow row = make();
    progress.finish();
    if (row.outcome.driverFailed())
        throw Failure(ExitCode::NoDevice, fmt::format("{}: {}", benchCase.id, row.outcome.message()));
    return row;
}

// A wrong kernel is not timed.
BenchRow checkThenBench(const Device& device, const BenchCase& benchCase, std::uint64_t maxBytes) {
    BenchRow row{.benchCase = benchCase};
    row.outcome = harness::runCase(device, caseOf(benchCase.problem));
    return row.outcome ? benchOf(device, benchCase, maxBytes) : row;
}

// rows: the latest of each case, in which a right one stays until the next right one.
std::size_t benchChanged(const Device& device, const ModuleNames& modules, const BenchOptions& options,
                         std::vector<BenchRow>& rows) {
    std::size_t count = 0;
    for (BenchRow& row : rows) {
        if (row.outcome.skipped || !usesAny(device.context(), row.benchCase.problem, modules)) continue;
        if (Interrupt::requested()) break;
        ++count;
        const BenchRow after = progressOf(
            row.benchCase, [&] { return checkThenBench(device, row.benchCase, options.largest()); });
        fmt::print("{}", changeLine(row, after));
        std::fflush(stdout);
        if (after.outcome) row = after;
    }
    return count;
}

void writeReports(const BenchOptions& options, const Device& device, const Ceilings& ceilings,
                  const std::vector<BenchRow>& rows) {
    const std::string date = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
    const std::string json = benchJson(device.summary(), date, ceilings, rows);
    const std::string page = benchPage(json);
    std::vector<OutputFile> files;
    if (options.json) files.push_back({*options.json, {std::as_bytes(std::span(json))}});
    if (options.html) files.push_back({*options.html, {std::as_bytes(std::span(page))}});
    Progress progress;
    if (!files.empty()) writeFiles(files, progress);
}

ExitCode bench(const BenchOptions& options) {
    const std::vector<BenchCase> cases = selectedCases(options);
    std::map<std::string, std::vector<Rival>> rivals;
    if (options.against) rivals = readRivals(*options.against);
    std::vector<std::string> outputs;
    for (const auto& path : {options.json, options.html})
        if (path) outputs.push_back(*path);
    requireWritable(outputs);
    const Device device = openDevice({.select = options.device, .statistics = true});
    useTuning(device, options.tuning);
    checkCases(device, cases);
    Watch watch(device, options.watch);
    const auto ceilings = measureCeilings(device);
    require(ceilings.status, ExitCode::NoDevice);

    const Interrupt interrupt;  // what is timed by then is reported
    fmt::print("{}", benchHeader(device.summary(), ceilings.value));
    std::vector<BenchRow> rows;
    for (const BenchCase& benchCase : cases) {
        if (Interrupt::requested()) break;
        rows.push_back(progressOf(benchCase, [&] { return benchOf(device, benchCase, options.largest()); }));
        rows.back().rivals = rivals[benchCase.id];
        fmt::print("{}", benchLine(rows.back(), ceilings.value));
        std::fflush(stdout);
    }
    if (options.sweep) fmt::print("{}", sweepSummary(rows, ceilings.value));
    writeReports(options, device, ceilings.value, rows);
    if (options.watch.enabled) {
        watch.run([&](const ModuleNames& modules) { return benchChanged(device, modules, options, rows); });
        return ExitCode::Done;
    }
    return std::ranges::any_of(rows, &BenchRow::wrong) ? ExitCode::WrongResult : ExitCode::Done;
}

}  // namespace

void addBench(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<BenchOptions>();
    CLI::App* command =
        app.add_subcommand("bench", "Time every primitive beside what the device can do at all");
    command
        ->add_option("--cases", options->cases,
                     "Time the cases of this file instead of the built-in ones; one is {\"cases\": [{\"id\": "
                     "\"a\", \"op\": \"argmax\", \"dtype\": \"f32\", \"shape\": [50, 300], \"axis\": 1}]}")
        ->type_name("FILE");
    command->add_option("--case", options->only, "Only these cases")->delimiter(',')->type_name("ID,...");
    command->add_option("--sweep", options->sweep, "Random problems instead: so many, the same at every call")
        ->expected(0, 1)
        ->default_str("200")
        ->check(CLI::Range(1, 10000))
        ->type_name("N")
        ->excludes("--cases");
    command
        ->add_option(
            "--against", options->against,
            "Compare with the rows of this file, as --json writes one: others' times, or earlier ones")
        ->type_name("FILE");
    command->add_option("--max-bytes", options->maxBytes, "Skip cases with larger tensors, such as 512M")
        ->transform(CLI::AsSizeValue(false))
        ->check(fitsWord);
    command->add_option("--json", options->json, "Write all results to FILE")->type_name("FILE");
    command->add_option("--html", options->html, "Write them to FILE as a page with pictures, for a browser")
        ->type_name("FILE");
    addWatchOptions(*command, options->watch);
    addDeviceOption(*command, options->device);
    addTuningOption(*command, options->tuning);
    command->callback([options, &chosen] { chosen = [options] { return bench(*options); }; });
}

}  // namespace vkaxis::cli
