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

// The positions of a tile that hold elements: low to high, less than kTile past them.
struct Valid {
    uint low;
    uint high;
};

// Where the lane's quad lies in its tile.
uint positionOf(uint item, uint lane) { return (item * kLanes + lane) * 4u; }

// The elements of the quad at a position that are valid: from, and to or beyond.
uint firstOf(Valid valid, uint position) { return valid.low - min(position, valid.low); }
uint endOf(Valid valid, uint position) { return valid.high - min(position, valid.high); }

bool isWhole(Valid valid) { return valid.low == 0u && valid.high >= kTile; }

// The tile's quads of one lane, 0 where there is no element. The address is that of the lane's first quad.
void loadTile(out Quad quads[kItems], uvec2 address, bool aligned, uint lane, Valid valid) {
    if (aligned && isWhole(valid)) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) quads[i] = QuadAt(add(address, i * kLanes * 16u)).value;
        return;
    }
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        const uvec2 quadAddress = add(address, i * kLanes * 16u);
        const uint first = firstOf(valid, positionOf(i, lane));
        const uint end = endOf(valid, positionOf(i, lane));
        quads[i] = Quad(0);
        if (kWholeWorkgroup && aligned && first == 0u && end >= 4u) {
            quads[i] = QuadAt(quadAddress).value;
        } else {
            [[unroll]] for (uint j = 0; j < 4; ++j)
                if (j >= first && j < end) quads[i][j] = ElementAt(add(quadAddress, j * 4u)).value;
        }
    }
}

// Stores the elements first to end of a quad, one by one.
void storeElements(uvec2 address, Quad quad, uint first, uint end) {
    [[unroll]] for (uint j = 0; j < 4; ++j)
        if (j >= first && j < end) ElementAt(add(address, j * 4u)).value = quad[j];
}

// Stores a quad that lies `overhang` elements past a 16-byte boundary. Each lane hands as many elements to the next, so
// that all but the edges is still written 16 bytes at a time.
void storeShifted(uvec2 address, Quad quad, uint overhang, uint position, Valid valid) {
    const uint width = min(kLanes, kSubgroupSize);
    const uint lane = gl_SubgroupInvocationID % width;
    const uint previous = gl_SubgroupInvocationID - min(lane, 1u);
    const Quad before = Quad(Element(0), subgroupShuffle(quad.y, previous), subgroupShuffle(quad.z, previous),
                             subgroupShuffle(quad.w, previous));
    const Quad whole = overhang == 0u   ? quad
                       : overhang == 1u ? Quad(before.w, quad.xyz)
                       : overhang == 2u ? Quad(before.zw, quad.xy)
                                        : Quad(before.yzw, quad.x);
    const uint own = 4u - overhang;
    const bool takes = lane > 0u && position - overhang >= valid.low && position + own <= valid.high;
    const bool hands = lane < width - 1u && position + own >= valid.low && position + own + 4u <= valid.high;
    if (takes) QuadAt(subtract(address, overhang * 4u)).value = whole;
    storeElements(address, quad, takes ? own : firstOf(valid, position),
                  min(endOf(valid, position), hands ? own : 4u));
}

// shifted: whether a lane of the subgroup has an overhang; the same in all lanes, as the shuffles need it.
void storeTile(Quad quads[kItems], uvec2 address, bool shifted, uint overhang, uint lane, Valid valid) {
    if (shifted) {
        [[unroll]] for (uint i = 0; i < kItems; ++i)
            storeShifted(add(address, i * kLanes * 16u), quads[i], overhang, positionOf(i, lane), valid);
    } else if (isWhole(valid)) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) QuadAt(add(address, i * kLanes * 16u)).value = quads[i];
    } else {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uvec2 quadAddress = add(address, i * kLanes * 16u);
            const uint first = firstOf(valid, positionOf(i, lane));
            const uint end = endOf(valid, positionOf(i, lane));
            if (kWholeWorkgroup && first == 0u && end >= 4u) QuadAt(quadAddress).value = quads[i];
            else storeElements(quadAddress, quads[i], first, end);
        }
    }
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
        const Element inclusive = scanLanes(sums[i], kSubgroupSize);
        sums[i] = shiftLanes(inclusive, kSubgroupSize);
        if (gl_SubgroupInvocationID == kSubgroupSize - 1u) partials[buffer_][i * kSubgroups + gl_SubgroupID] = inclusive;
    }
    barrier();
    Element running = Element(0);
    for (uint first = 0u; first < kPartials; first += kSubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        Element partial = Element(0);
        if (own < kPartials) partial = partials[buffer_][own];
        const Element inclusive = scanLanes(partial, kSubgroupSize);
        const Element before = plus(running, shiftLanes(inclusive, kSubgroupSize));
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uint wanted = i * kSubgroups + gl_SubgroupID - first;
            const Element offset = subgroupShuffle(before, wanted % kSubgroupSize);
            if (wanted < kSubgroupSize) sums[i] = plus(offset, sums[i]);
        }
        running = plus(running, subgroupShuffle(inclusive, kSubgroupSize - 1u));
    }
    return running;
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
