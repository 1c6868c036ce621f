// The element type of a scan and its one operation. Signed integers wrap like unsigned ones.

#if defined(ELEMENT_F32)
#define Element float
#define Quad vec4
uint bitsOf(float element) { return floatBitsToUint(element); }
float elementOf(uint bits) { return uintBitsToFloat(bits); }
#elif defined(ELEMENT_U32)
#define Element uint
#define Quad uvec4
uint bitsOf(uint element) { return element; }
uint elementOf(uint bits) { return bits; }
#else
#error "define ELEMENT_F32 or ELEMENT_U32"
#endif

// Not restrict: an in-place scan reads and writes the same memory.
layout(buffer_reference, std430, buffer_reference_align = 4) buffer ElementAt { Element value; };
layout(buffer_reference, std430, buffer_reference_align = 16) buffer QuadAt { Quad value; };

Element plus(Element a, Element b) {
    precise Element sum = a + b;
    return sum;
}

// Inclusive scan over neighbouring `width` lanes of a subgroup, a power of two. An explicit tree, because drivers
// associate subgroupInclusiveAdd as they like (Hillis and Steele, "Data parallel algorithms", CACM 29, 1986).
Element scanLanes(Element value, uint width) {
    const uint lane = gl_SubgroupInvocationID % width;
    [[unroll]] for (uint distance = 1u; distance < width; distance *= 2u) {
        const bool reaches = lane >= distance;
        const Element before = subgroupShuffle(value, gl_SubgroupInvocationID - (reaches ? distance : 0u));
        value = reaches ? plus(before, value) : value;
    }
    return value;
}

// The value of the lane before in the group of `width`, 0 for the first.
Element shiftLanes(Element value, uint width) {
    const uint lane = gl_SubgroupInvocationID % width;
    const Element before = subgroupShuffle(value, gl_SubgroupInvocationID - min(lane, 1u));
    return lane == 0u ? Element(0) : before;
}
