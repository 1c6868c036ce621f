// Appending a plan to the caller's command buffer: checks first, then commands, nothing else.
#include <cinttypes>
#include <cstring>

#include "context.hpp"
#include "shape.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

VkaxisStatus checkRange(const char* name, const VkaxisAddressRange& range, VkDeviceSize needed,
                        VkDeviceSize alignment) {
    if (needed == 0) return ok();
    if (range.address == 0) return failure(VKAXIS_INVALID_ARGUMENT, "%s address is 0", name);
    if (range.address % alignment != 0)
        return failure(VKAXIS_INVALID_ARGUMENT, "%s address 0x%" PRIx64 " is not a multiple of %" PRIu64,
                       name, range.address, alignment);
    if (range.size < needed)
        return failure(VKAXIS_INVALID_ARGUMENT, "%s has %" PRIu64 " bytes, and the plan needs %" PRIu64, name,
                       range.size, needed);
    if (range.address + needed < range.address)
        return failure(VKAXIS_INVALID_ARGUMENT, "%s wraps around the address space", name);
    return ok();
}

VkaxisStatus checkDisjoint(const char* nameA, VkDeviceAddress a, VkDeviceSize sizeA, const char* nameB,
                           VkDeviceAddress b, VkDeviceSize sizeB) {
    if (sizeA == 0 || sizeB == 0 || a >= b + sizeB || b >= a + sizeA) return ok();
    return failure(VKAXIS_INVALID_ARGUMENT, "%s at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64, nameA, a, nameB,
                   b);
}

// Where a plan may run in place, every element is read by the invocation that writes it.
VkaxisStatus checkOverlap(const VkaxisPlan& plan, const VkaxisRecordInfo& info, VkDeviceAddress scratch) {
    VkaxisStatus status = ok();
    if (!plan.inPlace || info.input.address != info.output.address)
        status = checkDisjoint("output", info.output.address, plan.outputSize, "input", info.input.address,
                               plan.inputSize);
    if (status.code == VKAXIS_OK)
        status =
            checkDisjoint("scratch", scratch, plan.scratchSize, "input", info.input.address, plan.inputSize);
    if (status.code == VKAXIS_OK)
        status = checkDisjoint("scratch", scratch, plan.scratchSize, "output", info.output.address,
                               plan.outputSize);
    return status;
}

VkaxisStatus checkScratch(VkaxisContext context, const VkaxisPlan& plan, const VkaxisRecordInfo& info,
                          VkDeviceAddress& address) {
    address = 0;
    if (plan.scratchSize == 0) return ok();
    if (!info.scratch)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "scratch is VK_NULL_HANDLE, and the plan needs %" PRIu64 " bytes", plan.scratchSize);
    const VkBufferDeviceAddressInfo addressInfo{
        .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .pNext = nullptr, .buffer = info.scratch};
    const VkDeviceAddress base = context->vk.GetBufferDeviceAddress(context->device, &addressInfo);
    if (base == 0) return failure(VKAXIS_INVALID_ARGUMENT, "scratch has no device address");
    address = base + info.scratchOffset;
    if (address < base)
        return failure(VKAXIS_INVALID_ARGUMENT, "scratchOffset wraps around the address space");
    return checkRange("scratch", {address, info.scratchSize}, plan.scratchSize, VKAXIS_SCRATCH_ALIGNMENT);
}

VkaxisStatus checkInfo(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisPlan* plan,
                       const VkaxisRecordInfo* info) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (!commandBuffer) return failure(VKAXIS_INVALID_ARGUMENT, "commandBuffer is NULL");
    if (!plan) return failure(VKAXIS_INVALID_ARGUMENT, "pPlan is NULL");
    if (plan->commandCount > VKAXIS_MAX_COMMANDS)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "pPlan->commandCount %" PRIu32 " is over %d: the plan was never made",
                       plan->commandCount, VKAXIS_MAX_COMMANDS);
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_RECORD_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_RECORD_INFO");
    if (info->pNext) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    return ok();
}

void recordBarrier(const Functions& vk, VkCommandBuffer commandBuffer) {
    const VkMemoryBarrier barrier{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                  .pNext = nullptr,
                                  .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                  .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    vk.CmdPipelineBarrier(commandBuffer, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                          VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

void recordDispatch(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisCommand& command,
                    const VkDeviceAddress (&operands)[3]) {
    unsigned char parameters[VKAXIS_PARAMETER_SIZE];
    std::memcpy(parameters, command.parameters, sizeof parameters);
    for (uint32_t i = 0; i < command.accessCount; ++i) {
        const VkDeviceAddress address = operands[command.accesses[i].operand] + command.accesses[i].offset;
        std::memcpy(parameters + i * sizeof address, &address, sizeof address);
    }
    context->vk.CmdBindPipeline(commandBuffer, VK_PIPELINE_BIND_POINT_COMPUTE,
                                context->kernels.entries[command.kernel].pipeline);
    context->vk.CmdPushConstants(commandBuffer, context->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                 sizeof parameters, parameters);
    context->vk.CmdDispatch(commandBuffer, command.groupCount[0], command.groupCount[1],
                            command.groupCount[2]);
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisRecord(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisPlan* pPlan,
                          const VkaxisRecordInfo* pInfo) {
    VkaxisStatus status = checkInfo(context, commandBuffer, pPlan, pInfo);
    if (status.code == VKAXIS_OK)
        status = checkRange("input", pInfo->input, pPlan->inputSize, pPlan->inputAlignment);
    if (status.code == VKAXIS_OK)
        status = checkRange("output", pInfo->output, pPlan->outputSize, pPlan->outputAlignment);
    VkDeviceAddress scratch = 0;
    if (status.code == VKAXIS_OK) status = checkScratch(context, *pPlan, *pInfo, scratch);
    if (status.code == VKAXIS_OK) status = checkOverlap(*pPlan, *pInfo, scratch);
    if (status.code != VKAXIS_OK) return status;

    const VkDeviceAddress operands[] = {pInfo->input.address, pInfo->output.address, scratch};
    for (uint32_t i = 0; i < pPlan->commandCount; ++i) {
        const VkaxisCommand& command = pPlan->commands[i];
        if (command.type == VKAXIS_COMMAND_BARRIER)
            recordBarrier(context->vk, commandBuffer);
        else
            recordDispatch(context, commandBuffer, command, operands);
    }
    return status;
}
