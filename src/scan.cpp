// Planning prefix scans: one dispatch; or, where the axis is split over workgroups, one that looks back or
// else three (reduce, then scan; Dotsenko et al., "Fast scan algorithms on graphics processors", ICS 2008).
#include <algorithm>
#include <bit>

#include "plan.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

VkaxisStatus checkInfo(VkaxisContext context, const VkaxisScanInfo* info, const VkaxisPlan* plan) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (!plan) return failure(VKAXIS_INVALID_ARGUMENT, "pPlan is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_SCAN_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_SCAN_INFO");
    if (info->pNext) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    if (info->mode < VKAXIS_SCAN_INCLUSIVE || info->mode > VKAXIS_SCAN_INCLUDE_INITIAL)
        return failure(VKAXIS_INVALID_ARGUMENT, "mode %d is none of VkaxisScanMode's",
                       static_cast<int>(info->mode));
    return ok();
}

// One dispatch's part in a scan.
struct Pass {
    const char* name;
    uint32_t output;  // shader::kScan*
    bool carryIn;
    VkaxisAccess source;
    VkaxisAccess destination;
    VkaxisAccess carries;  // read if carryIn
};

uint32_t log2(uint64_t powerOfTwo) {
    return static_cast<uint32_t>(std::countr_zero(powerOfTwo));
}

// How a problem is laid out over invocations: along contiguous rows, or across columns. Either answers the
// same questions.
class RowLayout {
  public:
    RowLayout(VkaxisContext context, const Extents& extents, uint64_t mostSplits)
        : context_(context), extents_(extents) {
        const DeviceFacts& facts = context->facts;
        const Tuning& tuning = context->tuning;
        const uint64_t quads = std::max<uint64_t>(divideUp(extents.extent, kQuad), 1);
        const uint64_t subgroup = std::bit_floor(facts.subgroupSize);
        uint64_t positions = extents.extent;
        if (quads <= subgroup * tuning.scanRowGroupQuads) {
            workgroupSize_ = facts.workgroupSize;
            lanes_ = std::min(std::bit_ceil(quads), subgroup);
            rowLanes_ = static_cast<uint32_t>(lanes_);
            items_ = static_cast<uint32_t>(divideUp(quads, lanes_));
        } else {
            // A row that does not begin at a multiple of a quad is laid out from the multiple before it.
            if (extents.outer > 1 && extents.extent % kQuad != 0) positions += kQuad - 1;
            rowLanes_ = 0;
            items_ = tuning.scanRowItems;
            workgroupSize_ = wholeSubgroups(facts, tuning.scanRowWorkgroupSize);
            lanes_ = workgroupSize_;
            // Rows of a tile or so fill small tiles better.
            while (positions < 2 * tile() && workgroupSize_ / 2 >= kLeastInvocations &&
                   workgroupSize_ / 2 % facts.subgroupSize == 0) {
                workgroupSize_ /= 2;
                lanes_ = workgroupSize_;
            }
        }
        const uint64_t rowTiles = divideUp(extents.outer, workgroupSize_ / lanes_);
        splits_ = std::max(chooseSplits(tuning, rowTiles, divideUp(positions, tile()), mostSplits),
                           divideUp(positions, kMaxChunk));
        chunk_ = std::max<uint64_t>(roundUp(divideUp(positions, splits_), tile()), tile());
        splits_ = std::max<uint64_t>(divideUp(positions, chunk_), 1);
        groups_ = rowTiles * splits_;
    }

    uint64_t splits() const { return splits_; }

    // The most additions on an element's way through one dispatch, the carry included.
    uint64_t depth() const {
        const uint64_t subgroup = context_->facts.subgroupSize;
        const uint64_t partials = items_ * (workgroupSize_ / subgroup);
        const uint64_t combine = rowLanes_ != 0 ? log2(lanes_) + items_ + 1
                                                : 2 * log2(subgroup) + divideUp(partials, subgroup) + 2;
        return (kQuad - 1) + combine + divideUp(chunk_, tile()) + 2;
    }

