#include "tuning.hpp"

namespace vkaxis {
namespace {

// Serves every device.
constexpr Tuning kPortable{.vendorId = 0,
                           .workgroupSize = 256,
                           .targetWorkgroups = 512,
                           .minTilesToSplit = 8,
                           .minTilesPerSplit = 2,
                           .panelColumns = 64,
                           .argUnroll = 4,
                           .argColumnUnroll = 8,
                           .argColumnQuads = 32,
                           .argColumnQuadRows = 128,
                           .argColumnQuadUnroll = 2,
                           .argRowLaneQuads = 4,
                           .argRowGroupQuads = 64,
                           .scanColumnItems = 16,
                           .scanLeastPanelBytes = 32,
                           .scanStagedColumns = 4,
                           .scanStagedItems = 7,
                           .scanRowWorkgroupSize = 256,
                           .scanRowItems = 2,
                           .scanFewRowItems = 4,
                           .scanRowGroupQuads = 4,
                           .lookBackWorkgroupSize = 256,
                           .lookBackItems = 0,
                           .lookBackLeadSize = 8 << 20,
                           .lookBackLeadsToUse = 6,
                           .lookBackPatience = 4096};

// Starts workgroups in order and keeps those running that wait for earlier ones.
constexpr Tuning nvidia() {
    Tuning row = kPortable;
    row.vendorId = 0x10de;
    row.scanColumnItems = 20;
    row.scanRowItems = 1;
    row.lookBackWorkgroupSize = 128;
    row.lookBackItems = 16;
    return row;
}

// The first row whose vendor matches.
constexpr Tuning kTable[] = {nvidia(), kPortable};

}  // namespace

const Tuning& findTuning(uint32_t vendorId) {
    for (const Tuning& row : kTable)
        if (row.vendorId == 0 || row.vendorId == vendorId) return row;
    return kPortable;
}

}  // namespace vkaxis
