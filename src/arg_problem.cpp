#include "arg_problem.hpp"

#include <algorithm>

#include "context.hpp"
#include "dtype.hpp"

namespace vkaxis {

uint32_t ArgProblem::tableMask() const {
    uint32_t mask = 0;
    if (!shape.isPlain(shader::kInputView, sizeOf(info.input.dtype))) mask |= 1u << shader::kInputView;
    if (!shape.isPlain(shader::kOutputView, sizeOf(indexDtype))) mask |= 1u << shader::kOutputView;
    if (info.values && !shape.isPlain(shader::kAsideView, sizeOf(info.input.dtype)))
        mask |= 1u << shader::kAsideView;
    if (mask != 0 && shape.rows() > UINT32_MAX) mask |= 1u << shader::kManySlicesBit;
    return mask;
}

uint64_t ArgProblem::partialSize() const {
    return 8 * keyWords(*this);
}

uint64_t ArgProblem::partialsSize() const {
    return info.op == VKAXIS_ARGMINMAX ? 2 * partialSize() : partialSize();
}

// A workgroup must see what others do, and a partial have room for an index along the whole axis.
bool ArgProblem::folds(VkaxisContext context) const {
    return context->facts.deviceMemoryModel && shape.axis.extent <= UINT32_MAX;
}

uint64_t ArgProblem::mostSplits() const {
    return maxSplits(shape, inputSize, partialsSize());
}

ArgConstants::ArgConstants(const ArgProblem& problem, const ArgPass& pass, uint32_t unroll,
                           uint32_t lanesOrTiles, uint32_t rest) {
    const VkaxisArgReduceInfo& info = problem.info;
    const bool fromPartials = isPartials(pass.source);
    const bool toPartials = isPartials(pass.destination);
    // Partials lie densely, and their keys are already in order.
    const uint32_t unused =
        (fromPartials ? 1u << shader::kInputView : 0) | (toPartials ? 1u << shader::kOutputView : 0);
    values[0] = fromPartials ? shader::kPartials : static_cast<uint32_t>(info.input.dtype);
    values[1] = toPartials ? shader::kPartials : static_cast<uint32_t>(problem.indexDtype);
    values[2] = problem.tableMask() & ~unused;
    values[3] = fromPartials ? shader::kArgmax : static_cast<uint32_t>(info.op);
    values[4] = info.tie == VKAXIS_TIE_LAST;
    values[5] = info.nan == VKAXIS_NAN_IGNORE && isFloat(info.input.dtype);
    values[6] = unroll;
    values[7] = lanesOrTiles;
    values[8] = rest;
}

Module moduleOf(const ArgProblem& problem, Module first, const ArgPass& pass) {
    if (sizeOf(problem.info.input.dtype) == 8)
        return argModule(first, pass.folds() ? ArgVariant::TwoWordsFold : ArgVariant::TwoWords);
    return argModule(first, pass.folds() ? ArgVariant::OneWordFolds : ArgVariant::OneWord);
}

uint64_t keyWords(const ArgProblem& problem) {
    return sizeOf(problem.info.input.dtype) == 8 ? 2 : 1;
}

bool isPartials(const VkaxisAccess& access) {
    return access.operand == VKAXIS_OPERAND_SCRATCH;
}

void addFoldMemory(PlanBuilder& builder, VkDeviceSize size, uint64_t tiles, ArgPass& pass) {
    pass.partials = {VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE, builder.allocate(size),
                     size};
    pass.counters = builder.addZeroed(tiles * sizeof(uint32_t));
}

uint32_t rowUnroll(const Tuning& tuning, const ArgProblem& problem) {
    return sizeOf(problem.info.input.dtype) == 8 ? std::max(tuning.argUnroll / 2, 1u) : tuning.argUnroll;
}

}  // namespace vkaxis