    void dispatch(PlanBuilder& builder, VkaxisDtype dtype, const Pass& pass) const {
        const uint32_t constants[] = {pass.output, pass.carryIn, items_, rowLanes_};
        const uint64_t grown = pass.output == shader::kScanIncludeInitial;
        const shader::ScanRowsParams params{.source = 0,
                                            .destination = 0,
                                            .carries = 0,
                                            .sourceStride = extents_.extent * kElementSize,
                                            .destinationStride = (extents_.extent + grown) * kElementSize,
                                            .outer = extents_.outer,
                                            .extent = extents_.extent,
                                            .splits = static_cast<uint32_t>(splits_),
                                            .chunk = static_cast<uint32_t>(chunk_),
                                            .groups = static_cast<uint32_t>(groups_)};
        const VkaxisAccess accesses[] = {pass.source, pass.destination, pass.carries};
        builder.dispatch(dtype == VKAXIS_DTYPE_F32 ? Module::ScanRowsF32 : Module::ScanRowsU32,
                         workgroupSize_, constants, pass.name, groups_, params,
                         std::span(accesses, pass.carryIn ? 3 : 2));
    }

  private:
    static constexpr uint64_t kQuad = 4;
    static constexpr uint32_t kLeastInvocations = 64;
    static constexpr uint64_t kMaxChunk = uint64_t{1} << 31;  // kernels count a chunk in 32 bits

    uint64_t tile() const { return lanes_ * items_ * kQuad; }

    VkaxisContext context_;
    Extents extents_;
    uint32_t workgroupSize_;
    uint64_t lanes_;     // per row
    uint32_t rowLanes_;  // the same, or 0 for the whole workgroup
    uint32_t items_;
    uint64_t splits_;
    uint64_t chunk_;
    uint64_t groups_;
};

class ColumnLayout {
  public:
    ColumnLayout(VkaxisContext context, const Extents& extents, uint64_t mostSplits)
        : context_(context),
          extents_(extents),
          staged_(extents.inner < context->tuning.scanStagedColumns),
          items_(staged_ ? context->tuning.scanStagedItems : context->tuning.scanColumnItems),
          tiled_(tileColumns(context, extents, items_, mostSplits)) {}

    uint64_t splits() const { return tiled_.tiling.splits; }

    uint64_t depth() const {
        const shader::ColumnTiling& tiling = tiled_.tiling;
        const uint64_t perLane = divideUp(tiling.rows, tiling.foldLanes);
        const uint64_t combine = tiling.rows > 1 ? 2 * perLane + log2(tiling.foldLanes) + 1 : 0;
        return (items_ - 1) + combine + divideUp(tiling.chunk, uint64_t{tiling.rows} * items_) + 2;
    }

    void dispatch(PlanBuilder& builder, VkaxisDtype dtype, const Pass& pass) const {
        const uint32_t constants[] = {pass.output, pass.carryIn, items_, staged_};
        const uint64_t rowStride = extents_.inner * kElementSize;
        const uint64_t grown = pass.output == shader::kScanIncludeInitial;
        const shader::ScanColumnsParams params{
            .source = 0,
            .destination = 0,
            .carries = 0,
            .sourceSliceStride = extents_.extent * rowStride,
            .destinationSliceStride = (extents_.extent + grown) * rowStride,
            .rowStride = rowStride,
            .tiling = tiled_.tiling};
        const VkaxisAccess accesses[] = {pass.source, pass.destination, pass.carries};
        builder.dispatch(dtype == VKAXIS_DTYPE_F32 ? Module::ScanColumnsF32 : Module::ScanColumnsU32,
                         context_->facts.workgroupSize, constants, pass.name, tiled_.groups, params,
                         std::span(accesses, pass.carryIn ? 3 : 2));
    }

  private:
    VkaxisContext context_;
    Extents extents_;
    bool staged_;
    uint32_t items_;
    TiledColumns tiled_;
};

