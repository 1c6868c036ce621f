// What the scan of a row starts with. Needs params.carries.

Element carryOf(uvec2 row) {
    uvec2 address = params.carries;
    if (kCarry == kCarryPerSlice)
        address = add(address, sliceOffset(kAsideView, row, uvec2(kDestinationSize, 0u)));
    return loadCarry(address);
}
