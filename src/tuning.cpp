#include "tuning.hpp"

namespace vkaxis {
namespace {

// The first row whose vendor matches; the last is the portable default.
constexpr Tuning kTable[] = {
    {.vendorId = 0,
     .workgroupSize = 256,
     .targetWorkgroups = 1024,
     .minRowsPerSplit = 8,
     .panelColumns = 32,
     .argUnroll = 8,
     .scanColumnItems = 8,
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
