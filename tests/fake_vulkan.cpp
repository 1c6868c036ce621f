#include "fake_vulkan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace vkaxis::test {

// ---- Failures --------------------------------------------------------------------------------------------

void checkFailure(const Status& status, Code code, std::string_view what) {
    const std::string_view message(status.message());
    CAPTURE(message);
    CHECK(status.code() == code);
    CHECK_MESSAGE(message.find(what) != std::string_view::npos, "the message should name " << what);
    CHECK(!message.empty());
    CHECK(message.size() < VKAXIS_MESSAGE_SIZE - 1);
    CHECK((message.empty() || message.back() != '.'));
    CHECK(message.find('\n') == std::string_view::npos);
}

// ---- The driver's objects ---------------------------------------------------------------------------------

namespace {

enum ObjectKind : std::uint32_t { kShaderModule = 1, kPipelineLayout, kPipeline, kBuffer };

constexpr const char* kObjectNames[] = {"nothing", "shader module", "pipeline layout", "pipeline", "buffer"};
constexpr std::uint32_t kMaxObjects = 4096;
constexpr std::uint64_t kFirstObject = 0xf4ce0000;  // no small number passes for a handle

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

}  // namespace

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

FakeVulkan::Object* FakeVulkan::find(std::uint64_t id, std::uint32_t kind, const char* user) const {
    const std::uint64_t index = id - kFirstObject;
    Object* object = index < objectCount_.load(std::memory_order_relaxed) ? &objects_[index] : nullptr;
    if (object != nullptr && object->kind.load(std::memory_order_relaxed) == kind) return object;
    const_cast<FakeVulkan*>(this)->violate(std::string(user) + ": not a live " + kObjectNames[kind]);
    return nullptr;
}

std::uint64_t FakeVulkan::createObject(std::uint32_t kind, const VkAllocationCallbacks* allocator,
                                       VkResult& result) {
    constexpr std::size_t kHostBytes = 64;
    void* memory = allocator == nullptr ? std::malloc(kHostBytes)
                                        : allocator->pfnAllocation(allocator->pUserData, kHostBytes, 16,
                                                                   VK_SYSTEM_ALLOCATION_SCOPE_OBJECT);
    if (memory == nullptr) {
        result = VK_ERROR_OUT_OF_HOST_MEMORY;
        return 0;
    }
    const std::uint32_t index = objectCount_.fetch_add(1, std::memory_order_relaxed);
    if (index >= kMaxObjects) {
        std::fprintf(stderr, "fake driver: more than %u objects\n", kMaxObjects);
        std::abort();
    }
    objects_[index].allocation = allocator == nullptr ? nullptr : allocator->pfnAllocation;
    objects_[index].hostMemory = memory;
    objects_[index].kind.store(kind, std::memory_order_relaxed);
    result = VK_SUCCESS;
    return kFirstObject + index;
}

void FakeVulkan::destroyObject(std::uint64_t id, std::uint32_t kind, const VkAllocationCallbacks* allocator) {
    if (id == 0) return;
    Object* object = find(id, kind, "destroy");
    if (object == nullptr) return;
    const PFN_vkAllocationFunction allocation = allocator == nullptr ? nullptr : allocator->pfnAllocation;
    if (allocation != object->allocation)
        violate(std::string(kObjectNames[kind]) +
                " destroyed with another allocator than it was created with");
    else if (allocator == nullptr)
        std::free(object->hostMemory);
    else
        allocator->pfnFree(allocator->pUserData, object->hostMemory);
    object->kind.store(0, std::memory_order_relaxed);
}

void FakeVulkan::violate(std::string text) {
    const std::scoped_lock lock(mutex_);
    violations_.push_back(std::move(text));
}

std::string FakeVulkan::firstViolation() const {
    const std::scoped_lock lock(mutex_);
    return violations_.empty() ? "" : violations_.front();
}

std::uint32_t FakeVulkan::liveObjects() const {
    std::uint32_t live = 0;
    for (std::uint32_t i = 0; i < objectCount_; ++i)
        live += objects_[i].kind != 0 && !objects_[i].ownedByTest;
    return live;
}

