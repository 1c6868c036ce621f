#include "harness/operands.hpp"

namespace vkaxis::harness {
namespace {

void addArgReduceOutputs(const Problem& problem, std::vector<OperandView>& operands) {
    const Extents shape = sliceShape(problem);
    const auto add = [&](VkaxisOperand indices, VkaxisOperand values, const char* indicesName,
                         const char* valuesName) {
        operands.push_back({indices, indicesName, shape, problem.outputStrides, outputDtype(problem), true});
        if (problem.values)
            operands.push_back({values, valuesName, shape, problem.sideStrides, problem.dtype, true});
    };
    add(VKAXIS_OPERAND_OUTPUT, VKAXIS_OPERAND_VALUES, "output", "values");
    if (problem.op == Op::Argminmax)
        add(VKAXIS_OPERAND_MAX_OUTPUT, VKAXIS_OPERAND_MAX_VALUES, "maxOutput", "maxValues");
}

void addScanOperands(const Problem& problem, std::vector<OperandView>& operands) {
    const Dtype dtype = outputDtype(problem);
    operands.push_back(
        {VKAXIS_OPERAND_OUTPUT, "output", outputShape(problem), problem.outputStrides, dtype, true});
    if (problem.initial == ScanInitial::Device)
        operands.push_back({VKAXIS_OPERAND_INITIAL, "initial value", {}, {}, dtype, false});
    if (problem.initial == ScanInitial::PerSlice)
        operands.push_back({VKAXIS_OPERAND_INITIAL, "initial values", sliceShape(problem),
                            problem.sideStrides, dtype, false});
    if (problem.totals)
        operands.push_back(
            {VKAXIS_OPERAND_TOTALS, "totals", sliceShape(problem), problem.sideStrides, dtype, true});
}

}  // namespace

std::vector<OperandView> operandsOf(const Problem& problem) {
    std::vector<OperandView> operands{
        {VKAXIS_OPERAND_INPUT, "input", problem.shape, problem.strides, problem.dtype, false}};
    if (problem.op == Op::Scan)
        addScanOperands(problem, operands);
    else
        addArgReduceOutputs(problem, operands);
    return operands;
}

std::vector<std::byte>& outputOf(Outputs& outputs, VkaxisOperand operand) {
    switch (operand) {
        case VKAXIS_OPERAND_MAX_OUTPUT:
            return outputs.maxOutput;
        case VKAXIS_OPERAND_VALUES:
            return outputs.values;
        case VKAXIS_OPERAND_MAX_VALUES:
            return outputs.maxValues;
        case VKAXIS_OPERAND_TOTALS:
            return outputs.totals;
        default:
            return outputs.output;
    }
}

}  // namespace vkaxis::harness
