// A tile of a row: kItems quads for each of kLanes invocations, a whole workgroup's or neighbouring lanes of a subgroup.
// Positions count elements from the tile's beginning. Needs kItems, kLanes and kWholeWorkgroup.
//
// A run is what an invocation has of successive quads: one, or two where results are narrow, as sources then are, for accesses
// of up to 16 bytes, and so that twice as many elements share the shuffles.
//
// A reverse scan runs forward in a mirrored address space, where element [address, address + size) begins at
// -(address + size): quads stay quads and aligned ones aligned. Only loads and stores see the difference.

layout(constant_id = VKAXIS_ID_SCAN_REVERSE) const bool kReverse = false;

#if STORE_BITS < 32
const uint kEvenRun = kItems % 2u == 0u ? 2u : 1u;
const uint kRun = kWholeWorkgroup ? kEvenRun : 1u;  // quads
#else
const uint kRun = 1u;
#endif
const uint kRunWidth = kRun * 4u;  // elements
const uint kRuns = kItems / kRun;

const uint kTile = kLanes * kItems * 4u;
const uint kPartialCount = kRuns * kSubgroups;

// Two, so that a tile never overwrites what the tile before still reads.
shared Element partials[2][kPartialCount];

// The results of each subgroup's last invocation, by runs. One of each is enough: before the next tile's are written, all have
// passed the barrier of combineWorkgroup.
shared QuadBits tails[kWholeWorkgroup ? kPartialCount : 1u];

// From a mirrored address to a real one, for something of `size` bytes.
uvec2 mirror(uvec2 address, uint size) { return kReverse ? negate(add(address, size)) : address; }

// Where a row begins, of that many bytes and at an offset from an operand's address.
uvec2 rowOffset(uvec2 offset, uvec2 size) { return kReverse ? negate(add(offset, size)) : offset; }
uvec2 rowAddress(uvec2 operand, uvec2 offset) { return add(kReverse ? negate(operand) : operand, offset); }

// Loads the quads of a run, packed in the order of memory, from an address that is a multiple of the run's size.
void loadRunAt(inout QuadBits quads[kItems], uint run, uvec2 address) {
    const uvec2 memory = mirror(address, kRunWidth * kSourceSize);
#if STORE_BITS < 32
    if (kRun == 2u) {
        uvec4 words = uvec4(0u);
        if (kSourceSize == 2u) words = FourAt(memory).value;
        else words.xz = PairAt(memory).value;
        quads[run * kRun] = QuadBits(kReverse ? words.zw : words.xy, 0u, 0u);
        quads[run * kRun + kRun - 1u] = QuadBits(kReverse ? words.xy : words.zw, 0u, 0u);
        return;
    }
#endif
    quads[run * kRun] = loadPacked(memory);
}

// Results are packed runs.
void storeRunAt(uvec2 address, QuadBits run) {
    if (kReverse) run = mirrored(run, kResultSize, kRunWidth);
    storePacked(mirror(address, kRunWidth * kResultSize), run, kResultSize, kRunWidth);
}

#if WORDS == 2
// The same, of two neighbouring lanes: each of the two stores that a run takes fills whole sectors of memory, since the lanes
// exchange halves. stores: whether the lane has a run to store.
void storeHalvesAt(uvec2 address, QuadBits run, bool stores) {
    if (kReverse) run = mirrored(run, kResultSize, kRunWidth);
    const uvec2 memory = mirror(address, 32u);
    const uint other = gl_SubgroupInvocationID ^ 1u;
    const bool second = (gl_SubgroupInvocationID & 1u) != uint(kReverse);
    const uvec4 front = uvec4(run[0], run[1]);
    const uvec4 back = uvec4(run[2], run[3]);
    const uvec4 given = second ? front : back;
    const uvec4 taken = subgroupShuffle(given, other);
    const bool otherStores = subgroupShuffle(uint(stores), other) != 0u;
    const uvec2 own = second ? subtract(memory, 16u) : memory;
    if (second ? otherStores : stores) OutFourAt(own).value = second ? taken : front;
    if (second ? stores : otherStores) OutFourAt(add(own, 32u)).value = second ? back : taken;
}
#endif

// By all lanes of a subgroup, those of short rows excepted.
void storeRuns(uvec2 address, QuadBits run, bool stores) {
#if WORDS == 2
    if (kWholeWorkgroup) {
        storeHalvesAt(address, run, stores);
        return;
    }
#endif
    if (stores) storeRunAt(address, run);
}

void storeAt(uvec2 address, Bits bits) { storeBits(mirror(address, kResultSize), bits, kResultSize); }

// The positions of a tile that hold elements: from low to high, which may lie beyond the tile.
struct Valid {
    uint low;
    uint high;
};

