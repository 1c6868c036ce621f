// Prefix scans along the rows of [outer, extent]. A row, or one of `splits` chunks of it, belongs to a whole workgroup,
// or, where rows are short, to kRowLanes lanes of a subgroup.
//
//   Load     each invocation takes kItems quads; the next tile is loaded before the current one is scanned.
//   Combine  subgroup shuffles scan the quads' totals; the subgroups' totals meet in shared memory, where every subgroup
//            scans all of them: cheaper than a second barrier.
//   Store    every prefix, raised by the quads before: of the tile, and of the chunk (the carry).
//
// A split row takes three dispatches: totals per chunk, an exclusive scan of the totals, the chunks with a carry in.
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "store.glsl"
#include "float_bits.glsl"
#include "scan_element.glsl"

layout(constant_id = VKAXIS_ID_SCAN_TOTALS) const bool kWantsTotals = false;
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kItems = 4;
layout(constant_id = VKAXIS_ID_SCAN_ROW_LANES) const uint kRowLanes = 0;

layout(push_constant, std430) uniform Push { ScanRowsParams params; };
#include "view.glsl"

const bool kWholeWorkgroup = kRowLanes == 0u;
const uint kLanes = kWholeWorkgroup ? kWorkgroupSize : kRowLanes;
#include "row_tile.glsl"

Element carryOf(uvec2 row, uvec2 split) {
    uvec2 address = params.carries;
    if (kCarry == kCarryStates) address = add(address, split);
    if (kCarry == kCarryPerSlice)
        address = add(address, sliceOffset(kAsideView, row, uvec2(kDestinationSize, 0u)));
    return loadCarry(address);
}

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
    const uvec2 results = add(params.extent, kOutput == kScanIncludeInitial ? 1u : 0u);
    const uvec2 sourceOffset =
        rowOffset(sliceOffset(kInputView, row, params.sourceStride), multiply(params.extent, kSourceSize));
    const uvec2 destinationOffset =
        rowOffset(sliceOffset(kOutputView, row, params.destinationStride), multiply(results, kResultSize));
    // Element 0 has position `shift`: the tiles of every row begin with an aligned quad if the tensor does.
    const uint shift = kWholeWorkgroup ? sourceOffset.x / kSourceSize & 3u : 0u;
    const uvec2 positions = inside ? add(params.extent, shift) : uvec2(0);
    const uvec2 begin = multiply(uvec2(params.chunk, 0u), split);
    const uint span = distanceUpTo(begin, positions, params.chunk);
    const bool firstChunk = split == 0u;
    const bool lastChunk = add(begin, span) == positions && (span > 0u || firstChunk);
    const uvec2 rowSource = rowAddress(params.source, sourceOffset);
    const uvec2 rowDestination = rowAddress(params.destination, destinationOffset);
    const uvec2 chunkSource = subtract(add(rowSource, multiply(begin, kSourceSize)), shift * kSourceSize);
    const uvec2 chunkDestination = subtract(add(rowDestination, multiply(begin, kResultSize)), shift * kResultSize);
    const uvec2 source = add(chunkSource, lane * 4u * kSourceSize);
    const uvec2 destination = add(chunkDestination, lane * 4u * kResultSize);
    const uvec2 splitOffset = multiply(add(multiply(row, splits), split), kStateSize);
    const bool aligned = isAligned(chunkSource);
    const uint overhang = overhangOf(chunkDestination);
    const bool shifted = kWholeWorkgroup ? overhang != 0u : subgroupAny(overhang != 0u);

    Element carry = neutral();
    if (inside) carry = carryOf(row, splitOffset);

    Valid valid = Valid(firstChunk ? shift : 0u, span);
    Quad next[kItems];
    loadTile(next, source, aligned, lane, valid);

    // A row of its own lanes is one tile, and rows of one subgroup must stay together.
    const uint tiled = kWholeWorkgroup ? span : kTile;
    uint buffer_ = 0u;
    for (uint done = 0u; done < tiled; done += min(kTile, tiled - done)) {
        Quad prefixes[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) prefixes[i] = next[i];
        const Valid following = Valid(0u, span - min(done + kTile, span));
        if (following.high > 0u)
            loadTile(next, add(source, bytes(done + kTile, kSourceSize)), aligned, lane, following);

        Element totals[kItems];
        scanQuads(prefixes, totals);
        Element total;
        if (kWholeWorkgroup) total = combineWorkgroup(totals, buffer_);
        else total = combineSubgroup(totals);

        if (kOutput != kScanTotals) {
            QuadBits results[kItems];
            raise(results, prefixes, carry, totals);
            storeTile(results, add(destination, bytes(done, kResultSize)), shifted, overhang, lane, valid);
        }
        valid = following;
        carry = combine(carry, total);
        buffer_ ^= 1u;
    }

    if (!inside || lane != 0u) return;
    if (kOutput == kScanTotals) storeElement(add(params.destination, splitOffset), carry);
    if (kOutput == kScanIncludeInitial && lastChunk)
        storeAt(add(rowDestination, multiply(params.extent, kResultSize)), stored(carry));
    if (kWantsTotals && lastChunk)
        storeElement(add(params.totals, sliceOffset(kTotalsView, row, uvec2(kResultSize, 0u))), carry);
}
