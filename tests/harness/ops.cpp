#include "harness/ops.hpp"

#include "harness/references.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace vkaxis::harness {
namespace {

constexpr std::array kDtypes{Dtype::F32, Dtype::I32, Dtype::U32};

constexpr std::array kArgReduceModes{Mode{"i64", IndexType::I64, {}}, Mode{"u32", IndexType::U32, {}}};
constexpr std::array kScanModes{Mode{"inclusive", {}, ScanMode::Inclusive},
                                Mode{"exclusive", {}, ScanMode::Exclusive},
                                Mode{"include-initial", {}, ScanMode::IncludeInitial}};

const Mode& argReduceMode(const Problem& problem) {
    return *std::ranges::find(kArgReduceModes, problem.indexType, &Mode::indexType);
}

const Mode& scanMode(const Problem& problem) {
    return *std::ranges::find(kScanModes, problem.mode, &Mode::scanMode);
}

std::size_t axisOf(const Problem& problem) {
    return static_cast<std::size_t>(
        problem.axis < 0 ? problem.axis + static_cast<std::int64_t>(problem.shape.size()) : problem.axis);
}

std::vector<std::uint64_t> argReduceShape(const Problem& problem) {
    std::vector<std::uint64_t> shape = problem.shape;
    if (!shape.empty()) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axisOf(problem)));
    return shape;
}

// A scalar's include-initial scan has its two elements along the axis that the scalar acts as having.
std::vector<std::uint64_t> scanShape(const Problem& problem) {
    std::vector<std::uint64_t> shape = problem.shape;
    if (problem.mode != ScanMode::IncludeInitial) return shape;
    if (shape.empty()) return {2};
    shape[axisOf(problem)] += 1;
    return shape;
}

std::uint64_t indexSize(const Problem& problem) {
    return problem.indexType == IndexType::I64 ? 8 : 4;
}
std::uint64_t elementSize(const Problem&) {
    return 4;
}

Result<Plan> planArgReduce(const Context& context, const Problem& problem) {
    const ArgReduceOp op = problem.op == Op::Argmax ? ArgReduceOp::Argmax : ArgReduceOp::Argmin;
    return context.plan(ArgReduce{op, {problem.dtype, problem.shape}, problem.axis, problem.indexType});
}

Result<Plan> planScan(const Context& context, const Problem& problem) {
    return context.plan(Scan{{problem.dtype, problem.shape}, problem.axis, problem.mode});
}

constexpr std::array kOps{
    OpEntry{Op::Argmax, "argmax", kDtypes, kArgReduceModes, argReduceMode, argReduceShape, indexSize,
            planArgReduce, argReduceReference, checkArgReduce},
    OpEntry{Op::Argmin, "argmin", kDtypes, kArgReduceModes, argReduceMode, argReduceShape, indexSize,
            planArgReduce, argReduceReference, checkArgReduce},
    OpEntry{Op::Scan, "scan", kDtypes, kScanModes, scanMode, scanShape, elementSize, planScan, scanReference,
            checkScan},
};

template <class Range, class Projection>
auto* findNamed(const Range& range, std::string_view name, const Projection& nameOfItem) {
    const auto found = std::ranges::find(range, name, nameOfItem);
    return found == std::ranges::end(range) ? nullptr : &*found;
}

}  // namespace

std::span<const OpEntry> opTable() {
    return kOps;
}
const OpEntry& entryOf(Op op) {
    return *std::ranges::find(kOps, op, &OpEntry::op);
}

const char* nameOf(Dtype dtype) {
    switch (dtype) {
        case Dtype::F32:
            return "f32";
        case Dtype::I32:
            return "i32";
        case Dtype::U32:
            return "u32";
    }
    return "?";
}

const char* modeName(const Problem& problem) {
    return entryOf(problem.op).modeOf(problem).name;
}

void setMode(Problem& problem, const Mode& mode) {
    problem.indexType = mode.indexType;
    problem.mode = mode.scanMode;
}

const OpEntry* findOp(std::string_view name) {
    return findNamed(kOps, name, &OpEntry::name);
}
const Dtype* findDtype(std::string_view name) {
    return findNamed(kDtypes, name, nameOf);
}
const Mode* findMode(const OpEntry& entry, std::string_view name) {
    return findNamed(entry.modes, name, &Mode::name);
}

std::uint64_t elementCount(std::span<const std::uint64_t> shape) {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) count *= extent;
    return count;
}

std::vector<std::uint64_t> outputShape(const Problem& problem) {
    return entryOf(problem.op).outputShape(problem);
}
std::uint64_t inputSize(const Problem& problem) {
    return elementCount(problem.shape) * 4;
}

std::uint64_t outputSize(const Problem& problem) {
    return elementCount(outputShape(problem)) * entryOf(problem.op).outputElementSize(problem);
}

std::string describe(const Problem& problem) {
    return fmt::format("{} {} [{}] axis {} {}", entryOf(problem.op).name, nameOf(problem.dtype),
                       fmt::join(problem.shape, ","), problem.axis, modeName(problem));
}

Result<Plan> plan(const Context& context, const Problem& problem) {
    return entryOf(problem.op).plan(context, problem);
}

bool supportsInPlace(const Problem& problem) {
    return problem.op == Op::Scan && problem.mode != ScanMode::IncludeInitial;
}

std::string multiIndex(std::span<const std::uint64_t> shape, std::uint64_t element) {
    std::vector<std::uint64_t> index(shape.size());
    for (std::size_t i = shape.size(); i-- > 0;) {
        index[i] = element % shape[i];
        element /= shape[i];
    }
    return fmt::format("[{}]", fmt::join(index, ","));
}

}  // namespace vkaxis::harness