// Where the lane's run and its quad lie in its tile.
uint positionOfRun(uint run, uint lane) { return (run * kLanes + lane) * kRunWidth; }
uint positionOf(uint item, uint lane) { return positionOfRun(item / kRun, lane) + item % kRun * 4u; }

// The elements of the quad or run at a position that are valid: from, and to or beyond.
uint firstOf(Valid valid, uint position) { return valid.low - min(position, valid.low); }
uint endOf(Valid valid, uint position) { return valid.high - min(position, valid.high); }

bool isWhole(Valid valid) { return valid.low == 0u && valid.high >= kTile; }

bool isAligned(uvec2 address) { return (address.x & (kQuadAlignment - 1u)) == 0u; }

// Puts an element into a packed quad that has zero there.
void putElement(inout QuadBits quad, uint place, Bits element) {
#if WORDS == 1
    const uint perWord = 4u / min(kSourceSize, 4u);
    quad[place / perWord] |= element << place % perWord * 8u * kSourceSize;
#else
    quad[place] = element;
#endif
}

// A packed quad, zero where there is no element.
QuadBits loadValid(uvec2 address, bool aligned, uint position, Valid valid) {
    const uint first = firstOf(valid, position);
    const uint end = endOf(valid, position);
    if (aligned && first == 0u && end >= 4u) return loadPacked(mirror(address, 4u * kSourceSize));
    QuadBits quad;
    [[unroll]] for (uint j = 0; j < 4; ++j) quad[j] = BITS(0u);
    if (first >= end) return quad;
    [[unroll]] for (uint j = 0; j < 4; ++j) {
        if (j >= first && j < end)
            putElement(quad, kReverse ? 3u - j : j, loadBits(mirror(add(address, j * kSourceSize), kSourceSize), kSourceSize));
    }
    return quad;
}

Quad inScanOrder(Quad quad) {
    if (kReverse) return Quad(quad[3], quad[2], quad[1], quad[0]);
    return quad;
}

// Of a quad as loadValid has it; neutral where there is no element.
Quad statesOfValid(QuadBits bits, uint position, Valid valid) {
    Quad quad = inScanOrder(statesOf(bits));
    if (kOp == kSum) return quad;  // zero is neutral
    [[unroll]] for (uint j = 0; j < 4; ++j)
        if (position + j < valid.low || position + j >= valid.high) quad[j] = neutral();
    return quad;
}

// The tile's quads of one lane, neutral where there is no element. The address is that of the lane's first quad. Whole tiles
// are converted in a branch of their own: where branches meet, NVIDIA 580 waits for what they have loaded.
void loadTile(out Quad quads[kItems], uvec2 address, bool aligned, uint lane, Valid valid) {
    const uint step = kLanes * kRunWidth * kSourceSize;
    const bool inRuns = aligned && (address.x & (kRun * kQuadAlignment - 1u)) == 0u;
    QuadBits bits[kItems];
    if (inRuns && isWhole(valid)) {
#if STORE_BITS < 32
        [[unroll]] for (uint r = 0; r < kRuns; ++r) loadRunAt(bits, r, add(address, r * step));
        [[unroll]] for (uint i = 0; i < kItems; ++i) quads[i] = inScanOrder(statesOf(bits[i]));
#else
        // In one loop, or NVIDIA 580 takes 168 registers instead of 128 for single passes over narrow elements.
        [[unroll]] for (uint i = 0; i < kItems; ++i)
            quads[i] = inScanOrder(loadStates(mirror(add(address, i * step), 4u * kSourceSize)));
#endif
        return;
    }
    [[unroll]] for (uint r = 0; r < kRuns; ++r) {
        const uvec2 own = add(address, r * step);
        const uint position = positionOfRun(r, lane);
        if (kRun > 1u && inRuns && firstOf(valid, position) == 0u && endOf(valid, position) >= kRunWidth) {
            loadRunAt(bits, r, own);
        } else {
            [[unroll]] for (uint q = 0; q < kRun; ++q)
                bits[r * kRun + q] = loadValid(add(own, q * 4u * kSourceSize), aligned, position + q * 4u, valid);
        }
    }
    [[unroll]] for (uint i = 0; i < kItems; ++i) quads[i] = statesOfValid(bits[i], positionOf(i, lane), valid);
}

// Stores the elements first to end of a run, one by one.
void storeElements(uvec2 address, QuadBits run, uint first, uint end) {
    [[unroll]] for (uint j = 0; j < kRunWidth; ++j)
        if (j >= first && j < end) storeAt(add(address, j * kResultSize), elementOf(run, j, kResultSize));
}

