// argmax and argmin along the rows of [outer, extent]. A row, or one of `splits` chunks of it, belongs to a whole
// workgroup, or to kRowLanes lanes of a subgroup.
//
//   Walk     each invocation takes every lanes-th quad of 16 aligned bytes, and the elements before the first and after
//            the last one by one. Of a quad it keeps the greatest key and the quad's index: half the arithmetic.
//   Combine  subgroup operations fold the candidates; those of a workgroup's subgroups meet in shared memory.
//   Resolve  the elements of the winning quad are read again: the first with the key has the index.
//   Write    the index; or, where the row is split over workgroups, the candidate, for arg_columns to reduce.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "order.glsl"
#include "candidate.glsl"

#extension GL_KHR_shader_subgroup_arithmetic : require

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 4;
layout(constant_id = VKAXIS_ID_ARG_ROW_LANES) const uint kRowLanes = 0;

layout(push_constant, std430) uniform Push { ArgRowsParams params; };

layout(buffer_reference, std430, buffer_reference_align = 16) readonly restrict buffer Quad { uvec4 value; };

const bool kWholeWorkgroup = kRowLanes == 0u;
const uint kLanes = kWholeWorkgroup ? kWorkgroupSize : kRowLanes;

shared uint sharedKeys[kSubgroups];
shared uint sharedIndices[kSubgroups];

// Indices come in ascending order, so that a tie never replaces the first.
Candidate take(Candidate best, uint key, uint index) {
    const bool second = key > best.key;
    return Candidate(second ? key : best.key, second ? index : best.index);
}

uint quadKey(uvec4 quad) {
    return equalNaNs(max(max(roughKey(quad.x), roughKey(quad.y)), max(roughKey(quad.z), roughKey(quad.w))));
}

// `count` elements from an address on.
Candidate walk(uvec2 address, uint count, uint lane) {
    const uint head = min((0u - (address.x >> 2)) & 3u, count);
    const uint quadCount = (count - head) / 4u;
    const uint tail = head + quadCount * 4u;
    Candidate best = kNone;
    for (uint index = lane; index < head; index += kLanes)
        best = take(best, orderKey(Word(add(address, words(index))).value), index);

    // All loads of a batch are issued before the first is used.
    const uvec2 body = add(address, head * 4u);
    uint quad = lane;
    for (; quad + (kUnroll - 1u) * kLanes < quadCount; quad += kUnroll * kLanes) {
        uvec4 batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i)
            batch[i] = Quad(add(body, quads(quad + i * kLanes))).value;
        [[unroll]] for (uint i = 0; i < kUnroll; ++i)
            best = take(best, quadKey(batch[i]), head + (quad + i * kLanes) * 4u);
    }
    for (; quad < quadCount; quad += kLanes)
        best = take(best, quadKey(Quad(add(body, quads(quad))).value), head + quad * 4u);

    for (uint index = tail + lane; index < count; index += kLanes)
        best = take(best, orderKey(Word(add(address, words(index))).value), index);
    return best;
}

Candidate combineSubgroup(Candidate best, uint width) {
    if (width < kSubgroupSize) return bestOfLanes(best, width);
    const uint key = subgroupMax(best.key);
    return Candidate(key, subgroupMin(best.key == key ? best.index : kNoIndex));
}

Candidate combineWorkgroup(Candidate best) {
    best = combineSubgroup(best, kSubgroupSize);
    if (subgroupElect()) {
        sharedKeys[gl_SubgroupID] = best.key;
        sharedIndices[gl_SubgroupID] = best.index;
    }
    barrier();
    best = kNone;
    for (uint subgroup = gl_SubgroupInvocationID; subgroup < kSubgroups; subgroup += kSubgroupSize)
        best = better(best, Candidate(sharedKeys[subgroup], sharedIndices[subgroup]));
    return combineSubgroup(best, kSubgroupSize);
}

// The first element with the key among the four from the index on. Where no key was over 0 it is the first of all.
uint resolve(Candidate best, uvec2 address, uint count) {
    const uint first = best.index == kNoIndex ? 0u : best.index;
    uint found = first;
    [[unroll]] for (uint i = 3u; i > 0u; --i) {
        const uint index = first + min(i, count - 1u - first);
        if (orderKey(Word(add(address, words(index))).value) == best.key) found = index;
    }
    return orderKey(Word(add(address, words(first))).value) == best.key ? first : found;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint lane = kWholeWorkgroup ? invocation : invocation % kLanes;
    const uint splits = kWholeWorkgroup ? params.splits : 1u;
    const uint split = number % splits;
    const uint rowsPerGroup = kWorkgroupSize / kLanes;
    const uvec2 row = add(multiply(uvec2(number / splits, 0u), rowsPerGroup),
                          kWholeWorkgroup ? 0u : invocation / kLanes);
    const bool inside = less(row, params.outer);
    const uint begin = split * params.chunk;
    const uint count = inside ? min(params.chunk, params.extent - begin) : 0u;
    const uvec2 address = add(add(params.source, multiply(row, params.rowStride)), words(begin));

    Candidate best = walk(address, count, lane);
    if (kWholeWorkgroup) best = combineWorkgroup(best);
    else best = combineSubgroup(best, kLanes);
    if (!inside || lane != 0u) return;
    best.index = begin + resolve(best, address, count);
    write(params.destination, add(multiply(row, splits), split), best);
}
