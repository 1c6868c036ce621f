// A loop over all cores.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace vkaxis::harness {

// body(0) to body(count - 1), in any order, on the calling thread and as many others as there are cores.
template <class Body>
void parallelFor(std::uint64_t count, const Body& body) {
    std::atomic<std::uint64_t> next = 0;
    const auto work = [&] {
        for (std::uint64_t index = next++; index < count; index = next++) body(index);
    };
    const std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> helpers;
    for (std::uint64_t i = 1; i < std::min(cores, count); ++i) helpers.emplace_back(work);
    work();
}

}  // namespace vkaxis::harness
