// Every hazard between the commands of a plan, and across two recordings, has its barrier. Needs no GPU.
#include "hazards.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"

namespace vkaxis::test {
namespace {

constexpr std::uint64_t kSeed = 20240607;
constexpr std::size_t kPlans = 4000;

// Far enough apart for any random problem.
constexpr Placement kApart{std::uint64_t{1} << 44, std::uint64_t{2} << 44, std::uint64_t{3} << 44};

std::string firstOf(const std::vector<Hazard>& hazards) {
    return hazards.empty() ? "" : hazards.front().text;
}

std::vector<Step> joined(std::vector<Step> first, const std::vector<Step>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// The kernel that a command's name promises.
Module moduleOf(const VkaxisCommand& command, Dtype dtype) {
    const std::string_view name = command.name;
    const bool floats = dtype == Dtype::F32;
    if (name.starts_with("scan_look_back")) return floats ? Module::ScanLookBackF32 : Module::ScanLookBackU32;
    if (name.starts_with("scan_rows")) return floats ? Module::ScanRowsF32 : Module::ScanRowsU32;
    if (name.starts_with("scan_columns")) return floats ? Module::ScanColumnsF32 : Module::ScanColumnsU32;
    if (name.starts_with("arg_column_quads")) return Module::ArgColumnQuads;
    if (name.starts_with("arg_columns")) return Module::ArgColumns;
    REQUIRE(name.starts_with("arg_rows"));
    return Module::ArgRows;
}

}  // namespace

TEST_SUITE("hazards") {
    TEST_CASE("the checker tells hazards from harmless pairs") {
        const auto step = [](VkDeviceAddress begin, VkDeviceAddress end, bool written) {
            return Step{"step", false, {{begin, end, written}}};
        };
        const auto count = [](const std::vector<Step>& steps) { return findHazards(steps).size(); };
        const Step write = step(100, 200, true), read = step(100, 200, false);
        CHECK(count({write, read}) == 1);
        CHECK(count({read, write}) == 1);
        CHECK(count({write, write}) == 1);
        CHECK(count({read, read}) == 0);
        CHECK(count({write, barrierStep(), read}) == 0);
        CHECK(count({barrierStep(), write, read, barrierStep()}) == 1);
        CHECK(count({write, step(300, 400, true), read}) == 1);
        CHECK(count({write, step(200, 300, true)}) == 0);
        CHECK(count({write, step(199, 300, false)}) == 1);
        CHECK(count({write, step(150, 150, false)}) == 0);
        const Step inPlace{"in place", false, {{100, 200, false}, {100, 200, true}}};
        const Step shifted{"shifted", false, {{100, 200, false}, {104, 204, true}}};
        CHECK(count({inPlace}) == 0);
        CHECK(count({shifted}) == 1);
        CHECK(count({inPlace, inPlace}) == 3);
    }

    TEST_CASE("no plan has a hazard, and every barrier is there for one") {
        std::size_t barriers = 0;
        forRandomPlans(kSeed, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const std::vector<Step> steps = stepsOf(random.plan, kApart);
            CHECK(firstOf(findHazards(steps)) == "");
            if (random.plan.inPlace == VK_TRUE)
                CHECK(firstOf(findHazards(
                          stepsOf(random.plan, {kApart.input, kApart.input, kApart.scratch}))) == "");
            for (std::size_t i = 0; i < steps.size(); ++i) {
                if (!steps[i].barrier) continue;
                std::vector<Step> without = steps;
                without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
                CHECK_FALSE(findHazards(without).empty());
                ++barriers;
            }
        });
        CHECK(barriers > kPlans / 20);
    }

