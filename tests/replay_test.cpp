// Recorded commands that run many times; the single-pass scan, whose bits must not depend on who waits for
// whom; and strategies that a driver's own tuning or features do not choose.
#include "harness/cases.hpp"
#include "harness/elements.hpp"
#include "harness/generate.hpp"
#include "harness/guarded_tensor.hpp"

#include "conformance.hpp"
#include "params.h"
#include "scoped_tuning.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

// A command buffer that records a plan once, to be submitted many times.
class Replay {
  public:
    Replay(const Device& device, const Plan& plan, const Operands& operands) : device_(device) {
        VKAXIS_TEST_FUNCTION(vkCreateCommandPool);
        VKAXIS_TEST_FUNCTION(vkAllocateCommandBuffers);
        VKAXIS_TEST_FUNCTION(vkBeginCommandBuffer);
        VKAXIS_TEST_FUNCTION(vkCmdPipelineBarrier);
        VKAXIS_TEST_FUNCTION(vkEndCommandBuffer);
        VkCommandPoolCreateInfo poolInfo{};
        poolInfo.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
        poolInfo.queueFamilyIndex = device.queueFamily();
        REQUIRE(vkCreateCommandPool(device.handle(), &poolInfo, nullptr, &pool_) == VK_SUCCESS);
        VkCommandBufferAllocateInfo allocateInfo{};
        allocateInfo.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
        allocateInfo.commandPool = pool_;
        allocateInfo.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
        allocateInfo.commandBufferCount = 1;
        REQUIRE(vkAllocateCommandBuffers(device.handle(), &allocateInfo, &commandBuffer_) == VK_SUCCESS);

        VkCommandBufferBeginInfo beginInfo{};
        beginInfo.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
        REQUIRE(vkBeginCommandBuffer(commandBuffer_, &beginInfo) == VK_SUCCESS);
        const auto barrier = [&] {
            VkMemoryBarrier memory{};
            memory.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
            memory.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT;
            memory.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
            vkCmdPipelineBarrier(commandBuffer_, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                                 VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 1, &memory, 0, nullptr, 0, nullptr);
        };
        barrier();
        const Status status = device.context().record(commandBuffer_, plan, operands);
        REQUIRE_MESSAGE(status, status.message());
        barrier();
        REQUIRE(vkEndCommandBuffer(commandBuffer_) == VK_SUCCESS);
    }
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;
    ~Replay() {
        function<PFN_vkDestroyCommandPool>(device_, "vkDestroyCommandPool")(device_.handle(), pool_, nullptr);
    }

    void submit() const {
        const auto queueSubmit = function<PFN_vkQueueSubmit>(device_, "vkQueueSubmit");
        const auto queueWaitIdle = function<PFN_vkQueueWaitIdle>(device_, "vkQueueWaitIdle");
        VkSubmitInfo info{};
        info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
        info.commandBufferCount = 1;
        info.pCommandBuffers = &commandBuffer_;
        REQUIRE(queueSubmit(device_.queue(), 1, &info, VK_NULL_HANDLE) == VK_SUCCESS);
        REQUIRE(queueWaitIdle(device_.queue()) == VK_SUCCESS);
    }

  private:
    const Device& device_;
    VkCommandPool pool_ = VK_NULL_HANDLE;
    VkCommandBuffer commandBuffer_ = VK_NULL_HANDLE;
};

// While it lives, the context takes the device for one without the memory model.
class WithoutMemoryModel {
  public:
    explicit WithoutMemoryModel(const Device& device)
        : enabled_(device.context().handle()->facts.deviceMemoryModel), before_(enabled_) {
        enabled_ = false;
    }
    WithoutMemoryModel(const WithoutMemoryModel&) = delete;
    WithoutMemoryModel& operator=(const WithoutMemoryModel&) = delete;
    ~WithoutMemoryModel() { enabled_ = before_; }

  private:
    bool& enabled_;
    bool before_;
};

std::string firstKernel(const Device& device, const Problem& problem) {
    const auto plan = harness::plan(device.context(), problem);
    REQUIRE_MESSAGE(plan, plan.status.message());
    return plan->commands[0].name;
}

