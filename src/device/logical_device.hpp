// A VkDevice with one queue, and the create-info it was created with.
#pragma once

#include "physical_device.hpp"

#include <memory>

namespace vkaxis::device_detail {

class LogicalDevice {
  public:
    LogicalDevice(const LogicalDevice&) = delete;
    LogicalDevice& operator=(const LogicalDevice&) = delete;
    ~LogicalDevice();

    static Result<std::unique_ptr<LogicalDevice>> create(const Instance& instance,
                                                         const PhysicalDevice& physical, bool statistics);

    VkDevice handle() const { return handle_; }
    VkQueue queue() const { return queue_; }
    const VolkDeviceTable& functions() const { return functions_; }
    const VkDeviceCreateInfo& createInfo() const { return info_; }

  private:
    LogicalDevice(const PhysicalDevice& physical, bool statistics);

    // All that info_ points to.
    FeatureChain features_;
    std::vector<const char*> extensions_;
    float queuePriority_ = 1.0f;
    VkDeviceQueueCreateInfo queueInfo_{};
    VkDeviceCreateInfo info_{};

    VkDevice handle_ = VK_NULL_HANDLE;
    VkQueue queue_ = VK_NULL_HANDLE;
    VolkDeviceTable functions_{};
};

// Its context goes before its device.
struct OpenDevice {
    std::unique_ptr<LogicalDevice> logical;
    Context context;
};

// The only way to find out whether vkaxis runs on a device: on failure the status says what is missing.
// `statistics` asks for those of pipelines, where there are any.
Result<OpenDevice> open(const Instance& instance, const PhysicalDevice& physical, bool statistics = false);

}  // namespace vkaxis::device_detail
