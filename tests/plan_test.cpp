// What the planner promises about every plan, over thousands of random shapes and devices. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "context.hpp"
#include "harness/slices.hpp"
#include "hazards.hpp"
#include "params.h"

namespace vkaxis::test {
namespace {

using harness::Op;
using harness::Problem;

constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kPlans = 6000;

std::span<const VkaxisCommand> commandsOf(const VkaxisPlan& plan) {
    return {plan.commands, plan.commandCount};
}
std::span<const VkaxisAccess> accessesOf(const VkaxisCommand& command) {
    return {command.accesses, command.accessCount};
}

std::uint64_t sizeOf(const VkaxisPlan& plan, VkaxisOperand operand) {
    return operand == VKAXIS_OPERAND_INPUT    ? plan.inputSize
           : operand == VKAXIS_OPERAND_OUTPUT ? plan.outputSize
                                              : plan.scratchSize;
}

std::uint64_t workgroups(const VkaxisCommand& command) {
    return std::uint64_t{command.groupCount[0]} * command.groupCount[1] * command.groupCount[2];
}

// The work of a dispatch: elements that it reads or writes, or partials of 8 bytes of an arg reduction.
std::uint64_t elementsOf(const RandomPlan& random, const VkaxisCommand& command) {
    const auto count = [&](const VkaxisAccess& access) {
        const bool partials = random.problem.op != Op::Scan && access.operand == VKAXIS_OPERAND_SCRATCH;
        return access.size / (partials ? 8 : 4);
    };
    return std::max(count(command.accesses[0]), count(command.accesses[1]));
}

// Chunks of the axis are whole tiles, two or more, so that rounding may cost a third of the wanted
// workgroups.
bool isBusy(const Tuning& tuning, const VkaxisCommand& command) {
    return workgroups(command) * 3 >= std::uint64_t{tuning.targetWorkgroups} * 2;
}

// The most that a workgroup may get where the grid is not busy. There are three reasons to split no further:
// the axis has too few tiles, scratch is limited to 1/256 of the input (a partial of 8 bytes for 512
// elements), or the axis is itself one of partials, at most as many as there were workgroups wanted.
std::uint64_t mostElements(const Tuning& tuning) {
    const std::uint64_t items = std::max(tuning.scanColumnItems, 4 * tuning.scanRowItems);
    const std::uint64_t tiles = std::max(tuning.minTilesToSplit, 2 * tuning.minTilesPerSplit);
    const std::uint64_t partials = std::max(2 * 512u, tuning.targetWorkgroups);
    return std::max(tiles * tuning.workgroupSize * items, partials * tuning.panelColumns);
}

// A set of bytes as sorted, disjoint ranges.
class ByteSet {
  public:
    // False if some of the bytes were there already.
    bool add(std::uint64_t begin, std::uint64_t end) {
        bool fresh = true;
        for (const auto& [first, last] : ranges_) fresh = fresh && (end <= first || last <= begin);
        if (begin < end) ranges_.emplace_back(begin, end);
        std::sort(ranges_.begin(), ranges_.end());
        return fresh;
    }

    bool covers(std::uint64_t begin, std::uint64_t end) const {
        for (const auto& [first, last] : ranges_)
            if (first <= begin) begin = std::max(begin, last);
        return begin >= end;
    }

  private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_;
};

bool samePlan(const VkaxisPlan& a, const VkaxisPlan& b) {
    const auto sameAccess = [](const VkaxisAccess& x, const VkaxisAccess& y) {
        return x.operand == y.operand && x.flags == y.flags && x.offset == y.offset && x.size == y.size;
    };
    const auto sameCommand = [&](const VkaxisCommand& x, const VkaxisCommand& y) {
        const auto xs = accessesOf(x), ys = accessesOf(y);
        return x.type == y.type && x.kernel == y.kernel && std::ranges::equal(x.groupCount, y.groupCount) &&
               std::ranges::equal(x.parameters, y.parameters) && std::ranges::equal(xs, ys, sameAccess);
    };
    return a.inputSize == b.inputSize && a.outputSize == b.outputSize &&
           a.inputAlignment == b.inputAlignment && a.outputAlignment == b.outputAlignment &&
           a.scratchSize == b.scratchSize && a.scratchZeroSize == b.scratchZeroSize &&
           a.additionDepth == b.additionDepth && a.inPlace == b.inPlace &&
           std::ranges::equal(commandsOf(a), commandsOf(b), sameCommand);
}

struct Planner {
    explicit Planner(const FakeDevice& device = {}) : driver(device) {
        Result<Context> created = Context::create(driver.contextInfo());
        REQUIRE_MESSAGE(created, std::string(created.status.message()));
        context = std::move(created.value);
    }

