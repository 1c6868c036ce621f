// A tile of a row: kItems quads for each of kLanes invocations, a whole workgroup's or neighbouring lanes of a subgroup.
// Positions count elements from the tile's beginning. Needs kItems, kLanes and kWholeWorkgroup.

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

// A quad, 0 where there is no element.
Quad loadQuad(uvec2 address, bool aligned, uint position, Valid valid) {
    const uint first = firstOf(valid, position);
    const uint end = endOf(valid, position);
    Quad quad = Quad(0);
    if (kWholeWorkgroup && aligned && first == 0u && end >= 4u) {
        quad = QuadAt(address).value;
    } else {
        [[unroll]] for (uint j = 0; j < 4; ++j)
            if (j >= first && j < end) quad[j] = ElementAt(add(address, j * 4u)).value;
    }
    return quad;
}

// The tile's quads of one lane, 0 where there is no element. The address is that of the lane's first quad.
void loadTile(out Quad quads[kItems], uvec2 address, bool aligned, uint lane, Valid valid) {
    if (aligned && isWhole(valid)) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) quads[i] = QuadAt(add(address, i * kLanes * 16u)).value;
        return;
    }
    [[unroll]] for (uint i = 0; i < kItems; ++i)
        quads[i] = loadQuad(add(address, i * kLanes * 16u), aligned, positionOf(i, lane), valid);
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
