// Planning prefix scans: one dispatch; or, where the axis is split over workgroups, one that looks back or
// else two or three (reduce, then scan; Dotsenko et al., "Fast scan algorithms on graphics processors", ICS
// 2008).
#include <cinttypes>
#include <cmath>

#include "dtype.hpp"
#include "scan_slices.hpp"
#include "status.hpp"
#include "tiled_rows.hpp"

namespace vkaxis {
namespace {

template <class Enum>
VkaxisStatus checkEnum(const char* field, Enum value, Enum last, const char* type) {
    if (value >= 0 && value <= last) return ok();
    return failure(VKAXIS_INVALID_ARGUMENT, "%s %d is none of %s's", field, static_cast<int>(value), type);
}

VkaxisStatus checkInfo(VkaxisContext context, const VkaxisScanInfo* info, const VkaxisPlan* plan) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (!plan) return failure(VKAXIS_INVALID_ARGUMENT, "pPlan is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_SCAN_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_SCAN_INFO");
    if (info->pNext) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    VkaxisStatus status = checkEnum("mode", info->mode, VKAXIS_SCAN_INCLUDE_INITIAL, "VkaxisScanMode");
    if (status.code == VKAXIS_OK) status = checkEnum("op", info->op, VKAXIS_SCAN_MIN, "VkaxisScanOp");
    if (status.code == VKAXIS_OK)
        status = checkEnum("initial", info->initial, VKAXIS_SCAN_INITIAL_PER_SLICE, "VkaxisScanInitial");
    if (status.code == VKAXIS_OK)
        status = checkEnum("outputDtype", info->outputDtype, VKAXIS_DTYPE_U64, "VkaxisDtype");
    return status;
}

// ---- Dtypes ----

VkaxisDtype defaultOutput(VkaxisDtype input) {
    if (isFloat(input) || sizeOf(input) > 2) return input;
    return isSigned(input) ? VKAXIS_DTYPE_I32 : VKAXIS_DTYPE_U32;
}

// Whether every value of one is a value of the other, of the same kind.
bool holds(VkaxisDtype wide, VkaxisDtype narrow) {
    if (wide == narrow) return true;
    if (isFloat(wide) != isFloat(narrow) || sizeOf(wide) <= sizeOf(narrow)) return false;
    return isFloat(wide) || isSigned(wide) || !isSigned(narrow);
}

VkaxisStatus chooseOutput(const VkaxisScanInfo& info, VkaxisDtype& output) {
    output = info.outputDtype;
    if (!isDtype(info.input.dtype)) return ok();  // for collapse to refuse
    if (output == VKAXIS_DTYPE_DEFAULT) output = defaultOutput(info.input.dtype);
    if (holds(output, info.input.dtype)) return ok();
    return failure(VKAXIS_INVALID_ARGUMENT,
                   "outputDtype %s does not hold every value of input dtype %s in its kind (floats in "
                   "floats, integers in integers)",
                   nameOf(output), nameOf(info.input.dtype));
}

bool isKeyed(const VkaxisScanInfo& info) {
    return info.op >= VKAXIS_SCAN_MAX;
}

ScanElement elementOf(const VkaxisScanInfo& info, VkaxisDtype output) {
    const bool floats = isFloat(output) && !isKeyed(info);
    switch (sizeOf(output)) {
        case 1:
            return ScanElement::U32Store8;
        case 2:
            return floats ? ScanElement::F32Store16 : ScanElement::U32Store16;
        case 4:
            return floats ? ScanElement::F32 : ScanElement::U32;
        default:
            return floats ? ScanElement::F64 : ScanElement::U64;
    }
}

VkaxisStatus checkFeatures(VkaxisContext context, const ScanProblem& problem) {
    if (problem.element == ScanElement::F64 && !context->facts.float64)
        return failure(VKAXIS_UNSUPPORTED,
                       "a %s with f64 results needs shaderFloat64, which is not enabled; %s",
                       problem.info.op == VKAXIS_SCAN_SUM ? "sum" : "product",
                       problem.info.input.dtype == VKAXIS_DTYPE_F64 ? "inputs of f64 have no other results"
                                                                    : "one with f32 results would not");
    return checkStorage(context->facts, problem.outputDtype, "results",
                        isFloat(problem.outputDtype)    ? "of f32 they would not"
                        : isSigned(problem.outputDtype) ? "of i32 they would not"
                                                        : "of u32 they would not");
}

VkaxisStatus checkInitialValue(const VkaxisScanInfo& info, VkaxisDtype output) {
    if (info.initial != VKAXIS_SCAN_INITIAL_HOST || isFloat(output)) return ok();
    const uint32_t bits = static_cast<uint32_t>(sizeOf(output)) * 8;
    if (isSigned(output)) {
        const int64_t value = info.initialValue.i64;
        const int64_t highest = INT64_MAX >> (64 - bits);
        if (value >= -highest - 1 && value <= highest) return ok();
        return failure(VKAXIS_INVALID_ARGUMENT, "initialValue %" PRId64 " does not fit %s", value,
                       nameOf(output));
    }
    if (info.initialValue.u64 <= UINT64_MAX >> (64 - bits)) return ok();
    return failure(VKAXIS_INVALID_ARGUMENT, "initialValue %" PRIu64 " does not fit %s", info.initialValue.u64,
                   nameOf(output));
}

// ---- Operands ----

// The dtype may still be wrong, for collapse to say so.
VkaxisStatus collapseViews(const VkaxisScanInfo& info, VkaxisDtype output, ScanProblem& problem,
                           VkaxisPlan& plan) {
    const uint64_t inputElement = isDtype(info.input.dtype) ? sizeOf(info.input.dtype) : 1;
    const uint64_t outputElement = isDtype(output) ? sizeOf(output) : 1;
    const bool perSlice = info.initial == VKAXIS_SCAN_INITIAL_PER_SLICE;
    // One that the problem does not have lies in a single place, and so in no dimension's way.
    constexpr VkaxisLayout kNone{VK_TRUE, {}};
    const View views[] = {{"input", info.input.layout, inputElement, true, 0, false},
                          {"output", info.outputLayout, outputElement, true, problem.grown(), true},
                          {"initial", perSlice ? info.initialLayout : kNone, outputElement, false, 0, false},
                          {"totals", info.totals ? info.totalsLayout : kNone, outputElement, false, 0,
                           info.totals != VK_FALSE}};
    VkDeviceSize sizes[shader::kOperands] = {};
    const VkaxisStatus status =
        collapse(info.input, info.axis, views, shader::kOutputView, problem.shape, sizes);
    if (status.code != VKAXIS_OK) return status;
    setOperand(plan, VKAXIS_OPERAND_INPUT, info.input.dtype, sizes[shader::kInputView]);
    setOperand(plan, VKAXIS_OPERAND_OUTPUT, output, sizes[shader::kOutputView]);
    const bool anySlice = sizes[shader::kTotalsView] != 0;
    const bool anyResult = sizes[shader::kOutputView] != 0 || (info.totals && anySlice);
    if (perSlice) setOperand(plan, VKAXIS_OPERAND_INITIAL, output, anyResult ? sizes[shader::kAsideView] : 0);
    if (info.initial == VKAXIS_SCAN_INITIAL_DEVICE)
        setOperand(plan, VKAXIS_OPERAND_INITIAL, output, anyResult ? outputElement : 0);
    if (info.totals) setOperand(plan, VKAXIS_OPERAND_TOTALS, output, sizes[shader::kTotalsView]);
    return ok();
}

bool sameStrides(const Shape& shape) {
    const auto same = [](const Dimension& dimension) {
        return dimension.extent <= 1 ||
               dimension.strides[shader::kInputView] == dimension.strides[shader::kOutputView];
    };
    return same(shape.axis) && same(shape.inner) &&
           std::all_of(shape.outer, shape.outer + shape.outerRank, same);
}

// ---- Passes ----

// A pass with everything that the whole scan reads and writes.
ScanPass wholePass(const char* name, const ScanProblem& problem, const VkaxisPlan& plan,
                   const VkaxisAccess& table) {
    const bool reads = plan.sizes[VKAXIS_OPERAND_INITIAL] != 0;
    const bool totals = problem.info.totals != VK_FALSE;
    return {.name = name,
            .output = static_cast<uint32_t>(problem.info.mode),
            .carry = problem.carry(),
            .states = false,
            .totals = totals,
            .source = readAll(plan, VKAXIS_OPERAND_INPUT),
            .destination = writeAll(plan, VKAXIS_OPERAND_OUTPUT),
            .carries = reads ? readAll(plan, VKAXIS_OPERAND_INITIAL) : kNoAccess,
            .totalsOut = totals ? writeAll(plan, VKAXIS_OPERAND_TOTALS) : kNoAccess,
            .table = table};
}

VkaxisAccess tableOf(PlanBuilder& builder, const ScanProblem& problem) {
    return problem.tableMask() != 0 ? builder.addTable(problem.shape) : kNoAccess;
}

template <class Layout>
VkaxisStatus planWhole(VkaxisContext context, const ScanProblem& problem, const Layout& layout,
                       const char* name, VkaxisPlan& plan) {
    PlanBuilder builder(context, plan);
    plan.additionDepth = layout.depth();
    layout.dispatch(builder, wholePass(name, problem, plan, tableOf(builder, problem)));
    return builder.status();
}

VkaxisStatus planRows(VkaxisContext context, const ScanProblem& problem, VkaxisPlan& plan) {
    const ScanRowLayout rows(context, problem);
    const TiledRowLayout tiles(context, problem, plan.sizes[VKAXIS_OPERAND_INPUT]);
    if (!rows.canCount() || (rows.isWorthTiling() && tiles.fits()))
        return planWhole(context, problem, tiles, "scan_tiles", plan);
    return planWhole(context, problem, rows, "scan_rows", plan);
}

// The chunks start from their totals' exclusive scan, or sum up those before them themselves.
VkaxisStatus planSplitColumns(VkaxisContext context, const ScanProblem& problem,
                              const ScanColumnLayout& layout, VkaxisPlan& plan) {
    PlanBuilder builder(context, plan);
    const Shape& shape = problem.shape;
    const VkDeviceSize size = shape.slices() * layout.splits().count * problem.stateSize();
    const VkDeviceSize offset = builder.allocate(size);
    const VkaxisAccess statesIn{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ, offset, size};
    const VkaxisAccess statesOut{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_WRITE, offset, size};
    const ScanPass whole = wholePass("scan_columns", problem, plan, tableOf(builder, problem));
    plan.additionDepth = layout.totalsDepth() + layout.depth();

    layout.dispatchTotals(builder, whole.totalsTo("scan_columns totals", statesOut));
    builder.barrier();
    if (layout.sumsTotals()) {
        plan.additionDepth += layout.sumDepth();
        layout.dispatch(builder, whole.startingFrom("scan_columns chunks", statesIn, shader::kCarryTotals));
        return builder.status();
    }
    Shape spineShape = shape;
    spineShape.axis.extent = layout.splits().count;
    const ScanColumnLayout spine = ScanColumnLayout::ofStates(context, problem, spineShape);
    plan.additionDepth += spine.depth();
    spine.dispatch(builder, whole.scanOf("scan_columns carries", statesIn, statesOut));
    builder.barrier();
    layout.dispatch(builder, whole.startingFrom("scan_columns chunks", statesIn));
    return builder.status();
}

VkaxisStatus planColumns(VkaxisContext context, const ScanProblem& problem, VkaxisPlan& plan) {
    const uint64_t inputSize = plan.sizes[VKAXIS_OPERAND_INPUT];
    const ScanColumnLayout layout(context, problem, problem.shape,
                                  maxSplits(problem.shape, inputSize, problem.stateSize()));
    if (layout.splits().count > 1) return planSplitColumns(context, problem, layout, plan);
    return planWhole(context, problem, layout, "scan_columns", plan);
}

VkaxisStatus planScan(VkaxisContext context, const ScanProblem& problem, VkaxisPlan& plan) {
    if (ScanSliceLayout::suits(context, problem))
        return planWhole(context, problem, ScanSliceLayout(context, problem), "scan_slices", plan);
    return problem.runsAlongRows() ? planRows(context, problem, plan) : planColumns(context, problem, plan);
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisPlanScan(VkaxisContext context, const VkaxisScanInfo* pInfo, VkaxisPlan* pPlan) {
    VkaxisStatus status = checkInfo(context, pInfo, pPlan);
    if (status.code != VKAXIS_OK) return status;
    VkaxisDtype output;
    status = chooseOutput(*pInfo, output);
    if (status.code != VKAXIS_OK) return status;
    VkaxisPlan plan{};
    plan.context = context;
    ScanProblem problem{*pInfo, {}, output, {}};
    status = collapseViews(*pInfo, output, problem, plan);
    if (status.code == VKAXIS_OK) status = checkInitialValue(*pInfo, output);
    if (status.code != VKAXIS_OK) return status;
    problem.element = elementOf(*pInfo, output);
    status = checkFeatures(context, problem);
    if (status.code != VKAXIS_OK) return status;

    plan.inPlace = problem.grown() == 0 && output == pInfo->input.dtype && sameStrides(problem.shape);
    const bool nothing = plan.sizes[VKAXIS_OPERAND_OUTPUT] == 0 && plan.sizes[VKAXIS_OPERAND_TOTALS] == 0;
    if (!nothing) status = planScan(context, problem, plan);
    if (!isFloat(output) || isKeyed(*pInfo)) plan.additionDepth = 0;
    if (status.code == VKAXIS_OK) *pPlan = plan;
    return status;
}
