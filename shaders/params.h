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

// Specialization constants: the first six of every kernel, then those of each family.
#define VKAXIS_ID_WORKGROUP_SIZE 0
#define VKAXIS_ID_SUBGROUPS 1   /* per workgroup */
#define VKAXIS_ID_FOLDED_GRID 2 /* whether it has more than one dimension */
#define VKAXIS_ID_SOURCE 3      /* dtype of what is read */
#define VKAXIS_ID_DESTINATION 4 /* dtype of results */
#define VKAXIS_ID_TABLE_MASK 5  /* a bit for each operand whose slices lie as the ShapeTable says, and kManySlicesBit */

#define VKAXIS_ID_ARG_OP 6
#define VKAXIS_ID_ARG_TIE_LAST 7
#define VKAXIS_ID_ARG_IGNORE_NAN 8
#define VKAXIS_ID_ARG_UNROLL 9     /* loads in flight per invocation; rows: 0 where none has as many */
#define VKAXIS_ID_ARG_ROW_LANES 10 /* rows: invocations per row, or kLaneRows rows; 0 for the whole workgroup */
#define VKAXIS_ID_ARG_TILES 10     /* columns: tiles per workgroup; several only where an axis has ARG_UNROLL rows */
#define VKAXIS_ID_ARG_LINE_ROWS 10 /* quads of columns: rows that are walked as one */
#define VKAXIS_ID_ARG_ROW_REST 11  /* rows: loads in flight per invocation at the end of a row */
#define VKAXIS_ID_ARG_SPARE 11     /* quads of columns: columns, a power of two less one, that a quad may begin before its panel */

#define VKAXIS_ID_SCAN_OP 6
#define VKAXIS_ID_SCAN_OUTPUT 7
#define VKAXIS_ID_SCAN_CARRY 8
#define VKAXIS_ID_SCAN_REVERSE 9
#define VKAXIS_ID_SCAN_TOTALS 10        /* whether the total of each slice is an output too */
#define VKAXIS_ID_SCAN_ITEMS 11         /* quads (rows) or rows (columns) per invocation and tile */
#define VKAXIS_ID_SCAN_ROW_LANES 12     /* rows: invocations per row, or 0 for the whole workgroup */
#define VKAXIS_ID_SCAN_STAGED 12        /* columns: whether tiles pass through shared memory */
#define VKAXIS_ID_SCAN_PATIENCE 12      /* look-back: how often a workgroup asks for a sum before it computes it itself */
#define VKAXIS_ID_SCAN_NATIVE_FLOATS 13 /* whether packHalf2x16, unpackHalf2x16 and isnan do as IEEE 754 says */
#define VKAXIS_ID_SCAN_TILES 14         /* columns: tiles per workgroup; several only where an axis has SCAN_ITEMS rows */

// Dtypes, numbered as in VkaxisDtype; and what only kernels hand to each other.
VKAXIS_CONSTANT kF16 = 1;
VKAXIS_CONSTANT kBF16 = 2;
VKAXIS_CONSTANT kF32 = 3;
VKAXIS_CONSTANT kF64 = 4;
VKAXIS_CONSTANT kI8 = 5;
VKAXIS_CONSTANT kI16 = 6;
VKAXIS_CONSTANT kI32 = 7;
VKAXIS_CONSTANT kI64 = 8;
VKAXIS_CONSTANT kU8 = 9;
VKAXIS_CONSTANT kU16 = 10;
VKAXIS_CONSTANT kU32 = 11;
VKAXIS_CONSTANT kU64 = 12;
VKAXIS_CONSTANT kState = 13;    // what a scan adds up in
VKAXIS_CONSTANT kPartials = 14;  // the best of a chunk: a key of one or two words, an index within the chunk, padding

// As in VkaxisArgReduceOp.
VKAXIS_CONSTANT kArgmax = 0;
VKAXIS_CONSTANT kArgmin = 1;
VKAXIS_CONSTANT kArgminmax = 2;

// As in VkaxisScanOp.
VKAXIS_CONSTANT kSum = 0;
VKAXIS_CONSTANT kProd = 1;
VKAXIS_CONSTANT kMax = 2;
VKAXIS_CONSTANT kMin = 3;

// What a scan kernel writes. The last two write states: one total per slice and split (or tile) and no prefixes, and the
// exclusive scan of such totals.
VKAXIS_CONSTANT kScanInclusive = 0;
VKAXIS_CONSTANT kScanExclusive = 1;
VKAXIS_CONSTANT kScanIncludeInitial = 2;
VKAXIS_CONSTANT kScanTotals = 3;
VKAXIS_CONSTANT kScanCarries = 4;

