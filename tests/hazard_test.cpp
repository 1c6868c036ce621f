// Every hazard between the commands of a plan, and across two recordings, has its barrier. Needs no GPU.
#include "hazards.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "context.hpp"
#include "harness/dtype.hpp"
#include "random_plans.hpp"

namespace vkaxis::test {
namespace {

constexpr std::uint64_t kSeed = 20240607;
constexpr std::size_t kPlans = 4000;

std::string firstOf(const std::vector<Hazard>& hazards) {
    return hazards.empty() ? "" : hazards.front().text;
}

std::vector<Step> joined(std::vector<Step> first, const std::vector<Step>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

std::vector<Step> without(std::vector<Step> steps, std::size_t index) {
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(index));
    return steps;
}

std::span<const VkaxisCommand> commandsOf(const VkaxisPlan& plan) {
    return {plan.commands, plan.commandCount};
}

bool uses(const VkaxisCommand& command, VkaxisOperand operand, VkaxisAccessFlagBits flag) {
    return std::ranges::any_of(
        std::span(command.accesses, command.accessCount), [=](const VkaxisAccess& access) {
            return (access.flags & flag) != 0 && access.operand == operand && access.size != 0;
        });
}

// Whether the plan itself orders one recording's accesses to an operand before those in the next, by a
// barrier after the last or before the first of them. The barriers around an update make nothing visible but
// to reads.
bool ordersItself(const VkaxisPlan& plan, VkaxisOperand last, VkaxisAccessFlagBits lastFlag,
                  VkaxisOperand first, VkaxisAccessFlagBits firstFlag) {
    const bool writes = lastFlag == VKAXIS_ACCESS_WRITE && firstFlag == VKAXIS_ACCESS_WRITE;
    const auto orders = [writes](const VkaxisCommand& command) {
        return command.type == VKAXIS_COMMAND_BARRIER ||
               (!writes && command.type == VKAXIS_COMMAND_AFTER_UPDATE);
    };
    bool ordered = false;
    for (const VkaxisCommand& command : commandsOf(plan))
        ordered = (ordered || orders(command)) && !uses(command, last, lastFlag);
    for (const VkaxisCommand& command : commandsOf(plan)) {
        if (uses(command, first, firstFlag)) break;
        ordered = ordered || orders(command);
    }
    return ordered;
}

// Whether two recordings need a barrier between them where the first's operand `last` is the second's
// `first`.
bool needsBarrier(const VkaxisPlan& plan, VkaxisOperand last, VkaxisOperand first) {
    constexpr std::pair<VkaxisAccessFlagBits, VkaxisAccessFlagBits> kConflicts[] = {
        {VKAXIS_ACCESS_WRITE, VKAXIS_ACCESS_WRITE},
        {VKAXIS_ACCESS_WRITE, VKAXIS_ACCESS_READ},
        {VKAXIS_ACCESS_READ, VKAXIS_ACCESS_WRITE}};
    const auto occurs = [&](VkaxisOperand operand, VkaxisAccessFlagBits flag) {
        return std::ranges::any_of(
            commandsOf(plan), [=](const VkaxisCommand& command) { return uses(command, operand, flag); });
    };
    return std::ranges::any_of(kConflicts, [&](const auto& flags) {
        return occurs(last, flags.first) && occurs(first, flags.second) &&
               !ordersItself(plan, last, flags.first, first, flags.second);
    });
}

// Whether what is written to scratch memory last is written by a dispatch with no barrier after it.
bool leavesScratchWritten(const VkaxisPlan& plan) {
    bool written = false;
    for (const VkaxisCommand& command : commandsOf(plan)) {
        if (command.type == VKAXIS_COMMAND_BARRIER) written = false;
        if (command.type == VKAXIS_COMMAND_DISPATCH)
            written = written || uses(command, VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_WRITE);
    }
    return written;
}

// ---- What a listed command promises ----

ScanElement elementOf(const harness::Problem& problem) {
    const harness::DtypeEntry& dtype = harness::entryOf(harness::outputDtype(problem));
    const bool combines = problem.scanOp == ScanOp::Sum || problem.scanOp == ScanOp::Prod;
    const bool floats = dtype.isFloat() && combines;
    return dtype.size == 8 && floats   ? ScanElement::F64
           : dtype.size == 8           ? ScanElement::U64
           : dtype.size == 1           ? ScanElement::U32Store8
           : dtype.size == 2 && floats ? ScanElement::F32Store16
           : dtype.size == 2           ? ScanElement::U32Store16
           : floats                    ? ScanElement::F32
                                       : ScanElement::U32;
}

Module scanModuleOf(Module first, const harness::Problem& problem) {
    return scanModule(first, elementOf(problem));
}

Module argModuleOf(Module first, const VkaxisCommand& command, const harness::Problem& problem) {
    const bool folds = std::string_view(command.name).ends_with("folded");
    if (harness::elementSize(problem.dtype) == 8)
        return argModule(first, folds ? ArgVariant::TwoWordsFold : ArgVariant::TwoWords);
    return argModule(first, folds ? ArgVariant::OneWordFolds : ArgVariant::OneWord);
}

Module moduleOf(const VkaxisCommand& command, const harness::Problem& problem) {
    const std::string_view name = command.name;
    const std::uint64_t size = harness::elementSize(problem.dtype);
    if (name.starts_with("scan_look_back")) return scanModuleOf(Module::ScanLookBack, problem);
    if (name.starts_with("scan_tiles")) return scanModuleOf(Module::ScanTiles, problem);
    if (name.starts_with("scan_rows")) return scanModuleOf(Module::ScanRows, problem);
    if (name.starts_with("scan_column_totals"))
        return stateModule(Module::ScanColumnTotals, elementOf(problem));
    if (name == "scan_tile_sums") return stateModule(Module::ScanTileSums, elementOf(problem));
    if (name == "scan_slices") return scanModuleOf(Module::ScanSlices, problem);
    if (name.starts_with("scan_columns")) return scanModuleOf(Module::ScanColumns, problem);
    if (name == "gather") return size == 1 ? Module::Gather8 : size == 2 ? Module::Gather16 : Module::Gather;
    if (name.starts_with("arg_column_quads")) return argModuleOf(Module::ArgColumnQuads, command, problem);
    if (name.starts_with("arg_columns")) return argModuleOf(Module::ArgColumns, command, problem);
    if (name == "arg_lane_rows") return argModuleOf(Module::ArgLaneRows, command, problem);
    if (name == "arg_short_rows") return argModuleOf(Module::ArgShortRows, command, problem);
    REQUIRE(name.starts_with("arg_rows"));
    return argModuleOf(Module::ArgRows, command, problem);
}

void checkBarrier(VkaxisCommandType type, const FakeCommand& recorded) {
    const Step step = barrierStep(type);
    REQUIRE(recorded.type == FakeCommandType::Barrier);
    CHECK(recorded.sourceStages == step.before.stages);
    CHECK(recorded.sourceAccess == step.before.accesses);
    CHECK(recorded.destinationStages == step.after.stages);
    CHECK(recorded.destinationAccess == step.after.accesses);
}

void checkUpdate(const VkaxisPlan& plan, const VkaxisCommand& listed, const FakeCommand& recorded,
                 VkBuffer scratch, VkDeviceSize scratchOffset) {
    REQUIRE(recorded.type == FakeCommandType::Update);
    CHECK(recorded.target == scratch);
    CHECK(recorded.offset == scratchOffset + listed.accesses[0].offset);
    CHECK(std::ranges::equal(recorded.data, std::span(plan.table, plan.tableSize)));
}

void checkDispatch(const RandomPlan& random, const VkaxisCommand& listed, const FakeCommand& recorded,
                   const Placement& placement) {
    REQUIRE(recorded.type == FakeCommandType::Dispatch);
    CHECK(recorded.pipeline == random.context.handle()->kernels.pipelineOf(listed.kernel));
    CHECK(random.driver.pipeline(recorded.pipeline).codeHash ==
          hashOf(moduleCode(moduleOf(listed, random.problem))));
    CHECK(std::ranges::equal(recorded.groupCount, listed.groupCount));
    std::array<unsigned char, VKAXIS_PARAMETER_SIZE> expected;
    std::memcpy(expected.data(), listed.parameters, expected.size());
    for (std::uint32_t i = 0; i < listed.accessCount; ++i) {
        const VkaxisAccess& access = listed.accesses[i];
        if (access.flags == 0) continue;
        const VkDeviceAddress address = placement.of(access.operand) + access.offset;
        std::memcpy(expected.data() + i * sizeof address, &address, sizeof address);
    }
    CHECK(recorded.pushConstants == expected);
}

}  // namespace

TEST_SUITE("hazards") {
    TEST_CASE("the checker tells hazards from harmless pairs") {
        constexpr Scope kRead{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT};
        constexpr Scope kWrite{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT};
        const auto step = [](VkDeviceAddress begin, VkDeviceAddress end, const Scope& scope) {
            return Step{"step", {{begin, end, scope}}};
        };
        const auto count = [](const std::vector<Step>& steps) { return findHazards(steps).size(); };
        const Step write = step(100, 200, kWrite), read = step(100, 200, kRead);
        CHECK(count({write, read}) == 1);
        CHECK(count({read, write}) == 1);
        CHECK(count({write, write}) == 1);
        CHECK(count({read, read}) == 0);
        CHECK(count({write, barrierStep(), read}) == 0);
        CHECK(count({read, barrierStep(), write}) == 0);
        CHECK(count({write, barrierStep(), write}) == 0);
        CHECK(count({barrierStep(), write, read, barrierStep()}) == 1);
        CHECK(count({write, step(300, 400, kWrite), read}) == 1);
        CHECK(count({write, step(200, 300, kWrite)}) == 0);
        CHECK(count({write, step(199, 300, kRead)}) == 1);
        CHECK(count({write, step(150, 150, kRead)}) == 0);
        const Step inPlace{"in place", {{100, 200, kRead}, {100, 200, kWrite}}};
        const Step shifted{"shifted", {{100, 200, kRead}, {104, 204, kWrite}}};
        CHECK(count({inPlace}) == 0);
        CHECK(count({shifted}) == 1);
        CHECK(count({inPlace, inPlace}) == 3);
        CHECK(count({inPlace, barrierStep(), inPlace}) == 0);
    }

    TEST_CASE("the checker knows which barriers order transfers and shaders") {
        constexpr Scope kRead{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_READ_BIT};
        constexpr Scope kWrite{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_ACCESS_SHADER_WRITE_BIT};
        constexpr Scope kTransfer{VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT};
        const Step read{"read", {{100, 200, kRead}}}, write{"write", {{100, 200, kWrite}}};
        const Step update{"update", {{100, 200, kTransfer}}};
        const Step both = barrierStep();
        const Step before = barrierStep(VKAXIS_COMMAND_BEFORE_UPDATE);
        const Step after = barrierStep(VKAXIS_COMMAND_AFTER_UPDATE);
        const auto isOrdered = [](const std::vector<Step>& steps) { return findHazards(steps).empty(); };
        for (const Step& shader : {read, write}) {
            CHECK(isOrdered({shader, before, update}));
            CHECK_FALSE(isOrdered({shader, both, update}));
            CHECK_FALSE(isOrdered({shader, after, update}));
            CHECK_FALSE(isOrdered({update, both, shader}));
            CHECK_FALSE(isOrdered({update, before, shader}));
        }
        CHECK(isOrdered({update, after, read}));
        CHECK_FALSE(isOrdered({update, after, write}));  // made visible to reads alone
        CHECK(isOrdered({update, after, both, write}));
        CHECK_FALSE(isOrdered({update, both, after, write}));
        // A chain through both: enough for what was only read, and for what then only reads.
        CHECK(isOrdered({read, before, after, write}));
        CHECK(isOrdered({write, before, after, read}));
        CHECK_FALSE(isOrdered({write, before, after, write}));
        CHECK_FALSE(isOrdered({write, after, before, read}));
        CHECK(isOrdered({update, after, before, update}));
        CHECK_FALSE(isOrdered({update, before, after, update}));
    }

    TEST_CASE("no plan has a hazard, and every barrier is there for one") {
        std::size_t barriers = 0, tables = 0, inPlace = 0;
        forRandomPlans(kSeed, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const Placement placement = Placement::apart(0);
            const std::vector<Step> steps = stepsOf(random.plan, placement);
            CHECK(firstOf(findHazards(steps)) == "");
            if (random.plan.inPlace == VK_TRUE) {
                const Placement overlaid =
                    placement.with(VKAXIS_OPERAND_OUTPUT, placement.of(VKAXIS_OPERAND_INPUT));
                CHECK(firstOf(findHazards(stepsOf(random.plan, overlaid))) == "");
                ++inPlace;
            }
            for (std::size_t i = 0; i < steps.size(); ++i) {
                if (!steps[i].isBarrier()) continue;
                ++barriers;
                // The first waits for what came before the recording.
                if (random.plan.commands[i].type != VKAXIS_COMMAND_BEFORE_UPDATE)
                    CHECK_FALSE(findHazards(without(steps, i)).empty());
            }
            tables += random.plan.tableSize != 0;
        });
        CHECK(barriers > kPlans / 20);
        CHECK(tables > kPlans / 20);
        CHECK(inPlace > kPlans / 20);
    }

