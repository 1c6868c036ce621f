// argmax and argmin along the rows of [outer, extent]. A row, or one of `splits` chunks of it, belongs to a whole
// workgroup, or to kRowLanes lanes of a subgroup.
//
//   Walk     each invocation takes every lanes-th aligned quad, and the elements before the first and after the last one
//            by one. Of a quad it keeps the greatest key and the quad's index: half the arithmetic.
//   Combine  subgroup operations fold the candidates; those of a workgroup's subgroups meet in shared memory.
//   Resolve  the elements of the winning quad are read again: the first (last) with the key has the index.
//   Write    the index. Where the row is split over workgroups, the candidate instead, for the last of them to fold
//            (FOLDS) or for arg_columns to reduce.
#version 460
#if FOLDS
#pragma use_vulkan_memory_model
#endif
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "order.glsl"
#include "candidate.glsl"
#if FOLDS
#include "row_fold.glsl"
#endif

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kWholeBatch = 4;
layout(constant_id = VKAXIS_ID_ARG_ROW_LANES) const uint kRowLanes = 0;
// The most loads that whole batches leave over.
layout(constant_id = VKAXIS_ID_ARG_ROW_REST) const uint kRest = 4;

layout(push_constant, std430) uniform Push { ArgRowsParams params; };
#include "view.glsl"

const bool kWholeBatches = kWholeBatch != 0u;
const uint kUnroll = kWholeBatches ? kWholeBatch : 1u;
const bool kWholeWorkgroup = kRowLanes == 0u;
#if FOLDS
const bool kSplit = true;
#else
const bool kSplit = kDestination == kPartials;
#endif
const uint kLanes = kWholeWorkgroup ? kWorkgroupSize : kRowLanes;

shared Key sharedKeys[kSubgroups];
shared uint sharedIndices[kSubgroups];

Bits loadElement(uvec2 row, uint index) { return loadBits(add(row, bytes(index, kSourceSize)), kSourceSize); }

void takeElement(inout Candidate best[kReductions], Bits bits, uint index) {
    [[unroll]] for (uint r = 0; r < kReductions; ++r) best[r] = take(best[r], orderKey(bits, r), index);
}

void takeQuad(inout Candidate best[kReductions], QuadBits quad, uint index) {
    [[unroll]] for (uint r = 0; r < kReductions; ++r) best[r] = take(best[r], quadKey(quad, r), index);
}

// `count` elements from an address on, the first of which has the index `base`.
void walk(inout Candidate best[kReductions], uvec2 address, uint base, uint count, uint lane) {
    const uint head = min((0u - address.x / kSourceSize) & 3u, count);
    const uint quadCount = (count - head) / 4u;
    const uint tail = head + quadCount * 4u;
    for (uint i = lane; i < head; i += kLanes) takeElement(best, loadElement(address, i), base + i);

    // All loads of a batch are issued before the first is used; in the last one those beyond the last quad read it again. The
    // lanes of a row come to that one together.
    const uvec2 body = add(address, head * kSourceSize);
    const uint first = base + head;
    uint quad = lane;
    uint left = quadCount;
    if (kWholeBatches) {
        for (; left >= kUnroll * kLanes; left -= kUnroll * kLanes) {
            QuadBits batch[kUnroll];
            [[unroll]] for (uint i = 0; i < kUnroll; ++i)
                batch[i] = loadQuadBits(add(body, bytes((quad + i * kLanes) * 4u, kSourceSize)));
            [[unroll]] for (uint i = 0; i < kUnroll; ++i) takeQuad(best, batch[i], first + (quad + i * kLanes) * 4u);
            quad += kUnroll * kLanes;
        }
    }
    if (left > 0u) {
        QuadBits batch[kRest];
        [[unroll]] for (uint i = 0; i < kRest; ++i)
            batch[i] = loadQuadBits(add(body, bytes(min(quad + i * kLanes, quadCount - 1u) * 4u, kSourceSize)));
        [[unroll]] for (uint i = 0; i < kRest; ++i)
            takeQuad(best, batch[i], first + min(quad + i * kLanes, quadCount - 1u) * 4u);
    }

    for (uint i = tail + lane; i < count; i += kLanes) takeElement(best, loadElement(address, i), base + i);
}

Candidate combineWorkgroup(Candidate best, uint reduction) {
    best = bestOfSubgroup(best);
    if (reduction > 0u) barrier();  // before which the one before is still read
    if (subgroupElect()) {
        sharedKeys[gl_SubgroupID] = best.key;
        sharedIndices[gl_SubgroupID] = best.index;
    }
    barrier();
    best = none();
    [[unroll]] for (uint first = 0u; first < kSubgroups; first += kSubgroupSize) {
        const uint subgroup = first + gl_SubgroupInvocationID;
        if (subgroup < kSubgroups) best = better(best, Candidate(sharedKeys[subgroup], sharedIndices[subgroup]));
    }
    return bestOfSubgroup(best);
}

