#include "status.hpp"

#include <cstdarg>
#include <cstdio>

namespace vkaxis {

VkaxisStatus failure(VkaxisCode code, const char* format, ...) {
    VkaxisStatus status{code, VK_SUCCESS, ""};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(status.message, sizeof status.message, format, arguments);
    va_end(arguments);
    return status;
}

VkaxisStatus vulkanFailure(VkResult result, const char* call) {
    const bool memory = result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY;
    VkaxisStatus status =
        failure(memory ? VKAXIS_OUT_OF_MEMORY : VKAXIS_VULKAN_ERROR, "%s returned VkResult %d%s", call,
                static_cast<int>(result), memory ? ", out of memory" : "");
    status.vkResult = result;
    return status;
}

}  // namespace vkaxis
