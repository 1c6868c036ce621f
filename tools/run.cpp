// vkaxis run: real data in, real data out.
#include "array_print.hpp"
#include "commands.hpp"
#include "npy.hpp"
#include "output_file.hpp"
#include "progress.hpp"

#include <harness/problem.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::cli {
namespace {

using harness::Op;

struct RunOptions {
    std::string device;
    std::string input;
    std::optional<std::string> output;
    std::optional<std::int32_t> axis;
    bool keepdims = false;
    std::string index = "i64";
    bool exclusive = false;
    bool includeInitial = false;
    bool time = false;
};

// Without an axis over the flattened array. A scalar acts as its own flattened array, as NumPy has it.
harness::Problem pose(Op op, const RunOptions& options, const NpyHeader& header) {
    harness::Problem problem;
    problem.op = op;
    problem.dtype = header.dtype;
    problem.shape = header.shape;
    if (!options.axis || header.shape.empty()) problem.shape = {header.elementCount};
    problem.axis = options.axis.value_or(0);
    problem.indexType = options.index == "u32" ? IndexType::U32 : IndexType::I64;
    problem.mode = options.exclusive        ? ScanMode::Exclusive
                   : options.includeInitial ? ScanMode::IncludeInitial
                                            : ScanMode::Inclusive;
    return problem;
}

ElementType resultType(const harness::Problem& problem) {
    if (problem.op != Op::Scan)
        return problem.indexType == IndexType::U32 ? ElementType::U32 : ElementType::I64;
    switch (problem.dtype) {
        case Dtype::F32:
            return ElementType::F32;
        case Dtype::I32:
            return ElementType::I32;
        case Dtype::U32:
            return ElementType::U32;
    }
    return {};
}

std::vector<std::uint64_t> resultShape(const harness::Problem& problem, const RunOptions& options,
                                       const NpyHeader& header) {
    if (!options.keepdims) return harness::outputShape(problem);
    std::vector<std::uint64_t> shape = header.shape;
    if (!options.axis) {
        shape.assign(shape.size(), 1);
    } else if (!shape.empty()) {
        const auto rank = static_cast<std::int32_t>(shape.size());
        shape[static_cast<std::size_t>(*options.axis < 0 ? *options.axis + rank : *options.axis)] = 1;
    }
    return shape;
}

void printTime(double seconds, std::size_t bytes) {
    const std::string rate =
        seconds > 0 ? fmt::format(", {:.2f} GB/s", static_cast<double>(bytes) / seconds / 1e9) : "";
    std::fputs(fmt::format("GPU time {:.3f} ms{}\n", seconds * 1e3, rate).c_str(), stderr);
}

// Everything that can be refused is refused before the data are read.
ExitCode run(Op op, const RunOptions& options) {
    NpyReader reader(options.input);
    if (options.output) requireWritable(*options.output);
    const harness::Problem problem = pose(op, options, reader.header());
    const Device device = openDevice({options.device});
    const Status plan = harness::plan(device.context(), problem).status;
    require(plan, plan.code() == Code::InvalidArgument ? ExitCode::BadUsage : ExitCode::NoDevice,
            options.input);

    Progress progress;
    const std::vector<std::byte> input = reader.read(progress);
    progress.begin("computing");
    double seconds = 0;
    const auto output = harness::execute(device, problem, input, options.time ? &seconds : nullptr);
    require(output.status, ExitCode::NoDevice, options.input);

    const ElementType type = resultType(problem);
    const std::vector<std::uint64_t> shape = resultShape(problem, options, reader.header());
    if (options.output) {
        const std::string header = npyHeaderText(type, shape);
        writeFile(*options.output, {std::as_bytes(std::span(header)), output.value}, progress);
    }
    progress.finish();
    if (!options.output) fmt::print("{}\n", formatArray(type, shape, output.value));
    if (options.time) printTime(seconds, input.size() + output.value.size());
    return ExitCode::Done;
}

CLI::App* addOperation(CLI::App& runCommand, Action& chosen, Op op,
                       const std::shared_ptr<RunOptions>& options, const std::string& name,
                       const std::string& description) {
    CLI::App* command = runCommand.add_subcommand(name, description);
    command->add_option("IN.npy", options->input, "Array of '<f4', '<i4' or '<u4', of up to 8 dimensions")
        ->required();
    command
        ->add_option("-o,--output", options->output, "Save the result as a .npy file instead of printing it")
        ->type_name("OUT.npy");
    command
        ->add_option("--axis", options->axis,
                     "Axis, negative from the end; without it the array is flattened")
        ->type_name("N");
    command->add_flag("--time", options->time,
                      "Print the GPU time and the rate (input and output once) to stderr");
    addDeviceOption(*command, options->device);
    command->callback([op, options, &chosen] { chosen = [op, options] { return run(op, *options); }; });
    return command;
}

void addArgReduce(CLI::App& runCommand, Action& chosen, Op op, const std::string& name,
                  const std::string& description) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App* command = addOperation(runCommand, chosen, op, options, name, description);
    command->add_flag("--keepdims", options->keepdims, "Keep the axis, with extent 1");
    command->add_option("--index", options->index, "Type of the result: u32 or i64")
        ->check(CLI::IsMember({"u32", "i64"}))
        ->capture_default_str();
}

void addScan(CLI::App& runCommand, Action& chosen) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App* command = addOperation(runCommand, chosen, Op::Scan, options, "scan", "Prefix sums");
    CLI::Option* exclusive = command->add_flag("--exclusive", options->exclusive,
                                               "Sum what precedes an element, without the element");
    command
        ->add_flag("--include-initial", options->includeInitial,
                   "Exclusive, and the total as one element more along the axis")
        ->excludes(exclusive);
}

}  // namespace

void addRun(CLI::App& app, Action& chosen) {
    CLI::App* command = app.add_subcommand("run", "Apply an operation to a NumPy file");
    command->require_subcommand(1);
    addArgReduce(*command, chosen, Op::Argmax, "argmax",
                 "Indices of the largest elements, the first where several are");
    addArgReduce(*command, chosen, Op::Argmin, "argmin",
                 "Indices of the smallest elements, the first where several are");
    addScan(*command, chosen);
}

}  // namespace vkaxis::cli
