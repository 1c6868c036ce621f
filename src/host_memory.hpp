// Host memory of a context, from the caller's allocator where there is one.
#pragma once

#include <vkaxis/vkaxis.h>

#include <cstddef>
#include <new>

namespace vkaxis {

// Or null.
inline void* allocateOnHost(const VkAllocationCallbacks* allocator, std::size_t size, std::size_t alignment) {
    return allocator ? allocator->pfnAllocation(allocator->pUserData, size, alignment,
                                                VK_SYSTEM_ALLOCATION_SCOPE_DEVICE)
                     : ::operator new(size, std::nothrow);
}

inline void freeOnHost(const VkAllocationCallbacks* allocator, void* memory) {
    if (!memory) return;
    if (allocator)
        allocator->pfnFree(allocator->pUserData, memory);
    else
        ::operator delete(memory);
}

// A T that is zero, or null.
template <class T>
T* createOnHost(const VkAllocationCallbacks* allocator) {
    void* memory = allocateOnHost(allocator, sizeof(T), alignof(T));
    return memory ? new (memory) T{} : nullptr;
}

template <class T>
void destroyOnHost(const VkAllocationCallbacks* allocator, T* object) {
    if (!object) return;
    object->~T();
    freeOnHost(allocator, object);
}

}  // namespace vkaxis
