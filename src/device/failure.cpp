#include "failure.hpp"

#include <algorithm>
#include <string_view>

namespace vkaxis::device_detail {
namespace {

std::string nameOf(VkResult result) {
    switch (result) {
        case VK_TIMEOUT:
            return "VK_TIMEOUT";
        case VK_ERROR_OUT_OF_HOST_MEMORY:
            return "VK_ERROR_OUT_OF_HOST_MEMORY";
        case VK_ERROR_OUT_OF_DEVICE_MEMORY:
            return "VK_ERROR_OUT_OF_DEVICE_MEMORY";
        case VK_ERROR_INITIALIZATION_FAILED:
            return "VK_ERROR_INITIALIZATION_FAILED";
        case VK_ERROR_DEVICE_LOST:
            return "VK_ERROR_DEVICE_LOST";
        case VK_ERROR_MEMORY_MAP_FAILED:
            return "VK_ERROR_MEMORY_MAP_FAILED";
        case VK_ERROR_LAYER_NOT_PRESENT:
            return "VK_ERROR_LAYER_NOT_PRESENT";
        case VK_ERROR_EXTENSION_NOT_PRESENT:
            return "VK_ERROR_EXTENSION_NOT_PRESENT";
        case VK_ERROR_FEATURE_NOT_PRESENT:
            return "VK_ERROR_FEATURE_NOT_PRESENT";
        case VK_ERROR_INCOMPATIBLE_DRIVER:
            return "VK_ERROR_INCOMPATIBLE_DRIVER";
        case VK_ERROR_TOO_MANY_OBJECTS:
            return "VK_ERROR_TOO_MANY_OBJECTS";
        default:
            return "VkResult " + std::to_string(result);
    }
}

}  // namespace

Status failure(Code code, const std::string& message, VkResult result) {
    constexpr std::string_view kEllipsis = "...";
    constexpr std::size_t kRoom = VKAXIS_MESSAGE_SIZE - 1;

    VkaxisStatus status{static_cast<VkaxisCode>(code), result, ""};
    if (message.size() <= kRoom) {
        std::ranges::copy(message, status.message);
    } else {
        char* const end = std::copy_n(message.begin(), kRoom - kEllipsis.size(), status.message);
        std::ranges::copy(kEllipsis, end);
    }
    return status;
}

Status check(VkResult result, const char* call) {
    if (result == VK_SUCCESS) return {};
    const bool outOfMemory = result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY;
    return failure(outOfMemory ? Code::OutOfMemory : Code::VulkanError,
                   std::string(call) + " failed with " + nameOf(result), result);
}

}  // namespace vkaxis::device_detail
