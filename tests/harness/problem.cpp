#include "harness/ops.hpp"
#include "harness/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vkaxis::harness {
namespace {

std::size_t axisOf(const Problem& problem) {
    return static_cast<std::size_t>(
        problem.axis < 0 ? problem.axis + static_cast<std::int64_t>(problem.shape.size()) : problem.axis);
}

// Of integers of 8 and 16 bits the one of 32 bits and the same sign.
Dtype defaultScanDtype(Dtype dtype) {
    const DtypeEntry& entry = entryOf(dtype);
    if (entry.isFloat() || entry.size >= 4) return dtype;
    return entry.kind == Kind::Signed ? Dtype::I32 : Dtype::U32;
}

std::string describeStrides(const char* name, const Strides& strides) {
    return strides.empty() ? "" : fmt::format(" {}strides [{}]", name, fmt::join(strides, ","));
}

}  // namespace

std::uint64_t elementCount(std::span<const std::uint64_t> shape) {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) count *= extent;
    return count;
}

std::uint64_t elementSize(Dtype dtype) {
    return entryOf(dtype).size;
}

Extents sliceShape(const Problem& problem) {
    Extents shape = problem.shape;
    if (!shape.empty()) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axisOf(problem)));
    return shape;
}

// A scalar's include-initial scan has its two elements along the axis that the scalar acts as having.
Extents outputShape(const Problem& problem) {
    if (problem.op != Op::Scan) return sliceShape(problem);
    Extents shape = problem.shape;
    if (problem.mode != ScanMode::IncludeInitial) return shape;
    if (shape.empty()) return {2};
    shape[axisOf(problem)] += 1;
    return shape;
}

Dtype outputDtype(const Problem& problem) {
    if (problem.op != Op::Scan) return problem.indexType == IndexType::I64 ? Dtype::I64 : Dtype::U32;
    return problem.outputDtype == Dtype::Default ? defaultScanDtype(problem.dtype) : problem.outputDtype;
}

std::uint64_t storageSize(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides,
                          Dtype dtype) {
    const std::uint64_t count = elementCount(shape);
    if (strides.empty() || count == 0) return count * elementSize(dtype);
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) last += (shape[i] - 1) * strides[i];
    return (last + 1) * elementSize(dtype);
}

std::uint64_t inputSize(const Problem& problem) {
    return storageSize(problem.shape, problem.strides, problem.dtype);
}

std::uint64_t outputSize(const Problem& problem) {
    return storageSize(outputShape(problem), problem.outputStrides, outputDtype(problem));
}

std::string describe(const Problem& problem) {
    const OpEntry& entry = entryOf(problem.op);
    std::string text = fmt::format("{} {} [{}] axis {} {}", entry.name, nameOf(problem.dtype),
                                   fmt::join(problem.shape, ","), problem.axis, modeName(problem));
    for (const Option& option : entry.options.subspan(1)) {
        if (option.get(problem) == option.defaultValue()) continue;
        text += option.isFlag() ? fmt::format(" {}", option.name)
                                : fmt::format(" {} {}", option.name, option.valueOf(problem));
    }
    return text + describeStrides("", problem.strides) + describeStrides("output ", problem.outputStrides) +
           describeStrides("side ", problem.sideStrides);
}

Result<Plan> plan(const Context& context, const Problem& problem) {
    return entryOf(problem.op).plan(context, problem);
}

bool supportsInPlace(const Problem& problem) {
    return problem.op == Op::Scan && problem.mode != ScanMode::IncludeInitial &&
           outputDtype(problem) == problem.dtype && problem.strides == problem.outputStrides;
}

}  // namespace vkaxis::harness
