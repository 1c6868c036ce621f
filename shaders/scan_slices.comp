// Prefix scans along the middle axis of [outer, extent, columns], whose slices are small pieces of memory, one stride apart.
//
//   Load     a workgroup takes some slices at a turn, as one piece of memory, gaps and all, in aligned quads. Those of its
//            next turn are on their way while it works on these.
//   Stage    the piece passes through shared memory, where each invocation finds up to kItems successive rows of a column.
//   Combine  the sums of a column meet in shared memory: see column_tile.
//   Store    results pass through shared memory as well, and are stored in aligned quads but at gaps.
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
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kItems = 15;

layout(push_constant, std430) uniform Push { ScanSlicesParams params; };
#include "view.glsl"
#include "column_tile.glsl"
#define STAGE_PADDED
#include "stage.glsl"

// In scan order, of so many rows.
uint memoryRow(uint row, uint rows) { return kReverse ? rows - 1u - row : row; }

Piece pieceOfTurn(uvec2 operand, uint turn, Lines lines, uint size) {
    const uvec2 first = multiply(uvec2(turn, 0u), params.tiling.slices);
    const uint slices = distanceUpTo(first, params.tiling.outer, params.tiling.slices);
    return pieceOf(add(operand, multiply(first, bytes(lines.stride, size))), sizeOf(lines, slices), size);
}

// As storeLines, but in quads, for long lines: a quad meets at most two.
void storeLongLines(Piece piece, Lines lines, uint invocation) {
    [[unroll]] for (uint i = 0; i < kShare; ++i) {
        const uint element = piece.head + (i * kWorkgroupSize + invocation) * 4u;
        if (element + 4u > piece.count) continue;
        const Quad quad = stage[padded((slotOf(piece) + element) / 4u)];
        const uvec2 address = add(piece.address, element * kResultSize);
        const uint place = element % lines.stride;
        if (place + 4u <= lines.width) {
            storePacked(address, storedQuad(quad), kResultSize, 4u);
        } else {
            [[unroll]] for (uint j = 0; j < 4; ++j) {
                const bool inNext = place + j >= lines.stride;
                if (place + j < lines.width || inNext) storeElement(add(address, j * kResultSize), quad[j]);
            }
        }
    }
    const uint side = sideOf(piece, invocation);
    if (side < piece.count && side % lines.stride < lines.width)
        storeElement(add(piece.address, side * kResultSize), staged(slotOf(piece) + side));
}

const uint kLongLine = 32u;

void storeResults(Piece piece, Lines lines, uint invocation) {
    if (lines.stride == lines.width) storePiece(piece, invocation);
    else if (lines.width >= kLongLine) storeLongLines(piece, lines, invocation);
    else storeLines(piece, lines, invocation);
}

void main() {
    uint turn = workgroupNumber();
    if (turn >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint columns = params.tiling.columns;
    const uint tileColumns = params.tiling.slices * columns;
    const uint extent = params.tiling.extent.x;
    const uint results = extent + (kOutput == kScanIncludeInitial ? 1u : 0u);
    const Lines sources = Lines(params.sourceStride, extent * columns);
    const Lines destinations = Lines(params.destinationStride, results * columns);
    Place place;
    place.row = tileRowOf(params.tiling, invocation);
    place.slice = invocation / (params.tiling.rows * columns);
    place.tileColumn = invocation % columns;
    place.column = uvec2(place.tileColumn, 0u);
    const uint skip = place.row * kItems;

    Share share;
    Piece piece = pieceOfTurn(params.source, turn, sources, kSourceSize);
    loadShare(share, piece, invocation);
    while (true) {
        putOnStage(share, piece, invocation);
        const uint sourceSlot = slotOf(piece);
        barrier();
        const uint next = turn + params.groups;
        piece = pieceOfTurn(params.source, next, sources, kSourceSize);
        loadShare(share, piece, invocation);

        place.outer = add(multiply(uvec2(turn, 0u), params.tiling.slices), place.slice);
        place.inside = isInside(params.tiling, place);
        const uint count = place.inside ? min(extent - min(skip, extent), kItems) : 0u;
        Element items[kItems];
        const uint source = sourceSlot + place.slice * sources.stride + place.tileColumn;
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            items[i] = neutral();
            if (i < count) items[i] = staged(source + memoryRow(skip + i, extent) * columns);
        }
        Element carry = neutral();
        if (place.inside) carry = carryOf(place, uvec2(0u));
        scanTile(items, carry, invocation, tileColumns, 0u);

        // Results begin at a slot of their own, so all must have read: scanTile waits for that but where rows are few.
        if (params.tiling.rows == 1u) barrier();
        const Piece resultPiece = pieceOfTurn(params.destination, turn, destinations, kResultSize);
        const uint destination = slotOf(resultPiece) + place.slice * destinations.stride + place.tileColumn;
        [[unroll]] for (uint i = 0; i < kItems; ++i)
            if (i < count) putAt(destination + memoryRow(skip + i, results) * columns, items[i]);
        if (place.inside && skip == 0u) {
            if (kOutput == kScanIncludeInitial) putAt(destination + memoryRow(extent, results) * columns, carry);
            if (kWantsTotals) storeElement(add(params.totals, sideOffset(kTotalsView, place, kResultSize)), carry);
        }
        barrier();
        storeResults(resultPiece, destinations, invocation);
        if (next >= params.tiling.groups) break;
        turn = next;
        barrier();
    }
}
