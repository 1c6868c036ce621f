#include "harness/ops.hpp"

#include "harness/references.hpp"

#include <algorithm>
#include <array>

namespace vkaxis::harness {
namespace {

Result<Plan> planArgReduce(const Context& context, const Problem& problem) {
    const ArgReduceOp op = problem.op == Op::Argmax   ? ArgReduceOp::Argmax
                           : problem.op == Op::Argmin ? ArgReduceOp::Argmin
                                                      : ArgReduceOp::Argminmax;
    return context.plan(ArgReduce{op,
                                  {problem.dtype, problem.shape, problem.strides},
                                  problem.axis,
                                  problem.indexType,
                                  problem.tie,
                                  problem.nan,
                                  problem.values,
                                  problem.outputStrides,
                                  problem.sideStrides});
}

Result<Plan> planScan(const Context& context, const Problem& problem) {
    return context.plan(Scan{{problem.dtype, problem.shape, problem.strides},
                             problem.axis,
                             problem.mode,
                             problem.scanOp,
                             problem.reverse,
                             problem.outputDtype,
                             problem.outputStrides,
                             problem.initial,
                             problem.initialValue,
                             problem.sideStrides,
                             problem.totals,
                             problem.sideStrides});
}

template <class Item>
const Item* findNamed(std::span<const Item> items, std::string_view name) {
    const auto found = std::ranges::find(items, name, &Item::name);
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

std::span<const OpEntry> opTable() {
    static const std::array kOps{
        OpEntry{Op::Argmax, "argmax", argReduceOptions(), planArgReduce, argReduceReference, checkArgReduce},
        OpEntry{Op::Argmin, "argmin", argReduceOptions(), planArgReduce, argReduceReference, checkArgReduce},
        OpEntry{Op::Argminmax, "argminmax", argReduceOptions(), planArgReduce, argReduceReference,
                checkArgReduce},
        OpEntry{Op::Scan, "scan", scanOptions(), planScan, scanReference, checkScan},
    };
    return kOps;
}
const OpEntry& entryOf(Op op) {
    return *std::ranges::find(opTable(), op, &OpEntry::op);
}
const OpEntry* findOp(std::string_view name) {
    return findNamed(opTable(), name);
}
const Option* findOption(const OpEntry& entry, std::string_view name) {
    return findNamed(entry.options, name);
}
const char* modeName(const Problem& problem) {
    return entryOf(problem.op).options.front().valueOf(problem);
}

}  // namespace vkaxis::harness
