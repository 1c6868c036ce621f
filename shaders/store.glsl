// Writing elements of any dtype. Those of 8 or 16 bits take a module of their own (STORE_BITS), whose capability a device
// may lack.
#if STORE_BITS == 8
#extension GL_EXT_shader_8bit_storage : require
layout(buffer_reference, std430, buffer_reference_align = 1) writeonly buffer NarrowAt { uint8_t value; };
#elif STORE_BITS == 16
#extension GL_EXT_shader_16bit_storage : require
layout(buffer_reference, std430, buffer_reference_align = 2) writeonly buffer NarrowAt { uint16_t value; };
#endif
layout(buffer_reference, std430, buffer_reference_align = 4) writeonly buffer OutWordAt { uint value; };
layout(buffer_reference, std430, buffer_reference_align = 8) writeonly buffer OutPairAt { uvec2 value; };
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer OutFourAt { uvec4 value; };

void storeBits(uvec2 address, Bits bits, uint size) {
#if STORE_BITS == 8
    if (size == 1u) {
        NarrowAt(address).value = uint8_t(bits);
        return;
    }
#elif STORE_BITS == 16
    if (size == 2u) {
        NarrowAt(address).value = uint16_t(bits);
        return;
    }
#endif
#if WORDS == 2
    if (size == 8u) OutPairAt(address).value = bits;
    else OutWordAt(address).value = bits.x;
#else
    OutWordAt(address).value = bits;
#endif
}

// Neighbours as they lie in memory: four or, of 8 or 16 bits, also eight; these in the first words.
#if STORE_BITS < 32
// Four, which come without bits beyond their own.
QuadBits packed(QuadBits quad, uint size) {
    if (size == 2u) return QuadBits(quad[0] | quad[1] << 16, quad[2] | quad[3] << 16, 0u, 0u);
    if (size == 1u) return QuadBits(quad[0] | quad[1] << 8 | quad[2] << 16 | quad[3] << 24, 0u, 0u, 0u);
    return quad;
}

QuadBits packedPair(QuadBits first, QuadBits second, uint size) {
    if (size == 2u) return QuadBits(first.xy, second.xy);
    return QuadBits(first.x, second.x, 0u, 0u);
}

Bits elementOf(QuadBits neighbours, uint element, uint size) {
    if (size == 2u) return neighbours[element / 2u] >> element % 2u * 16u & 0xffffu;
    if (size == 1u) return neighbours[element / 4u] >> element % 4u * 8u & 0xffu;
    return neighbours[element];
}

// So many in the opposite order.
QuadBits mirrored(QuadBits neighbours, uint size, uint count) {
    QuadBits quads[2];
    [[unroll]] for (uint i = 0; i < count; ++i) quads[i / 4u][i % 4u] = elementOf(neighbours, count - 1u - i, size);
    const QuadBits first = packed(quads[0], size);
    return count == 4u ? first : packedPair(first, packed(quads[1], size), size);
}

// To an address that is a multiple of their size.
void storePacked(uvec2 address, QuadBits neighbours, uint size, uint count) {
    const uint total = size * count;
    if (total == 16u) OutFourAt(address).value = neighbours;
    else if (total == 8u) OutPairAt(address).value = neighbours.xy;
    else OutWordAt(address).value = neighbours.x;
}
#else
QuadBits packed(QuadBits quad, uint size) { return quad; }
Bits elementOf(QuadBits neighbours, uint element, uint size) { return neighbours[element]; }

QuadBits mirrored(QuadBits neighbours, uint size, uint count) {
    return QuadBits(neighbours[3], neighbours[2], neighbours[1], neighbours[0]);
}

void storePacked(uvec2 address, QuadBits neighbours, uint size, uint count) {
#if WORDS == 2
    OutFourAt(address).value = uvec4(neighbours[0], neighbours[1]);
    OutFourAt(add(address, 16u)).value = uvec4(neighbours[2], neighbours[3]);
#else
    OutFourAt(address).value = neighbours;
#endif
}
#endif
