// Conversions between floating-point formats as integers, because drivers differ in packHalf2x16 and in what they do to
// denormals. Narrowing rounds to nearest even.

uint floatOfHalf(uint bits) {
    const uint sign = (bits & 0x8000u) << 16;
    const uint magnitude = bits & 0x7fffu;
    if (magnitude >= 0x7c00u) return sign | 0x7f800000u | magnitude << 13;
    if (magnitude < 0x0400u) return sign | floatBitsToUint(float(magnitude) * 5.9604644775390625e-8);  // 2^-24
    return sign | ((magnitude << 13) + 0x38000000u);
}

uint halfOfFloat(uint bits) {
    const uint sign = bits >> 16 & 0x8000u;
    const uint magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return sign | 0x7e00u;
    if (magnitude >= 0x477ff000u) return sign | 0x7c00u;  // halfway to 2^16 and beyond
    if (magnitude >= 0x38800000u) return sign | (magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u) >> 13;
    const uint exponent = magnitude >> 23;
    if (exponent < 102u) return sign;  // less than half of the smallest denormal
    const uint mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    const uint shift = 126u - exponent;
    return sign | (mantissa + (1u << (shift - 1u)) - 1u + (mantissa >> shift & 1u)) >> shift;
}

uint brainOfFloat(uint bits) {
    const uint rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    const uint quiet = bits >> 16 | 0x40u;
    return (bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded;
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
