// Prefix scans along the middle axis of [outer, extent, inner]: see ColumnTiling.
//
//   Load     each invocation takes kItems successive rows of one column and adds them up in registers. Where columns
//            are few they are staged: the tile, one piece of memory, passes through shared memory, so that it is still
//            read and written in aligned quads.
//   Combine  the sums of a column meet in shared memory, where subgroup shuffles scan them.
//   Store    every prefix, raised by the rows before: of the tile, and of the chunk (the carry).
//
// A split axis takes three dispatches: totals per chunk, an exclusive scan of the totals, the chunks with a carry in.
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "tiling.glsl"
#include "element.glsl"
#include "store.glsl"
#include "float_bits.glsl"
#include "scan_element.glsl"

layout(constant_id = VKAXIS_ID_SCAN_REVERSE) const bool kReverse = false;
layout(constant_id = VKAXIS_ID_SCAN_TOTALS) const bool kWantsTotals = false;
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kItems = 8;
layout(constant_id = VKAXIS_ID_SCAN_STAGED) const bool kStaged = false;

layout(push_constant, std430) uniform Push { ScanColumnsParams params; };
#include "view.glsl"
#include "piece.glsl"

// Two of each, so that a tile never overwrites what the tile before still reads.
shared Element sums[2][kWorkgroupSize];
shared Element totals[2][kWorkgroupSize];

// A staged tile, [slices, rows, columns] in that order, from the place on that makes quads of memory quads here.
const uint kShare = kItems / 4u + 1u;  // an invocation's quads
shared Quad stage[kStaged ? kWorkgroupSize * kShare : 1u];

// The place on the stage of the piece's first element.
uint slotOf(Piece piece) { return (0u - piece.head) & 3u; }

// What one invocation carries of a piece: every kWorkgroupSize-th quad, and of the elements beside them at most one.
struct Share {
    QuadBits quads[kShare];
    Bits side;
};

// The number of the invocation's element beside the quads; beyond the piece if it has none.
uint sideOf(Piece piece, uint invocation) {
    return invocation < piece.head ? invocation : invocation + piece.quads * 4u;
}

// Quads beyond the last one read it again, so that there is no branch between the loads.
void loadShare(out Share share, Piece piece, uint invocation) {
    const uvec2 body = add(piece.address, piece.head * kSourceSize);
    share.side = BITS(0u);
    const uint side = sideOf(piece, invocation);
    if (side < piece.count) share.side = loadBits(add(piece.address, side * kSourceSize), kSourceSize);
    if (piece.quads > 0u) {
        [[unroll]] for (uint i = 0; i < kShare; ++i) {
            const uint quad = min(i * kWorkgroupSize + invocation, piece.quads - 1u);
            share.quads[i] = loadQuadBits(add(body, quad * 4u * kSourceSize));
        }
    }
}

void putOnStage(Share share, Piece piece, uint invocation) {
    const uint slot = slotOf(piece);
    const uint body = (slot + piece.head) / 4u;
    [[unroll]] for (uint i = 0; i < kShare; ++i) {
        const uint quad = i * kWorkgroupSize + invocation;
        if (quad < piece.quads) {
            [[unroll]] for (uint j = 0; j < 4; ++j) stage[body + quad][j] = loaded(share.quads[i][j]);
        }
    }
    const uint side = sideOf(piece, invocation);
    if (side < piece.count) stage[(slot + side) / 4u][(slot + side) % 4u] = loaded(share.side);
}

void storeFromStage(Piece piece, uint invocation) {
    const uint slot = slotOf(piece);
    const uint body = (slot + piece.head) / 4u;
    const uvec2 bodyAddress = add(piece.address, piece.head * kResultSize);
    [[unroll]] for (uint i = 0; i < kShare; ++i) {
        const uint quad = i * kWorkgroupSize + invocation;
        if (quad < piece.quads)
            storePacked(add(bodyAddress, quad * 4u * kResultSize), storedQuad(stage[body + quad]), kResultSize);
    }
    const uint side = sideOf(piece, invocation);
    if (side < piece.count)
        storeElement(add(piece.address, side * kResultSize), stage[(slot + side) / 4u][(slot + side) % 4u]);
}

