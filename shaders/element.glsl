// Elements of any dtype, as they lie in memory: one word of bits, or two (WORDS). Elements of 8 and 16 bits are read in
// whole aligned words, so that a device needs no storage of such a width; four neighbours are a quad.

#if WORDS == 1
#define Bits uint
#define BITS(word) (word)
#define QuadBits uvec4
#else
#define Bits uvec2
#define BITS(word) uvec2(word, 0u)
#define QuadBits uvec2[4]
#endif

layout(constant_id = VKAXIS_ID_SOURCE) const uint kSource = kF32;
layout(constant_id = VKAXIS_ID_DESTINATION) const uint kDestination = kU32;

#define IS_FLOAT(dtype) (dtype == kF32 || dtype == kF16 || dtype == kBF16 || dtype == kF64)
#define IS_SIGNED(dtype) (dtype == kI32 || dtype == kI16 || dtype == kI8 || dtype == kI64)
#define SIZE_OF(dtype)                              \
    (dtype == kState                   ? 4u * WORDS \
     : dtype == kI8 || dtype == kU8    ? 1u         \
     : dtype == kI16 || dtype == kU16  ? 2u         \
     : dtype == kF16 || dtype == kBF16 ? 2u         \
     : dtype == kI64 || dtype == kU64  ? 8u         \
     : dtype == kF64                   ? 8u         \
                                       : 4u)
const uint kSourceSize = SIZE_OF(kSource);
const uint kDestinationSize = SIZE_OF(kDestination);

// Kernels that may run in place define READ_ONLY as nothing.
layout(buffer_reference, std430, buffer_reference_align = 4) READ_ONLY buffer WordAt { uint value; };
layout(buffer_reference, std430, buffer_reference_align = 8) READ_ONLY buffer PairAt { uvec2 value; };
layout(buffer_reference, std430, buffer_reference_align = 16) READ_ONLY buffer FourAt { uvec4 value; };

Bits loadBits(uvec2 address, uint size) {
#if WORDS == 2
    if (size == 8u) return PairAt(address).value;
#endif
    if (size == 4u) return BITS(WordAt(address).value);
    const uint bits = WordAt(uvec2(address.x & ~3u, address.y)).value >> (address.x & 3u) * 8u;
    return BITS(size == 2u ? bits & 0xffffu : bits & 0xffu);
}

// Addresses of quads that loadQuadBits takes are a multiple of this.
const uint kQuadAlignment = kSourceSize < 4u ? kSourceSize * 4u : 16u;

#if WORDS == 1
// Four neighbours as they lie in memory, narrow ones in the first words.
QuadBits loadPacked(uvec2 address) {
    if (kSourceSize == 4u) return FourAt(address).value;
    if (kSourceSize == 2u) return QuadBits(PairAt(address).value, 0u, 0u);
    return QuadBits(WordAt(address).value, 0u, 0u, 0u);
}

QuadBits unpacked(QuadBits neighbours) {
    const uint x = neighbours.x;
    const uint y = neighbours.y;
    if (kSourceSize == 2u) return QuadBits(x & 0xffffu, x >> 16, y & 0xffffu, y >> 16);
    if (kSourceSize == 1u) return QuadBits(x & 0xffu, x >> 8 & 0xffu, x >> 16 & 0xffu, x >> 24);
    return neighbours;
}
#else
// Modules of two words read narrow elements for wide results alone, and keep none packed.
QuadBits loadPacked(uvec2 address) {
    if (kSourceSize == 8u) {
        const uvec4 first = FourAt(address).value;
        const uvec4 second = FourAt(add(address, 16u)).value;
        return QuadBits(first.xy, first.zw, second.xy, second.zw);
    }
    uvec4 words;
    if (kSourceSize == 4u) {
        words = FourAt(address).value;
    } else if (kSourceSize == 2u) {
        const uvec2 pair = PairAt(address).value;
        words = uvec4(pair.x & 0xffffu, pair.x >> 16, pair.y & 0xffffu, pair.y >> 16);
    } else {
        const uint word = WordAt(address).value;
        words = uvec4(word & 0xffu, word >> 8 & 0xffu, word >> 16 & 0xffu, word >> 24);
    }
    return QuadBits(BITS(words.x), BITS(words.y), BITS(words.z), BITS(words.w));
}

QuadBits unpacked(QuadBits neighbours) { return neighbours; }
#endif

QuadBits loadQuadBits(uvec2 address) { return unpacked(loadPacked(address)); }
