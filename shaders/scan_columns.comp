// Prefix scans along the middle axis of [outer, extent, inner]: see ColumnTiling.
//
//   Load     each invocation takes kItems successive rows of one column and adds them up in registers. Where columns
//            are few they are staged: the tile, one piece of memory, passes through shared memory, so that it is still
//            read and written in aligned quads.
//   Combine  the sums of a column meet in shared memory, where subgroup shuffles scan them.
//   Store    every prefix, raised by the rows before: of the tile, and of the chunk (the carry).
//
// Where an axis has few rows a workgroup takes several tiles at once, and needs neither of the latter.
//
// A split axis takes three dispatches: totals per chunk, an exclusive scan of the totals, the chunks with a carry in. Or two,
// where chunks are so few that a workgroup sums up the totals before its own.
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
layout(constant_id = VKAXIS_ID_SCAN_TILES) const uint kTiles = 1;

layout(push_constant, std430) uniform Push { ScanColumnsParams params; };
#include "view.glsl"
#include "column_tile.glsl"
#include "stage.glsl"

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

// Where a column's first row in scan order is, and the way to the next one.
struct Column {
    uvec2 address;
    uvec2 stride;
};

Column columnOf(uvec2 address, uvec2 stride, uvec2 rows) {
    if (!kReverse) return Column(address, stride);
    return Column(add(address, multiply(stride, subtract(rows, 1u))), negate(stride));
}

Column sourceOf(Place place) {
    const uvec2 offset = add(sliceOffset(kInputView, place.outer, params.sourceSliceStride),
                             columnOffset(kInputView, place.column, kSourceSize));
    return columnOf(add(params.source, offset), params.sourceRowStride, params.tiling.extent);
}

Column destinationOf(Place place) {
    const uvec2 offset = add(sliceOffset(kOutputView, place.outer, params.destinationSliceStride),
                             columnOffset(kOutputView, place.column, kResultSize));
    const uvec2 results = add(params.tiling.extent, kOutput == kScanIncludeInitial ? 1u : 0u);
    return columnOf(add(params.destination, offset), params.destinationRowStride, results);
}

// What follows a whole column.
void storeTotals(Place place, Column destination, Element total) {
    if (kOutput == kScanIncludeInitial)
        storeElement(add(destination.address, multiply(destination.stride, params.tiling.extent)), total);
    if (kWantsTotals) storeElement(add(params.totals, sideOffset(kTotalsView, place, kResultSize)), total);
}

// The sum of the chunks before the workgroup's: each row of invocations takes an equal share of their totals. All invocations
// take as many turns, or lavapipe 22.3 lets some pass the barriers that follow.
Element sumOfChunksBefore(Group group, Place place, uint invocation, uint tileColumns) {
    const uint kBatch = 8u;
    const uint chunks = group.split;
    const uint share = (chunks + params.tiling.rows - 1u) / params.tiling.rows;
    const uint begin = place.row * share;
    if (!place.inside) {
        place.outer = group.firstOuter;
        place.column = group.firstColumn;
    }
    group.split = 0u;
    const uvec2 totals = add(params.carries, multiply(splitElement(params.tiling, group, place), kStateSize));
    const uvec2 stride = multiply(params.tiling.inner, kStateSize);
    Element sum = neutral();
    // All loads of a batch are issued before the first is used; those beyond the last chunk read it again.
    for (uint done = 0u; done < share; done += kBatch) {
        Bits batch[kBatch];
        [[unroll]] for (uint i = 0; i < kBatch; ++i)
            batch[i] = loadBits(add(totals, multiply(stride, min(begin + done + i, chunks - 1u))), kStateSize);
        [[unroll]] for (uint i = 0; i < kBatch; ++i)
            if (done + i < share && begin + done + i < chunks) sum = combine(sum, stateOf(batch[i]));
    }
    if (params.tiling.rows == 1u) return sum;
    Element total;
    combineRows(sum, invocation, tileColumns, 1u, total);  // the first tile takes the other buffer
    return total;
}

