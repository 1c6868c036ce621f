#include "submission.hpp"

#include "device_state.hpp"
#include "failure.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <mutex>

namespace vkaxis::device_detail {
namespace {

class TimestampPair {
  public:
    explicit TimestampPair(DeviceState& device) : device_(device) {}
    TimestampPair(const TimestampPair&) = delete;
    TimestampPair& operator=(const TimestampPair&) = delete;
    ~TimestampPair() { device_.functions().vkDestroyQueryPool(device_.handle(), pool_, nullptr); }

    Status create() {
        VkQueryPoolCreateInfo info{};
        info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
        info.queryType = VK_QUERY_TYPE_TIMESTAMP;
        info.queryCount = 2;
        return check(device_.functions().vkCreateQueryPool(device_.handle(), &info, nullptr, &pool_),
                     "vkCreateQueryPool");
    }

    void begin(VkCommandBuffer commandBuffer) {
        device_.functions().vkCmdResetQueryPool(commandBuffer, pool_, 0, 2);
        device_.functions().vkCmdWriteTimestamp(commandBuffer, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, pool_, 0);
    }

    void end(VkCommandBuffer commandBuffer) {
        device_.functions().vkCmdWriteTimestamp(commandBuffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool_,
                                                1);
    }

    // Seconds between the two, once they have been executed. Counters of fewer than 64 bits wrap.
    Result<double> elapsed() const {
        std::array<std::uint64_t, 2> ticks{};
        const VkResult result = device_.functions().vkGetQueryPoolResults(
            device_.handle(), pool_, 0, 2, sizeof ticks, ticks.data(), sizeof ticks[0],
            VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
        if (result != VK_SUCCESS) return {0, check(result, "vkGetQueryPoolResults")};
        const std::uint32_t unusedBits = 64 - device_.physical.timestampValidBits;
        const std::uint64_t mask = std::numeric_limits<std::uint64_t>::max() >> unusedBits;
        return {static_cast<double>((ticks[1] - ticks[0]) & mask) * device_.physical.timestampPeriod * 1e-9,
                {}};
    }

  private:
    DeviceState& device_;
    VkQueryPool pool_ = VK_NULL_HANDLE;
};

Status checkRecorder(const Device::Recorder& recorder) {
    if (recorder) return {};
    return failure(Code::InvalidArgument, "the recorder is empty: pass a function that records");
}

// Between one recording and the next that depends on it, be it shader or transfer.
void recordDependency(const VolkDeviceTable& functions, VkCommandBuffer commandBuffer) {
    constexpr VkPipelineStageFlags kStages =
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    constexpr VkAccessFlags kWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
    constexpr VkAccessFlags kReads = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT;
    const VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, kWrites, kReads | kWrites};
    functions.vkCmdPipelineBarrier(commandBuffer, kStages, kStages, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

}  // namespace

Submission::~Submission() {
    // Only a lost device fails here, and then nothing is pending any more.
    static_cast<void>(wait());
    device_.functions().vkDestroyFence(device_.handle(), fence_, nullptr);
    device_.functions().vkDestroyCommandPool(device_.handle(), pool_, nullptr);
}

Status Submission::create() {
    const VolkDeviceTable& functions = device_.functions();
    VkCommandPoolCreateInfo poolInfo{};
    poolInfo.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    poolInfo.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
    poolInfo.queueFamilyIndex = device_.physical.queueFamily;
    VkResult result = functions.vkCreateCommandPool(device_.handle(), &poolInfo, nullptr, &pool_);
    if (result != VK_SUCCESS) return check(result, "vkCreateCommandPool");

    VkCommandBufferAllocateInfo bufferInfo{};
    bufferInfo.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    bufferInfo.commandPool = pool_;
    bufferInfo.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    bufferInfo.commandBufferCount = 1;
    result = functions.vkAllocateCommandBuffers(device_.handle(), &bufferInfo, &commandBuffer_);
    if (result != VK_SUCCESS) return check(result, "vkAllocateCommandBuffers");

    VkFenceCreateInfo fenceInfo{};
    fenceInfo.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
    return check(functions.vkCreateFence(device_.handle(), &fenceInfo, nullptr, &fence_), "vkCreateFence");
}

Status Submission::record(const Device::Recorder& recorder) {
    const VolkDeviceTable& functions = device_.functions();
    VkResult result = functions.vkResetCommandPool(device_.handle(), pool_, 0);
    if (result != VK_SUCCESS) return check(result, "vkResetCommandPool");

    VkCommandBufferBeginInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    result = functions.vkBeginCommandBuffer(commandBuffer_, &info);
    if (result != VK_SUCCESS) return check(result, "vkBeginCommandBuffer");

    const VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_MEMORY_WRITE_BIT,
                                  VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT};
    functions.vkCmdPipelineBarrier(commandBuffer_, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                                   VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 1, &barrier, 0, nullptr, 0,
                                   nullptr);
    if (const Status status = recorder(commandBuffer_); !status) return status;
    return check(functions.vkEndCommandBuffer(commandBuffer_), "vkEndCommandBuffer");
}

Status Submission::submit(const Device::Recorder& recorder) {
    Status status = checkRecorder(recorder);
    if (status) status = wait();
    if (status) status = record(recorder);
    if (!status) return status;
    const VkResult reset = device_.functions().vkResetFences(device_.handle(), 1, &fence_);
    if (reset != VK_SUCCESS) return check(reset, "vkResetFences");

    VkSubmitInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    info.commandBufferCount = 1;
    info.pCommandBuffers = &commandBuffer_;
    const std::lock_guard lock(device_.queueMutex);
    const VkResult result =
        device_.functions().vkQueueSubmit(device_.open.logical->queue(), 1, &info, fence_);
    pending_ = result == VK_SUCCESS;
    return check(result, "vkQueueSubmit");
}

Status Submission::wait() {
    if (!pending_) return {};
    constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();
    const VkResult result =
        device_.functions().vkWaitForFences(device_.handle(), 1, &fence_, VK_TRUE, kForever);
    pending_ = result != VK_SUCCESS;
    return check(result, "vkWaitForFences");
}

Status run(DeviceState& device, const Device::Recorder& recorder) {
    Submission submission(device);
    Status status = submission.create();
    if (status) status = submission.submit(recorder);
    if (status) status = submission.wait();
    return status;
}

Result<double> time(DeviceState& device, const Device::Recorder& recorder, std::uint32_t repeats) {
    if (const Status status = checkRecorder(recorder); !status) return {0, status};
    if (repeats == 0) return {0, failure(Code::InvalidArgument, "repeats is 0: at least 1 is needed")};
    if (device.physical.timestampValidBits == 0) {
        return {0, failure(Code::Unsupported,
                           device.physical.summary.name + " has no timestamps on its compute queue")};
    }

    TimestampPair timestamps(device);
    Status status = timestamps.create();
    if (!status) return {0, status};
    status = run(device, [&](VkCommandBuffer commandBuffer) -> Status {
        timestamps.begin(commandBuffer);
        for (std::uint32_t i = 0; i < repeats; ++i) {
            if (const Status recorded = recorder(commandBuffer); !recorded) return recorded;
            recordDependency(device.functions(), commandBuffer);
        }
        timestamps.end(commandBuffer);
        return {};
    });
    if (!status) return {0, status};
    Result<double> total = timestamps.elapsed();
    total.value /= repeats;
    return total;
}

}  // namespace vkaxis::device_detail
