// The Vulkan loader, an instance, and what its validation layer says.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <volk.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace vkaxis::device_detail {

// Of one instance, because volk keeps those of the instance loaded last only.
struct InstanceFunctions {
    PFN_vkDestroyInstance vkDestroyInstance = nullptr;
    PFN_vkEnumeratePhysicalDevices vkEnumeratePhysicalDevices = nullptr;
    PFN_vkGetPhysicalDeviceProperties vkGetPhysicalDeviceProperties = nullptr;
    PFN_vkGetPhysicalDeviceProperties2 vkGetPhysicalDeviceProperties2 = nullptr;
    PFN_vkGetPhysicalDeviceFeatures2 vkGetPhysicalDeviceFeatures2 = nullptr;
    PFN_vkGetPhysicalDeviceMemoryProperties vkGetPhysicalDeviceMemoryProperties = nullptr;
    PFN_vkGetPhysicalDeviceQueueFamilyProperties vkGetPhysicalDeviceQueueFamilyProperties = nullptr;
    PFN_vkEnumerateDeviceExtensionProperties vkEnumerateDeviceExtensionProperties = nullptr;
    PFN_vkCreateDevice vkCreateDevice = nullptr;
    PFN_vkCreateDebugUtilsMessengerEXT vkCreateDebugUtilsMessengerEXT = nullptr;
    PFN_vkDestroyDebugUtilsMessengerEXT vkDestroyDebugUtilsMessengerEXT = nullptr;
};

// The layer calls from whichever thread makes the offending call.
class ValidationLog {
  public:
    explicit ValidationLog(std::function<void(const char*)> listener = {}) : listener_(std::move(listener)) {}

    void add(const char* message);
    std::uint64_t count() const;
    std::string last() const;

  private:
    std::function<void(const char*)> listener_;
    mutable std::mutex mutex_;
    std::uint64_t count_ = 0;
    std::string last_;
};

class Instance {
  public:
    explicit Instance(std::function<void(const char*)> listener = {}) : log_(std::move(listener)) {}
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance();

    // Unsupported: no loader, one older than Vulkan 1.2, no driver (also VK_ERROR_INCOMPATIBLE_DRIVER), no
    // layer.
    Status create(bool validation);

    Result<std::vector<VkPhysicalDevice>> physicalDevices() const;

    // Safe while other threads load the functions of other devices.
    void loadDeviceFunctions(VkDevice device, VolkDeviceTable& table) const;

    VkInstance handle() const { return handle_; }
    std::uint32_t apiVersion() const { return apiVersion_; }  // as asked for in VkApplicationInfo
    bool validates() const { return messenger_ != VK_NULL_HANDLE; }
    const InstanceFunctions& functions() const { return functions_; }
    const ValidationLog& log() const { return log_; }

  private:
    Status createMessenger();

    VkInstance handle_ = VK_NULL_HANDLE;
    std::uint32_t apiVersion_ = 0;
    InstanceFunctions functions_;
    ValidationLog log_;
    VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
};

// Of the loader; null where there is none.
PFN_vkGetInstanceProcAddr loaderEntryPoint();

Status noDriver(VkResult result = VK_SUCCESS);

}  // namespace vkaxis::device_detail