// What a scan starts with: nothing; a state per slice and split (or tile); a value in the parameters; an element in memory;
// one per slice; the sum of the states of the slice's splits before.
VKAXIS_CONSTANT kCarryNone = 0;
VKAXIS_CONSTANT kCarryStates = 1;
VKAXIS_CONSTANT kCarryHost = 2;
VKAXIS_CONSTANT kCarryDevice = 3;
VKAXIS_CONSTANT kCarryPerSlice = 4;
VKAXIS_CONSTANT kCarryTotals = 5;

// Operands of a ShapeTable.
VKAXIS_CONSTANT kInputView = 0;
VKAXIS_CONSTANT kOutputView = 1;
VKAXIS_CONSTANT kAsideView = 2;   // values, or initial values
VKAXIS_CONSTANT kTotalsView = 3;
VKAXIS_CONSTANT kOperands = 4;
VKAXIS_CONSTANT kManySlicesBit = 31;  // of a table mask, beside those of operands: 32 bits do not count the outer slices

VKAXIS_CONSTANT kMaxOuter = 7;  // dimensions

// Where slices lie if no single stride says so, or if neighbouring ones are not neighbours in memory.
struct ShapeTable {
    uint64 extents[kMaxOuter];  // of the outer dimensions, the fastest first
    uint64 strides[kOperands * kMaxOuter];
    uint64 innerStrides[kOperands];
    uint outerRank;
    uint unused;
};

// How workgroups tile [outer, extent, inner]: each takes `columns` neighbouring inner indices of `slices` outer ones
// and `chunk` rows of the axis, its invocations laid out as [slices, rows, columns] in memory order.
// The workgroup's number is ((slice tile * splits) + split) * panels + panel.
struct ColumnTiling {
    uint64 outer;
    uint64 inner;
    uint64 extent;
    uint columns;
    uint rows;
    uint slices;
    uint panels;
    uint splits;
    uint chunk;
    uint foldLanes;  // invocations, a power of two within a subgroup, that combine one column's rows
    uint groups;
};

// `second` is the output of the second reduction of argminmax; where the source is partials, the rows that one stands for.
// With FOLDS: `partials` are as kPartials, but for an index along the whole axis, those of both reductions side by side;
// `counters` count for each tile of slices the workgroups that have left theirs.
struct ArgColumnsParams {
    uint64 source;
    uint64 destination;
    uint64 second;
    uint64 table;
    uint64 partials;
    uint64 counters;
    uint64 sliceStride;
    uint64 rowStride;
    uint64 resultStride;  // of slices in the output
    ColumnTiling tiling;
};

// Panels of `columns` neighbouring inner indices, or lines of ARG_LINE_ROWS rows, which lie as so many `columns`, gaps
// included; invocations are laid out as [rows, lanes], rows or lines, a lane with a quad of the panel or line, or none.
// Quads begin up to ARG_SPARE columns before the panel, where memory is so aligned. A tile is a panel of a slice, its number
// slice * panels + panel. The workgroup's number is (slice * splits + split) * panels + panel. With FOLDS, the first `whole`
// tiles have a workgroup each, and the others follow once for each of the splits.
struct ArgColumnQuadsParams {
    uint64 source;
    uint64 destination;
    uint64 second;
    uint64 table;
    uint64 partials;
    uint64 counters;
    uint64 sourceSize;
    uint64 sliceStride;
    uint64 rowStride;
    uint64 resultStride;
    uint64 inner;
    uint64 extent;
    uint columns;
    uint rows;
    uint panels;
    uint whole;
    uint splits;
    uint chunk;
    uint foldLanes;  // invocations, a power of two within a subgroup, that combine one column's rows
    uint groups;
};

VKAXIS_CONSTANT kArrivalCounter = 0;  // of each row, where workgroups share it
VKAXIS_CONSTANT kTurnCounter = 1;
VKAXIS_CONSTANT kRowCounters = 2;
VKAXIS_CONSTANT kLeftWords = 2;  // beside those of a key

// Rows of [outer, extent]; the workgroup's number is row tile * splits + split. With FOLDS, what chunks leave of a row is for
// whoever is done with its own; `partials` are kLeftWords of each reduction and split: see row_fold.glsl.
struct ArgRowsParams {
    uint64 source;
    uint64 destination;
    uint64 second;
    uint64 table;
    uint64 partials;
    uint64 counters;
    uint64 rowStride;
    uint64 resultStride;
    uint64 outer;
    uint64 extent;
    uint splits;
    uint chunk;
    uint groups;
};

