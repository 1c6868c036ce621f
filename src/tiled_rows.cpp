#include "tiled_rows.hpp"

namespace vkaxis {

TiledRowLayout::TiledRowLayout(VkaxisContext context, const ScanProblem& problem, uint64_t inputSize)
    : context_(context),
      problem_(problem),
      mostScratch_(mostScratch(inputSize)),
      workgroupSize_(wholeSubgroups(context->facts, context->tuning.lookBackWorkgroupSize)) {
    const Tuning& tuning = context->tuning;
    // States of two words take twice the registers.
    const bool wide = problem.stateSize() == 8;
    setItems(std::max<uint32_t>(wide ? tuning.lookBackItems / 2 : tuning.lookBackItems, 1));
    // Smaller tiles where large ones would leave the device idle.
    while (items_ > 1 && tiles() < tuning.lookBackTiles) setItems(items_ / 2);
    constexpr uint64_t kRoundsPerBlock = 24;  // of the loops of scan_tile_sums
    const auto tooMany = [&] { return tiles() > UINT32_MAX || blocks() * kRoundsPerBlock > kMostRounds; };
    while ((!fits() || tooMany()) && canGrow()) setItems(items_ * 2);
}

void TiledRowLayout::setItems(uint32_t items) {
    items_ = items;
    tilesPerRow_ = divideUp(positionsOf(problem_), tile());
}

// As far as kernels have registers, and the device has shared memory for the sums of their subgroups.
bool TiledRowLayout::canGrow() const {
    constexpr uint32_t kMostItems = 16;
    const uint32_t grown = 2 * items_;
    const uint64_t subgroups = workgroupSize_ / context_->facts.subgroupSize;
    const uint64_t shared = (kSharedStates * grown * problem_.stateSize() + 8) * subgroups + 12;
    return grown <= kMostItems && shared <= context_->facts.sharedMemorySize;
}

uint64_t TiledRowLayout::depth() const {
    const uint64_t subgroup = context_->facts.subgroupSize;
    const uint64_t subgroups = workgroupSize_ / subgroup;
    const uint64_t ofTile =
        (runOf(problem_) - 1) + 2 * log2(subgroup) + divideUp(items_ * subgroups, subgroup) + 2;
    const uint64_t ofBlock = 2 * log2(subgroup) + divideUp(subgroups, subgroup) + 2;
    return ofTile + ofBlock + 2 * blocks() + 2;
}

void TiledRowLayout::dispatch(PlanBuilder& builder, const ScanPass& whole) const {
    if (takesSinglePass())
        dispatchSinglePass(builder, whole);
    else
        dispatchThreePasses(builder, whole);
}

// ---- A single pass ----

uint64_t TiledRowLayout::lead() const {
    const Tuning& tuning = context_->tuning;
    const uint64_t lead = tuning.lookBackLeadSize / (tile() * problem_.sourceSize());
    return tiles() >= tuning.lookBackLeadsToUse * lead ? lead : 0;
}

uint64_t TiledRowLayout::slotsSize() const {
    return problem_.shape.rows() * (blocks() * shader::kRecordTiles + tilesPerRow_) * 8;
}

bool TiledRowLayout::takesSinglePass() const {
    return context_->facts.deviceMemoryModel && context_->tuning.singlePass != 0 &&
           problem_.stateSize() == 4 && lookBackGroups() <= UINT32_MAX && slotsSize() <= mostScratch_;
}

void TiledRowLayout::dispatchSinglePass(PlanBuilder& builder, const ScanPass& whole) const {
    const ScanConstants constants(context_, problem_, whole, items_, context_->tuning.lookBackPatience);
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
                                            .tiles = static_cast<uint32_t>(tilesPerRow_),
                                            .lead = static_cast<uint32_t>(lead()),
                                            .groups = static_cast<uint32_t>(lookBackGroups())};
    builder.dispatch(scanModule(Module::ScanLookBack, problem_.element), workgroupSize_, constants.values,
                     "scan_look_back", lookBackGroups(), params,
                     {whole.source, whole.destination, whole.carries, whole.totalsOut, whole.table,
                      builder.addZeroed(slotsSize())});
}

// ---- Three passes ----

void TiledRowLayout::dispatchThreePasses(PlanBuilder& builder, const ScanPass& whole) const {
    const VkDeviceSize offset = builder.allocate(statesSize());
    const auto states = [&](uint32_t flags) {
        return VkaxisAccess{VKAXIS_OPERAND_SCRATCH, flags, offset, statesSize()};
    };
    constexpr uint32_t kRead = VKAXIS_ACCESS_READ, kWrite = VKAXIS_ACCESS_WRITE;
    dispatchTiles(builder, whole.totalsTo("scan_tiles sums", states(kWrite)));
    builder.barrier();
    dispatchSums(builder, whole.scanOf("scan_tile_sums", states(kRead | kWrite), kNoAccess));
    builder.barrier();
    dispatchTiles(builder, whole.startingFrom("scan_tiles", states(kRead)));
}

void TiledRowLayout::dispatchTiles(PlanBuilder& builder, const ScanPass& pass) const {
    const ScanConstants constants(context_, problem_, pass, items_, 0);
    const Shape& shape = problem_.shape;
    const shader::ScanTilesParams params{.source = 0,
                                         .destination = 0,
                                         .carries = 0,
                                         .totals = 0,
                                         .table = 0,
                                         .sourceStride = shape.sliceStride(shader::kInputView),
                                         .destinationStride = shape.sliceStride(shader::kOutputView),
                                         .extent = shape.axis.extent,
                                         .tiles = static_cast<uint32_t>(tilesPerRow_),
                                         .groups = static_cast<uint32_t>(tiles())};
    builder.dispatch(scanModule(Module::ScanTiles, problem_.element), workgroupSize_, constants.values,
                     pass.name, tiles(), params,
                     {pass.source, pass.destination, pass.carries, pass.totalsOut, pass.table});
}

void TiledRowLayout::dispatchSums(PlanBuilder& builder, const ScanPass& pass) const {
    const ScanConstants constants(context_, problem_, pass, 1, 0);
    const uint64_t rows = problem_.shape.rows();
    const shader::ScanTileSumsParams params{.states = 0,
                                            .carries = problem_.carryBits(),
                                            .table = 0,
                                            .tiles = static_cast<uint32_t>(tilesPerRow_),
                                            .groups = static_cast<uint32_t>(rows)};
    builder.dispatch(stateModule(Module::ScanTileSums, problem_.element), workgroupSize_, constants.values,
                     pass.name, rows, params, {pass.source, pass.carries, pass.table});
}

}  // namespace vkaxis
