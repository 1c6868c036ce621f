// The dispatch between those of scan_tiles: turns the sum of every tile of a row into what comes before it. A workgroup takes
// a row, block by block, with the operations of scan_look_back; the next block is loaded early.
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

layout(push_constant, std430) uniform Push { ScanTileSumsParams params; };
#include "view.glsl"
#include "row_carry.glsl"
#include "tile_sums.glsl"

shared Element sharedChain;

// Neutral behind the last tile.
Element stateAt(uvec2 address, uint lane, uint left) {
    Element state = neutral();
    if (lane < left) state = stateOf(loadBits(address, kStateSize));
    return state;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint lane = invocationNumber();
    const uvec2 row = uvec2(number, 0u);
    uvec2 state = add(params.states, multiply(add(multiply(row, params.tiles), lane), kStateSize));
    Element chain = carryOf(row);
    Element next = stateAt(state, lane, params.tiles);
    for (uint left = params.tiles; left > 0u; left -= min(left, kBlock)) {
        const Element sum = next;
        next = stateAt(add(state, kBlock * kStateSize), lane, left - min(left, kBlock));
        const Element earlier = scanSubgroup(sum);
        barrier();
        const Element before = combine(chain, combine(sumBefore(gl_SubgroupID), earlier));
        if (lane < left) storeBits(state, bitsOf(before), kStateSize);
        if (lane == kBlock - 1u) sharedChain = combine(before, sum);
        barrier();
        chain = sharedChain;
        state = add(state, kBlock * kStateSize);
    }
}
