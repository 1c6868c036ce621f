// The fake driver's command buffers.
#include "fake_objects.hpp"

#include <algorithm>
#include <cstring>

namespace vkaxis::test {

FakeCommandBuffer::FakeCommandBuffer(FakeVulkan& fake) : FakeHandle{Kind::CommandBuffer, &fake} {
    commands.reserve(4 * VKAXIS_MAX_COMMANDS);
}

void FakeCommandBuffer::reset() {
    commands.clear();
    calls = 0;
    boundPipeline = VK_NULL_HANDLE;
    pushedBytes = 0;
}

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::cmdBindPipeline(VkCommandBuffer handle, VkPipelineBindPoint point,
                                                            VkPipeline pipeline) {
    const Uncounted uncounted;
    FakeCommandBuffer& buffer = enter(handle, kCmdBindPipeline);
    if (point != VK_PIPELINE_BIND_POINT_COMPUTE) buffer.driver->violate("bind: not the compute bind point");
    if (buffer.driver->find(toId(pipeline), kPipeline, "bind") != nullptr) buffer.boundPipeline = pipeline;
}

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::cmdPushConstants(VkCommandBuffer handle,
                                                             VkPipelineLayout layoutHandle,
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

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::cmdDispatch(VkCommandBuffer handle, std::uint32_t x,
                                                        std::uint32_t y, std::uint32_t z) {
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

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::cmdPipelineBarrier(
    VkCommandBuffer handle, VkPipelineStageFlags source, VkPipelineStageFlags destination,
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

VKAPI_ATTR void VKAPI_CALL FakeEntryPoints::cmdUpdateBuffer(VkCommandBuffer handle, VkBuffer target,
                                                            VkDeviceSize offset, VkDeviceSize size,
                                                            const void* data) {
    const Uncounted uncounted;
    FakeCommandBuffer& buffer = enter(handle, kCmdUpdateBuffer);
    constexpr VkDeviceSize kMostBytes = 65536;
    const auto* object = buffer.driver->find(toId(target), kBuffer, "update");
    if (object == nullptr) return;
    if (size == 0 || size > kMostBytes || size % 4 != 0 || offset % 4 != 0) {
        buffer.driver->violate("update: " + std::to_string(size) + " bytes at " + std::to_string(offset));
        return;
    }
    if (offset >= object->size || size > object->size - offset) {
        buffer.driver->violate("update: outside its buffer");
        return;
    }
    FakeCommand command;
    command.type = FakeCommandType::Update;
    command.target = target;
    command.offset = offset;
    command.data.assign(static_cast<const unsigned char*>(data),
                        static_cast<const unsigned char*>(data) + size);
    buffer.commands.push_back(std::move(command));
}

}  // namespace vkaxis::test
