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
constexpr std::uint64_t kSharedMemoryAtOnce = 128;

std::uint64_t roundUp(std::uint64_t value, std::uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

Multiprocessor multiprocessorOf(std::uint32_t warps, std::uint32_t deviceId) {
    constexpr std::uint32_t kTuringWarps = 32, kAdaWarps = 48;
    constexpr std::uint32_t kA100 = 0x20;  // the high byte of its devices
    const std::uint32_t kilobytes = warps == kTuringWarps    ? 64
                                    : warps == kAdaWarps     ? 100
                                    : deviceId >> 8 == kA100 ? 164
                                                             : 228;
    return {warps, kilobytes << 10, warps == kTuringWarps ? 0u : 1024u};
}

double theoreticalOccupancy(const WorkgroupNeeds& needs, const Multiprocessor& multiprocessor) {
    const std::uint64_t perWarp =
        roundUp(std::max<std::uint64_t>(needs.registers, 1) * kWarpSize, kRegistersAtOnce);
    const std::uint64_t warps =
        std::min<std::uint64_t>(kRegistersOfPart / perWarp * kParts, multiprocessor.warps);
    const std::uint64_t shared = std::max<std::uint64_t>(
        roundUp(needs.sharedMemory, kSharedMemoryAtOnce) + multiprocessor.reserved, 1);
    const std::uint64_t workgroups = std::min({warps / needs.warps, multiprocessor.warps / kWarpsPerWorkgroup,
                                               multiprocessor.sharedMemory / shared});
    return static_cast<double>(workgroups * needs.warps) / multiprocessor.warps;
}

}  // namespace vkaxis::cli
