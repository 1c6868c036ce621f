// vkaxis run: real data in, real data out.
#include "array_print.hpp"
#include "commands.hpp"
#include "npy.hpp"
#include "output_file.hpp"
#include "progress.hpp"
#include "tuning_file.hpp"

#include <harness/ops.hpp>
#include <harness/problem.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vkaxis::cli {
namespace {

using harness::Extents;
using harness::Op;
using harness::Problem;
using Path = std::optional<std::string>;

struct RunOptions {
    std::string device, tuning;
    std::string input;
    std::optional<std::string> dtype;
    std::optional<std::int32_t> axis;
    bool keepdims = false;
    bool time = false;
    Path output;

    // Values of harness options by their names.
    std::map<std::string, std::string> choices;

    Path maxOutput, values, maxValues;  // argmax, argmin, argminmax

    bool exclusive = false;  // scan
    bool includeInitial = false;
    bool reverse = false;
    std::optional<std::string> initial;
    Path totals;
};

[[noreturn]] void refuse(const std::string& message) {
    throw Failure(ExitCode::BadUsage, message);
}

// ---- The initial value ----

template <class T>
std::optional<T> parse(const std::string& text) {
    T value{};
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && rest == end ? std::optional(value) : std::nullopt;
}

template <class T>
T parseInteger(const std::string& text, T lowest, T highest) {
    const auto value = parse<T>(text);
    if (value && *value >= lowest && *value <= highest) return *value;
    refuse(fmt::format("--init {}: a whole number from {} to {} is needed", text, lowest, highest));
}

// Up to where rounding makes an infinity of it.
double parseFloat(const std::string& text, const harness::DtypeEntry& dtype) {
    const auto value = parse<double>(text);
    const auto isFinite = [&](double number) {
        return std::isfinite(harness::decodeFloat(dtype, harness::encodeFloat(dtype, number)));
    };
    if (value && (isFinite(*value) || !std::isfinite(*value))) return *value;
    const double largest = harness::decodeFloat(dtype, dtype.highest() - 1);
    refuse(fmt::format("--init {}: a number from -{:.8g} to {:.8g}, inf or nan is needed", text, largest,
                       largest));
}

VkaxisScalar parseScalar(const std::string& text, const harness::DtypeEntry& dtype) {
    switch (dtype.kind) {
        case harness::Kind::Float:
            return {.f64 = parseFloat(text, dtype)};
        case harness::Kind::Signed: {
            const auto highest = static_cast<std::int64_t>(dtype.highest());
            return {.i64 = parseInteger<std::int64_t>(text, -highest - 1, highest)};
        }
        case harness::Kind::Unsigned:
            return {.u64 = parseInteger<std::uint64_t>(text, 0, dtype.highest())};
    }
    return {};
}

// ---- From options to a problem ----

Dtype inputDtype(const RunOptions& options, Dtype inFile) {
    const std::string name = harness::nameOf(inFile);
    if (!options.dtype || *options.dtype == name) return inFile;
    if (*options.dtype == "bf16" && inFile == Dtype::U16) return Dtype::BF16;
    refuse(fmt::format("{}: --dtype {}: the file's elements are {}; only u16 may also be read, as bf16",
                       options.input, *options.dtype, name));
}

bool isFlattened(const RunOptions& options, const NpyHeader& header) {
    return !options.axis || header.shape.empty();
}

// Without an axis over the flattened array. A scalar acts as its own flattened array, as NumPy has it.
Problem pose(Op op, const RunOptions& options, const NpyHeader& header) {
    Problem problem;
    problem.op = op;
    problem.dtype = inputDtype(options, header.dtype);
    problem.shape = isFlattened(options, header) ? Extents{header.elementCount} : header.shape;
    if (!isFlattened(options, header)) problem.strides = header.strides;
    problem.axis = options.axis.value_or(0);
    problem.values = options.values || options.maxValues;
    problem.mode = options.exclusive        ? ScanMode::Exclusive
                   : options.includeInitial ? ScanMode::IncludeInitial
                                            : ScanMode::Inclusive;
    problem.reverse = options.reverse;
    problem.totals = options.totals.has_value();
    for (const auto& [name, value] : options.choices) {
        const harness::Option& option = *harness::findOption(harness::entryOf(op), name);
        option.set(problem,
                   static_cast<std::size_t>(std::ranges::find(option.values, value) - option.values.begin()));
    }
    if (options.initial) {
        problem.initial = ScanInitial::Host;
        problem.initialValue = parseScalar(*options.initial, harness::entryOf(harness::outputDtype(problem)));
    }
    return problem;
}

// ---- From results to files and text ----

struct Array {
    Path path;  // none: to be printed
    std::string label;
    Dtype dtype;
    Extents shape;
    std::span<const std::byte> elements;
};

// Without the axis, or with the extent 1 that --keepdims asks for.
Extents reducedShape(const Problem& problem, const RunOptions& options, const NpyHeader& header) {
    if (!options.keepdims) return harness::sliceShape(problem);
    Extents shape = header.shape;
    if (isFlattened(options, header)) return Extents(shape.size(), 1);
    const auto rank = static_cast<std::int32_t>(shape.size());
    shape[static_cast<std::size_t>(*options.axis < 0 ? *options.axis + rank : *options.axis)] = 1;
    return shape;
}

std::vector<Array> resultsOf(const Problem& problem, const RunOptions& options, const NpyHeader& header,
                             const harness::Outputs& outputs) {
    const Dtype dtype = harness::outputDtype(problem);
    const Extents reduced = reducedShape(problem, options, header);
    if (problem.op == Op::Scan) {
        std::vector<Array> results{
            {options.output, "", dtype, harness::outputShape(problem), outputs.output}};
        if (options.totals) results.push_back({options.totals, "", dtype, reduced, outputs.totals});
        return results;
    }
    const bool both = problem.op == Op::Argminmax;
    std::vector<Array> results{{options.output, both ? "argmin" : "", dtype, reduced, outputs.output}};
    if (both) results.push_back({options.maxOutput, "argmax", dtype, reduced, outputs.maxOutput});
    if (options.values) results.push_back({options.values, "", problem.dtype, reduced, outputs.values});
    if (options.maxValues)
        results.push_back({options.maxValues, "", problem.dtype, reduced, outputs.maxValues});
    return results;
}

void save(const std::vector<Array>& results, Progress& progress) {
    std::vector<std::string> headers;
    for (const Array& array : results) headers.push_back(npyHeaderText(array.dtype, array.shape));
    std::vector<OutputFile> files;
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i].path) continue;
        files.push_back({*results[i].path, {std::as_bytes(std::span(headers[i])), results[i].elements}});
    }
    writeFiles(files, progress);
}

