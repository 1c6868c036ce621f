// Prefix sums along few, long rows of [outer, extent] in one pass over memory. A workgroup scans one tile and learns the
// sum of the tiles before it from their workgroups (Merrill and Garland, "Single-pass parallel prefix scan with decoupled
// look-back", NVIDIA NVR-2016-002), but always in the same tree: all tiles before it in its block, one per invocation,
// and a chain over the blocks. Results do not depend on who comes first.
//
//   Load      the tile, as scan_rows does.
//   Publish   the tile's sum.
//   Look back for the sums of the block's earlier tiles and for the chain, which the block before has published.
//   Store     every prefix, raised by what came before.
//
// No workgroup waits for ever: a sum that does not come is computed again from the input, with the same bits.
#version 460
#pragma use_vulkan_memory_model
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_GOOGLE_include_directive : require
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "scan_element.glsl"

layout(constant_id = VKAXIS_ID_SCAN_OUTPUT) const uint kOutput = kScanInclusive;
layout(constant_id = VKAXIS_ID_SCAN_PATIENCE) const uint kPatience = 4096;
layout(constant_id = VKAXIS_ID_SCAN_ITEMS) const uint kItems = 4;

layout(push_constant, std430) uniform Push { ScanLookBackParams params; };

layout(buffer_reference, std430, buffer_reference_align = 4) buffer SlotAt { uint value; };

const bool kWholeWorkgroup = true;
const uint kLanes = kWorkgroupSize;
#include "row_tile.glsl"

const uint kBlock = kWorkgroupSize;  // tiles

shared Element blockSums[2][kSubgroups];
shared uint missing[kSubgroups];  // whether a subgroup did not find a sum
shared Element sharedElement;
shared uint sharedFlag;

// A row's tiles and records.
struct Row {
    uvec2 source;
    uvec2 destination;
    uvec2 records;
    uint shift;  // position of element 0, as in scan_rows
};

uvec2 slotOf(Row row, uint block, uint pair) {
    return add(row.records, multiply(add(multiply(uvec2(block, 0u), kBlock + kRecordTiles), pair), 8u));
}

