// Planning argmax and argmin: one dispatch, or two where the axis is split over workgroups.
#include <algorithm>
#include <bit>

#include "plan.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

constexpr uint64_t kPartialSize = 8;  // a key and an index

VkaxisStatus checkInfo(VkaxisContext context, const VkaxisArgReduceInfo* info, const VkaxisPlan* plan) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (!plan) return failure(VKAXIS_INVALID_ARGUMENT, "pPlan is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO");
    if (info->pNext) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    if (info->op != VKAXIS_ARGMAX && info->op != VKAXIS_ARGMIN)
        return failure(VKAXIS_INVALID_ARGUMENT, "op %d is neither VKAXIS_ARGMAX nor VKAXIS_ARGMIN",
                       static_cast<int>(info->op));
    if (info->indexType != VKAXIS_INDEX_U32 && info->indexType != VKAXIS_INDEX_I64)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "indexType %d is neither VKAXIS_INDEX_U32 nor VKAXIS_INDEX_I64",
                       static_cast<int>(info->indexType));
    return ok();
}

uint32_t sourceOf(VkaxisDtype dtype) {
    return dtype == VKAXIS_DTYPE_F32   ? shader::kArgF32
           : dtype == VKAXIS_DTYPE_I32 ? shader::kArgI32
                                       : shader::kArgU32;
}

uint32_t destinationOf(const VkaxisArgReduceInfo& info, const VkaxisAccess& destination) {
    return destination.operand == VKAXIS_OPERAND_SCRATCH ? shader::kArgPartials
           : info.indexType == VKAXIS_INDEX_U32          ? shader::kArgIndexU32
                                                         : shader::kArgIndexI64;
}

// One dispatch's part: elements or partials in, indices or partials out.
struct Pass {
    const char* name;
    VkaxisAccess source;
    VkaxisAccess destination;
};

// How a problem is laid out over invocations: along contiguous rows, or across columns. Either answers the
// same questions.
class RowLayout {
  public:
    RowLayout(VkaxisContext context, const Extents& extents) : context_(context), extents_(extents) {
        const DeviceFacts& facts = context->facts;
        const Tuning& tuning = context->tuning;
        const uint64_t quads = divideUp(extents.extent, kQuad);
        const uint64_t subgroup = std::bit_floor(facts.subgroupSize);
        const uint64_t lanes = std::min(std::bit_ceil(divideUp(quads, tuning.argRowLaneQuads)), subgroup);
        const uint64_t groups = divideUp(extents.outer, facts.workgroupSize / lanes);
        const bool shared = quads > subgroup * tuning.argRowGroupQuads ||
                            (extents.extent >= facts.workgroupSize && groups < tuning.targetWorkgroups);
        rowLanes_ = shared ? 0 : static_cast<uint32_t>(lanes);
        const uint64_t tile = facts.workgroupSize * tuning.argUnroll * kQuad;
        splits_ = shared ? chooseSplits(tuning, extents.outer, divideUp(extents.extent, tile),
                                        maxSplits(extents, kPartialSize))
                         : 1;
        chunk_ = splits_ == 1 ? extents.extent : roundUp(divideUp(extents.extent, splits_), tile);
        splits_ = divideUp(extents.extent, chunk_);
        groups_ = shared ? extents.outer * splits_ : groups;
    }

    uint64_t splits() const { return splits_; }

    void dispatch(PlanBuilder& builder, const VkaxisArgReduceInfo& info, const Pass& pass) const {
        const uint32_t constants[] = {sourceOf(info.input.dtype), info.op == VKAXIS_ARGMIN,
                                      destinationOf(info, pass.destination), context_->tuning.argUnroll,
                                      rowLanes_};
        const shader::ArgRowsParams params{.source = 0,
                                           .destination = 0,
                                           .rowStride = extents_.extent * kElementSize,
                                           .outer = extents_.outer,
                                           .extent = static_cast<uint32_t>(extents_.extent),
                                           .splits = static_cast<uint32_t>(splits_),
                                           .chunk = static_cast<uint32_t>(chunk_),
                                           .groups = static_cast<uint32_t>(groups_)};
        const VkaxisAccess accesses[] = {pass.source, pass.destination};
        builder.dispatch(Module::ArgRows, context_->facts.workgroupSize, constants, pass.name, groups_,
                         params, accesses);
    }