// A single pass over few, long rows, for devices on which a workgroup may wait for those before it.
class LookBackLayout {
  public:
    LookBackLayout(VkaxisContext context, const Extents& extents) : context_(context), extents_(extents) {
        const Tuning& tuning = context->tuning;
        const bool shifts = extents.outer > 1 && extents.extent % kQuad != 0;
        const uint64_t positions = extents.extent + (shifts ? kQuad - 1 : 0);
        // Smaller tiles where large ones would leave the device idle.
        workgroupSize_ = wholeSubgroups(context->facts, tuning.lookBackWorkgroupSize);
        items_ = std::max<uint32_t>(tuning.lookBackItems, 1);
        while (items_ > 1 && extents.outer * divideUp(positions, tile()) < tuning.targetWorkgroups)
            items_ /= 2;
        tiles_ = divideUp(positions, tile());
        const uint64_t lead = tuning.lookBackLeadSize / (tile() * kElementSize);
        lead_ = extents.outer * tiles_ >= tuning.lookBackLeadsToUse * lead ? lead : 0;
    }

    bool available() const {
        return context_->facts.deviceMemoryModel && context_->tuning.lookBackItems > 0 &&
               scratchSize() <= mostScratch(extents_);
    }

    uint64_t scratchSize() const {
        return extents_.outer * blocks() * (workgroupSize_ + shader::kRecordTiles) * 8;
    }

    // The most additions on an element's way: through its tile, its block and the chain of blocks.
    uint64_t depth() const {
        const uint64_t subgroup = context_->facts.subgroupSize;
        const uint64_t subgroups = workgroupSize_ / subgroup;
        const uint64_t ofTile = (kQuad - 1) + 2 * log2(subgroup) + divideUp(items_ * subgroups, subgroup) + 2;
        const uint64_t ofBlock = 2 * log2(subgroup) + divideUp(subgroups, subgroup) + 1;
        return ofTile + ofBlock + 2 * blocks() + 2;
    }

    void dispatch(PlanBuilder& builder, const VkaxisScanInfo& info, const VkaxisAccess& input,
                  const VkaxisAccess& output, const VkaxisAccess& slots) const {
        const uint64_t grown = info.mode == VKAXIS_SCAN_INCLUDE_INITIAL;
        const uint32_t constants[] = {static_cast<uint32_t>(info.mode), context_->tuning.lookBackPatience,
                                      items_};
        const shader::ScanLookBackParams params{.source = 0,
                                                .destination = 0,
                                                .slots = 0,
                                                .sourceStride = extents_.extent * kElementSize,
                                                .destinationStride = (extents_.extent + grown) * kElementSize,
                                                .extent = extents_.extent,
                                                .rows = static_cast<uint32_t>(extents_.outer),
                                                .tiles = static_cast<uint32_t>(tiles_),
                                                .lead = static_cast<uint32_t>(lead_),
                                                .groups = static_cast<uint32_t>(groups())};
        const VkaxisAccess accesses[] = {input, output, slots};
        builder.dispatch(
            info.input.dtype == VKAXIS_DTYPE_F32 ? Module::ScanLookBackF32 : Module::ScanLookBackU32,
            workgroupSize_, constants, "scan_look_back", groups(), params, accesses);
    }

  private:
    static constexpr uint64_t kQuad = 4;

    uint64_t tile() const { return uint64_t{workgroupSize_} * items_ * kQuad; }
    uint64_t groups() const {
        const uint64_t tiles = extents_.outer * tiles_;
        return lead_ == 0 ? tiles : 2 * (tiles + lead_);
    }
    uint64_t blocks() const { return divideUp(tiles_, workgroupSize_); }

    VkaxisContext context_;
    Extents extents_;
    uint32_t workgroupSize_;
    uint32_t items_;  // quads per invocation
    uint64_t tiles_;  // per row
    uint64_t lead_;   // turns by which the summing of a tile precedes its scan; 0: one workgroup does both
};