// While it lives, scans of rows on the device go by small tiles, in a single pass.
class LookingBack {
  public:
    explicit LookingBack(const Device& device, std::uint32_t subgroups = 4, std::uint32_t items = 1)
        : tuning_(device) {
        tuning_->singlePass = 1;
        tuning_->lookBackItems = items;
        tuning_->lookBackWorkgroupSize = subgroups * device.context().handle()->facts.subgroupSize;
        tuning_->lookBackTiles = 1;
        // Workgroups share all but the shortest rows.
        tuning_->scanRowWorkgroupSize = 32;
        tuning_->scanRowItems = tuning_->scanRowGroupQuads = 1;
        tuning_->minTilesToSplit = tuning_->minTilesPerSplit = 1;
    }

    // Else three.
    void setSinglePass(bool single) const { tuning_->singlePass = single ? 1 : 0; }

    // Tiles whose sums precede their scans.
    void setLead(std::uint32_t tiles) const {
        tuning_->lookBackLeadSize = static_cast<std::uint32_t>(tiles * tile() * 4);
        tuning_->lookBackLeadsToUse = 0;
    }

    // 0: no workgroup waits for another.
    void setPatience(std::uint32_t patience) const { tuning_->lookBackPatience = patience; }

    // Elements of a tile, and of a block of tiles.
    std::uint64_t tile() const {
        return tuning_->lookBackWorkgroupSize * std::uint64_t{4} * tuning_->lookBackItems;
    }
    std::uint64_t block() const { return tile() * tuning_->lookBackWorkgroupSize; }

  private:
    ScopedTuning tuning_;
};

// What all of some plans need, one recording at a time.
struct Memory {
    GuardedTensor input, output, scratch, zeroed;

    Memory(const Device& device, std::span<const Plan> plans) {
        const auto create = [&](GuardedTensor& tensor, const char* name, VkaxisOperand operand,
                                std::uint32_t word) {
            VkDeviceSize size = 0;
            for (const Plan& plan : plans) size = std::max(size, plan.sizes[operand]);
            auto created = GuardedTensor::create(device, name, size, 0, word);
            REQUIRE(created);
            tensor = std::move(created.value);
        };
        create(input, "input", VKAXIS_OPERAND_INPUT, 1);
        create(output, "output", VKAXIS_OPERAND_OUTPUT, 2);
        create(scratch, "scratch memory", VKAXIS_OPERAND_SCRATCH, 3);
        create(zeroed, "zeroed memory", VKAXIS_OPERAND_ZEROED, 4);
        REQUIRE(zeroed.upload(device, std::vector<std::byte>(zeroed.size())));
    }

    Operands operands() const {
        return {.input = input.rangeOfWords(),
                .output = output.range(),
                .zeroed = zeroed.range(),
                .scratch = scratch.buffer().handle(),
                .scratchOffset = scratch.offset(),
                .scratchSize = scratch.size()};
    }
};

// Submits one command buffer 100 times.
void checkReplays(const Device& device, const Problem& problem) {
    CAPTURE(describe(problem));
    const auto plan = harness::plan(device.context(), problem);
    REQUIRE(plan);
    const auto input = generate(problem, Distribution::Uniform, 3);
    const Memory memory(device, {&plan.value, 1});
    REQUIRE(memory.input.upload(device, input));
    const std::uint64_t messages = device.validationMessages();
    const Replay replay(device, plan.value, memory.operands());

    std::vector<std::byte> first(memory.output.size());
    std::vector<std::byte> again(memory.output.size());
    replay.submit();
    REQUIRE(memory.output.download(device, first));
    checkOutput(problem, plan->additionDepth, input, first);
    for (std::uint32_t i = 1; i < 100; ++i) {
        REQUIRE(device.fill(memory.output.buffer(), memory.output.offset(), memory.output.size(), i));
        replay.submit();
        REQUIRE(memory.output.download(device, again));
        REQUIRE(again == first);
    }
    CHECK(memory.input.checkContent(device, input));
    CHECK(memory.zeroed.checkZero(device));
    CHECK(memory.input.checkCanaries(device));
    CHECK(memory.output.checkCanaries(device));
    CHECK(memory.scratch.checkCanaries(device));
    CHECK(memory.zeroed.checkCanaries(device));
    CHECK(device.validationMessages() == messages);
}

