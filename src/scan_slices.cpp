#include "scan_slices.hpp"

#include <algorithm>

namespace vkaxis {
namespace {

// In elements, from a slice to the next.
uint64_t sliceStride(const ScanProblem& problem, uint32_t operand, uint64_t size) {
    return problem.shape.sliceStride(operand) / size;
}

// In elements, of input and output the greater one.
uint64_t widestStride(const ScanProblem& problem) {
    return std::max(sliceStride(problem, shader::kInputView, problem.sourceSize()),
                    sliceStride(problem, shader::kOutputView, problem.resultSize()));
}

// Whether an operand's slices are pieces of memory, with hardly a gap behind each.
bool liesInPieces(const ScanProblem& problem, uint32_t operand, uint64_t size, uint64_t rows) {
    const Shape& shape = problem.shape;
    const uint64_t rowStride = shape.inner.extent * size;
    const uint64_t stride = shape.sliceStride(operand);
    return shape.isPlain(operand, size) && shape.axis.strides[operand] == rowStride &&
           areClose(stride, rows * rowStride) &&
           (stride == rows * rowStride || rows * shape.inner.extent >= kQuad);
}

// Rows of an invocation: equal shares, but odd ones, which spare bank conflicts.
uint32_t itemsOf(const Tuning& tuning, uint64_t extent) {
    const uint64_t rows = divideUp(extent, tuning.scanStagedItems);
    return static_cast<uint32_t>(std::min<uint64_t>(divideUp(extent, rows) | 1, tuning.scanStagedItems));
}

// Rows whose quads are not those of memory, short ones, or with a gap behind each, which cost the other
// kernel more; but hardly any quads are done by single invocations there.
bool rowsPay(const Tuning& tuning, const ScanProblem& problem) {
    const uint64_t extent = problem.shape.axis.extent;
    const uint64_t stride = sliceStride(problem, shader::kInputView, problem.sourceSize());
    const uint64_t resultStride = sliceStride(problem, shader::kOutputView, problem.resultSize());
    const bool aligned = stride % kQuad == 0 && resultStride % kQuad == 0;
    const bool dense = stride == extent && resultStride == extent + problem.grown();
    return !aligned && extent > kQuad &&
           extent < (dense ? tuning.scanSliceElements : tuning.scanGapSliceElements);
}

// Slices for a workgroup, of which larger ones leave it too few.
bool fitsOften(VkaxisContext context, const ScanProblem& problem) {
    constexpr uint64_t kLeast = 4;
    const Tuning& tuning = context->tuning;
    const uint64_t workgroupSize = wholeSubgroups(context->facts, tuning.scanStagedWorkgroupSize);
    const uint64_t items = itemsOf(tuning, problem.shape.axis.extent);
    const uint64_t invocations = divideUp(problem.shape.axis.extent, items) * problem.shape.inner.extent;
    return kLeast * invocations <= workgroupSize &&
           kLeast * widestStride(problem) <= stageSize(workgroupSize, items);
}

}  // namespace

ScanSliceLayout::ScanSliceLayout(VkaxisContext context, const ScanProblem& problem)
    : context_(context),
      problem_(problem),
      workgroupSize_(wholeSubgroups(context->facts, context->tuning.scanStagedWorkgroupSize)),
      items_(itemsOf(context->tuning, problem.shape.axis.extent)) {
    const Shape& shape = problem.shape;
    const uint64_t columns = shape.inner.extent;
    const uint64_t rows = divideUp(shape.axis.extent, items_);
    const uint64_t slices =
        std::min({workgroupSize_ / (rows * columns),
                  stageSize(workgroupSize_, items_) / widestStride(problem), shape.rows()});
    tiling_ = {.outer = shape.rows(),
               .inner = columns,
               .extent = shape.axis.extent,
               .columns = static_cast<uint32_t>(columns),
               .rows = static_cast<uint32_t>(rows),
               .slices = static_cast<uint32_t>(slices),
               .panels = 1,
               .splits = 1,
               .chunk = static_cast<uint32_t>(shape.axis.extent),
               .foldLanes = foldLanes(context, workgroupSize_, slices * columns, rows),
               .groups = static_cast<uint32_t>(divideUp(shape.rows(), slices))};
}

bool ScanSliceLayout::suits(VkaxisContext context, const ScanProblem& problem) {
    const uint64_t extent = problem.shape.axis.extent;
    const uint64_t columns = problem.shape.inner.extent;
    return problem.resultSize() == 4 && extent > 1 && problem.shape.rows() <= UINT32_MAX / 2 &&
           liesInPieces(problem, shader::kInputView, problem.sourceSize(), extent) &&
           liesInPieces(problem, shader::kOutputView, problem.resultSize(), extent + problem.grown()) &&
           (columns == 1 ? rowsPay(context->tuning, problem) : columns < context->tuning.scanSliceColumns) &&
           fitsOften(context, problem);
}

uint64_t ScanSliceLayout::depth() const {
    return (items_ - 1) + combineDepth(tiling_) + 3;
}

uint64_t ScanSliceLayout::groups() const {
    const uint64_t combine = 2 * divideUp(tiling_.rows, tiling_.foldLanes) + log2(tiling_.foldLanes);
    const uint64_t addresses = 2 * uint64_t{problem_.shape.outerRank};  // of an initial value and a total
    const uint64_t items = uint64_t{8} * items_;                        // if the driver unrolls nothing
    return turnGroups(context_->tuning, tiling_.groups, combine + addresses + items);
}

void ScanSliceLayout::dispatch(PlanBuilder& builder, const ScanPass& pass) const {
    const ScanConstants constants(context_, problem_, pass, items_, 0);
    const shader::ScanSlicesParams params{
        .source = 0,
        .destination = 0,
        .carries = problem_.carryBits(),
        .totals = 0,
        .table = 0,
        .tiling = tiling_,
        .sourceStride =
            static_cast<uint32_t>(sliceStride(problem_, shader::kInputView, problem_.sourceSize())),
        .destinationStride =
            static_cast<uint32_t>(sliceStride(problem_, shader::kOutputView, problem_.resultSize())),
        .groups = static_cast<uint32_t>(groups())};
    builder.dispatch(scanModule(Module::ScanSlices, problem_.element), workgroupSize_, constants.values,
                     pass.name, groups(), params,
                     {pass.source, pass.destination, pass.carries, pass.totalsOut, pass.table});
}

}  // namespace vkaxis
