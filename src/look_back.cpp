#include "look_back.hpp"

#include <bit>

namespace vkaxis {

LookBackLayout::LookBackLayout(VkaxisContext context, const ScanProblem& problem)
    : context_(context), problem_(problem) {
    const Tuning& tuning = context->tuning;
    const uint64_t rows = problem.shape.rows();
    const uint64_t positions = positionsOf(problem, problem.shape);
    // Smaller tiles where large ones would leave the device idle.
    workgroupSize_ = wholeSubgroups(context->facts, tuning.lookBackWorkgroupSize);
    items_ = std::max<uint32_t>(tuning.lookBackItems, 1);
    while (items_ > 1 && rows * divideUp(positions, tile()) < tuning.lookBackTiles) items_ /= 2;
    tiles_ = divideUp(positions, tile());
    const uint64_t lead = tuning.lookBackLeadSize / (tile() * problem.sourceSize());
    lead_ = rows * tiles_ >= tuning.lookBackLeadsToUse * lead ? lead : 0;
}

bool LookBackLayout::available(uint64_t inputSize) const {
    return context_->facts.deviceMemoryModel && context_->tuning.lookBackItems > 0 &&
           problem_.stateSize() == 4 && groups() <= UINT32_MAX && slotsSize() <= mostScratch(inputSize);
}

uint64_t LookBackLayout::slotsSize() const {
    return problem_.shape.rows() * blocks() * (workgroupSize_ + shader::kRecordTiles) * 8;
}

uint64_t LookBackLayout::groups() const {
    const uint64_t tiles = problem_.shape.rows() * tiles_;
    return lead_ == 0 ? tiles : 2 * (tiles + lead_);
}

uint64_t LookBackLayout::depth() const {
    const uint64_t subgroup = context_->facts.subgroupSize;
    const uint64_t subgroups = workgroupSize_ / subgroup;
    const uint64_t ofTile = (kQuad - 1) + 2 * log2(subgroup) + divideUp(items_ * subgroups, subgroup) + 2;
    const uint64_t ofBlock = 2 * log2(subgroup) + divideUp(subgroups, subgroup) + 1;
    return ofTile + ofBlock + 2 * blocks() + 2;
}

void LookBackLayout::dispatch(PlanBuilder& builder, const ScanPass& pass, const VkaxisAccess& slots) const {
    const ScanConstants constants(context_, problem_, pass, items_, context_->tuning.lookBackPatience);
    const Shape& shape = problem_.shape;
    const shader::ScanLookBackParams params{.source = 0,
                                            .destination = 0,
                                            .carries = problem_.carryBits(),
                                            .totals = 0,
                                            .table = 0,
                                            .slots = 0,
                                            .sourceStride = shape.sliceStride(shader::kInputView),
                                            .destinationStride = shape.sliceStride(shader::kOutputView),
                                            .extent = shape.axis.extent,
                                            .rows = static_cast<uint32_t>(shape.rows()),
                                            .tiles = static_cast<uint32_t>(tiles_),
                                            .lead = static_cast<uint32_t>(lead_),
                                            .groups = static_cast<uint32_t>(groups())};
    builder.dispatch(scanModule(Module::ScanLookBack, problem_.element), workgroupSize_, constants.values,
                     pass.name, groups(), params,
                     {pass.source, pass.destination, pass.carries, pass.totalsOut, pass.table, slots});
}

}  // namespace vkaxis