  private:
    static constexpr uint64_t kQuad = 4;

    VkaxisContext context_;
    Extents extents_;
    uint32_t rowLanes_;  // per row, or 0 for the whole workgroup
    uint64_t splits_;
    uint64_t chunk_;
    uint64_t groups_;
};

class ColumnLayout {
  public:
    ColumnLayout(VkaxisContext context, const Extents& extents, uint64_t mostSplits)
        : context_(context),
          extents_(extents),
          tiled_(tileColumns(context, extents, context->tuning.argUnroll, mostSplits)) {}

    ColumnLayout(VkaxisContext context, const Extents& extents)
        : ColumnLayout(context, extents, maxSplits(extents, kPartialSize)) {}

    uint64_t splits() const { return tiled_.tiling.splits; }

    void dispatch(PlanBuilder& builder, const VkaxisArgReduceInfo& info, const Pass& pass) const {
        const bool partials = pass.source.operand == VKAXIS_OPERAND_SCRATCH;
        const uint64_t size = partials ? kPartialSize : kElementSize;
        const uint32_t constants[] = {partials ? shader::kArgPartials : sourceOf(info.input.dtype),
                                      info.op == VKAXIS_ARGMIN, destinationOf(info, pass.destination),
                                      context_->tuning.argUnroll};
        const shader::ArgColumnsParams params{.source = 0,
                                              .destination = 0,
                                              .sliceStride = extents_.extent * extents_.inner * size,
                                              .rowStride = extents_.inner * size,
                                              .tiling = tiled_.tiling};
        const VkaxisAccess accesses[] = {pass.source, pass.destination};
        builder.dispatch(Module::ArgColumns, context_->facts.workgroupSize, constants, pass.name,
                         tiled_.groups, params, accesses);
    }

  private:
    VkaxisContext context_;
    Extents extents_;
    TiledColumns tiled_;
};

// Quads of neighbouring columns, where there are enough of them.
class ColumnQuadLayout {
  public:
    ColumnQuadLayout(VkaxisContext context, const Extents& extents) : context_(context), extents_(extents) {
        const uint64_t workgroupSize = context->facts.workgroupSize;
        const Tuning& tuning = context->tuning;
        const bool shifts = extents.inner % kQuad != 0;
        const uint64_t rowsAtLeast = shifts ? kAlignments : 1;
        // Wider panels where the axis is short; equal ones rather than full ones and a remainder.
        const uint64_t rowsWanted =
            std::max(std::min<uint64_t>(divideUp(extents.extent, tuning.argColumnQuadRows),
                                        workgroupSize / tuning.argColumnQuads),
                     rowsAtLeast);
        const uint64_t widest = (workgroupSize / rowsWanted - shifts) * kQuad;
        panels_ = divideUp(extents.inner, widest);
        columns_ = roundUp(divideUp(extents.inner, panels_), kQuad);
        quads_ = columns_ / kQuad + shifts;
        rows_ = std::min(workgroupSize / quads_, roundUp(extents.extent, rowsAtLeast)) / rowsAtLeast *
                rowsAtLeast;

        const uint64_t tile = rows_ * tuning.argColumnQuadUnroll;
        splits_ = chooseSplits(tuning, extents.outer * panels_, divideUp(extents.extent, tile),
                               maxSplits(extents, kPartialSize));
        chunk_ = splits_ == 1 ? extents.extent : roundUp(divideUp(extents.extent, splits_), tile);
        splits_ = divideUp(extents.extent, chunk_);
    }

    static bool suits(VkaxisContext context, const Extents& extents) {
        return extents.inner >= context->tuning.argColumnQuads * kQuad / 2;
    }

    uint64_t splits() const { return splits_; }

