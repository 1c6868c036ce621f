// Transfers between host memory and buffers, in pieces through two staging buffers taken in turn: while the
// device copies one, the host fills or empties the other.
#pragma once

#include "submission.hpp"

#include <vkaxis/device.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace vkaxis::device_detail {

class Staging {
  public:
    explicit Staging(DeviceState& device) : device_(device) {}

    // Both return when the copy is complete.
    Status upload(const Buffer& buffer, VkDeviceSize offset, std::span<const std::byte> data);
    Status download(const Buffer& buffer, VkDeviceSize offset, std::span<std::byte> data);

  private:
    // Bytes of the data; offset counts from its begin.
    struct Piece {
        VkDeviceSize offset = 0;
        VkDeviceSize size = 0;
    };
    struct Slot {
        explicit Slot(DeviceState& device) : submission(device) {}

        Buffer memory;
        Submission submission;  // destroyed, and so waited for, before its memory
        Piece piece;            // in flight; of size 0: none
    };
    // What is to be done with each piece, in this order; an empty step is left out.
    struct Steps {
        std::function<void(std::byte* staged, Piece)> fill;
        std::function<void(VkCommandBuffer, VkBuffer staging, Piece)> copy;
        std::function<void(const std::byte* staged, Piece)> empty;
    };

    Status transfer(VkDeviceSize size, const Steps& steps);
    Result<Slot*> take(std::size_t turn);
    Status start(Slot& slot, Piece piece, const Steps& steps);
    Status finish(Slot& slot, const Steps& steps);

    DeviceState& device_;
    std::mutex mutex_;
    std::array<std::unique_ptr<Slot>, 2> slots_;  // each made at its first turn, and kept
};

}  // namespace vkaxis::device_detail
