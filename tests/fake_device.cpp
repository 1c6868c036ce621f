// The fake driver's device: its properties, modules, layouts and pipelines.
#include "fake_objects.hpp"

#include <algorithm>
#include <map>

namespace vkaxis::test {
namespace {

VkPhysicalDeviceProperties properties(const FakeDevice& device) {
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

std::uint32_t minSubgroupSize(const FakeDevice& device) {
    return device.minSubgroupSize == 0 ? device.subgroupSize : device.minSubgroupSize;
}

std::uint32_t maxSubgroupSize(const FakeDevice& device) {
    return device.maxSubgroupSize == 0 ? device.subgroupSize : device.maxSubgroupSize;
}

std::uint32_t maxWorkgroupSubgroups(const FakeDevice& device) {
    return device.maxWorkgroupSubgroups == 0 ? device.maxWorkgroupInvocations / minSubgroupSize(device)
                                             : device.maxWorkgroupSubgroups;
}

void fillProperties(const FakeDevice& device, VkPhysicalDeviceSubgroupProperties& result) {
    result.subgroupSize = device.subgroupSize;
    result.supportedStages = device.subgroupStages;
    result.supportedOperations = device.subgroupOperations;
}

void fillProperties(const FakeDevice& device, VkPhysicalDeviceVulkan11Properties& result) {
    result.subgroupSize = device.subgroupSize;
    result.subgroupSupportedStages = device.subgroupStages;
    result.subgroupSupportedOperations = device.subgroupOperations;
}

template <class Properties>  // VkPhysicalDeviceSubgroupSizeControlProperties,
                             // VkPhysicalDeviceVulkan13Properties
void fillSizeControl(const FakeDevice& device, Properties& result) {
    result.minSubgroupSize = minSubgroupSize(device);
    result.maxSubgroupSize = maxSubgroupSize(device);
    result.maxComputeWorkgroupSubgroups = maxWorkgroupSubgroups(device);
    result.requiredSubgroupSizeStages = device.requiredSubgroupSizeStages;
}

}  // namespace

VKAPI_ATTR void VKAPI_CALL
FakeEntryPoints::getPhysicalDeviceProperties2(VkPhysicalDevice handle, VkPhysicalDeviceProperties2* result) {
    const Uncounted uncounted;
    FakeVulkan& driver = enter(handle, FakeHandle::Kind::PhysicalDevice, kGetPhysicalDeviceProperties2);
    const FakeDevice& device = driver.device_;
    result->properties = properties(device);
    for (auto* next = static_cast<VkBaseOutStructure*>(result->pNext); next != nullptr; next = next->pNext) {
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
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SM_BUILTINS_PROPERTIES_NV:
                if (device.warpsPerMultiprocessor != 0)
                    reinterpret_cast<VkPhysicalDeviceShaderSMBuiltinsPropertiesNV*>(next)->shaderWarpsPerSM =
                        device.warpsPerMultiprocessor;
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

VKAPI_ATTR VkResult VKAPI_CALL FakeEntryPoints::createShaderModule(VkDevice device,
                                                                   const VkShaderModuleCreateInfo* info,
                                                                   const VkAllocationCallbacks* allocator,
                                                                   VkShaderModule* result) {
    const Uncounted uncounted;
    FakeVulkan& driver = enter(device, FakeHandle::Kind::Device, kCreateShaderModule);
    *result = VK_NULL_HANDLE;
    if (info->sType != VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO) driver.violate("shader module: sType");
    if (info->codeSize == 0 || info->codeSize % 4 != 0) driver.violate("shader module: codeSize");
    VkResult status = driver.injected(kCreateShaderModule);
    if (status != VK_SUCCESS) return status;
    const std::uint64_t id = driver.createObject(kShaderModule, allocator, status);
    if (status != VK_SUCCESS) return status;
    driver.objects_[id - kFirstObject].words.assign(info->pCode, info->pCode + info->codeSize / 4);
    *result = toHandle<VkShaderModule>(id);
    return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::destroyShaderModule(VkDevice device, VkShaderModule module,
                                                                const VkAllocationCallbacks* allocator) {
    const Uncounted uncounted;
    enter(device, FakeHandle::Kind::Device, kDestroyShaderModule)
        .destroyObject(toId(module), kShaderModule, allocator);
}

VKAPI_ATTR VkResult VKAPI_CALL FakeEntryPoints::createPipelineLayout(VkDevice device,
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

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::destroyPipelineLayout(VkDevice device, VkPipelineLayout layout,
                                                                  const VkAllocationCallbacks* allocator) {
    const Uncounted uncounted;
    enter(device, FakeHandle::Kind::Device, kDestroyPipelineLayout)
        .destroyObject(toId(layout), kPipelineLayout, allocator);
}

// Those of the floor, and those of a feature that is enabled.
void FakeEntryPoints::checkCapabilities(FakeVulkan& driver, const ShaderFacts& shader) {
    const FakeDevice& device = driver.device_;
    const std::map<std::uint32_t, bool> enabled{{kFloat64, device.enableFloat64},
                                                {kStorageBuffer8BitAccess, device.enableStorage8},
                                                {kStorageBuffer16BitAccess, device.enableStorage16},
                                                {kVulkanMemoryModel, device.enableMemoryModel},
                                                {kVulkanMemoryModelDeviceScope, device.enableMemoryModel}};
    for (const std::uint32_t capability : shader.capabilities) {
        const auto feature = enabled.find(capability);
        const bool granted =
            feature != enabled.end() ? feature->second : kFloorCapabilities.contains(capability);
        if (!granted)
            driver.violate("pipeline: capability " + std::to_string(capability) + " is not enabled");
    }
}

void FakeEntryPoints::checkPipeline(FakeVulkan& driver, const FakePipeline& pipeline,
                                    const char* entryPoint) {
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
    checkCapabilities(driver, shader);
    if (shader.sharedMemorySize > device.maxSharedMemorySize)
        driver.violate("pipeline: " + std::to_string(shader.sharedMemorySize) + " bytes of shared memory");
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

FakePipeline FakeEntryPoints::readPipeline(FakeVulkan& driver, const VkComputePipelineCreateInfo& info) {
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
    pipeline.flags = info.flags;
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
VKAPI_ATTR VkResult VKAPI_CALL FakeEntryPoints::createComputePipelines(
    VkDevice device, VkPipelineCache cache, std::uint32_t count, const VkComputePipelineCreateInfo* infos,
    const VkAllocationCallbacks* allocator, VkPipeline* results) {
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

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::destroyPipeline(VkDevice device, VkPipeline pipeline,
                                                            const VkAllocationCallbacks* allocator) {
    const Uncounted uncounted;
    enter(device, FakeHandle::Kind::Device, kDestroyPipeline)
        .destroyObject(toId(pipeline), kPipeline, allocator);
}

VKAPI_ATTR VkDeviceAddress VKAPI_CALL
FakeEntryPoints::getBufferDeviceAddress(VkDevice device, const VkBufferDeviceAddressInfo* info) {
    const Uncounted uncounted;
    FakeVulkan& driver = enter(device, FakeHandle::Kind::Device, kGetBufferDeviceAddress);
    if (info->sType != VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO || info->pNext != nullptr)
        driver.violate("buffer address: sType or pNext");
    const auto* buffer = driver.find(toId(info->buffer), kBuffer, "buffer address");
    return buffer == nullptr ? 0 : buffer->address;
}

}  // namespace vkaxis::test
