// Planning argmax, argmin and both at once: one dispatch, more where the axis is split over workgroups and
// its last one cannot fold what all have found, or where the input's neighbours are not the outputs', and one
// more for each output of values.
#include <cinttypes>

#include "arg_layouts.hpp"
#include "dtype.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

VkaxisStatus checkInfo(VkaxisContext context, const VkaxisArgReduceInfo* info, const VkaxisPlan* plan) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (!plan) return failure(VKAXIS_INVALID_ARGUMENT, "pPlan is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO");
    if (info->pNext) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    if (info->op < VKAXIS_ARGMAX || info->op > VKAXIS_ARGMINMAX)
        return failure(VKAXIS_INVALID_ARGUMENT, "op %d is none of VkaxisArgReduceOp's",
                       static_cast<int>(info->op));
    if (info->indexType != VKAXIS_INDEX_U32 && info->indexType != VKAXIS_INDEX_I64)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "indexType %d is neither VKAXIS_INDEX_U32 nor VKAXIS_INDEX_I64",
                       static_cast<int>(info->indexType));
    if (info->tie != VKAXIS_TIE_FIRST && info->tie != VKAXIS_TIE_LAST)
        return failure(VKAXIS_INVALID_ARGUMENT, "tie %d is neither VKAXIS_TIE_FIRST nor VKAXIS_TIE_LAST",
                       static_cast<int>(info->tie));
    if (info->nan != VKAXIS_NAN_PROPAGATE && info->nan != VKAXIS_NAN_IGNORE)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "nan %d is neither VKAXIS_NAN_PROPAGATE nor VKAXIS_NAN_IGNORE",
                       static_cast<int>(info->nan));
    return ok();
}

VkaxisStatus checkShape(VkaxisContext context, const VkaxisArgReduceInfo& info, uint64_t extent) {
    if (extent == 0)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "axis %d has extent 0, and an empty axis has no largest or smallest element",
                       info.axis);
    if (info.indexType == VKAXIS_INDEX_U32 && extent > UINT32_MAX)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "axis %d has %" PRIu64
                       " elements, over 2^32-1, which takes indices of VKAXIS_INDEX_I64",
                       info.axis, extent);
    return info.values ? checkStorage(context->facts, info.input.dtype, "values", "indices alone do not")
                       : ok();
}

void fillOperands(const ArgProblem& problem, VkDeviceSize indexSize, VkDeviceSize valuesSize,
                  VkaxisPlan& plan) {
    const VkaxisArgReduceInfo& info = problem.info;
    setOperand(plan, VKAXIS_OPERAND_INPUT, info.input.dtype, problem.inputSize);
    setOperand(plan, VKAXIS_OPERAND_OUTPUT, problem.indexDtype, indexSize);
    const bool both = info.op == VKAXIS_ARGMINMAX;
    if (both) setOperand(plan, VKAXIS_OPERAND_MAX_OUTPUT, problem.indexDtype, indexSize);
    if (info.values) setOperand(plan, VKAXIS_OPERAND_VALUES, info.input.dtype, valuesSize);
    if (info.values && both) setOperand(plan, VKAXIS_OPERAND_MAX_VALUES, info.input.dtype, valuesSize);
}

// The elements that an output of indices chose.
void dispatchGather(VkaxisContext context, PlanBuilder& builder, const ArgProblem& problem,
                    const VkaxisPlan& plan, VkaxisOperand indices, VkaxisOperand values,
                    const VkaxisAccess& table) {
    const Shape& shape = problem.shape;
    const VkaxisDtype dtype = problem.info.input.dtype;
    const uint64_t count = shape.slices();
    const uint64_t groups = divideUp(count, context->facts.workgroupSize);
    const uint32_t constants[] = {static_cast<uint32_t>(dtype), static_cast<uint32_t>(problem.indexDtype),
                                  problem.tableMask()};
    const shader::GatherParams params{
        .indices = 0,
        .source = 0,
        .destination = 0,
        .table = 0,
        .sliceStrides = {shape.sliceStride(shader::kInputView), shape.sliceStride(shader::kOutputView),
                         shape.sliceStride(shader::kAsideView)},
        .axisStride = shape.axis.strides[shader::kInputView],
        .inner = shape.inner.extent,
        .count = count,
        .groups = static_cast<uint32_t>(groups)};
    const Module module = sizeOf(dtype) == 1   ? Module::Gather8
                          : sizeOf(dtype) == 2 ? Module::Gather16
                                               : Module::Gather;
    builder.dispatch(
        module, context->facts.workgroupSize, constants, "gather", groups, params,
        {readAll(plan, indices), readAll(plan, VKAXIS_OPERAND_INPUT), writeAll(plan, values), table});
}

