// Recorded commands that run many times; the single-pass scan, whose bits must not depend on who waits for
// whom; and strategies that a driver's own tuning or features do not choose.
#include "harness/cases.hpp"
#include "harness/elements.hpp"
#include "harness/generate.hpp"
#include "harness/guarded_tensor.hpp"

#include "conformance.hpp"
#include "params.h"

#include <doctest/doctest.h>

#include <bit>
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

// The context's tuning, to be changed; as it was when this ends.
class ScopedTuning {
  public:
    explicit ScopedTuning(const Device& device)
        : tuning_(device.context().handle()->tuning), before_(tuning_) {}
    ScopedTuning(const ScopedTuning&) = delete;
    ScopedTuning& operator=(const ScopedTuning&) = delete;
    ~ScopedTuning() { tuning_ = before_; }

    Tuning* operator->() const { return &tuning_; }

  private:
    Tuning& tuning_;
    Tuning before_;
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

// An exclusive sum from -0 begins with +0, and nothing else may differ from the reference.
void makeNegative(std::vector<std::byte>& output, std::uint64_t extent) {
    for (std::uint64_t row = 0; row < output.size() / sizeof(float); row += extent) {
        CHECK(std::bit_cast<std::uint32_t>(load<float>(output.data(), row)) == 0);
        store(output.data(), row, -0.0F);
    }
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
            auto judged = expected;
            if (problem.initial == ScanInitial::Host && problem.initialValue.f64 == 0)
                makeNegative(judged.first, problem.shape.back());
            const Verdict verdict =
                entryOf(problem.op)
                    .check(problem, depth, inputs, {.output = judged.first, .totals = judged.second});
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
        };
        const Shared cases[] = {{{1 << 18}, 0, "arg_rows"},
                                {{3, (1 << 16) + 3}, 1, "arg_rows"},
                                {{20001, 130}, 0, "arg_column_quads"},
                                {{2, 9001, 203}, 1, "arg_column_quads"},
                                {{50001, 7}, 0, "arg_columns"},
                                {{2, 30001, 3}, 1, "arg_columns"}};
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

