// What a physical device is, and what vkaxis would enable of it.
#pragma once

#include "instance.hpp"

#include <vkaxis/device.hpp>

#include <cstdint>
#include <vector>

namespace vkaxis::device_detail {

// The feature structures of a query or of a device's creation. Copies are unlinked: link() each before use.
struct FeatureChain {
    VkPhysicalDeviceFeatures2 core{};
    VkPhysicalDeviceVulkan11Features vulkan11{};
    VkPhysicalDeviceVulkan12Features vulkan12{};
    VkPhysicalDeviceSubgroupSizeControlFeatures sizeControl{};
    VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR statistics{};

    void link(bool withSizeControl, bool withStatistics);
};

struct PhysicalDevice {
    VkPhysicalDevice handle = VK_NULL_HANDLE;
    DeviceSummary summary;  // but for `usable`
    std::uint32_t queueFamily = 0;
    std::uint32_t timestampValidBits = 0;
    double timestampPeriod = 0;  // nanoseconds
    VkDeviceSize maxBufferSize = 0;
    VkDeviceSize maxAllocationSize = 0;
    VkPhysicalDeviceMemoryProperties memory{};

    // What to create a device with: exactly what exists and vkaxis can use. Below Vulkan 1.2: no features at
    // all.
    bool hasVulkan12 = false;
    bool hasSizeControl = false;
    bool hasStatistics = false;  // of pipelines; enabled on request only
    FeatureChain features;
    std::vector<const char*> extensions;
};

// Unsupported: no queue family with compute.
Result<PhysicalDevice> describe(const Instance& instance, VkPhysicalDevice handle, std::uint32_t index);

}  // namespace vkaxis::device_detail
