// Every primitive on every driver that the loader lists, under validation, held against the CPU references.
// Sizes come from the plans and the kernels' own tiles.
#include "harness/cases.hpp"
#include "harness/elements.hpp"
#include "harness/guarded_tensor.hpp"

#include "conformance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

// ---- Cases ----

std::uint64_t subgroupSize(const Device& device) {
    return device.context().handle()->facts.subgroupSize;
}
std::uint64_t workgroupSize(const Device& device) {
    return device.context().handle()->facts.workgroupSize;
}

std::uint64_t columnTile(const Device& device) {
    const Tuning& tuning = device.context().handle()->tuning;
    return workgroupSize(device) * std::max(tuning.argColumnUnroll, tuning.scanColumnItems);
}

// A case of the shape whose dtype, mode, data and placement follow from a running number, so that a few dozen
// cases meet all their pairings. Every other one is of the dtypes that engines use most, the others are of
// the other widths.
Case dealtCase(Op op, const Extents& shape, std::int32_t axis, std::uint64_t number) {
    constexpr std::array kUsual{Dtype::F32, Dtype::U32, Dtype::I32};
    constexpr std::array kOtherWidths{Dtype::U8, Dtype::F16, Dtype::I64};
    const Option& mode = entryOf(op).options.front();
    Case testCase;
    Problem& problem = testCase.problem;
    problem.op = op;
    problem.shape = shape;
    problem.axis = axis;
    problem.dtype =
        number % 2 == 0 ? kUsual[number / 2 % kUsual.size()] : kOtherWidths[number / 2 % kOtherWidths.size()];
    mode.set(problem, number / 3 % mode.values.size());
    std::vector<Distribution> distributions;
    for (const DistributionEntry& row : distributionTable())
        if (suits(row.distribution, problem.dtype)) distributions.push_back(row.distribution);
    testCase.distribution = distributions[number % distributions.size()];
    testCase.seed = number;
    if (number % 4 == 1) testCase.options.misalignment = static_cast<std::uint32_t>(1 + number / 4 % 3);
    if (number % 4 == 3) testCase.options.inPlace = supportsInPlace(problem);
    return testCase;
}

// Deals cases of all primitives, argmax and argmin in turn.
class Dealer {
  public:
    explicit Dealer(const Device& device) : device_(device) {}

    void check(const Extents& shape, std::int32_t axis) {
        checkCase(device_, dealtCase(number_ / 6 % 2 == 0 ? Op::Argmax : Op::Argmin, shape, axis, number_));
        checkCase(device_, dealtCase(Op::Scan, shape, axis, number_));
        ++number_;
    }

  private:
    const Device& device_;
    std::uint64_t number_ = 0;
};

// Makes every plan of the device fold its grid, for as long as it lives.
class FoldedGrid {
  public:
    explicit FoldedGrid(const Device& device)
        : limits_(device.context().handle()->facts.maxGroupCount), before_(std::to_array(limits_)) {
        limits_[0] = 5;
        limits_[1] = 3;
    }
    FoldedGrid(const FoldedGrid&) = delete;
    FoldedGrid& operator=(const FoldedGrid&) = delete;
    ~FoldedGrid() { std::ranges::copy(before_, limits_); }

  private:
    std::uint32_t (&limits_)[3];
    std::array<std::uint32_t, 3> before_;
};

// ---- Sizes ----

// Each size, and one less and one more, without 0.
std::vector<std::uint64_t> around(const std::vector<std::uint64_t>& sizes) {
    std::set<std::uint64_t> result;
    for (const std::uint64_t size : sizes) result.insert({size - 1, size, size + 1});
    result.erase(0);
    return {result.begin(), result.end()};
}

// What of a plan depends on tiles: the kernels, their grids and the depth of the sums.
auto layoutOf(const Device& device, const Problem& problem) {
    const Result<Plan> plan = harness::plan(device.context(), problem);
    REQUIRE_MESSAGE(plan, plan.status.message());
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> dispatches;
    for (std::uint32_t i = 0; i < plan->commandCount; ++i) {
        const VkaxisCommand& command = plan->commands[i];
        dispatches.emplace_back(command.kernel, command.groupCount[0], command.groupCount[1],
                                command.groupCount[2]);
    }
    return std::pair(dispatches, plan->additionDepth);
}

