// argmax and argmin along the middle axis of [outer, extent, inner]: see ColumnTiling.
//
//   Walk     each invocation takes every rows-th row of one column of the workgroup's chunk and keeps the best.
//   Combine  the candidates of a column meet in shared memory and are folded by subgroup shuffles.
//   Write    the index. Where the axis is split over workgroups, the candidate instead, for the last of them to fold
//            (FOLDS) or for a second dispatch of this kernel to reduce [outer, splits, inner].
#version 460
#if FOLDS
#pragma use_vulkan_memory_model
#endif
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
layout(constant_id = VKAXIS_ID_ARG_TILES) const uint kTiles = 1;
#if FOLDS
#include "fold.glsl"
#endif

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

    const uint stride = params.tiling.rows;
    const uvec2 step = multiply(params.rowStride, stride);
    uvec2 address = add(columnAddress(place), multiply(params.rowStride, add(group.begin, place.row)));
    // No return instead: where a fold follows, NVIDIA 580 runs the loop at half the speed behind one.
    const uint rows = (group.rows - place.row - 1u) / stride + 1u;
    uint remaining = idle ? 0u : rows;
    uint row = place.row;

    // All loads of a batch are issued before the first is used; in the last one those beyond the last row read it again.
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
    if (remaining > 0u) {
        Bits batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) batch[i] = load(add(address, multiply(step, min(i, remaining - 1u))));
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) takeBits(best, batch[i], row + min(i, remaining - 1u) * stride);
    }
}

// Returns to invocation foldLanes * c the best of tile column c.
Candidate combine(Candidate best, uint invocation, uint tileColumns) {
    if (params.tiling.rows == 1u) return best;
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
    // Spare lanes fold the last column once more: on lavapipe 22.3 subgroups that skip the loop are a barrier ahead.
    const uint firstSlot = min(invocation / lanes, tileColumns - 1u) * rows;
    for (uint row = invocation % lanes; row < rows; row += lanes)
        best = better(best, Candidate(sharedKeys[firstSlot + row], sharedIndices[firstSlot + row]));
    barrier();
    return bestOfLanes(best, lanes);
}

uvec2 resultOf(uint reduction, Place place) {
    return add(reduction == 0u ? params.destination : params.second,
               add(sliceOffset(kOutputView, place.outer, params.resultStride),
                   columnOffset(kOutputView, place.column, kDestinationSize)));
}

#if FOLDS
uvec2 partialOf(uint reduction, Group group, Place place) {
    return add(add(params.partials, multiply(splitElement(params.tiling, group, place), kPartialsSize)),
               reduction * kPartialSize);
}

// Folds what the workgroups of each column left in scratch memory.
void foldSplits(uint reduction, Group group, uint invocation, uint tileColumns, Place result) {
    const uint row = tileRowOf(params.tiling, invocation);
    Place place = placeOf(params.tiling, group, tileColumnOf(params.tiling, invocation), row);
    if (!place.inside) place = placeOf(params.tiling, group, 0u, row);
    group.split = 0u;
    const Candidate best = combine(foldPartials(partialOf(reduction, group, place),
                                                multiply(params.tiling.inner, kPartialsSize), params.tiling.splits,
                                                row, params.tiling.rows),
                                   invocation, tileColumns);
    if (invocation % params.tiling.foldLanes == 0u && result.inside)
        writeIndex(resultOf(reduction, result), best, uvec2(0u));
}
#else
void write(uint reduction, Group group, Place place, Candidate best) {
    if (kDestination == kPartials) {
        const uvec2 destination = reduction == 0u ? params.destination : params.second;
        writePartial(add(destination, multiply(splitElement(params.tiling, group, place), kPartialSize)), best);
        return;
    }
    uvec2 begin = group.begin;
    if (kSource == kPartials) {
        begin = multiply(uvec2(best.index, 0u), params.second.x);
        const uvec2 partial = add(columnAddress(place), multiply(params.rowStride, best.index));
        best.index = WordAt(add(partial, 4u * WORDS)).value;
    }
    writeIndex(resultOf(reduction, place), best, begin);
}
#endif

#if !FOLDS
// Several tiles whose columns have an invocation each, which takes all of their kUnroll rows. The loads of all tiles are in
// flight together.
void reduceTiles(uint number, uint invocation) {
    Place places[kTiles];
    uvec2 addresses[kTiles];
    Bits rows[kTiles][kUnroll];
    TileWalk walk = walkFrom(params.tiling, number * kTiles, invocation);
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        places[t] = walk.place;
        advance(params.tiling, walk);
    }
    // In a loop of its own: NVIDIA 580 does not unroll a long one that goes through tables, and keeps arrays in memory then.
    [[unroll]] for (uint t = 0; t < kTiles; ++t) addresses[t] = columnAddress(places[t]);
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) rows[t][i] = BITS(0u);
        if (places[t].inside) {
            [[unroll]] for (uint i = 0; i < kUnroll; ++i)
                rows[t][i] = load(add(addresses[t], multiply(params.rowStride, i)));
        }
    }
    [[unroll]] for (uint t = 0; t < kTiles; ++t) {
        Candidate best[kReductions];
        [[unroll]] for (uint r = 0; r < kReductions; ++r) best[r] = Candidate(Key(0u), 0u);
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) takeBits(best, rows[t][i], i);
        [[unroll]] for (uint r = 0; r < kReductions; ++r)
            if (places[t].inside) writeIndex(resultOf(r, places[t]), best[r], uvec2(0u));
    }
}
#endif

void main() {
    const uint number = workgroupNumber();
#if !FOLDS
    if (kTiles > 1u) {
        reduceTiles(number, invocationNumber());
        return;
    }
#endif
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
        if (invocation % lanes == 0u && result.inside) {
#if FOLDS
            leavePartial(partialOf(r, group, result), folded, group.begin);
#else
            write(r, group, result, folded);
#endif
        }
    }
#if FOLDS
    const uint tile = number / params.tiling.panels / params.tiling.splits * params.tiling.panels +
                      number % params.tiling.panels;
    if (!isLastOf(params.tiling.splits, add(params.counters, multiply(uvec2(tile, 0u), 4u)), invocation)) return;
    [[unroll]] for (uint r = 0; r < kReductions; ++r) foldSplits(r, group, invocation, tileColumns, result);
#endif
}