    void dispatch(PlanBuilder& builder, const VkaxisArgReduceInfo& info, const Pass& pass) const {
        const uint32_t constants[] = {sourceOf(info.input.dtype), info.op == VKAXIS_ARGMIN,
                                      destinationOf(info, pass.destination),
                                      context_->tuning.argColumnQuadUnroll};
        const DeviceFacts& facts = context_->facts;
        const uint64_t foldLanes =
            std::min({std::bit_floor(std::max<uint64_t>(facts.workgroupSize / columns_, 1)),
                      std::bit_ceil(rows_), std::bit_floor<uint64_t>(facts.subgroupSize)});
        const uint64_t groups = extents_.outer * splits_ * panels_;
        const shader::ArgColumnQuadsParams params{
            .source = 0,
            .destination = 0,
            .sliceStride = extents_.extent * extents_.inner * kElementSize,
            .rowStride = extents_.inner * kElementSize,
            .outer = extents_.outer,
            .inner = extents_.inner,
            .extent = static_cast<uint32_t>(extents_.extent),
            .columns = static_cast<uint32_t>(columns_),
            .quads = static_cast<uint32_t>(quads_),
            .rows = static_cast<uint32_t>(rows_),
            .panels = static_cast<uint32_t>(panels_),
            .splits = static_cast<uint32_t>(splits_),
            .chunk = static_cast<uint32_t>(chunk_),
            .foldLanes = static_cast<uint32_t>(foldLanes),
            .groups = static_cast<uint32_t>(groups)};
        const VkaxisAccess accesses[] = {pass.source, pass.destination};
        builder.dispatch(Module::ArgColumnQuads, facts.workgroupSize, constants, pass.name, groups, params,
                         accesses);
    }

  private:
    static constexpr uint64_t kQuad = 4;
    static constexpr uint64_t kAlignments = 4;  // that an element can have within 16 bytes

    VkaxisContext context_;
    Extents extents_;
    uint64_t panels_;
    uint64_t columns_;  // per panel
    uint64_t quads_;    // the same, and one more where rows are misaligned
    uint64_t rows_;
    uint64_t splits_;
    uint64_t chunk_;
};

struct PassNames {
    const char* whole;
    const char* splits;
};

template <class Layout>
VkaxisStatus planWith(VkaxisContext context, const VkaxisArgReduceInfo& info, const Extents& extents,
                      const PassNames& names, VkaxisPlan& plan) {
    const Layout layout(context, extents);
    const VkaxisAccess input{VKAXIS_OPERAND_INPUT, VKAXIS_ACCESS_READ, 0, plan.inputSize};
    const VkaxisAccess output{VKAXIS_OPERAND_OUTPUT, VKAXIS_ACCESS_WRITE, 0, plan.outputSize};
    PlanBuilder builder(context, plan);
    if (layout.splits() == 1) {
        layout.dispatch(builder, info, {names.whole, input, output});
    } else {
        plan.scratchSize = extents.columns() * layout.splits() * kPartialSize;
        const VkaxisAccess partialsOut{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_WRITE, 0, plan.scratchSize};
        const VkaxisAccess partialsIn{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ, 0, plan.scratchSize};
        const ColumnLayout partials(context, {extents.outer, layout.splits(), extents.inner}, 1);
        layout.dispatch(builder, info, {names.splits, input, partialsOut});
        builder.barrier();
        partials.dispatch(builder, info, {"arg_columns partials", partialsIn, output});
    }
    return builder.status();
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisPlanArgReduce(VkaxisContext context, const VkaxisArgReduceInfo* pInfo, VkaxisPlan* pPlan) {
    VkaxisStatus status = checkInfo(context, pInfo, pPlan);
    if (status.code != VKAXIS_OK) return status;
    Extents extents;
    status = collapse(pInfo->input, pInfo->axis, 0, extents);
    if (status.code != VKAXIS_OK) return status;
    if (extents.extent == 0)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "axis %d has extent 0, and an empty axis has no largest or smallest element",
                       pInfo->axis);

    VkaxisPlan plan{};
    plan.inputSize = extents.elements() * kElementSize;
    plan.inputAlignment = kElementSize;
    plan.outputAlignment = pInfo->indexType == VKAXIS_INDEX_U32 ? 4 : 8;
    plan.outputSize = extents.columns() * plan.outputAlignment;
    if (extents.columns() == 0) {
        *pPlan = plan;
        return ok();
    }
    if (extents.inner == 1)
        status = planWith<RowLayout>(context, *pInfo, extents, {"arg_rows", "arg_rows splits"}, plan);
    else if (ColumnQuadLayout::suits(context, extents))
        status = planWith<ColumnQuadLayout>(context, *pInfo, extents,
                                            {"arg_column_quads", "arg_column_quads splits"}, plan);
    else
        status =
            planWith<ColumnLayout>(context, *pInfo, extents, {"arg_columns", "arg_columns splits"}, plan);
    if (status.code == VKAXIS_OK) *pPlan = plan;
    return status;
}
