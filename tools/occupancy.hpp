// How full a kernel can keep NVIDIA's multiprocessors, from what Vulkan tells. Theoretical: nothing is
// measured.
#pragma once

#include <cstdint>

namespace vkaxis::cli {

// What all resident workgroups share.
struct Multiprocessor {
    std::uint32_t warps = 0;
    std::uint32_t sharedMemory = 0;  // bytes
    std::uint32_t reserved = 0;      // of these for the system, with each workgroup
};

// Of compute capability 7.5, 8.0, 8.6, 8.9 or 9.0, of which the warps and, of 8.0 and 9.0, the PCI device are
// distinct.
Multiprocessor multiprocessorOf(std::uint32_t warps, std::uint32_t deviceId);

struct WorkgroupNeeds {
    std::uint32_t warps = 0;         // at most the multiprocessor's
    std::uint64_t registers = 0;     // 32-bit, per invocation
    std::uint64_t sharedMemory = 0;  // bytes
};

// The fraction of a multiprocessor's warps that can be resident.
double theoreticalOccupancy(const WorkgroupNeeds& needs, const Multiprocessor& multiprocessor);

}  // namespace vkaxis::cli
