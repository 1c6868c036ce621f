#include "plan.hpp"

#include <algorithm>
#include <bit>
#include <cinttypes>

#include "status.hpp"

namespace vkaxis {
namespace {

// Over as few dimensions as the device's limits allow; the kernels drop the few workgroups too many.
bool foldGrid(uint64_t groups, const uint32_t (&limits)[3], uint32_t (&counts)[3]) {
    uint64_t left = groups;
    for (int i = 0; i < 3; ++i) {
        const uint64_t others = divideUp(left, limits[i]);
        counts[i] = static_cast<uint32_t>(divideUp(left, others));
        left = others;
    }
    return left == 1;
}

}  // namespace

VkaxisCommand* PlanBuilder::addDispatch(Module module, uint32_t workgroupSize,
                                        std::span<const uint32_t> constants, const char* name,
                                        uint64_t groups, std::span<const VkaxisAccess> accesses) {
    if (status_.code != VKAXIS_OK) return nullptr;
    VkaxisCommand& command = plan_.commands[plan_.commandCount];
    command = {};
    command.type = VKAXIS_COMMAND_DISPATCH;
    command.name = name;
    if (groups > UINT32_MAX || !foldGrid(groups, context_->facts.maxGroupCount, command.groupCount)) {
        status_ = failure(VKAXIS_UNSUPPORTED,
                          "%s needs %" PRIu64 " workgroups, more than the device can dispatch at once", name,
                          groups);
        return nullptr;
    }
    status_ = findKernel(context_, module, workgroupSize, constants, command.kernel);
    if (status_.code != VKAXIS_OK) return nullptr;
    std::copy(accesses.begin(), accesses.end(), command.accesses);
    command.accessCount = static_cast<uint32_t>(accesses.size());
    ++plan_.commandCount;
    return &command;
}

void PlanBuilder::barrier() {
    if (status_.code != VKAXIS_OK) return;
    plan_.commands[plan_.commandCount] = {};
    plan_.commands[plan_.commandCount++].type = VKAXIS_COMMAND_BARRIER;
}

uint64_t mostScratch(const Extents& extents) {
    return std::max<uint64_t>(1 << 20, extents.elements() * kElementSize / 256);
}

uint64_t maxSplits(const Extents& extents, uint64_t partialSize) {
    return mostScratch(extents) / partialSize / std::max<uint64_t>(extents.columns(), 1);
}

uint64_t chooseSplits(const Tuning& tuning, uint64_t groups, uint64_t tiles, uint64_t most) {
    if (groups >= tuning.targetWorkgroups || tiles < tuning.minTilesToSplit) return 1;
    const uint64_t wanted = divideUp(tuning.targetWorkgroups, groups);
    return std::max<uint64_t>(std::min({wanted, tiles / tuning.minTilesPerSplit, most}), 1);
}

TiledColumns tileColumns(VkaxisContext context, const Extents& extents, uint64_t rowsPerInvocation,
                         uint64_t mostSplits) {
    const uint64_t workgroupSize = context->facts.workgroupSize;
    // Wider panels where few rows would leave invocations idle; equal ones rather than full ones and a
    // remainder.
    const uint64_t rowsWanted = std::max<uint64_t>(divideUp(extents.extent, rowsPerInvocation), 1);
    const uint64_t widest =
        std::min(std::max<uint64_t>(workgroupSize / rowsWanted, context->tuning.panelColumns), workgroupSize);
    const uint64_t panels = divideUp(extents.inner, widest);
    const uint64_t columns = divideUp(extents.inner, panels);
    const uint64_t rows = std::min(rowsWanted, workgroupSize / columns);
    const uint64_t slices = std::min(workgroupSize / (rows * columns), extents.outer);
    const uint64_t tiles = divideUp(extents.outer, slices);

    const uint64_t tileRows = rows * rowsPerInvocation;
    const uint64_t splits =
        chooseSplits(context->tuning, tiles * panels, divideUp(extents.extent, tileRows), mostSplits);
    const uint64_t chunk = splits == 1 ? extents.extent : roundUp(divideUp(extents.extent, splits), tileRows);
    const uint64_t usedSplits = std::max<uint64_t>(chunk == 0 ? 1 : divideUp(extents.extent, chunk), 1);
    const uint64_t groups = tiles * panels * usedSplits;

    const uint64_t foldLanes =
        std::min({std::bit_floor(workgroupSize / (slices * columns)), std::bit_ceil(rows),
                  std::bit_floor<uint64_t>(context->facts.subgroupSize)});
    return {{.outer = extents.outer,
             .inner = extents.inner,
             .extent = static_cast<uint32_t>(extents.extent),
             .columns = static_cast<uint32_t>(columns),
             .rows = static_cast<uint32_t>(rows),
             .slices = static_cast<uint32_t>(slices),
             .panels = static_cast<uint32_t>(panels),
             .splits = static_cast<uint32_t>(usedSplits),
             .chunk = static_cast<uint32_t>(chunk),
             .foldLanes = static_cast<uint32_t>(foldLanes),
             .groups = static_cast<uint32_t>(groups),
             .unused = 0},
            groups};
}

}  // namespace vkaxis