// The extents of one dimension, up to `most`, from which on the plan is another one; the first `limit` of
// them.
std::vector<std::uint64_t> turningPoints(const Device& device, Problem problem, std::size_t dimension,
                                         std::uint64_t most, std::size_t limit) {
    const auto at = [&](std::uint64_t extent) {
        problem.shape[dimension] = extent;
        return layoutOf(device, problem);
    };
    std::vector<std::uint64_t> found;
    for (std::uint64_t low = 1; low < most && found.size() < limit;) {
        // From a power of two to the next, lest a change there and back be missed.
        std::uint64_t high = std::min(std::bit_ceil(low + 1), most);
        const auto before = at(low);
        if (at(high) == before) {
            low = high;
            continue;
        }
        while (high - low > 1) {
            const std::uint64_t middle = std::midpoint(low, high);
            (at(middle) == before ? low : high) = middle;
        }
        found.push_back(high);
        low = high;
    }
    return found;
}

const harness::DtypeEntry& half() {
    return harness::entryOf(Dtype::F16);
}

float floatOfHalf(std::uint16_t bits) {
    return static_cast<float>(harness::decodeFloat(half(), bits));
}

bool isHalfOf(std::uint64_t bits, float number) {
    const std::uint64_t right = harness::encodeFloat(half(), number);
    return bits == right || (half().isNan(bits) && half().isNan(right));
}

// All of them, each with others of different magnitudes: denormals, odd ones, the greatest.
std::vector<std::uint16_t> pairsOfHalves() {
    constexpr std::uint16_t kOthers[] = {0x0001, 0x8003, 0x03ff, 0x1001, 0x9405, 0x3c01, 0xd803, 0x7bff};
    std::vector<std::uint16_t> pairs;
    for (std::uint32_t bits = 0; bits <= half().mask(); ++bits)
        for (const std::uint16_t other : kOthers)
            pairs.insert(pairs.end(), {static_cast<std::uint16_t>(bits), other});
    return pairs;
}

}  // namespace

