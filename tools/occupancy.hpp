// How full a kernel can keep NVIDIA's multiprocessors, from what Vulkan tells. Theoretical: nothing is
// measured.
#pragma once

#include <cstdint>

namespace vkaxis::cli {

// The fraction of a multiprocessor's warps that can be resident, as far as registers (32-bit, per invocation)
// and whole workgroups decide, on compute capabilities 7.5, 8.0, 8.9 and 9.0; shared memory, whose size
// Vulkan does not tell, may allow less. warpsPerWorkgroup must be at most warpsPerMultiprocessor.
double theoreticalOccupancy(std::uint64_t registers, std::uint32_t warpsPerWorkgroup,
                            std::uint32_t warpsPerMultiprocessor);

}  // namespace vkaxis::cli