void print(const std::vector<Array>& results) {
    for (const Array& array : results) {
        if (array.path) continue;
        if (!array.label.empty()) fmt::print("{}:\n", array.label);
        fmt::print("{}\n", formatArray(array.dtype, array.shape, array.elements));
    }
}

void printTime(double seconds, std::size_t bytes) {
    const std::string rate =
        seconds > 0 ? fmt::format(", {:.2f} GB/s", static_cast<double>(bytes) / seconds / 1e9) : "";
    std::fputs(fmt::format("GPU time {:.3f} ms{}\n", seconds * 1e3, rate).c_str(), stderr);
}

// Everything that can be refused is refused before the data are read.
ExitCode run(Op op, const RunOptions& options) {
    NpyReader reader(options.input);
    std::vector<std::string> paths;
    for (const Path& path :
         {options.output, options.maxOutput, options.values, options.maxValues, options.totals})
        if (path) paths.push_back(*path);
    requireWritable(paths);
    const Problem problem = pose(op, options, reader.header());
    const Device device = openDevice({options.device});
    useTuning(device, options.tuning);
    const Status plan = harness::plan(device.context(), problem).status;
    require(plan, plan.code() == Code::InvalidArgument ? ExitCode::BadUsage : ExitCode::NoDevice,
            options.input);

    Progress progress;
    std::vector<std::byte> input = reader.read(progress);
    if (isFlattened(options, reader.header())) input = rowMajor(reader.header(), std::move(input));
    progress.begin("computing");
    harness::Timing timing;
    const auto outputs = harness::execute(device, problem, {input}, options.time ? &timing : nullptr);
    require(outputs.status, ExitCode::NoDevice, options.input);

    const std::vector<Array> results = resultsOf(problem, options, reader.header(), outputs.value);
    save(results, progress);
    progress.finish();
    print(results);
    std::size_t bytes = input.size();
    for (const Array& array : results) bytes += array.elements.size();
    if (options.time) printTime(timing.gpu, bytes);
    return ExitCode::Done;
}

// ---- The command line ----

CLI::Option* addPath(CLI::App& command, const std::string& names, Path& path, const std::string& type,
                     const std::string& description) {
    return command.add_option(names, path, description)->type_name(type);
}

// One of the harness's options, which the command line may name otherwise.
void addChoice(CLI::App& command, RunOptions& options, Op op, const std::string& name,
               const char* harnessName, const std::string& description) {
    const harness::Option& option = *harness::findOption(harness::entryOf(op), harnessName);
    std::string& value = options.choices[harnessName];
    value = option.values[option.defaultValue()];
    command.add_option(name, value, description)
        ->check(CLI::IsMember(std::vector<std::string>(option.values.begin(), option.values.end())))
        ->capture_default_str();
}

