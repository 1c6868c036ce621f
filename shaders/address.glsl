// 64-bit addresses as two words, for devices without shaderInt64. All address arithmetic of the library is here.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

uvec2 add(uvec2 a, uvec2 b) {
    uint carry;
    const uint low = uaddCarry(a.x, b.x, carry);
    return uvec2(low, a.y + b.y + carry);
}

uvec2 add(uvec2 a, uint b) { return add(a, uvec2(b, 0u)); }

uvec2 subtract(uvec2 a, uint b) {
    uint borrow;
    const uint low = usubBorrow(a.x, b, borrow);
    return uvec2(low, a.y - borrow);
}

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

bool less(uvec2 a, uvec2 b) { return a.y < b.y || (a.y == b.y && a.x < b.x); }

// b - a, but at least 0 and at most `most`.
uint distanceUpTo(uvec2 a, uvec2 b, uint most) {
    uint borrow;
    const uint low = usubBorrow(b.x, a.x, borrow);
    return !less(a, b) ? 0u : b.y - a.y - borrow == 0u ? min(low, most) : most;
}

// Bytes of `count` elements of 4 bytes, and of 16.
uvec2 words(uint count) { return uvec2(count << 2, count >> 30); }
uvec2 quads(uint count) { return uvec2(count << 4, count >> 28); }