std::uint32_t FakeVulkan::createdWithout(const VkAllocationCallbacks* allocator) const {
    std::uint32_t others = 0;
    for (std::uint32_t i = 0; i < objectCount_; ++i)
        others += !objects_[i].ownedByTest && objects_[i].allocation != allocator->pfnAllocation;
    return others;
}

std::vector<VkPipeline> FakeVulkan::livePipelines() const {
    std::vector<VkPipeline> result;
    for (std::uint32_t i = 0; i < objectCount_; ++i)
        if (objects_[i].kind == kPipeline) result.push_back(toHandle<VkPipeline>(kFirstObject + i));
    return result;
}

const FakePipeline& FakeVulkan::pipeline(VkPipeline handle) const {
    static const FakePipeline kNone{};
    const Object* object = find(toId(handle), kPipeline, "test");
    return object == nullptr ? kNone : object->pipeline;
}

VkBuffer FakeVulkan::addBuffer(VkDeviceAddress address, VkDeviceSize size) {
    VkResult result;
    const std::uint64_t id = createObject(kBuffer, nullptr, result);
    Object& object = objects_[id - kFirstObject];
    object.ownedByTest = true;
    object.address = address;
    object.size = size;
    return toHandle<VkBuffer>(id);
}

// ---- Commands ---------------------------------------------------------------------------------------------

FakeCommandBuffer::FakeCommandBuffer(FakeVulkan& fake) : FakeHandle{Kind::CommandBuffer, &fake} {
    commands.reserve(4 * VKAXIS_MAX_COMMANDS);
}

void FakeCommandBuffer::reset() {
    commands.clear();
    calls = 0;
    boundPipeline = VK_NULL_HANDLE;
    pushedBytes = 0;
}

// ---- Entry points -----------------------------------------------------------------------------------------

struct FakeEntryPoints {
    // In the order of kFunctions.
    enum Function : std::size_t {
        kGetPhysicalDeviceProperties,
        kGetPhysicalDeviceProperties2,
        kGetDeviceProcAddr,
        kCreateShaderModule,
        kDestroyShaderModule,
        kCreatePipelineLayout,
        kDestroyPipelineLayout,
        kCreateComputePipelines,
        kDestroyPipeline,
        kCmdBindPipeline,
        kCmdPushConstants,
        kCmdDispatch,
        kCmdPipelineBarrier,
        kCmdFillBuffer,
        kCmdUpdateBuffer,
        kGetBufferDeviceAddress,
        kGetBufferDeviceAddressKHR,
        kFunctionCount
    };
    struct Entry {
        const char* name;
        PFN_vkVoidFunction address;
        bool ofDevice;
    };
    static const Entry kFunctions[kFunctionCount];

    static std::size_t indexOf(std::string_view name) {
        std::size_t index = 0;
        while (index < kFunctionCount && name != kFunctions[index].name) ++index;
        return index;
    }

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

    static PFN_vkVoidFunction address(const FakeVulkan& driver, std::string_view name, bool ofDeviceOnly) {
        const std::size_t index = indexOf(name);
        if (index == kFunctionCount || name == driver.hidden_) return nullptr;
        return ofDeviceOnly && !kFunctions[index].ofDevice ? nullptr : kFunctions[index].address;
    }

    static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL getInstanceProcAddr(VkInstance instance,
                                                                        const char* name) {
        const Uncounted uncounted;
        if (instance == VK_NULL_HANDLE) return nullptr;
        const FakeHandle& handle = enter(instance, FakeHandle::Kind::Instance, "vkGetInstanceProcAddr");
        return address(*handle.driver, name, false);
    }

    static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL getDeviceProcAddr(VkDevice device, const char* name) {
        const Uncounted uncounted;
        return address(enter(device, FakeHandle::Kind::Device, kGetDeviceProcAddr), name, true);
    }