CLI::App* addOperation(CLI::App& runCommand, Action& chosen, Op op,
                       const std::shared_ptr<RunOptions>& options, const std::string& name,
                       const std::string& description) {
    CLI::App* command = runCommand.add_subcommand(name, description);
    command
        ->add_option(
            "IN.npy", options->input,
            "Array of floats of 16 to 64 bits or integers of 8 to 64, of up to 8 dimensions, in any order")
        ->required();
    command
        ->add_option(
            "--dtype", options->dtype,
            "bf16: the file's u16 elements are bfloat16, which NumPy lacks; results are written likewise")
        ->type_name("bf16");
    command
        ->add_option("--axis", options->axis,
                     "Axis, negative from the end; without it the array is flattened, row by row")
        ->type_name("N")
        ->check(notEmpty);
    command->add_flag("--time", options->time,
                      "Print the GPU time and the rate (input and outputs once) to stderr");
    addDeviceOption(*command, options->device);
    addTuningOption(*command, options->tuning);
    command->callback([op, options, &chosen] { chosen = [op, options] { return run(op, *options); }; });
    return command;
}

void addArgReduce(CLI::App& runCommand, Action& chosen, Op op, const std::string& name,
                  const std::string& description) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App& command = *addOperation(runCommand, chosen, op, options, name, description);
    if (op == Op::Argminmax) {
        CLI::Option* least = addPath(command, "-o,--output", options->output, "MIN.npy",
                                     "Save the smallest elements' indices instead of printing them");
        CLI::Option* most = addPath(command, "--max-output", options->maxOutput, "MAX.npy",
                                    "Save the largest elements' indices instead of printing them");
        least->needs(most);
        most->needs(least);
        addPath(command, "--values", options->values, "MINVALUES.npy", "Save the smallest elements");
        addPath(command, "--max-values", options->maxValues, "MAXVALUES.npy", "Save the largest elements");
    } else {
        addPath(command, "-o,--output", options->output, "OUT.npy",
                "Save the indices instead of printing them");
        addPath(command, "--values", options->values, "VALUES.npy", "Save the elements at these indices");
    }
    addChoice(command, *options, op, "--index", "mode", "Type of the indices");
    addChoice(command, *options, op, "--tie", "tie", "Which of several equal elements");
    addChoice(command, *options, op, "--nan", "nan",
              "Whether NaN beats every number, or only where there is none; then the index is -1");
    command.add_flag("--keepdims", options->keepdims, "Keep the axis, with extent 1, in indices and values");
}

void addScan(CLI::App& runCommand, Action& chosen) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App& command = *addOperation(runCommand, chosen, Op::Scan, options, "scan",
                                      "Prefix sums, products, maxima or minima");
    addPath(command, "-o,--output", options->output, "OUT.npy", "Save the result instead of printing it");
    CLI::Option* totals =
        addPath(command, "--total", options->totals, "TOTAL.npy", "Save what each slice comes to");
    command.add_flag("--keepdims", options->keepdims, "Keep the axis, with extent 1, in the total")
        ->needs(totals);
    addChoice(command, *options, Op::Scan, "--op", "scan-op", "What combines the elements");
    addChoice(command, *options, Op::Scan, "--out-dtype", "out-dtype",
              "The result's dtype, the input's or a wider one; the default is the input's, but 32 bits for "
              "integers of 8 and 16");
    CLI::Option* exclusive = command.add_flag("--exclusive", options->exclusive,
                                              "Combine what precedes an element, without the element");
    command
        .add_flag("--include-initial", options->includeInitial,
                  "Exclusive, and the total as one element more along the axis")
        ->excludes(exclusive);
    command.add_flag("--reverse", options->reverse, "From the end of the axis");
    command
        .add_option("--init", options->initial,
                    "What the scan starts with, of the result's dtype; without it 0, 1, or its lowest or "
                    "highest value")
        ->type_name("VALUE");
}

}  // namespace

void addRun(CLI::App& app, Action& chosen) {
    CLI::App* command = app.add_subcommand("run", "Apply an operation to a NumPy file");
    command->require_subcommand(1);
    addArgReduce(*command, chosen, Op::Argmax, "argmax", "Indices of the largest elements");
    addArgReduce(*command, chosen, Op::Argmin, "argmin", "Indices of the smallest elements");
    addArgReduce(*command, chosen, Op::Argminmax, "argminmax",
                 "Indices of the smallest and of the largest elements, in one pass");
    addScan(*command, chosen);
}

}  // namespace vkaxis::cli
