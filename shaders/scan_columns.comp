// Prefix sums along the middle axis of [outer, extent, inner], inner > 1: see ColumnTiling.
//
//   Load     each invocation takes kItems successive rows of one column and adds them up in registers.
//   Combine  the sums of a column meet in shared memory, where subgroup shuffles scan them.
//   Store    every prefix, raised by the rows before: of the tile, and of the chunk (the carry).
//
// A split axis takes three dispatches: totals per chunk, an exclusive scan of the totals, the chunks with a carry in.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "tiling.glsl"
#include "scan_element.glsl"

layout(constant_id = VKAXIS_ID_SCAN_OUTPUT) const uint kOutput = kScanInclusive;
layout(constant_id = VKAXIS_ID_SCAN_CARRY_IN) const bool kCarryIn = false;
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kItems = 8;

layout(push_constant, std430) uniform Push { ScanColumnsParams params; };

// Two of each, so that a tile never overwrites what the tile before still reads.
shared Element sums[2][kWorkgroupSize];
shared Element totals[2][kWorkgroupSize];

// Scans the `rows` sums of each tile column. Returns the sum of the rows before; total receives the column's.
Element combine(Element sum, uint invocation, uint tileColumns, uint buffer_, out Element total) {
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
    Element laneSum = Element(0);
    for (uint row = begin; row < end; ++row) laneSum = plus(laneSum, sums[buffer_][column * rows + row]);
    const Element inclusive = scanLanes(laneSum, lanes);
    Element before = shiftLanes(inclusive, lanes);
    for (uint row = begin; row < end; ++row) {
        const Element value = sums[buffer_][column * rows + row];
        sums[buffer_][column * rows + row] = before;
        before = plus(before, value);
    }
    if (column < tileColumns && invocation % lanes == lanes - 1u) totals[buffer_][column] = inclusive;
    barrier();

    const bool inTile = ownColumn < tileColumns;
    total = inTile ? totals[buffer_][ownColumn] : Element(0);
    return inTile ? sums[buffer_][ownSlot] : Element(0);
}

// The first `count` of kItems rows of a column, zeros beyond. Whole batches are loaded without a branch in between.
void loadRows(out Element rows[kItems], uvec2 address, uint count) {
    [[unroll]] for (uint i = 0; i < kItems; ++i) rows[i] = Element(0);
    if (count == kItems) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            rows[i] = ElementAt(address).value;
            address = add(address, params.rowStride);
        }
    } else {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            if (i < count) rows[i] = ElementAt(address).value;
            address = add(address, params.rowStride);
        }
    }
}

void storeRows(Element rows[kItems], uvec2 address, uint count) {
    if (count == kItems) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            ElementAt(address).value = rows[i];
            address = add(address, params.rowStride);
        }
    } else {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            if (i < count) ElementAt(address).value = rows[i];
            address = add(address, params.rowStride);
        }
    }
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.tiling.groups) return;
    const uint invocation = invocationNumber();
    const uint tileColumns = params.tiling.slices * params.tiling.columns;
    const uint tileRows = params.tiling.rows * kItems;
    const Group group = groupOf(params.tiling, number);
    const Place place = placeOf(params.tiling, group, tileColumnOf(params.tiling, invocation),
                                tileRowOf(params.tiling, invocation));

    const uvec2 inRow = multiply(place.column, 4u);
    const uvec2 source = add(add(params.source, multiply(place.outer, params.sourceSliceStride)), inRow);
    const uvec2 destination = add(add(params.destination, multiply(place.outer, params.destinationSliceStride)), inRow);
    const uvec2 splitOffset = multiply(splitElement(params.tiling, group, place), 4u);

    Element carry = Element(0);
    if (kCarryIn && place.inside) carry = ElementAt(add(params.carries, splitOffset)).value;

    uint buffer_ = 0u;
    for (uint done = 0u; done < group.end - group.begin; done += min(tileRows, group.end - group.begin - done)) {
        const uint left = group.end - group.begin - done;
        const uint skip = min(place.row * kItems, left);
        const uint count = place.inside ? min(kItems, left - skip) : 0u;
        const uvec2 firstRow = multiply(params.rowStride, group.begin + done + skip);

        Element prefix[kItems];
        loadRows(prefix, add(source, firstRow), count);
        [[unroll]] for (uint i = 1; i < kItems; ++i) prefix[i] = plus(prefix[i - 1u], prefix[i]);

        Element before = Element(0);
        Element total = prefix[kItems - 1u];
        if (params.tiling.rows > 1u) before = combine(total, invocation, tileColumns, buffer_, total);

        if (kOutput != kScanTotals) {
            before = plus(carry, before);
            Element results[kItems];
            [[unroll]] for (uint i = 0; i < kItems; ++i) {
                if (kOutput == kScanInclusive) results[i] = plus(before, prefix[i]);
                else results[i] = i > 0u ? plus(before, prefix[max(i, 1u) - 1u]) : before;
            }
            storeRows(results, add(destination, firstRow), count);
        }
        carry = plus(carry, total);
        buffer_ ^= 1u;
    }

    if (!place.inside || place.row != 0u) return;
    if (kOutput == kScanTotals)
        ElementAt(add(params.destination, splitOffset)).value = carry;
    else if (kOutput == kScanIncludeInitial && group.end == params.tiling.extent)
        ElementAt(add(destination, multiply(params.rowStride, params.tiling.extent))).value = carry;
}
