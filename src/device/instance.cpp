#include "instance.hpp"

#include "failure.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace vkaxis::device_detail {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";
constexpr std::uint32_t kOldestLoader = VK_API_VERSION_1_2;
constexpr std::uint32_t kNewestVersion = VK_API_VERSION_1_3;

bool loaderIsPresent() {
    static const bool present = volkInitialize() == VK_SUCCESS;
    return present;
}

using Extensions = std::vector<VkExtensionProperties>;

Result<Extensions> instanceExtensions() {
    return listAll<VkExtensionProperties>(
        "vkEnumerateInstanceExtensionProperties", [](std::uint32_t* count, VkExtensionProperties* items) {
            return vkEnumerateInstanceExtensionProperties(nullptr, count, items);
        });
}

bool contains(const Extensions& extensions, std::string_view name) {
    return std::ranges::any_of(extensions,
                               [&](const auto& extension) { return name == extension.extensionName; });
}

Status checkLoader() {
    if (!loaderIsPresent()) {
        return failure(Code::Unsupported,
                       "no Vulkan loader is installed: install one (Debian/Ubuntu: libvulkan1)");
    }
    if (volkGetInstanceVersion() < kOldestLoader) {
        return failure(Code::Unsupported, "the Vulkan loader is older than Vulkan 1.2: install a newer one");
    }
    return {};
}

Status checkValidationLayer() {
    const auto layers = listAll<VkLayerProperties>(
        "vkEnumerateInstanceLayerProperties", [](std::uint32_t* count, VkLayerProperties* items) {
            return vkEnumerateInstanceLayerProperties(count, items);
        });
    if (!layers) return layers.status;
    const bool present = std::ranges::any_of(layers.value, [](const VkLayerProperties& layer) {
        return std::string_view(layer.layerName) == kValidationLayer;
    });
    if (present) return {};
    return failure(Code::Unsupported, std::string("validation was asked for, but ") + kValidationLayer +
                                          " is not installed (Debian/Ubuntu: vulkan-validationlayers)");
}

template <class Function>
void load(VkInstance instance, const char* name, Function& function) {
    function = reinterpret_cast<Function>(vkGetInstanceProcAddr(instance, name));
}

InstanceFunctions loadFunctions(VkInstance instance) {
    InstanceFunctions functions;
    load(instance, "vkDestroyInstance", functions.vkDestroyInstance);
    load(instance, "vkEnumeratePhysicalDevices", functions.vkEnumeratePhysicalDevices);
    load(instance, "vkGetPhysicalDeviceProperties", functions.vkGetPhysicalDeviceProperties);
    load(instance, "vkGetPhysicalDeviceProperties2", functions.vkGetPhysicalDeviceProperties2);
    load(instance, "vkGetPhysicalDeviceFeatures2", functions.vkGetPhysicalDeviceFeatures2);
    load(instance, "vkGetPhysicalDeviceMemoryProperties", functions.vkGetPhysicalDeviceMemoryProperties);
    load(instance, "vkGetPhysicalDeviceQueueFamilyProperties",
         functions.vkGetPhysicalDeviceQueueFamilyProperties);
    load(instance, "vkEnumerateDeviceExtensionProperties", functions.vkEnumerateDeviceExtensionProperties);
    load(instance, "vkCreateDevice", functions.vkCreateDevice);
    load(instance, "vkCreateDebugUtilsMessengerEXT", functions.vkCreateDebugUtilsMessengerEXT);
    load(instance, "vkDestroyDebugUtilsMessengerEXT", functions.vkDestroyDebugUtilsMessengerEXT);
    return functions;
}

VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                         VkDebugUtilsMessageTypeFlagsEXT,
                                         const VkDebugUtilsMessengerCallbackDataEXT* data, void* log) {
    static_cast<ValidationLog*>(log)->add(data->pMessage);
    return VK_FALSE;
}

}  // namespace

