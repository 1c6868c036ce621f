// The fake driver from the inside: its objects, and the functions behind its table of entry points.
#pragma once

#include "fake_vulkan.hpp"

#include <cstdio>
#include <cstdlib>
#include <type_traits>

namespace vkaxis::test {

enum ObjectKind : std::uint32_t { kShaderModule = 1, kPipelineLayout, kPipeline, kBuffer };

inline constexpr std::uint64_t kFirstObject = 0xf4ce0000;  // no small number passes for a handle

template <class Handle>
Handle toHandle(std::uint64_t id) {
    if constexpr (std::is_pointer_v<Handle>)
        return reinterpret_cast<Handle>(static_cast<std::uintptr_t>(id));
    else
        return static_cast<Handle>(id);
}

template <class Handle>
std::uint64_t toId(Handle handle) {
    if constexpr (std::is_pointer_v<Handle>)
        return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(handle));
    else
        return static_cast<std::uint64_t>(handle);
}

struct FakeVulkan::Object {
    std::atomic<std::uint32_t> kind{0};             // 0 once destroyed
    PFN_vkAllocationFunction allocation = nullptr;  // of the allocator it was created with, if any
    bool ownedByTest = false;
    void* hostMemory = nullptr;
    std::vector<std::uint32_t> words{};  // shader module
    std::uint32_t pushConstantSize = 0;  // pipeline layout
    FakePipeline pipeline{};             // pipeline
    VkDeviceAddress address = 0;         // buffer
    VkDeviceSize size = 0;               // buffer
};

struct FakeEntryPoints {
    // In the order of kFunctions.
    enum Function : std::size_t {
        kGetPhysicalDeviceProperties2,
        kGetDeviceProcAddr,
        kCreateShaderModule,
        kDestroyShaderModule,
        kCreatePipelineLayout,
        kDestroyPipelineLayout,
        kCreateComputePipelines,
        kDestroyPipeline,
        kGetBufferDeviceAddress,
        kCmdBindPipeline,
        kCmdPushConstants,
        kCmdDispatch,
        kCmdPipelineBarrier,
        kCmdUpdateBuffer,
        kFunctionCount
    };
    struct Entry {
        const char* name;
        PFN_vkVoidFunction address;
        bool ofDevice;
    };
    static const Entry kFunctions[kFunctionCount];

    static std::size_t indexOf(std::string_view name);
    static PFN_vkVoidFunction address(const FakeVulkan& driver, std::string_view name, bool ofDeviceOnly);

    // The driver behind a dispatchable handle. A wrong handle leaves nobody to tell.
    template <class Handle>
    static FakeHandle& enter(Handle handle, FakeHandle::Kind kind, const char* function) {
        auto* fake = reinterpret_cast<FakeHandle*>(handle);
        if (fake == nullptr || fake->kind != kind) {
            std::fprintf(stderr, "fake driver: %s with a wrong handle\n", function);
            std::abort();
        }
        return *fake;
    }

    template <class Handle>
    static FakeVulkan& enter(Handle handle, FakeHandle::Kind kind, Function function) {
        FakeVulkan& driver = *enter(handle, kind, kFunctions[function].name).driver;
        driver.calls_[function].fetch_add(1, std::memory_order_relaxed);
        return driver;
    }

    static FakeCommandBuffer& enter(VkCommandBuffer handle, Function function) {
        FakeHandle& fake = enter(handle, FakeHandle::Kind::CommandBuffer, kFunctions[function].name);
        fake.driver->calls_[function].fetch_add(1, std::memory_order_relaxed);
        auto& buffer = static_cast<FakeCommandBuffer&>(fake);
        ++buffer.calls;
        return buffer;
    }

    // ---- Instance and device ----
    static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL getInstanceProcAddr(VkInstance, const char*);
    static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL getDeviceProcAddr(VkDevice, const char*);
    static VKAPI_ATTR void VKAPI_CALL getPhysicalDeviceProperties2(VkPhysicalDevice,
                                                                   VkPhysicalDeviceProperties2*);
    static VKAPI_ATTR VkResult VKAPI_CALL createShaderModule(VkDevice, const VkShaderModuleCreateInfo*,
                                                             const VkAllocationCallbacks*, VkShaderModule*);
    static VKAPI_ATTR void VKAPI_CALL destroyShaderModule(VkDevice, VkShaderModule,
                                                          const VkAllocationCallbacks*);
    static VKAPI_ATTR VkResult VKAPI_CALL createPipelineLayout(VkDevice, const VkPipelineLayoutCreateInfo*,
                                                               const VkAllocationCallbacks*,
                                                               VkPipelineLayout*);
    static VKAPI_ATTR void VKAPI_CALL destroyPipelineLayout(VkDevice, VkPipelineLayout,
                                                            const VkAllocationCallbacks*);
    static VKAPI_ATTR VkResult VKAPI_CALL createComputePipelines(VkDevice, VkPipelineCache, std::uint32_t,
                                                                 const VkComputePipelineCreateInfo*,
                                                                 const VkAllocationCallbacks*, VkPipeline*);
    static VKAPI_ATTR void VKAPI_CALL destroyPipeline(VkDevice, VkPipeline, const VkAllocationCallbacks*);
    static VKAPI_ATTR VkDeviceAddress VKAPI_CALL getBufferDeviceAddress(VkDevice,
                                                                        const VkBufferDeviceAddressInfo*);

    static void checkCapabilities(FakeVulkan& driver, const ShaderFacts& shader);
    static void checkPipeline(FakeVulkan& driver, const FakePipeline& pipeline, const char* entryPoint);
    static FakePipeline readPipeline(FakeVulkan& driver, const VkComputePipelineCreateInfo& info);

    // ---- Commands ----
    static VKAPI_ATTR void VKAPI_CALL cmdBindPipeline(VkCommandBuffer, VkPipelineBindPoint, VkPipeline);
    static VKAPI_ATTR void VKAPI_CALL cmdPushConstants(VkCommandBuffer, VkPipelineLayout, VkShaderStageFlags,
                                                       std::uint32_t, std::uint32_t, const void*);
    static VKAPI_ATTR void VKAPI_CALL cmdDispatch(VkCommandBuffer, std::uint32_t, std::uint32_t,
                                                  std::uint32_t);
    static VKAPI_ATTR void VKAPI_CALL cmdPipelineBarrier(VkCommandBuffer, VkPipelineStageFlags,
                                                         VkPipelineStageFlags, VkDependencyFlags,
                                                         std::uint32_t, const VkMemoryBarrier*, std::uint32_t,
                                                         const VkBufferMemoryBarrier*, std::uint32_t,
                                                         const VkImageMemoryBarrier*);
    static VKAPI_ATTR void VKAPI_CALL cmdUpdateBuffer(VkCommandBuffer, VkBuffer, VkDeviceSize, VkDeviceSize,
                                                      const void*);
};

}  // namespace vkaxis::test
