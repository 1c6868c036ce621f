// The first dispatch of a scan along the middle axis of [outer, extent, inner] that is split over workgroups: the total of
// every chunk of every column, where columns are few and a chunk is a piece of memory, perhaps with a gap behind each row.
//
//   Walk     each invocation takes every lanes-th aligned quad of the chunk, gaps and all. As 4 * lanes is a multiple of the
//            pitch, its quads hold the same columns again and again. What is behind the last quad begins the sums of the lane
//            whose turn it would be, and what is before the first one ends those of the last lane.
//   Combine  the sums of a column meet in shared memory and are folded by subgroup shuffles.
//
// Elements that are a multiple of 4 * lanes apart go into one sum, against the order of memory, and the sums are folded in the
// order of their first elements: wherever the first quad begins, results have the same bits. As the terms are not in the
// order of the axis, this is not for products of floats.
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "store.glsl"
#include "float_bits.glsl"
#include "scan_element.glsl"

layout(constant_id = VKAXIS_ID_SCAN_REVERSE) const bool kReverse = false;
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kUnroll = 4;

layout(push_constant, std430) uniform Push { ScanColumnTotalsParams params; };
#include "view.glsl"
#include "piece.glsl"

shared Quad laneSums[kWorkgroupSize];

Quad combineQuads(Quad a, Quad b) {
    Quad sum;
    [[unroll]] for (uint j = 0; j < 4; ++j) sum[j] = combine(a[j], b[j]);
    return sum;
}

Element elementOf(Piece piece, uint index) {
    return loaded(loadBits(add(piece.address, bytes(index, kSourceSize)), kSourceSize));
}

// Of every lanes-th quad, by place in the quad. From the chunk's end to its beginning, where the dispatch that comes after
// begins if it scans forward: that much is in the cache then.
Quad sumOf(Piece piece, uint lane) {
    const uvec2 body = add(piece.address, piece.head * kSourceSize);
    const uint lanes = params.lanes;
    // Who is left over has no quads: leaving a kernel before the loop has halved the loop's speed (docs/measurements.md).
    uint left = lane < lanes ? (piece.quads + lanes - 1u - lane) / lanes : 0u;
    const uint behind = piece.head + piece.quads * 4u;
    Quad sum;
    [[unroll]] for (uint j = 0; j < 4; ++j) {
        sum[j] = neutral();
        if (j < 3u && lane == piece.quads % lanes && behind + j < piece.count) sum[j] = elementOf(piece, behind + j);
    }
    // All loads of a batch are issued before the first is used.
    for (; left >= kUnroll; left -= kUnroll) {
        Quad batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i)
            batch[i] = loadStates(add(body, bytes(((left - 1u - i) * lanes + lane) * 4u, kSourceSize)));
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) sum = combineQuads(sum, batch[i]);
    }
    for (; left > 0u; --left)
        sum = combineQuads(sum, loadStates(add(body, bytes(((left - 1u) * lanes + lane) * 4u, kSourceSize))));
    [[unroll]] for (uint j = 0; j < 4; ++j)
        if (lane == lanes - 1u && j + piece.head >= 4u) sum[j] = combine(sum[j], elementOf(piece, j + piece.head - 4u));
    return sum;
}

// What one of params.foldLanes lanes has of a column.
Element ofColumn(Piece piece, uint column, uint lane) {
    const uint places = 4u * params.lanes;
    Element sum = neutral();
    for (uint first = column + lane * params.pitch; first < places; first += params.foldLanes * params.pitch) {
        const uint place = (first + places - piece.head) % places;
        sum = combine(sum, laneSums[place / 4u][place % 4u]);
    }
    return sum;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint split = number % params.splits;
    const uvec2 slice = uvec2(number / params.splits, 0u);
    const uvec2 begin = multiply(uvec2(params.chunk, 0u), split);
    const uint rows = distanceUpTo(begin, params.extent, params.chunk);
    const uvec2 firstRow = kReverse ? subtract(subtract(params.extent, begin), rows) : begin;
    const uvec2 address = add(add(params.source, sliceOffset(kInputView, slice, params.sliceStride)),
                              multiply(firstRow, params.pitch * kSourceSize));
    const Piece piece = pieceOf(address, (rows - 1u) * params.pitch + params.columns, kSourceSize);

    laneSums[invocation] = sumOf(piece, invocation);
    barrier();
    const uint lanes = params.foldLanes;
    const uint column = invocation / lanes;
    Element sum = neutral();
    if (column < params.columns) sum = ofColumn(piece, column, invocation % lanes);
    const Element total = scanLanes(sum, lanes);
    if (column >= params.columns || invocation % lanes != lanes - 1u) return;
    const uvec2 line = add(multiply(slice, params.splits), split);
    storeElement(add(params.destination, multiply(add(multiply(line, params.columns), column), kStateSize)), total);
}
