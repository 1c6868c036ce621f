// An owning Vulkan device for tools, tests and samples: instance, device, queue, buffers, staged transfers,
// timestamps. An engine has all of this already and links vkaxis::vkaxis alone; this is target
// vkaxis::device, the only user of volk.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vkaxis {

// One physical device as the loader lists it, with the facts that decide what vkaxis can do on it.
struct DeviceSummary {
    std::uint32_t index = 0;  // position in the loader's list; accepted by DeviceOptions::select
    std::string name;
    std::string driver;  // name and version of the driver
    VkPhysicalDeviceType type = VK_PHYSICAL_DEVICE_TYPE_OTHER;
    std::uint32_t apiVersion = 0;
    std::uint32_t subgroupSize = 0;
    std::uint32_t maxWorkgroupSize = 0;  // invocations
    std::uint64_t memorySize = 0;        // bytes of the largest device-local heap
    bool bufferDeviceAddress = false;
    bool int64 = false;
    bool float64 = false;
    bool float16 = false;
    bool storage8 = false;
    bool storage16 = false;
    bool subgroupSizeControl = false;
    bool memoryModel = false;
    bool atomicInt64 = false;
    Status usable;  // says why vkaxis does not run on it
};

struct DeviceOptions {
    std::string
        select;  // "": discrete, then integrated, then virtual, then CPU; or an index, or a part of a name
    bool validation =
        false;  // Khronos validation with synchronization validation; refused where the layer is absent
};

class Device;

// Device memory with an address. Destroyed before its Device.
class Buffer {
  public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Buffer();

    VkBuffer handle() const { return buffer_; }
    VkDeviceAddress address() const { return address_; }
    VkDeviceSize size() const { return size_; }

    // [offset, offset + size) of the buffer, as vkaxis takes its operands.
    AddressRange range(VkDeviceSize offset, VkDeviceSize size) const { return {address_ + offset, size}; }
    AddressRange range() const { return {address_, size_}; }

  private:
    friend class Device;
    void swap(Buffer& other) noexcept;

    struct DeviceState* device_ = nullptr;
    VkBuffer buffer_ = VK_NULL_HANDLE;
    VkDeviceMemory memory_ = VK_NULL_HANDLE;
    VkDeviceAddress address_ = 0;
    VkDeviceSize size_ = 0;
    void* mapped_ = nullptr;  // of host-visible memory only
};

class Device {
  public:
    Device();
    Device(Device&&) noexcept;
    Device& operator=(Device&&) noexcept;
    ~Device();

    // All physical devices, usable or not. Fails without a Vulkan loader (Unsupported); no driver is an empty
    // list.
    static Result<std::vector<DeviceSummary>> enumerate();

    // The selected device with everything enabled that vkaxis can use of it, and a context on it.
    // Unsupported: no loader, no driver, no such device, or one below vkaxis's floor.
    static Result<Device> create(const DeviceOptions& options = {});

    const DeviceSummary& summary() const;
    const Context& context() const;
    VkInstance instance() const;
    VkPhysicalDevice physicalDevice() const;
    VkDevice handle() const;
    VkQueue queue() const;
    std::uint32_t queueFamily() const;
    PFN_vkGetInstanceProcAddr getInstanceProcAddr() const;
    const VkDeviceCreateInfo& deviceCreateInfo() const;  // what the device was created with

    // Device-local memory for shaders and transfers, size rounded up to 16 bytes. OutOfMemory names the size.
    Result<Buffer> allocate(VkDeviceSize size) const;

    // Through a staging buffer in pieces, any size. Both return when the copy is complete.
    Status upload(const Buffer& buffer, VkDeviceSize offset, std::span<const std::byte> data) const;
    Status download(const Buffer& buffer, VkDeviceSize offset, std::span<std::byte> data) const;

    // Sets size bytes, a multiple of 4, to a repeated word.
    Status fill(const Buffer& buffer, VkDeviceSize offset, VkDeviceSize size, std::uint32_t word) const;

    // Records into a fresh command buffer, submits it and waits. A failing record is passed on and nothing is
    // submitted.
    using Recorder = std::function<Status(VkCommandBuffer)>;
    Status run(const Recorder& record) const;

    // As run, repeats recordings between two timestamps in one command buffer, each followed by the barrier
    // that a dependent use needs. The mean GPU time of one, in seconds.
    Result<double> time(const Recorder& record, std::uint32_t repeats = 1) const;

    // Messages of the validation layer since creation (warnings and errors), and the text of the last one.
    std::uint64_t validationMessages() const;
    std::string lastValidationMessage() const;

  private:
    std::unique_ptr<struct DeviceState> state_;
};

}  // namespace vkaxis
