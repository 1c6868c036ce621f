// Prefix scans along few, long rows of [outer, extent] in one pass over memory. A workgroup scans one tile and learns the
// sum of the tiles before it from their workgroups (Merrill and Garland, "Single-pass parallel prefix scan with decoupled
// look-back", NVIDIA NVR-2016-002), but always in the same tree: all tiles before it in its block, one per invocation,
// and a chain over the blocks. Results do not depend on who comes first, and have the same bits as those of scan_tiles.
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
layout(constant_id = VKAXIS_ID_SCAN_PATIENCE) const uint kPatience = 4096;

layout(push_constant, std430) uniform Push { ScanLookBackParams params; };
#include "view.glsl"

#include "device_word.glsl"
#include "long_row.glsl"
#include "row_carry.glsl"
#include "tile_sums.glsl"

shared uint missing[kSubgroups];  // whether a subgroup did not find a sum
shared Element sharedElement;
shared Element sharedPrefix;
shared uint sharedFlag;

// What a row's tiles have before them.
struct Past {
    uvec2 records;
    Element carry;  // what the scan starts with
};

uvec2 slotOf(Past past, uint block, uint pair) {
    return add(past.records, multiply(add(multiply(uvec2(block, 0u), kBlock + kRecordTiles), pair), 8u));
}

// A value travels in one word, where zero says that nothing is there. Two values share another word, and the pair's second
// word tells which; kSlotVeil makes them rare ones.
const uint kEither = 0xffffffffu;
const uint kIsZero = 1u;
const uint kIsEither = 2u;

uint veiled(Element value) { return bitsOf(value) ^ kSlotVeil; }

uint wordOf(Element value) { return veiled(value) == 0u ? kEither : veiled(value); }

// Of a value whose word is kEither.
void putSecond(uvec2 slot, Element value) { putWord(add(slot, 4u), veiled(value) == 0u ? kIsZero : kIsEither); }

void release() { memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelease); }

// With a lead a tile's sum may have two authors, and the first to publish wins: in place, whoever leads may come so late that
// it reads the output. Returns whether it was this one.
bool publish(uvec2 slot, Element value) {
    const uint word = wordOf(value);
    if (replaceWord(slot, 0u, word) != 0u) return false;
    if (word == kEither) putSecond(slot, value);
    // Before the second word is cleared, or the tile becomes output: see tileSum.
    if (word == kEither || params.source == params.destination) release();
    return true;
}

// By whoever follows and was not the first, which may still be between the two words.
void complete(uvec2 slot, Element value) {
    if (wordOf(value) != kEither) return;
    putSecond(slot, value);
    release();
}

bool peek(uvec2 slot, out Element value) {
    uint word = wordAt(slot);
    bool present = word != 0u;
    if (word == kEither) {
        const uint which = wordAt(add(slot, 4u));
        present = which != 0u;
        if (which == kIsZero) word = 0u;
    }
    value = stateOf(word ^ kSlotVeil);
    return present;
}

// Neutral if it does not come.
bool await(uvec2 slot, out Element value) {
    bool found = false;
    for (uint i = 0; i < kPatience && !found; ++i) found = peek(slot, value);
    if (!found) value = neutral();
    return found;
}

// The sum of the values of all invocations before `place`; what those behind have does not matter.
Element sumUpTo(uint place, uint lane, Element value) {
    const Element earlier = scanSubgroup(value);
    if (lane == place) sharedPrefix = earlier;
    barrier();
    return combine(sumBefore(place / kSubgroupSize), sharedPrefix);
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
    const uvec2 address = sourceTile(row, tile, lane);
    const bool aligned = isAligned(sourceTile(row, tile, 0u));
    Element sums[kRuns];
    [[dont_unroll]] for (uint i = 0; i < kItems; ++i) {
        const uint position = positionOf(i, lane);
        const QuadBits bits = loadValid(add(address, (position - positionOf(0u, lane)) * kSourceSize), aligned, position,
                                        validOf(row, tile));
        const Quad quad = statesOfValid(bits, position, validOf(row, tile));
        Element sum = quad[0];
        if (i % kRun != 0u) sum = combine(sums[i / kRun], sum);
        sums[i / kRun] = combine(combine(combine(sum, quad[1]), quad[2]), quad[3]);
    }
    return combineWorkgroup(sums, 1u);
}

// A tile's sum: as published, or else computed. In place the input may have become the output meanwhile, but not before
// the sum was published, so the slot has the last word. Nothing computed here is published: its owner will do that, or
// has done it and the record is zero again.
Element tileSum(Row row, Past past, uint tile, uint lane) {
    const uvec2 slot = slotOf(past, tile / kBlock, kRecordTiles + tile % kBlock);
    Element published;
    if (peekTogether(slot, lane, published)) return published;
    const Element computed = computeTileSum(row, tile, lane);
    memoryBarrier(gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsAcquireRelease);
    return peekTogether(slot, lane, published) ? published : computed;
}

