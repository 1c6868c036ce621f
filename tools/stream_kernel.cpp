#include "stream_kernel.hpp"

#include <harness/failure.hpp>

#include <utility>

namespace vkaxis::cli {
namespace {

Status check(VkResult result, const char* what) {
    if (result == VK_SUCCESS) return {};
    return harness::failure(VKAXIS_VULKAN_ERROR, "{} failed: VkResult {}", what, static_cast<int>(result));
}

template <class Function>
void load(const Device& device, const char* name, Function& function) {
    const auto getDeviceProcAddr = reinterpret_cast<PFN_vkGetDeviceProcAddr>(
        device.getInstanceProcAddr()(device.instance(), "vkGetDeviceProcAddr"));
    function = reinterpret_cast<Function>(getDeviceProcAddr(device.handle(), name));
}

}  // namespace

Result<StreamKernel> StreamKernel::create(const Device& device, std::span<const std::uint32_t> spirv,
                                          std::uint32_t workgroupSize) {
    Result<StreamKernel> created;
    StreamKernel& kernel = created.value;
    PFN_vkCreateShaderModule createModule = nullptr;
    PFN_vkCreatePipelineLayout createLayout = nullptr;
    PFN_vkCreateComputePipelines createPipelines = nullptr;
    load(device, "vkCreateShaderModule", createModule);
    load(device, "vkCreatePipelineLayout", createLayout);
    load(device, "vkCreateComputePipelines", createPipelines);
    load(device, "vkDestroyShaderModule", kernel.destroyModule_);
    load(device, "vkDestroyPipelineLayout", kernel.destroyLayout_);
    load(device, "vkDestroyPipeline", kernel.destroyPipeline_);
    load(device, "vkCmdBindPipeline", kernel.bind_);
    load(device, "vkCmdPushConstants", kernel.push_);
    load(device, "vkCmdDispatch", kernel.dispatch_);
    kernel.device_ = device.handle();

    VkShaderModuleCreateInfo moduleInfo{};
    moduleInfo.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
    moduleInfo.codeSize = spirv.size_bytes();
    moduleInfo.pCode = spirv.data();
    created.status =
        check(createModule(kernel.device_, &moduleInfo, nullptr, &kernel.module_), "vkCreateShaderModule");
    if (!created) return created;

    const VkPushConstantRange range{VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(StreamPush)};
    VkPipelineLayoutCreateInfo layoutInfo{};
    layoutInfo.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
    layoutInfo.pushConstantRangeCount = 1;
    layoutInfo.pPushConstantRanges = &range;
    created.status =
        check(createLayout(kernel.device_, &layoutInfo, nullptr, &kernel.layout_), "vkCreatePipelineLayout");
    if (!created) return created;

    const VkSpecializationMapEntry entry{0, 0, sizeof(workgroupSize)};
    const VkSpecializationInfo specialization{1, &entry, sizeof(workgroupSize), &workgroupSize};
    VkComputePipelineCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
    info.layout = kernel.layout_;
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = kernel.module_;
    info.stage.pName = "main";
    info.stage.pSpecializationInfo = &specialization;
    created.status =
        check(createPipelines(kernel.device_, VK_NULL_HANDLE, 1, &info, nullptr, &kernel.pipeline_),
              "vkCreateComputePipelines");
    return created;
}

StreamKernel::~StreamKernel() {
    if (device_ == VK_NULL_HANDLE) return;
    destroyPipeline_(device_, pipeline_, nullptr);
    destroyLayout_(device_, layout_, nullptr);
    destroyModule_(device_, module_, nullptr);
}

void StreamKernel::record(VkCommandBuffer commandBuffer, const StreamPush& push,
                          std::array<std::uint32_t, 2> groups) const {
    bind_(commandBuffer, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_);
    push_(commandBuffer, layout_, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(push), &push);
    dispatch_(commandBuffer, groups[0], groups[1], 1);
}

void StreamKernel::swap(StreamKernel& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(module_, other.module_);
    std::swap(layout_, other.layout_);
    std::swap(pipeline_, other.pipeline_);
    std::swap(destroyModule_, other.destroyModule_);
    std::swap(destroyLayout_, other.destroyLayout_);
    std::swap(destroyPipeline_, other.destroyPipeline_);
    std::swap(bind_, other.bind_);
    std::swap(push_, other.push_);
    std::swap(dispatch_, other.dispatch_);
}

}  // namespace vkaxis::cli
