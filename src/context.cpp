#include "context.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "host_memory.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

struct EnabledFeatures {
    bool bufferDeviceAddress = false;
    bool subgroupSizeControl = false;
    bool computeFullSubgroups = false;
    bool deviceMemoryModel = false;  // vulkanMemoryModel and vulkanMemoryModelDeviceScope
    bool float64 = false;
    bool storage8 = false;
    bool storage16 = false;
};

// What the caller enabled, wherever Vulkan allows it to be said.
EnabledFeatures readFeatures(const VkDeviceCreateInfo& info) {
    EnabledFeatures features;
    if (info.pEnabledFeatures) features.float64 = info.pEnabledFeatures->shaderFloat64 == VK_TRUE;
    for (const auto* node = static_cast<const VkBaseInStructure*>(info.pNext); node; node = node->pNext) {
        switch (node->sType) {
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2:
                features.float64 |=
                    reinterpret_cast<const VkPhysicalDeviceFeatures2*>(node)->features.shaderFloat64 ==
                    VK_TRUE;
                break;
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES:
                features.storage16 |= reinterpret_cast<const VkPhysicalDeviceVulkan11Features*>(node)
                                          ->storageBuffer16BitAccess == VK_TRUE;
                break;
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES:
                features.storage16 |= reinterpret_cast<const VkPhysicalDevice16BitStorageFeatures*>(node)
                                          ->storageBuffer16BitAccess == VK_TRUE;
                break;
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES:
                features.storage8 |= reinterpret_cast<const VkPhysicalDevice8BitStorageFeatures*>(node)
                                         ->storageBuffer8BitAccess == VK_TRUE;
                break;
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES: {
                const auto* vulkan12 = reinterpret_cast<const VkPhysicalDeviceVulkan12Features*>(node);
                features.storage8 |= vulkan12->storageBuffer8BitAccess == VK_TRUE;
                features.bufferDeviceAddress |= vulkan12->bufferDeviceAddress == VK_TRUE;
                features.deviceMemoryModel |= vulkan12->vulkanMemoryModel == VK_TRUE &&
                                              vulkan12->vulkanMemoryModelDeviceScope == VK_TRUE;
                break;
            }
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES: {
                const auto* model = reinterpret_cast<const VkPhysicalDeviceVulkanMemoryModelFeatures*>(node);
                features.deviceMemoryModel |=
                    model->vulkanMemoryModel == VK_TRUE && model->vulkanMemoryModelDeviceScope == VK_TRUE;
                break;
            }
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES:
                features.bufferDeviceAddress |=
                    reinterpret_cast<const VkPhysicalDeviceBufferDeviceAddressFeatures*>(node)
                        ->bufferDeviceAddress == VK_TRUE;
                break;
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES: {
                const auto* vulkan13 = reinterpret_cast<const VkPhysicalDeviceVulkan13Features*>(node);
                features.subgroupSizeControl |= vulkan13->subgroupSizeControl == VK_TRUE;
                features.computeFullSubgroups |= vulkan13->computeFullSubgroups == VK_TRUE;
                break;
            }
            case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES: {
                const auto* control =
                    reinterpret_cast<const VkPhysicalDeviceSubgroupSizeControlFeatures*>(node);
                features.subgroupSizeControl |= control->subgroupSizeControl == VK_TRUE;
                features.computeFullSubgroups |= control->computeFullSubgroups == VK_TRUE;
                break;
            }
            default:
                break;
        }
    }
    return features;
}

VkaxisStatus checkInfo(const VkaxisContextCreateInfo* info) {
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_CONTEXT_CREATE_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_CONTEXT_CREATE_INFO");
    const char* missing = info->pNext                     ? nullptr
                          : !info->pfnGetInstanceProcAddr ? "pfnGetInstanceProcAddr"
                          : !info->instance               ? "instance"
                          : !info->physicalDevice         ? "physicalDevice"
                          : !info->device                 ? "device"
                          : !info->pDeviceCreateInfo      ? "pDeviceCreateInfo"
                                                          : "";
    if (!missing) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    if (*missing) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->%s is NULL", missing);
    if (const VkAllocationCallbacks* allocator = info->pAllocator;
        allocator && (!allocator->pfnAllocation || !allocator->pfnReallocation || !allocator->pfnFree))
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pAllocator lacks a function");
    return ok();
}

VkaxisStatus checkVersion(const char* what, uint32_t version) {
    if (version >= VK_API_VERSION_1_2) return ok();
    return failure(VKAXIS_UNSUPPORTED, "%s is Vulkan %u.%u, and 1.2 is needed", what,
                   VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version));
}

