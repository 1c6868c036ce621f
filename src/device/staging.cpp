#include "staging.hpp"

#include "device_state.hpp"

#include <algorithm>
#include <cstring>

namespace vkaxis::device_detail {
namespace {

constexpr VkDeviceSize kPieceSize = VkDeviceSize{32} << 20;

std::byte* bytesOf(const Buffer& staging) {
    return static_cast<std::byte*>(DeviceState::mapped(staging));
}

}  // namespace

Status Staging::upload(const Buffer& buffer, VkDeviceSize offset, std::span<const std::byte> data) {
    Steps steps;
    steps.fill = [&](std::byte* staged, Piece piece) {
        std::memcpy(staged, data.data() + piece.offset, piece.size);
    };
    steps.copy = [&](VkCommandBuffer commandBuffer, VkBuffer staging, Piece piece) {
        const VkBufferCopy region{0, offset + piece.offset, piece.size};
        device_.functions().vkCmdCopyBuffer(commandBuffer, staging, buffer.handle(), 1, &region);
    };
    return transfer(data.size(), steps);
}

Status Staging::download(const Buffer& buffer, VkDeviceSize offset, std::span<std::byte> data) {
    Steps steps;
    steps.copy = [&](VkCommandBuffer commandBuffer, VkBuffer staging, Piece piece) {
        const VkBufferCopy region{offset + piece.offset, 0, piece.size};
        device_.functions().vkCmdCopyBuffer(commandBuffer, buffer.handle(), staging, 1, &region);
        const VkMemoryBarrier toHost{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT,
                                     VK_ACCESS_HOST_READ_BIT};
        device_.functions().vkCmdPipelineBarrier(commandBuffer, VK_PIPELINE_STAGE_TRANSFER_BIT,
                                                 VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0, nullptr, 0,
                                                 nullptr);
    };
    steps.empty = [&](const std::byte* staged, Piece piece) {
        std::memcpy(data.data() + piece.offset, staged, piece.size);
    };
    return transfer(data.size(), steps);
}

Status Staging::transfer(VkDeviceSize size, const Steps& steps) {
    const std::lock_guard lock(mutex_);
    Status status;
    std::size_t turn = 0;
    for (VkDeviceSize done = 0; status && done < size; turn = (turn + 1) % slots_.size()) {
        const Piece piece{done, std::min(size - done, kPieceSize)};
        const Result<Slot*> slot = take(turn);
        status = slot.status;
        if (status) status = finish(*slot.value, steps);
        if (status) status = start(*slot.value, piece, steps);
        done += piece.size;
    }
    for (const std::unique_ptr<Slot>& slot : slots_) {
        if (slot == nullptr) continue;
        const Status last = finish(*slot, steps);
        if (status) status = last;
    }
    return status;
}

Result<Staging::Slot*> Staging::take(std::size_t turn) {
    if (slots_[turn] == nullptr) {
        auto slot = std::make_unique<Slot>(device_);
        auto memory = device_.allocate(kPieceSize, MemoryKind::Staging);
        if (!memory) return {nullptr, memory.status};
        slot->memory = std::move(memory.value);
        if (const Status status = slot->submission.create(); !status) return {nullptr, status};
        slots_[turn] = std::move(slot);
    }
    return {slots_[turn].get(), {}};
}

Status Staging::start(Slot& slot, Piece piece, const Steps& steps) {
    if (steps.fill) steps.fill(bytesOf(slot.memory), piece);
    const Status status = slot.submission.submit([&](VkCommandBuffer commandBuffer) -> Status {
        steps.copy(commandBuffer, slot.memory.handle(), piece);
        return {};
    });
    if (status) slot.piece = piece;
    return status;
}

Status Staging::finish(Slot& slot, const Steps& steps) {
    if (slot.piece.size == 0) return {};
    const Status status = slot.submission.wait();
    if (status && steps.empty) steps.empty(bytesOf(slot.memory), slot.piece);
    slot.piece = {};
    return status;
}

}  // namespace vkaxis::device_detail
