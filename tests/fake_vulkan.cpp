#include "fake_objects.hpp"

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

constexpr const char* kObjectNames[] = {"nothing", "shader module", "pipeline layout", "pipeline", "buffer"};
constexpr std::uint32_t kMaxObjects = 4096;

}  // namespace

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
    object->words = {};
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

// ---- The table of entry points ----------------------------------------------------------------------------

std::size_t FakeEntryPoints::indexOf(std::string_view name) {
    std::size_t index = 0;
    while (index < kFunctionCount && name != kFunctions[index].name) ++index;
    return index;
}

PFN_vkVoidFunction FakeEntryPoints::address(const FakeVulkan& driver, std::string_view name,
                                            bool ofDeviceOnly) {
    const std::size_t index = indexOf(name);
    if (index == kFunctionCount || name == driver.hidden_) return nullptr;
    return ofDeviceOnly && !kFunctions[index].ofDevice ? nullptr : kFunctions[index].address;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL FakeEntryPoints::getInstanceProcAddr(VkInstance instance,
                                                                              const char* name) {
    const Uncounted uncounted;
    if (instance == VK_NULL_HANDLE) return nullptr;
    const FakeHandle& handle = enter(instance, FakeHandle::Kind::Instance, "vkGetInstanceProcAddr");
    return address(*handle.driver, name, false);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL FakeEntryPoints::getDeviceProcAddr(VkDevice device,
                                                                            const char* name) {
    const Uncounted uncounted;
    return address(enter(device, FakeHandle::Kind::Device, kGetDeviceProcAddr), name, true);
}

#define VKAXIS_FAKE(name, function, ofDevice) \
    { "vk" name, reinterpret_cast<PFN_vkVoidFunction>(FakeEntryPoints::function), ofDevice }

const FakeEntryPoints::Entry FakeEntryPoints::kFunctions[kFunctionCount] = {
    VKAXIS_FAKE("GetPhysicalDeviceProperties2", getPhysicalDeviceProperties2, false),
    VKAXIS_FAKE("GetDeviceProcAddr", getDeviceProcAddr, true),
    VKAXIS_FAKE("CreateShaderModule", createShaderModule, true),
    VKAXIS_FAKE("DestroyShaderModule", destroyShaderModule, true),
    VKAXIS_FAKE("CreatePipelineLayout", createPipelineLayout, true),
    VKAXIS_FAKE("DestroyPipelineLayout", destroyPipelineLayout, true),
    VKAXIS_FAKE("CreateComputePipelines", createComputePipelines, true),
    VKAXIS_FAKE("DestroyPipeline", destroyPipeline, true),
    VKAXIS_FAKE("GetBufferDeviceAddress", getBufferDeviceAddress, true),
    VKAXIS_FAKE("CmdBindPipeline", cmdBindPipeline, true),
    VKAXIS_FAKE("CmdPushConstants", cmdPushConstants, true),
    VKAXIS_FAKE("CmdDispatch", cmdDispatch, true),
    VKAXIS_FAKE("CmdPipelineBarrier", cmdPipelineBarrier, true),
    VKAXIS_FAKE("CmdUpdateBuffer", cmdUpdateBuffer, true),
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
    features_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features_.pNext = &features11_;
    features_.features.shaderFloat64 = device.enableFloat64;
    features11_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    features11_.pNext = &features12_;
    features11_.storageBuffer16BitAccess = device.enableStorage16;
    features12_.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    features12_.storageBuffer8BitAccess = device.enableStorage8;
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
    createInfo_.pNext = &features_;
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
