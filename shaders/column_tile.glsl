// A tile of columns (see ColumnTiling) of which each invocation holds up to kItems successive rows of one column. Needs kItems,
// and params with a tiling, carries and a table.

// Two of each, so that a tile never overwrites what the tile before still reads.
shared Element sums[2][kWorkgroupSize];
shared Element totals[2][kWorkgroupSize];

// Scans the `rows` sums of each tile column. Returns the sum of the rows before; total receives the column's.
Element combineRows(Element sum, uint invocation, uint tileColumns, uint buffer_, out Element total) {
    const uint rows = params.tiling.rows;
    const uint lanes = params.tiling.foldLanes;
    const uint ownColumn = tileColumnOf(params.tiling, invocation);
    const uint ownSlot = ownColumn * rows + tileRowOf(params.tiling, invocation);
    if (ownColumn < tileColumns) sums[buffer_][ownSlot] = sum;
    barrier();

    const uint column = invocation / lanes;
    const uint perLane = (rows + lanes - 1u) / lanes;
    const uint begin = min(invocation % lanes * perLane, rows);
    const uint end = column < tileColumns ? min(begin + perLane, rows) : begin;
    Element laneSum = neutral();
    for (uint row = begin; row < end; ++row) laneSum = combine(laneSum, sums[buffer_][column * rows + row]);
    const Element inclusive = scanLanes(laneSum, lanes);
    Element before = shiftLanes(inclusive, lanes);
    for (uint row = begin; row < end; ++row) {
        const Element value = sums[buffer_][column * rows + row];
        sums[buffer_][column * rows + row] = before;
        before = combine(before, value);
    }
    if (column < tileColumns && invocation % lanes == lanes - 1u) totals[buffer_][column] = inclusive;
    barrier();

    const bool inTile = ownColumn < tileColumns;
    total = inTile ? totals[buffer_][ownColumn] : neutral();
    return inTile ? sums[buffer_][ownSlot] : neutral();
}

// Turns the rows that an invocation holds of a tile into their results, and the carry into the next tile's.
void scanTile(inout Element rows[kItems], inout Element carry, uint invocation, uint tileColumns, uint buffer_) {
    [[unroll]] for (uint i = 1; i < kItems; ++i) rows[i] = combine(rows[i - 1u], rows[i]);
    Element before = neutral();
    Element total = rows[kItems - 1u];
    if (params.tiling.rows > 1u) before = combineRows(total, invocation, tileColumns, buffer_, total);
    before = combine(carry, before);
    if (kOutput == kScanInclusive) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) rows[i] = combine(before, rows[i]);
    } else {
        [[unroll]] for (uint i = kItems - 1u; i > 0u; --i) rows[i] = combine(before, rows[i - 1u]);
        rows[0] = before;
    }
    carry = combine(carry, total);
}

// Of a slice's element in [outer, inner].
uvec2 sideOffset(uint operand, Place place, uint size) {
    if (!inTable(operand)) return multiply(sliceElement(params.tiling, place), size);
    return add(sliceOffset(operand, place.outer, uvec2(0u)), columnOffset(operand, place.column, size));
}

// What a column starts with; split: bytes to its chunk's state.
Element carryOf(Place place, uvec2 split) {
    uvec2 address = params.carries;
    if (kCarry == kCarryStates) address = add(address, split);
    if (kCarry == kCarryPerSlice) address = add(address, sideOffset(kAsideView, place, kDestinationSize));
    return loadCarry(address);
}