void scanDirect(Group group, Place place, Column source, Column destination, uint invocation, uint tileColumns,
                inout Element carry) {
    const uint tileRows = params.tiling.rows * kItems;
    uint buffer_ = 0u;
    for (uint done = 0u; done < group.rows; done += min(tileRows, group.rows - done)) {
        // Subgroups in step with each other: what they read next lies in the same pages of memory.
        if (params.tiling.rows == 1u) barrier();
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

// The same forward, of a single slice, whose tiles are pieces of memory; the next one is on its way while the current one is
// scanned.
void scanStaged(Group group, Place place, uint invocation, uint tileColumns, inout Element carry) {
    const uint rows = group.rows;
    const uint columns = params.tiling.columns;
    const uint tileRows = params.tiling.rows * kItems;
    const Lines sources = Lines(params.sourceRowStride.x / kSourceSize, columns);
    const Lines destinations = Lines(params.destinationRowStride.x / kResultSize, columns);
    const uvec2 source = add(add(params.source, multiply(group.firstOuter, params.sourceSliceStride)),
                             multiply(params.sourceRowStride, group.begin));
    const uvec2 destination = add(add(params.destination, multiply(group.firstOuter, params.destinationSliceStride)),
                                  multiply(params.destinationRowStride, group.begin));

    Share share;
    Piece piece = pieceOf(source, sizeOf(sources, min(tileRows, rows)), kSourceSize);
    loadShare(share, piece, invocation);
    uint buffer_ = 0u;
    for (uint done = 0u; done < rows; done += min(tileRows, rows - done)) {
        const uint here = min(tileRows, rows - done);
        putOnStage(share, piece, invocation);
        const uint sourceSlot = slotOf(piece);
        barrier();
        const uint next = done + here;
        piece = pieceOf(add(source, multiply(params.sourceRowStride, next)), sizeOf(sources, min(tileRows, rows - next)),
                        kSourceSize);
        loadShare(share, piece, invocation);

        const uint skip = min(place.row * kItems, here);
        const uint count = place.inside ? min(kItems, here - skip) : 0u;
        Element items[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uint slot = sourceSlot + (skip + i) * sources.stride + place.tileColumn;
            items[i] = neutral();
            if (i < count) items[i] = staged(slot);
        }
        scanTile(items, carry, invocation, tileColumns, buffer_);

        // Results begin at a slot of their own, so all must have read: a tile has several rows, and scanTile barriers.
        if (kOutput != kScanTotals) {
            const Piece results = pieceOf(add(destination, multiply(params.destinationRowStride, done)),
                                          sizeOf(destinations, here), kResultSize);
            [[unroll]] for (uint i = 0; i < kItems; ++i) {
                const uint slot = slotOf(results) + (skip + i) * destinations.stride + place.tileColumn;
                if (i < count) putAt(slot, items[i]);
            }
            barrier();
            if (destinations.stride == destinations.width) storePiece(results, invocation);
            else storeLines(results, destinations, invocation);
        }
        barrier();
        buffer_ ^= 1u;
    }
}

// Several tiles whose columns have an invocation each, which takes all of their kItems rows. The loads of all tiles are in
// flight together.
void scanTiles(uint number, uint invocation) {
    Place places[kTiles];
    Element rows[kTiles][kItems];
    TileWalk walk = walkFrom(params.tiling, number * kTiles, invocation);
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        places[t] = walk.place;
        advance(params.tiling, walk);
        if (places[t].inside) {
            const Column source = sourceOf(places[t]);
            loadRows(rows[t], source.address, source.stride, kItems);
        }
    }
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        if (!places[t].inside) continue;
        Element carry = carryOf(places[t], uvec2(0u));
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const Element sum = combine(carry, rows[t][i]);
            rows[t][i] = kOutput == kScanInclusive ? sum : carry;
            carry = sum;
        }
        const Column destination = destinationOf(places[t]);
        storeRows(rows[t], destination.address, destination.stride, kItems);
        storeTotals(places[t], destination, carry);
    }
}

void main() {
    const uint number = workgroupNumber();
    if (kTiles > 1u) {
        scanTiles(number, invocationNumber());
        return;
    }
    if (number >= params.tiling.groups) return;
    const uint invocation = invocationNumber();
    const uint tileColumns = params.tiling.slices * params.tiling.columns;
    const Group group = groupOf(params.tiling, number);
    const Place place = placeOf(params.tiling, group, tileColumnOf(params.tiling, invocation),
                                tileRowOf(params.tiling, invocation));

    const Column source = sourceOf(place);
    const Column destination = destinationOf(place);
    const uvec2 splitOffset = multiply(splitElement(params.tiling, group, place), kStateSize);

    Element carry = neutral();
    if (kCarry == kCarryTotals) carry = sumOfChunksBefore(group, place, invocation, tileColumns);
    else if (place.inside) carry = carryOf(place, splitOffset);
    if (kStaged) scanStaged(group, place, invocation, tileColumns, carry);
    else scanDirect(group, place, source, destination, invocation, tileColumns, carry);

    if (!place.inside || place.row != 0u) return;
    if (kOutput == kScanTotals) storeElement(add(params.destination, splitOffset), carry);
    if (add(group.begin, group.rows) == params.tiling.extent) storeTotals(place, destination, carry);
}
