// A row in tiles, each of which a whole workgroup scans at once. Needs kItems, kWantsTotals and, of params, the row's operands,
// its extent and its tiles.

const bool kWholeWorkgroup = true;
const uint kLanes = kWorkgroupSize;
#include "row_tile.glsl"

struct Row {
    uvec2 number;
    uvec2 source;
    uvec2 destination;
    uint shift;  // position of element 0, as in scan_rows
};

Row rowOf(uvec2 number) {
    const uvec2 results = add(params.extent, kOutput == kScanIncludeInitial ? 1u : 0u);
    const uvec2 source =
        rowOffset(sliceOffset(kInputView, number, params.sourceStride), multiply(params.extent, kSourceSize));
    const uvec2 destination =
        rowOffset(sliceOffset(kOutputView, number, params.destinationStride), multiply(results, kResultSize));
    return Row(number, rowAddress(params.source, source), rowAddress(params.destination, destination),
               shiftOf(source));
}

Valid validOf(Row row, uint tile) {
    const uvec2 begin = multiply(uvec2(tile, 0u), kTile);
    return Valid(tile == 0u ? row.shift : 0u, distanceUpTo(begin, add(params.extent, row.shift), kTile));
}

// Of the lane's first quad, from the beginning of a row of elements of `size` bytes.
uvec2 tileAddress(uvec2 begin, uint size, uint shift, uint tile, uint lane) {
    const uvec2 first = add(begin, multiply(multiply(uvec2(tile, 0u), kTile), size));
    return subtract(add(first, positionOf(0u, lane) * size), shift * size);
}

uvec2 sourceTile(Row row, uint tile, uint lane) {
    return tileAddress(row.source, kSourceSize, row.shift, tile, lane);
}

uvec2 destinationTile(Row row, uint tile, uint lane) {
    return tileAddress(row.destination, kResultSize, row.shift, tile, lane);
}

// Each run's own prefixes, the total of the tile's runs before it, and the tile's.
Element scanTile(Row row, uint tile, uint lane, out Quad prefixes[kItems], out Element totals[kRuns]) {
    loadTile(prefixes, sourceTile(row, tile, lane), isAligned(sourceTile(row, tile, 0u)), lane, validOf(row, tile));
    scanRuns(prefixes, totals);
    return combineWorkgroup(totals, 0u);
}

// What scanTile has found, raised by what comes before the tile; behind the last tile also what ends the row.
void store(Row row, uint tile, uint lane, Element before, Element total, Quad prefixes[kItems],
           Element totals[kRuns]) {
    QuadBits results[kRuns];
    raise(results, prefixes, before, totals);
    const uint overhang = overhangOf(destinationTile(row, tile, 0u));
    storeTile(results, destinationTile(row, tile, lane), overhang != 0u, overhang, lane, validOf(row, tile));
    if (tile + 1u != params.tiles || lane != 0u) return;
    if (kOutput == kScanIncludeInitial)
        storeAt(add(row.destination, multiply(params.extent, kResultSize)), stored(combine(before, total)));
    if (kWantsTotals)
        storeElement(add(params.totals, sliceOffset(kTotalsView, row.number, uvec2(kResultSize, 0u))),
                     combine(before, total));
}
