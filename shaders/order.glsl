// Elements as unsigned keys: the element that a reduction prefers has the greater key, equal ones the same.
// Integer keys count denormals and order NaNs alike on every device, whatever its floating-point modes.

layout(constant_id = VKAXIS_ID_ARG_OP) const uint kOp = kArgmax;
layout(constant_id = VKAXIS_ID_ARG_IGNORE_NAN) const bool kIgnoreNan = false;

const uint kReductions = kOp == kArgminmax ? 2u : 1u;

bool isMinimum(uint reduction) { return kOp == kArgmin || (kOp == kArgminmax && reduction == 0u); }

// Floats: -inf is 0, both zeros are kInfinity, +inf is twice that, NaNs are greater. For a minimum the sign is turned
// first, so that NaN stays on top. Where NaN is ignored it is 0, and all else one more.
#if WORDS == 1
#define Key uint
const uint kInfinity = kSource == kF16 ? 0x7c000000u : 0x7f800000u;

bool greater(uint a, uint b) { return a > b; }
uint greatest(uint a, uint b) { return max(a, b); }

uint floatKey(uint bits, bool minimum) {
    const uint negative = uint(int(minimum ? ~bits : bits) >> 31);
    const uint magnitude = bits & 0x7fffffffu;
    const uint key = ((magnitude ^ negative) - negative) + kInfinity;
    if (kIgnoreNan) return key > 2u * kInfinity ? 0u : key + 1u;
    return key;
}

// In order, but for NaNs, which differ from each other. The greatest of several keys is as well made equal last.
uint roughKey(uint bits, uint reduction) {
    const uint raised = bits << (32u - kSourceSize * 8u);
    if (IS_FLOAT(kSource)) return floatKey(raised, isMinimum(reduction));
    const uint key = IS_SIGNED(kSource) ? raised ^ 0x80000000u : raised;
    return isMinimum(reduction) ? ~key : key;
}

uint equalNaNs(uint key) { return IS_FLOAT(kSource) && !kIgnoreNan ? min(key, 2u * kInfinity + 1u) : key; }
#else
#define Key uvec2
const uvec2 kTopKey = uvec2(0u, 0xffe00000u);  // +inf

bool greater(uvec2 a, uvec2 b) { return less(b, a); }
uvec2 greatest(uvec2 a, uvec2 b) { return less(a, b) ? b : a; }

uvec2 floatKey(uvec2 bits, bool minimum) {
    const bool negative = ((minimum ? ~bits.y : bits.y) >> 31) != 0u;
    const uvec2 magnitude = uvec2(bits.x, bits.y & 0x7fffffffu);
    const uvec2 key = add(negative ? negate(magnitude) : magnitude, uvec2(0u, 0x7ff00000u));
    if (kIgnoreNan) return greater(key, kTopKey) ? uvec2(0u) : add(key, 1u);
    return key;
}

uvec2 roughKey(uvec2 bits, uint reduction) {
    if (IS_FLOAT(kSource)) return floatKey(bits, isMinimum(reduction));
    const uvec2 key = IS_SIGNED(kSource) ? uvec2(bits.x, bits.y ^ 0x80000000u) : bits;
    return isMinimum(reduction) ? ~key : key;
}

uvec2 equalNaNs(uvec2 key) {
    return IS_FLOAT(kSource) && !kIgnoreNan && greater(key, kTopKey) ? add(kTopKey, 1u) : key;
}
#endif

Key orderKey(Bits bits, uint reduction) { return equalNaNs(roughKey(bits, reduction)); }