// Words of a packed run; of wide results, its four elements.
const uint kRunWords = kResultSize < 4u ? kRunWidth * kResultSize / 4u : 4u;

// The run before this one; undefined for the tile's first.
QuadBits runBefore(QuadBits run, uint place, uint lane) {
    const uint previous = gl_SubgroupInvocationID - min(lane, 1u);
    QuadBits before = run;
    [[unroll]] for (uint i = 0; i < kRunWords; ++i) before[i] = subgroupShuffle(run[i], previous);
    if (kWholeWorkgroup && lane == 0u && place > 0u) before = tails[place - 1u];
    return before;
}

#if STORE_BITS < 32
// The words from `bytes` bytes before a run's beginning on.
QuadBits joinedByBytes(QuadBits before, QuadBits run, uint bytes) {
    uint words[8];  // the run's own are the last four
    [[unroll]] for (uint i = 0; i < kRunWords; ++i) {
        words[4u - kRunWords + i] = before[i];
        words[4u + i] = run[i];
    }
    if (kRunWords == 4u && (bytes & 8u) != 0u)
        [[unroll]] for (uint i = 7u; i > 1u; --i) words[i] = words[i - 2u];
    if (kRunWords >= 2u && (bytes & 4u) != 0u)
        [[unroll]] for (uint i = 7u; i > 2u; --i) words[i] = words[i - 1u];
    const uint within = bytes & 3u;
    const uint bits = kResultSize == 2u ? 16u : within * 8u;
    QuadBits joined = QuadBits(0u);
    [[unroll]] for (uint i = 0; i < kRunWords; ++i) {
        const uint own = words[4u + i];
        const uint both = own << bits | words[3u + i] >> 32u - bits;
        joined[i] = within == 0u ? own : both;
    }
    return joined;
}
#endif

// As many elements, from `overhang` before a run's beginning on.
QuadBits joined(QuadBits before, QuadBits run, uint overhang) {
#if STORE_BITS < 32
    if (kResultSize < 4u) return joinedByBytes(before, run, overhang * kResultSize);
#endif
    if (overhang == 0u) return run;
    if (overhang == 1u) return QuadBits(before[3], run[0], run[1], run[2]);
    if (overhang == 2u) return QuadBits(before[2], before[3], run[0], run[1]);
    return QuadBits(before[1], before[2], before[3], run[0]);
}

// Stores a run that lies `overhang` elements past an aligned one: 0 in some lanes where rows share a subgroup. Each lane
// hands as many elements to the next, so that all but the edges is still written in aligned runs: of a workgroup's tile, or of
// each of the quads that a row's lanes have together. place: of the subgroup's run among all of the workgroup's tile.
void storeShifted(uvec2 address, QuadBits run, uint place, uint overhang, uint position, Valid valid) {
    const uint width = min(kLanes, kSubgroupSize);
    const uint lane = gl_SubgroupInvocationID % width;
    const QuadBits whole = joined(runBefore(run, place, lane), run, overhang);
    // In pieces, since glslang makes branches of longer terms.
    const bool firstPlace = !kWholeWorkgroup || place == 0u;
    const bool lastPlace = !kWholeWorkgroup || place == kPartialCount - 1u;
    const bool lastLane = lane == width - 1u;
    const bool first = lane == 0u && firstPlace;
    const bool last = lastLane && lastPlace;
    const uint own = kRunWidth - overhang;
    const uint begins = position - overhang;
    const uint ends = position + own;
    const uint nextEnds = ends + kRunWidth;
    const bool inRow = begins >= valid.low && ends <= valid.high;
    const bool nextInRow = ends >= valid.low && nextEnds <= valid.high;
    const bool takes = !first && inRow;
    const bool hands = !last && nextInRow;
    storeRuns(subtract(address, overhang * kResultSize), whole, takes);
    const uint begin = takes ? own : firstOf(valid, position);
    const uint end = min(endOf(valid, position), hands ? own : kRunWidth);
    if (begin < end) storeElements(address, run, begin, end);
}

// shifted: whether a lane of the subgroup has an overhang; the same in all lanes, as the shuffles need it.
void storeTile(QuadBits runs[kRuns], uvec2 address, bool shifted, uint overhang, uint lane, Valid valid) {
    const uint step = kLanes * kRunWidth * kResultSize;
    if (shifted) {
        if (kWholeWorkgroup) {
            [[unroll]] for (uint r = 0; r < kRuns; ++r)
                if (gl_SubgroupInvocationID == kSubgroupSize - 1u) tails[r * kSubgroups + gl_SubgroupID] = runs[r];
            barrier();
        }
        [[unroll]] for (uint r = 0; r < kRuns; ++r)
            storeShifted(add(address, r * step), runs[r], r * kSubgroups + gl_SubgroupID, overhang, positionOfRun(r, lane),
                         valid);
    } else if (isWhole(valid)) {
        [[unroll]] for (uint r = 0; r < kRuns; ++r) storeRuns(add(address, r * step), runs[r], true);
    } else {
        [[unroll]] for (uint r = 0; r < kRuns; ++r) {
            const uint first = firstOf(valid, positionOfRun(r, lane));
            const uint end = endOf(valid, positionOfRun(r, lane));
            if (first == 0u && end >= kRunWidth) storeRunAt(add(address, r * step), runs[r]);
            else if (first < end) storeElements(add(address, r * step), runs[r], first, end);
        }
    }
}

