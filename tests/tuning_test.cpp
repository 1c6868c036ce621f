// Tunings that a caller brings: what is refused, and that plans of whatever is accepted are sound. Needs no
// GPU; that their results are right is tested on drivers (covering_test.cpp).
#include "tuning.hpp"
#include "hazards.hpp"
#include "params.h"
#include "planner.hpp"
#include "random_plans.hpp"
#include "shape.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace vkaxis::test {
namespace {

std::vector<TuningValue> valuesOf(const Context& context) {
    std::vector<TuningValue> values(context.tuning({}));
    CHECK(context.tuning(values) == values.size());
    return values;
}

std::uint32_t valueOf(const Context& context, std::string_view name) {
    for (const TuningValue& value : valuesOf(context))
        if (value.name == name) return value.value;
    FAIL("no value " << name);
    return 0;
}

void checkSame(const Context& context, const std::vector<TuningValue>& expected) {
    CHECK(std::ranges::equal(valuesOf(context), expected, [](const TuningValue& a, const TuningValue& b) {
        return std::string_view(a.name) == b.name && a.value == b.value;
    }));
}

void checkRefused(const Context& context, const std::vector<TuningValue>& values, Code code,
                  const std::vector<std::string>& named) {
    const std::vector<TuningValue> before = valuesOf(context);
    const Status status = context.setTuning(values);
    for (const std::string& each : named) checkFailure(status, code, each);
    checkSame(context, before);
}

FakeDevice largeDevice() {
    FakeDevice device;
    device.maxSharedMemorySize = 1 << 20;
    return device;
}

}  // namespace