Candidate combine(Candidate best, uint reduction) {
    if (kWholeWorkgroup) return combineWorkgroup(best, reduction);
    if (kLanes == kSubgroupSize) return bestOfSubgroup(best);
    return bestOfLanes(best, kLanes);
}

// The first (last) element with the key among the four from the candidate's index on. Where no key was over 0 the candidate
// may have no index, and it is the first of all.
uint resolve(Candidate best, uvec2 address, uint count, uint reduction) {
    const uint first = best.index == 0xffffffffu ? 0u : best.index;
    uint found = first;
    [[unroll]] for (uint i = 1u; i < 4u; ++i) {
        const uint index = first + min(kTieLast ? i : 4u - i, count - 1u - first);
        if (orderKey(loadElement(address, index), reduction) == best.key) found = index;
    }
    if (!kTieLast && orderKey(loadElement(address, first), reduction) == best.key) found = first;
    return found;
}

#if FOLDS
// Workgroups do not end together by themselves: chunks leave the end of the row, in tiles, for whoever is done.
const uint kTile = kWorkgroupSize * kUnroll * 4u;

void walkTurns(inout Candidate best[kReductions], uvec2 address, uint split, uvec2 turns, uint lane) {
    const uvec2 chunks = multiply(uvec2(params.chunk, 0u), params.splits);
    uvec2 begin = multiply(uvec2(params.chunk, 0u), split);
    uint count = distanceUpTo(begin, params.extent, params.chunk);
    while (count > 0u) {
        walk(best, add(address, multiply(begin, kSourceSize)), begin.x, count, lane);
        if (!less(chunks, params.extent)) return;
        barrier();
        begin = add(chunks, multiply(uvec2(kTile, 0u), countAt(turns, lane)));
        count = distanceUpTo(begin, params.extent, kTile);
    }
}

// Only the winner of the whole row is resolved.
void foldSplits(Candidate best[kReductions], uvec2 row, uvec2 address, uint split, uvec2 counters, uint lane) {
    const uvec2 stride = uvec2(kLeftSizes, 0u);
    const uvec2 partials = add(params.partials, multiply(multiply(row, params.splits), stride.x));
    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        const Candidate winner = combine(best[r], r);
        if (lane == 0u) leavePartial(add(add(partials, multiply(stride, split)), r * kLeftSize), winner);
    }
    if (!isLastOf(params.splits, counters, lane)) return;
    if (lane == 0u) putWord(add(counters, 4u * kTurnCounter), 0u);

    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        Candidate winner =
            combine(foldPartials(add(partials, r * kLeftSize), stride, params.splits, lane, kWorkgroupSize), r);
        if (lane == 0u) {
            winner.index = resolve(winner, address, params.extent.x, r);
            writeIndex(add(r == 0u ? params.destination : params.second,
                           sliceOffset(kOutputView, row, params.resultStride)),
                       winner, uvec2(0u));
        }
    }
}
#endif

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint lane = kWholeWorkgroup ? invocation : invocation % kLanes;
    const uint splits = kSplit ? params.splits : 1u;
    const uint split = number % splits;
    const uint rowsPerGroup = kWorkgroupSize / kLanes;
    const uvec2 row = add(multiply(uvec2(number / splits, 0u), rowsPerGroup),
                          kWholeWorkgroup ? 0u : invocation / kLanes);
    const uvec2 source = add(params.source, sliceOffset(kInputView, row, params.rowStride));
    Candidate best[kReductions];
    [[unroll]] for (uint r = 0; r < kReductions; ++r) best[r] = none();
#if FOLDS
    const uvec2 counters = add(params.counters, multiply(row, 4u * kRowCounters));
    walkTurns(best, source, split, add(counters, 4u * kTurnCounter), lane);
    foldSplits(best, row, source, split, counters, lane);
#else
    const bool inside = less(row, params.outer);
    const uvec2 begin = multiply(uvec2(split, 0u), params.chunk);
    const uint count = inside ? distanceUpTo(begin, params.extent, params.chunk) : 0u;
    const uvec2 address = add(source, multiply(begin, kSourceSize));
    walk(best, address, 0u, count, lane);
    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        Candidate winner = combine(best[r], r);
        if (inside && lane == 0u) {
            winner.index = resolve(winner, address, count, r);
            const uvec2 destination = r == 0u ? params.destination : params.second;
            if (kDestination == kPartials)
                writePartial(add(destination, multiply(add(multiply(row, splits), split), kPartialSize)), winner);
            else
                writeIndex(add(destination, sliceOffset(kOutputView, row, params.resultStride)), winner, begin);
        }
    }
#endif
}
