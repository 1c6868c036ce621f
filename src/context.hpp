// What the library knows and owns of one VkDevice.
#pragma once

#include <vkaxis/vkaxis.h>

#include <algorithm>

#include "kernels.hpp"
#include "tuning.hpp"

namespace vkaxis {

// Every device-level function that the library calls. X(name): without the vk prefix.
#define VKAXIS_DEVICE_FUNCTIONS(X) \
    X(CreateShaderModule)          \
    X(DestroyShaderModule)         \
    X(CreatePipelineLayout)        \
    X(DestroyPipelineLayout)       \
    X(CreateComputePipelines)      \
    X(DestroyPipeline)             \
    X(GetBufferDeviceAddress)      \
    X(CmdBindPipeline)             \
    X(CmdPushConstants)            \
    X(CmdDispatch)                 \
    X(CmdPipelineBarrier)          \
    X(CmdUpdateBuffer)

struct Functions {
#define VKAXIS_MEMBER(name) PFN_vk##name name;
    VKAXIS_DEVICE_FUNCTIONS(VKAXIS_MEMBER)
#undef VKAXIS_MEMBER
};

struct DeviceFacts {
    uint32_t subgroupSize;
    bool requireSubgroupSize;  // of every pipeline, explicitly
    bool requireFullSubgroups;
    bool deviceMemoryModel;
    bool float64;
    bool nativeFloats;          // packHalf2x16, unpackHalf2x16 and isnan do as IEEE 754 says
    bool storage8;              // of 8-bit elements
    bool storage16;             // of 16-bit elements
    uint32_t maxWorkgroupSize;  // invocations, in whole subgroups
    uint32_t workgroupSize;     // the tuning's, within that; of kernels without one of their own
    uint32_t maxGroupCount[3];
    uint32_t sharedMemorySize;  // bytes that a workgroup may have
};

// The largest workgroup that the device allows, of at most `wanted` invocations and of whole subgroups: of
// one at least.
inline uint32_t wholeSubgroups(const DeviceFacts& facts, uint32_t wanted) {
    const uint32_t subgroups = std::min(wanted, facts.maxWorkgroupSize) / facts.subgroupSize;
    return std::max(subgroups, 1u) * facts.subgroupSize;
}

}  // namespace vkaxis

struct VkaxisContext_T {
    VkDevice device;
    VkPipelineCache pipelineCache;
    VkPipelineCreateFlags pipelineFlags;
    VkAllocationCallbacks allocatorCopy;
    const VkAllocationCallbacks* allocator;  // &allocatorCopy, or null
    vkaxis::Functions vk;
    vkaxis::DeviceFacts facts;
    const vkaxis::Tuning* builtInTuning;
    vkaxis::Tuning tuning;
    VkPipelineLayout layout;
    vkaxis::KernelTable kernels;
};
