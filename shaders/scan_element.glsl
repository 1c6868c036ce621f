// What a scan adds up in: how an element enters from memory, the operation, and the way back.
//
//   ELEMENT_F32  sums and products of f16, bf16 and f32
//   ELEMENT_F64  sums and products with f64 results
//   ELEMENT_U32  sums and products of integers of up to 32 bits, which wrap alike signed and unsigned;
//                max and min of everything of up to 32 bits, as unsigned keys
//   ELEMENT_U64  the same for results of 64 bits
//
// An element in memory is widened to a module's own width (integers extended, f16 and bf16 to f32, all floats to f64),
// enters as a state, leaves as wide bits and is narrowed to the destination's dtype.

layout(constant_id = VKAXIS_ID_SCAN_OP) const uint kOp = kSum;
layout(constant_id = VKAXIS_ID_SCAN_OUTPUT) const uint kOutput = kScanInclusive;

const bool kWritesStates = kOutput >= kScanTotals;
const bool kKeyed = kOp >= kMax;
const uint kStateSize = 4u * WORDS;
const uint kResultSize = kWritesStates ? kStateSize : kDestinationSize;

// Here and below, glslang makes a branch of a choice unless both sides are names or constants.
Bits widen(Bits raw, uint dtype, uint size) {
    const uint spare = 32u - min(size, 4u) * 8u;
#if WORDS == 1
    const uint extended = uint(int(raw << spare) >> spare);
    const uint ofHalf = floatOfHalf(raw);
    const uint ofBrain = raw << 16;
    const uint integer = IS_SIGNED(dtype) ? extended : raw;
    const uint other = dtype == kF16 ? ofHalf : integer;
    return dtype == kBF16 ? ofBrain : other;
#else
    const uint extended = uint(int(raw.x << spare) >> spare);
    const uvec2 whole = uvec2(extended, uint(int(extended) >> 31));
    const uvec2 integer = IS_SIGNED(dtype) && size < 8u ? whole : raw;
    const uint ofHalf = floatOfHalf(raw.x);
    const uint ofBrain = raw.x << 16;
    const uint brain = dtype == kBF16 ? ofBrain : raw.x;
    const uvec2 ofFloat = doubleOfFloat(dtype == kF16 ? ofHalf : brain);
    return IS_FLOAT(dtype) && size < 8u ? ofFloat : integer;
#endif
}

Bits narrow(Bits wide, uint dtype, uint size) {
#if WORDS == 1
    const uint ofHalf = halfOfFloat(wide);
    const uint ofBrain = brainOfFloat(wide);
    const uint integer = wide & 0xffffffffu >> 32u - size * 8u;
    const uint other = dtype == kF16 ? ofHalf : integer;
    return dtype == kBF16 ? ofBrain : other;
#else
    return wide;
#endif
}

// ---- Keys: unsigned, greater for what max or min prefers. NaN is above all; -0 is less than +0. ----

#if WORDS == 1
const uint kSign = 0x80000000u;
const uint kQuietNan = 0x7fc00000u;

bool isNan(uint wide) { return (wide & 0x7fffffffu) > 0x7f800000u; }
bool isNegative(uint wide) { return (wide & kSign) != 0u; }

// The key of what max and min give way to: floats' infinity, integers' lowest or highest.
const uint kWorstKey = IS_FLOAT(kDestination)    ? 0x007fffffu
                       : IS_SIGNED(kDestination) ? 0x80000000u - (1u << (8u * kDestinationSize - 1u))
                       : kOp == kMax             ? 0u
                                                 : ~(0xffffffffu >> (32u - 8u * kDestinationSize));
const uint kNeutralBits = kOp == kSum ? 0u : kOp == kProd ? 1u : kWorstKey;
#else
const uvec2 kSign = uvec2(0u, 0x80000000u);
const uvec2 kQuietNan = uvec2(0u, 0x7ff80000u);

bool isNan(uvec2 wide) { return less(uvec2(0u, 0x7ff00000u), uvec2(wide.x, wide.y & 0x7fffffffu)); }
bool isNegative(uvec2 wide) { return (wide.y & kSign.y) != 0u; }