VKAXIS_CONSTANT kLaneRows = 2;  // that lanes of arg_lane_rows share

// Rows of [outer, extent], kLaneRows for ARG_ROW_LANES invocations, a power of two within a subgroup and not below kLaneRows.
struct ArgLaneRowsParams {
    uint64 source;
    uint64 destination;
    uint64 second;
    uint64 table;
    uint64 rowStride;
    uint64 resultStride;
    uint64 outer;
    uint extent;
    uint groups;
};

VKAXIS_CONSTANT kShortRowBatch = 4;  // elements of a row that a lane of arg_short_rows loads at once

// Rows of [outer, extent], `rowStride` bytes apart. A workgroup takes `rows` of them at a turn, each by `lanes` invocations, a
// power of two within a subgroup, and every groups-th turn.
struct ArgShortRowsParams {
    uint64 source;
    uint64 destination;
    uint64 second;
    uint64 table;
    uint64 sourceSize;
    uint64 resultStride;
    uint64 outer;
    uint extent;
    uint rowStride;
    uint rows;
    uint lanes;
    uint turns;
    uint groups;
};

// The elements of [outer, extent, inner] that indices [outer, inner] choose.
struct GatherParams {
    uint64 indices;
    uint64 source;
    uint64 destination;
    uint64 table;
    uint64 sliceStrides[3];  // of input, output (the indices) and values
    uint64 axisStride;
    uint64 inner;
    uint64 count;  // of slices
    uint groups;
};

// `carries` are states, initial values or, for kCarryHost, the value itself.
struct ScanColumnsParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 totals;
    uint64 table;
    uint64 sourceSliceStride;
    uint64 destinationSliceStride;
    uint64 sourceRowStride;
    uint64 destinationRowStride;
    ColumnTiling tiling;
};

// Slices of [extent, columns]; tiling: of a turn's slices, and as many groups as there are turns. Workgroup i takes turns i,
// i + groups, ...
struct ScanSlicesParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 totals;
    uint64 table;
    ColumnTiling tiling;
    uint sourceStride;  // elements between slices
    uint destinationStride;
    uint groups;
};

// [outer, extent, columns], each slice a piece of memory, to totals [outer, splits, columns]; the workgroup's number is
// slice * splits + split. `chunk` rows have fewer than 2^32 elements, gaps included.
struct ScanColumnTotalsParams {
    uint64 source;
    uint64 destination;
    uint64 table;
    uint64 sliceStride;
    uint64 extent;
    uint columns;
    uint pitch;      // elements from a row to the next
    uint splits;
    uint chunk;
    uint lanes;      // invocations that walk; 4 * lanes is a multiple of the pitch
    uint foldLanes;  // invocations, a power of two within a subgroup, that combine one column's sums
    uint groups;
};

// Rows of [outer, extent], several or one for each workgroup.
struct ScanRowsParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 totals;
    uint64 table;
    uint64 sourceStride;
    uint64 destinationStride;
    uint64 outer;
    uint extent;  // at most 2^31
    uint groups;
};

// Rows of [outer, extent] in `tiles` each; the workgroup's number is row * tiles + tile. Sums go to `destination`, and what
// comes before each tile comes from `carries`.
struct ScanTilesParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 totals;
    uint64 table;
    uint64 sourceStride;
    uint64 destinationStride;
    uint64 extent;
    uint tiles;
    uint groups;
};

// A state for each of a row's `tiles`, a workgroup for each row.
struct ScanTileSumsParams {
    uint64 states;
    uint64 carries;
    uint64 table;
    uint tiles;
    uint groups;
};

// `rows` rows of [outer, extent] in `tiles` each, row by row: a workgroup's turn is row * tiles + tile, or with a lead
// each turn has two, one that sums a tile and one that scans the tile `lead` turns before. Each block of as many tiles of a
// row as a workgroup has invocations owns a record of pairs of words in `slots`: see scan_look_back.comp.
struct ScanLookBackParams {
    uint64 source;
    uint64 destination;
    uint64 carries;
    uint64 totals;
    uint64 table;
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

VKAXIS_CONSTANT kSlotVeil = 0x9e3779b9;  // no sum that is likely: see scan_look_back.comp

#ifdef __cplusplus
}  // namespace vkaxis::shader
#endif