// The sum of all tiles before `tile`, from the nearest chain that is published on, without waiting.
Element lookBackAlone(Row row, Past past, uint tile, uint lane) {
    Element chain = past.carry;
    uint block = tile / kBlock;
    while (block > 0u && !peekTogether(slotOf(past, block, kRecordChain), lane, chain)) --block;
    if (block == 0u) chain = past.carry;

    Element own = neutral();
    [[dont_unroll]] for (uint other = block * kBlock; other < tile; ++other) {
        const Element sum = tileSum(row, past, other, lane);
        if (other % kBlock < kBlock - 1u) {
            if (lane == other % kBlock) own = sum;
        } else {
            barrier();
            chain = combine(combine(chain, sumUpTo(kBlock - 1u, lane, own)), sum);
            own = neutral();
            Element published;
            if (peekTogether(slotOf(past, other / kBlock + 1u, kRecordChain), lane, published)) chain = published;
        }
    }
    barrier();
    return combine(chain, sumUpTo(tile % kBlock, lane, own));
}

// The sum of all tiles before `tile`.
Element lookBack(Row row, Past past, uint tile, uint lane) {
    const uint block = tile / kBlock;
    const uint place = tile % kBlock;
    // The last invocation never has a tile to wait for, so it waits for the chain, which begins with the carry, and which
    // is in nobody's sum up to a place.
    const bool ofChain = lane == kBlock - 1u;
    Element value = neutral();
    if (ofChain) value = past.carry;
    bool found = true;
    if (lane < place) found = await(slotOf(past, block, kRecordTiles + lane), value);
    else if (ofChain && block > 0u) found = await(slotOf(past, block, kRecordChain), value);
    const bool allFound = subgroupAll(found);
    if (subgroupElect()) missing[gl_SubgroupID] = allFound ? 0u : 1u;
    if (ofChain) sharedElement = value;
    const Element sum = sumUpTo(place, lane, value);
    uint misses = 0u;
    for (uint first = 0u; first < kSubgroups; first += kSubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        if (own < kSubgroups) misses |= missing[own];
    }
    if (subgroupAny(misses != 0u)) return lookBackAlone(row, past, tile, lane);
    return combine(sharedElement, sum);
}

uint tilesOf(uint block) { return min(kBlock, params.tiles - block * kBlock); }

// Counts this workgroup out of a block's record, after its last access; returns how many were. Those of the block's tiles
// leave it, and that of the tile before, which publishes the chain into it. It takes no fence: what was read is here, and
// since who was not first to publish counts in another half, what was published is done. Devices keep to such
// dependencies, though their memory model has none.
const uint kNotFirst = 1u << 16;

uint leave(Past past, uint block, bool first) {
    return addToWord(slotOf(past, block, kRecordCounter), first ? 1u : kNotFirst);
}

// Whether it was the last.
bool isLast(uint block, uint left) {
    const uint tiles = tilesOf(block) + (block > 0u ? 1u : 0u);
    return left % kNotFirst + left / kNotFirst + 1u == tiles * (params.lead > 0u ? 2u : 1u);
}

// By a subgroup, when all have left: zeroes the record for the next recording.
void clear(Past past, uint block) {
    for (uint pair = gl_SubgroupInvocationID; pair < kRecordTiles + tilesOf(block); pair += kSubgroupSize) {
        const uvec2 slot = slotOf(past, block, pair);
        putWord(slot, 0u);
        putWord(add(slot, 4u), 0u);
    }
}

Past pastOf(Row row) {
    const uint pairs = ((params.tiles - 1u) / kBlock + 1u) * kRecordTiles + params.tiles;
    return Past(add(params.slots, multiply(multiply(row.number, pairs), 8u)), carryOf(row.number));
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
    const Row row = rowOf(uvec2(place / params.tiles, 0u));
    const Past past = pastOf(row);

    // Whoever follows publishes a sum only if it has not been there from the beginning, which is rare.
    const uvec2 slot = slotOf(past, block, kRecordTiles + tile % kBlock);
    uint published = 0u;
    if (follows && lane == 0u) published = wordAt(slot);
    Quad prefixes[kItems];
    Element totals[kRuns];
    const Element total = scanTile(row, tile, lane, prefixes, totals);
    bool first = false;
    if (lane == 0u && published == 0u) first = publish(slot, total);
    if (lane == 0u && follows && !first) complete(slot, total);
    const bool endsBlock = tile % kBlock == kBlock - 1u && tile + 1u < params.tiles;
    Element before = neutral();
    if (!leads || endsBlock) before = lookBack(row, past, tile, lane);
    bool firstOfChain = false;
    if (endsBlock && first) firstOfChain = publish(slotOf(past, block + 1u, kRecordChain), combine(before, total));
    // Counted out now, so that the counts arrive while the tile is stored.
    uint left = 0u;
    uint leftNext = 0u;
    if (lane == 0u) left = leave(past, block, first);
    if (lane == 0u && endsBlock) leftNext = leave(past, block + 1u, firstOfChain);
    if (!leads) store(row, tile, lane, before, total, prefixes, totals);
    if (gl_SubgroupID != 0u) return;
    if (isLast(block, subgroupBroadcastFirst(left))) clear(past, block);
    if (endsBlock && isLast(block + 1u, subgroupBroadcastFirst(leftNext))) clear(past, block + 1u);
}
