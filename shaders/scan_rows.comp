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
#include "row_tile.glsl"

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint lane = kWholeWorkgroup ? invocation : invocation % kLanes;
    const uint splits = kWholeWorkgroup ? params.splits : 1u;
    const uint split = number % splits;
    // In whole-workgroup mode nothing up to the lane's offset depends on the invocation: branches on it stay uniform.
    const uint rowsPerGroup = kWorkgroupSize / kLanes;
    const uvec2 row = add(multiply(uvec2(number / splits, 0u), rowsPerGroup),
                          kWholeWorkgroup ? 0u : invocation / kLanes);
    const bool inside = less(row, params.outer);
    // Element 0 has position `shift`: the tiles of every row begin at a multiple of 16 bytes if the tensor does.
    const uint shift = kWholeWorkgroup ? row.x * (params.sourceStride.x >> 2) & 3u : 0u;
    const uvec2 positions = inside ? add(params.extent, shift) : uvec2(0);
    const uvec2 begin = multiply(uvec2(params.chunk, 0u), split);
    const uint span = distanceUpTo(begin, positions, params.chunk);
    const bool firstChunk = split == 0u;
    const bool lastChunk = add(begin, span) == positions && (span > 0u || firstChunk);
    const uvec2 rowSource = add(params.source, multiply(row, params.sourceStride));
    const uvec2 rowDestination = add(params.destination, multiply(row, params.destinationStride));
    const uvec2 chunkSource = subtract(add(rowSource, multiply(begin, 4u)), shift * 4u);
    const uvec2 chunkDestination = subtract(add(rowDestination, multiply(begin, 4u)), shift * 4u);
    const uvec2 source = add(chunkSource, lane * 16u);
    const uvec2 destination = add(chunkDestination, lane * 16u);
    const uvec2 splitOffset = multiply(add(multiply(row, splits), split), 4u);
    const bool aligned = (chunkSource.x & 15u) == 0u;
    const uint overhang = (chunkDestination.x >> 2) & 3u;
    const bool shifted = kWholeWorkgroup ? overhang != 0u : subgroupAny(overhang != 0u);

    Element carry = Element(0);
    if (kCarryIn && inside) carry = ElementAt(add(params.carries, splitOffset)).value;

    Valid valid = Valid(firstChunk ? shift : 0u, span);
    Quad next[kItems];
    loadTile(next, source, aligned, lane, valid);

    // A row of its own lanes is one tile, and rows of one subgroup must stay together.
    const uint tiled = kWholeWorkgroup ? span : kTile;
    uint buffer_ = 0u;
    for (uint done = 0u; done < tiled; done += min(kTile, tiled - done)) {
        Quad prefix[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) prefix[i] = next[i];
        const Valid following = Valid(0u, span - min(done + kTile, span));
        if (following.high > 0u) loadTile(next, add(source, words(done + kTile)), aligned, lane, following);

        Element sums[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            [[unroll]] for (uint j = 1; j < 4; ++j) prefix[i][j] = plus(prefix[i][j - 1], prefix[i][j]);
            sums[i] = prefix[i].w;
        }
        Element total;
        if (kWholeWorkgroup) total = combineWorkgroup(sums, buffer_);
        else total = combineSubgroup(sums);

        if (kOutput != kScanTotals) {
            Quad results[kItems];
            [[unroll]] for (uint i = 0; i < kItems; ++i) {
                const Element before = plus(carry, sums[i]);
                results[i] = Quad(before);
                [[unroll]] for (uint j = 0; j < 4; ++j) {
                    if (kOutput == kScanInclusive) results[i][j] = plus(before, prefix[i][j]);
                    else if (j > 0) results[i][j] = plus(before, prefix[i][j - 1]);
                }
            }
            storeTile(results, add(destination, words(done)), shifted, overhang, lane, valid);
        }
        valid = following;
        carry = plus(carry, total);
        buffer_ ^= 1u;
    }

    if (!inside || lane != 0u) return;
    if (kOutput == kScanTotals)
        ElementAt(add(params.destination, splitOffset)).value = carry;
    else if (kOutput == kScanIncludeInitial && lastChunk)
        ElementAt(add(rowDestination, multiply(params.extent, 4u))).value = carry;
}
