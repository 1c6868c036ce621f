// Statuses of this library's own making.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <cstdio>
#include <string>

namespace vkaxis::reload_detail {

// A message too long for a status is cut.
inline Status failure(Code code, const std::string& message) {
    VkaxisStatus status{static_cast<VkaxisCode>(code), VK_SUCCESS, ""};
    std::snprintf(status.message, sizeof status.message, "%s", message.c_str());
    return status;
}

}  // namespace vkaxis::reload_detail