    TEST_CASE("two recordings need a barrier exactly where they share what one of them writes") {
        std::size_t sharedScratch = 0, sharedTables = 0;
        forRandomPlans(kSeed + 1, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const VkaxisPlan& plan = random.plan;
            const Placement here = Placement::apart(0), elsewhere = Placement::apart(1);
            const std::vector<Step> first = stepsOf(plan, here);
            const auto check = [&](const Placement& second, bool hazard) {
                const std::vector<Step> after = stepsOf(plan, second);
                CHECK(findHazards(joined(first, after)).empty() == !hazard);
                CHECK(firstOf(findHazards(joined(joined(first, {barrierStep()}), after))) == "");
            };
            check(elsewhere, false);
            for (std::uint32_t i = 0; i < VKAXIS_OPERAND_COUNT; ++i) {
                const auto operand = static_cast<VkaxisOperand>(i);
                CAPTURE(operand);
                // The barriers around its update order a scratch memory with a table, but for writes.
                const bool table =
                    operand == VKAXIS_OPERAND_SCRATCH && plan.tableSize != 0 && !leavesScratchWritten(plan);
                check(elsewhere.with(operand, here.of(operand)),
                      !table && needsBarrier(plan, operand, operand));
            }
            // A chain of two.
            check(elsewhere.with(VKAXIS_OPERAND_INPUT, here.of(VKAXIS_OPERAND_OUTPUT)),
                  needsBarrier(plan, VKAXIS_OPERAND_OUTPUT, VKAXIS_OPERAND_INPUT));
            sharedScratch += plan.sizes[VKAXIS_OPERAND_SCRATCH] != 0;
            sharedTables += plan.tableSize != 0;
        });
        CHECK(sharedScratch > kPlans / 20);
        CHECK(sharedTables > kPlans / 20);
    }

    TEST_CASE("a second recording in the same scratch memory needs each barrier of its own") {
        forRandomPlans(kSeed + 2, kPlans / 4, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const std::vector<Step> first = stepsOf(random.plan, Placement::apart(0));
            const std::vector<Step> both = joined(joined(first, {barrierStep()}), first);
            CHECK(firstOf(findHazards(both)) == "");
            for (std::size_t i = first.size() + 1; i < both.size(); ++i)
                if (both[i].isBarrier()) CHECK_FALSE(findHazards(without(both, i)).empty());
        });
    }

    TEST_CASE("what is recorded is the listing, one for one") {
        std::size_t dispatches = 0, barriers = 0, updates = 0;
        forRandomPlans(kSeed + 3, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const VkaxisPlan& plan = random.plan;
            constexpr VkDeviceSize kScratchOffset = 48;
            const VkDeviceSize scratchSize = plan.sizes[VKAXIS_OPERAND_SCRATCH];
            Placement placement = Placement::apart(0);
            const VkBuffer scratch = scratchSize == 0
                                         ? VK_NULL_HANDLE
                                         : random.driver.addBuffer(placement.of(VKAXIS_OPERAND_SCRATCH),
                                                                   kScratchOffset + scratchSize);
            placement.addresses[VKAXIS_OPERAND_SCRATCH] += kScratchOffset;
            const auto range = [&](VkaxisOperand operand) {
                const VkDeviceSize wholeWords = (plan.sizes[operand] + 3) / 4 * 4;
                return AddressRange{placement.of(operand), wholeWords};
            };
            const Operands operands{range(VKAXIS_OPERAND_INPUT),
                                    range(VKAXIS_OPERAND_OUTPUT),
                                    range(VKAXIS_OPERAND_MAX_OUTPUT),
                                    range(VKAXIS_OPERAND_VALUES),
                                    range(VKAXIS_OPERAND_MAX_VALUES),
                                    range(VKAXIS_OPERAND_INITIAL),
                                    range(VKAXIS_OPERAND_TOTALS),
                                    range(VKAXIS_OPERAND_ZEROED),
                                    scratch,
                                    kScratchOffset,
                                    scratchSize};
            FakeCommandBuffer buffer(random.driver);
            const Status status = random.context.record(buffer.handle(), plan, operands);
            REQUIRE_MESSAGE(status, std::string(status.message()));
            REQUIRE(buffer.commands.size() == plan.commandCount);
            for (std::uint32_t i = 0; i < plan.commandCount; ++i) {
                const VkaxisCommand& listed = plan.commands[i];
                switch (listed.type) {
                    case VKAXIS_COMMAND_DISPATCH:
                        checkDispatch(random, listed, buffer.commands[i], placement);
                        ++dispatches;
                        break;
                    case VKAXIS_COMMAND_UPDATE:
                        checkUpdate(plan, listed, buffer.commands[i], scratch, kScratchOffset);
                        ++updates;
                        break;
                    default:
                        checkBarrier(listed.type, buffer.commands[i]);
                        ++barriers;
                }
            }
        });
        CHECK(dispatches > kPlans);
        CHECK(barriers > kPlans / 20);
        CHECK(updates > kPlans / 20);
    }
}

}  // namespace vkaxis::test