    static VkPhysicalDeviceProperties properties(const FakeDevice& device) {
        VkPhysicalDeviceProperties result{};
        result.apiVersion = device.apiVersion;
        result.driverVersion = 1;
        result.vendorID = device.vendorId;
        result.deviceType = device.type;
        std::snprintf(result.deviceName, sizeof result.deviceName, "Fake");
        VkPhysicalDeviceLimits& limits = result.limits;
        limits.maxPushConstantsSize = VKAXIS_PARAMETER_SIZE;
        limits.maxComputeSharedMemorySize = device.maxSharedMemorySize;
        limits.maxComputeWorkGroupInvocations = device.maxWorkgroupInvocations;
        for (std::size_t i = 0; i < 3; ++i) {
            limits.maxComputeWorkGroupCount[i] = device.maxWorkgroupCount;
            limits.maxComputeWorkGroupSize[i] = i == 2 ? 64 : device.maxWorkgroupInvocations;
        }
        return result;
    }

    static std::uint32_t minSubgroupSize(const FakeDevice& device) {
        return device.minSubgroupSize == 0 ? device.subgroupSize : device.minSubgroupSize;
    }

    static std::uint32_t maxSubgroupSize(const FakeDevice& device) {
        return device.maxSubgroupSize == 0 ? device.subgroupSize : device.maxSubgroupSize;
    }

    static std::uint32_t maxWorkgroupSubgroups(const FakeDevice& device) {
        return device.maxWorkgroupSubgroups == 0 ? device.maxWorkgroupInvocations / minSubgroupSize(device)
                                                 : device.maxWorkgroupSubgroups;
    }

    static void fillProperties(const FakeDevice& device, VkPhysicalDeviceSubgroupProperties& result) {
        result.subgroupSize = device.subgroupSize;
        result.supportedStages = device.subgroupStages;
        result.supportedOperations = device.subgroupOperations;
    }

    static void fillProperties(const FakeDevice& device, VkPhysicalDeviceVulkan11Properties& result) {
        result.subgroupSize = device.subgroupSize;
        result.subgroupSupportedStages = device.subgroupStages;
        result.subgroupSupportedOperations = device.subgroupOperations;
    }

    template <class Properties>  // VkPhysicalDeviceSubgroupSizeControlProperties,
                                 // VkPhysicalDeviceVulkan13Properties
    static void fillSizeControl(const FakeDevice& device, Properties& result) {
        result.minSubgroupSize = minSubgroupSize(device);
        result.maxSubgroupSize = maxSubgroupSize(device);
        result.maxComputeWorkgroupSubgroups = maxWorkgroupSubgroups(device);
        result.requiredSubgroupSizeStages = device.requiredSubgroupSizeStages;
    }

    static VKAPI_ATTR void VKAPI_CALL getPhysicalDeviceProperties(VkPhysicalDevice device,
                                                                  VkPhysicalDeviceProperties* result) {
        const Uncounted uncounted;
        *result =
            properties(enter(device, FakeHandle::Kind::PhysicalDevice, kGetPhysicalDeviceProperties).device_);
    }

    static VKAPI_ATTR void VKAPI_CALL getPhysicalDeviceProperties2(VkPhysicalDevice handle,
                                                                   VkPhysicalDeviceProperties2* result) {
        const Uncounted uncounted;
        FakeVulkan& driver = enter(handle, FakeHandle::Kind::PhysicalDevice, kGetPhysicalDeviceProperties2);
        const FakeDevice& device = driver.device_;
        result->properties = properties(device);
        for (auto* next = static_cast<VkBaseOutStructure*>(result->pNext); next != nullptr;
             next = next->pNext) {
            switch (next->sType) {
                case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES:
                    fillProperties(device, *reinterpret_cast<VkPhysicalDeviceSubgroupProperties*>(next));
                    break;
                case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES:
                    fillProperties(device, *reinterpret_cast<VkPhysicalDeviceVulkan11Properties*>(next));
                    break;
                case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES:
                    fillSizeControl(device,
                                    *reinterpret_cast<VkPhysicalDeviceSubgroupSizeControlProperties*>(next));
                    break;
                case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES:
                    if (device.apiVersion < VK_API_VERSION_1_3)
                        driver.violate("VkPhysicalDeviceVulkan13Properties asked of an older device");
                    fillSizeControl(device, *reinterpret_cast<VkPhysicalDeviceVulkan13Properties*>(next));
                    break;
                default:
                    break;  // as a driver treats what it does not know
            }
        }
    }

