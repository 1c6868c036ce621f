#include "fake_memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace vkaxis::test {

namespace {

struct HeapState {
    std::uint64_t allocations = 0;
    std::uint64_t failAt = 0;
    std::uint32_t uncounted = 0;  // depth of calls into the fake driver
};

thread_local HeapState heapState;

void* heapAllocate(std::size_t size, bool mayFail) {
    if (heapState.uncounted == 0) {
        ++heapState.allocations;
        if (mayFail && heapState.failAt != 0 && --heapState.failAt == 0) return nullptr;
    }
    return std::malloc(size == 0 ? 1 : size);
}

// Precedes every block of a FakeAllocator.
struct BlockHeader {
    const FakeAllocator* owner;
    void* block;
    std::size_t size;
};

BlockHeader headerOf(const void* memory) {
    BlockHeader header;
    std::memcpy(&header, static_cast<const char*>(memory) - sizeof header, sizeof header);
    return header;
}

}  // namespace

Uncounted::Uncounted() {
    ++heapState.uncounted;
}
Uncounted::~Uncounted() {
    --heapState.uncounted;
}

HeapWatch::HeapWatch() : before_(heapState.allocations) {}
HeapWatch::~HeapWatch() {
    heapState.failAt = 0;
}
std::uint64_t HeapWatch::allocations() const {
    return heapState.allocations - before_;
}
void HeapWatch::failAt(std::uint64_t ordinal) {
    heapState.failAt = ordinal;
}

FakeAllocator::FakeAllocator() : callbacks_{this, allocate, reallocate, release, nullptr, nullptr} {}

void* FakeAllocator::allocate(void* user, std::size_t size, std::size_t alignment, VkSystemAllocationScope) {
    auto& self = *static_cast<FakeAllocator*>(user);
    ++self.allocations_;
    if (self.failAt_ != 0 && --self.failAt_ == 0) return nullptr;
    void* block = std::malloc(size + alignment + sizeof(BlockHeader));
    if (block == nullptr) return nullptr;
    const auto first = reinterpret_cast<std::uintptr_t>(block) + sizeof(BlockHeader);
    void* memory = reinterpret_cast<void*>((first + alignment - 1) / alignment * alignment);
    const BlockHeader header{&self, block, size};
    std::memcpy(static_cast<char*>(memory) - sizeof header, &header, sizeof header);
    self.liveBytes_ += size;
    return memory;
}

void* FakeAllocator::reallocate(void* user, void* original, std::size_t size, std::size_t alignment,
                                VkSystemAllocationScope scope) {
    if (original == nullptr) return allocate(user, size, alignment, scope);
    void* memory = allocate(user, size, alignment, scope);
    if (memory == nullptr) return nullptr;
    std::memcpy(memory, original, std::min(size, headerOf(original).size));
    release(user, original);
    return memory;
}

void FakeAllocator::release(void* user, void* memory) {
    if (memory == nullptr) return;
    auto& self = *static_cast<FakeAllocator*>(user);
    const BlockHeader header = headerOf(memory);
    if (header.owner != &self) {
        self.misused_ = true;
        return;
    }
    self.liveBytes_ -= header.size;
    std::free(header.block);
}

}  // namespace vkaxis::test

namespace {

// Through a pointer that the compiler cannot look into: inlined, free() next to operator new would look
// mismatched.
void (*const volatile heapRelease)(void*) = std::free;

}  // namespace

void* operator new(std::size_t size) {
    void* memory = vkaxis::test::heapAllocate(size, false);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return vkaxis::test::heapAllocate(size, true);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return vkaxis::test::heapAllocate(size, true);
}
void operator delete(void* memory) noexcept {
    heapRelease(memory);
}
void operator delete[](void* memory) noexcept {
    heapRelease(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    heapRelease(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    heapRelease(memory);
}
