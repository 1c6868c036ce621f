// Host memory of a context, from the caller's allocator where there is one.
#pragma once

#include <vkaxis/vkaxis.h>

#include <new>

namespace vkaxis {

// A T that is zero, or null.
template <class T>
T* createOnHost(const VkAllocationCallbacks* allocator) {
    void* memory = allocator ? allocator->pfnAllocation(allocator->pUserData, sizeof(T), alignof(T),
                                                        VK_SYSTEM_ALLOCATION_SCOPE_DEVICE)
                             : ::operator new(sizeof(T), std::nothrow);
    return memory ? new (memory) T{} : nullptr;
}

template <class T>
void destroyOnHost(const VkAllocationCallbacks* allocator, T* object) {
    if (!object) return;
    object->~T();
    if (allocator)
        allocator->pfnFree(allocator->pUserData, object);
    else
        ::operator delete(object);
}

}  // namespace vkaxis
