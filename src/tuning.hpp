// Policy as data: which sizes serve which device. Every size of a kernel comes from here.
#pragma once

#include <vkaxis/vkaxis.h>

namespace vkaxis {

// VkPhysicalDeviceProperties::vendorID
inline constexpr uint32_t kNvidia = 0x10de;

struct Tuning {
    uint32_t vendorId;                // as above, 0: any
    uint32_t warpsPerMultiprocessor;  // that an NVIDIA device has at most, 0: any
    uint32_t workgroupSize;           // invocations
    uint32_t targetWorkgroups;        // that run at once: the axis is split into as many as fit
    uint32_t minTilesToSplit;         // an axis of fewer tiles stays whole
    uint32_t minTilesPerSplit;        // that each workgroup of a split axis gets
    uint32_t panelColumns;            // neighbouring columns per workgroup, where there are that many

    // argmax and argmin
    uint32_t argUnroll;          // loads in flight per invocation
    uint32_t argColumnUnroll;    // the same for columns that go singly
    uint32_t argColumnTiles;     // most tiles of very short columns per workgroup
    uint32_t argColumnQuads;     // quads of columns per workgroup; with less than half the columns go singly
    uint32_t argColumnQuadRows;  // that an invocation should have, before its workgroup takes fewer columns
    uint32_t argColumnQuadUnroll;  // loads in flight per invocation
    uint32_t argNarrowQuadUnroll;  // the same for elements of 8 and 16 bits
    uint32_t argColumnQuadGroups;  // workgroups that run at once, to be kept all busy; 0: not known
    uint32_t argWideQuadGroups;    // the same for elements of 64 bits
    uint32_t argRowLaneQuads;      // quads that a lane takes of a row, before the row gets more lanes
    uint32_t argRowGroupQuads;     // rows of up to this many quads per lane stay within a subgroup

    // scan
    uint32_t scanColumnItems;          // rows per invocation and tile
    uint32_t scanNarrowColumnItems;    // the same for inputs of 8 and 16 bits
    uint32_t scanFewColumnItems;       // the same for panels that are narrow to keep the device busy
    uint32_t scanWideColumnItems;      // the same for states of two words, whose panels are half as wide
    uint32_t scanLeastPanelBytes;      // panels get as narrow before an axis is split
    uint32_t scanNarrowInput;          // bytes of an input up to which they do
    uint32_t scanStagedColumns;        // fewer columns pass through shared memory
    uint32_t scanStagedWorkgroupSize;  // invocations then
    uint32_t scanStagedItems;       // rows per invocation and tile then; odd, so that banks do not conflict
    uint32_t scanRowWorkgroupSize;  // most invocations for a row, or a chunk of it
    uint32_t scanOtherRowWorkgroupSize;  // the same for elements that are not of 32 bits
    uint32_t scanRowItems;               // quads per invocation and tile
    uint32_t scanNarrowRowItems;         // the same for inputs of 8 and 16 bits
    uint32_t scanFewRowItems;            // the same at most, for unsplit rows too few to keep the device busy
    uint32_t scanRowGroupQuads;          // rows of up to this many quads per lane stay within a subgroup
    uint32_t lookBackWorkgroupSize;      // invocations for a tile of a single pass
    uint32_t lookBackItems;       // most quads per invocation and tile of a single pass; 0: no single pass
    uint32_t lookBackTiles;       // that a problem should have, before they get larger
    uint32_t lookBackLeadSize;    // bytes by which sums precede scans, to stay in the cache; 0: no lead
    uint32_t lookBackLeadsToUse;  // as large an input makes it worth while
    uint32_t lookBackPatience;    // how often a workgroup asks for a sum before it computes it itself
};

// warpsPerMultiprocessor: 0 where the device does not tell.
const Tuning& findTuning(uint32_t vendorId, uint32_t warpsPerMultiprocessor);

}  // namespace vkaxis
