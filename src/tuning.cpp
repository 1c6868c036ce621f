#include "tuning.hpp"

namespace vkaxis {
namespace {

// The first row whose vendor matches; the last is the portable default.
constexpr Tuning kTable[] = {
    {.vendorId = 0,
     .workgroupSize = 256,
     .targetWorkgroups = 512,
     .minTilesToSplit = 8,
     .minTilesPerSplit = 2,
     .panelColumns = 64,
     .argUnroll = 4,
     .scanColumnItems = 16,
     .stagedColumns = 4,
     .scanStagedItems = 7,
     .scanRowItems = 2,
     .scanRowGroupQuads = 4},
};

}  // namespace

const Tuning& findTuning(uint32_t vendorId) {
    for (const Tuning& row : kTable)
        if (row.vendorId == 0 || row.vendorId == vendorId) return row;
    return kTable[0];
}

}  // namespace vkaxis