const uint kNeutralLow = kOp == kSum ? 0u : kOp == kProd ? 1u : IS_FLOAT(kDestination) ? 0xffffffffu : 0u;
const uint kNeutralHigh = kOp < kMax ? 0u : IS_FLOAT(kDestination) ? 0x000fffffu : 0u;
const uvec2 kNeutralBits = uvec2(kNeutralLow, kNeutralHigh);
#endif

Bits keyOf(Bits wide) {
    const Bits signless = wide ^ kSign;
    const Bits ascending = IS_SIGNED(kDestination) ? signless : wide;
    const Bits descending = ~ascending;
    const Bits ofInteger = kOp == kMin ? descending : ascending;
    const Bits turned = kOp == kMin ? signless : wide;
    const Bits ordered = isNan(wide) ? kQuietNan : turned;
    const Bits below = ~ordered;
    const Bits above = ordered ^ kSign;
    const Bits ofFloat = isNegative(ordered) ? below : above;
    return IS_FLOAT(kDestination) ? ofFloat : ofInteger;
}

Bits wideOf(Bits key) {
    const Bits inverted = ~key;
    const Bits signless = key ^ kSign;
    const Bits ascending = kOp == kMin ? inverted : key;
    const Bits ascendingSigned = ascending ^ kSign;
    const Bits integer = IS_SIGNED(kDestination) ? ascendingSigned : ascending;
    const Bits ordered = isNegative(key) ? signless : inverted;
    const Bits turned = ordered ^ kSign;
    const Bits real = !isNan(ordered) && kOp == kMin ? turned : ordered;
    return IS_FLOAT(kDestination) ? real : integer;
}

// ---- States ----

// A Quad is four neighbouring states, to be indexed.
#if defined(ELEMENT_F32)
#define Element float
#define Quad vec4
Element stateOf(Bits bits) { return uintBitsToFloat(bits); }
Bits bitsOf(Element state) { return floatBitsToUint(state); }
Element enter(Bits wide) { return stateOf(wide); }
Bits leave(Element state) { return bitsOf(state); }
Element neutral() { return kOp == kProd ? 1.0 : 0.0; }
#elif defined(ELEMENT_F64)
#define Element double
#define Quad dvec4
Element stateOf(Bits bits) { return packDouble2x32(bits); }
Bits bitsOf(Element state) { return unpackDouble2x32(state); }
Element enter(Bits wide) { return stateOf(wide); }
Bits leave(Element state) { return bitsOf(state); }
Element neutral() { return kOp == kProd ? 1.0lf : 0.0lf; }
#else
#define Element Bits
#if WORDS == 1
#define Quad uvec4
#else
#define Quad uvec2[4]
#endif
Element stateOf(Bits bits) { return bits; }
Bits bitsOf(Element state) { return state; }
Element enter(Bits wide) {
    const Bits key = keyOf(wide);
    return kKeyed ? key : wide;
}
Bits leave(Element state) {
    const Bits wide = wideOf(state);
    return kKeyed ? wide : state;
}
Element neutral() { return kNeutralBits; }
#endif

Element combine(Element a, Element b) {
#if defined(ELEMENT_F32) || defined(ELEMENT_F64)
    precise const Element sum = a + b;
    precise const Element product = a * b;
    return kOp == kProd ? product : sum;
#else
#if WORDS == 1
    const Element sum = a + b;
    const Element product = a * b;
    const Element greater = max(a, b);
#else
    const Element sum = add(a, b);
    const Element product = multiply(a, b);
    const Element greater = less(a, b) ? b : a;
#endif
    const Element ofWhole = kOp == kProd ? product : sum;
    return kKeyed ? greater : ofWhole;
#endif
}

// ---- Memory ----

Element loaded(Bits raw) {
    const Element state = stateOf(raw);
    const Element element = enter(widen(raw, kSource, kSourceSize));
    return kSource == kState ? state : element;
}

Bits stored(Element state) {
    const Bits raw = bitsOf(state);
    const Bits element = narrow(leave(state), kDestination, kDestinationSize);
    return kWritesStates ? raw : element;
}

