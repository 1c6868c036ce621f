#include "occupancy.hpp"

#include <algorithm>

namespace vkaxis::cli {
namespace {

// Of a multiprocessor (CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"). Each
// of four parts has its share of the registers, and gives them to a warp in multiples.
constexpr std::uint64_t kParts = 4;
constexpr std::uint64_t kRegistersOfPart = 65536 / kParts;
constexpr std::uint64_t kRegistersAtOnce = 256;
constexpr std::uint64_t kWarpSize = 32;
constexpr std::uint64_t kWarpsPerWorkgroup = 2;  // it holds as many workgroups as if each had these

}  // namespace

double theoreticalOccupancy(std::uint64_t registers, std::uint32_t warpsPerWorkgroup,
                            std::uint32_t warpsPerMultiprocessor) {
    const std::uint64_t unrounded = std::max<std::uint64_t>(registers, 1) * kWarpSize;
    const std::uint64_t perWarp = (unrounded + kRegistersAtOnce - 1) / kRegistersAtOnce * kRegistersAtOnce;
    const std::uint64_t warps =
        std::min<std::uint64_t>(kRegistersOfPart / perWarp * kParts, warpsPerMultiprocessor);
    const std::uint64_t mostWorkgroups = warpsPerMultiprocessor / kWarpsPerWorkgroup;
    const std::uint64_t workgroups = std::min(warps / warpsPerWorkgroup, mostWorkgroups);
    return static_cast<double>(workgroups * warpsPerWorkgroup) / warpsPerMultiprocessor;
}

}  // namespace vkaxis::cli
