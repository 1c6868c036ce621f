// What host and shader share, compiled by both: push constants, specialization constants, enumerants.
// A uint64 is an address, a size or a stride in bytes, or a count; shaders see it as two words, low first.
#ifdef __cplusplus
#pragma once
#include <cstdint>
namespace vkaxis::shader {
using uint = std::uint32_t;
using uint64 = std::uint64_t;
#define VKAXIS_CONSTANT inline constexpr uint
#else
#define uint64 uvec2
#define VKAXIS_CONSTANT const uint
#endif

// Specialization constants. Those beyond the first two are each kernel's own.
#define VKAXIS_ID_WORKGROUP_SIZE 0
#define VKAXIS_ID_SUBGROUPS 1 /* per workgroup */

#define VKAXIS_ID_ARG_SOURCE 2
#define VKAXIS_ID_ARG_MINIMUM 3
#define VKAXIS_ID_ARG_DESTINATION 4
#define VKAXIS_ID_ARG_UNROLL 5    /* loads in flight per invocation */
#define VKAXIS_ID_ARG_ROW_LANES 6 /* rows: invocations per row, or 0 for the whole workgroup */

#define VKAXIS_ID_SCAN_OUTPUT 2
#define VKAXIS_ID_SCAN_CARRY_IN 3
#define VKAXIS_ID_SCAN_ITEMS 4     /* quads (rows) or rows (columns) per invocation and tile */
#define VKAXIS_ID_SCAN_ROW_LANES 5 /* rows: invocations per row, or 0 for the whole workgroup */
#define VKAXIS_ID_SCAN_STAGED 5    /* columns: whether tiles pass through shared memory */
#define VKAXIS_ID_SCAN_PATIENCE 3  /* look-back: how often a workgroup asks for a sum before it computes it itself */

// What an arg reduction reads and writes. Partials are pairs of key and index.
VKAXIS_CONSTANT kArgF32 = 0;
VKAXIS_CONSTANT kArgI32 = 1;
VKAXIS_CONSTANT kArgU32 = 2;
VKAXIS_CONSTANT kArgPartials = 3;
VKAXIS_CONSTANT kArgIndexU32 = 4;
VKAXIS_CONSTANT kArgIndexI64 = 5;

// What a scan kernel writes. Totals: one sum per slice and split, no prefixes.
VKAXIS_CONSTANT kScanInclusive = 0;
VKAXIS_CONSTANT kScanExclusive = 1;
VKAXIS_CONSTANT kScanIncludeInitial = 2;
VKAXIS_CONSTANT kScanTotals = 3;

// How workgroups tile [outer, extent, inner]: each takes `columns` neighbouring inner indices of `slices` outer ones
// and `chunk` rows of the axis, its invocations laid out as [slices, rows, columns] in memory order.
// The workgroup's number is ((slice tile * splits) + split) * panels + panel.
struct ColumnTiling {
    uint64 outer;
    uint64 inner;
    uint extent;
    uint columns;
    uint rows;
    uint slices;
    uint panels;
    uint splits;
    uint chunk;
    uint foldLanes;  // invocations, a power of two within a subgroup, that combine one column's rows
    uint groups;
    uint unused;
};

struct ArgColumnsParams {
    uint64 source;
    uint64 destination;
    uint64 sliceStride;
    uint64 rowStride;
    ColumnTiling tiling;
};

// Panels of `columns` neighbouring inner indices, each with `quads` of them, and one more where they shift;
// invocations are laid out as [rows, quads]. The workgroup's number is (slice * splits + split) * panels + panel.
struct ArgColumnQuadsParams {
    uint64 source;
    uint64 destination;
    uint64 sliceStride;
    uint64 rowStride;
    uint64 outer;
    uint64 inner;
    uint extent;
    uint columns;
    uint quads;
    uint rows;
    uint panels;
    uint splits;
    uint chunk;
    uint foldLanes;  // invocations, a power of two within a subgroup, that combine one column's rows
    uint groups;
};

// Rows of [outer, extent]; the workgroup's number is row tile * splits + split.
struct ArgRowsParams {
    uint64 source;
    uint64 destination;
    uint64 rowStride;
    uint64 outer;
    uint extent;
    uint splits;
    uint chunk;
    uint groups;
};

struct ScanColumnsParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 sourceSliceStride;
    uint64 destinationSliceStride;
    uint64 rowStride;
    ColumnTiling tiling;
};

// Rows of [outer, extent]; the workgroup's number is row tile * splits + split.
struct ScanRowsParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 sourceStride;
    uint64 destinationStride;
    uint64 outer;
    uint64 extent;
    uint splits;
    uint chunk;  // positions: see scan_rows.comp
    uint groups;
};

// `rows` rows of [outer, extent] in `tiles` each, row by row: a workgroup's turn is row * tiles + tile, or with a lead
// each turn has two, one that sums a tile and one that scans the tile `lead` turns before. Each block of as many tiles of a
// row as a workgroup has invocations owns a record of pairs of words in `slots`: see scan_look_back.comp.
struct ScanLookBackParams {
    uint64 source;
    uint64 destination;
    uint64 slots;
    uint64 sourceStride;
    uint64 destinationStride;
    uint64 extent;
    uint rows;
    uint tiles;
    uint lead;
    uint groups;
};

VKAXIS_CONSTANT kRecordCounter = 0;  // pairs of a record
VKAXIS_CONSTANT kRecordChain = 1;
VKAXIS_CONSTANT kRecordTiles = 2;  // one for each tile from here on

#ifdef __cplusplus
}  // namespace vkaxis::shader
#endif
