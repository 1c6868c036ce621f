// Policy as data: which sizes serve which device. Every size of a kernel comes from here.
#pragma once

#include <vkaxis/vkaxis.h>

namespace vkaxis {

struct Tuning {
    uint32_t vendorId;           // VkPhysicalDeviceProperties::vendorID, 0: any
    uint32_t workgroupSize;      // invocations
    uint32_t targetWorkgroups;   // with fewer, the axis is split so that others can share the work
    uint32_t minTilesToSplit;    // an axis of fewer tiles stays whole
    uint32_t minTilesPerSplit;   // that each workgroup of a split axis gets
    uint32_t panelColumns;       // neighbouring columns per workgroup, where there are that many
    uint32_t argUnroll;          // loads in flight per invocation
    uint32_t scanColumnItems;    // rows per invocation and tile
    uint32_t stagedColumns;      // a scan of fewer neighbouring columns passes through shared memory
    uint32_t scanStagedItems;    // rows per invocation and tile then; odd, so that banks do not conflict
    uint32_t scanRowItems;       // quads per invocation and tile
    uint32_t scanRowGroupQuads;  // rows of up to this many quads per lane stay within a subgroup
};

const Tuning& findTuning(uint32_t vendorId);

}  // namespace vkaxis
