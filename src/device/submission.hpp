// A command buffer with its pool and fence: record, submit, wait, and again. For one thread at a time.
#pragma once

#include <vkaxis/device.hpp>

namespace vkaxis::device_detail {

class Submission {
  public:
    explicit Submission(DeviceState& device) : device_(device) {}
    Submission(const Submission&) = delete;
    Submission& operator=(const Submission&) = delete;
    ~Submission();  // waits for what is still pending

    Status create();

    // Waits for what is still pending; records, behind a barrier that makes everything earlier on the queue
    // visible; and submits. On failure nothing has been submitted.
    Status submit(const Device::Recorder& recorder);

    // Ok at once if nothing is pending.
    Status wait();

  private:
    Status record(const Device::Recorder& recorder);

    DeviceState& device_;
    VkCommandPool pool_ = VK_NULL_HANDLE;
    VkCommandBuffer commandBuffer_ = VK_NULL_HANDLE;
    VkFence fence_ = VK_NULL_HANDLE;
    bool pending_ = false;
};

// Records, submits and waits.
Status run(DeviceState& device, const Device::Recorder& recorder);

// The mean GPU time of one recording, in seconds.
Result<double> time(DeviceState& device, const Device::Recorder& recorder, std::uint32_t repeats);

}  // namespace vkaxis::device_detail
