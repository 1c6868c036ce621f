// Policy as data: which sizes serve which device. Every size of a kernel comes from here.
#pragma once

#include <vkaxis/vkaxis.h>

namespace vkaxis {

// VkPhysicalDeviceProperties::vendorID
inline constexpr uint32_t kNvidia = 0x10de;

// Rounds of all loops of a shader together after which lavapipe 22.3 leaves them all.
inline constexpr uint64_t kMostRounds = 65535;

// Every size, with the least and the most that the kernels can take: X(name, least, most). Workgroups are cut
// to whole subgroups and to what the device allows; whatever passes checkTuning gives right results, if
// slowly, but for what kMostRounds does on lavapipe: to single passes of some hundred tiles or more, and to
// rows of very many tiles for each workgroup.
#define VKAXIS_TUNING_FIELDS(X)                                                                             \
    X(workgroupSize, 32, 1024)      /* invocations */                                                       \
    X(targetWorkgroups, 1, 1 << 20) /* that run at once: the axis is split into as many as fit */           \
    X(minTilesToSplit, 1, 1 << 12)  /* an axis of fewer tiles stays whole */                                \
    X(minTilesPerSplit, 1, 1 << 12) /* that each workgroup of a split axis gets */                          \
    X(panelColumns, 1, 1024)        /* neighbouring columns per workgroup, where there are that many */     \
    /* argmax and argmin */                                                                                 \
    X(argUnroll, 1, 16)          /* loads in flight per invocation */                                       \
    X(argColumnUnroll, 1, 32)    /* the same for columns that go singly */                                  \
    X(argColumnRows, 1, 1 << 12) /* of the longest column that goes whole, if there are plenty of them */   \
    X(argColumnTiles, 1, 16)     /* most tiles of very short columns per workgroup */                       \
    X(argColumnQuads, 2, 1024)   /* of the narrowest panels, for the sake of workgroups; less are few */    \
    X(argLineQuads, 1, 1 << 16)  /* of few columns per invocation; with less the columns go singly */       \
    X(argColumnQuadRows, 1, 1 << 16)   /* that an invocation should have, before workgroups get narrower */ \
    X(argColumnQuadUnroll, 1, 16)      /* loads in flight per invocation */                                 \
    X(argSplitQuadUnroll, 1, 16)       /* the same where workgroups share an axis */                        \
    X(argNarrowQuadUnroll, 1, 16)      /* the same for elements of 8 and 16 bits */                         \
    X(argColumnQuadGroups, 0, 1 << 12) /* workgroups that run at once, to be kept all busy; 0: not known */ \
    X(argWideQuadGroups, 0, 1 << 12)   /* the same for elements of 64 bits */                               \
    X(argRowLaneQuads, 1, 1 << 12) /* quads that a lane takes of a row, before the row gets more lanes */   \
    X(argLaneQuads, 1, 16)         /* the same of aligned rows, whose lanes take two at once */             \
    X(argShortRowSize, 0, 1 << 14) /* bytes of the longest row of 8 or 16 bits that is staged */            \
    X(argShortWordRowSize, 0, 1 << 14) /* the same for elements of words */                                 \
    X(argShortRowLoads, 1, 16)         /* of 16 bytes in flight per invocation */                           \
    X(argRowGroupQuads, 1, 1 << 12)    /* rows of up to this many quads per lane stay within a subgroup */  \
    X(argTailPart, 2, 1 << 20)         /* of a row that workgroups share, for whoever is done first */      \
    /* scan */                                                                                              \
    X(scanRaggedColumns, 1, 1024)        /* panelColumns where rows begin anywhere in sectors of memory */  \
    X(scanRaggedWorkgroupSize, 32, 1024) /* invocations then, if rows and columns are many */               \
    X(scanColumnItems, 1, 32)            /* rows per invocation and tile */                                 \
    X(scanNarrowColumnItems, 1, 32)      /* the same for inputs of 8 and 16 bits */                         \
    X(scanFewColumnItems, 1, 32)         /* the same where few workgroups or few rows are left */           \
    X(scanWideColumnItems, 1, 32) /* the same for states of two words, whose panels are half as wide */     \
    X(scanTileLoads, 1, 32)       /* in flight per invocation where it takes an axis of few rows whole */   \
    X(scanLeastPanelBytes, 1, 1 << 16)      /* panels get as narrow before an axis is split */              \
    X(scanNarrowWorkgroupSize, 32, 1024)    /* invocations then, of long columns at sectors of memory */    \
    X(scanNarrowPanelItems, 1, 32)          /* rows per invocation and tile then */                         \
    X(scanNarrowInput, 0, UINT32_MAX)       /* bytes of an input up to which they do */                     \
    X(scanRaggedNarrowInput, 0, UINT32_MAX) /* the same where rows begin anywhere in sectors of memory */   \
    X(scanStagedColumns, 0, 16)             /* fewer columns of a long axis are staged */                   \
    X(scanGapStagedColumns, 0, 16)          /* the same, from 4 on, with a gap behind each row */           \
    X(scanStagedWorkgroupSize, 32, 1024)    /* invocations then, and for small slices */                    \
    X(scanStagedItems, 1, 31)               /* rows per invocation and tile then, odd: no bank conflicts */ \
    X(scanSliceColumns, 0, 1024)        /* slices of fewer pass through shared memory several at a time */  \
    X(scanSliceElements, 0, 1 << 12)    /* the same for rows of fewer, which memory does not align */       \
    X(scanGapSliceElements, 0, 1 << 12) /* the same with a gap behind each */                               \
    X(scanTotalsShare, 0, 1 << 10)      /* most totals that an invocation adds up instead of a dispatch */  \
    X(scanTotalUnroll, 1, 16)           /* loads in flight per invocation that sums up few columns */       \
    X(scanRowWorkgroupSize, 32, 1024)   /* most invocations for a row */                                    \
    X(scanOtherRowWorkgroupSize, 32, 1024) /* the same for elements that are not of 32 bits */              \
    X(scanRowItems, 1, 8)                  /* quads per invocation and tile */                              \
    X(scanNarrowRowItems, 1, 8)            /* the same for inputs of 8 and 16 bits */                       \
    X(scanFewRowItems, 1, 8)   /* the same at most, for unsplit rows too few to keep the device busy */     \
    X(scanRowGroupQuads, 1, 8) /* rows of up to this many quads per lane stay within a subgroup */          \
    X(singlePass, 0, 1)        /* whether long rows take one, where workgroups may wait for each other */   \
    X(lookBackWorkgroupSize, 32, 1024) /* invocations for a tile of a long row */                           \
    X(lookBackItems, 1, 32) /* most quads per invocation and tile, half of 64 bits, but as scratch needs */ \
    X(lookBackTiles, 1, 1 << 20)      /* that a problem should have, before they get larger */              \
    X(lookBackLeadSize, 0, 1 << 30)   /* bytes by which sums precede scans, in the cache; 0: no lead */     \
    X(lookBackLeadsToUse, 0, 1 << 16) /* as large an input makes it worth while */                          \
    X(lookBackPatience, 1, 1 << 14)   /* how often a workgroup asks for a sum before it computes it itself */

struct Tuning {
    uint32_t vendorId;                // as above, 0: any
    uint32_t warpsPerMultiprocessor;  // that an NVIDIA device has at most, 0: any
#define VKAXIS_MEMBER(name, least, most) uint32_t name;
    VKAXIS_TUNING_FIELDS(VKAXIS_MEMBER)
#undef VKAXIS_MEMBER
};

struct TuningField {
    const char* name;
    uint32_t Tuning::*member;
    uint32_t least;
    uint32_t most;
};

inline constexpr TuningField kTuningFields[] = {
#define VKAXIS_FIELD(name, least, most) {#name, &Tuning::name, least, most},
    VKAXIS_TUNING_FIELDS(VKAXIS_FIELD)
#undef VKAXIS_FIELD
};

// warpsPerMultiprocessor: 0 where the device does not tell.
const Tuning& findTuning(uint32_t vendorId, uint32_t warpsPerMultiprocessor);

struct DeviceFacts;

// Refuses a value that the kernels cannot take, or not on this device.
VkaxisStatus checkTuning(const Tuning& tuning, const DeviceFacts& facts);

}  // namespace vkaxis