TEST_SUITE("tuning") {
    TEST_CASE("values that are named are taken, the others are the library's own") {
        const Planner planner(largeDevice());
        const Context& context = planner.context;
        const std::vector<TuningValue> own = valuesOf(context);
        CHECK(own.size() == std::size(kTuningFields));
        REQUIRE(context.setTuning(std::vector<TuningValue>{{"scanRowItems", 3}, {"panelColumns", 100}}));
        CHECK(valueOf(context, "scanRowItems") == 3);
        CHECK(valueOf(context, "panelColumns") == 100);
        CHECK(valueOf(context, "argUnroll") == own[5].value);
        REQUIRE(context.setTuning(std::vector<TuningValue>{{"argUnroll", 1}}));
        CHECK(valueOf(context, "scanRowItems") == valueOf(Planner(largeDevice()).context, "scanRowItems"));
        CHECK(valueOf(context, "argUnroll") == 1);
        REQUIRE(context.setTuning({}));
        checkSame(context, own);

        std::vector<TuningValue> two(2);
        CHECK(context.tuning(two) == own.size());
        CHECK(std::string_view(two[1].name) == own[1].name);
        CHECK(vkaxisGetTuning(nullptr, 0, nullptr) == 0);
    }

    TEST_CASE("plans follow the tuning that holds when they are made") {
        const Planner planner(largeDevice());
        const harness::Problem problem = scanOf({100, 1 << 16}, 1);
        const Plan before = planner.plan(problem);
        REQUIRE(planner.context.setTuning(std::vector<TuningValue>{{"lookBackWorkgroupSize", 512}}));
        const Plan after = planner.plan(problem);
        CHECK(before.commands[0].workgroupSize == 256);
        CHECK(after.commands[0].workgroupSize == 512);
        REQUIRE(planner.context.setTuning(std::vector<TuningValue>{{"workgroupSize", 64}}));
        CHECK(planner.plan(argmaxOf({64, 100000}, 1)).commands[0].workgroupSize == 64);
        REQUIRE(planner.context.setTuning({}));
        CHECK(samePlan(planner.plan(problem), before));
    }

    TEST_CASE("each field takes its least and its most, and refuses what lies beyond by name and value") {
        const Planner planner(largeDevice());
        for (const TuningField& field : kTuningFields) {
            CAPTURE(field.name);
            const auto check = [&](std::uint32_t value, bool taken) {
                const std::vector<TuningValue> values{{field.name, value}};
                if (taken)
                    CHECK(planner.context.setTuning(values));
                else
                    checkRefused(
                        planner.context, values, Code::InvalidArgument,
                        {std::string(field.name) + " is " + std::to_string(value) + ",",
                         "take " + std::to_string(field.least) + " to " + std::to_string(field.most)});
            };
            check(field.least, true);
            check(field.most, true);
            if (field.least > 0) check(field.least - 1, false);
            if (field.most < UINT32_MAX) check(field.most + 1, false);
        }
    }

    TEST_CASE("names that are wrong, and more shared memory than there is, are refused") {
        const Planner planner;
        const Context& context = planner.context;
        checkRefused(context, {{"argUnrol", 4}}, Code::InvalidArgument,
                     {"no tuning value argUnrol", "vkaxisGetTuning"});
        checkRefused(context, {{"argUnroll", 4}, {nullptr, 4}}, Code::InvalidArgument,
                     {"pValues[1].name is NULL"});
        checkRefused(context, {{"argUnroll", 4}, {"argUnroll", 4}}, Code::InvalidArgument,
                     {"argUnroll is there twice"});
        checkFailure(vkaxisSetTuning(context.handle(), 1, nullptr), Code::InvalidArgument, "pValues is NULL");
        checkFailure(vkaxisSetTuning(nullptr, 0, nullptr), Code::InvalidArgument, "context is NULL");
        checkRefused(context, {{"workgroupSize", 512}}, Code::Unsupported,
                     {"workgroupSize 512", "arg_column_quads", "24580 bytes", "the device has 16384"});
        checkRefused(context, {{"scanStagedItems", 31}}, Code::Unsupported,
                     {"scanStagedItems 31", "scan_slices", "20496 bytes"});
    }

    TEST_CASE("whatever is accepted makes sound plans on any device") {
        constexpr std::size_t kPlans = 12000;
        std::vector<FakeDevice> devices = planningDevices();
        Random random(20240701);
        std::size_t accepted = 0;
        for (std::size_t i = 0; i < kPlans; ++i) {
            FakeDevice& device = devices[i % devices.size()];
            device.maxSharedMemorySize = 16384u << i % 3;
            const Planner planner(device);
            const std::vector<TuningValue> tuning = randomTuning(random);
            std::string name;
            for (const TuningValue& value : tuning)
                name += std::string(value.name) + " " + std::to_string(value.value) + " ";
            const harness::Problem problem = randomProblem(random);
            CAPTURE(name);
            CAPTURE(harness::describe(problem));
            const Status status = planner.context.setTuning(tuning);
            CHECK((status || status.code() == Code::Unsupported));
            if (!status) continue;
            ++accepted;
            const Result<Plan> plan = harness::plan(planner.context, problem);
            const bool tooMany =
                std::string_view(plan.status.message()).find("workgroups") != std::string_view::npos;
            CHECK_MESSAGE((plan || tooMany || !isSupported(device, problem)),
                          std::string(plan.status.message()));
            CHECK(planner.driver.firstViolation() == "");
            if (!plan) continue;
            const std::vector<Hazard> hazards = findHazards(stepsOf(plan.value, Placement::apart(0)));
            CHECK_MESSAGE(hazards.empty(), hazards.front().text);
        }
        CHECK(accepted > kPlans / 4);
    }

    TEST_CASE(
        "a workgroup's turns and blocks stay far below the rounds after which lavapipe leaves its loops") {
        const Planner few(fullDevice()), small(fullDevice());
        REQUIRE(few.context.setTuning(std::vector<TuningValue>{
            {"targetWorkgroups", 1}, {"workgroupSize", 32}, {"argShortRowLoads", 1}}));
        REQUIRE(small.context.setTuning(std::vector<TuningValue>{
            {"singlePass", 0}, {"lookBackWorkgroupSize", 32}, {"lookBackItems", 1}}));
        const harness::Problem rows{
            .op = harness::Op::Argmax, .dtype = Dtype::U8, .shape = {6000000, 249}, .axis = 1};
        const Plan turns = few.plan(rows);
        REQUIRE(std::string_view(turns.commands[0].name) == "arg_short_rows");
        shader::ArgShortRowsParams params;
        std::memcpy(&params, turns.commands[0].parameters, sizeof params);
        const std::uint64_t perTurn = 249 / (4 * params.lanes) + 1 + std::bit_width(params.lanes);
        CHECK(divideUp(params.turns, params.groups) * perTurn < kMostRounds);

        const harness::Problem line{
            .op = harness::Op::Scan, .dtype = Dtype::U8, .shape = {33000000}, .axis = 0};
        const Plan blocks = small.plan(line);
        REQUIRE(blocks.commandCount == 5);
        REQUIRE(std::string_view(blocks.commands[2].name) == "scan_tile_sums");
        shader::ScanTileSumsParams sums;
        std::memcpy(&sums, blocks.commands[2].parameters, sizeof sums);
        constexpr std::uint64_t kPerBlock = 12;  // as lavapipe counts
        CHECK(divideUp(sums.tiles, 32) * kPerBlock < kMostRounds);
    }
}

}  // namespace vkaxis::test
