// Reads memory and does next to nothing else: how fast a device can read.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "../../shaders/address.glsl"

layout(local_size_x_id = 0) in;

layout(buffer_reference, std430, buffer_reference_align = 16) readonly restrict buffer FourAt { uvec4 value; };
layout(buffer_reference, std430, buffer_reference_align = 4) writeonly restrict buffer WordAt { uint value; };

layout(push_constant, std430) uniform Push {
    uvec2 source;
    uvec2 destination;
    uint quads;  // of 16 bytes
};

uvec2 quadOffset(uint quad) { return uvec2(quad << 4, quad >> 28); }

void main() {
    uvec4 all = uvec4(0u);
    const uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint quad = gl_GlobalInvocationID.x; quad < quads; quad += stride)
        all |= FourAt(add(source, quadOffset(quad))).value;
    // Never so, which the compiler cannot know.
    if (all == uvec4(0xffffffffu)) WordAt(destination).value = all.x;
}