    static VKAPI_ATTR VkResult VKAPI_CALL createShaderModule(VkDevice device,
                                                             const VkShaderModuleCreateInfo* info,
                                                             const VkAllocationCallbacks* allocator,
                                                             VkShaderModule* result) {
        const Uncounted uncounted;
        FakeVulkan& driver = enter(device, FakeHandle::Kind::Device, kCreateShaderModule);
        *result = VK_NULL_HANDLE;
        if (info->sType != VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO)
            driver.violate("shader module: sType");
        if (info->codeSize == 0 || info->codeSize % 4 != 0) driver.violate("shader module: codeSize");
        VkResult status = driver.injected(kCreateShaderModule);
        if (status != VK_SUCCESS) return status;
        const std::uint64_t id = driver.createObject(kShaderModule, allocator, status);
        if (status != VK_SUCCESS) return status;
        driver.objects_[id - kFirstObject].words.assign(info->pCode, info->pCode + info->codeSize / 4);
        *result = toHandle<VkShaderModule>(id);
        return VK_SUCCESS;
    }

    static VKAPI_ATTR void VKAPI_CALL destroyShaderModule(VkDevice device, VkShaderModule module,
                                                          const VkAllocationCallbacks* allocator) {
        const Uncounted uncounted;
        enter(device, FakeHandle::Kind::Device, kDestroyShaderModule)
            .destroyObject(toId(module), kShaderModule, allocator);
    }

    static VKAPI_ATTR VkResult VKAPI_CALL createPipelineLayout(VkDevice device,
                                                               const VkPipelineLayoutCreateInfo* info,
                                                               const VkAllocationCallbacks* allocator,
                                                               VkPipelineLayout* result) {
        const Uncounted uncounted;
        FakeVulkan& driver = enter(device, FakeHandle::Kind::Device, kCreatePipelineLayout);
        *result = VK_NULL_HANDLE;
        if (info->sType != VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO)
            driver.violate("pipeline layout: sType");
        if (info->setLayoutCount != 0)
            driver.violate("pipeline layout: descriptor sets, of which there are none");
        if (info->pushConstantRangeCount != 1 || info->pPushConstantRanges[0].offset != 0 ||
            info->pPushConstantRanges[0].stageFlags != VK_SHADER_STAGE_COMPUTE_BIT ||
            info->pPushConstantRanges[0].size % 4 != 0 ||
            info->pPushConstantRanges[0].size > VKAXIS_PARAMETER_SIZE)
            driver.violate("pipeline layout: push constants");
        VkResult status = driver.injected(kCreatePipelineLayout);
        if (status != VK_SUCCESS) return status;
        const std::uint64_t id = driver.createObject(kPipelineLayout, allocator, status);
        if (status != VK_SUCCESS) return status;
        if (info->pushConstantRangeCount != 0)
            driver.objects_[id - kFirstObject].pushConstantSize = info->pPushConstantRanges[0].size;
        *result = toHandle<VkPipelineLayout>(id);
        return VK_SUCCESS;
    }

    static VKAPI_ATTR void VKAPI_CALL destroyPipelineLayout(VkDevice device, VkPipelineLayout layout,
                                                            const VkAllocationCallbacks* allocator) {
        const Uncounted uncounted;
        enter(device, FakeHandle::Kind::Device, kDestroyPipelineLayout)
            .destroyObject(toId(layout), kPipelineLayout, allocator);
    }

