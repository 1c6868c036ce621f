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

// Four neighbours, from an address that is a multiple of their size; narrow ones without bits beyond their own.
void storeQuadBits(uvec2 address, QuadBits quad, uint size) {
#if WORDS == 2
    if (size == 8u) {
        OutFourAt(address).value = uvec4(quad[0], quad[1]);
        OutFourAt(add(address, 16u)).value = uvec4(quad[2], quad[3]);
    }
#else
    if (size == 4u)
        OutFourAt(address).value = quad;
    else if (size == 2u)
        OutPairAt(address).value = uvec2(quad[0] | quad[1] << 16, quad[2] | quad[3] << 16);
    else
        OutWordAt(address).value = quad[0] | quad[1] << 8 | quad[2] << 16 | quad[3] << 24;
#endif
}