// Scans with every option that has a part in the order of their operations.
std::vector<Problem> scansInAnyOrder(const Regime::Shape& shape) {
    const Problem plain{.op = Op::Scan, .shape = shape.extents, .axis = shape.axis};
    std::vector<Problem> problems(5, plain);
    problems[1].mode = ScanMode::Exclusive;
    problems[1].initial = ScanInitial::Host;
    problems[1].initialValue.f64 = -0.0;
    problems[2].mode = ScanMode::IncludeInitial;
    problems[2].reverse = problems[2].totals = true;
    problems[2].initial = ScanInitial::PerSlice;
    problems[3].scanOp = ScanOp::Prod;
    problems[3].mode = ScanMode::IncludeInitial;
    problems[3].initial = ScanInitial::Host;
    problems[3].initialValue.f64 = -1.5;
    problems[4].scanOp = ScanOp::Prod;
    problems[4].mode = ScanMode::Exclusive;
    problems[4].reverse = problems[4].totals = true;
    return problems;
}

// Random numbers, or factors of a product that stays in range.
std::vector<std::byte> inputOf(const Problem& problem) {
    std::vector<std::byte> input = generate(problem, Distribution::Normal, 11);
    if (problem.scanOp != ScanOp::Prod) return input;
    for (std::uint64_t i = 0; i < input.size() / sizeof(float); ++i)
        store(input.data(), i, 1 + load<float>(input.data(), i) / 256);
    return input;
}

void checkStrategies(const Device& device, const LookingBack& settings,
                     const std::vector<Regime::Shape>& shapes) {
    for (const Regime::Shape& shape : shapes)
        for (const Problem& problem : scansInAnyOrder(shape)) {
            CAPTURE(describe(problem));
            const std::vector<std::byte> input = inputOf(problem);
            const std::vector<std::byte> initial = generateInitial(problem, Distribution::Normal, 11);
            const Inputs inputs{input, initial};
            const auto outputsOf = [&](const std::string& kernel, std::uint32_t misalignment) {
                CHECK(firstKernel(device, problem) == kernel);
                auto outputs = execute(device, problem, inputs, nullptr, {.misalignment = misalignment});
                REQUIRE_MESSAGE(outputs, outputs.status.message());
                return std::pair{std::move(outputs->output), std::move(outputs->totals)};
            };
            settings.setSinglePass(false);
            settings.setLead(0);
            settings.setPatience(1 << 14);
            const std::uint64_t depth = harness::plan(device.context(), problem)->additionDepth;
            const auto expected = outputsOf("scan_tiles sums", 0);
            CHECK(outputsOf("scan_tiles sums", 3) == expected);
            const Verdict verdict =
                entryOf(problem.op)
                    .check(problem, depth, inputs, {.output = expected.first, .totals = expected.second});
            CHECK_MESSAGE(verdict, verdict.message);

            settings.setSinglePass(true);
            CHECK(harness::plan(device.context(), problem)->additionDepth == depth);
            CHECK(outputsOf("scan_look_back", 0) == expected);
            CHECK(outputsOf("scan_look_back", 1) == expected);
            settings.setLead(2);
            CHECK(outputsOf("scan_look_back", 0) == expected);
            settings.setPatience(0);
            CHECK(outputsOf("scan_look_back", 0) == expected);
        }
}

}  // namespace