    static void checkPipeline(FakeVulkan& driver, const FakePipeline& pipeline, const char* entryPoint) {
        const FakeDevice& device = driver.device_;
        const ShaderFacts& shader = pipeline.shader;
        const auto& size = shader.workgroupSize;
        const std::uint32_t subgroupSize =
            pipeline.requiredSubgroupSize != 0 ? pipeline.requiredSubgroupSize : device.subgroupSize;
        const std::uint64_t invocations = std::uint64_t{size[0]} * size[1] * size[2];
        if (!shader.error.empty()) driver.violate("pipeline: " + shader.error);
        if (shader.entryPoint != entryPoint) driver.violate("pipeline: no such entry point");
        if (invocations == 0 || invocations > device.maxWorkgroupInvocations || size[2] > 64)
            driver.violate("pipeline: workgroup of " + std::to_string(invocations) + " invocations");
        constexpr std::uint32_t kMemoryModelCapabilities[] = {5345, 5346};
        for (const std::uint32_t capability : kMemoryModelCapabilities)
            if (!device.enableMemoryModel && std::ranges::count(shader.capabilities, capability) != 0)
                driver.violate("pipeline: a memory model that is not enabled");
        if (shader.sharedMemorySize > device.maxSharedMemorySize)
            driver.violate("pipeline: " + std::to_string(shader.sharedMemorySize) +
                           " bytes of shared memory");
        if (pipeline.fullSubgroups && (!device.enableFullSubgroups || size[0] % subgroupSize != 0))
            driver.violate("pipeline: full subgroups not enabled, or a ragged workgroup");
        if (pipeline.requiredSubgroupSize != 0) {
            if (!device.enableSubgroupSizeControl ||
                (device.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) == 0)
                driver.violate("pipeline: required subgroup size not enabled");
            if (invocations > std::uint64_t{subgroupSize} * maxWorkgroupSubgroups(device))
                driver.violate("pipeline: more subgroups than a required subgroup size allows");
            if (subgroupSize < minSubgroupSize(device) || subgroupSize > maxSubgroupSize(device) ||
                (subgroupSize & (subgroupSize - 1)) != 0)
                driver.violate("pipeline: required subgroup size " + std::to_string(subgroupSize));
        }
    }

    static FakePipeline readPipeline(FakeVulkan& driver, const VkComputePipelineCreateInfo& info) {
        FakePipeline pipeline;
        if (info.sType != VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO ||
            info.stage.sType != VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO ||
            info.stage.stage != VK_SHADER_STAGE_COMPUTE_BIT)
            driver.violate("pipeline: sType or stage");
        for (auto* next = static_cast<const VkBaseInStructure*>(info.stage.pNext); next != nullptr;
             next = next->pNext)
            if (next->sType == VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO)
                pipeline.requiredSubgroupSize =
                    reinterpret_cast<const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo*>(next)
                        ->requiredSubgroupSize;
        pipeline.fullSubgroups =
            (info.stage.flags & VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT) != 0;
        const auto* layout = driver.find(toId(info.layout), kPipelineLayout, "pipeline");
        if (layout != nullptr) pipeline.pushConstantSize = layout->pushConstantSize;
        const auto* module = driver.find(toId(info.stage.module), kShaderModule, "pipeline");
        if (module != nullptr) {
            pipeline.shader = inspectShader(module->words, info.stage.pSpecializationInfo);
            pipeline.codeHash = hashOf(module->words);
        }
        checkPipeline(driver, pipeline, info.stage.pName);
        return pipeline;
    }

    // As drivers do it: a pipeline that fails leaves those before it in the batch alive.
    static VKAPI_ATTR VkResult VKAPI_CALL createComputePipelines(VkDevice device, VkPipelineCache cache,
                                                                 std::uint32_t count,
                                                                 const VkComputePipelineCreateInfo* infos,
                                                                 const VkAllocationCallbacks* allocator,
                                                                 VkPipeline* results) {
        const Uncounted uncounted;
        FakeVulkan& driver = enter(device, FakeHandle::Kind::Device, kCreateComputePipelines);
        std::fill_n(results, count, VkPipeline{VK_NULL_HANDLE});
        for (std::uint32_t i = 0; i < count; ++i) {
            VkResult status = driver.injected(kCreateComputePipelines);
            if (status != VK_SUCCESS) return status;
            FakePipeline pipeline = readPipeline(driver, infos[i]);
            pipeline.cache = cache;
            const std::uint64_t id = driver.createObject(kPipeline, allocator, status);
            if (status != VK_SUCCESS) return status;
            driver.objects_[id - kFirstObject].pipeline = std::move(pipeline);
            results[i] = toHandle<VkPipeline>(id);
        }
        return VK_SUCCESS;
    }