    TEST_CASE("workgroups take several tiles of very short columns and rows") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            std::size_t several = 0;
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I64, Dtype::U32};
            std::uint64_t number = 0;
            for (std::uint64_t extent = 1; extent <= tuning->argColumnUnroll; ++extent)
                for (const auto& [shape, axis] :
                     {Regime::Shape{{extent, 10007}, 0}, {{2, extent, 4099}, 1}, {{9001, 3, extent}, 2}}) {
                    const Problem problem{.op = number % 4 == 0 ? Op::Argminmax : Op::Argmax,
                                          .dtype = kDtypes[number++ / 2 % 3],
                                          .shape = shape,
                                          .axis = axis,
                                          .tie = extent % 3 == 0 ? Tie::Last : Tie::First};
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    if (std::string_view(plan->commands[0].name) != "arg_columns")
                        continue;  // rows of two quads
                    const std::uint64_t invocations =
                        std::uint64_t{plan->commands[0].groupCount[0]} * plan->commands[0].workgroupSize;
                    CHECK(invocations < elementCount(sliceShape(problem)));
                    checkCase(device,
                              {.problem = problem, .distribution = Distribution::Ties, .seed = extent});
                    ++several;
                }
            CHECK(several == 23);
        });
    }

    TEST_CASE("workgroups take several turns of short rows, at every alignment") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            tuning->argShortWordRowSize = tuning->argShortRowSize;
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::F16, Dtype::I8, Dtype::I64};
            constexpr std::pair<std::uint64_t, std::uint32_t> placements[] = {
                {9, 0}, {31, 1}, {37, 2}, {9, 3}, {31, 5}, {37, 7}};  // extents, elements behind 16 bytes
            std::uint64_t number = 0;
            for (const Dtype dtype : kDtypes)
                for (const auto& [extent, misalignment] : placements) {
                    Case testCase{.problem = {.op = number % 3 == 0 ? Op::Argminmax : Op::Argmax,
                                              .dtype = dtype,
                                              .shape = {5003, extent},
                                              .axis = 1,
                                              .tie = number % 2 == 0 ? Tie::Last : Tie::First},
                                  .distribution = Distribution::Ties,
                                  .seed = extent,
                                  .options = {.misalignment = misalignment}};
                    if (number++ % 5 == 0) testCase.problem.strides = {extent + 2, 1};
                    CAPTURE(describe(testCase.problem));
                    const auto plan = harness::plan(device.context(), testCase.problem);
                    REQUIRE(plan);
                    CHECK(std::string_view(plan->commands[0].name) == "arg_short_rows");
                    CHECK(plan->commands[0].groupCount[0] == 8);
                    checkCase(device, testCase);
                }
        });
    }

    TEST_CASE("workgroups take several turns of small slices, at every alignment") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I32, Dtype::F16, Dtype::I8};
            constexpr ScanMode kModes[] = {ScanMode::Inclusive, ScanMode::Exclusive,
                                           ScanMode::IncludeInitial};
            struct Slices {
                std::uint64_t extent, columns, gap;
                std::uint32_t misalignment;  // elements behind 16 bytes
            };
            constexpr Slices kSlices[] = {{5, 1, 0, 1},  {31, 1, 0, 2}, {71, 1, 3, 3}, {9, 1, 2, 0},
                                          {2, 15, 0, 1}, {16, 2, 0, 0}, {17, 3, 1, 3}, {60, 7, 0, 2}};
            std::uint64_t number = 0;
            for (const Dtype dtype : kDtypes)
                for (const Slices& slices : kSlices) {
                    const std::uint64_t stride = slices.extent * slices.columns + slices.gap;
                    Case testCase{.problem = {.op = Op::Scan,
                                              .dtype = dtype,
                                              .shape = {4001, slices.extent, slices.columns},
                                              .axis = 1,
                                              .strides = {stride, slices.columns, 1}},
                                  .distribution = Distribution::Integers,
                                  .seed = number,
                                  .options = {.misalignment = slices.misalignment}};
                    Problem& problem = testCase.problem;
                    const std::uint64_t choice = number + number / std::size(kSlices);
                    if (dtype == Dtype::F16) problem.outputDtype = Dtype::F32;  // that every driver can write
                    problem.mode = kModes[choice % 3];
                    problem.reverse = choice % 2 == 0;
                    problem.totals = choice % 4 < 2;
                    problem.scanOp = choice % 5 == 0 ? ScanOp::Max : ScanOp::Sum;
                    problem.initial = choice % 7 < 2 ? ScanInitial::PerSlice : ScanInitial::Neutral;
                    const std::uint64_t grown = problem.mode == ScanMode::IncludeInitial ? slices.columns : 0;
                    problem.outputStrides = {stride + grown, slices.columns, 1};
                    testCase.options.inPlace = supportsInPlace(problem) && choice % 2 == 1;
                    ++number;
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    CHECK(std::string_view(plan->commands[plan->commandCount - 1].name) == "scan_slices");
                    CHECK(plan->commands[plan->commandCount - 1].groupCount[0] == 8);
                    checkCase(device, testCase);
                }
        });
    }

    TEST_CASE("workgroups take several tiles of columns that are scanned over few rows") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            tuning->scanSliceColumns = 0;
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I32, Dtype::I64};
            constexpr ScanMode kModes[] = {ScanMode::Inclusive, ScanMode::Exclusive,
                                           ScanMode::IncludeInitial};
            std::uint64_t number = 0;
            for (std::uint64_t extent = 2; extent <= 4; ++extent)
                for (const Extents& shape : {Extents{extent, 10007}, {2, extent, 4099}, {3001, extent, 5}}) {
                    Case testCase{.problem = {.op = Op::Scan,
                                              .dtype = kDtypes[(number + number / 3) % 3],
                                              .shape = shape,
                                              .axis = static_cast<std::int32_t>(shape.size()) - 2},
                                  .distribution = Distribution::Integers,
                                  .seed = extent};
                    testCase.problem.mode = kModes[number % 3];
                    testCase.problem.reverse = number % 2 == 0;
                    testCase.problem.totals = number % 4 == 0;
                    ++number;
                    CAPTURE(describe(testCase.problem));
                    const auto plan = harness::plan(device.context(), testCase.problem);
                    REQUIRE(plan);
                    CHECK(std::string_view(plan->commands[0].name) == "scan_columns");
                    const std::uint64_t invocations =
                        std::uint64_t{plan->commands[0].groupCount[0]} * plan->commands[0].workgroupSize;
                    CHECK(invocations < elementCount(sliceShape(testCase.problem)));
                    checkCase(device, testCase);
                }
        });
    }

    TEST_CASE("wide panels of misaligned rows, with a row for each invocation") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->scanRaggedColumns = 256;
            for (const Extents& shape : {Extents{200, 203}, {3, 100, 501}, {2, 5000, 129}}) {
                Case testCase{.problem = {.op = Op::Scan,
                                          .shape = shape,
                                          .axis = static_cast<std::int32_t>(shape.size()) - 2},
                              .distribution = Distribution::Integers,
                              .seed = shape[0]};
                CAPTURE(describe(testCase.problem));
                const auto plan = harness::plan(device.context(), testCase.problem);
                REQUIRE(plan);
                const VkaxisCommand& last = plan->commands[plan->commandCount - 1];
                CHECK(std::string_view(last.name).starts_with("scan_columns"));
                shader::ScanColumnsParams params;
                std::memcpy(&params, last.parameters, sizeof params);
                CHECK(params.tiling.rows == 1);
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
            REQUIRE(users(VKAXIS_OPERAND_ZEROED) == 3);
            const Memory memory(device, plans);
            for (const std::size_t i : {0, 1, 2, 3, 1, 0}) {
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
