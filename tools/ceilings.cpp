#include "ceilings.hpp"

#include "copy.h"
#include "read.h"
#include "stream_kernel.hpp"

#include <harness/timing.hpp>

#include <algorithm>

namespace vkaxis::cli {
namespace {

constexpr std::uint32_t kWorkgroupSize = 512;
constexpr std::uint64_t kQuadSize = 16;
constexpr std::uint64_t kCopiedQuads = 4;  // per invocation

// A power of two, so that every workgroup is full.
std::uint64_t sizeFor(const Device& device) {
    if (device.summary().type == VK_PHYSICAL_DEVICE_TYPE_CPU) return std::uint64_t{4} << 20;
    std::uint64_t size = std::uint64_t{1} << 33;
    while (size > device.summary().memorySize / 16) size /= 2;
    return size;
}

Result<double> secondsOf(const Device& device, std::span<const std::uint32_t> spirv, const Buffer& source,
                         const Buffer& destination, std::uint32_t workgroupSize,
                         std::array<std::uint32_t, 2> groups) {
    const auto kernel = StreamKernel::create(device, spirv, workgroupSize);
    if (!kernel) return {0, kernel.status};
    const StreamPush push{source.address(), destination.address(),
                          static_cast<std::uint32_t>(source.size() / kQuadSize)};
    const auto timing = harness::measure(device, [&](VkCommandBuffer commandBuffer) {
        kernel->record(commandBuffer, push, groups);
        return Status{};
    });
    return {timing.value.gpu, timing.status};
}

}  // namespace

Result<Ceilings> measureCeilings(const Device& device) {
    Ceilings ceilings{.size = sizeFor(device)};
    const auto source = device.allocate(ceilings.size);
    const auto destination = device.allocate(ceilings.size);
    for (const auto* buffer : {&source, &destination}) {
        Status status = buffer->status;
        if (status) status = device.fill(buffer->value, 0, ceilings.size, 0);
        if (!status) return {{}, status};
    }
    const std::uint32_t workgroupSize = std::min(kWorkgroupSize, device.summary().maxWorkgroupSize);
    const auto quads = static_cast<std::uint32_t>(ceilings.size / kQuadSize);
    // Enough to fill any device many times over, few enough that each reads for long.
    const std::uint32_t readers = std::min(quads / workgroupSize, std::uint32_t{33792});
    const auto copiers = static_cast<std::uint32_t>(quads / workgroupSize / kCopiedQuads);
    const std::uint32_t width = std::min(copiers, std::uint32_t{1} << 15);

    const auto read =
        secondsOf(device, read_spirv, source.value, destination.value, workgroupSize, {readers, 1});
    if (!read) return {{}, read.status};
    const auto copy = secondsOf(device, copy_spirv, source.value, destination.value, workgroupSize,
                                {width, copiers / width});
    ceilings.read = static_cast<double>(ceilings.size) / read.value;
    ceilings.copy = 2 * static_cast<double>(ceilings.size) / copy.value;
    return {ceilings, copy.status};
}

}  // namespace vkaxis::cli