VkaxisStatus checkSubgroups(const VkPhysicalDeviceSubgroupProperties& subgroup) {
    if (!(subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT))
        return failure(VKAXIS_UNSUPPORTED, "the device has no subgroup operations in compute shaders");
    constexpr struct {
        VkSubgroupFeatureFlagBits bit;
        const char* name;
    } kNeeded[] = {{VK_SUBGROUP_FEATURE_BASIC_BIT, "basic"},
                   {VK_SUBGROUP_FEATURE_VOTE_BIT, "vote"},
                   {VK_SUBGROUP_FEATURE_BALLOT_BIT, "ballot"},
                   {VK_SUBGROUP_FEATURE_ARITHMETIC_BIT, "arithmetic"},
                   {VK_SUBGROUP_FEATURE_SHUFFLE_BIT, "shuffle"}};
    for (const auto& needed : kNeeded)
        if (!(subgroup.supportedOperations & needed.bit))
            return failure(VKAXIS_UNSUPPORTED, "the device lacks subgroup operation %s", needed.name);
    if (subgroup.subgroupSize < 4 || subgroup.subgroupSize > 128)
        return failure(VKAXIS_UNSUPPORTED, "the device's subgroup size is %u, and 4 to 128 is needed",
                       subgroup.subgroupSize);
    return ok();
}

struct PhysicalDevice {
    VkPhysicalDeviceProperties properties;
    VkPhysicalDeviceSubgroupProperties subgroup;
    VkPhysicalDeviceSubgroupSizeControlProperties sizeControl;  // zero where the device knows none
    uint32_t warpsPerMultiprocessor;                            // of NVIDIA's; else 0
    EnabledFeatures enabled;
};

bool canRequireSubgroupSize(const PhysicalDevice& physical) {
    return physical.enabled.subgroupSizeControl &&
           (physical.sizeControl.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;
}

// Kernels are compiled for one subgroup size, which a device with several takes only on request.
VkaxisStatus checkSubgroupSize(const PhysicalDevice& physical) {
    const VkPhysicalDeviceSubgroupSizeControlProperties& sizes = physical.sizeControl;
    if (sizes.minSubgroupSize == sizes.maxSubgroupSize || canRequireSubgroupSize(physical)) return ok();
    return failure(VKAXIS_UNSUPPORTED,
                   "the device's subgroups have %u to %u invocations: feature subgroupSizeControl must be "
                   "enabled in pDeviceCreateInfo",
                   sizes.minSubgroupSize, sizes.maxSubgroupSize);
}

// Asked of NVIDIA's drivers alone, because others may warn of a structure that they do not know.
uint32_t readWarpsPerMultiprocessor(VkPhysicalDevice device,
                                    PFN_vkGetPhysicalDeviceProperties2 getProperties) {
    VkPhysicalDeviceShaderSMBuiltinsPropertiesNV multiprocessors{};
    multiprocessors.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SM_BUILTINS_PROPERTIES_NV;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    properties.pNext = &multiprocessors;
    getProperties(device, &properties);
    return multiprocessors.shaderWarpsPerSM;
}

// Everything that can be refused, before anything is made.
VkaxisStatus checkFloor(const VkaxisContextCreateInfo& info, PhysicalDevice& physical) {
    VkaxisStatus status = checkVersion("the instance", info.apiVersion);
    if (status.code != VKAXIS_OK) return status;
    const auto getProperties = reinterpret_cast<PFN_vkGetPhysicalDeviceProperties2>(
        info.pfnGetInstanceProcAddr(info.instance, "vkGetPhysicalDeviceProperties2"));
    if (!getProperties)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "pfnGetInstanceProcAddr knows no vkGetPhysicalDeviceProperties2");

    physical.enabled = readFeatures(*info.pDeviceCreateInfo);
    physical.sizeControl = {};
    physical.sizeControl.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES;
    physical.subgroup = {};
    physical.subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES;
    physical.subgroup.pNext = &physical.sizeControl;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    properties.pNext = &physical.subgroup;
    getProperties(info.physicalDevice, &properties);
    physical.properties = properties.properties;
    physical.warpsPerMultiprocessor = 0;
    if (physical.properties.vendorID == kNvidia)
        physical.warpsPerMultiprocessor = readWarpsPerMultiprocessor(info.physicalDevice, getProperties);

    status = checkVersion("the device", physical.properties.apiVersion);
    if (status.code == VKAXIS_OK) status = checkSubgroups(physical.subgroup);
    if (status.code == VKAXIS_OK) status = checkSubgroupSize(physical);
    if (status.code == VKAXIS_OK && !physical.enabled.bufferDeviceAddress)
        status =
            failure(VKAXIS_UNSUPPORTED, "feature bufferDeviceAddress is not enabled in pDeviceCreateInfo");
    return status;
}

