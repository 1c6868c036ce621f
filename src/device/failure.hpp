// Statuses of this library's own making.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vkaxis::device_detail {

// A message too long for a status ends in "...".
Status failure(Code code, const std::string& message, VkResult result = VK_SUCCESS);

// Ok for VK_SUCCESS; otherwise names the call and the result. Out of memory is OutOfMemory, all else
// VulkanError.
Status check(VkResult result, const char* call);

// The whole answer of a Vulkan call that is asked twice, first for the count.
template <class Item, class Function>
Result<std::vector<Item>> listAll(const char* call, const Function& function) {
    Result<std::vector<Item>> list;
    VkResult result = VK_INCOMPLETE;
    while (result == VK_INCOMPLETE) {
        std::uint32_t count = 0;
        result = function(&count, static_cast<Item*>(nullptr));
        if (result != VK_SUCCESS) break;
        list.value.resize(count);
        result = function(&count, list.value.data());
        list.value.resize(count);
    }
    list.status = check(result, call);
    return list;
}

}  // namespace vkaxis::device_detail
