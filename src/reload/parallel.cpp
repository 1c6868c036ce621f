#include "parallel.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace vkaxis::reload_detail {

void forEachIndex(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& body) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t index = next++; index < count; index = next++) body(index);
    };
    std::vector<std::jthread> others;
    try {
        while (others.size() + 1 < std::min(count, threads)) others.emplace_back(work);
    } catch (const std::system_error&) {
        // Fewer do as well.
    }
    work();
}

}  // namespace vkaxis::reload_detail
