// Prefix sums along the rows of [outer, extent]. A row, or one of `splits` chunks of it, belongs to a whole workgroup,
// or, where rows are short, to kRowLanes lanes of a subgroup.
//
//   Load     each invocation takes kItems quads; the next tile is loaded before the current one is scanned.
//   Combine  subgroup shuffles scan the quads' sums; the subgroups' sums meet in shared memory, where every subgroup
//            scans all of them: cheaper than a second barrier.
//   Store    every prefix, raised by the quads before: of the tile, and of the chunk (the carry).
//
// A split row takes three dispatches: totals per chunk, an exclusive scan of the totals, the chunks with a carry in.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "scan_element.glsl"

layout(constant_id = VKAXIS_ID_SCAN_OUTPUT) const uint kOutput = kScanInclusive;
layout(constant_id = VKAXIS_ID_SCAN_CARRY_IN) const bool kCarryIn = false;
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kItems = 4;
layout(constant_id = VKAXIS_ID_SCAN_ROW_LANES) const uint kRowLanes = 0;

layout(push_constant, std430) uniform Push { ScanRowsParams params; };

const bool kWholeWorkgroup = kRowLanes == 0u;
const uint kLanes = kWholeWorkgroup ? kWorkgroupSize : kRowLanes;
const uint kTile = kLanes * kItems * 4u;
const uint kPartials = kItems * kSubgroups;

// Two, so that a tile never overwrites what the tile before still reads.
shared Element partials[2][kPartials];

bool aligned(uvec2 address) { return (address.x & 15u) == 0u; }

// The first `count` elements at the address, 0 beyond.
Quad loadQuad(uvec2 address, uint count) {
    if (count == 4u && aligned(address)) return QuadAt(address).value;
    Quad quad = Quad(0);
    [[unroll]] for (uint i = 0; i < 4; ++i)
        if (i < count) quad[i] = ElementAt(add(address, 4u * i)).value;
    return quad;
}

void storeQuad(uvec2 address, Quad quad, uint count) {
    if (count == 4u && aligned(address)) {
        QuadAt(address).value = quad;
        return;
    }
    [[unroll]] for (uint i = 0; i < 4; ++i)
        if (i < count) ElementAt(add(address, 4u * i)).value = quad[i];
}

// How many of the item's four elements lie before the end of the chunk; `left` counts from the tile's beginning.
uint itemCount(uint item, uint lane, uint left) {
    const uint first = (item * kLanes + lane) * 4u;
    return first < left ? min(left - first, 4u) : 0u;
}

// Turns the sum of each of the invocation's quads into the sum of all quads of the tile before it; returns the tile's.
Element combineSubgroup(inout Element sums[kItems]) {
    Element running = Element(0);
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        const Element inclusive = scanLanes(sums[i], kLanes);
        sums[i] = plus(running, shiftLanes(inclusive, kLanes));
        running = plus(running, subgroupShuffle(inclusive, gl_SubgroupInvocationID | (kLanes - 1u)));
    }
    return running;
}

Element combineWorkgroup(inout Element sums[kItems], uint buffer_) {
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        const Element inclusive = scanLanes(sums[i], gl_SubgroupSize);
        sums[i] = shiftLanes(inclusive, gl_SubgroupSize);
        if (gl_SubgroupInvocationID == gl_SubgroupSize - 1u) partials[buffer_][i * kSubgroups + gl_SubgroupID] = inclusive;
    }
    barrier();
    Element running = Element(0);
    for (uint first = 0u; first < kPartials; first += gl_SubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        Element partial = Element(0);
        if (own < kPartials) partial = partials[buffer_][own];
        const Element inclusive = scanLanes(partial, gl_SubgroupSize);
        const Element before = plus(running, shiftLanes(inclusive, gl_SubgroupSize));
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uint wanted = i * kSubgroups + gl_SubgroupID - first;
            const Element offset = subgroupShuffle(before, wanted % gl_SubgroupSize);
            if (wanted < gl_SubgroupSize) sums[i] = plus(offset, sums[i]);
        }
        running = plus(running, subgroupShuffle(inclusive, gl_SubgroupSize - 1u));
    }
    return running;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint lane = kWholeWorkgroup ? invocation : invocation % kLanes;
    const uint rowsPerGroup = kWorkgroupSize / kLanes;
    const uint split = number % params.splits;
    const uvec2 row = add(multiply(uvec2(number / params.splits, 0u), rowsPerGroup), invocation / kLanes);
    const bool inside = less(row, params.outer);

    const uint begin = split * params.chunk;
    const uint extent = min(params.chunk, params.extent - begin);
    const uvec2 laneOffset = add(words(begin), lane * 16u);
    const uvec2 source = add(add(params.source, multiply(row, params.sourceStride)), laneOffset);
    const uvec2 destination = add(add(params.destination, multiply(row, params.destinationStride)), laneOffset);
    const uvec2 splitOffset = multiply(add(multiply(row, params.splits), split), 4u);

    Element carry = Element(0);
    if (kCarryIn && inside) carry = ElementAt(add(params.carries, splitOffset)).value;

    Quad next[kItems];
    [[unroll]] for (uint i = 0; i < kItems; ++i)
        next[i] = loadQuad(add(source, i * kLanes * 16u), inside ? itemCount(i, lane, extent) : 0u);

    uint buffer_ = 0u;
    for (uint done = 0u; done < extent; done += min(kTile, extent - done)) {
        const uint left = extent - done;
        Quad prefix[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) prefix[i] = next[i];
        if (left > kTile) {
            const uvec2 nextTile = add(source, words(done + kTile));
            [[unroll]] for (uint i = 0; i < kItems; ++i)
                next[i] = loadQuad(add(nextTile, i * kLanes * 16u), inside ? itemCount(i, lane, left - kTile) : 0u);
        }

        Element sums[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            [[unroll]] for (uint j = 1; j < 4; ++j) prefix[i][j] = plus(prefix[i][j - 1], prefix[i][j]);
            sums[i] = prefix[i].w;
        }
        Element total;
        if (kWholeWorkgroup) total = combineWorkgroup(sums, buffer_);
        else total = combineSubgroup(sums);

        if (kOutput != kScanTotals) {
            const uvec2 tile = add(destination, words(done));
            [[unroll]] for (uint i = 0; i < kItems; ++i) {
                const Element before = plus(carry, sums[i]);
                Quad result = Quad(before);
                [[unroll]] for (uint j = 0; j < 4; ++j) {
                    if (kOutput == kScanInclusive) result[j] = plus(before, prefix[i][j]);
                    else if (j > 0) result[j] = plus(before, prefix[i][j - 1]);
                }
                storeQuad(add(tile, i * kLanes * 16u), result, inside ? itemCount(i, lane, left) : 0u);
            }
        }
        carry = plus(carry, total);
        buffer_ ^= 1u;
    }

    if (!inside || lane != 0u) return;
    if (kOutput == kScanTotals)
        ElementAt(add(params.destination, splitOffset)).value = carry;
    else if (kOutput == kScanIncludeInitial && begin + extent == params.extent)
        ElementAt(add(destination, words(extent))).value = carry;
}
