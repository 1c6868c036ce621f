// Statuses of the harness's own.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <fmt/format.h>

#include <utility>

namespace vkaxis::harness {

template <class... Arguments>
Status failure(VkaxisCode code, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    VkaxisStatus status{code, VK_SUCCESS, ""};
    const auto end = fmt::format_to_n(status.message, VKAXIS_MESSAGE_SIZE - 1, format,
                                      std::forward<Arguments>(arguments)...);
    *end.out = '\0';
    return status;
}

}  // namespace vkaxis::harness
