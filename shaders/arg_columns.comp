// argmax and argmin along the middle axis of [outer, extent, inner]: see ColumnTiling.
//
//   Walk     each invocation takes every rows-th row of one column of the workgroup's chunk and keeps the best.
//   Combine  the candidates of a column meet in shared memory and are folded by subgroup shuffles.
//   Write    the index; or, where the axis is split over workgroups, the candidate, for a second dispatch of this
//            kernel to reduce [outer, splits, inner].
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "tiling.glsl"
#include "element.glsl"
#include "order.glsl"
#include "candidate.glsl"

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 8;

layout(push_constant, std430) uniform Push { ArgColumnsParams params; };
#include "view.glsl"

const uint kColumnSize = kSource == kPartials ? kPartialSize : kSourceSize;

shared Key sharedKeys[kWorkgroupSize];
shared uint sharedIndices[kWorkgroupSize];

Bits load(uvec2 address) { return loadBits(address, kSource == kPartials ? 4u * WORDS : kSourceSize); }

void takeBits(inout Candidate best[kReductions], Bits bits, uint row) {
    [[unroll]] for (uint r = 0; r < kReductions; ++r)
        best[r] = take(best[r], kSource == kPartials ? bits : orderKey(bits, r), row);
}

uvec2 columnAddress(Place place) {
    return add(params.source, add(sliceOffset(kInputView, place.outer, params.sliceStride),
                                  columnOffset(kInputView, place.column, kColumnSize)));
}

// Indices count from the beginning of the workgroup's chunk.
void walk(out Candidate best[kReductions], Group group, Place place) {
    const bool idle = !place.inside || place.row >= group.rows;
    [[unroll]] for (uint r = 0; r < kReductions; ++r) best[r] = Candidate(Key(0u), idle ? kNoIndex : place.row);
    if (idle) return;

    const uint stride = params.tiling.rows;
    const uvec2 step = multiply(params.rowStride, stride);
    uvec2 address = add(columnAddress(place), multiply(params.rowStride, add(group.begin, place.row)));
    uint remaining = (group.rows - place.row - 1u) / stride + 1u;
    uint row = place.row;

    // All loads of a batch are issued before the first is used.
    for (; remaining >= kUnroll; remaining -= kUnroll) {
        Bits batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
            batch[i] = load(address);
            address = add(address, step);
        }
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
            takeBits(best, batch[i], row);
            row += stride;
        }
    }
    for (; remaining > 0u; --remaining) {
        takeBits(best, load(address), row);
        address = add(address, step);
        row += stride;
    }
}

// Returns to invocation foldLanes * c the best of tile column c.
Candidate combine(Candidate best, uint invocation, uint tileColumns) {
    const uint rows = params.tiling.rows;
    const uint lanes = params.tiling.foldLanes;
    const uint column = tileColumnOf(params.tiling, invocation);
    if (column < tileColumns) {
        const uint slot = column * rows + tileRowOf(params.tiling, invocation);
        sharedKeys[slot] = best.key;
        sharedIndices[slot] = best.index;
    }
    barrier();
    best = none();
    if (invocation / lanes < tileColumns) {
        const uint firstSlot = invocation / lanes * rows;
        for (uint row = invocation % lanes; row < rows; row += lanes)
            best = better(best, Candidate(sharedKeys[firstSlot + row], sharedIndices[firstSlot + row]));
    }
    barrier();
    return bestOfLanes(best, lanes);
}

void write(uvec2 destination, Group group, Place place, Candidate best) {
    if (kDestination == kPartials) {
        writePartial(add(destination, multiply(splitElement(params.tiling, group, place), kPartialSize)), best);
        return;
    }
    uvec2 begin = group.begin;
    if (kSource == kPartials) {
        begin = multiply(uvec2(best.index, 0u), params.partialChunk);
        const uvec2 partial = add(columnAddress(place), multiply(params.rowStride, best.index));
        best.index = WordAt(add(partial, 4u * WORDS)).value;
    }
    const uvec2 offset = add(sliceOffset(kOutputView, place.outer, params.resultStride),
                             columnOffset(kOutputView, place.column, kDestinationSize));
    writeIndex(add(destination, offset), best, begin);
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.tiling.groups) return;
    const uint invocation = invocationNumber();
    const uint tileColumns = params.tiling.slices * params.tiling.columns;
    const Group group = groupOf(params.tiling, number);

    Candidate best[kReductions];
    walk(best, group,
         placeOf(params.tiling, group, tileColumnOf(params.tiling, invocation), tileRowOf(params.tiling, invocation)));

    const uint lanes = params.tiling.foldLanes;
    const Place result = placeOf(params.tiling, group, invocation / lanes, 0u);
    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        const Candidate folded = combine(best[r], invocation, tileColumns);
        if (invocation % lanes == 0u && result.inside)
            write(r == 0u ? params.destination : params.second, group, result, folded);
    }
}
