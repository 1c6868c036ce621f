// Conversions between floating-point formats as integers, because drivers differ in packHalf2x16 and in what they do to
// denormals; by the device's own instructions where these are known to be exact. Narrowing rounds to nearest even.

layout(constant_id = VKAXIS_ID_SCAN_NATIVE_FLOATS) const bool kNativeFloats = false;

uint floatOfHalf(uint bits) {
    if (kNativeFloats) return floatBitsToUint(unpackHalf2x16(bits).x);
    const uint sign = (bits & 0x8000u) << 16;
    const uint magnitude = (bits & 0x7fffu) << 13;
    const uint normal = magnitude + 0x38000000u;
    const uint special = magnitude | 0x7f800000u;
    // As a fraction of 2^-14, of which the implicit one is taken away again: exact.
    precise const float fraction = uintBitsToFloat(magnitude + 0x38800000u) - uintBitsToFloat(0x38800000u);
    const uint denormal = floatBitsToUint(fraction);
    const uint finite = magnitude < 0x00800000u ? denormal : normal;
    return sign | (magnitude < 0x0f800000u ? finite : special);
}

// Of a magnitude that is less than the least normal half.
uint denormalHalf(uint magnitude) {
    const uint exponent = magnitude >> 23;
    if (exponent < 102u) return 0u;  // less than half of the smallest denormal
    const uint mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    const uint shift = 126u - exponent;
    return (mantissa + (1u << (shift - 1u)) - 1u + (mantissa >> shift & 1u)) >> shift;
}

uint halfOfFloat(uint bits) {
    if (kNativeFloats) return packHalf2x16(vec2(uintBitsToFloat(bits), 0.0));
    const uint sign = bits >> 16 & 0x8000u;
    const uint magnitude = bits & 0x7fffffffu;
    // The only branch, and a rare one.
    if (magnitude < 0x38800000u) return sign | denormalHalf(magnitude);
    const uint rounded = (magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u) >> 13;
    const uint finite = magnitude < 0x477ff000u ? rounded : 0x7c00u;  // halfway to 2^16 and beyond
    return sign | (magnitude > 0x7f800000u ? 0x7e00u : finite);
}

// The upper half is the bf16 of what is not NaN.
uint roundedToBrain(uint bits) { return (bits | (bits >> 16 & 1u)) + 0x7fffu; }

uint brainOfFloat(uint bits) {
    const uint rounded = roundedToBrain(bits);
    const uint quiet = bits | 0x400000u;
    const bool native = isnan(uintBitsToFloat(bits));
    const bool integer = (bits & 0x7fffffffu) > 0x7f800000u;
    const bool nan = kNativeFloats ? native : integer;
    return (nan ? quiet : rounded) >> 16;
}

uvec2 doubleOfFloat(uint bits) {
    const uint sign = bits & 0x80000000u;
    const uint magnitude = bits & 0x7fffffffu;
    // The leading bit of a denormal becomes the implicit one.
    const uint distance = 23u - uint(findMSB(magnitude));
    const uint shift = magnitude < 0x00800000u ? distance : 0u;
    const uint normal = magnitude << shift;
    const uvec2 finite = uvec2(normal << 29, sign | ((normal >> 3) + (896u - shift << 20)));
    const uvec2 special = uvec2(magnitude << 29, sign | 0x7ff00000u | (magnitude & 0x7fffffu) >> 3);
    const uvec2 nonzero = magnitude < 0x7f800000u ? finite : special;
    return magnitude == 0u ? uvec2(0u, sign) : nonzero;
}
