// Prefix scans along few, long rows of [outer, extent] where no workgroup may wait for another, or states have two words: the
// first and the last of three dispatches, with scan_tile_sums between them. A workgroup scans one tile, with the operations of
// scan_look_back.
//
//   Sums     each tile's sum becomes a state in scratch memory.
//   Results  every prefix, raised by what comes before the tile, which that state has become.
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

layout(push_constant, std430) uniform Push { ScanTilesParams params; };
#include "view.glsl"
#include "long_row.glsl"

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint lane = invocationNumber();
    const uint tile = number % params.tiles;
    const Row row = rowOf(uvec2(number / params.tiles, 0u));
    const uvec2 state = multiply(uvec2(number, 0u), kStateSize);
    const Element before = loadCarry(add(params.carries, state));
    Quad prefixes[kItems];
    Element totals[kRuns];
    const Element total = scanTile(row, tile, lane, prefixes, totals);
    if (kOutput != kScanTotals) store(row, tile, lane, before, total, prefixes, totals);
    else if (lane == 0u) storeElement(add(params.destination, state), total);
}
