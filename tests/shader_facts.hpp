// What a driver learns of a SPIR-V module, read without one.
#pragma once

#include <vulkan/vulkan_core.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::test {

struct ShaderFacts {
    std::string error;          // "" for a module that could be read
    std::uint32_t version = 0;  // 0x00010500: SPIR-V 1.5
    std::string entryPoint;
    std::vector<std::uint32_t> capabilities;
    std::vector<std::string> extensions;
    std::map<std::uint32_t, std::uint32_t> opcodes;         // how often each occurs
    std::map<std::uint32_t, std::uint32_t> specialization;  // the value of each constant by its id
    std::array<std::uint32_t, 3> workgroupSize{1, 1, 1};    // after specialization
    std::uint32_t sharedMemorySize = 0;                     // bytes, after specialization
    std::uint32_t contractibleAdds = 0;  // float additions that the driver may fuse or reassociate
    std::uint32_t widestInteger = 0, widestFloat = 0;  // bits
};

ShaderFacts inspectShader(std::span<const std::uint32_t> words,
                          const VkSpecializationInfo* specialization = nullptr);

std::size_t hashOf(std::span<const std::uint32_t> words);

}  // namespace vkaxis::test
