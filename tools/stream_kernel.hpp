// A compute pipeline that streams from one buffer to another, for measuring what a device can do.
#pragma once

#include <vkaxis/device.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace vkaxis::cli {

// As in shaders/read.comp and copy.comp.
struct StreamPush {
    VkDeviceAddress source = 0;
    VkDeviceAddress destination = 0;
    std::uint32_t quads = 0;
};

class StreamKernel {
  public:
    static Result<StreamKernel> create(const Device& device, std::span<const std::uint32_t> spirv,
                                       std::uint32_t workgroupSize);
    StreamKernel() = default;
    StreamKernel(StreamKernel&& other) noexcept { swap(other); }
    StreamKernel& operator=(StreamKernel&& other) noexcept {
        swap(other);
        return *this;
    }
    ~StreamKernel();

    void record(VkCommandBuffer commandBuffer, const StreamPush& push,
                std::array<std::uint32_t, 2> groups) const;

  private:
    void swap(StreamKernel& other) noexcept;

    VkDevice device_ = VK_NULL_HANDLE;
    VkShaderModule module_ = VK_NULL_HANDLE;
    VkPipelineLayout layout_ = VK_NULL_HANDLE;
    VkPipeline pipeline_ = VK_NULL_HANDLE;
    PFN_vkDestroyShaderModule destroyModule_ = nullptr;
    PFN_vkDestroyPipelineLayout destroyLayout_ = nullptr;
    PFN_vkDestroyPipeline destroyPipeline_ = nullptr;
    PFN_vkCmdBindPipeline bind_ = nullptr;
    PFN_vkCmdPushConstants push_ = nullptr;
    PFN_vkCmdDispatch dispatch_ = nullptr;
};

}  // namespace vkaxis::cli