// Scans the `rows` sums of each tile column. Returns the sum of the rows before; total receives the column's.
Element combineRows(Element sum, uint invocation, uint tileColumns, uint buffer_, out Element total) {
    const uint rows = params.tiling.rows;
    const uint lanes = params.tiling.foldLanes;
    const uint ownColumn = tileColumnOf(params.tiling, invocation);
    const uint ownSlot = ownColumn * rows + tileRowOf(params.tiling, invocation);
    if (ownColumn < tileColumns) sums[buffer_][ownSlot] = sum;
    barrier();

    const uint column = invocation / lanes;
    const uint perLane = (rows + lanes - 1u) / lanes;
    const uint begin = min(invocation % lanes * perLane, rows);
    const uint end = column < tileColumns ? min(begin + perLane, rows) : begin;
    Element laneSum = neutral();
    for (uint row = begin; row < end; ++row) laneSum = combine(laneSum, sums[buffer_][column * rows + row]);
    const Element inclusive = scanLanes(laneSum, lanes);
    Element before = shiftLanes(inclusive, lanes);
    for (uint row = begin; row < end; ++row) {
        const Element value = sums[buffer_][column * rows + row];
        sums[buffer_][column * rows + row] = before;
        before = combine(before, value);
    }
    if (column < tileColumns && invocation % lanes == lanes - 1u) totals[buffer_][column] = inclusive;
    barrier();

    const bool inTile = ownColumn < tileColumns;
    total = inTile ? totals[buffer_][ownColumn] : neutral();
    return inTile ? sums[buffer_][ownSlot] : neutral();
}

// The first `count` of kItems rows of a column, neutral beyond. Whole batches are loaded without a branch in between.
void loadRows(out Element rows[kItems], uvec2 address, uvec2 stride, uint count) {
    Bits bits[kItems];
    [[unroll]] for (uint i = 0; i < kItems; ++i) bits[i] = BITS(0u);
    if (count == kItems) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            bits[i] = loadBits(address, kSourceSize);
            address = add(address, stride);
        }
    } else {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            if (i < count) bits[i] = loadBits(address, kSourceSize);
            address = add(address, stride);
        }
    }
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        rows[i] = loaded(bits[i]);
        if (kOp != kSum && i >= count) rows[i] = neutral();
    }
}

void storeRows(Element rows[kItems], uvec2 address, uvec2 stride, uint count) {
    Bits bits[kItems];
    [[unroll]] for (uint i = 0; i < kItems; ++i) bits[i] = stored(rows[i]);
    if (count == kItems) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            storeBits(address, bits[i], kResultSize);
            address = add(address, stride);
        }
    } else {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            if (i < count) storeBits(address, bits[i], kResultSize);
            address = add(address, stride);
        }
    }
}

// Turns the rows that an invocation holds of a tile into their results, and the carry into the next tile's.
void scanTile(inout Element rows[kItems], inout Element carry, uint invocation, uint tileColumns, uint buffer_) {
    [[unroll]] for (uint i = 1; i < kItems; ++i) rows[i] = combine(rows[i - 1u], rows[i]);
    Element before = neutral();
    Element total = rows[kItems - 1u];
    if (params.tiling.rows > 1u) before = combineRows(total, invocation, tileColumns, buffer_, total);
    before = combine(carry, before);
    if (kOutput == kScanInclusive) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) rows[i] = combine(before, rows[i]);
    } else {
        [[unroll]] for (uint i = kItems - 1u; i > 0u; --i) rows[i] = combine(before, rows[i - 1u]);
        rows[0] = before;
    }
    carry = combine(carry, total);
}

// Where a column's first row in scan order is, and the way to the next one.
struct Column {
    uvec2 address;
    uvec2 stride;
};

Column columnOf(uvec2 address, uvec2 stride, uvec2 rows) {
    if (!kReverse) return Column(address, stride);
    return Column(add(address, multiply(stride, subtract(rows, 1u))), negate(stride));
}

void scanDirect(Group group, Place place, Column source, Column destination, uint invocation, uint tileColumns,
                inout Element carry) {
    const uint tileRows = params.tiling.rows * kItems;
    uint buffer_ = 0u;
    for (uint done = 0u; done < group.rows; done += min(tileRows, group.rows - done)) {
        const uint skip = min(place.row * kItems, group.rows - done);
        const uint count = place.inside ? min(kItems, group.rows - done - skip) : 0u;
        const uvec2 row = add(group.begin, done + skip);
        Element items[kItems];
        loadRows(items, add(source.address, multiply(source.stride, row)), source.stride, count);
        scanTile(items, carry, invocation, tileColumns, buffer_);
        if (kOutput != kScanTotals)
            storeRows(items, add(destination.address, multiply(destination.stride, row)), destination.stride, count);
        buffer_ ^= 1u;
    }
}

