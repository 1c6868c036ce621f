// The sums of a row's tiles, in blocks of as many as a workgroup has invocations. What comes before a tile is the chain of
// the blocks before its own, and then the sum of the block's earlier tiles. A workgroup that wants it of one tile and one
// that wants it of all combine the same values in the same order: a prefix depends on nothing behind it.

const uint kBlock = kWorkgroupSize;  // tiles

shared Element subgroupSums[kSubgroups];

// Before a barrier: leaves the sum of the subgroup's values; returns that of those before the invocation's own.
Element scanSubgroup(Element value) {
    const Element inclusive = scanLanes(value, kSubgroupSize);
    if (gl_SubgroupInvocationID == kSubgroupSize - 1u) subgroupSums[gl_SubgroupID] = inclusive;
    return shiftLanes(inclusive, kSubgroupSize);
}

// Behind it: the sum of all values before a subgroup.
Element sumBefore(uint subgroup) {
    Element sum = neutral();
    Element running = neutral();
    for (uint first = 0u; first < kSubgroups; first += kSubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        Element partial = neutral();
        if (own < kSubgroups) partial = subgroupSums[own];
        const Element inclusive = scanLanes(partial, kSubgroupSize);
        const uint last = subgroup - 1u - first;  // before it; beyond all lanes for the first subgroup
        const Element before = combine(running, shuffle(inclusive, last % kSubgroupSize));
        if (last < kSubgroupSize) sum = before;
        running = combine(running, shuffle(inclusive, kSubgroupSize - 1u));
    }
    return sum;
}
