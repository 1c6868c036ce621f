// What the planner promises about every plan, over thousands of random shapes, views and devices. Needs no
// GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "context.hpp"
#include "harness/operands.hpp"
#include "harness/ops.hpp"
#include "harness/slices.hpp"
#include "params.h"
#include "planner.hpp"
#include "random_plans.hpp"

namespace vkaxis::test {
namespace {

using harness::Extents;
using harness::Op;
using harness::Problem;

constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kPlans = 6000;

bool isBarrier(const VkaxisCommand& command) {
    return command.type != VKAXIS_COMMAND_DISPATCH && command.type != VKAXIS_COMMAND_UPDATE;
}

bool combinesFloats(const Problem& problem) {
    return problem.op == Op::Scan && problem.scanOp <= ScanOp::Prod &&
           harness::entryOf(harness::outputDtype(problem)).isFloat();
}

// ---- Scratch memory ----

// What one chunk of a slice leaves there, for each reduction or scan.
std::uint64_t partialSize(const Problem& problem) {
    const bool scan = problem.op == Op::Scan;
    const bool wide = harness::elementSize(scan ? harness::outputDtype(problem) : problem.dtype) == 8;
    return (scan ? 4 : 8) * (wide ? 2 : 1);
}

// Of all chunks of all slices, if every slice had `chunks`.
std::uint64_t partialsSize(const Problem& problem, std::uint64_t chunks) {
    const harness::Slices slices = harness::slicesOf(problem);
    const std::uint64_t reductions = problem.op == Op::Argminmax ? 2 : 1;
    return slices.outer * slices.inner * chunks * reductions * partialSize(problem);
}

std::uint64_t scratchBound(const VkaxisPlan& plan) {
    return std::max<std::uint64_t>(64 << 10, plan.sizes[VKAXIS_OPERAND_INPUT] / 256);
}

// ---- Work ----

// Elements or partials that a dispatch reads, or slices that it copies an element of.
std::uint64_t elementsOf(const RandomPlan& random, const VkaxisCommand& command) {
    const harness::Slices slices = harness::slicesOf(random.problem);
    const VkaxisAccess& source = command.accesses[0];
    if (source.operand == VKAXIS_OPERAND_SCRATCH) return source.size / partialSize(random.problem);
    const bool gather = std::string_view(command.name) == "gather";
    return slices.outer * slices.inner * (gather ? 1 : std::max<std::uint64_t>(slices.extent, 1));
}

// No more workgroups than the target, which may miss half of them, and chunks of whole tiles, two or more, so
// that rounding may cost a third of the others.
bool isBusy(const Tuning& tuning, const VkaxisCommand& command) {
    return workgroups(command) * 3 >= tuning.targetWorkgroups;
}

// Whether twice the partials would be more than scratch memory may have.
bool isLimitedByScratch(const RandomPlan& random) {
    const std::uint64_t unsplit = partialsSize(random.problem, 1);
    return 2 * std::max(unsplit, random.plan.sizes[VKAXIS_OPERAND_SCRATCH]) > scratchBound(random.plan);
}

// The most that a workgroup may get otherwise where the grid is not busy. There are two more reasons to split
// no further: the axis has too few tiles, or is itself one of partials, about as many as there were
// workgroups wanted.
std::uint64_t mostElements(const Tuning& tuning) {
    const std::uint64_t items = std::max(
        {tuning.scanColumnItems, 4 * tuning.scanRowItems, 4 * tuning.argUnroll, tuning.argColumnUnroll});
    const std::uint64_t tiles = std::max(tuning.minTilesToSplit, 2 * tuning.minTilesPerSplit);
    return std::max(tiles * tuning.workgroupSize * items,
                    std::uint64_t{2} * tuning.targetWorkgroups * tuning.panelColumns);
}

// ---- The axis over workgroups ----

// How a dispatch shares out an axis and its slices, as its parameters tell the kernel.
struct Tiling {
    std::uint64_t extent = 0, splits = 0, chunk = 0;  // splits 0: not a kernel along an axis
    std::uint64_t slices = 0;                         // of the problem
    std::uint64_t slicesPerSplit = 0;                 // that its workgroups have room for
    std::uint64_t groups = 0;
    std::uint64_t invocations = 1;  // that a workgroup needs
    std::uint64_t tiles = 1;        // per workgroup; `groups` counts them
};

Tiling columnTiling(const shader::ColumnTiling& tiling) {
    const std::uint64_t sliceTiles = tiling.groups / tiling.splits / tiling.panels;
    const std::uint64_t columns = std::uint64_t{tiling.columns} * tiling.panels;
    return {.extent = tiling.extent,
            .splits = tiling.splits,
            .chunk = tiling.chunk,
            .slices = tiling.outer * tiling.inner,
            .slicesPerSplit = sliceTiles * tiling.slices * std::min(columns, tiling.inner),
            .groups = tiling.groups,
            .invocations = std::uint64_t{tiling.columns} * tiling.rows * tiling.slices};
}

Tiling tilingOf(const FakeVulkan& driver, const Context& context, const VkaxisCommand& command) {
    const std::string_view name = command.name;
    const FakePipeline& pipeline = driver.pipeline(context.handle()->kernels.pipelineOf(command.kernel));
    if (name.starts_with("arg_columns")) {
        Tiling tiling = columnTiling(paramsOf<shader::ArgColumnsParams>(command).tiling);
        const auto tiles = pipeline.shader.specialization.find(VKAXIS_ID_ARG_TILES);
        if (tiles != pipeline.shader.specialization.end()) tiling.tiles = tiles->second;
        return tiling;
    }
    if (name.starts_with("scan_column_totals")) {
        const auto params = paramsOf<shader::ScanColumnTotalsParams>(command);
        const std::uint64_t outer = params.groups / params.splits;
        return {.extent = params.extent,
                .splits = params.splits,
                .chunk = params.chunk,
                .slices = outer * params.columns,
                .slicesPerSplit = outer * params.columns,
                .groups = params.groups,
                .invocations = params.lanes};
    }
    if (name.starts_with("scan_columns")) {
        Tiling tiling = columnTiling(paramsOf<shader::ScanColumnsParams>(command).tiling);
        tiling.tiles = pipeline.shader.specialization.at(VKAXIS_ID_SCAN_TILES);
        return tiling;
    }
    if (name == "scan_slices") {
        const auto params = paramsOf<shader::ScanSlicesParams>(command);
        Tiling tiling = columnTiling(params.tiling);
        tiling.groups = params.groups;
        return tiling;
    }
    if (name.starts_with("arg_column_quads")) {
        const auto params = paramsOf<shader::ArgColumnQuadsParams>(command);
        const std::uint32_t lineRows = pipeline.shader.specialization.at(VKAXIS_ID_ARG_LINE_ROWS);
        const std::uint32_t spare = pipeline.shader.specialization.at(VKAXIS_ID_ARG_SPARE);
        CHECK(params.chunk % lineRows == 0);
        const std::uint64_t columns =
            lineRows > 1 ? params.inner : std::uint64_t{params.columns} * params.panels;
        const std::uint64_t shared = (params.groups - params.whole) / params.splits;
        const std::uint64_t outer = (params.whole + shared) / params.panels;
        CHECK(shared > 0);
        CHECK(params.whole + shared * params.splits == params.groups);
        return {.extent = params.extent,
                .splits = params.splits,
                .chunk = params.chunk,
                .slices = outer * params.inner,
                .slicesPerSplit = outer * columns,
                .groups = params.groups,
                .invocations = (params.columns + spare + 3) / 4 * std::uint64_t{params.rows}};
    }
    const auto rowsPerWorkgroup = [&](std::uint32_t rowLanesId) {
        const std::uint32_t lanes = pipeline.shader.specialization.at(rowLanesId);
        return lanes == 0 ? 1 : pipeline.shader.workgroupSize[0] / lanes;
    };
    if (name.starts_with("arg_rows")) {
        const auto params = paramsOf<shader::ArgRowsParams>(command);
        return {.extent = params.extent,
                .splits = params.splits,
                .chunk = params.chunk,
                .slices = params.outer,
                .slicesPerSplit =
                    std::uint64_t{params.groups} / params.splits * rowsPerWorkgroup(VKAXIS_ID_ARG_ROW_LANES),
                .groups = params.groups};
    }
    if (name == "arg_lane_rows") {
        const auto params = paramsOf<shader::ArgLaneRowsParams>(command);
        return {.extent = params.extent,
                .splits = 1,
                .chunk = params.extent,
                .slices = params.outer,
                .slicesPerSplit = std::uint64_t{shader::kLaneRows} * params.groups *
                                  rowsPerWorkgroup(VKAXIS_ID_ARG_ROW_LANES),
                .groups = params.groups};
    }
    if (name == "arg_short_rows") {
        const auto params = paramsOf<shader::ArgShortRowsParams>(command);
        return {.extent = params.extent,
                .splits = 1,
                .chunk = params.extent,
                .slices = params.outer,
                .slicesPerSplit = std::uint64_t{params.turns} * params.rows,
                .groups = params.groups};
    }
    if (name == "scan_rows") {
        const auto params = paramsOf<shader::ScanRowsParams>(command);
        return {.extent = params.extent,
                .splits = 1,
                .chunk = params.extent,
                .slices = params.outer,
                .slicesPerSplit = std::uint64_t{params.groups} * rowsPerWorkgroup(VKAXIS_ID_SCAN_ROW_LANES),
                .groups = params.groups};
    }
    if (name.starts_with("scan_tiles")) {
        const auto params = paramsOf<shader::ScanTilesParams>(command);
        const std::uint32_t items = pipeline.shader.specialization.at(VKAXIS_ID_SCAN_ITEMS);
        return {.extent = params.extent,
                .splits = params.tiles,
                .chunk = std::uint64_t{pipeline.shader.workgroupSize[0]} * items * 4,
                .slices = params.groups / params.tiles,
                .slicesPerSplit = params.groups / params.tiles,
                .groups = params.groups};
    }
    if (name == "scan_tile_sums") {
        const auto params = paramsOf<shader::ScanTileSumsParams>(command);
        return {.extent = params.tiles,
                .splits = 1,
                .chunk = params.tiles,
                .slices = params.groups,
                .slicesPerSplit = params.groups,
                .groups = params.groups};
    }
    return {};
}

// Its chunks cover the axis once, and its workgroups all slices. Returns whether the axis is split.
bool checkTiling(const FakeVulkan& driver, const Context& context, const Problem& problem,
                 const VkaxisCommand& command) {
    if (command.type != VKAXIS_COMMAND_DISPATCH) return false;
    CAPTURE(std::string(command.name));
    const harness::Slices slices = harness::slicesOf(problem);
    const Tiling tiling = tilingOf(driver, context, command);
    if (tiling.splits == 0) return false;
    const bool ofPartials = command.accesses[0].operand == VKAXIS_OPERAND_SCRATCH;
    constexpr std::uint64_t kMostPositions = 3;  // beyond the axis, where rows are misaligned
    CHECK((tiling.extent == slices.extent || (ofPartials && tiling.extent < slices.extent)));
    const bool leavesTail = std::string_view(command.name) == "arg_rows folded";
    const std::uint64_t tail = tiling.extent / context.handle()->tuning.argTailPart;
    CHECK(tiling.splits * tiling.chunk >= tiling.extent - (leavesTail ? tail : 0));
    CHECK((tiling.splits - 1) * tiling.chunk < std::max<std::uint64_t>(tiling.extent, 1) + kMostPositions);
    CHECK(tiling.slices == slices.outer * slices.inner);
    if (ofPartials) CHECK(command.accesses[0].size == tiling.extent * tiling.slices * partialSize(problem));
    CHECK(tiling.slicesPerSplit >= tiling.slices);
    CHECK(tiling.groups <= workgroups(command) * tiling.tiles);
    if (tiling.tiles > 1)
        CHECK((tiling.splits == 1 && workgroups(command) > context.handle()->tuning.targetWorkgroups));
    CHECK(tiling.invocations <= command.workgroupSize);
    return tiling.splits > 1;
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

}  // namespace

TEST_SUITE("plan") {
    TEST_CASE("operands have the sizes, alignments and dtypes of their views") {
        forRandomPlans(kSeed, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            VkaxisPlan expected{};
            for (const harness::OperandView& view : harness::operandsOf(random.problem)) {
                expected.sizes[view.operand] = view.storageSize();
                expected.alignments[view.operand] = harness::elementSize(view.dtype);
                expected.dtypes[view.operand] = static_cast<VkaxisDtype>(view.dtype);
            }
            const VkaxisPlan& plan = random.plan;
            for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand) {
                CAPTURE(operand);
                CHECK(plan.dtypes[operand] == expected.dtypes[operand]);
                if (operand == VKAXIS_OPERAND_SCRATCH || operand == VKAXIS_OPERAND_ZEROED) continue;
                // Nothing is left to do where no slice or no result exists, whatever its initial value.
                if (operand != VKAXIS_OPERAND_INITIAL || plan.commandCount != 0)
                    CHECK(plan.sizes[operand] == expected.sizes[operand]);
                CHECK(plan.alignments[operand] == expected.alignments[operand]);
            }
        });
    }