// The same for tiles that are one piece of memory, forward; the next one is on its way while the current one is scanned.
void scanStaged(Group group, Place place, uint invocation, uint tileColumns, inout Element carry) {
    const uint rows = group.rows;
    const uint columns = params.tiling.columns;
    const uint tileRows = params.tiling.rows * kItems;
    const uint lineWidth = columns * distanceUpTo(group.firstOuter, params.tiling.outer, params.tiling.slices);
    const uvec2 source = add(add(params.source, multiply(group.firstOuter, params.sourceSliceStride)),
                             multiply(params.sourceRowStride, group.begin));
    const uvec2 destination = add(add(params.destination, multiply(group.firstOuter, params.destinationSliceStride)),
                                  multiply(params.destinationRowStride, group.begin));

    Share share;
    Piece piece = pieceOf(source, min(tileRows, rows) * lineWidth, kSourceSize);
    loadShare(share, piece, invocation);
    uint buffer_ = 0u;
    for (uint done = 0u; done < rows; done += min(tileRows, rows - done)) {
        const uint here = min(tileRows, rows - done);
        putOnStage(share, piece, invocation);
        const uint sourceSlot = slotOf(piece);
        barrier();
        const uint next = done + here;
        piece = pieceOf(add(source, multiply(params.sourceRowStride, next)), min(tileRows, rows - next) * lineWidth,
                        kSourceSize);
        loadShare(share, piece, invocation);

        const uint skip = min(place.row * kItems, here);
        const uint count = place.inside ? min(kItems, here - skip) : 0u;
        const uint element = (place.slice * here + skip) * columns + place.tileColumn;
        Element items[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uint slot = sourceSlot + element + i * columns;
            items[i] = neutral();
            if (i < count) items[i] = stage[slot / 4u][slot % 4u];
        }
        scanTile(items, carry, invocation, tileColumns, buffer_);

        // Results begin at a slot of their own, so all must have read: scanTile waits for that but where rows are few.
        if (params.tiling.rows == 1u) barrier();
        if (kOutput != kScanTotals) {
            const Piece results =
                pieceOf(add(destination, multiply(params.destinationRowStride, done)), here * lineWidth, kResultSize);
            [[unroll]] for (uint i = 0; i < kItems; ++i) {
                const uint slot = slotOf(results) + element + i * columns;
                if (i < count) stage[slot / 4u][slot % 4u] = items[i];
            }
            barrier();
            storeFromStage(results, invocation);
        }
        barrier();
        buffer_ ^= 1u;
    }
}

// Of a slice's element in [outer, inner].
uvec2 sideOffset(uint operand, Place place, uint size) {
    if (!inTable(operand)) return multiply(sliceElement(params.tiling, place), size);
    return add(sliceOffset(operand, place.outer, uvec2(0u)), columnOffset(operand, place.column, size));
}

Element carryOf(Place place, uvec2 split) {
    uvec2 address = params.carries;
    if (kCarry == kCarryStates) address = add(address, split);
    if (kCarry == kCarryPerSlice) address = add(address, sideOffset(kAsideView, place, kDestinationSize));
    return loadCarry(address);
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.tiling.groups) return;
    const uint invocation = invocationNumber();
    const uint tileColumns = params.tiling.slices * params.tiling.columns;
    const Group group = groupOf(params.tiling, number);
    const Place place = placeOf(params.tiling, group, tileColumnOf(params.tiling, invocation),
                                tileRowOf(params.tiling, invocation));

    const uvec2 sourceOffset = add(sliceOffset(kInputView, place.outer, params.sourceSliceStride),
                                   columnOffset(kInputView, place.column, kSourceSize));
    const uvec2 destinationOffset = add(sliceOffset(kOutputView, place.outer, params.destinationSliceStride),
                                        columnOffset(kOutputView, place.column, kResultSize));
    const uvec2 results = add(params.tiling.extent, kOutput == kScanIncludeInitial ? 1u : 0u);
    const Column source = columnOf(add(params.source, sourceOffset), params.sourceRowStride, params.tiling.extent);
    const Column destination =
        columnOf(add(params.destination, destinationOffset), params.destinationRowStride, results);
    const uvec2 splitOffset = multiply(splitElement(params.tiling, group, place), kStateSize);

    Element carry = neutral();
    if (place.inside) carry = carryOf(place, splitOffset);
    if (kStaged) scanStaged(group, place, invocation, tileColumns, carry);
    else scanDirect(group, place, source, destination, invocation, tileColumns, carry);

    if (!place.inside || place.row != 0u) return;
    if (kOutput == kScanTotals) storeElement(add(params.destination, splitOffset), carry);
    if (add(group.begin, group.rows) != params.tiling.extent) return;
    if (kOutput == kScanIncludeInitial)
        storeElement(add(destination.address, multiply(destination.stride, params.tiling.extent)), carry);
    if (kWantsTotals) {
        storeElement(add(params.totals, sideOffset(kTotalsView, place, kResultSize)), carry);
    }
}
