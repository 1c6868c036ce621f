// Appending a plan to the caller's command buffer: checks first, then commands, nothing else.
#include <cinttypes>
#include <cstring>

#include "context.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

// The operands that the caller gives as ranges.
struct Operand {
    VkaxisOperand operand;
    const char* name;
    VkaxisAddressRange VkaxisRecordInfo::*range;
    bool written;
};

constexpr Operand kOperands[] = {{VKAXIS_OPERAND_INPUT, "input", &VkaxisRecordInfo::input, false},
                                 {VKAXIS_OPERAND_INITIAL, "initial", &VkaxisRecordInfo::initial, false},
                                 {VKAXIS_OPERAND_OUTPUT, "output", &VkaxisRecordInfo::output, true},
                                 {VKAXIS_OPERAND_MAX_OUTPUT, "maxOutput", &VkaxisRecordInfo::maxOutput, true},
                                 {VKAXIS_OPERAND_VALUES, "values", &VkaxisRecordInfo::values, true},
                                 {VKAXIS_OPERAND_MAX_VALUES, "maxValues", &VkaxisRecordInfo::maxValues, true},
                                 {VKAXIS_OPERAND_TOTALS, "totals", &VkaxisRecordInfo::totals, true},
                                 {VKAXIS_OPERAND_ZEROED, "zeroed", &VkaxisRecordInfo::zeroed, true}};

VkaxisStatus checkRange(const char* name, const VkaxisAddressRange& range, VkDeviceSize needed,
                        VkDeviceSize alignment) {
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

// What is read of narrow elements ends with a whole word.
VkaxisStatus checkWords(const char* name, const VkaxisAddressRange& range, VkDeviceSize size) {
    const VkDeviceSize beyond = (0 - (range.address + size)) % 4;
    if (range.size >= size + beyond) return ok();
    return failure(VKAXIS_INVALID_ARGUMENT,
                   "%s has %" PRIu64 " bytes, and whole words are read: its buffer must give %" PRIu64, name,
                   range.size, size + beyond);
}

VkaxisStatus checkOperands(const VkaxisPlan& plan, const VkaxisRecordInfo& info) {
    for (const Operand& operand : kOperands) {
        const VkDeviceSize size = plan.sizes[operand.operand];
        if (size == 0) continue;
        const VkaxisAddressRange& range = info.*operand.range;
        VkaxisStatus status = checkRange(operand.name, range, size, plan.alignments[operand.operand]);
        if (status.code == VKAXIS_OK && !operand.written) status = checkWords(operand.name, range, size);
        if (status.code != VKAXIS_OK) return status;
    }
    return ok();
}

VkaxisStatus checkDisjoint(const char* nameA, VkDeviceAddress a, VkDeviceSize sizeA, const char* nameB,
                           VkDeviceAddress b, VkDeviceSize sizeB) {
    if (sizeA == 0 || sizeB == 0 || a >= b + sizeB || b >= a + sizeA) return ok();
    return failure(VKAXIS_INVALID_ARGUMENT, "%s at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64, nameA, a, nameB,
                   b);
}

// Nothing that is written may overlap anything else. Where a plan may run in place, every element is read by
// the invocation that writes it.
VkaxisStatus checkOverlap(const VkaxisPlan& plan, const VkaxisRecordInfo& info, VkDeviceAddress scratch) {
    for (const Operand& a : kOperands) {
        const VkDeviceAddress address = (info.*a.range).address;
        const VkDeviceSize size = plan.sizes[a.operand];
        VkaxisStatus status =
            checkDisjoint("scratch", scratch, plan.sizes[VKAXIS_OPERAND_SCRATCH], a.name, address, size);
        if (status.code != VKAXIS_OK) return status;
        if (!a.written) continue;
        for (const Operand* b = kOperands; b != &a; ++b) {
            const VkDeviceAddress other = (info.*b->range).address;
            const bool inPlace = plan.inPlace && a.operand == VKAXIS_OPERAND_OUTPUT &&
                                 b->operand == VKAXIS_OPERAND_INPUT && address == other;
            if (!inPlace)
                status = checkDisjoint(a.name, address, size, b->name, other, plan.sizes[b->operand]);
            if (status.code != VKAXIS_OK) return status;
        }
    }
    return ok();
}

VkaxisStatus checkScratch(VkaxisContext context, const VkaxisPlan& plan, const VkaxisRecordInfo& info,
                          VkDeviceAddress& address) {
    address = 0;
    const VkDeviceSize needed = plan.sizes[VKAXIS_OPERAND_SCRATCH];
    if (needed == 0) return ok();
    if (!info.scratch)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "scratch is VK_NULL_HANDLE, and the plan needs %" PRIu64 " bytes", needed);
    const VkBufferDeviceAddressInfo addressInfo{
        .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .pNext = nullptr, .buffer = info.scratch};
    const VkDeviceAddress base = context->vk.GetBufferDeviceAddress(context->device, &addressInfo);
    if (base == 0) return failure(VKAXIS_INVALID_ARGUMENT, "scratch has no device address");
    address = base + info.scratchOffset;
    if (address < base)
        return failure(VKAXIS_INVALID_ARGUMENT, "scratchOffset wraps around the address space");
    return checkRange("scratch", {address, info.scratchSize}, needed, VKAXIS_SCRATCH_ALIGNMENT);
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
    if (plan->commandCount != 0 && plan->context != context)
        return failure(VKAXIS_INVALID_ARGUMENT, "pPlan was made with another context");
    if (!info) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo is NULL");
    if (info->sType != VKAXIS_STRUCTURE_TYPE_RECORD_INFO)
        return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->sType is not VKAXIS_STRUCTURE_TYPE_RECORD_INFO");
    if (info->pNext) return failure(VKAXIS_INVALID_ARGUMENT, "pInfo->pNext must be NULL");
    return ok();
}