    static VKAPI_ATTR void VKAPI_CALL destroyPipeline(VkDevice device, VkPipeline pipeline,
                                                      const VkAllocationCallbacks* allocator) {
        const Uncounted uncounted;
        enter(device, FakeHandle::Kind::Device, kDestroyPipeline)
            .destroyObject(toId(pipeline), kPipeline, allocator);
    }

    static VKAPI_ATTR void VKAPI_CALL cmdBindPipeline(VkCommandBuffer handle, VkPipelineBindPoint point,
                                                      VkPipeline pipeline) {
        const Uncounted uncounted;
        FakeCommandBuffer& buffer = enter(handle, kCmdBindPipeline);
        if (point != VK_PIPELINE_BIND_POINT_COMPUTE)
            buffer.driver->violate("bind: not the compute bind point");
        if (buffer.driver->find(toId(pipeline), kPipeline, "bind") != nullptr)
            buffer.boundPipeline = pipeline;
    }

    static VKAPI_ATTR void VKAPI_CALL cmdPushConstants(VkCommandBuffer handle, VkPipelineLayout layoutHandle,
                                                       VkShaderStageFlags stages, std::uint32_t offset,
                                                       std::uint32_t size, const void* values) {
        const Uncounted uncounted;
        FakeCommandBuffer& buffer = enter(handle, kCmdPushConstants);
        const auto* layout = buffer.driver->find(toId(layoutHandle), kPipelineLayout, "push constants");
        if (layout == nullptr) return;
        if (stages != VK_SHADER_STAGE_COMPUTE_BIT || offset % 4 != 0 || size == 0 || size % 4 != 0 ||
            std::uint64_t{offset} + size > layout->pushConstantSize) {
            buffer.driver->violate("push constants: outside the layout's range");
            return;
        }
        std::memcpy(buffer.pushConstants.data() + offset, values, size);
        if (offset <= buffer.pushedBytes) buffer.pushedBytes = std::max(buffer.pushedBytes, offset + size);
    }

    static VKAPI_ATTR void VKAPI_CALL cmdDispatch(VkCommandBuffer handle, std::uint32_t x, std::uint32_t y,
                                                  std::uint32_t z) {
        const Uncounted uncounted;
        FakeCommandBuffer& buffer = enter(handle, kCmdDispatch);
        FakeVulkan& driver = *buffer.driver;
        const auto* pipeline = buffer.boundPipeline == VK_NULL_HANDLE
                                   ? nullptr
                                   : driver.find(toId(buffer.boundPipeline), kPipeline, "dispatch");
        if (pipeline == nullptr)
            driver.violate("dispatch: no live pipeline bound");
        else if (buffer.pushedBytes < pipeline->pipeline.pushConstantSize)
            driver.violate("dispatch: push constants not set");
        if (std::max({x, y, z}) > driver.device_.maxWorkgroupCount)
            driver.violate("dispatch: too many workgroups");
        FakeCommand command;
        command.pipeline = buffer.boundPipeline;
        command.groupCount = {x, y, z};
        command.pushConstants = buffer.pushConstants;
        buffer.commands.push_back(command);
    }