VkaxisStatus planLookBack(VkaxisContext context, const VkaxisScanInfo& info, const LookBackLayout& layout,
                          VkaxisPlan& plan) {
    plan.scratchSize = layout.scratchSize();
    plan.scratchZeroSize = plan.scratchSize;
    plan.additionDepth = info.input.dtype == VKAXIS_DTYPE_F32 ? layout.depth() : 0;
    PlanBuilder builder(context, plan);
    layout.dispatch(builder, info, {VKAXIS_OPERAND_INPUT, VKAXIS_ACCESS_READ, 0, plan.inputSize},
                    {VKAXIS_OPERAND_OUTPUT, VKAXIS_ACCESS_WRITE, 0, plan.outputSize},
                    {VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE, 0, plan.scratchSize});
    return builder.status();
}

struct PassNames {
    const char* whole;
    const char* totals;
    const char* carries;
    const char* chunks;
};

template <class Layout>
VkaxisStatus planWith(VkaxisContext context, const VkaxisScanInfo& info, const Extents& extents,
                      const PassNames& names, VkaxisPlan& plan) {
    const Layout layout(context, extents, maxSplits(extents, kElementSize));
    const auto mode = static_cast<uint32_t>(info.mode);
    const VkaxisAccess input{VKAXIS_OPERAND_INPUT, VKAXIS_ACCESS_READ, 0, plan.inputSize};
    const VkaxisAccess output{VKAXIS_OPERAND_OUTPUT, VKAXIS_ACCESS_WRITE, 0, plan.outputSize};
    PlanBuilder builder(context, plan);
    uint64_t depth = layout.depth();
    if (layout.splits() == 1) {
        layout.dispatch(builder, info.input.dtype, {names.whole, mode, false, input, output, {}});
    } else {
        plan.scratchSize = extents.columns() * layout.splits() * kElementSize;
        const VkaxisAccess carriesIn{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ, 0, plan.scratchSize};
        const VkaxisAccess carriesOut{VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_WRITE, 0, plan.scratchSize};
        const Layout spine(context, {extents.outer, layout.splits(), extents.inner}, 1);
        depth = 2 * depth + spine.depth();
        layout.dispatch(builder, info.input.dtype,
                        {names.totals, shader::kScanTotals, false, input, carriesOut, {}});
        builder.barrier();
        spine.dispatch(builder, info.input.dtype,
                       {names.carries, shader::kScanExclusive, false, carriesIn, carriesOut, {}});
        builder.barrier();
        layout.dispatch(builder, info.input.dtype, {names.chunks, mode, true, input, output, carriesIn});
    }
    plan.additionDepth = info.input.dtype == VKAXIS_DTYPE_F32 ? depth : 0;
    return builder.status();
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisPlanScan(VkaxisContext context, const VkaxisScanInfo* pInfo, VkaxisPlan* pPlan) {
    VkaxisStatus status = checkInfo(context, pInfo, pPlan);
    if (status.code != VKAXIS_OK) return status;
    const uint64_t grown = pInfo->mode == VKAXIS_SCAN_INCLUDE_INITIAL;
    Extents extents;
    status = collapse(pInfo->input, pInfo->axis, grown, extents);
    if (status.code != VKAXIS_OK) return status;

    VkaxisPlan plan{};
    plan.inputSize = extents.elements() * kElementSize;
    plan.outputSize = (extents.extent + grown) * extents.columns() * kElementSize;
    plan.inputAlignment = kElementSize;
    plan.outputAlignment = kElementSize;
    plan.inPlace = grown == 0;
    if (plan.outputSize != 0) {
        const bool splitRows =
            extents.inner == 1 && RowLayout(context, extents, maxSplits(extents, kElementSize)).splits() > 1;
        const LookBackLayout lookBack(context, extents);
        if (splitRows && lookBack.available())
            status = planLookBack(context, *pInfo, lookBack, plan);
        else if (extents.inner == 1)
            status = planWith<RowLayout>(
                context, *pInfo, extents,
                {"scan_rows", "scan_rows totals", "scan_rows carries", "scan_rows chunks"}, plan);
        else
            status = planWith<ColumnLayout>(
                context, *pInfo, extents,
                {"scan_columns", "scan_columns totals", "scan_columns carries", "scan_columns chunks"}, plan);
    }
    if (status.code == VKAXIS_OK) *pPlan = plan;
    return status;
}