    Plan plan(const Problem& problem) const {
        const Result<Plan> result = harness::plan(context, problem);
        REQUIRE_MESSAGE(result, std::string(result.status.message()));
        return result.value;
    }

    Status refusal(const Problem& problem) const { return harness::plan(context, problem).status; }

    FakeVulkan driver;
    Context context;
};

Problem scanOf(std::vector<std::uint64_t> shape, std::int32_t axis, ScanMode mode = ScanMode::Inclusive,
               Dtype dtype = Dtype::F32) {
    return {Op::Scan, dtype, std::move(shape), axis, {}, mode};
}

Problem argmaxOf(std::vector<std::uint64_t> shape, std::int32_t axis, IndexType indexType = IndexType::I64) {
    return {Op::Argmax, Dtype::F32, std::move(shape), axis, indexType, {}};
}

// A problem for every kernel and regime: short and long rows and columns, split and whole, in every mode.
std::vector<Problem> everyKernel() {
    std::vector<Problem> problems;
    for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{1000, 3},
                                                    {1000, 100},
                                                    {100, 100'000},
                                                    {std::uint64_t{1} << 24},
                                                    {1 << 20, 40},
                                                    {5}})
        for (const std::int32_t axis : {0, -1})
            for (const Dtype dtype : {Dtype::F32, Dtype::I32, Dtype::U32}) {
                for (const ScanMode mode :
                     {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial})
                    problems.push_back(scanOf(shape, axis, mode, dtype));
                for (const Op op : {Op::Argmax, Op::Argmin})
                    for (const IndexType type : {IndexType::U32, IndexType::I64})
                        problems.push_back({op, dtype, shape, axis, type, {}});
            }
    return problems;
}

}  // namespace