struct PassNames {
    const char* whole;
    const char* folded;
    const char* splits;
};

// One dispatch for the splits, and one for each output to fold them.
template <class Layout>
void dispatchSplits(VkaxisContext context, PlanBuilder& builder, const ArgProblem& problem,
                    const Layout& layout, uint64_t columns, VkDeviceSize partialsSize, const ArgPass& pass) {
    const bool both = pass.second.flags != 0;
    const VkDeviceSize first = builder.allocate(partialsSize);
    const VkDeviceSize second = both ? builder.allocate(partialsSize) : 0;
    const auto partials = [&](VkaxisAccessFlagBits flag, VkDeviceSize offset) {
        return VkaxisAccess{VKAXIS_OPERAND_SCRATCH, flag, offset, partialsSize};
    };
    layout.dispatch(builder, {pass.name, pass.source, partials(VKAXIS_ACCESS_WRITE, first),
                              both ? partials(VKAXIS_ACCESS_WRITE, second) : kNoAccess, pass.table});
    builder.barrier();
    const char* name = "arg_columns partials";
    dispatchPartials(context, builder, problem, layout.splits(), columns,
                     {name, partials(VKAXIS_ACCESS_READ, first), pass.destination, kNoAccess, pass.table});
    if (both)
        dispatchPartials(context, builder, problem, layout.splits(), columns,
                         {name, partials(VKAXIS_ACCESS_READ, second), pass.second, kNoAccess, pass.table});
}

// From the whole input to the outputs, in one dispatch or several.
ArgPass wholePass(const char* name, PlanBuilder& builder, const ArgProblem& problem, const VkaxisPlan& plan) {
    const VkaxisAccess table = problem.tableMask() != 0 ? builder.addTable(problem.shape) : kNoAccess;
    return {name, readAll(plan, VKAXIS_OPERAND_INPUT), writeAll(plan, VKAXIS_OPERAND_OUTPUT),
            problem.info.op == VKAXIS_ARGMINMAX ? writeAll(plan, VKAXIS_OPERAND_MAX_OUTPUT) : kNoAccess,
            table};
}

void dispatchValues(VkaxisContext context, PlanBuilder& builder, const ArgProblem& problem,
                    const VkaxisPlan& plan, const VkaxisAccess& table) {
    if (!problem.info.values) return;
    builder.barrier();
    dispatchGather(context, builder, problem, plan, VKAXIS_OPERAND_OUTPUT, VKAXIS_OPERAND_VALUES, table);
    if (problem.info.op == VKAXIS_ARGMINMAX)
        dispatchGather(context, builder, problem, plan, VKAXIS_OPERAND_MAX_OUTPUT, VKAXIS_OPERAND_MAX_VALUES,
                       table);
}

template <class Layout>
VkaxisStatus planWith(VkaxisContext context, const ArgProblem& problem, const Layout& layout,
                      const PassNames& names, VkaxisPlan& plan) {
    PlanBuilder builder(context, plan);
    ArgPass pass = wholePass(names.whole, builder, problem, plan);
    if (layout.splits().count == 1) {
        layout.dispatch(builder, pass);
    } else if (problem.folds(context)) {
        pass.name = names.folded;
        layout.addMemory(builder, pass);
        layout.dispatch(builder, pass);
    } else {
        pass.name = names.splits;
        const VkDeviceSize size = problem.shape.slices() * layout.splits().count * problem.partialSize();
        dispatchSplits(context, builder, problem, layout, problem.shape.inner.extent, size, pass);
    }
    dispatchValues(context, builder, problem, plan, pass.table);
    return builder.status();
}

// Whether hardly any columns are neighbours in the outputs as well, but many in the input, as `merged` has
// them: few neighbours are less than the sectors of memory that hold them.
bool mergesColumns(VkaxisContext context, const ArgProblem& problem, const ArgProblem& merged) {
    constexpr uint64_t kWorthIt = 4;
    const uint64_t size = sizeOf(problem.info.input.dtype);
    const uint64_t columns = problem.shape.inner.extent;
    if (columns * size > kSector || merged.shape.inner.extent < kWorthIt * columns ||
        !merged.shape.isPlain(shader::kInputView, size) || !ArgColumnQuadLayout::suits(context, merged))
        return false;
    // Partials of several slices and splits would not lie one stride apart, and all must fit scratch memory.
    const Splits splits = ArgColumnQuadLayout(context, merged, false).splits();
    return (merged.shape.rows() == 1 || splits.count == 1) && splits.count <= merged.mostSplits();
}