    static VKAPI_ATTR void VKAPI_CALL
    cmdPipelineBarrier(VkCommandBuffer handle, VkPipelineStageFlags source, VkPipelineStageFlags destination,
                       VkDependencyFlags flags, std::uint32_t memoryCount, const VkMemoryBarrier* memory,
                       std::uint32_t bufferCount, const VkBufferMemoryBarrier*, std::uint32_t imageCount,
                       const VkImageMemoryBarrier*) {
        const Uncounted uncounted;
        FakeCommandBuffer& buffer = enter(handle, kCmdPipelineBarrier);
        if (flags != 0 || memoryCount != 1 || bufferCount != 0 || imageCount != 0 ||
            memory->sType != VK_STRUCTURE_TYPE_MEMORY_BARRIER || memory->pNext != nullptr) {
            buffer.driver->violate("barrier: something other than one memory barrier");
            return;
        }
        FakeCommand command;
        command.type = FakeCommandType::Barrier;
        command.sourceStages = source;
        command.destinationStages = destination;
        command.sourceAccess = memory->srcAccessMask;
        command.destinationAccess = memory->dstAccessMask;
        buffer.commands.push_back(command);
    }

    static void recordTransfer(FakeCommandBuffer& buffer, VkBuffer target, VkDeviceSize offset,
                               VkDeviceSize size) {
        const auto* object = buffer.driver->find(toId(target), kBuffer, "transfer");
        if (object == nullptr) return;
        if (size != VK_WHOLE_SIZE && (size % 4 != 0 || offset % 4 != 0 || size > object->size - offset))
            buffer.driver->violate("transfer: outside its buffer or not in words");
        FakeCommand command;
        command.type = FakeCommandType::Transfer;
        buffer.commands.push_back(command);
    }

    static VKAPI_ATTR void VKAPI_CALL cmdFillBuffer(VkCommandBuffer handle, VkBuffer target,
                                                    VkDeviceSize offset, VkDeviceSize size, std::uint32_t) {
        const Uncounted uncounted;
        recordTransfer(enter(handle, kCmdFillBuffer), target, offset, size);
    }

    static VKAPI_ATTR void VKAPI_CALL cmdUpdateBuffer(VkCommandBuffer handle, VkBuffer target,
                                                      VkDeviceSize offset, VkDeviceSize size, const void*) {
        const Uncounted uncounted;
        recordTransfer(enter(handle, kCmdUpdateBuffer), target, offset, size);
    }

    template <Function function>
    static VKAPI_ATTR VkDeviceAddress VKAPI_CALL
    getBufferDeviceAddress(VkDevice device, const VkBufferDeviceAddressInfo* info) {
        const Uncounted uncounted;
        FakeVulkan& driver = enter(device, FakeHandle::Kind::Device, function);
        if (info->sType != VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO || info->pNext != nullptr)
            driver.violate("buffer address: sType or pNext");
        const auto* buffer = driver.find(toId(info->buffer), kBuffer, "buffer address");
        return buffer == nullptr ? 0 : buffer->address;
    }
};

#define VKAXIS_FAKE(name, function, ofDevice) \
    { "vk" name, reinterpret_cast<PFN_vkVoidFunction>(FakeEntryPoints::function), ofDevice }

const FakeEntryPoints::Entry FakeEntryPoints::kFunctions[kFunctionCount] = {
    VKAXIS_FAKE("GetPhysicalDeviceProperties", getPhysicalDeviceProperties, false),
    VKAXIS_FAKE("GetPhysicalDeviceProperties2", getPhysicalDeviceProperties2, false),
    VKAXIS_FAKE("GetDeviceProcAddr", getDeviceProcAddr, true),
    VKAXIS_FAKE("CreateShaderModule", createShaderModule, true),
    VKAXIS_FAKE("DestroyShaderModule", destroyShaderModule, true),
    VKAXIS_FAKE("CreatePipelineLayout", createPipelineLayout, true),
    VKAXIS_FAKE("DestroyPipelineLayout", destroyPipelineLayout, true),
    VKAXIS_FAKE("CreateComputePipelines", createComputePipelines, true),
    VKAXIS_FAKE("DestroyPipeline", destroyPipeline, true),
    VKAXIS_FAKE("CmdBindPipeline", cmdBindPipeline, true),
    VKAXIS_FAKE("CmdPushConstants", cmdPushConstants, true),
    VKAXIS_FAKE("CmdDispatch", cmdDispatch, true),
    VKAXIS_FAKE("CmdPipelineBarrier", cmdPipelineBarrier, true),
    VKAXIS_FAKE("CmdFillBuffer", cmdFillBuffer, true),
    VKAXIS_FAKE("CmdUpdateBuffer", cmdUpdateBuffer, true),
    VKAXIS_FAKE("GetBufferDeviceAddress", getBufferDeviceAddress<kGetBufferDeviceAddress>, true),
    VKAXIS_FAKE("GetBufferDeviceAddressKHR", getBufferDeviceAddress<kGetBufferDeviceAddressKHR>, true),
};

