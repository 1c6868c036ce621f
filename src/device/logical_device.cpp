#include "logical_device.hpp"

#include "failure.hpp"

namespace vkaxis::device_detail {

LogicalDevice::LogicalDevice(const PhysicalDevice& physical, bool statistics)
    : features_(physical.features), extensions_(physical.extensions) {
    features_.link(physical.hasSizeControl, statistics);
    features_.statistics.pipelineExecutableInfo = statistics;
    if (statistics) extensions_.push_back(VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME);

    queueInfo_.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queueInfo_.queueFamilyIndex = physical.queueFamily;
    queueInfo_.queueCount = 1;
    queueInfo_.pQueuePriorities = &queuePriority_;

    info_.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info_.pNext = physical.hasVulkan12 ? &features_.core : nullptr;
    info_.queueCreateInfoCount = 1;
    info_.pQueueCreateInfos = &queueInfo_;
    info_.enabledExtensionCount = static_cast<std::uint32_t>(extensions_.size());
    info_.ppEnabledExtensionNames = extensions_.data();
}

LogicalDevice::~LogicalDevice() {
    if (handle_ != VK_NULL_HANDLE) functions_.vkDestroyDevice(handle_, nullptr);
}

Result<std::unique_ptr<LogicalDevice>> LogicalDevice::create(const Instance& instance,
                                                             const PhysicalDevice& physical,
                                                             bool statistics) {
    std::unique_ptr<LogicalDevice> device(new LogicalDevice(physical, statistics));
    const VkResult result =
        instance.functions().vkCreateDevice(physical.handle, &device->info_, nullptr, &device->handle_);
    if (result != VK_SUCCESS) return {nullptr, check(result, "vkCreateDevice")};
    instance.loadDeviceFunctions(device->handle_, device->functions_);
    device->functions_.vkGetDeviceQueue(device->handle_, physical.queueFamily, 0, &device->queue_);
    return {std::move(device), {}};
}

Result<OpenDevice> open(const Instance& instance, const PhysicalDevice& physical, bool statistics) {
    const bool captures = statistics && physical.hasStatistics;
    auto logical = LogicalDevice::create(instance, physical, captures);
    if (!logical) return {{}, logical.status};

    ContextInfo info;
    info.getInstanceProcAddr = loaderEntryPoint();
    info.instance = instance.handle();
    info.physicalDevice = physical.handle;
    info.device = logical.value->handle();
    info.apiVersion = instance.apiVersion();
    info.deviceCreateInfo = &logical.value->createInfo();
    if (captures) info.pipelineFlags = VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR;
    auto context = Context::create(info);
    if (!context) return {{}, context.status};
    return {{std::move(logical.value), std::move(context.value)}, {}};
}

}  // namespace vkaxis::device_detail