// The first pass leaves partials of all neighbours, as if it split the axis, and the second one takes them to
// where they belong.
VkaxisStatus planMerged(VkaxisContext context, const ArgProblem& problem, const ArgProblem& merged,
                        VkaxisPlan& plan) {
    const ArgColumnQuadLayout layout(context, merged, false);
    PlanBuilder builder(context, plan);
    const ArgPass pass = wholePass("arg_column_quads merged", builder, problem, plan);
    const uint64_t partials = merged.shape.slices() * layout.splits().count;
    dispatchSplits(context, builder, problem, layout, merged.shape.inner.extent,
                   partials * merged.partialSize(), pass);
    dispatchValues(context, builder, problem, plan, pass.table);
    return builder.status();
}

VkaxisStatus planArgReduce(VkaxisContext context, const ArgProblem& problem, const ArgProblem& merged,
                           VkaxisPlan& plan) {
    if (ArgShortRowLayout::suits(context, problem))
        return planWith(context, problem, ArgShortRowLayout(context, problem),
                        {"arg_short_rows", nullptr, nullptr}, plan);
    if (ArgLaneRowLayout::suits(context, problem))
        return planWith(context, problem, ArgLaneRowLayout(context, problem),
                        {"arg_lane_rows", nullptr, nullptr}, plan);
    if (ArgRowLayout::suits(problem))
        return planWith(context, problem, ArgRowLayout(context, problem),
                        {"arg_rows", "arg_rows folded", "arg_rows splits"}, plan);
    // Before lines, each of which would read the columns of all slices between its own.
    if (mergesColumns(context, problem, merged)) return planMerged(context, problem, merged, plan);
    if (ArgColumnQuadLayout::suits(context, problem))
        return planWith(context, problem, ArgColumnQuadLayout(context, problem, problem.folds(context)),
                        {"arg_column_quads", "arg_column_quads folded", "arg_column_quads splits"}, plan);
    return planWith(context, problem, ArgColumnLayout(context, problem),
                    {"arg_columns", "arg_columns folded", "arg_columns splits"}, plan);
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisPlanArgReduce(VkaxisContext context, const VkaxisArgReduceInfo* pInfo, VkaxisPlan* pPlan) {
    VkaxisStatus status = checkInfo(context, pInfo, pPlan);
    if (status.code != VKAXIS_OK) return status;
    const VkaxisDtype dtype = pInfo->input.dtype;
    const VkaxisDtype indexDtype = pInfo->indexType == VKAXIS_INDEX_U32 ? VKAXIS_DTYPE_U32 : VKAXIS_DTYPE_I64;
    const uint64_t elementSize = isDtype(dtype) ? sizeOf(dtype) : 1;
    const View views[] = {{"input", pInfo->input.layout, elementSize, true, 0, false},
                          {"output", pInfo->outputLayout, sizeOf(indexDtype), false, 0, true},
                          {"values", pInfo->valuesLayout, elementSize, false, 0, true}};
    ArgProblem problem{*pInfo, {}, 0, indexDtype};
    VkDeviceSize sizes[3] = {};
    status = collapse(pInfo->input, pInfo->axis, std::span(views, pInfo->values ? 3 : 2), shader::kInputView,
                      problem.shape, sizes);
    if (status.code == VKAXIS_OK) status = checkShape(context, *pInfo, problem.shape.axis.extent);
    if (status.code != VKAXIS_OK) return status;

    VkaxisPlan plan{};
    plan.context = context;
    problem.inputSize = sizes[shader::kInputView];
    fillOperands(problem, sizes[shader::kOutputView], sizes[shader::kAsideView], plan);
    if (problem.shape.slices() == 0) {
        *pPlan = plan;
        return ok();
    }
    ArgProblem merged = problem;
    status =
        collapse(pInfo->input, pInfo->axis, std::span(views, 1), shader::kInputView, merged.shape, sizes);
    if (status.code == VKAXIS_OK) status = planArgReduce(context, problem, merged, plan);
    if (status.code == VKAXIS_OK) *pPlan = plan;
    return status;
}
