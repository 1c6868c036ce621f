// The workgroup and the invocation as plain numbers.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_EXT_control_flow_attributes : require

layout(local_size_x_id = VKAXIS_ID_WORKGROUP_SIZE) in;
layout(constant_id = VKAXIS_ID_WORKGROUP_SIZE) const uint kWorkgroupSize = 128;
layout(constant_id = VKAXIS_ID_SUBGROUPS) const uint kSubgroups = 4;
// gl_SubgroupSize, but known when the pipeline is compiled: loops over lanes unroll.
const uint kSubgroupSize = kWorkgroupSize / kSubgroups;

layout(constant_id = VKAXIS_ID_FOLDED_GRID) const bool kFoldedGrid = true;

// The grid is folded over three dimensions where it has more than one may have: 65535 on some devices. Elsewhere nothing asks
// for its size, which takes NVIDIA 580 0.3 us to supply.
uint workgroupNumber() {
    const uint unfolded = gl_WorkGroupID.x;
    const uint folded = (gl_WorkGroupID.z * gl_NumWorkGroups.y + gl_WorkGroupID.y) * gl_NumWorkGroups.x + unfolded;
    return kFoldedGrid ? folded : unfolded;
}

// Not gl_LocalInvocationIndex: here neighbouring numbers are neighbouring lanes on every device.
uint invocationNumber() { return gl_SubgroupID * kSubgroupSize + gl_SubgroupInvocationID; }
