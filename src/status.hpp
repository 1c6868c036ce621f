// Statuses as values.
#pragma once

#include <vkaxis/vkaxis.h>

#if defined(__GNUC__)
#define VKAXIS_PRINTF(position, arguments) __attribute__((format(printf, position, arguments)))
#else
#define VKAXIS_PRINTF(position, arguments)
#endif

namespace vkaxis {

inline VkaxisStatus ok() {
    return {VKAXIS_OK, VK_SUCCESS, ""};
}

// A message that does not fit is cut.
VkaxisStatus failure(VkaxisCode code, const char* format, ...) VKAXIS_PRINTF(2, 3);

// For a Vulkan call that did not return VK_SUCCESS.
VkaxisStatus vulkanFailure(VkResult result, const char* call);

}  // namespace vkaxis