TEST_SUITE("replay") {
    TEST_CASE("a scan that looks back gives the same bits whether sums are waited for or computed again") {
        onEveryDriver([](const Device& device) {
            const LookingBack settings(device);
            const std::uint64_t tile = settings.tile();
            const std::uint64_t block = settings.block();
            for (const Regime::Shape& shape : {Regime::Shape{{20 * tile + 3}, 0},
                                               {{2 * block + 3 * tile + 5}, 0},
                                               {{2 * block}, 0},
                                               {{3, 20 * tile + 1}, 1},
                                               {{2, block + 9 * tile + 2}, 1}})
                for (const Dtype dtype : {Dtype::F32, Dtype::U32})
                    for (const Problem& problem : scansOf(shape.extents, shape.axis, dtype)) {
                        CAPTURE(describe(problem));
                        settings.setPatience(1 << 14);
                        settings.setLead(0);
                        const auto plan = harness::plan(device.context(), problem);
                        REQUIRE(plan);
                        REQUIRE(std::string_view(plan->commands[0].name) == "scan_look_back");
                        const auto input = generate(problem, Distribution::Normal, 7);
                        const auto output = requireOutput(device, problem, input);
                        checkOutput(problem, plan->additionDepth, input, output);
                        CHECK(requireOutput(device, problem, input, {.misalignment = 1}) == output);
                        if (supportsInPlace(problem))
                            CHECK(requireOutput(device, problem, input, {.inPlace = true}) == output);
                        settings.setLead(3);
                        CHECK(requireOutput(device, problem, input) == output);
                        if (supportsInPlace(problem))
                            CHECK(requireOutput(device, problem, input, {.inPlace = true}) == output);
                        settings.setPatience(0);
                        CHECK(requireOutput(device, problem, input) == output);
                        settings.setLead(0);
                        CHECK(requireOutput(device, problem, input) == output);
                    }
        });
    }

    TEST_CASE("a scan that looks back hands on the two sums that share a word") {
        onEveryDriver([](const Device& device) {
            const LookingBack settings(device);
            const Problem problem{
                .op = Op::Scan, .dtype = Dtype::U32, .shape = {2 * settings.block()}, .axis = 0};
            for (const std::uint32_t sum : {shader::kSlotVeil, ~shader::kSlotVeil})
                for (const std::uint32_t lead : {0u, 3u})
                    for (const std::uint64_t step : {settings.tile(), settings.block()}) {
                        CAPTURE(sum);
                        CAPTURE(lead);
                        CAPTURE(step);  // a sum in every tile; or one in each block, which its chain is too
                        settings.setLead(lead);
                        std::vector<std::uint32_t> values(problem.shape[0]);
                        for (std::uint64_t i = 0; i < values.size(); i += step) values[i] = sum;
                        std::vector<std::byte> input(values.size() * sizeof values[0]);
                        std::memcpy(input.data(), values.data(), input.size());
                        for (const std::uint32_t patience : {1u << 14, 1u}) {
                            settings.setPatience(patience);
                            checkOutput(problem, 0, input, requireOutput(device, problem, input));
                            checkOutput(problem, 0, input,
                                        requireOutput(device, problem, input, {.inPlace = true}));
                        }
                    }
        });
    }

    TEST_CASE("a single pass and three passes give the same bits") {
        onEveryDriver([](const Device& device) {
            if (!device.summary().memoryModel) {
                MESSAGE("skipped: " << device.summary().name << " has no memory model of device scope");
                return;
            }
            const std::uint32_t subgroup = device.context().handle()->facts.subgroupSize;
            {
                const LookingBack settings(device);
                const std::uint64_t tile = settings.tile();
                const std::uint64_t block = settings.block();
                checkStrategies(device, settings,
                                {{{block}, 0}, {{2 * block + 3 * tile + 1}, 0}, {{3, 5 * tile + 1}, 1}});
            }
            // More subgroups than a subgroup has lanes.
            const LookingBack settings(device, subgroup + 1, 4);
            const std::uint64_t tile = settings.tile();
            checkStrategies(device, settings,
                            {{{tile - 5}, 0},
                             {{tile}, 0},
                             {{2, 5 * tile + 3}, 1},
                             {{settings.block() + 2 * tile + 3}, 0}});
        });
    }

    TEST_CASE("an axis that workgroups share is folded by the last of them, and else in a second dispatch") {
        struct Shared {
            std::vector<std::uint64_t> shape;
            std::int32_t axis;
            std::string kernel;
            std::vector<std::uint64_t> strides{};
        };
        const Shared cases[] = {{{1 << 18}, 0, "arg_rows"},
                                {{3, (1 << 16) + 3}, 1, "arg_rows"},
                                {{20001, 130}, 0, "arg_column_quads"},
                                {{2, 9001, 203}, 1, "arg_column_quads"},
                                {{50001, 7}, 0, "arg_column_quads"},
                                {{50001, 7}, 0, "arg_columns", {41, 1}},
                                {{2, 30001, 3}, 1, "arg_columns", {30001 * 36, 36, 1}}};
        onEveryDriver([&](const Device& device) {
            REQUIRE(device.summary().memoryModel);
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::F64, Dtype::U8};
            constexpr Op kOps[] = {Op::Argmax, Op::Argmin, Op::Argminmax};
            std::uint64_t seed = 0;
            for (const Shared& each : cases)
                for (const Dtype dtype : kDtypes) {
                    const bool infinite = seed % 2 == 0 && dtype != Dtype::U8;
                    const Case testCase{
                        .problem = {.op = kOps[seed % 4 % 3],
                                    .dtype = dtype,
                                    .shape = each.shape,
                                    .axis = each.axis,
                                    .strides = each.strides,
                                    .tie = seed / 3 % 2 == 0 ? Tie::First : Tie::Last},
                        .distribution = infinite ? Distribution::Infinite : Distribution::Ties,
                        .seed = seed++};
                    CHECK(firstKernel(device, testCase.problem) == each.kernel + " folded");
                    checkCase(device, testCase);
                    const WithoutMemoryModel setting(device);
                    CHECK(firstKernel(device, testCase.problem) == each.kernel + " splits");
                    checkCase(device, testCase);
                }
        });
    }

    TEST_CASE("different plans share scratch and zeroed memory") {
        onEveryDriver([](const Device& device) {
            const LookingBack settings(device);
            const std::uint64_t tile = settings.tile();
            const Problem problems[] = {{.op = Op::Scan, .shape = {2 * settings.block() + 5}, .axis = 0},
                                        {.op = Op::Scan, .shape = {3, 20 * tile + 1}, .axis = 1},
                                        {.op = Op::Argmax, .shape = {1 << 18}, .axis = 0},
                                        {.op = Op::Argmax, .shape = {20001, 130}, .axis = 0},
                                        // A table goes into scratch memory.
                                        {.op = Op::Argmax,
                                         .dtype = Dtype::U8,
                                         .shape = {2, 3, 2, 2, 5, 3, 2, 4},
                                         .axis = 4,
                                         .strides = {2, 4, 12, 24, 48, 240, 720, 1440}}};
            std::vector<Plan> plans;
            for (const Problem& problem : problems) {
                const auto plan = harness::plan(device.context(), problem);
                REQUIRE(plan);
                plans.push_back(plan.value);
            }
            const auto users = [&](VkaxisOperand operand) {
                return std::ranges::count_if(plans,
                                             [&](const Plan& plan) { return plan.sizes[operand] != 0; });
            };
            REQUIRE(users(VKAXIS_OPERAND_SCRATCH) == 2);
            REQUIRE(users(VKAXIS_OPERAND_ZEROED) == 4);
            const Memory memory(device, plans);
            for (const std::size_t i : {0, 1, 2, 3, 4, 1, 0}) {
                const Problem& problem = problems[i];
                CAPTURE(describe(problem));
                const auto input = generate(problem, Distribution::Uniform, i);
                REQUIRE(device.upload(memory.input.buffer(), memory.input.offset(), input));
                REQUIRE(device.run([&](VkCommandBuffer commandBuffer) {
                    return device.context().record(commandBuffer, plans[i], memory.operands());
                }));
                std::vector<std::byte> output(plans[i].sizes[VKAXIS_OPERAND_OUTPUT]);
                REQUIRE(device.download(memory.output.buffer(), memory.output.offset(), output));
                checkOutput(problem, plans[i].additionDepth, input, output);
                CHECK(memory.zeroed.checkZero(device));
            }
        });
    }

    TEST_CASE("a command buffer submitted 100 times gives the same bits each time") {
        onEveryDriver([](const Device& device) {
            const std::uint64_t extent = 20 * rowTile(device) + 3;
            checkReplays(device, {.op = Op::Scan, .shape = {extent}, .axis = 0, .mode = ScanMode::Exclusive});
            checkReplays(device, {.op = Op::Scan, .shape = {extent / 3, 3}, .axis = 0});
            checkReplays(device, {.op = Op::Argmax, .shape = {extent}, .axis = 0});
            checkReplays(device, {.op = Op::Argmin,
                                  .dtype = Dtype::I32,
                                  .shape = {7, 300, 5},
                                  .axis = 1,
                                  .indexType = IndexType::U32});
            // A table of strides goes into scratch memory each time.
            checkReplays(device, {.op = Op::Argmax,
                                  .dtype = Dtype::U8,
                                  .shape = {2, 3, 2, 2, 5, 3, 2, 4},
                                  .axis = 4,
                                  .strides = {2, 4, 12, 24, 48, 240, 720, 1440}});
            const LookingBack settings(device);
            checkReplays(device, {.op = Op::Scan,
                                  .shape = {2 * settings.block() + 5},
                                  .axis = 0,
                                  .mode = ScanMode::Exclusive});
        });
    }
}
