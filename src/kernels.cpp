#include "kernels.hpp"

#include <algorithm>
#include <iterator>

#include "arg_column_quads.h"
#include "arg_columns.h"
#include "arg_rows.h"
#include "context.hpp"
#include "params.h"
#include "scan_columns_f32.h"
#include "scan_columns_u32.h"
#include "scan_look_back_f32.h"
#include "scan_look_back_u32.h"
#include "scan_rows_f32.h"
#include "scan_rows_u32.h"
#include "status.hpp"

namespace vkaxis {
namespace {

constexpr std::span<const uint32_t> kModules[] = {
    arg_rows_spirv,         arg_columns_spirv,        arg_column_quads_spirv,
    scan_rows_f32_spirv,    scan_rows_u32_spirv,      scan_columns_f32_spirv,
    scan_columns_u32_spirv, scan_look_back_f32_spirv, scan_look_back_u32_spirv};
static_assert(std::size(kModules) == static_cast<std::size_t>(Module::Count));

VkaxisStatus createPipeline(VkaxisContext context, const KernelKey& key, VkPipeline& pipeline) {
    const std::span<const uint32_t> code = moduleCode(key.module);
    const VkShaderModuleCreateInfo moduleInfo{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                              .pNext = nullptr,
                                              .flags = 0,
                                              .codeSize = code.size_bytes(),
                                              .pCode = code.data()};
    VkShaderModule shaderModule = VK_NULL_HANDLE;
    VkResult result =
        context->vk.CreateShaderModule(context->device, &moduleInfo, context->allocator, &shaderModule);
    if (result != VK_SUCCESS) return vulkanFailure(result, "vkCreateShaderModule");

    VkSpecializationMapEntry entries[kMaxSpecialization];
    for (uint32_t i = 0; i < kMaxSpecialization; ++i)
        entries[i] = {.constantID = i, .offset = i * 4, .size = 4};
    const VkSpecializationInfo specialization{.mapEntryCount = kMaxSpecialization,
                                              .pMapEntries = entries,
                                              .dataSize = sizeof key.constants,
                                              .pData = key.constants};
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo subgroupSize{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .pNext = nullptr,
        .requiredSubgroupSize = context->facts.subgroupSize};
    const VkPipelineShaderStageCreateFlags stageFlags =
        context->facts.requireFullSubgroups ? VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT : 0;
    const VkComputePipelineCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .pNext = nullptr,
        .flags = 0,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .pNext = context->facts.requireSubgroupSize ? &subgroupSize : nullptr,
                  .flags = stageFlags,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = shaderModule,
                  .pName = "main",
                  .pSpecializationInfo = &specialization},
        .layout = context->layout,
        .basePipelineHandle = VK_NULL_HANDLE,
        .basePipelineIndex = -1};
    result = context->vk.CreateComputePipelines(context->device, context->pipelineCache, 1, &info,
                                                context->allocator, &pipeline);
    context->vk.DestroyShaderModule(context->device, shaderModule, context->allocator);
    return result == VK_SUCCESS ? ok() : vulkanFailure(result, "vkCreateComputePipelines");
}

}  // namespace

std::span<const uint32_t> moduleCode(Module module) {
    return kModules[static_cast<std::size_t>(module)];
}

VkaxisStatus findKernel(VkaxisContext context, Module module, uint32_t workgroupSize,
                        std::span<const uint32_t> constants, uint32_t& slot) {
    KernelKey key{module, {workgroupSize, workgroupSize / context->facts.subgroupSize}};
    std::copy(constants.begin(), constants.end(), key.constants + 2);

    KernelTable& table = context->kernels;
    for (slot = 0; slot < table.count; ++slot)
        if (table.entries[slot].key == key) return ok();
    if (table.count == KernelTable::kCapacity)
        return failure(VKAXIS_UNSUPPORTED, "the context already holds %u kernels, the most it can",
                       KernelTable::kCapacity);

    VkPipeline pipeline = VK_NULL_HANDLE;
    const VkaxisStatus status = createPipeline(context, key, pipeline);
    if (status.code != VKAXIS_OK) return status;
    table.entries[slot] = {key, pipeline};
    ++table.count;
    return ok();
}

void destroyKernels(VkaxisContext context) {
    for (uint32_t slot = 0; slot < context->kernels.count; ++slot)
        context->vk.DestroyPipeline(context->device, context->kernels.entries[slot].pipeline,
                                    context->allocator);
    context->kernels.count = 0;
}

}  // namespace vkaxis