TEST_SUITE("plan") {
    TEST_CASE("sizes, grids and accesses of every plan are within their bounds") {
        forRandomPlans(kSeed, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            const VkaxisPlan& plan = random.plan;
            CHECK(plan.inputSize == harness::inputSize(random.problem));
            CHECK(plan.outputSize == harness::outputSize(random.problem));
            const bool wideIndex =
                random.problem.op != Op::Scan && random.problem.indexType == IndexType::I64;
            CHECK(plan.inputAlignment == 4);
            CHECK(plan.outputAlignment == (wideIndex ? 8 : 4));
            CHECK(plan.scratchSize <= std::max<std::uint64_t>(1 << 20, plan.inputSize / 256));
            CHECK(plan.scratchZeroSize <= plan.scratchSize);
            CHECK((plan.commandCount == 0) == (plan.outputSize == 0));
            REQUIRE(plan.commandCount <= VKAXIS_MAX_COMMANDS);
            bool afterDispatch = false;
            std::uint64_t scratchEnd = 0;
            for (const VkaxisCommand& command : commandsOf(plan)) {
                if (command.type == VKAXIS_COMMAND_BARRIER) {
                    CHECK(afterDispatch);
                    CHECK(command.name == nullptr);
                    CHECK(command.accessCount == 0);
                    afterDispatch = false;
                    continue;
                }
                CHECK_FALSE(
                    afterDispatch);  // two dispatches in a row would need no order, and none is needed so far
                afterDispatch = true;
                REQUIRE(command.type == VKAXIS_COMMAND_DISPATCH);
                CHECK(command.name != nullptr);
                for (const std::uint32_t count : command.groupCount) {
                    CHECK(count >= 1);
                    CHECK(count <= random.driver.device().maxWorkgroupCount);
                }
                REQUIRE(command.accessCount <= VKAXIS_MAX_ACCESSES);
                for (const VkaxisAccess& access : accessesOf(command)) {
                    const std::uint64_t size = sizeOf(plan, access.operand);
                    CHECK((access.flags == VKAXIS_ACCESS_READ || access.flags == VKAXIS_ACCESS_WRITE ||
                           access.flags == (VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE)));
                    CHECK((access.operand != VKAXIS_OPERAND_INPUT || access.flags == VKAXIS_ACCESS_READ));
                    CHECK(access.size <= size);
                    CHECK(access.offset <= size - access.size);
                    if (access.operand == VKAXIS_OPERAND_SCRATCH)
                        scratchEnd = std::max(scratchEnd, access.offset + access.size);
                }
            }
            CHECK((plan.commandCount == 0 || afterDispatch));  // barriers lie strictly between dispatches
            CHECK(scratchEnd == plan.scratchSize);             // no more is asked for than is used
        });
    }

    TEST_CASE("every plan writes each byte of its output once and reads no scratch that it has not written") {
        forRandomPlans(kSeed + 1, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            ByteSet output, scratch;
            scratch.add(0, random.plan.scratchZeroSize);
            for (const VkaxisCommand& command : commandsOf(random.plan)) {
                for (const VkaxisAccess& access : accessesOf(command))
                    if (access.operand == VKAXIS_OPERAND_SCRATCH && (access.flags & VKAXIS_ACCESS_READ) != 0)
                        CHECK(scratch.covers(access.offset, access.offset + access.size));
                for (const VkaxisAccess& access : accessesOf(command)) {
                    if ((access.flags & VKAXIS_ACCESS_WRITE) == 0) continue;
                    const bool fresh = (access.operand == VKAXIS_OPERAND_OUTPUT ? output : scratch)
                                           .add(access.offset, access.offset + access.size);
                    CHECK((fresh || access.operand == VKAXIS_OPERAND_SCRATCH));
                }
            }
            CHECK(output.covers(0, random.plan.outputSize));
        });
    }

    TEST_CASE("additionDepth is that of a tree over tiles and a chain of tiles") {
        forRandomPlans(kSeed + 2, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            const std::uint64_t depth = random.plan.additionDepth;
            const std::uint64_t extent = harness::slicesOf(random.problem).extent;
            if (random.problem.op != Op::Scan || random.problem.dtype != Dtype::F32) {
                CHECK(depth == 0);
            } else if (random.plan.outputSize != 0) {
                constexpr std::uint64_t kTreeAtMost =
                    300;  // three passes, each with its registers and its tree
                constexpr std::uint64_t kTileAtLeast = 16;  // elements of the axis per link of the chain
                CHECK(depth >=
                      static_cast<std::uint64_t>(std::bit_width(std::max<std::uint64_t>(extent, 1) - 1)));
                CHECK(depth <= kTreeAtMost + extent / kTileAtLeast);
            }
        });
    }

    TEST_CASE("no workgroup is overloaded while others could share its work") {
        std::uint64_t worst = 0;
        forRandomPlans(kSeed + 3, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const Tuning& tuning = random.context.handle()->tuning;
            for (const VkaxisCommand& command : commandsOf(random.plan)) {
                if (command.type != VKAXIS_COMMAND_DISPATCH || isBusy(tuning, command)) continue;
                CAPTURE(std::string(command.name));
                const std::uint64_t perWorkgroup = elementsOf(random, command) / workgroups(command);
                worst = std::max(worst, perWorkgroup);
                CHECK(perWorkgroup <= mostElements(tuning));
            }
        });
        MESSAGE("most elements per workgroup of a grid below the target: " << worst);
    }

    // Beyond what keeps the device busy, workgroups must come with work for their invocations.
    TEST_CASE("no grid is larger than its work") {
        forRandomPlans(kSeed + 4, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            const VkaxisContext context = random.context.handle();
            for (const VkaxisCommand& command : commandsOf(random.plan)) {
                if (command.type != VKAXIS_COMMAND_DISPATCH) continue;
                if (workgroups(command) <= context->tuning.targetWorkgroups) continue;
                CAPTURE(std::string(command.name));
                CHECK(elementsOf(random, command) / workgroups(command) >= context->facts.workgroupSize / 4);
            }
        });
    }

    TEST_CASE("a negative axis and a collapsed shape are the same problem") {
        Random random(kSeed + 5);
        const Planner planner;
        for (int i = 0; i < 500; ++i) {
            Problem problem = randomProblem(random);
            if (problem.shape.empty()) continue;
            CAPTURE(harness::describe(problem));
            const auto rank = static_cast<std::int32_t>(problem.shape.size());
            const Result<Plan> expected = harness::plan(planner.context, problem);
            if (!expected) continue;
            const harness::Slices slices = harness::slicesOf(problem);
            problem.axis += problem.axis < 0 ? rank : -rank;
            CHECK(samePlan(planner.plan(problem), expected.value));
            problem.shape = {slices.outer, slices.extent, slices.inner};
            problem.axis = 1;
            CHECK(samePlan(planner.plan(problem), expected.value));
        }
    }

    // ---- Pipelines --------------------------------------------------------------------------------------

    TEST_CASE("workgroups are whole subgroups and fit the device") {
        for (const FakeDevice& device : planningDevices()) {
            CAPTURE(device.subgroupSize);
            CAPTURE(device.maxWorkgroupInvocations);
            const Planner planner(device);
            for (const Problem& problem : everyKernel()) planner.plan(problem);
            CHECK(planner.driver.livePipelines().size() >= 10);
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
                        device.minSubgroupSize = 8;
                        device.maxSubgroupSize = 32;
                        device.enableSubgroupSizeControl = sizeControl;
                        device.enableFullSubgroups = fullSubgroups;
                        device.requiredSubgroupSizeStages = stage;
                        const Planner planner(device);
                        planner.plan(scanOf({1000, 1000}, 1));
                        planner.plan(argmaxOf({1000, 1000}, 0));
                        const bool sized = sizeControl && stage == VK_SHADER_STAGE_COMPUTE_BIT;
                        CHECK(planner.driver.livePipelines().size() >= 2);
                        for (const VkPipeline handle : planner.driver.livePipelines()) {
                            const FakePipeline& pipeline = planner.driver.pipeline(handle);
                            CHECK(pipeline.requiredSubgroupSize == (sized ? 16u : 0u));
                            CHECK(pipeline.fullSubgroups == fullSubgroups);
                        }
                        CHECK(planner.driver.firstViolation() == "");
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
        const Planner planner;
        const auto kernelOf = [&](const Problem& problem) {
            const Plan plan = planner.plan(problem);
            return plan.commands[plan.commandCount - 1].kernel;
        };
        for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{50, 60}, {60, 50, 70}}) {
            std::set<std::uint32_t> kernels;
            for (const ScanMode mode : {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial})
                for (const Dtype dtype : {Dtype::F32, Dtype::I32, Dtype::U32})
                    kernels.insert(kernelOf(scanOf(shape, 1, mode, dtype)));
            CHECK(kernels.size() == 6);  // signed integers wrap as unsigned ones do
            kernels.clear();
            for (const Op op : {Op::Argmax, Op::Argmin})
                for (const Dtype dtype : {Dtype::F32, Dtype::I32, Dtype::U32})
                    for (const IndexType type : {IndexType::U32, IndexType::I64})
                        kernels.insert(kernelOf({op, dtype, shape, 1, type, {}}));
            CHECK(kernels.size() == 12);
        }
        const std::vector<VkPipeline> pipelines = planner.driver.livePipelines();
        for (std::size_t i = 0; i < pipelines.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) {
                const FakePipeline& a = planner.driver.pipeline(pipelines[i]);
                const FakePipeline& b = planner.driver.pipeline(pipelines[j]);
                CHECK((a.codeHash != b.codeHash || a.shader.specialization != b.shader.specialization));
            }
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
                    CHECK(plan.scratchZeroSize == (single ? plan.scratchSize : 0));
                }
                CHECK(planner.plan(scanOf({1 << 10, 1 << 12}, -1)).scratchSize == 0);
            }
    }

    TEST_CASE("the same problem planned again is the same plan and makes no pipeline") {
        const Planner planner;
        std::vector<Plan> plans;
        for (const Problem& problem : everyKernel()) plans.push_back(planner.plan(problem));
        const std::uint32_t pipelines = planner.driver.calls("vkCreateComputePipelines");
        CHECK(pipelines == planner.driver.livePipelines().size());
        std::size_t next = 0;
        for (const Problem& problem : everyKernel()) CHECK(samePlan(planner.plan(problem), plans[next++]));
        CHECK(planner.driver.calls("vkCreateComputePipelines") == pipelines);
        CHECK(planner.driver.calls("vkCreateShaderModule") == planner.driver.calls("vkDestroyShaderModule"));
    }

    // ---- Empty problems ---------------------------------------------------------------------------------

    TEST_CASE("an empty problem has an empty plan, which records nothing whatever the operands") {
        Planner planner;
        const std::vector<Problem> problems = {scanOf({0}, 0),
                                               scanOf({5, 0}, 1, ScanMode::Exclusive),
                                               scanOf({5, 0}, 0),
                                               scanOf({0, 5}, 1, ScanMode::IncludeInitial),
                                               scanOf({0, 0}, 1, ScanMode::IncludeInitial),
                                               scanOf({3, 0, 7, 2}, -1, ScanMode::Inclusive, Dtype::U32),
                                               argmaxOf({0, 5}, 1),
                                               argmaxOf({5, 0}, 0, IndexType::U32)};
        for (const Problem& problem : problems) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            CHECK(plan.commandCount == 0);
            CHECK(plan.outputSize == 0);
            CHECK(plan.scratchSize == 0);
            FakeCommandBuffer buffer(planner.driver);
            Operands operands;
            operands.input.size = plan.inputSize;
            operands.input.address = plan.inputSize == 0 ? 0 : 4096;
            const Status status = planner.context.record(buffer.handle(), plan, operands);
            CHECK_MESSAGE(status, std::string(status.message()));
            CHECK(buffer.calls == 0);
        }
    }

    TEST_CASE("an include-initial scan of an empty axis still writes the initial value") {
        Planner planner;
        for (const Problem& problem :
             {scanOf({0}, 0, ScanMode::IncludeInitial), scanOf({5, 0}, 1, ScanMode::IncludeInitial),
              scanOf({0, 5}, 0, ScanMode::IncludeInitial, Dtype::I32)}) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            CHECK(plan.inputSize == 0);
            CHECK(plan.outputSize == (problem.shape.size() == 1 ? 4 : 20));
            FakeCommandBuffer buffer(planner.driver);
            Operands operands;
            operands.output = {4096, plan.outputSize};
            const Status status = planner.context.record(buffer.handle(), plan, operands);
            CHECK_MESSAGE(status, std::string(status.message()));
            CHECK(buffer.commands.size() == 1);
        }
    }

    // ---- Refusals ---------------------------------------------------------------------------------------

    TEST_CASE("a rank over the limit is refused") {
        const Planner planner;
        const VkaxisScanInfo scan{
            VKAXIS_STRUCTURE_TYPE_SCAN_INFO, nullptr, {VKAXIS_DTYPE_F32, 9, {1, 1, 1, 1, 1, 1, 1, 1}}, 0, {}};
        VkaxisPlan plan;
        checkFailure(vkaxisPlanScan(planner.context.handle(), &scan, &plan), Code::InvalidArgument, "rank 9");
        VkaxisScanInfo huge = scan;
        huge.input.rank = 0xffffffff;
        checkFailure(vkaxisPlanScan(planner.context.handle(), &huge, &plan), Code::InvalidArgument,
                     "4294967295");
    }

    TEST_CASE("an axis out of range is refused with the range") {
        const Planner planner;
        for (std::int32_t rank = 0; rank <= VKAXIS_MAX_RANK; ++rank) {
            const std::vector<std::uint64_t> shape(static_cast<std::size_t>(rank), 2);
            const std::int32_t dimensions = std::max(rank, 1);
            for (const std::int32_t axis :
                 {dimensions, -dimensions - 1, dimensions + 100, std::numeric_limits<std::int32_t>::max(),
                  std::numeric_limits<std::int32_t>::min()}) {
                CAPTURE(rank);
                CAPTURE(axis);
                const std::string range =
                    std::to_string(-dimensions) + " to " + std::to_string(dimensions - 1);
                for (const Status& status :
                     {planner.refusal(scanOf(shape, axis)), planner.refusal(argmaxOf(shape, axis))}) {
                    checkFailure(status, Code::InvalidArgument, "axis " + std::to_string(axis));
                    checkFailure(status, Code::InvalidArgument, range);
                }
            }
            for (std::int32_t axis = -dimensions; axis < dimensions; ++axis) {
                CHECK(planner.refusal(scanOf(shape, axis)));
                CHECK(planner.refusal(argmaxOf(shape, axis)));
            }
        }
    }

    TEST_CASE("an empty axis has no largest element") {
        const Planner planner;
        checkFailure(planner.refusal(argmaxOf({0}, 0)), Code::InvalidArgument, "axis 0 has extent 0");
        checkFailure(planner.refusal(argmaxOf({4, 0, 3}, -2)), Code::InvalidArgument, "axis -2 has extent 0");
        checkFailure(planner.refusal(argmaxOf({0, 0}, 1)), Code::InvalidArgument, "extent 0");
    }

    TEST_CASE("a tensor whose size does not fit is refused") {
        const Planner planner;
        const std::uint64_t big = std::uint64_t{1} << 32, most = std::numeric_limits<std::uint64_t>::max();
        for (const std::vector<std::uint64_t>& shape : {std::vector<std::uint64_t>{most, 2},
                                                        {2, most},
                                                        {big, big},
                                                        {big, 2, big},
                                                        {big, big, big, big},
                                                        {std::uint64_t{1} << 62, 4},
                                                        {std::uint64_t{1} << 61, 2, 1},
                                                        {3, 5, most / 4}}) {
            for (std::int32_t axis = 0; axis < static_cast<std::int32_t>(shape.size()); ++axis) {
                CAPTURE(harness::describe(scanOf(shape, axis)));
                for (const ScanMode mode : {ScanMode::Inclusive, ScanMode::IncludeInitial})
                    checkFailure(planner.refusal(scanOf(shape, axis, mode)), Code::InvalidArgument,
                                 "1152921504606846975");
                checkFailure(planner.refusal(argmaxOf(shape, axis)), Code::InvalidArgument,
                             "1152921504606846975");
            }
        }
        CHECK(planner.driver.calls("vkCreateComputePipelines") == 0);
    }

    TEST_CASE("an axis of more than 2^32-1 elements is not supported, any other dimension may have them") {
        const Planner planner;
        const std::uint64_t big = std::uint64_t{1} << 32;
        for (const Problem& problem : {scanOf({big}, 0), scanOf({1, big}, -1), scanOf({big, 1}, 0),
                                       argmaxOf({big}, 0), argmaxOf({1, 2, big + 5}, 2)}) {
            CAPTURE(harness::describe(problem));
            checkFailure(planner.refusal(problem), Code::Unsupported, "4294967295");
            checkFailure(planner.refusal(problem), Code::Unsupported, "axis " + std::to_string(problem.axis));
        }
        planner.plan(scanOf({big - 1}, 0));
        planner.plan(argmaxOf({big - 1}, 0));
        planner.plan(scanOf({big, 2}, 1));
        planner.plan(argmaxOf({2, big}, 0));
        planner.plan(scanOf({big - 1}, 0, ScanMode::IncludeInitial));
    }

    TEST_CASE("unknown enumerants are refused with their value") {
        const Planner planner;
        const VkaxisContext context = planner.context.handle();
        const VkaxisTensor tensor{VKAXIS_DTYPE_F32, 1, {10}};
        // Written as bytes: a cast to an enumeration must not go beyond its values.
        const auto set = [](auto& enumeration, int value) {
            static_assert(sizeof enumeration == sizeof value);
            std::memcpy(&enumeration, &value, sizeof value);
        };
        VkaxisPlan plan;
        for (const int value : {3, 17, std::numeric_limits<int>::max()}) {
            CAPTURE(value);
            VkaxisScanInfo scan{VKAXIS_STRUCTURE_TYPE_SCAN_INFO, nullptr, tensor, 0, VKAXIS_SCAN_INCLUSIVE};
            VkaxisArgReduceInfo argmax{
                VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO, nullptr, VKAXIS_ARGMAX, tensor, 0, VKAXIS_INDEX_U32};
            const std::string text = std::to_string(value);
            const auto refusesScan = [&](const char* what) {
                checkFailure(vkaxisPlanScan(context, &scan, &plan), Code::InvalidArgument,
                             what + (" " + text));
            };
            const auto refusesArgmax = [&](const char* what) {
                checkFailure(vkaxisPlanArgReduce(context, &argmax, &plan), Code::InvalidArgument,
                             what + (" " + text));
            };
            set(scan.mode, value);
            refusesScan("mode");
            scan.mode = VKAXIS_SCAN_INCLUSIVE;
            set(scan.input.dtype, value);
            refusesScan("dtype");
            set(argmax.op, value);
            refusesArgmax("op");
            argmax.op = VKAXIS_ARGMIN;
            set(argmax.indexType, value);
            refusesArgmax("indexType");
            argmax.indexType = VKAXIS_INDEX_I64;
            set(argmax.input.dtype, value);
            refusesArgmax("dtype");
        }
        CHECK(planner.driver.calls("vkCreateComputePipelines") == 0);
    }
}

}  // namespace vkaxis::test
