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

// Four neighbours as they lie in memory, narrow ones in the first words. They come without bits beyond their own.
QuadBits packed(QuadBits quad, uint size) {
#if WORDS == 1
    if (size == 2u) return QuadBits(quad[0] | quad[1] << 16, quad[2] | quad[3] << 16, 0u, 0u);
    if (size == 1u) return QuadBits(quad[0] | quad[1] << 8 | quad[2] << 16 | quad[3] << 24, 0u, 0u, 0u);
#endif
    return quad;
}

Bits elementOf(QuadBits packedQuad, uint element, uint size) {
#if WORDS == 1
    if (size == 2u) return packedQuad[element / 2u] >> element % 2u * 16u & 0xffffu;
    if (size == 1u) return packedQuad[0] >> element * 8u & 0xffu;
#endif
    return packedQuad[element];
}

// The same in the opposite order.
QuadBits mirrored(QuadBits packedQuad, uint size) {
    const QuadBits quad = QuadBits(elementOf(packedQuad, 3u, size), elementOf(packedQuad, 2u, size),
                                   elementOf(packedQuad, 1u, size), elementOf(packedQuad, 0u, size));
    return packed(quad, size);
}

// To an address that is a multiple of the quad's size.
void storePacked(uvec2 address, QuadBits packedQuad, uint size) {
#if WORDS == 2
    if (size == 8u) {
        OutFourAt(address).value = uvec4(packedQuad[0], packedQuad[1]);
        OutFourAt(add(address, 16u)).value = uvec4(packedQuad[2], packedQuad[3]);
    }
#else
    if (size == 4u) OutFourAt(address).value = packedQuad;
    else if (size == 2u) OutPairAt(address).value = packedQuad.xy;
    else OutWordAt(address).value = packedQuad.x;
#endif
}
