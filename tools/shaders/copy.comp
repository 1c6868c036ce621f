// Copies memory, four loads before four stores: how fast a device can read and write.
#version 460
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "../../shaders/address.glsl"

layout(local_size_x_id = 0) in;

layout(buffer_reference, std430, buffer_reference_align = 16) readonly restrict buffer FourAt { uvec4 value; };
layout(buffer_reference, std430, buffer_reference_align = 16) writeonly restrict buffer OutFourAt { uvec4 value; };

layout(push_constant, std430) uniform Push {
    uvec2 source;
    uvec2 destination;
    uint quads;  // of 16 bytes, a multiple of those of a workgroup
};

uvec2 quadOffset(uint quad) { return uvec2(quad << 4, quad >> 28); }

void main() {
    const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
    const uint first = group * 4u * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (first >= quads) return;
    uvec4 held[4];
    [[unroll]] for (uint i = 0u; i < 4u; ++i)
        held[i] = FourAt(add(source, quadOffset(first + i * gl_WorkGroupSize.x))).value;
    [[unroll]] for (uint i = 0u; i < 4u; ++i)
        OutFourAt(add(destination, quadOffset(first + i * gl_WorkGroupSize.x))).value = held[i];
}
