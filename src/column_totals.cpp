#include "column_totals.hpp"

#include <algorithm>
#include <numeric>

#include "dtype.hpp"

namespace vkaxis {

ColumnTotals::ColumnTotals(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                           const shader::ColumnTiling& tiling, uint32_t workgroupSize)
    : context_(context),
      problem_(problem),
      shape_(shape),
      tiling_(tiling),
      // What makes theirs small, a stage or idle subgroups, is not here.
      workgroupSize_(std::max(workgroupSize, context->facts.workgroupSize)),
      columns_(shape.inner.extent),
      pitch_(shape.axis.strides[shader::kInputView] / problem.sourceSize()) {
    if (pitch_ < columns_) return;
    const uint64_t period = pitch_ / std::gcd(pitch_, kQuad);  // quads after which the columns come again
    lanes_ = workgroupSize_ / period * period;
    if (pitch_ <= workgroupSize_)
        foldLanes_ = foldLanes(context, workgroupSize_, columns_, kQuad * lanes_ / pitch_);
}

bool ColumnTotals::available() const {
    constexpr uint32_t kMostPanels = 2;  // to which one workgroup does justice
    // Factors in another order may overflow before a zero comes.
    const bool ordered = problem_.info.op == VKAXIS_SCAN_PROD && isFloat(problem_.outputDtype);
    const uint64_t size = problem_.sourceSize();
    const bool neighbours = columns_ == 1 || shape_.inner.strides[shader::kInputView] == size;
    const bool onePiece = neighbours && shape_.axis.strides[shader::kInputView] == pitch_ * size &&
                          areClose(pitch_ * size, columns_ * size);
    return onePiece && !ordered && tiling_.slices == 1 && tiling_.panels <= kMostPanels && lanes_ > 0 &&
           pitch_ <= workgroupSize_ && tiling_.chunk <= UINT32_MAX / pitch_;
}

uint64_t ColumnTotals::depth() const {
    const uint64_t quads = divideUp(tiling_.chunk * pitch_, kQuad);
    const uint64_t places = kQuad * lanes_ / pitch_;
    const uint64_t ofLane =
        divideUp(quads, lanes_) + 2;  // and what is before the first quad, and behind the last one
    return ofLane + divideUp(places, foldLanes_) + log2(foldLanes_) + 1;
}

void ColumnTotals::dispatch(PlanBuilder& builder, const ScanPass& pass) const {
    const ScanConstants constants(context_, problem_, pass, context_->tuning.scanTotalUnroll, 0);
    const uint64_t groups = shape_.rows() * tiling_.splits;
    const shader::ScanColumnTotalsParams params{.source = 0,
                                                .destination = 0,
                                                .table = 0,
                                                .sliceStride = shape_.sliceStride(shader::kInputView),
                                                .extent = shape_.axis.extent,
                                                .columns = static_cast<uint32_t>(columns_),
                                                .pitch = static_cast<uint32_t>(pitch_),
                                                .splits = tiling_.splits,
                                                .chunk = tiling_.chunk,
                                                .lanes = static_cast<uint32_t>(lanes_),
                                                .foldLanes = foldLanes_,
                                                .groups = static_cast<uint32_t>(groups)};
    builder.dispatch(stateModule(Module::ScanColumnTotals, problem_.element), workgroupSize_,
                     constants.values, "scan_column_totals", groups, params,
                     {pass.source, pass.destination, pass.table});
}

}  // namespace vkaxis