    TEST_CASE("two recordings need a barrier exactly where they share what one of them writes") {
        std::size_t sharedScratch = 0;
        forRandomPlans(kSeed + 1, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const Placement elsewhere{std::uint64_t{5} << 44, std::uint64_t{6} << 44, std::uint64_t{7} << 44};
            const auto check = [&](const Placement& second, bool hazard) {
                const std::vector<Step> first = stepsOf(random.plan, kApart);
                const std::vector<Step> after = stepsOf(random.plan, second);
                CHECK(findHazards(joined(first, after)).empty() == !hazard);
                CHECK(firstOf(findHazards(joined(joined(first, {barrierStep()}), after))) == "");
            };
            // A plan of several passes writes its output behind a barrier of its own.
            const bool output = random.plan.commandCount == 1;
            const bool scratch = random.plan.scratchSize != 0;
            const bool input = random.plan.commandCount != 0 && random.plan.inputSize != 0;
            check(elsewhere, false);
            check({kApart.input, elsewhere.output, elsewhere.scratch}, false);
            check({elsewhere.input, kApart.output, elsewhere.scratch}, output);
            check({elsewhere.input, elsewhere.output, kApart.scratch}, scratch);
            check({kApart.output, elsewhere.output, elsewhere.scratch}, input);  // a chain of two
            sharedScratch += scratch;
        });
        CHECK(sharedScratch > kPlans / 20);
    }

    TEST_CASE("what is recorded is the listing, one for one") {
        std::size_t dispatches = 0, barriers = 0;
        forRandomPlans(kSeed + 2, kPlans, [&](const RandomPlan& random) {
            CAPTURE(random.name);
            const VkaxisPlan& plan = random.plan;
            constexpr VkDeviceSize kScratchOffset = 48;
            const VkBuffer scratch =
                plan.scratchSize == 0 ? VK_NULL_HANDLE : random.driver.addBuffer(kApart.scratch, 1);
            FakeCommandBuffer buffer(random.driver);
            const Operands operands{{kApart.input, plan.inputSize},
                                    {kApart.output, plan.outputSize},
                                    scratch,
                                    kScratchOffset,
                                    plan.scratchSize};
            const Status status = random.context.record(buffer.handle(), plan, operands);
            REQUIRE_MESSAGE(status, std::string(status.message()));
            REQUIRE(buffer.commands.size() == plan.commandCount);
            for (std::uint32_t i = 0; i < plan.commandCount; ++i) {
                const VkaxisCommand& listed = plan.commands[i];
                const FakeCommand& recorded = buffer.commands[i];
                if (listed.type == VKAXIS_COMMAND_BARRIER) {
                    REQUIRE(recorded.type == FakeCommandType::Barrier);
                    CHECK(recorded.sourceStages == VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
                    CHECK(recorded.destinationStages == VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
                    CHECK(recorded.sourceAccess == VK_ACCESS_SHADER_WRITE_BIT);
                    CHECK(recorded.destinationAccess ==
                          (VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT));
                    ++barriers;
                    continue;
                }
                REQUIRE(recorded.type == FakeCommandType::Dispatch);
                CHECK(recorded.pipeline == random.context.handle()->kernels.entries[listed.kernel].pipeline);
                CHECK(random.driver.pipeline(recorded.pipeline).codeHash ==
                      hashOf(moduleCode(moduleOf(listed, random.problem.dtype))));
                CHECK(std::equal(recorded.groupCount.begin(), recorded.groupCount.end(), listed.groupCount));
                std::array<unsigned char, VKAXIS_PARAMETER_SIZE> expected;
                std::memcpy(expected.data(), listed.parameters, expected.size());
                const Placement placement{kApart.input, kApart.output, kApart.scratch + kScratchOffset};
                for (std::uint32_t access = 0; access < listed.accessCount; ++access) {
                    const VkDeviceAddress address =
                        placement.of(listed.accesses[access].operand) + listed.accesses[access].offset;
                    std::memcpy(expected.data() + access * sizeof address, &address, sizeof address);
                }
                CHECK(recorded.pushConstants == expected);
                ++dispatches;
            }
        });
        CHECK(dispatches > kPlans);
        CHECK(barriers > kPlans / 20);
    }
}

}  // namespace vkaxis::test
