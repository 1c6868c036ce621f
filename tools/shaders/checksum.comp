// Adds up a hash of each word of memory and its place: tells whether two results have the same bits without keeping both.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "../../shaders/address.glsl"

layout(local_size_x_id = 0) in;

layout(buffer_reference, std430, buffer_reference_align = 16) readonly restrict buffer FourAt { uvec4 value; };
layout(buffer_reference, std430, buffer_reference_align = 16) restrict buffer SumAt { uint sums[4]; };

layout(push_constant, std430) uniform Push {
    uvec2 source;
    uvec2 destination;  // zero before
    uint quads;         // of 16 bytes
};

uvec2 quadOffset(uint quad) { return uvec2(quad << 4, quad >> 28); }

// Wellons, "hash-prospector", 2018.
uvec4 hash(uvec4 words) {
    words = (words ^ words >> 16) * 0x21f0aaadu;
    words = (words ^ words >> 15) * 0xd35a2d97u;
    return words ^ words >> 15;
}

void main() {
    uvec4 all = uvec4(0u);
    const uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint quad = gl_GlobalInvocationID.x; quad < quads; quad += stride)
        all += hash(FourAt(add(source, quadOffset(quad))).value + hash(quad + uvec4(0u, 1u, 2u, 3u) * 0x40000000u));
    for (uint i = 0u; i < 4u; ++i) atomicAdd(SumAt(destination).sums[i], all[i]);
}
