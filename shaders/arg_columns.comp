// argmax and argmin along the middle axis of [outer, extent, inner]: see ColumnTiling.
//
//   Walk     each invocation takes every rows-th row of one column of the workgroup's chunk and keeps the best.
//   Combine  the candidates of a column meet in shared memory and are folded by subgroup shuffles.
//   Write    the index; or, where the axis is split over workgroups, the candidate, for a second dispatch of this
//            kernel to reduce [outer, splits, inner].
#version 460
#extension GL_GOOGLE_include_directive : require
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "tiling.glsl"
#include "order.glsl"
#include "candidate.glsl"

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 8;

layout(push_constant, std430) uniform Push { ArgColumnsParams params; };

shared uint sharedKeys[kWorkgroupSize];
shared uint sharedIndices[kWorkgroupSize];

Candidate load(uvec2 address, uint row) {
    if (kSource == kArgPartials) {
        const uvec2 pair = Pair(address).value;
        return Candidate(pair.x, pair.y);
    }
    return Candidate(orderKey(Word(address).value), row);
}

// Rows come in ascending order, so that a tie never replaces the first index; partials bring indices of their own.
Candidate take(Candidate best, Candidate next) {
    if (kSource == kArgPartials) return better(best, next);
    const bool second = next.key > best.key;
    return Candidate(second ? next.key : best.key, second ? next.index : best.index);
}

Candidate walk(Group group, Place place) {
    const uint rows = group.end - group.begin;
    if (!place.inside || place.row >= rows) return kNone;

    const uint first = group.begin + place.row;
    const uint stride = params.tiling.rows;
    const uvec2 step = multiply(params.rowStride, stride);
    uvec2 address = add(add(params.source, multiply(place.outer, params.sliceStride)),
                        add(multiply(params.rowStride, first),
                            multiply(place.column, kSource == kArgPartials ? 8u : 4u)));
    Candidate best = Candidate(0u, kSource == kArgPartials ? kNoIndex : first);
    uint remaining = (rows - place.row - 1u) / stride + 1u;
    uint row = first;

    // All loads of a batch are issued before the first is used.
    for (; remaining >= kUnroll; remaining -= kUnroll) {
        Candidate batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
            batch[i] = load(address, row);
            address = add(address, step);
            row += stride;
        }
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) best = take(best, batch[i]);
    }
    for (; remaining > 0u; --remaining) {
        best = take(best, load(address, row));
        address = add(address, step);
        row += stride;
    }
    return best;
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
    best = kNone;
    if (invocation / lanes < tileColumns) {
        const uint firstSlot = invocation / lanes * rows;
        for (uint row = invocation % lanes; row < rows; row += lanes)
            best = better(best, Candidate(sharedKeys[firstSlot + row], sharedIndices[firstSlot + row]));
    }
    return bestOfLanes(best, lanes);
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.tiling.groups) return;
    const uint invocation = invocationNumber();
    const uint tileColumns = params.tiling.slices * params.tiling.columns;
    const Group group = groupOf(params.tiling, number);

    const Place place = placeOf(params.tiling, group, tileColumnOf(params.tiling, invocation),
                                tileRowOf(params.tiling, invocation));
    const Candidate best = combine(walk(group, place), invocation, tileColumns);

    const uint lanes = params.tiling.foldLanes;
    const Place result = placeOf(params.tiling, group, invocation / lanes, 0u);
    if (invocation % lanes == 0u && result.inside)
        write(params.destination, splitElement(params.tiling, group, result), best);
}
