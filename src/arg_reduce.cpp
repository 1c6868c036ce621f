// Planning argmax and argmin: one dispatch, or two where the axis is split over workgroups.
#include <algorithm>

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

// One dispatch over [outer, extent, inner]; how many results per column it leaves is the tiling's splits.
void reduce(PlanBuilder& builder, VkaxisContext context, const VkaxisArgReduceInfo& info,
            const Extents& extents, const TiledColumns& tiled, const char* name, const VkaxisAccess& source,
            uint64_t sourceSize, const VkaxisAccess& destination) {
    const bool partialsIn = source.operand == VKAXIS_OPERAND_SCRATCH;
    const bool partialsOut = destination.operand == VKAXIS_OPERAND_SCRATCH;
    const uint32_t constants[] = {partialsIn ? shader::kArgPartials : sourceOf(info.input.dtype),
                                  info.op == VKAXIS_ARGMIN,
                                  partialsOut                          ? shader::kArgPartials
                                  : info.indexType == VKAXIS_INDEX_U32 ? shader::kArgIndexU32
                                                                       : shader::kArgIndexI64,
                                  context->tuning.argUnroll};
    const shader::ArgReduceParams params{.source = 0,
                                         .destination = 0,
                                         .sliceStride = extents.extent * extents.inner * sourceSize,
                                         .rowStride = extents.inner * sourceSize,
                                         .tiling = tiled.tiling};
    const VkaxisAccess accesses[] = {source, destination};
    builder.dispatch(Module::ArgReduce, constants, name, tiled.groups, params, accesses);
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
    const TiledColumns tiled =
        tileColumns(context, extents, context->tuning.argUnroll, maxSplits(extents, kPartialSize));
    const uint32_t splits = tiled.tiling.splits;
    const VkaxisAccess input{VKAXIS_OPERAND_INPUT, VKAXIS_ACCESS_READ, 0, plan.inputSize};
    const VkaxisAccess output{VKAXIS_OPERAND_OUTPUT, VKAXIS_ACCESS_WRITE, 0, plan.outputSize};
    PlanBuilder builder(context, plan);
    if (splits == 1) {
        reduce(builder, context, *pInfo, extents, tiled, "arg_reduce", input, kElementSize, output);
    } else {
        plan.scratchSize = extents.columns() * splits * kPartialSize;
        VkaxisAccess partials{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_WRITE, 0, plan.scratchSize};
        reduce(builder, context, *pInfo, extents, tiled, "arg_reduce splits", input, kElementSize, partials);
        builder.barrier();
        partials.flags = VKAXIS_ACCESS_READ;
        const Extents perSplit{extents.outer, splits, extents.inner};
        reduce(builder, context, *pInfo, perSplit,
               tileColumns(context, perSplit, context->tuning.argUnroll, 1), "arg_reduce partials", partials,
               kPartialSize, output);
    }
    if (builder.status().code == VKAXIS_OK) *pPlan = plan;
    return builder.status();
}
