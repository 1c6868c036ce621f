// Prefix scans along the rows of [outer, extent]. A row belongs to a whole workgroup, or, where rows are short, to kRowLanes
// lanes of a subgroup.
//
//   Load     each invocation takes kItems quads; the next tile is loaded before the current one is scanned.
//   Combine  subgroup shuffles scan the totals of each invocation's quads; the subgroups' totals meet in shared memory, where
//            every subgroup scans all of them: cheaper than a second barrier.
//   Store    every prefix, raised by what comes before: of the tile, and of the row (the carry). Where results begin within
//            a quad of memory, invocations hand on what is left over, so that quads are written whole.
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
#include "row_carry.glsl"

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint lane = kWholeWorkgroup ? invocation : invocation % kLanes;
    // In whole-workgroup mode nothing up to the lane's offset depends on the invocation: branches on it stay uniform.
    const uint rowsPerGroup = kWorkgroupSize / kLanes;
    const uvec2 row = add(multiply(uvec2(number, 0u), rowsPerGroup), kWholeWorkgroup ? 0u : invocation / kLanes);
    const bool inside = less(row, params.outer);
    const uint results = params.extent + (kOutput == kScanIncludeInitial ? 1u : 0u);
    const uvec2 sourceOffset =
        rowOffset(sliceOffset(kInputView, row, params.sourceStride), bytes(params.extent, kSourceSize));
    const uvec2 destinationOffset =
        rowOffset(sliceOffset(kOutputView, row, params.destinationStride), bytes(results, kResultSize));
    const uint shift = kWholeWorkgroup ? shiftOf(sourceOffset) : 0u;
    const uint span = inside ? params.extent + shift : 0u;
    const uvec2 rowSource = rowAddress(params.source, sourceOffset);
    const uvec2 rowDestination = rowAddress(params.destination, destinationOffset);
    const uvec2 tileSource = subtract(rowSource, shift * kSourceSize);
    const uvec2 tileDestination = subtract(rowDestination, shift * kResultSize);
    const uvec2 source = add(tileSource, positionOf(0u, lane) * kSourceSize);
    const uvec2 destination = add(tileDestination, positionOf(0u, lane) * kResultSize);
    const bool aligned = isAligned(tileSource);
    const uint overhang = overhangOf(tileDestination);
    const bool shifted = kWholeWorkgroup ? overhang != 0u : subgroupAny(overhang != 0u);

    Element carry = neutral();
    if (inside) carry = carryOf(row);

    Valid valid = Valid(shift, span);
    Quad next[kItems];
    loadTile(next, source, aligned, lane, valid);

    // A row of its own lanes is one tile, and rows of one subgroup must stay together.
    const uint tiled = kWholeWorkgroup ? span : kTile;
    uint buffer_ = 0u;
    for (uint done = 0u; done < tiled; done += min(kTile, tiled - done)) {
        Quad prefixes[kItems];
        [[unroll]] for (uint i = 0; i < kItems; ++i) prefixes[i] = next[i];
        const Valid following = Valid(0u, span - min(done + kTile, span));
        const bool follows = following.high > 0u;
        if (kWholeWorkgroup && follows)
            loadTile(next, add(source, bytes(done + kTile, kSourceSize)), aligned, lane, following);

        Element totals[kRuns];
        scanRuns(prefixes, totals);
        Element total;
        if (kWholeWorkgroup) total = combineWorkgroup(totals, buffer_);
        else total = combineSubgroup(totals);

        QuadBits results[kRuns];
        raise(results, prefixes, carry, totals);
        storeTile(results, add(destination, bytes(done, kResultSize)), shifted, overhang, lane, valid);
        valid = following;
        carry = combine(carry, total);
        buffer_ ^= 1u;
    }

    if (!inside || lane != 0u) return;
    if (kOutput == kScanIncludeInitial) storeAt(add(rowDestination, bytes(params.extent, kResultSize)), stored(carry));
    if (kWantsTotals)
        storeElement(add(params.totals, sliceOffset(kTotalsView, row, uvec2(kResultSize, 0u))), carry);
}
