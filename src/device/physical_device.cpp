#include "physical_device.hpp"

#include "failure.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

namespace vkaxis::device_detail {
namespace {

constexpr const char* kPortabilitySubset = "VK_KHR_portability_subset";  // declared in the beta headers only
constexpr const char* kSizeControl = VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME;

std::string versionName(std::uint32_t version) {
    return std::to_string(VK_API_VERSION_MAJOR(version)) + "." +
           std::to_string(VK_API_VERSION_MINOR(version)) + "." +
           std::to_string(VK_API_VERSION_PATCH(version));
}

class Extensions {
  public:
    explicit Extensions(std::vector<VkExtensionProperties> listed) : listed_(std::move(listed)) {}

    bool contains(std::string_view name) const {
        return std::ranges::any_of(listed_, [&](const auto& each) { return each.extensionName == name; });
    }

  private:
    std::vector<VkExtensionProperties> listed_;
};

Result<std::vector<VkExtensionProperties>> listExtensions(const Instance& instance, VkPhysicalDevice handle) {
    return listAll<VkExtensionProperties>(
        "vkEnumerateDeviceExtensionProperties", [&](std::uint32_t* count, VkExtensionProperties* items) {
            return instance.functions().vkEnumerateDeviceExtensionProperties(handle, nullptr, count, items);
        });
}

FeatureChain onlyWhatVkaxisUses(const FeatureChain& supported) {
    FeatureChain used;
    used.core.features.shaderFloat64 = supported.core.features.shaderFloat64;
    used.vulkan11.storageBuffer16BitAccess = supported.vulkan11.storageBuffer16BitAccess;
    used.vulkan12.bufferDeviceAddress = supported.vulkan12.bufferDeviceAddress;
    used.vulkan12.storageBuffer8BitAccess = supported.vulkan12.storageBuffer8BitAccess;
    used.vulkan12.vulkanMemoryModel = supported.vulkan12.vulkanMemoryModel;
    used.vulkan12.vulkanMemoryModelDeviceScope = supported.vulkan12.vulkanMemoryModelDeviceScope;
    used.sizeControl.subgroupSizeControl = supported.sizeControl.subgroupSizeControl;
    used.sizeControl.computeFullSubgroups = supported.sizeControl.computeFullSubgroups;
    return used;
}

void describeFeatures(const Instance& instance, std::uint32_t version, const Extensions& extensions,
                      PhysicalDevice& device) {
    device.hasSizeControl = version >= VK_API_VERSION_1_3 || extensions.contains(kSizeControl);
    if (device.hasSizeControl && version < VK_API_VERSION_1_3) device.extensions.push_back(kSizeControl);

    const bool listsStatistics = extensions.contains(VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME);
    FeatureChain supported;
    supported.link(device.hasSizeControl, listsStatistics);
    instance.functions().vkGetPhysicalDeviceFeatures2(device.handle, &supported.core);
    device.features = onlyWhatVkaxisUses(supported);
    device.hasStatistics = listsStatistics && supported.statistics.pipelineExecutableInfo;

    const FeatureChain& features = device.features;
    DeviceSummary& summary = device.summary;
    summary.bufferDeviceAddress = features.vulkan12.bufferDeviceAddress;
    summary.float64 = features.core.features.shaderFloat64;
    summary.storage8 = features.vulkan12.storageBuffer8BitAccess;
    summary.storage16 = features.vulkan11.storageBuffer16BitAccess;
    summary.subgroupSizeControl =
        features.sizeControl.subgroupSizeControl && features.sizeControl.computeFullSubgroups;
    summary.memoryModel =
        features.vulkan12.vulkanMemoryModel && features.vulkan12.vulkanMemoryModelDeviceScope;
}

void describeProperties12(const Instance& instance, std::uint32_t version, const Extensions& extensions,
                          PhysicalDevice& device) {
    VkPhysicalDeviceShaderSMBuiltinsPropertiesNV multiprocessors{};
    multiprocessors.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SM_BUILTINS_PROPERTIES_NV;
    VkPhysicalDeviceMaintenance4Properties maintenance4{};
    maintenance4.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES;
    VkPhysicalDeviceVulkan12Properties vulkan12{};
    vulkan12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES;
    VkPhysicalDeviceVulkan11Properties vulkan11{};
    vulkan11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    properties.pNext = &vulkan11;
    vulkan11.pNext = &vulkan12;
    if (version >= VK_API_VERSION_1_3) vulkan12.pNext = &maintenance4;
    if (extensions.contains(VK_NV_SHADER_SM_BUILTINS_EXTENSION_NAME)) {
        multiprocessors.pNext = vulkan12.pNext;
        vulkan12.pNext = &multiprocessors;
    }
    instance.functions().vkGetPhysicalDeviceProperties2(device.handle, &properties);

    device.summary.driver =
        std::string(vulkan12.driverName) + " " +
        (vulkan12.driverInfo[0] != '\0' ? vulkan12.driverInfo
                                        : versionName(properties.properties.driverVersion));
    device.summary.subgroupSize = vulkan11.subgroupSize;
    device.summary.warpsPerMultiprocessor = multiprocessors.shaderWarpsPerSM;
    device.maxAllocationSize = vulkan11.maxMemoryAllocationSize;
    if (maintenance4.maxBufferSize != 0) device.maxBufferSize = maintenance4.maxBufferSize;
}

void describeMemory(const Instance& instance, PhysicalDevice& device) {
    instance.functions().vkGetPhysicalDeviceMemoryProperties(device.handle, &device.memory);
    for (std::uint32_t i = 0; i < device.memory.memoryHeapCount; ++i) {
        const VkMemoryHeap& heap = device.memory.memoryHeaps[i];
        if ((heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0) {
            device.summary.memorySize = std::max(device.summary.memorySize, heap.size);
        }
    }
}

// The first queue family with compute and timestamps; failing that, the first with compute.
bool chooseQueueFamily(const Instance& instance, PhysicalDevice& device) {
    std::uint32_t count = 0;
    instance.functions().vkGetPhysicalDeviceQueueFamilyProperties(device.handle, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    instance.functions().vkGetPhysicalDeviceQueueFamilyProperties(device.handle, &count, families.data());

    const auto computes = [](const auto& family) { return (family.queueFlags & VK_QUEUE_COMPUTE_BIT) != 0; };
    auto chosen = std::ranges::find_if(
        families, [&](const auto& family) { return computes(family) && family.timestampValidBits > 0; });
    if (chosen == families.end()) chosen = std::ranges::find_if(families, computes);
    if (chosen == families.end()) return false;
    device.queueFamily = static_cast<std::uint32_t>(chosen - families.begin());
    device.timestampValidBits = chosen->timestampValidBits;
    return true;
}

}  // namespace

void FeatureChain::link(bool withSizeControl, bool withStatistics) {
    core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    vulkan11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    vulkan12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    sizeControl.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
    statistics.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR;
    void* last = nullptr;
    const auto prepend = [&](auto& features) {
        features.pNext = last;
        last = &features;
    };
    if (withStatistics) prepend(statistics);
    if (withSizeControl) prepend(sizeControl);
    prepend(vulkan12);
    prepend(vulkan11);
    prepend(core);
}

Result<PhysicalDevice> describe(const Instance& instance, VkPhysicalDevice handle, std::uint32_t index) {
    VkPhysicalDeviceProperties properties{};
    instance.functions().vkGetPhysicalDeviceProperties(handle, &properties);

    Result<PhysicalDevice> result;
    PhysicalDevice& device = result.value;
    device.handle = handle;
    device.summary.index = index;
    device.summary.name = properties.deviceName;
    device.summary.driver = versionName(properties.driverVersion);
    device.summary.vendorId = properties.vendorID;
    device.summary.deviceId = properties.deviceID;
    device.summary.type = properties.deviceType;
    device.summary.apiVersion = properties.apiVersion;
    device.summary.maxWorkgroupSize = properties.limits.maxComputeWorkGroupInvocations;
    device.timestampPeriod = properties.limits.timestampPeriod;
    device.maxBufferSize = std::numeric_limits<VkDeviceSize>::max();
    device.maxAllocationSize = std::numeric_limits<VkDeviceSize>::max();
    describeMemory(instance, device);

    auto listed = listExtensions(instance, handle);
    if (!listed) {
        result.status = listed.status;
        return result;
    }
    const Extensions extensions(std::move(listed.value));
    if (extensions.contains(kPortabilitySubset)) device.extensions.push_back(kPortabilitySubset);

    const std::uint32_t version = std::min(instance.apiVersion(), properties.apiVersion);
    device.hasVulkan12 = version >= VK_API_VERSION_1_2;
    if (device.hasVulkan12) {
        describeFeatures(instance, version, extensions, device);
        describeProperties12(instance, version, extensions, device);
    }
    if (!chooseQueueFamily(instance, device)) {
        result.status = failure(Code::Unsupported, device.summary.name + " has no queue family with compute");
    }
    return result;
}

}  // namespace vkaxis::device_detail
