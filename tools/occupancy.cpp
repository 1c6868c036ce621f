#include "occupancy.hpp"

#include <algorithm>

namespace vkaxis::cli {
namespace {

// Compute capabilities 5.0 to 9.0 (CUDA C++ Programming Guide, "Technical Specifications per Compute
// Capability").
constexpr std::uint64_t kRegisters = 65536;
constexpr std::uint64_t kRegistersAtOnce = 256;  // a warp's come in multiples of this
constexpr std::uint64_t kWarpSize = 32;
constexpr std::uint64_t kWorkgroups = 32;

}  // namespace

double theoreticalOccupancy(std::uint64_t registers, std::uint32_t warpsPerWorkgroup,
                            std::uint32_t warpsPerMultiprocessor) {
    const std::uint64_t perWarp = (std::max<std::uint64_t>(registers, 1) * kWarpSize + kRegistersAtOnce - 1) /
                                  kRegistersAtOnce * kRegistersAtOnce;
    const std::uint64_t warps = std::min<std::uint64_t>(kRegisters / perWarp, warpsPerMultiprocessor);
    const std::uint64_t workgroups = std::min(warps / warpsPerWorkgroup, kWorkgroups);
    return static_cast<double>(workgroups * warpsPerWorkgroup) / warpsPerMultiprocessor;
}

}  // namespace vkaxis::cli
