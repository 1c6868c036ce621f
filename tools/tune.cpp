// vkaxis tune: finds the sizes by which a device is fastest, and keeps them.
#include "bench_cases.hpp"
#include "commands.hpp"
#include "interrupt.hpp"
#include "progress.hpp"
#include "search.hpp"
#include "tune_cases.hpp"
#include "tuning_file.hpp"

#include <harness/ops.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vkaxis::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct TuneOptions {
    std::string device, tuning;
    std::optional<std::string> cases;
    std::vector<std::string> ops, only, fields, start;
    std::optional<double> seconds;
    bool exported = false;
    bool cpu = false;
};

// The names of all fields, and the library's own values of them.
struct Fields {
    std::vector<std::string> names;
    Row own;

    explicit Fields(const Context& context) {
        for (const auto& [name, value] : tuningOf(context)) {
            names.push_back(name);
            own.push_back(value);
        }
    }

    std::size_t indexOf(const std::string& name, const char* option) const {
        const auto found = std::ranges::find(names, name);
        if (found == names.end())
            throw Failure(ExitCode::BadUsage,
                          fmt::format("{} {}: there is none but {}", option, name, fmt::join(names, ", ")));
        return static_cast<std::size_t>(found - names.begin());
    }
};

std::vector<BenchCase> selectedCases(const TuneOptions& options) {
    std::vector<BenchCase> cases = readBenchCases(options.cases);
    keepCases(cases, options.only);
    std::erase_if(cases, [&](const BenchCase& each) {
        const std::string op = harness::entryOf(each.problem.op).name;
        return !options.ops.empty() && std::ranges::find(options.ops, op) == options.ops.end();
    });
    if (cases.empty()) throw Failure(ExitCode::BadUsage, "--op: no case is of it");
    return cases;
}

// Where an earlier search ended, if the output has that, else the library's own row; or what --start says of
// it.
Row startRow(const TuneOptions& options, const Fields& fields, const Device& device,
             const std::string& output) {
    Row row = fields.own;
    std::error_code ignored;
    if (options.start.empty() && std::filesystem::exists(output, ignored)) {
        useTuning(device, output);
        row.clear();
        for (const auto& [name, value] : tuningOf(device.context())) row.push_back(value);
    }
    for (const std::string& text : options.start) {
        const auto split = std::min(text.find('='), text.size());
        const char* const end = text.data() + text.size();
        std::uint32_t value = 0;
        const auto parsed = std::from_chars(std::min(text.data() + split + 1, end), end, value);
        if (parsed.ec != std::errc{} || parsed.ptr != end)
            throw Failure(
                ExitCode::BadUsage,
                fmt::format("--start {}: a name and a value are needed, as in scanRowItems=2", text));
        row[fields.indexOf(text.substr(0, split), "--start")] = value;
    }
    return row;
}

NamedValues differences(const Fields& fields, const Row& row) {
    NamedValues values;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (row[i] != fields.own[i]) values.emplace_back(fields.names[i], row[i]);
    return values;
}

void addCases(TuneCases& tuneCases, const std::vector<BenchCase>& cases, const Interrupt& interrupt) {
    for (const BenchCase& each : cases) {
        if (interrupt.requested()) return;
        Progress progress;
        progress.begin("checking " + each.id);
        const std::string obstacle = tuneCases.add(each);
        progress.finish();
        if (!obstacle.empty())
            std::fputs(fmt::format("vkaxis: {} is left out: {}\n", each.id, obstacle).c_str(), stderr);
    }
    if (tuneCases.size() == 0 && !interrupt.requested())
        throw Failure(ExitCode::NoDevice, "the device can take none of the cases");
}

struct Tuned {
    Found found;
    std::size_t trials = 0;
    double seconds = 0;
};

Tuned runSearch(const TuneOptions& options, const Fields& fields, const Row& start, TuneCases& tuneCases,
                const Interrupt& interrupt) {
    const auto begin = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    Tuned tuned;
    Progress progress;
    SearchOptions search{
        .stop = [&] { return interrupt.requested() || (options.seconds && elapsed() > *options.seconds); },
        .onTrial =
            [&](const Trial& trial) {
                ++tuned.trials;
                std::string changes;
                for (const Change& each : trial.changes)
                    changes += fmt::format("{}{} = {}", changes.empty() ? "" : ", ", fields.names[each.field],
                                           each.to);
                progress.begin(fmt::format("{} rows tried, {:.3f} times as fast; {}", tuned.trials,
                                           trial.gain, changes));
            }};
    for (std::size_t i = 0; i < fields.names.size(); ++i)
        if (options.fields.empty() ||
            std::ranges::find(options.fields, fields.names[i]) != options.fields.end())
            search.fields.push_back(i);
    tuned.found = cli::search(start, tuneCases, search);
    tuned.seconds = elapsed();
    return tuned;
}

double medianOf(std::vector<double> samples) {
    std::ranges::sort(samples);
    return samples[samples.size() / 2];
}

// What the change does to each case that it affects, timed once more side by side.
void printCases(TuneCases& tuneCases, const Row& start, const Row& row) {
    constexpr std::size_t kSamples = 7;
    const std::vector<std::size_t> affected = tuneCases.challenge(start, row);
    std::vector<std::vector<double>> before(affected.size()), after(affected.size());
    for (std::size_t round = 0; round < kSamples; ++round) {
        const std::vector<Pair> pairs = tuneCases.sample();
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            before[i].push_back(pairs[i].before);
            after[i].push_back(pairs[i].after);
        }
    }
    for (std::size_t i = 0; i < affected.size(); ++i)
        fmt::print("{:<20} {:>10.1f} -> {:.1f} us, {:.3f} times as fast\n", tuneCases.id(affected[i]),
                   medianOf(before[i]) * 1e6, medianOf(after[i]) * 1e6,
                   medianOf(before[i]) / medianOf(after[i]));
}