    TEST_CASE("kernels are told that their grid is folded just where it is") {
        std::size_t folded = 0;
        forRandomPlans(kSeed, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            for (const VkaxisCommand& command : commandsOf(random.plan)) {
                if (command.type != VKAXIS_COMMAND_DISPATCH) continue;
                VkaxisKernel kernel{};
                REQUIRE(vkaxisGetKernel(random.context.handle(), command.kernel, &kernel) == VK_TRUE);
                const bool isFolded = command.groupCount[1] > 1 || command.groupCount[2] > 1;
                CHECK((kernel.constants[VKAXIS_ID_FOLDED_GRID] != 0) == isFolded);
                folded += isFolded ? 1 : 0;
            }
        });
        CHECK(folded > 0);
    }

    TEST_CASE("grids, accesses and scratch memory of every plan are within their bounds") {
        std::size_t tables = 0;
        forRandomPlans(kSeed, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const VkaxisPlan& plan = random.plan;
            const std::uint64_t scratchSize = plan.sizes[VKAXIS_OPERAND_SCRATCH];
            CHECK(scratchSize + plan.sizes[VKAXIS_OPERAND_ZEROED] <= scratchBound(plan));
            REQUIRE(plan.commandCount <= VKAXIS_MAX_COMMANDS);
            bool touched[VKAXIS_OPERAND_COUNT] = {};
            std::uint64_t scratchEnd = 0;
            for (const VkaxisCommand& command : commandsOf(plan)) {
                CHECK((command.name == nullptr) == isBarrier(command));
                REQUIRE(command.accessCount <= VKAXIS_MAX_ACCESSES);
                CHECK((command.accessCount == 0) == isBarrier(command));
                for (const std::uint32_t count : command.groupCount) {
                    CHECK((count == 0) == (command.type != VKAXIS_COMMAND_DISPATCH));
                    CHECK(count <= random.driver.device().maxWorkgroupCount);
                }
                for (const VkaxisAccess& access : accessesOf(command)) {
                    CHECK(access.flags <= (VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE));
                    if (access.flags == 0) continue;
                    const std::uint64_t size = plan.sizes[access.operand];
                    if (access.operand == VKAXIS_OPERAND_INPUT || access.operand == VKAXIS_OPERAND_INITIAL)
                        CHECK(access.flags == VKAXIS_ACCESS_READ);
                    CHECK(access.size <= size);
                    CHECK(access.offset <= size - access.size);
                    touched[access.operand] = true;
                    if (access.operand != VKAXIS_OPERAND_SCRATCH) continue;
                    CHECK(access.offset % VKAXIS_SCRATCH_ALIGNMENT == 0);
                    scratchEnd = std::max(scratchEnd, access.offset + access.size);
                }
            }
            CHECK(plan.alignments[VKAXIS_OPERAND_SCRATCH] ==
                  (scratchSize == 0 ? 0 : VKAXIS_SCRATCH_ALIGNMENT));
            CHECK(scratchEnd == scratchSize);  // no more is asked for than is used
            for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand) {
                CAPTURE(operand);
                CHECK((touched[operand] || plan.sizes[operand] == 0));
            }
            tables += plan.tableSize != 0;
        });
        CHECK(tables > kPlans / 20);
    }

    TEST_CASE("barriers lie between a plan's own commands, but for one before the update of a table") {
        forRandomPlans(kSeed + 1, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            std::span<const VkaxisCommand> commands = commandsOf(random.plan);
            if (random.plan.tableSize != 0) {
                REQUIRE(commands.size() > 3);
                CHECK(commands[0].type == VKAXIS_COMMAND_BEFORE_UPDATE);
                CHECK(commands[1].type == VKAXIS_COMMAND_UPDATE);
                CHECK(commands[1].accesses[0].size == random.plan.tableSize);
                CHECK(commands[2].type == VKAXIS_COMMAND_AFTER_UPDATE);
                commands = commands.subspan(3);
            }
            bool afterDispatch = false;
            for (const VkaxisCommand& command : commands) {
                const bool dispatch = command.type == VKAXIS_COMMAND_DISPATCH;
                CHECK((dispatch || (afterDispatch && command.type == VKAXIS_COMMAND_BARRIER)));
                afterDispatch = dispatch;
            }
            CHECK((commands.empty() || afterDispatch));
        });
    }

    TEST_CASE("every plan writes its outputs once, reads what it has written and writes no scratch in vain") {
        forRandomPlans(kSeed + 1, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            ByteSet written[VKAXIS_OPERAND_COUNT], scratchRead;
            const auto isGiven = [](std::uint32_t operand) {
                return operand == VKAXIS_OPERAND_INPUT || operand == VKAXIS_OPERAND_INITIAL ||
                       operand == VKAXIS_OPERAND_ZEROED;
            };
            for (const VkaxisCommand& command : commandsOf(random.plan)) {
                for (const VkaxisAccess& access : accessesOf(command)) {
                    if ((access.flags & VKAXIS_ACCESS_READ) == 0 || isGiven(access.operand)) continue;
                    // What a dispatch writes as well, its last workgroup reads.
                    if ((access.flags & VKAXIS_ACCESS_WRITE) == 0)
                        CHECK(written[access.operand].covers(access.offset, access.offset + access.size));
                    if (access.operand == VKAXIS_OPERAND_SCRATCH)
                        scratchRead.add(access.offset, access.offset + access.size);
                }
                for (const VkaxisAccess& access : accessesOf(command)) {
                    if ((access.flags & VKAXIS_ACCESS_WRITE) == 0) continue;
                    const bool fresh =
                        written[access.operand].add(access.offset, access.offset + access.size);
                    CHECK((fresh || access.operand == VKAXIS_OPERAND_SCRATCH));
                }
            }
            for (const VkaxisCommand& command : commandsOf(random.plan))
                for (const VkaxisAccess& access : accessesOf(command))
                    if (access.operand == VKAXIS_OPERAND_SCRATCH)
                        CHECK(scratchRead.covers(access.offset, access.offset + access.size));
            for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand)
                if (!isGiven(operand) && operand != VKAXIS_OPERAND_SCRATCH)
                    CHECK(written[operand].covers(0, random.plan.sizes[operand]));
        });
    }

    TEST_CASE("additionDepth is that of a tree over tiles and a chain of tiles") {
        forRandomPlans(kSeed + 2, kPlans, [](const RandomPlan& random) {
            CAPTURE(random.name);
            const std::uint64_t depth = random.plan.additionDepth;
            const std::uint64_t extent = harness::slicesOf(random.problem).extent;
            if (!combinesFloats(random.problem)) {
                CHECK(depth == 0);
            } else if (random.plan.commandCount != 0) {
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
                // The sums of a row's tiles go to one workgroup, block by block.
                if (command.type != VKAXIS_COMMAND_DISPATCH || isBusy(tuning, command) ||
                    isLimitedByScratch(random) || std::string_view(command.name) == "scan_tile_sums")
                    continue;
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

    // ---- The axis over workgroups ------------------------------------------------------------------------

    TEST_CASE("chunks cover the axis once, and workgroups all slices") {
        std::size_t split = 0;
        forRandomPlans(kSeed + 5, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            for (const VkaxisCommand& command : commandsOf(random.plan))
                split += checkTiling(random.driver, random.context, random.problem, command);
        });
        CHECK(split > kPlans / 20);
    }

    TEST_CASE("over 4 GiB, over 2^32 elements and an axis of over 2^32 are planned") {
        constexpr std::uint64_t kBig = std::uint64_t{1} << 32;
        struct Case {
            Problem problem;
            VkDeviceSize inputSize, outputSize;
        };
        Problem widened = scanOf({3, 2 * kBig}, 1, ScanMode::IncludeInitial, Dtype::U8);
        widened.outputDtype = Dtype::U64;
        Problem broadcast = argmaxOf({kBig, 5}, 0);
        broadcast.strides = {0, 1};
        Problem apart = argmaxOf({2, 100}, 1);
        apart.strides = {5 * kBig, 1};
        apart.outputStrides = {3 * kBig};
        const Case cases[] = {
            {scanOf({2 * kBig}, 0), 8 * kBig, 8 * kBig},
            {scanOf({2 * kBig, 5}, 0), 40 * kBig, 40 * kBig},
            {scanOf({kBig + 7, 3}, 1), 12 * (kBig + 7), 12 * (kBig + 7)},
            {widened, 6 * kBig, 24 * (2 * kBig + 1)},
            {argmaxOf({3, 5 * kBig + 1}, 1), 12 * (5 * kBig + 1), 24},
            {argmaxOf({2 * kBig, 6}, 0), 48 * kBig, 48},
            {argmaxOf({kBig, 2}, 1, IndexType::U32), 8 * kBig, 4 * kBig},
            {broadcast, 20, 40},
            {apart, 20 * kBig + 400, 24 * kBig + 8},
            // Busy without a split, but for chunks that 32 bits cannot count.
            {argmaxOf({3000, 2 * kBig}, 1), 24000 * kBig, 24000},
            {argmaxOf({2 * kBig, 300'000}, 0), 2'400'000 * kBig, 2'400'000},
            {argmaxOf({3000, 2 * kBig, 7}, 1), 168'000 * kBig, 168'000},
            {scanOf({3000, 2 * kBig}, 1), 24000 * kBig, 24000 * kBig},
            {scanOf({2 * kBig, 300'000}, 0), 2'400'000 * kBig, 2'400'000 * kBig},
        };
        for (const std::uint32_t vendorId : {0U, 0x10deU}) {
            FakeDevice device = fullDevice();
            device.vendorId = vendorId;
            const Planner planner(device);
            for (const Case& c : cases) {
                CAPTURE(harness::describe(c.problem));
                const Plan plan = planner.plan(c.problem);
                CHECK(plan.sizes[VKAXIS_OPERAND_INPUT] == c.inputSize);
                CHECK(plan.sizes[VKAXIS_OPERAND_OUTPUT] == c.outputSize);
                for (const VkaxisCommand& command : commandsOf(plan))
                    checkTiling(planner.driver, planner.context, c.problem, command);
            }
        }
    }

    // ---- Empty problems ---------------------------------------------------------------------------------

    TEST_CASE("an empty problem has an empty plan, which records nothing whatever the operands") {
        Planner planner;
        std::vector<Problem> problems = {scanOf({0}, 0),
                                         scanOf({5, 0}, 1, ScanMode::Exclusive),
                                         scanOf({5, 0}, 0),
                                         scanOf({0, 5}, 1, ScanMode::IncludeInitial),
                                         scanOf({0, 0}, 1, ScanMode::IncludeInitial),
                                         scanOf({3, 0, 7, 2}, -1, ScanMode::Inclusive, Dtype::U32),
                                         argmaxOf({0, 5}, 1),
                                         argmaxOf({5, 0}, 0, IndexType::U32),
                                         {Op::Argminmax, Dtype::F32, {5, 0}, 0}};
        problems.back().values = true;
        for (const ScanInitial initial : {ScanInitial::Device, ScanInitial::PerSlice}) {
            problems.push_back(scanOf({5, 0}, 1));
            problems.back().initial = initial;
            problems.push_back(scanOf({0, 5}, 1, ScanMode::IncludeInitial));
            problems.back().initial = initial;
            problems.back().totals = true;
        }
        for (const Problem& problem : problems) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            CHECK(plan.commandCount == 0);
            for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand) {
                CAPTURE(operand);
                CHECK(plan.sizes[operand] == 0);
            }
            FakeCommandBuffer buffer(planner.driver);
            const Status status = planner.context.record(buffer.handle(), plan, {});
            CHECK_MESSAGE(status, std::string(status.message()));
            CHECK(buffer.calls == 0);
        }
    }

    TEST_CASE("a scan of an empty axis still writes the initial value, where there is a place for it") {
        struct Case {
            harness::Extents shape;
            std::int32_t axis;
            ScanMode mode;
            bool totals;
            VkDeviceSize outputSize, totalsSize;
        };
        Planner planner;
        for (const Case& c : {Case{{0}, 0, ScanMode::IncludeInitial, false, 4, 0},
                              {{5, 0}, 1, ScanMode::IncludeInitial, true, 20, 20},
                              {{0, 5}, 0, ScanMode::IncludeInitial, false, 20, 0},
                              {{5, 0}, 1, ScanMode::Inclusive, true, 0, 20},
                              {{0}, 0, ScanMode::Exclusive, true, 0, 4}}) {
            Problem problem = scanOf(c.shape, c.axis, c.mode);
            problem.totals = c.totals;
            problem.initial = ScanInitial::PerSlice;
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            CHECK(plan.sizes[VKAXIS_OPERAND_INPUT] == 0);
            CHECK(plan.sizes[VKAXIS_OPERAND_OUTPUT] == c.outputSize);
            CHECK(plan.sizes[VKAXIS_OPERAND_TOTALS] == c.totalsSize);
            FakeCommandBuffer buffer(planner.driver);
            const VkaxisRecordInfo info = recordInfo(planner.driver, plan);
            const Status status = vkaxisRecord(planner.context.handle(), buffer.handle(), &plan, &info);
            CHECK_MESSAGE(status, std::string(status.message()));
            CHECK(buffer.commands.size() == 1);
        }
    }
}

}  // namespace vkaxis::test
