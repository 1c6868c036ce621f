// A tile of a row: kItems quads for each of kLanes invocations, a whole workgroup's or neighbouring lanes of a subgroup.
// Positions count elements from the tile's beginning. Needs kItems, kLanes and kWholeWorkgroup.
//
// A reverse scan runs forward in a mirrored address space, where element [address, address + size) begins at
// -(address + size): quads stay quads and aligned ones aligned. Only loads and stores see the difference.

layout(constant_id = VKAXIS_ID_SCAN_REVERSE) const bool kReverse = false;

const uint kTile = kLanes * kItems * 4u;
const uint kPartialCount = kItems * kSubgroups;

// Two, so that a tile never overwrites what the tile before still reads.
shared Element partials[2][kPartialCount];

// From a mirrored address to a real one, for something of `size` bytes.
uvec2 mirror(uvec2 address, uint size) { return kReverse ? negate(add(address, size)) : address; }

// Where a row begins, of that many bytes and at an offset from an operand's address.
uvec2 rowOffset(uvec2 offset, uvec2 size) { return kReverse ? negate(add(offset, size)) : offset; }
uvec2 rowAddress(uvec2 operand, uvec2 offset) { return add(kReverse ? negate(operand) : operand, offset); }

Element loadAt(uvec2 address) { return loaded(loadBits(mirror(address, kSourceSize), kSourceSize)); }

Quad loadQuadAt(uvec2 address) {
    const Quad quad = loadStates(mirror(address, 4u * kSourceSize));
    if (kReverse) return Quad(quad[3], quad[2], quad[1], quad[0]);
    return quad;
}

// Results are packed quads.
void storeQuadAt(uvec2 address, QuadBits quad) {
    if (kReverse) quad = mirrored(quad, kResultSize);
    storePacked(mirror(address, 4u * kResultSize), quad, kResultSize);
}

void storeAt(uvec2 address, Bits bits) { storeBits(mirror(address, kResultSize), bits, kResultSize); }

// The positions of a tile that hold elements: from low to high, which may lie beyond the tile.
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

bool isAligned(uvec2 address) { return (address.x & (kQuadAlignment - 1u)) == 0u; }

// A quad, neutral where there is no element.
Quad loadValid(uvec2 address, bool aligned, uint position, Valid valid) {
    const uint first = firstOf(valid, position);
    const uint end = endOf(valid, position);
    if (kWholeWorkgroup && aligned && first == 0u && end >= 4u) return loadQuadAt(address);
    Quad quad;
    [[unroll]] for (uint j = 0; j < 4; ++j) {
        quad[j] = neutral();
        if (j >= first && j < end) quad[j] = loadAt(add(address, j * kSourceSize));
    }
    return quad;
}

// The tile's quads of one lane, neutral where there is no element. The address is that of the lane's first quad.
void loadTile(out Quad quads[kItems], uvec2 address, bool aligned, uint lane, Valid valid) {
    const uint step = kLanes * 4u * kSourceSize;
    if (aligned && isWhole(valid)) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) quads[i] = loadQuadAt(add(address, i * step));
        return;
    }
    [[unroll]] for (uint i = 0; i < kItems; ++i)
        quads[i] = loadValid(add(address, i * step), aligned, positionOf(i, lane), valid);
}

// Stores the elements first to end of a quad, one by one.
void storeElements(uvec2 address, QuadBits quad, uint first, uint end) {
    [[unroll]] for (uint j = 0; j < 4; ++j)
        if (j >= first && j < end) storeAt(add(address, j * kResultSize), elementOf(quad, j, kResultSize));
}

// The quad from `overhang` elements before an invocation's own on, of which the one before hands on the first.
QuadBits precededBy(uint previous, QuadBits quad, uint overhang) {
#if WORDS == 1
    if (kResultSize == 1u) {
        const uint word = subgroupShuffle(quad.x, previous);
        return QuadBits(quad.x << overhang * 8u | word >> 32u - overhang * 8u, 0u, 0u, 0u);
    }
    if (kResultSize == 2u) {
        const uint x = subgroupShuffle(quad.x, previous);
        const uint y = subgroupShuffle(quad.y, previous);
        const uint low = overhang == 3u ? x : y;
        const uint middle = overhang == 3u ? y : quad.x;
        const uint high = overhang == 3u ? quad.x : quad.y;
        if (overhang == 2u) return QuadBits(y, quad.x, 0u, 0u);
        return QuadBits(middle << 16 | low >> 16, high << 16 | middle >> 16, 0u, 0u);
    }
#endif
    const Bits y = subgroupShuffle(quad[1], previous);
    const Bits z = subgroupShuffle(quad[2], previous);
    const Bits w = subgroupShuffle(quad[3], previous);
    if (overhang == 1u) return QuadBits(w, quad[0], quad[1], quad[2]);
    if (overhang == 2u) return QuadBits(z, w, quad[0], quad[1]);
    return QuadBits(y, z, w, quad[0]);
}