#undef VKAXIS_FAKE

// ---- The caller's side ------------------------------------------------------------------------------------

FakeVulkan::FakeVulkan(const FakeDevice& device)
    : device_(device),
      instance_{FakeHandle::Kind::Instance, this},
      physicalDevice_{FakeHandle::Kind::PhysicalDevice, this},
      logicalDevice_{FakeHandle::Kind::Device, this},
      objects_(std::make_unique<Object[]>(kMaxObjects)),
      calls_(std::make_unique<std::atomic<std::uint32_t>[]>(FakeEntryPoints::kFunctionCount)) {
    features12_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    features12_.bufferDeviceAddress = device.enableBufferDeviceAddress;
    features12_.vulkanMemoryModel = device.enableMemoryModel;
    features12_.vulkanMemoryModelDeviceScope = device.enableMemoryModel;
    features13_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES;
    features13_.subgroupSizeControl = device.enableSubgroupSizeControl;
    features13_.computeFullSubgroups = device.enableFullSubgroups;
    sizeControlFeatures_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
    sizeControlFeatures_.subgroupSizeControl = device.enableSubgroupSizeControl;
    sizeControlFeatures_.computeFullSubgroups = device.enableFullSubgroups;
    createInfo_.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    createInfo_.pNext = &features12_;
    if (device.apiVersion >= VK_API_VERSION_1_3) {
        features12_.pNext = &features13_;
    } else if (device.enableSubgroupSizeControl || device.enableFullSubgroups) {
        static const char* const kExtensions[] = {VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME};
        features12_.pNext = &sizeControlFeatures_;
        createInfo_.enabledExtensionCount = 1;
        createInfo_.ppEnabledExtensionNames = kExtensions;
    }
}

FakeVulkan::~FakeVulkan() {
    for (std::uint32_t i = 0; i < objectCount_; ++i)
        if (objects_[i].kind == kBuffer) std::free(objects_[i].hostMemory);
}

ContextInfo FakeVulkan::contextInfo() const {
    ContextInfo info;
    info.getInstanceProcAddr = FakeEntryPoints::getInstanceProcAddr;
    info.instance = reinterpret_cast<VkInstance>(const_cast<FakeHandle*>(&instance_));
    info.physicalDevice = reinterpret_cast<VkPhysicalDevice>(const_cast<FakeHandle*>(&physicalDevice_));
    info.device = reinterpret_cast<VkDevice>(const_cast<FakeHandle*>(&logicalDevice_));
    info.apiVersion = device_.apiVersion;
    info.deviceCreateInfo = &createInfo_;
    return info;
}

void FakeVulkan::fail(std::string_view function, std::uint32_t ordinal, VkResult result) {
    const std::scoped_lock lock(mutex_);
    failFunction_ = FakeEntryPoints::indexOf(function);
    failCountdown_ = ordinal;
    failResult_ = result;
}

VkResult FakeVulkan::injected(std::size_t function) {
    const std::scoped_lock lock(mutex_);
    if (failCountdown_ == 0 || function != failFunction_) return VK_SUCCESS;
    return --failCountdown_ == 0 ? failResult_ : VK_SUCCESS;
}

std::uint32_t FakeVulkan::calls(std::string_view function) const {
    return calls_[FakeEntryPoints::indexOf(function)];
}

}  // namespace vkaxis::test
