// What a driver learns of a SPIR-V module, read without one.
#pragma once

#include <vulkan/vulkan_core.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::test {

// Capabilities by their numbers in SPIR-V.
inline constexpr std::uint32_t kFloat64 = 10;
inline constexpr std::uint32_t kStorageBuffer16BitAccess = 4433;
inline constexpr std::uint32_t kStorageBuffer8BitAccess = 4448;
inline constexpr std::uint32_t kVulkanMemoryModel = 5345;
inline constexpr std::uint32_t kVulkanMemoryModelDeviceScope = 5346;

// What the floor grants: Vulkan 1.2, bufferDeviceAddress and the subgroup operations of vkaxis.h.
inline const std::set<std::uint32_t> kFloorCapabilities{
    1,     // Shader
    61,    // GroupNonUniform
    62,    // GroupNonUniformVote
    63,    // GroupNonUniformArithmetic
    64,    // GroupNonUniformBallot
    65,    // GroupNonUniformShuffle
    5347,  // PhysicalStorageBufferAddresses
};

// Declarations: everything before the first function.
struct ShaderFacts {
    std::string error;          // "" for a module that could be read
    std::uint32_t version = 0;  // 0x00010500: SPIR-V 1.5
    std::string entryPoint;
    std::vector<std::uint32_t> capabilities;
    std::vector<std::string> extensions;
    std::map<std::uint32_t, std::uint32_t> specialization;  // the value of each constant by its id
    std::array<std::uint32_t, 3> workgroupSize{1, 1, 1};    // after specialization
    std::uint32_t sharedMemorySize = 0;                     // bytes, after specialization
    std::uint32_t widestInteger = 0, widestFloat = 0;       // bits
};

ShaderFacts inspectShader(std::span<const std::uint32_t> words,
                          const VkSpecializationInfo* specialization = nullptr);

struct CodeFacts {
    std::map<std::uint32_t, std::uint32_t> opcodes;  // how often each occurs
    // Float sums and products that a driver may fuse or reassociate, but for those with a constant power of
    // two: they are exact either way.
    std::uint32_t contractible = 0;
    // Loads and stores of buffers that memory barriers order: all others are private to their invocation.
    std::uint32_t orderedAccesses = 0;
};

// Of a module without an error.
CodeFacts inspectCode(std::span<const std::uint32_t> words);

std::size_t hashOf(std::span<const std::uint32_t> words);

}  // namespace vkaxis::test
