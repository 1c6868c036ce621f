#include <vkaxis/device.hpp>

#include "device_state.hpp"
#include "failure.hpp"

namespace vkaxis {
namespace {

// Of a pipeline of one compute shader drivers make one executable.
constexpr std::uint32_t kExecutable = 0;

std::vector<VkPipelineExecutableStatisticKHR> emptyStatistics(std::uint32_t count) {
    VkPipelineExecutableStatisticKHR empty{};
    empty.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
    return std::vector<VkPipelineExecutableStatisticKHR>(count, empty);
}

}  // namespace

Result<std::vector<PipelineStatistic>> Device::statistics(VkPipeline pipeline) const {
    Result<std::vector<PipelineStatistic>> result;
    const auto getStatistics = state_->functions().vkGetPipelineExecutableStatisticsKHR;
    if (getStatistics == nullptr || pipeline == VK_NULL_HANDLE) return result;
    VkPipelineExecutableInfoKHR info{};
    info.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR;
    info.pipeline = pipeline;
    info.executableIndex = kExecutable;
    std::uint32_t count = 0;
    VkResult called = getStatistics(handle(), &info, &count, nullptr);
    auto statistics = emptyStatistics(count);
    if (called == VK_SUCCESS) called = getStatistics(handle(), &info, &count, statistics.data());
    result.status = device_detail::check(called, "vkGetPipelineExecutableStatisticsKHR");
    if (!result) return result;
    for (const VkPipelineExecutableStatisticKHR& each : statistics)
        if (each.format == VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_UINT64_KHR)
            result.value.push_back({each.name, each.value.u64});
    return result;
}

}  // namespace vkaxis
