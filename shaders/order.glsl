// Elements as unsigned keys: the element that a reduction prefers has the greater key, equal ones the same.
// Integer keys count denormals and order NaNs alike on every device, whatever its floating-point modes.

layout(constant_id = VKAXIS_ID_ARG_OP) const uint kOp = kArgmax;
layout(constant_id = VKAXIS_ID_ARG_IGNORE_NAN) const bool kIgnoreNan = false;

const uint kReductions = kOp == kArgminmax ? 2u : 1u;

// The first reductions are minima.
const uint kMinima = kOp == kArgmax ? 0u : 1u;
bool isMinimum(uint reduction) { return reduction < kMinima; }

// Floats: -inf is 0, both zeros are kInfinity, +inf is twice that, NaNs are greater. For a minimum the sign is turned
// first, so that NaN stays on top. Where NaN is ignored it is 0, and all else one more.
//
// glslang makes a branch of a choice unless both sides are names or constants.
#if WORDS == 1
#define Key uint
const uint kInfinity = kSource == kF16 ? 0x7c000000u : 0x7f800000u;
const uint kNanKey = 2u * kInfinity + 1u;
const uint kSignBit = IS_SIGNED(kSource) ? 0x80000000u : 0u;

bool greater(uint a, uint b) { return a > b; }
uint greatest(uint a, uint b) { return max(a, b); }

uint floatKey(uint bits, uint turned) {
    const uint negative = uint(int(turned) >> 31);
    const uint magnitude = bits & 0x7fffffffu;
    const uint key = ((magnitude ^ negative) - negative) + kInfinity;
    const uint next = key + 1u;
    const uint known = key < kNanKey ? next : 0u;
    return kIgnoreNan ? known : key;
}

// In order, but for NaNs, which differ from each other. The greatest of several keys is as well made equal last.
uint roughKey(uint bits, uint reduction) {
    const uint raised = bits << (32u - kSourceSize * 8u);
    const uint turned = raised ^ (isMinimum(reduction) ? 0xffffffffu : 0u);
    const uint ofFloat = floatKey(raised, turned);
    const uint ofInteger = turned ^ kSignBit;
    return IS_FLOAT(kSource) ? ofFloat : ofInteger;
}

uint equalNaNs(uint key) {
    const uint equal = min(key, kNanKey);
    const bool merge = IS_FLOAT(kSource) && !kIgnoreNan;
    return merge ? equal : key;
}
#else
#define Key uvec2
const uvec2 kInfinityKey = uvec2(0u, 0xffe00000u);
const uvec2 kNanKey = uvec2(1u, 0xffe00000u);

bool greater(uvec2 a, uvec2 b) { return less(b, a); }
uvec2 greatest(uvec2 a, uvec2 b) { return less(a, b) ? b : a; }

uvec2 floatKey(uvec2 bits, uvec2 turned) {
    const uvec2 magnitude = uvec2(bits.x, bits.y & 0x7fffffffu);
    const uvec2 negated = negate(magnitude);
    const uvec2 key = add((turned.y >> 31) != 0u ? negated : magnitude, uvec2(0u, 0x7ff00000u));
    const uvec2 next = add(key, 1u);
    const uvec2 known = greater(key, kInfinityKey) ? uvec2(0u) : next;
    return kIgnoreNan ? known : key;
}

uvec2 roughKey(uvec2 bits, uint reduction) {
    const uvec2 turned = bits ^ (isMinimum(reduction) ? 0xffffffffu : 0u);
    const uvec2 ofFloat = floatKey(bits, turned);
    const uvec2 ofInteger = uvec2(turned.x, turned.y ^ (IS_SIGNED(kSource) ? 0x80000000u : 0u));
    return IS_FLOAT(kSource) ? ofFloat : ofInteger;
}

uvec2 equalNaNs(uvec2 key) {
    const bool nan = greater(key, kInfinityKey);
    return IS_FLOAT(kSource) && !kIgnoreNan && nan ? kNanKey : key;
}
#endif

Key orderKey(Bits bits, uint reduction) { return equalNaNs(roughKey(bits, reduction)); }

// The greatest of four elements.
Key quadKey(QuadBits quad, uint reduction) {
    return equalNaNs(greatest(greatest(roughKey(quad[0], reduction), roughKey(quad[1], reduction)),
                              greatest(roughKey(quad[2], reduction), roughKey(quad[3], reduction))));
}