// The same of four neighbours: see packed.
QuadBits storedQuad(Quad states) {
#if defined(ELEMENT_F32) && STORE_BITS == 16
    if (kNativeFloats && kDestination == kF16 && !kWritesStates)
        return QuadBits(packHalf2x16(states.xy), packHalf2x16(states.zw), 0u, 0u);
#endif
    QuadBits quad;
    [[unroll]] for (uint j = 0; j < 4; ++j) quad[j] = stored(states[j]);
    return packed(quad, kResultSize);
}

#if defined(ELEMENT_F32) && STORE_BITS == 16
// As bf16, without NaN.
QuadBits roundedQuad(Quad states) {
    QuadBits rounded;
    [[unroll]] for (uint j = 0; j < 4; ++j) rounded[j] = roundedToBrain(floatBitsToUint(states[j]));
    return QuadBits(rounded.x >> 16 | (rounded.y & 0xffff0000u), rounded.z >> 16 | (rounded.w & 0xffff0000u), 0u, 0u);
}
#endif

// Of four neighbours as loadPacked has them.
Quad statesOf(QuadBits neighbours) {
#if defined(ELEMENT_F32)
    if (kNativeFloats && kSource == kF16) return Quad(unpackHalf2x16(neighbours.x), unpackHalf2x16(neighbours.y));
#endif
    const QuadBits bits = unpacked(neighbours);
    Quad quad;
    [[unroll]] for (uint j = 0; j < 4; ++j) quad[j] = loaded(bits[j]);
    return quad;
}

// From an address that is a multiple of their size.
Quad loadStates(uvec2 address) { return statesOf(loadPacked(address)); }

void storeElement(uvec2 address, Element state) { storeBits(address, stored(state), kResultSize); }

// What a scan starts with: a state, the value itself, or an element of the destination's dtype. Whether adding to -0 yields
// +0 is up to a driver, so a sum of floats never starts from -0.
layout(constant_id = VKAXIS_ID_SCAN_CARRY) const uint kCarry = kCarryNone;

#if defined(ELEMENT_F32) || defined(ELEMENT_F64)
const bool kSumsFloats = kOp == kSum;
#else
const bool kSumsFloats = false;
#endif

Element loadCarry(uvec2 address) {
    if (kCarry == kCarryNone) return neutral();
    if (kCarry == kCarryStates) return stateOf(loadBits(address, kStateSize));
#if WORDS == 1
    Bits bits = address.x;
#else
    Bits bits = address;
#endif
    if (kCarry != kCarryHost) bits = widen(loadBits(address, kDestinationSize), kDestination, kDestinationSize);
    return kSumsFloats && bits == kSign ? neutral() : enter(bits);
}

// ---- Subgroups ----

// A macro, because one NVIDIA compiler (580) does not unroll loops around the scans if this is a function.
#if defined(ELEMENT_F64)
#define shuffle(state, lane) stateOf(subgroupShuffle(bitsOf(state), lane))
#else
#define shuffle(state, lane) subgroupShuffle(state, lane)
#endif

// Inclusive scan over neighbouring `width` lanes of a subgroup, a power of two. An explicit tree, because drivers
// associate subgroupInclusiveAdd as they like (Hillis and Steele, "Data parallel algorithms", CACM 29, 1986).
Element scanLanes(Element state, uint width) {
    const uint lane = gl_SubgroupInvocationID % width;
    [[unroll]] for (uint distance = 1u; distance < width; distance *= 2u) {
        const bool reaches = lane >= distance;
        const Element before = shuffle(state, gl_SubgroupInvocationID - (reaches ? distance : 0u));
        state = reaches ? combine(before, state) : state;
    }
    return state;
}

// The state of the lane before in the group of `width`, neutral for the first.
Element shiftLanes(Element state, uint width) {
    const uint lane = gl_SubgroupInvocationID % width;
    const Element before = shuffle(state, gl_SubgroupInvocationID - min(lane, 1u));
    return lane == 0u ? neutral() : before;
}