VkaxisStatus loadFunctions(const VkaxisContextCreateInfo& info, Functions& vk) {
    const auto getDeviceProcAddr = reinterpret_cast<PFN_vkGetDeviceProcAddr>(
        info.pfnGetInstanceProcAddr(info.instance, "vkGetDeviceProcAddr"));
    if (!getDeviceProcAddr)
        return failure(VKAXIS_INVALID_ARGUMENT, "pfnGetInstanceProcAddr knows no vkGetDeviceProcAddr");
#define VKAXIS_LOAD(name)                                                                 \
    vk.name = reinterpret_cast<PFN_vk##name>(getDeviceProcAddr(info.device, "vk" #name)); \
    if (!vk.name) return failure(VKAXIS_INVALID_ARGUMENT, "vkGetDeviceProcAddr knows no vk" #name);
    VKAXIS_DEVICE_FUNCTIONS(VKAXIS_LOAD)
#undef VKAXIS_LOAD
    return ok();
}

DeviceFacts factsOf(const PhysicalDevice& physical, const Tuning& tuning) {
    const VkPhysicalDeviceLimits& limits = physical.properties.limits;
    const uint32_t subgroupSize = physical.subgroup.subgroupSize;
    DeviceFacts facts{};
    facts.subgroupSize = subgroupSize;
    facts.requireSubgroupSize = canRequireSubgroupSize(physical);
    facts.requireFullSubgroups = physical.enabled.computeFullSubgroups;
    facts.deviceMemoryModel = physical.enabled.deviceMemoryModel;
    facts.float64 = physical.enabled.float64;
    // Vulkan promises nothing of the kind; checked on an H200 (docs/measurements.md).
    facts.nativeFloats = physical.properties.vendorID == kNvidia;
    facts.storage8 = physical.enabled.storage8;
    facts.storage16 = physical.enabled.storage16;
    uint32_t most = std::min(limits.maxComputeWorkGroupInvocations, limits.maxComputeWorkGroupSize[0]);
    if (facts.requireSubgroupSize)
        most = std::min(most, subgroupSize * physical.sizeControl.maxComputeWorkgroupSubgroups);
    facts.maxWorkgroupSize = most / subgroupSize * subgroupSize;
    facts.workgroupSize = wholeSubgroups(facts, tuning.workgroupSize);
    std::copy_n(limits.maxComputeWorkGroupCount, 3, facts.maxGroupCount);
    facts.sharedMemorySize = limits.maxComputeSharedMemorySize;
    return facts;
}

VkaxisStatus createLayout(VkaxisContext context) {
    const VkPushConstantRange range{
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .offset = 0, .size = VKAXIS_PARAMETER_SIZE};
    const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                          .pNext = nullptr,
                                          .flags = 0,
                                          .setLayoutCount = 0,
                                          .pSetLayouts = nullptr,
                                          .pushConstantRangeCount = 1,
                                          .pPushConstantRanges = &range};
    const VkResult result =
        context->vk.CreatePipelineLayout(context->device, &info, context->allocator, &context->layout);
    return result == VK_SUCCESS ? ok() : vulkanFailure(result, "vkCreatePipelineLayout");
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisCreateContext(const VkaxisContextCreateInfo* pInfo, VkaxisContext* pContext) {
    if (!pContext) return failure(VKAXIS_INVALID_ARGUMENT, "pContext is NULL");
    *pContext = nullptr;
    VkaxisStatus status = checkInfo(pInfo);
    if (status.code != VKAXIS_OK) return status;
    PhysicalDevice physical;
    status = checkFloor(*pInfo, physical);
    if (status.code != VKAXIS_OK) return status;

    VkaxisContext context = createOnHost<VkaxisContext_T>(pInfo->pAllocator);
    if (!context)
        return failure(VKAXIS_OUT_OF_MEMORY, "no host memory for a context of %zu bytes",
                       sizeof(VkaxisContext_T));
    if (pInfo->pAllocator) {
        context->allocatorCopy = *pInfo->pAllocator;
        context->allocator = &context->allocatorCopy;
    }
    context->device = pInfo->device;
    context->pipelineCache = pInfo->pipelineCache;
    context->pipelineFlags = pInfo->pipelineFlags;
    context->builtInTuning = &findTuning(physical.properties.vendorID, physical.warpsPerMultiprocessor);
    context->tuning = *context->builtInTuning;
    context->facts = factsOf(physical, context->tuning);
    status = loadFunctions(*pInfo, context->vk);
    if (status.code == VKAXIS_OK) status = createLayout(context);
    if (status.code != VKAXIS_OK) {
        vkaxisDestroyContext(context);
        return status;
    }
    *pContext = context;
    return ok();
}

void vkaxisDestroyContext(VkaxisContext context) {
    if (!context) return;
    destroyKernels(context);
    if (context->layout)
        context->vk.DestroyPipelineLayout(context->device, context->layout, context->allocator);
    const VkAllocationCallbacks allocator = context->allocatorCopy;
    destroyOnHost(context->allocator ? &allocator : nullptr, context);
}