// Elements past an aligned run.
uint overhangOf(uvec2 address) { return address.x / kResultSize & (kRunWidth - 1u); }

// The position of a row's first element that lies so far from its operand: the tiles of every row begin with an aligned run if
// the tensor does.
uint shiftOf(uvec2 sourceOffset) { return sourceOffset.x / kSourceSize & (kRunWidth - 1u); }

// ---- Scanning ----

// Replaces each run's elements by the run's own prefixes; `totals` receives the runs' totals.
void scanRuns(inout Quad quads[kItems], out Element totals[kRuns]) {
    [[unroll]] for (uint i = 0; i < kItems; ++i) {
        if (i % kRun != 0u) quads[i][0] = combine(quads[i - 1u][3], quads[i][0]);
        [[unroll]] for (uint j = 1; j < 4; ++j) quads[i][j] = combine(quads[i][j - 1u], quads[i][j]);
        totals[i / kRun] = quads[i][3];
    }
}

// Turns the total of each of the invocation's runs into that of all runs of the tile before it; returns the tile's.
Element combineSubgroup(inout Element totals[kRuns]) {
    Element running = neutral();
    [[unroll]] for (uint i = 0; i < kRuns; ++i) {
        const Element inclusive = scanLanes(totals[i], kLanes);
        totals[i] = combine(running, shiftLanes(inclusive, kLanes));
        running = combine(running, shuffle(inclusive, gl_SubgroupInvocationID | (kLanes - 1u)));
    }
    return running;
}

Element combineWorkgroup(inout Element totals[kRuns], uint buffer_) {
    [[unroll]] for (uint i = 0; i < kRuns; ++i) {
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
        [[unroll]] for (uint i = 0; i < kRuns; ++i) {
            const uint wanted = i * kSubgroups + gl_SubgroupID - first;
            const Element offset = shuffle(before, wanted % kSubgroupSize);
            if (wanted < kSubgroupSize) totals[i] = combine(offset, totals[i]);
        }
        running = combine(running, shuffle(inclusive, kSubgroupSize - 1u));
    }
    return running;
}

QuadBits storedRun(Quad quads[kItems], uint run) {
    const QuadBits first = storedQuad(quads[run * kRun]);
#if STORE_BITS < 32
    if (kRun == 2u) return packedPair(first, storedQuad(quads[run * kRun + kRun - 1u]), kResultSize);
#endif
    return first;
}

#if defined(ELEMENT_F32) && STORE_BITS == 16
// Of bf16, without NaN.
QuadBits roundedRun(Quad quads[kItems], uint run) {
    const QuadBits first = roundedQuad(quads[run * kRun]);
    if (kRun == 2u) return packedPair(first, roundedQuad(quads[run * kRun + kRun - 1u]), kResultSize);
    return first;
}
#endif

// The results of a tile, packed, to be stored: prefixes raised by the total of the runs before, and by the one of what lies
// before the tile.
void raise(out QuadBits results[kRuns], Quad prefixes[kItems], Element before, Element totals[kRuns]) {
    Element result;
    [[unroll]] for (uint r = 0; r < kRuns; ++r) {
        const Element own = combine(before, totals[r]);
        result = own;
        [[unroll]] for (uint j = 0; j < kRunWidth; ++j) {
            const Element next = combine(own, prefixes[r * kRun + j / 4u][j % 4u]);
            if (kOutput == kScanInclusive) result = next;
            prefixes[r * kRun + j / 4u][j % 4u] = result;
            result = next;
        }
    }
#if defined(ELEMENT_F32) && STORE_BITS == 16
    const bool nan = isNan(leave(result));  // stays NaN: the last result tells of all
    if (kDestination == kBF16 && !kWritesStates && !nan) {
        [[unroll]] for (uint r = 0; r < kRuns; ++r) results[r] = roundedRun(prefixes, r);
    } else
#endif
    {
        [[unroll]] for (uint r = 0; r < kRuns; ++r) results[r] = storedRun(prefixes, r);
    }
}
