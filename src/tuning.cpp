#include "tuning.hpp"

namespace vkaxis {
namespace {

// Serves every device.
constexpr Tuning kPortable{.vendorId = 0,
                           .warpsPerMultiprocessor = 0,
                           .workgroupSize = 256,
                           .targetWorkgroups = 512,
                           .minTilesToSplit = 8,
                           .minTilesPerSplit = 2,
                           .panelColumns = 64,
                           .argUnroll = 4,
                           .argColumnUnroll = 8,
                           .argColumnTiles = 4,
                           .argColumnQuads = 32,
                           .argColumnQuadRows = 128,
                           .argColumnQuadUnroll = 2,
                           .argNarrowQuadUnroll = 8,
                           .argColumnQuadGroups = 0,
                           .argWideQuadGroups = 0,
                           .argRowLaneQuads = 4,
                           .argRowGroupQuads = 64,
                           .scanColumnItems = 16,
                           .scanNarrowColumnItems = 16,
                           .scanFewColumnItems = 16,
                           .scanWideColumnItems = 7,
                           .scanLeastPanelBytes = 32,
                           .scanNarrowInput = 128 << 20,
                           .scanStagedColumns = 8,
                           .scanStagedWorkgroupSize = 128,
                           .scanStagedItems = 15,
                           .scanRowWorkgroupSize = 256,
                           .scanOtherRowWorkgroupSize = 256,
                           .scanRowItems = 2,
                           .scanNarrowRowItems = 2,
                           .scanFewRowItems = 4,
                           .scanRowGroupQuads = 4,
                           .lookBackWorkgroupSize = 256,
                           .lookBackItems = 0,
                           .lookBackTiles = 128,
                           .lookBackLeadSize = 8 << 20,
                           .lookBackLeadsToUse = 6,
                           .lookBackPatience = 4096};

// Measured on an H200 (docs/measurements.md). NVIDIA starts workgroups in order and keeps those running that
// wait for earlier ones.
constexpr Tuning hopper() {
    Tuning row = kPortable;
    row.vendorId = kNvidia;
    row.argColumnQuadGroups = 792;
    row.argWideQuadGroups = 528;
    row.scanColumnItems = 14;
    row.scanNarrowColumnItems = 28;
    row.scanFewColumnItems = 20;
    row.scanRowItems = 1;
    row.scanNarrowRowItems = 4;
    row.scanOtherRowWorkgroupSize = 128;
    row.lookBackWorkgroupSize = 128;
    row.lookBackItems = 16;
    return row;
}

// Reasoned for an RTX 4090, not measured. Ada has about as many multiprocessors (128 to 132) of 48 warps
// instead of 64, and a quarter of the bandwidth (1.0 to 4.8 TB/s; NVIDIA's data sheets): what keeps Hopper's
// memory busy is more than enough. Without sums that run ahead, a single pass moves 3.0 TB/s on the H200, so
// here they would only read everything twice.
constexpr Tuning ada() {
    Tuning row = hopper();
    row.warpsPerMultiprocessor = 48;
    row.argColumnQuadGroups = 768;
    row.argWideQuadGroups = 512;
    row.lookBackLeadSize = 0;
    return row;
}

// The first row that matches.
constexpr Tuning kTable[] = {ada(), hopper(), kPortable};

bool matches(uint32_t wanted, uint32_t is) {
    return wanted == 0 || wanted == is;
}

}  // namespace

const Tuning& findTuning(uint32_t vendorId, uint32_t warpsPerMultiprocessor) {
    for (const Tuning& row : kTable)
        if (matches(row.vendorId, vendorId) && matches(row.warpsPerMultiprocessor, warpsPerMultiprocessor))
            return row;
    return kPortable;
}

}  // namespace vkaxis