TEST_SUITE("conformance") {
    // ---- The instruments ----

    TEST_CASE("the validation layer is there and counts a deliberate mistake") {
        onEveryDriver([](const Device& device) {
            VKAXIS_TEST_FUNCTION(vkCreateFence);
            VKAXIS_TEST_FUNCTION(vkDestroyFence);
            const std::uint64_t before = device.validationMessages();
            VkFenceCreateInfo info{};
            info.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
            VkFence fence = VK_NULL_HANDLE;
            vkCreateFence(device.handle(), &info, nullptr, &fence);
            vkDestroyFence(device.handle(), fence, nullptr);
            CHECK(device.validationMessages() == before + 1);
            CHECK(device.lastValidationMessage().find("sType") != std::string::npos);
        });
    }

    TEST_CASE("synchronization validation is on: two fills without a barrier are reported") {
        onEveryDriver([](const Device& device) {
            VKAXIS_TEST_FUNCTION(vkCmdFillBuffer);
            const auto buffer = device.allocate(64);
            REQUIRE(buffer);
            const std::uint64_t before = device.validationMessages();
            const Status status = device.run([&](VkCommandBuffer commandBuffer) {
                vkCmdFillBuffer(commandBuffer, buffer->handle(), 0, 64, 1);
                vkCmdFillBuffer(commandBuffer, buffer->handle(), 0, 64, 2);
                return Status{};
            });
            CHECK(status);
            CHECK(device.validationMessages() > before);
            CHECK(device.lastValidationMessage().find("SYNC-HAZARD-WRITE-AFTER-WRITE") != std::string::npos);
        });
    }

    TEST_CASE("canaries, contents and zeros that were overwritten are reported with their place") {
        onEveryDriver([](const Device& device) {
            constexpr std::uint32_t kWord = 0x7f4badedU;
            const auto tensor = GuardedTensor::create(device, "tensor", 40, 4, kWord);
            REQUIRE(tensor);
            CHECK(tensor->range().address % 16 == 4);
            const std::vector<std::byte> zeros(40);
            REQUIRE(tensor->upload(device, zeros));
            CHECK(tensor->checkCanaries(device));
            CHECK(tensor->checkContent(device, zeros));
            CHECK(tensor->checkZero(device));

            const auto damaged = [&](std::int64_t place, std::uint32_t word) {
                return device.fill(tensor->buffer(), tensor->offset() + static_cast<std::uint64_t>(place), 4,
                                   word);
            };
            REQUIRE(damaged(36, 1));
            CHECK(tensor->checkCanaries(device));
            CHECK(std::string(tensor->checkContent(device, zeros).message()) ==
                  "the tensor was written to at byte 36");
            CHECK(std::string(tensor->checkZero(device).message()) ==
                  "byte 36 of the tensor is not zero again");

            REQUIRE(damaged(40, 0));
            CHECK(std::string(tensor->checkCanaries(device).message()) ==
                  "the canary 0 bytes beyond the end of the tensor is damaged: 0x00, was 0xed");
            REQUIRE(damaged(40, kWord));
            CHECK(tensor->checkCanaries(device));
            REQUIRE(damaged(-8, 5));
            CHECK(std::string(tensor->checkCanaries(device).message()) ==
                  "the canary 8 bytes before the tensor is damaged: 0x05, was 0xed");
        });
    }

    // ---- Sizes ----

    TEST_CASE("extents around subgroups, workgroups and tiles") {
        onEveryDriver([](const Device& device) {
            const std::uint64_t tile = rowTile(device);
            std::vector<std::uint64_t> sizes{1,
                                             4,
                                             8,
                                             16,
                                             32,
                                             64,
                                             128,
                                             workgroupSize(device),
                                             2 * workgroupSize(device),
                                             tile,
                                             2 * tile,
                                             fewRowsTile(device),
                                             columnTile(device)};
            Dealer dealer(device);
            for (const std::uint64_t size : around(sizes)) {
                dealer.check({size}, 0);
                dealer.check({3, size}, 1);
                dealer.check({size, 3}, 0);
                dealer.check({2, size, 33}, 1);
            }
        });
    }

    TEST_CASE("extents at which the plan changes: kernels, grids and splits") {
        struct Layout {
            std::vector<std::uint64_t> shape;
            std::int32_t axis;
            std::size_t dimension;  // that varies
            std::uint64_t most;
        };
        onEveryDriver([](const Device& device) {
            const std::uint64_t longest = 64 * rowTile(device);
            const std::vector<Layout> layouts{
                {{1}, 0, 0, longest},      {{3, 1}, 1, 1, longest},  {{1, 3}, 0, 0, longest / 4},
                {{2, 1, 37}, 1, 1, 10000}, {{2, 19, 1}, 1, 2, 1000}, {{1, 9}, 1, 0, 10000},
                {{1, 6, 5}, 1, 0, 3000},
            };
            Dealer dealer(device);
            for (const Layout& layout : layouts)
                for (const Op op : {Op::Argmax, Op::Scan}) {
                    constexpr std::size_t kMost = 6;
                    const Problem problem{.op = op, .shape = layout.shape, .axis = layout.axis};
                    std::vector<std::uint64_t> shape = layout.shape;
                    for (const std::uint64_t extent :
                         around(turningPoints(device, problem, layout.dimension, layout.most, kMost))) {
                        shape[layout.dimension] = extent;
                        dealer.check(shape, layout.axis);
                    }
                }
        });
    }

    TEST_CASE("ranks 0 to 8, every axis of rank 5 counted from both ends, and extents of 1") {
        onEveryDriver([](const Device& device) {
            Dealer dealer(device);
            dealer.check({}, 0);
            dealer.check({}, -1);
            std::vector<std::uint64_t> shape;
            for (std::uint64_t rank = 1; rank <= kMaxRank; ++rank) {
                shape.push_back(2 + rank % 3);
                dealer.check(shape, static_cast<std::int32_t>(rank / 2));
                dealer.check(std::vector<std::uint64_t>(rank, 1), -static_cast<std::int32_t>(rank));
            }
            for (std::int32_t axis = -5; axis < 5; ++axis) {
                dealer.check({3, 4, 5, 6, 7}, axis);
                dealer.check({1, 70, 1, 5, 1}, axis);
            }
        });
    }

    TEST_CASE("an extent of 0 leaves nothing to do, or an include-initial scan its zeros") {
        onEveryDriver([](const Device& device) {
            Dealer dealer(device);
            for (int i = 0; i < 9; ++i) {
                dealer.check({0, 5}, 1);
                dealer.check({3, 4, 0}, 1);
            }
            for (const Dtype dtype : {Dtype::F32, Dtype::U8, Dtype::F16, Dtype::I64})
                for (const auto& [shape, axis] :
                     {Regime::Shape{{0}, 0}, {{5, 0}, 1}, {{0, 7}, 0}, {{300, 0, 40}, 1}})
                    for (const ScanInitial initial : {ScanInitial::Neutral, ScanInitial::PerSlice})
                        for (Problem problem : scansOf(shape, axis, dtype)) {
                            problem.initial = initial;
                            problem.totals = initial == ScanInitial::PerSlice;
                            checkCase(device, {.problem = problem});
                        }
            for (const Op op : {Op::Argmax, Op::Argmin, Op::Argminmax})
                CHECK(plan(device.context(), {.op = op, .shape = {3, 0}, .axis = 1}).status.code() ==
                      Code::InvalidArgument);
        });
    }

    TEST_CASE("more workgroups than one dimension of the grid can have") {
        onEveryDriver([](const Device& device) {
            // Slices too wide to share a workgroup, and too short to be split.
            constexpr std::uint64_t kSlices = 70000;
            const Problem problem{.op = Op::Argmin,
                                  .dtype = Dtype::U8,  // wider ones go several slices to a workgroup
                                  .shape = {kSlices, 2, workgroupSize(device) / 2 + 1},
                                  .axis = 1,
                                  .indexType = IndexType::U32};
            const auto plan = harness::plan(device.context(), problem);
            REQUIRE(plan);
            const auto& count = plan->commands[0].groupCount;
            CHECK(std::uint64_t{count[0]} * count[1] * count[2] >= kSlices);
            checkCase(device, {.problem = problem, .distribution = Distribution::Ties, .seed = 1});

            Dealer dealer(device);
            for (int i = 0; i < 3; ++i) {
                dealer.check({kSlices, 2}, 1);
                dealer.check({kSlices, 3, 2}, 1);
                dealer.check({2, kSlices}, 0);
            }
        });
    }

    TEST_CASE("every kernel finds its place in a grid that is folded over three dimensions") {
        onEveryDriver([](const Device& device) {
            const FoldedGrid folded(device);
            Dealer dealer(device);
            for (const Regime& regime : regimes())
                for (const auto& [shape, axis] : regime.shapes) dealer.check(shape, axis);
            for (const std::uint64_t outer : {1U, 4U, 5U, 6U, 14U, 15U, 16U, 100U})
                dealer.check({outer, rowTile(device) / 8 + 1}, 1);
        });
    }

    // ---- Places ----

    TEST_CASE("a peak at every position of a tile, in rows and in columns") {
        onEveryDriver([](const Device& device) {
            const std::uint64_t extent = rowTile(device) + 1;
            for (const auto& [op, dtype, axis] : {std::tuple{Op::Argmax, Dtype::F32, 0},
                                                  {Op::Argmax, Dtype::U32, 1},
                                                  {Op::Argmin, Dtype::I32, 0},
                                                  {Op::Argmin, Dtype::F32, 1},
                                                  {Op::Scan, Dtype::I32, 0},
                                                  {Op::Scan, Dtype::F32, 1}})
                checkCase(device,
                          {.problem = {.op = op, .dtype = dtype, .shape = {extent, extent}, .axis = axis},
                           .distribution = Distribution::Peak});
        });
    }

    TEST_CASE("peaks at the seams of the splits") {
        onEveryDriver([](const Device& device) {
            // Three slices at a time, so that the peaks are before, at and after each tile's first position.
            const std::uint64_t tile = rowTile(device);
            const std::uint64_t extent = 20 * tile + 7;
            for (std::uint64_t position = tile - 1; position < extent; position += tile) {
                checkCase(device, {.problem = {.op = Op::Argmax,
                                               .shape = {3, extent},
                                               .axis = 1,
                                               .indexType = IndexType::U32},
                                   .distribution = Distribution::Peak,
                                   .seed = position});
                checkCase(device, {.problem = {.op = Op::Scan,
                                               .dtype = Dtype::U32,
                                               .shape = {3, extent},
                                               .axis = 1,
                                               .mode = ScanMode::IncludeInitial},
                                   .distribution = Distribution::Peak,
                                   .seed = position});
            }
        });
    }

    // Two equal elements above all others, or two NaNs: the first has to win over lanes, subgroups,
    // workgroups, splits.
    TEST_CASE("of two equal extremes the first wins, however far apart") {
        onEveryDriver([](const Device& device) {
            const std::uint64_t tile = rowTile(device);
            const std::uint64_t extent = 20 * tile;
            const std::vector<std::uint64_t> places =
                around({1, subgroupSize(device), workgroupSize(device), 2 * workgroupSize(device), tile,
                        10 * tile, extent - 2});
            std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs;
            for (std::size_t i = 0; i < places.size(); ++i)
                for (std::size_t j = i + 1; j < places.size(); j += 1 + i % 3)
                    pairs.emplace_back(places[i], places[j]);

            for (const Op op : {Op::Argmax, Op::Argmin})
                for (const std::int32_t axis : {0, 1}) {
                    const std::uint64_t slices = pairs.size();
                    const auto shape = axis == 0 ? std::vector{extent, slices} : std::vector{slices, extent};
                    const Problem problem{
                        .op = op, .shape = shape, .axis = axis, .indexType = IndexType::U32};
                    const float extreme = op == Op::Argmax ? 3.0F : -3.0F;
                    std::vector<std::byte> input = generate(problem, Distribution::Infinite, 0);
                    for (std::uint64_t slice = 0; slice < slices; ++slice)
                        for (const std::uint64_t place : {pairs[slice].first, pairs[slice].second})
                            store(input.data(), axis == 0 ? place * slices + slice : slice * extent + place,
                                  slice % 2 == 0 ? extreme : std::numeric_limits<float>::quiet_NaN());
                    const auto output = requireOutput(device, problem, input);
                    for (std::uint64_t slice = 0; slice < slices; ++slice)
                        CHECK(load<std::uint32_t>(output.data(), slice) == pairs[slice].first);
                }
        });
    }

    // ---- Sums ----

    TEST_CASE("the depth of a float scan certifies something, even for the longest axis") {
        onEveryDriver([](const Device& device) {
            for (const auto& shape :
                 {std::vector<std::uint64_t>{0xffffffffU}, {0xffffffffU, 2}, {1000000, 1000}})
                for (const Problem& problem : scansOf(shape, 0)) {
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE_MESSAGE(plan, plan.status.message());
                    CHECK(plan->additionDepth > 0);
                    // Workgroups of 128 invocations, the fewest, pass a chunk of 2^23 rows in tiles of 448,
                    // twice: the bound is still below 2^-8 of the sum of the absolute values.
                    CHECK(plan->additionDepth < (1 << 16));
                }
        });
    }

    TEST_CASE("a float scan gives the same bits at every address and alignment, and in place") {
        onEveryDriver([](const Device& device) {
            const std::uint64_t tile = rowTile(device);
            for (const auto& [shape, axis] : {Regime::Shape{{20, fewRowsTile(device) + 5}, 1},
                                              {{5000, 9}, 1},
                                              {{3, 300, 65}, 1},
                                              {{9001, 3}, 0},
                                              {{3, 20 * tile + 1}, 1},
                                              {{20 * tile + 3}, 0}})
                for (const Problem& problem : scansOf(shape, axis)) {
                    const auto input = generate(problem, Distribution::Normal, 42);
                    const auto output = requireOutput(device, problem, input);
                    // What it occupies moves the next tensors elsewhere.
                    const auto occupant = device.allocate(1 << 20);
                    REQUIRE(occupant);
                    for (const std::uint32_t misalignment : {0U, 1U, 3U})
                        CHECK_MESSAGE(
                            requireOutput(device, problem, input, {.misalignment = misalignment}) == output,
                            describe(problem) << " misaligned by " << misalignment);
                    CHECK(plan(device.context(), problem)->inPlace ==
                          (supportsInPlace(problem) ? VK_TRUE : VK_FALSE));
                    if (supportsInPlace(problem))
                        CHECK_MESSAGE(requireOutput(device, problem, input,
                                                    {.misalignment = 2, .inPlace = true}) == output,
                                      describe(problem) << " in place");
                }
        });
    }

    TEST_CASE("every f16 is read as it is, and its sums with others round to nearest even") {
        onEveryDriver([](const Device& device) {
            if (!device.summary().storage16) {
                ++skippedCases()[device.summary().name + ": no storage of 16 bits"];
                return;
            }
            const std::vector<std::uint16_t> pairs = pairsOfHalves();
            const Problem problem{
                .op = Op::Scan, .dtype = Dtype::F16, .shape = {pairs.size() / 2, 2}, .axis = 1};
            const auto output = requireOutput(device, problem, std::as_bytes(std::span(pairs)));
            std::uint64_t wrong = 0;
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                const float before = i % 2 == 0 ? 0.0F : floatOfHalf(pairs[i - 1]);
                wrong += !isHalfOf(harness::loadBits(output.data(), i, 2), before + floatOfHalf(pairs[i]));
            }
            CHECK(wrong == 0);
        });
    }

    // ---- What was left out ----

    TEST_CASE("the cases that a driver cannot run are counted") {
        onEveryDriver([](const Device&) {});
        reportSkippedCases();
    }
}
