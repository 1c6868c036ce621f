// Host memory that counts what is taken from it and fails when told to.
#pragma once

#include <vulkan/vulkan_core.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace vkaxis::test {

// VkAllocationCallbacks that count what lives and fail one chosen allocation.
class FakeAllocator {
  public:
    FakeAllocator();
    FakeAllocator(const FakeAllocator&) = delete;
    FakeAllocator& operator=(const FakeAllocator&) = delete;

    const VkAllocationCallbacks* callbacks() const { return &callbacks_; }
    void failAt(std::uint64_t ordinal) { failAt_ = ordinal; }  // the ordinal-th from now on, from 1; 0: none
    std::uint64_t allocations() const { return allocations_; }
    std::uint64_t liveBytes() const { return liveBytes_; }
    bool misused() const { return misused_; }  // something was freed that had not been allocated here

  private:
    static VKAPI_ATTR void* VKAPI_CALL allocate(void*, std::size_t, std::size_t, VkSystemAllocationScope);
    static VKAPI_ATTR void* VKAPI_CALL reallocate(void*, void*, std::size_t, std::size_t,
                                                  VkSystemAllocationScope);
    static VKAPI_ATTR void VKAPI_CALL release(void*, void*);

    VkAllocationCallbacks callbacks_{};
    std::atomic<std::uint64_t> allocations_{0}, liveBytes_{0}, failAt_{0};
    std::atomic<bool> misused_{false};
};

// Counts this thread's calls of global operator new while it lives, but for those of the fake driver itself.
class HeapWatch {
  public:
    HeapWatch();
    ~HeapWatch();
    HeapWatch(const HeapWatch&) = delete;
    HeapWatch& operator=(const HeapWatch&) = delete;

    std::uint64_t allocations() const;
    void failAt(std::uint64_t ordinal);  // the ordinal-th nothrow allocation from now on; 0: none

  private:
    std::uint64_t before_;
};

// While one lives, this thread's allocations are not the core's: it is in every entry point of the fake
// driver.
struct Uncounted {
    Uncounted();
    ~Uncounted();
    Uncounted(const Uncounted&) = delete;
    Uncounted& operator=(const Uncounted&) = delete;
};

}  // namespace vkaxis::test
