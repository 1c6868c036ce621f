// An owning Vulkan device for tools, tests and samples: instance, device, queue, buffers, staged transfers,
// timestamps. An engine has all of this already and links vkaxis::vkaxis alone; this is target
// vkaxis::device, the only user of volk. A program that links it statically must not link the Vulkan loader
// itself: the globals of volk have the names of the loader's functions.
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
    std::uint32_t vendorId = 0;
    std::uint32_t deviceId = 0;
    VkPhysicalDeviceType type = VK_PHYSICAL_DEVICE_TYPE_OTHER;
    std::uint32_t apiVersion = 0;
    std::uint32_t subgroupSize = 0;
    std::uint32_t maxWorkgroupSize = 0;  // invocations
    std::uint64_t memorySize = 0;        // bytes of the largest device-local heap
    bool bufferDeviceAddress = false;
    bool float64 = false;
    bool storage8 = false;
    bool storage16 = false;
    bool subgroupSizeControl = false;
    bool memoryModel = false;
    std::uint32_t warpsPerMultiprocessor = 0;  // subgroups, at most; of NVIDIA's devices, else 0
    Status usable;                             // says why vkaxis does not run on it
};

struct DeviceOptions {
    // "": the first usable of the discrete, then integrated, then virtual, then CPU devices. Otherwise an
    // index, or a part of a name in any case; of several such names the loader's first.
    std::string select{};

    // Pipelines keep what Device::statistics tells of them.
    bool statistics = false;

    // Khronos validation with synchronization validation; refused where the layer is absent.
    bool validation = false;

    // Told each message that Device::validationMessages counts, on the thread that caused it; also those of
    // the device's own destruction.
    std::function<void(const char*)> onValidationMessage{};
};

// What a driver tells of a pipeline, by the driver's own names: "Register Count".
struct PipelineStatistic {
    std::string name;
    std::uint64_t value = 0;
};

class Device;
struct DeviceState;

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
    friend struct DeviceState;
    void swap(Buffer& other) noexcept;

    DeviceState* device_ = nullptr;
    VkBuffer buffer_ = VK_NULL_HANDLE;
    VkDeviceMemory memory_ = VK_NULL_HANDLE;
    VkDeviceAddress address_ = 0;
    VkDeviceSize size_ = 0;
    void* mapped_ = nullptr;  // of host-visible memory only
};

// Any number may live at once, also on different drivers. Const members may be called from several threads;
// what the context asks of its callers holds all the same.
// An empty one (default-constructed or moved from) can only be assigned to and destroyed.
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

    // Device-local memory for shaders and transfers, size rounded up to 16 bytes, at least 16; its contents
    // are undefined. OutOfMemory names the size, and the limit if it is one of the device's.
    Result<Buffer> allocate(VkDeviceSize size) const;

    // Through staging buffers in pieces, any size and offset in bytes. Both return when the copy is complete.
    Status upload(const Buffer& buffer, VkDeviceSize offset, std::span<const std::byte> data) const;
    Status download(const Buffer& buffer, VkDeviceSize offset, std::span<std::byte> data) const;

    // Sets size bytes from offset, both multiples of 4, to a repeated word.
    Status fill(const Buffer& buffer, VkDeviceSize offset, VkDeviceSize size, std::uint32_t word) const;

    // Records into a fresh command buffer, behind a barrier that makes all earlier work visible, submits it
    // and waits. A failing record is passed on and nothing is submitted.
    using Recorder = std::function<Status(VkCommandBuffer)>;
    Status run(const Recorder& record) const;

    // As run, repeats recordings between two timestamps in one command buffer, each followed by the barrier
    // that a dependent use needs. The mean GPU time of one, in seconds. Unsupported without timestamps.
    Result<double> time(const Recorder& record, std::uint32_t repeats = 1) const;

    // The whole numbers that the driver tells of the pipeline (VK_KHR_pipeline_executable_properties), made
    // with DeviceOptions::statistics; none where it has no such extension.
    Result<std::vector<PipelineStatistic>> statistics(VkPipeline pipeline) const;

    // Messages of the validation layer since creation (warnings and errors), and the text of the last one.
    std::uint64_t validationMessages() const;
    std::string lastValidationMessage() const;

  private:
    std::unique_ptr<DeviceState> state_;
};

}  // namespace vkaxis