PFN_vkGetInstanceProcAddr loaderEntryPoint() {
    return loaderIsPresent() ? vkGetInstanceProcAddr : nullptr;
}

Status noDriver(VkResult result) {
    return failure(Code::Unsupported,
                   "no Vulkan driver finds a device: install the GPU's driver, or a CPU driver "
                   "(Debian/Ubuntu: mesa-vulkan-drivers)",
                   result);
}

void ValidationLog::add(const char* message) {
    {
        const std::lock_guard lock(mutex_);
        ++count_;
        last_ = message;
    }
    if (listener_) listener_(message);
}

std::uint64_t ValidationLog::count() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

std::string ValidationLog::last() const {
    const std::lock_guard lock(mutex_);
    return last_;
}

Instance::~Instance() {
    if (handle_ == VK_NULL_HANDLE) return;
    if (messenger_ != VK_NULL_HANDLE)
        functions_.vkDestroyDebugUtilsMessengerEXT(handle_, messenger_, nullptr);
    functions_.vkDestroyInstance(handle_, nullptr);
}

Status Instance::create(bool validation) {
    if (const Status status = checkLoader(); !status) return status;
    apiVersion_ = std::min(volkGetInstanceVersion(), kNewestVersion);

    const Result<Extensions> available = instanceExtensions();
    if (!available) return available.status;
    std::vector<const char*> extensions;
    VkInstanceCreateFlags flags = 0;
    if (contains(available.value, VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME)) {
        extensions.push_back(VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME);
        flags |= VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
    }
    if (validation) {
        if (const Status status = checkValidationLayer(); !status) return status;
        extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
        extensions.push_back(VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
    }

    const VkValidationFeatureEnableEXT synchronization =
        VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
    VkValidationFeaturesEXT validationFeatures{};
    validationFeatures.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT;
    validationFeatures.enabledValidationFeatureCount = 1;
    validationFeatures.pEnabledValidationFeatures = &synchronization;

    VkApplicationInfo application{};
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.pApplicationName = "vkaxis";
    application.apiVersion = apiVersion_;

    VkInstanceCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    info.pNext = validation ? &validationFeatures : nullptr;
    info.flags = flags;
    info.pApplicationInfo = &application;
    info.enabledLayerCount = validation ? 1 : 0;
    info.ppEnabledLayerNames = &kValidationLayer;
    info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();

    const VkResult result = vkCreateInstance(&info, nullptr, &handle_);
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER) return noDriver(result);
    if (result != VK_SUCCESS) return check(result, "vkCreateInstance");
    functions_ = loadFunctions(handle_);
    return validation ? createMessenger() : Status{};
}

// Validation messages only: those of the type GENERAL are the loader's talk, those of PERFORMANCE are advice.
Status Instance::createMessenger() {
    VkDebugUtilsMessengerCreateInfoEXT info{};
    info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
    info.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
    info.pfnUserCallback = onMessage;
    info.pUserData = &log_;
    return check(functions_.vkCreateDebugUtilsMessengerEXT(handle_, &info, nullptr, &messenger_),
                 "vkCreateDebugUtilsMessengerEXT");
}

Result<std::vector<VkPhysicalDevice>> Instance::physicalDevices() const {
    auto devices = listAll<VkPhysicalDevice>(
        "vkEnumeratePhysicalDevices", [&](std::uint32_t* count, VkPhysicalDevice* items) {
            return functions_.vkEnumeratePhysicalDevices(handle_, count, items);
        });
    // How the loader says that there are drivers, but none has a device.
    if (devices.status.vkResult() == VK_ERROR_INITIALIZATION_FAILED) devices.status = {};
    return devices;
}

void Instance::loadDeviceFunctions(VkDevice device, VolkDeviceTable& table) const {
    static std::mutex mutex;  // of volk's global vkGetDeviceProcAddr
    const std::lock_guard lock(mutex);
    volkLoadInstanceOnly(handle_);
    volkLoadDeviceTable(&table, device);
}

}  // namespace vkaxis::device_detail
