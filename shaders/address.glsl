// 64-bit numbers as two words, for devices without shaderInt64. All address arithmetic of the library is here.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

uvec2 add(uvec2 a, uvec2 b) {
    uint carry;
    const uint low = uaddCarry(a.x, b.x, carry);
    return uvec2(low, a.y + b.y + carry);
}

uvec2 add(uvec2 a, uint b) { return add(a, uvec2(b, 0u)); }

uvec2 subtract(uvec2 a, uvec2 b) {
    uint borrow;
    const uint low = usubBorrow(a.x, b.x, borrow);
    return uvec2(low, a.y - b.y - borrow);
}

uvec2 subtract(uvec2 a, uint b) { return subtract(a, uvec2(b, 0u)); }

uvec2 negate(uvec2 a) { return subtract(uvec2(0u), a); }

// The low 64 bits of the product.
uvec2 multiply(uvec2 a, uint b) {
    uint high, low;
    umulExtended(a.x, b, high, low);
    return uvec2(low, high + a.y * b);
}

uvec2 multiply(uvec2 a, uvec2 b) {
    const uvec2 product = multiply(a, b.x);
    return uvec2(product.x, product.y + a.x * b.y);
}

// glslang makes a branch of && and || unless what is on the right is a name or a comparison of names.
bool less(uvec2 a, uvec2 b) {
    const bool high = a.y < b.y;
    const bool same = a.y == b.y;
    const bool low = a.x < b.x;
    const bool tied = same && low;
    return high || tied;
}

// b - a, but at least 0 and at most `most`.
uint distanceUpTo(uvec2 a, uvec2 b, uint most) {
    const uvec2 distance = subtract(b, a);
    return !less(a, b) ? 0u : distance.y == 0u ? min(distance.x, most) : most;
}

// Bytes of `count` elements; the size is 1, 2, 4 or 8 and known when the pipeline is compiled.
uvec2 bytes(uint count, uint size) {
    return size == 1u   ? uvec2(count, 0u)
           : size == 2u ? uvec2(count << 1, count >> 31)
           : size == 4u ? uvec2(count << 2, count >> 30)
                        : uvec2(count << 3, count >> 29);
}

// The quotient; the long way only for numbers beyond 32 bits.
uvec2 divide(uvec2 a, uvec2 b, out uvec2 remainder) {
    if ((a.y | b.y) == 0u) {
        const uint quotient = a.x / b.x;
        remainder = uvec2(a.x - quotient * b.x, 0u);
        return uvec2(quotient, 0u);
    }
    uvec2 quotient = uvec2(0u);
    remainder = uvec2(0u);
    for (uint i = 0u; i < 64u; ++i) {
        const bool overflows = (remainder.y >> 31) != 0u;
        remainder = uvec2(remainder.x << 1 | a.y >> 31, remainder.y << 1 | remainder.x >> 31);
        a = uvec2(a.x << 1, a.y << 1 | a.x >> 31);
        const bool fits = overflows || !less(remainder, b);
        if (fits) remainder = subtract(remainder, b);
        quotient = uvec2(quotient.x << 1 | (fits ? 1u : 0u), quotient.y << 1 | quotient.x >> 31);
    }
    return quotient;
}
