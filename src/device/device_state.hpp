// What a Device owns. It stays where it is while the Device moves, so buffers may point to it.
#pragma once

#include "logical_device.hpp"
#include "staging.hpp"

#include <vkaxis/device.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace vkaxis {

enum class MemoryKind {
    DeviceLocal,  // for shaders, with an address
    Staging,      // for transfers: host-visible, coherent, cached where there is such a type, and mapped
};

struct DeviceState {
    explicit DeviceState(std::function<void(const char*)> validationListener)
        : instance(std::move(validationListener)) {}

    Result<Buffer> allocate(VkDeviceSize size, MemoryKind kind);
    static void* mapped(const Buffer& buffer) { return buffer.mapped_; }

    // InvalidArgument: a buffer of another device, or bytes that are not the buffer's.
    Status checkRange(const Buffer& buffer, VkDeviceSize offset, VkDeviceSize size) const;

    VkDevice handle() const { return open.logical->handle(); }
    const VolkDeviceTable& functions() const { return open.logical->functions(); }

    // In the order of creation; destroyed in reverse.
    device_detail::Instance instance;
    device_detail::PhysicalDevice physical;
    device_detail::OpenDevice open;
    std::mutex queueMutex;
    device_detail::Staging staging{*this};

  private:
    Status createBuffer(Buffer& buffer, MemoryKind kind);
    Status allocateMemory(Buffer& buffer, MemoryKind kind);
    Status bindMemory(Buffer& buffer, MemoryKind kind);
};

}  // namespace vkaxis