struct Barrier {
    VkPipelineStageFlags from;
    VkAccessFlags written;
    VkPipelineStageFlags to;
    VkAccessFlags used;
};

constexpr VkAccessFlags kShader = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
constexpr Barrier kBarrier{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT,
                           VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, kShader};
constexpr Barrier kBeforeUpdate{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, kShader, VK_PIPELINE_STAGE_TRANSFER_BIT,
                                VK_ACCESS_TRANSFER_WRITE_BIT};
constexpr Barrier kAfterUpdate{VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                               VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT};

void recordBarrier(const Functions& vk, VkCommandBuffer commandBuffer, const Barrier& barrier) {
    const VkMemoryBarrier memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .pNext = nullptr,
                                 .srcAccessMask = barrier.written,
                                 .dstAccessMask = barrier.used};
    vk.CmdPipelineBarrier(commandBuffer, barrier.from, barrier.to, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

// Addresses by VkaxisOperand.
using Addresses = VkDeviceAddress[VKAXIS_OPERAND_COUNT];

void recordDispatch(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisCommand& command,
                    const Addresses& addresses) {
    unsigned char parameters[VKAXIS_PARAMETER_SIZE];
    std::memcpy(parameters, command.parameters, sizeof parameters);
    for (uint32_t i = 0; i < command.accessCount; ++i) {
        const VkaxisAccess& access = command.accesses[i];
        if (access.flags == 0) continue;
        const VkDeviceAddress address = addresses[access.operand] + access.offset;
        std::memcpy(parameters + i * sizeof address, &address, sizeof address);
    }
    context->vk.CmdBindPipeline(commandBuffer, VK_PIPELINE_BIND_POINT_COMPUTE,
                                context->kernels.pipelineOf(command.kernel));
    context->vk.CmdPushConstants(commandBuffer, context->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                 sizeof parameters, parameters);
    context->vk.CmdDispatch(commandBuffer, command.groupCount[0], command.groupCount[1],
                            command.groupCount[2]);
}

void recordCommand(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisPlan& plan,
                   const VkaxisCommand& command, const VkaxisRecordInfo& info, const Addresses& addresses) {
    switch (command.type) {
        case VKAXIS_COMMAND_DISPATCH:
            return recordDispatch(context, commandBuffer, command, addresses);
        case VKAXIS_COMMAND_BARRIER:
            return recordBarrier(context->vk, commandBuffer, kBarrier);
        case VKAXIS_COMMAND_BEFORE_UPDATE:
            return recordBarrier(context->vk, commandBuffer, kBeforeUpdate);
        case VKAXIS_COMMAND_AFTER_UPDATE:
            return recordBarrier(context->vk, commandBuffer, kAfterUpdate);
        case VKAXIS_COMMAND_UPDATE:
            return context->vk.CmdUpdateBuffer(commandBuffer, info.scratch,
                                               info.scratchOffset + command.accesses[0].offset,
                                               plan.tableSize, plan.table);
    }
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisRecord(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisPlan* pPlan,
                          const VkaxisRecordInfo* pInfo) {
    VkaxisStatus status = checkInfo(context, commandBuffer, pPlan, pInfo);
    if (status.code == VKAXIS_OK) status = checkOperands(*pPlan, *pInfo);
    VkDeviceAddress scratch = 0;
    if (status.code == VKAXIS_OK) status = checkScratch(context, *pPlan, *pInfo, scratch);
    if (status.code == VKAXIS_OK) status = checkOverlap(*pPlan, *pInfo, scratch);
    if (status.code != VKAXIS_OK) return status;

    Addresses addresses = {};
    addresses[VKAXIS_OPERAND_SCRATCH] = scratch;
    for (const Operand& operand : kOperands) addresses[operand.operand] = (pInfo->*operand.range).address;
    for (uint32_t i = 0; i < pPlan->commandCount; ++i)
        recordCommand(context, commandBuffer, *pPlan, pPlan->commands[i], *pInfo, addresses);
    return status;
}