// Stores a quad that lies `overhang` elements past an aligned one: 0 in some lanes where rows share a subgroup. Each lane
// hands as many elements to the next, so that all but the edges is still written in aligned quads.
void storeShifted(uvec2 address, QuadBits quad, uint overhang, uint position, Valid valid) {
    const uint width = min(kLanes, kSubgroupSize);
    const uint lane = gl_SubgroupInvocationID % width;
    const uint previous = gl_SubgroupInvocationID - min(lane, 1u);
    const QuadBits joined = precededBy(previous, quad, overhang);
    QuadBits whole = quad;
    if (overhang != 0u) whole = joined;
    const uint own = 4u - overhang;
    const bool takes = lane > 0u && position - overhang >= valid.low && position + own <= valid.high;
    const bool hands = lane < width - 1u && position + own >= valid.low && position + own + 4u <= valid.high;
    if (takes) storeQuadAt(subtract(address, overhang * kResultSize), whole);
    storeElements(address, quad, takes ? own : firstOf(valid, position),
                  min(endOf(valid, position), hands ? own : 4u));
}

// shifted: whether a lane of the subgroup has an overhang; the same in all lanes, as the shuffles need it.
void storeTile(QuadBits quads[kItems], uvec2 address, bool shifted, uint overhang, uint lane, Valid valid) {
    const uint step = kLanes * 4u * kResultSize;
    if (shifted) {
        [[unroll]] for (uint i = 0; i < kItems; ++i)
            storeShifted(add(address, i * step), quads[i], overhang, positionOf(i, lane), valid);
    } else if (isWhole(valid)) {
        [[unroll]] for (uint i = 0; i < kItems; ++i) storeQuadAt(add(address, i * step), quads[i]);
    } else {
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uint first = firstOf(valid, positionOf(i, lane));
            const uint end = endOf(valid, positionOf(i, lane));
            if (kWholeWorkgroup && first == 0u && end >= 4u) storeQuadAt(add(address, i * step), quads[i]);
            else storeElements(add(address, i * step), quads[i], first, end);
        }
    }
}

// Elements past an aligned quad.
uint overhangOf(uvec2 address) { return address.x / kResultSize & 3u; }

// ---- Scanning ----

// Replaces each quad's elements by the quad's own prefixes; `totals` receives the quads' totals.
void scanQuads(inout Quad quads[kItems], out Element totals[kItems]) {
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        [[unroll]] for (uint j = 1; j < 4; ++j) quads[i][j] = combine(quads[i][j - 1u], quads[i][j]);
        totals[i] = quads[i][3];
    }
}

// Turns the total of each of the invocation's quads into that of all quads of the tile before it; returns the tile's.
Element combineSubgroup(inout Element totals[kItems]) {
    Element running = neutral();
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        const Element inclusive = scanLanes(totals[i], kLanes);
        totals[i] = combine(running, shiftLanes(inclusive, kLanes));
        running = combine(running, shuffle(inclusive, gl_SubgroupInvocationID | (kLanes - 1u)));
    }
    return running;
}

Element combineWorkgroup(inout Element totals[kItems], uint buffer_) {
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        const Element inclusive = scanLanes(totals[i], kSubgroupSize);
        totals[i] = shiftLanes(inclusive, kSubgroupSize);
        if (gl_SubgroupInvocationID == kSubgroupSize - 1u) partials[buffer_][i * kSubgroups + gl_SubgroupID] = inclusive;
    }
    barrier();
    Element running = neutral();
    for (uint first = 0u; first < kPartialCount; first += kSubgroupSize) {
        const uint own = first + gl_SubgroupInvocationID;
        Element partial = neutral();
        if (own < kPartialCount) partial = partials[buffer_][own];
        const Element inclusive = scanLanes(partial, kSubgroupSize);
        const Element before = combine(running, shiftLanes(inclusive, kSubgroupSize));
        [[unroll]] for (uint i = 0; i < kItems; ++i) {
            const uint wanted = i * kSubgroups + gl_SubgroupID - first;
            const Element offset = shuffle(before, wanted % kSubgroupSize);
            if (wanted < kSubgroupSize) totals[i] = combine(offset, totals[i]);
        }
        running = combine(running, shuffle(inclusive, kSubgroupSize - 1u));
    }
    return running;
}

// The results of a tile, packed, to be stored: prefixes raised by the total of the quads before, and by the one of what lies
// before the tile.
void raise(out QuadBits results[kItems], Quad prefixes[kItems], Element before, Element totals[kItems]) {
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        Element result = combine(before, totals[i]);
        const Element own = result;
        Quad quad;
        [[unroll]] for (uint j = 0; j < 4; ++j) {
            const Element next = combine(own, prefixes[i][j]);
            if (kOutput == kScanInclusive) result = next;
            quad[j] = result;
            result = next;
        }
        results[i] = storedQuad(quad);
    }
}
