// A little work on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace vkaxis::reload_detail {

// body(index) for each index below count, on the calling thread and on up to threads - 1 others.
void forEachIndex(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& body);

}  // namespace vkaxis::reload_detail