// Value and presence travel in the same words, half a value in each, so that whoever reads needs no fence. With a lead a tile's sum
// has two authors, and the first to publish wins: in place only that one is sure to have read the input. Returns whether
// it was this one.
bool publish(uvec2 slot, Element value) {
    const uint high = bitsOf(value) | 0xffffu;
    const uint low = bitsOf(value) << 16 | 0xffffu;
    if (params.lead == 0u)
        atomicStore(SlotAt(slot).value, high, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
    else if (atomicCompSwap(SlotAt(slot).value, 0u, high, gl_ScopeDevice, gl_StorageSemanticsBuffer,
                            gl_SemanticsRelaxed, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed) != 0u)
        return false;
    atomicStore(SlotAt(add(slot, 4u)).value, low, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
    // Before this workgroup stores its tile (see tileSum) and leaves.
    memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease);
    return true;
}

bool peek(uvec2 slot, out Element value) {
    const uint high = atomicLoad(SlotAt(slot).value, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
    const uint low =
        atomicLoad(SlotAt(add(slot, 4u)).value, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
    value = elementOf((high & 0xffff0000u) | low >> 16);
    return (high & low & 0xffffu) != 0u;
}

// 0 if it does not come.
bool await(uvec2 slot, out Element value) {
    bool found = false;
    for (uint i = 0; i < kPatience && !found; ++i) found = peek(slot, value);
    if (!found) value = Element(0);
    return found;
}

Valid validOf(Row row, uint tile) {
    const uvec2 begin = multiply(uvec2(tile, 0u), kTile);
    return Valid(tile == 0u ? row.shift : 0u, distanceUpTo(begin, add(params.extent, row.shift), kTile));
}

uvec2 tileAddress(uvec2 rowAddress, uint shift, uint tile, uint lane) {
    const uvec2 begin = multiply(multiply(uvec2(tile, 0u), kTile), 4u);
    return subtract(add(add(rowAddress, begin), lane * 16u), shift * 4u);
}

// Each quad's own prefixes, the sum of the tile's quads before it, and the tile's.
Element scanTile(Row row, uint tile, uint lane, uint buffer_, out Quad prefix[kItems], out Element sums[kItems]) {
    const uvec2 address = tileAddress(row.source, row.shift, tile, lane);
    const uvec2 first = tileAddress(row.source, row.shift, tile, 0u);
    loadTile(prefix, address, (first.x & 15u) == 0u, lane, validOf(row, tile));
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        [[unroll]] for (uint j = 1; j < 4; ++j) prefix[i][j] = plus(prefix[i][j - 1], prefix[i][j]);
        sums[i] = prefix[i].w;
    }
    return combineWorkgroup(sums, buffer_);
}

// The sum of every invocation's value.
Element sumOfWorkgroup(Element value, uint buffer_) {
    const Element inclusive = scanLanes(value, kSubgroupSize);
    if (gl_SubgroupInvocationID == kSubgroupSize - 1u) blockSums[buffer_][gl_SubgroupID] = inclusive;
    barrier();
    Element running = Element(0);
    for (uint first = 0u; first < kSubgroups; first += kSubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        Element partial = Element(0);
        if (own < kSubgroups) partial = blockSums[buffer_][own];
        running = plus(running, subgroupShuffle(scanLanes(partial, kSubgroupSize), kSubgroupSize - 1u));
    }
    return running;
}

// All invocations look at a slot together.
bool peekTogether(uvec2 slot, uint lane, out Element value) {
    barrier();
    if (lane == 0u) {
        sharedFlag = peek(slot, value) ? 1u : 0u;
        sharedElement = value;
    }
    barrier();
    value = sharedElement;
    return kPatience > 0u && sharedFlag != 0u;
}

// Computed from the input as in main, but with few registers.
Element computeTileSum(Row row, uint tile, uint lane) {
    const uvec2 address = tileAddress(row.source, row.shift, tile, lane);
    const bool aligned = (tileAddress(row.source, row.shift, tile, 0u).x & 15u) == 0u;
    Element sums[kItems];
    [[dont_unroll]] for (uint i = 0; i < kItems; ++i) {
        const Quad quad = loadQuad(add(address, i * kLanes * 16u), aligned, positionOf(i, lane), validOf(row, tile));
        sums[i] = plus(plus(plus(quad.x, quad.y), quad.z), quad.w);
    }
    return combineWorkgroup(sums, 1u);
}

// A tile's sum: as published, or else computed. In place the input may have become the output meanwhile, but not before
// the sum was published, so the slot has the last word. Nothing computed here is published: its owner will do that, or
// has done it and the record is zero again.
Element tileSum(Row row, uint tile, uint lane) {
    const uvec2 slot = slotOf(row, tile / kBlock, kRecordTiles + tile % kBlock);
    Element published;
    if (peekTogether(slot, lane, published)) return published;
    const Element computed = computeTileSum(row, tile, lane);
    memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease);
    return peekTogether(slot, lane, published) ? published : computed;
}

// The sum of all tiles before `tile`, from the nearest chain that is published on, without waiting.
Element lookBackAlone(Row row, uint tile, uint lane) {
    Element chain = Element(0);
    uint block = tile / kBlock;
    while (block > 0u && !peekTogether(slotOf(row, block, kRecordChain), lane, chain)) --block;
    if (block == 0u) chain = Element(0);

    Element own = Element(0);
    [[dont_unroll]] for (uint other = block * kBlock; other < tile; ++other) {
        const Element sum = tileSum(row, other, lane);
        if (other % kBlock < kBlock - 1u) {
            if (lane == other % kBlock) own = sum;
        } else {
            barrier();
            chain = plus(plus(chain, sumOfWorkgroup(own, 1u)), sum);
            own = Element(0);
            Element published;
            if (peekTogether(slotOf(row, other / kBlock + 1u, kRecordChain), lane, published)) chain = published;
        }
    }
    barrier();
    return plus(chain, sumOfWorkgroup(own, 1u));
}

// The sum of all tiles before `tile`.
Element lookBack(Row row, uint tile, uint lane) {
    const uint block = tile / kBlock;
    // The last invocation never has a tile to wait for, so it waits for the chain.
    const bool ofChain = lane == kBlock - 1u;
    Element value = Element(0);
    bool found = true;
    if (lane < tile % kBlock) found = await(slotOf(row, block, kRecordTiles + lane), value);
    else if (ofChain && block > 0u) found = await(slotOf(row, block, kRecordChain), value);
    const bool allFound = subgroupAll(found);
    if (subgroupElect()) missing[gl_SubgroupID] = allFound ? 0u : 1u;
    if (ofChain) sharedElement = value;
    const Element sum = sumOfWorkgroup(ofChain ? Element(0) : value, 0u);
    uint misses = 0u;
    for (uint first = 0u; first < kSubgroups; first += kSubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        if (own < kSubgroups) misses |= missing[own];
    }
    if (subgroupAny(misses != 0u)) return lookBackAlone(row, tile, lane);
    return plus(sharedElement, sum);
}

// Leaves a block's record after the last access to it. The last to leave, of the workgroups of the block's tiles and of the
// tile before, which publish the chain into it, zeroes the record for the next recording. The sums that this one read are
// here already, so leaving needs no fence.
void leave(Row row, uint block) {
    const uint tiles = min(kBlock, params.tiles - block * kBlock) + (block > 0u ? 1u : 0u);
    const uint visitors = tiles * (params.lead > 0u ? 2u : 1u);
    uint before = 0u;
    if (subgroupElect())
        before = atomicAdd(SlotAt(slotOf(row, block, kRecordCounter)).value, 1u, gl_ScopeDevice,
                           gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
    if (subgroupBroadcastFirst(before) + 1u < visitors) return;
    memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease);
    for (uint pair = gl_SubgroupInvocationID; pair < kBlock + kRecordTiles; pair += kSubgroupSize) {
        const uvec2 slot = slotOf(row, block, pair);
        atomicStore(SlotAt(slot).value, 0u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
        atomicStore(SlotAt(add(slot, 4u)).value, 0u, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
    }
}

void store(Row row, uint tile, uint lane, Element before, Element total, Quad prefix[kItems], Element sums[kItems]) {
    Quad results[kItems];
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        const Element own = plus(before, sums[i]);
        results[i] = Quad(own);
        [[unroll]] for (uint j = 0; j < 4; ++j) {
            if (kOutput == kScanInclusive) results[i][j] = plus(own, prefix[i][j]);
            else if (j > 0) results[i][j] = plus(own, prefix[i][j - 1]);
        }
    }
    const uint overhang = (tileAddress(row.destination, row.shift, tile, 0u).x >> 2) & 3u;
    storeTile(results, tileAddress(row.destination, row.shift, tile, lane), overhang != 0u, overhang, lane,
              validOf(row, tile));
    if (kOutput == kScanIncludeInitial && tile + 1u == params.tiles && lane == 0u)
        ElementAt(add(row.destination, multiply(params.extent, 4u))).value = plus(before, total);
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint lane = invocationNumber();
    // With a lead, every other workgroup only sums a tile that another one will scan, when it is still in the cache.
    const bool leads = params.lead > 0u && number % 2u == 0u;
    const bool follows = params.lead > 0u && !leads;
    const uint turn = params.lead > 0u ? number / 2u : number;
    const uint place = turn - (follows ? params.lead : 0u);  // beyond all tiles for the first to follow
    if (place >= params.tiles * params.rows) return;
    const uint tile = place % params.tiles;
    const uint block = tile / kBlock;
    const uvec2 rowNumber = uvec2(place / params.tiles, 0u);
    const uint blocks = (params.tiles - 1u) / kBlock + 1u;
    const Row row = Row(add(params.source, multiply(rowNumber, params.sourceStride)),
                        add(params.destination, multiply(rowNumber, params.destinationStride)),
                        add(params.slots, multiply(multiply(multiply(rowNumber, blocks), kBlock + kRecordTiles), 8u)),
                        rowNumber.x * (params.sourceStride.x >> 2) & 3u);

    Quad prefix[kItems];
    Element sums[kItems];
    const Element total = scanTile(row, tile, lane, 0u, prefix, sums);
    bool first = false;
    if (lane == 0u) first = publish(slotOf(row, block, kRecordTiles + tile % kBlock), total);
    const bool endsBlock = tile % kBlock == kBlock - 1u && tile + 1u < params.tiles;
    if (!leads || endsBlock) {
        const Element before = lookBack(row, tile, lane);
        if (endsBlock && first) publish(slotOf(row, block + 1u, kRecordChain), plus(before, total));
        if (!leads) store(row, tile, lane, before, total, prefix, sums);
    }
    if (gl_SubgroupID != 0u) return;
    leave(row, block);
    if (endsBlock) leave(row, block + 1u);
}