// A row of the table in src/tuning.cpp.
void printRow(const Fields& fields, const Row& row, const DeviceSummary& device) {
    std::string name = "k";
    for (const char character : device.name)
        if (std::isalnum(static_cast<unsigned char>(character)) != 0) name += character;
    fmt::print("// Found by vkaxis tune on {}, driver {}.\n", device.name, device.driver);
    fmt::print("constexpr Tuning {}{{.vendorId = {:#06x},\n", name, device.vendorId);
    const std::string indent(std::string("constexpr Tuning {").size() + name.size(), ' ');
    fmt::print("{}.warpsPerMultiprocessor = {}", indent, device.warpsPerMultiprocessor);
    for (std::size_t i = 0; i < row.size(); ++i) fmt::print(",\n{}.{} = {}", indent, fields.names[i], row[i]);
    fmt::print("}};\n");
}

ExitCode tune(const TuneOptions& options) {
    const Interrupt interrupt;
    const std::vector<BenchCase> cases = selectedCases(options);
    const std::string output = tuningOutput(options.tuning);
    const Device device = openDevice({.select = options.device});
    const DeviceSummary& summary = device.summary();
    if (summary.type == VK_PHYSICAL_DEVICE_TYPE_CPU && !options.cpu)
        throw Failure(
            ExitCode::BadUsage,
            fmt::format("{} is a CPU, whose times say nothing about a GPU; --cpu tunes it all the same",
                        summary.name));
    const Fields fields(device.context());
    for (const std::string& name : options.fields) fields.indexOf(name, "--field");
    const Row start = startRow(options, fields, device, output);

    TuneCases tuneCases(device, fields.names);
    require(tuneCases.adopt(start), ExitCode::BadUsage, "--start");
    addCases(tuneCases, cases, interrupt);
    const auto [found, trials, seconds] = runSearch(options, fields, start, tuneCases, interrupt);

    // An early end that has found nothing says nothing against what an earlier search has found.
    const bool kept = !output.empty() && (found.complete || found.row != fields.own);
    if (kept) writeTuning(output, summary, differences(fields, found.row));
    fmt::print("{}, driver {}: {} rows tried on {} cases in {:.0f} s{}\n", summary.name, summary.driver,
               trials, tuneCases.size(), seconds, found.complete ? "" : ", stopped early");
    for (std::size_t i = 0; i < start.size(); ++i)
        if (found.row[i] != start[i])
            fmt::print("{:<20} {:>10} -> {}\n", fields.names[i], start[i], found.row[i]);
    if (found.row == start) fmt::print("nothing is faster\n");
    if (!interrupt.requested() && found.row != start) printCases(tuneCases, start, found.row);
    if (kept) fmt::print("written to {}\n", output);
    if (options.exported) printRow(fields, found.row, summary);
    for (const std::string& line : tuneCases.wrong())
        std::fputs(fmt::format("vkaxis: {}\n", line).c_str(), stderr);
    return tuneCases.wrong().empty() ? ExitCode::Done : ExitCode::WrongResult;
}

}  // namespace

void addTune(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<TuneOptions>();
    CLI::App* command =
        app.add_subcommand("tune",
                           "Find the sizes by which the device is fastest, from those that an earlier call "
                           "found, and keep them; Ctrl-C keeps the best so far");
    std::vector<std::string> ops;
    for (const harness::OpEntry& entry : harness::opTable()) ops.emplace_back(entry.name);
    command->add_option("--op", options->ops, "Only cases of these primitives")
        ->delimiter(',')
        ->type_name("NAME,...")
        ->check(CLI::IsMember(ops));
    command
        ->add_option("--cases", options->cases,
                     "Cases of this file, as of bench, instead of the built-in ones")
        ->type_name("FILE");
    command->add_option("--case", options->only, "Only these cases")->delimiter(',')->type_name("ID,...");
    command->add_option("--field", options->fields, "Change only these sizes")
        ->delimiter(',')
        ->type_name("NAME,...");
    CLI::Option* tuning =
        command
            ->add_option(
                "--tuning", options->tuning,
                "Where to write, instead of the user's own file that other commands read; none: nowhere")
            ->type_name("FILE");
    command
        ->add_option("--start", options->start,
                     "Start at the library's own sizes but for these, to try the search; only with --tuning, "
                     "so that it does not replace the user's own file")
        ->delimiter(',')
        ->type_name("NAME=VALUE,...")
        ->needs(tuning);
    command->add_option("--time", options->seconds, "End after so long a search")
        ->check([](const std::string& text) {
            char* end = nullptr;  // not every library has std::from_chars of a double
            const double seconds = std::strtod(text.c_str(), &end);
            return !text.empty() && *end == '\0' && seconds > 0 && std::isfinite(seconds)
                       ? ""
                       : text + " is no time in seconds, such as 60";
        })
        ->type_name("SECONDS");
    command->add_flag("--export", options->exported, "Print what was found as a row of src/tuning.cpp, too");
    command->add_flag("--cpu", options->cpu, "Tune a CPU driver");
    addDeviceOption(*command, options->device);
    command->callback([options, &chosen] { chosen = [options] { return tune(*options); }; });
}

}  // namespace vkaxis::cli
