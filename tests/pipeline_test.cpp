// The pipelines that plans are made of. Needs no GPU.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/dtype.hpp"
#include "harness/ops.hpp"
#include "kernels.hpp"
#include "params.h"
#include "planner.hpp"
#include "random_plans.hpp"

namespace vkaxis::test {
namespace {

using harness::Op;
using harness::Problem;

// A problem for every kernel and regime: short and long rows and columns, split and whole, of every dtype.
std::vector<Problem> everyKernel() {
    std::vector<Problem> problems;
    for (const harness::Extents& shape : {harness::Extents{1000, 3},
                                          {1000, 100},
                                          {100, 100'000},
                                          {std::uint64_t{1} << 24},
                                          {1 << 20, 40},
                                          {5}})
        for (const std::int32_t axis : {0, -1})
            for (const harness::DtypeEntry& entry : harness::dtypeTable()) {
                problems.push_back(scanOf(shape, axis, ScanMode::Exclusive, entry.dtype));
                problems.push_back({Op::Argminmax, entry.dtype, shape, axis});
                problems.back().values = true;
            }
    return problems;
}

}  // namespace

TEST_SUITE("pipeline") {
    TEST_CASE("workgroups are whole subgroups and fit the device") {
        for (const FakeDevice& device : planningDevices()) {
            CAPTURE(device.subgroupSize);
            CAPTURE(device.maxWorkgroupInvocations);
            const Planner planner(device);
            for (const Problem& problem : everyKernel())
                if (isSupported(device, problem)) planner.plan(problem);
            CHECK(planner.driver.livePipelines().size() >= 50);
            for (const VkPipeline handle : planner.driver.livePipelines()) {
                const FakePipeline& pipeline = planner.driver.pipeline(handle);
                const auto& size = pipeline.shader.workgroupSize;
                const std::uint32_t subgroups = pipeline.shader.specialization.at(VKAXIS_ID_SUBGROUPS);
                CHECK(size[1] * size[2] == 1);
                CHECK(size[0] > 0);
                CHECK(size[0] <= device.maxWorkgroupInvocations);
                CHECK(size[0] == subgroups * device.subgroupSize);
                CHECK(size[0] == pipeline.shader.specialization.at(VKAXIS_ID_WORKGROUP_SIZE));
                CHECK(pipeline.requiredSubgroupSize == 0);
                CHECK_FALSE(pipeline.fullSubgroups);
            }
            CHECK(planner.driver.firstViolation() == "");
        }
    }

    TEST_CASE("subgroup size and full subgroups are required where the caller enabled them, and only there") {
        for (const std::uint32_t version : {VK_API_VERSION_1_2, VK_API_VERSION_1_3})
            for (const bool sizeControl : {false, true})
                for (const bool fullSubgroups : {false, true})
                    for (const VkShaderStageFlagBits stage :
                         {VK_SHADER_STAGE_COMPUTE_BIT, VK_SHADER_STAGE_FRAGMENT_BIT}) {
                        CAPTURE(version);
                        CAPTURE(sizeControl);
                        CAPTURE(fullSubgroups);
                        CAPTURE(stage);
                        FakeDevice device;
                        device.apiVersion = version;
                        device.subgroupSize = 16;
                        const bool sized = sizeControl && stage == VK_SHADER_STAGE_COMPUTE_BIT;
                        if (sized) {
                            device.minSubgroupSize = 8;
                            device.maxSubgroupSize = 32;
                        }
                        device.enableSubgroupSizeControl = sizeControl;
                        device.enableFullSubgroups = fullSubgroups;
                        device.requiredSubgroupSizeStages = stage;
                        const Planner planner(device);
                        planner.plan(scanOf({1000, 1000}, 1));
                        planner.plan(argmaxOf({1000, 1000}, 0));
                        CHECK(planner.driver.livePipelines().size() >= 2);
                        for (const VkPipeline handle : planner.driver.livePipelines()) {
                            const FakePipeline& pipeline = planner.driver.pipeline(handle);
                            CHECK(pipeline.requiredSubgroupSize == (sized ? 16u : 0u));
                            CHECK(pipeline.fullSubgroups == fullSubgroups);
                        }
                        CHECK(planner.driver.firstViolation() == "");
                    }
    }

    TEST_CASE("every pipeline has the caller's flags, and belongs to a command's kernel") {
        for (const VkPipelineCreateFlags flags : {0U, VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR + 0U}) {
            FakeVulkan driver{fullDevice()};
            ContextInfo info = driver.contextInfo();
            info.pipelineFlags = flags;
            const Context context = createContext(info);
            const Plan plan = planned(context, longScan());
            REQUIRE(plan.commandCount > 1);
            for (const VkaxisCommand& command : commandsOf(plan)) {
                if (command.type != VKAXIS_COMMAND_DISPATCH) continue;
                const VkPipeline handle = context.pipeline(command.kernel);
                REQUIRE(handle != VK_NULL_HANDLE);
                CHECK(driver.pipeline(handle).flags == flags);
                CHECK(driver.pipeline(handle).shader.workgroupSize[0] == command.workgroupSize);
            }
            const auto kernels = static_cast<std::uint32_t>(driver.livePipelines().size());
            CHECK(context.pipeline(kernels) == VK_NULL_HANDLE);
            CHECK(vkaxisGetPipeline(nullptr, 0) == VK_NULL_HANDLE);
        }
    }

    TEST_CASE("a workgroup has no more subgroups than a pinned size allows") {
        FakeDevice device;
        device.apiVersion = VK_API_VERSION_1_3;
        device.subgroupSize = 8;
        device.maxWorkgroupSubgroups = 16;
        device.enableSubgroupSizeControl = device.enableFullSubgroups = true;
        const Planner planner(device);
        planner.plan(scanOf({1000, 1000}, 1));
        CHECK(planner.driver.firstViolation() == "");
    }

    TEST_CASE("problems that differ in more than their sizes get kernels of their own") {
        const Planner planner(fullDevice());
        const auto kernelOf = [&](const Problem& problem) {
            for (const VkaxisCommand& command : commandsOf(planner.plan(problem)))
                if (command.type == VKAXIS_COMMAND_DISPATCH) return command.kernel;
            return ~std::uint32_t{0};
        };
        for (const harness::Extents& shape : {harness::Extents{50, 60}, {60, 50, 7}, {60, 50, 70}}) {
            std::vector<Problem> problems;
            for (const Op op : {Op::Argmax, Op::Argmin, Op::Argminmax, Op::Scan})
                for (const harness::DtypeEntry& entry : harness::dtypeTable())
                    problems.push_back({op, entry.dtype, shape, 1});
            // And one for each value of each option that is not the default.
            for (const Op op : {Op::Argmax, Op::Scan})
                for (const harness::Option& option : harness::entryOf(op).options)
                    for (std::size_t value = 0; value < option.values.size(); ++value) {
                        Problem problem{op, Dtype::F32, shape, 1};
                        if (value == option.get(problem)) continue;
                        option.set(problem, value);
                        const Dtype output = problem.outputDtype;
                        const bool sameKernel =
                            option.name == std::string_view("values") || output == Dtype::F32;
                        const bool held = output == Dtype::Default || harness::holds(output, Dtype::F32);
                        if (!sameKernel && held) problems.push_back(problem);
                    }
            std::set<std::uint32_t> kernels;
            for (const Problem& problem : problems) {
                CAPTURE(harness::describe(problem));
                CHECK(kernels.insert(kernelOf(problem)).second);
            }
        }
        const std::vector<VkPipeline> pipelines = planner.driver.livePipelines();
        for (std::size_t i = 0; i < pipelines.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) {
                const FakePipeline& a = planner.driver.pipeline(pipelines[i]);
                const FakePipeline& b = planner.driver.pipeline(pipelines[j]);
                CHECK((a.codeHash != b.codeHash || a.shader.specialization != b.shader.specialization));
            }
    }

    TEST_CASE("a context holds as many kernels as it is asked for, each once") {
        const Planner planner(fullDevice());
        std::vector<Problem> problems;
        for (const harness::DtypeEntry& entry : harness::dtypeTable())
            for (const ScanOp op : {ScanOp::Sum, ScanOp::Prod, ScanOp::Max, ScanOp::Min})
                for (const ScanInitial initial :
                     {ScanInitial::Neutral, ScanInitial::Host, ScanInitial::Device, ScanInitial::PerSlice})
                    for (const ScanMode mode :
                         {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial})
                        for (const bool reverse : {false, true}) {
                            Problem problem = scanOf({10, 10}, 1, mode, entry.dtype);
                            problem.scanOp = op;
                            problem.initial = initial;
                            problem.reverse = reverse;
                            problems.push_back(problem);
                        }
        REQUIRE(problems.size() > KernelTable::kBlockSize);
        std::vector<Plan> plans;
        for (const Problem& problem : problems) plans.push_back(planner.plan(problem));
        CHECK(planner.driver.livePipelines().size() == problems.size());
        for (std::size_t i = 0; i < problems.size(); ++i) {
            CHECK(plans[i].commands[0].kernel == i);
            CHECK(samePlan(planner.plan(problems[i]), plans[i]));
        }
        CHECK(planner.driver.livePipelines().size() == problems.size());
    }

    TEST_CASE("long rows take a single pass on NVIDIA with the device-scope memory model, and only there") {
        for (const std::uint32_t vendorId : {0x10deU, 0x1002U})
            for (const bool memoryModel : {true, false}) {
                FakeDevice device;
                device.vendorId = vendorId;
                device.enableMemoryModel = memoryModel;
                const Planner planner(device);
                const bool single = vendorId == 0x10de && memoryModel;
                for (const auto& shape : {std::vector<std::uint64_t>{1 << 24}, {5, 1000003}}) {
                    const Plan plan = planner.plan(scanOf(shape, -1));
                    CHECK(plan.commandCount == (single ? 1 : 5));
                    CHECK((plan.sizes[VKAXIS_OPERAND_ZEROED] != 0) == single);
                    CHECK((plan.sizes[VKAXIS_OPERAND_SCRATCH] == 0) == single);
                }
                CHECK(planner.plan(scanOf({1 << 10, 1 << 12}, -1)).sizes[VKAXIS_OPERAND_SCRATCH] == 0);
                // It hands on states of one word.
                CHECK(planner.plan(scanOf({1 << 24}, 0, ScanMode::Inclusive, Dtype::I64)).commandCount == 5);
            }
    }

    TEST_CASE("sums run ahead of a single pass but on devices of Ada's kind") {
        for (const std::uint32_t warps : {0U, 32U, 48U, 64U}) {
            CAPTURE(warps);
            FakeDevice device;
            device.vendorId = 0x10de;
            device.warpsPerMultiprocessor = warps;
            device.enableMemoryModel = true;
            const Planner planner(device);
            const Plan plan = planner.plan(scanOf({1 << 28}, 0));
            REQUIRE(std::string_view(plan.commands[0].name) == "scan_look_back");
            shader::ScanLookBackParams params;
            std::memcpy(&params, plan.commands[0].parameters, sizeof params);
            CHECK((params.lead == 0) == (warps == 48));
        }
    }

    TEST_CASE("the same problem planned again is the same plan and makes no pipeline") {
        const Planner planner(fullDevice());
        std::vector<Plan> plans;
        for (const Problem& problem : everyKernel()) plans.push_back(planner.plan(problem));
        const std::uint32_t pipelines = planner.driver.calls("vkCreateComputePipelines");
        CHECK(pipelines == planner.driver.livePipelines().size());
        std::size_t next = 0;
        for (const Problem& problem : everyKernel()) CHECK(samePlan(planner.plan(problem), plans[next++]));
        CHECK(planner.driver.calls("vkCreateComputePipelines") == pipelines);
        CHECK(planner.driver.calls("vkCreateShaderModule") == planner.driver.calls("vkDestroyShaderModule"));
    }
}

}  // namespace vkaxis::test
