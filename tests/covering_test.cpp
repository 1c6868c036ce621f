// Every two choices that the primitives offer together, on every driver that the loader lists, against the
// CPU references.
#include "harness/cases.hpp"

#include "conformance.hpp"
#include "random_plans.hpp"
#include "scoped_tuning.hpp"

#include <doctest/doctest.h>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

std::string textOf(const std::vector<TuningValue>& tuning) {
    std::string text;
    for (const TuningValue& value : tuning)
        text += std::string(value.name) + "=" + std::to_string(value.value) + " ";
    return text;
}

}  // namespace

TEST_SUITE("covering") {
    TEST_CASE("every two choices of primitive, options, dtype, views, regime, placement and distribution") {
        onEveryDriver([](const Device& device) {
            CaseFilter filter;
            filter.quick = true;
            for (const Case& testCase : standardCases(filter)) checkCase(device, testCase);
        });
    }

    TEST_CASE("any tuning that is accepted gives right results") {
        constexpr std::size_t kTunings = 12;
        onEveryDriver([](const Device& device) {
            CaseFilter filter;
            filter.quick = true;
            const std::vector<Case> cases = standardCases(filter);
            Random random(20240702);
            std::size_t taken = 0;
            while (taken < kTunings) {
                const std::vector<TuningValue> values = randomTuning(random);
                const WithTuning tuning(device, values);
                if (!tuning.status()) continue;
                CAPTURE(textOf(values));
                checkCase(device, cases[taken * cases.size() / kTunings]);
                ++taken;
            }
        });
    }

    TEST_CASE("values that go ill together give right results") {
        struct IllTuning {
            std::vector<TuningValue> values;
            Problem problem;
        };
        const Problem narrowScan = scansOf({4099, 7}, 0)[0];
        Problem gapScan = scansOf({4099, 15}, 0)[0];
        gapScan.strides = gapScan.outputStrides = {23, 1};
        const IllTuning tunings[] = {
            {{{"scanRaggedColumns", 1}, {"scanLeastPanelBytes", 1}, {"scanStagedColumns", 16}}, narrowScan},
            {{{"workgroupSize", 32}, {"scanRaggedColumns", 1}, {"scanStagedColumns", 16}}, narrowScan},
            {{{"workgroupSize", 32}, {"scanRaggedColumns", 1024}, {"scanStagedColumns", 0}}, narrowScan},
            {{{"scanStagedWorkgroupSize", 32}, {"scanStagedItems", 1}, {"scanGapStagedColumns", 16}},
             gapScan},
            {{{"workgroupSize", 32}, {"argColumnQuads", 1024}}, {.shape = {17, 4100}, .axis = 0}},
            {{{"targetWorkgroups", 1}, {"argColumnUnroll", 1}, {"argColumnRows", 4096}},
             {.shape = {200, 2500, 3}, .axis = 1}},
            {{{"workgroupSize", 33}, {"argColumnQuads", 2}}, {.shape = {300, 5}, .axis = 0}},
            {{{"singlePass", 1},
              {"lookBackItems", 1},
              {"lookBackLeadSize", 1 << 20},
              {"lookBackLeadsToUse", 0},
              {"lookBackPatience", 16},
              {"minTilesToSplit", 1}},
             scansOf({20003}, 0)[0]},
        };
        onEveryDriver([&](const Device& device) {
            for (const IllTuning& each : tunings) {
                const WithTuning tuning(device, each.values);
                REQUIRE_MESSAGE(tuning.status(), tuning.status().message());
                CAPTURE(textOf(each.values));
                checkCase(device, {.problem = each.problem});
            }
        });
    }

    TEST_CASE("the cases that a driver cannot run are counted") {
        onEveryDriver([](const Device&) {});
        reportSkippedCases();
    }
}
