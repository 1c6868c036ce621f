// Which lanes and which totals scans are planned with. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "context.hpp"
#include "params.h"
#include "planner.hpp"

namespace vkaxis::test {

using harness::Extents;
using harness::Problem;

namespace {

std::ptrdiff_t dispatches(const Plan& plan) {
    return std::ranges::count(commandsOf(plan), VKAXIS_COMMAND_DISPATCH, &VkaxisCommand::type);
}

}  // namespace

TEST_SUITE("scan layouts") {
    TEST_CASE("lanes of a scan's short row have two or three quads each, where that is faster") {
        const Planner planner(fullDevice());
        const auto lanesOf = [&](const Problem& problem) {
            const Plan plan = planner.plan(problem);
            const VkaxisCommand& last = plan.commands[plan.commandCount - 1];
            REQUIRE(std::string_view(last.name) == "scan_rows");
            const auto& constants =
                planner.driver.pipeline(planner.context.pipeline(last.kernel)).shader.specialization;
            return std::pair{constants.at(VKAXIS_ID_SCAN_ROW_LANES), constants.at(VKAXIS_ID_SCAN_ITEMS)};
        };
        struct Row {
            std::uint64_t extent;
            std::uint32_t lanes, quads;
        };
        for (const Row& row : {Row{4, 1, 1}, Row{8, 1, 2}, Row{16, 2, 2}, Row{32, 4, 2}, Row{36, 8, 2},
                               Row{72, 8, 3}, Row{100, 16, 2}, Row{192, 16, 3}, Row{200, 32, 2},
                               Row{512, 32, 4}, Row{33, 8, 2}, Row{71, 8, 3}}) {
            CAPTURE(row.extent);
            CHECK(lanesOf(scanOf({100000, row.extent}, 1)) == std::pair{row.lanes, row.quads});
        }
        const Problem wide = scanOf({100000, 100}, 1, ScanMode::Inclusive, Dtype::I64);
        CHECK(lanesOf(wide) == std::pair{32u, 1u});
        Problem padded = scanOf({100000, 71}, 1);
        padded.strides = {90, 1};
        CHECK(lanesOf(padded) == std::pair{32u, 1u});
        padded.strides = {80, 1};  // aligned
        CHECK(lanesOf(padded) == std::pair{8u, 3u});
    }

    TEST_CASE("small slices pass through shared memory several at a time, where that is faster") {
        const Planner planner(fullDevice());
        const auto kernelOf = [&](const Problem& problem) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            return std::string(plan.commands[plan.commandCount - 1].name);
        };
        const auto padded = [](std::uint64_t extent, std::uint64_t stride) {
            Problem problem = scanOf({100000, extent}, 1);
            problem.strides = {stride, 1};
            return problem;
        };
        CHECK(kernelOf(scanOf({100000, 31}, 1)) == "scan_slices");
        CHECK(kernelOf(scanOf({100000, 33}, 1)) == "scan_rows");  // long
        CHECK(kernelOf(scanOf({100000, 12}, 1)) == "scan_rows");  // aligned
        CHECK(kernelOf(scanOf({100000, 12}, 1, ScanMode::IncludeInitial)) == "scan_slices");
        CHECK(kernelOf(scanOf({100000, 3}, 1)) == "scan_rows");  // hardly a quad
        CHECK(kernelOf(padded(71, 74)) == "scan_slices");
        CHECK(kernelOf(padded(71, 76)) == "scan_slices");  // its results are dense, and misaligned
        CHECK(kernelOf(padded(71, 90)) == "scan_rows");    // a gap of whole sectors
        CHECK(kernelOf(padded(130, 133)) == "scan_rows");  // long
        CHECK(kernelOf(scanOf({10000, 16, 2}, 1)) == "scan_slices");
        CHECK(kernelOf(scanOf({10000, 7, 15}, 1)) == "scan_slices");
        CHECK(kernelOf(scanOf({10000, 7, 16}, 1)) == "scan_columns");  // many columns
        CHECK(kernelOf(scanOf({10000, 96, 8}, 1)) == "scan_columns");  // of which a workgroup has two
        CHECK(kernelOf(scanOf({10000, 16, 2}, 1, ScanMode::Inclusive, Dtype::F64)) == "scan_columns");
        CHECK(kernelOf(scanOf({10000, 16, 2}, 1, ScanMode::Inclusive, Dtype::F16)) == "scan_columns");
        CHECK(kernelOf(scanOf({10000, 16, 2}, 1, ScanMode::Inclusive, Dtype::I8)) == "scan_slices");
    }

    TEST_CASE("of columns with few rows a workgroup takes several tiles, as long as there are enough") {
        const Planner planner(fullDevice());
        const auto tilesOf = [&](const Problem& problem) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            REQUIRE(std::string_view(plan.commands[0].name) == "scan_columns");
            const VkPipeline pipeline = planner.context.pipeline(plan.commands[0].kernel);
            return planner.driver.pipeline(pipeline).shader.specialization.at(VKAXIS_ID_SCAN_TILES);
        };
        CHECK(tilesOf(scanOf({100, 2, 100000}, 1)) == 4);
        CHECK(tilesOf(scanOf({100, 3, 100000}, 1)) == 2);
        CHECK(tilesOf(scanOf({100, 4, 100000}, 1)) == 2);
        CHECK(tilesOf(scanOf({100, 5, 100000}, 1)) == 1);
        CHECK(tilesOf(scanOf({1, 2, 100000}, 1)) == 1);
    }

    TEST_CASE("tiles of long rows are as large as lets all workgroups run, and their states fit") {
        FakeDevice device = fullDevice();
        device.maxWorkgroupInvocations = 128;
        const Planner planner(device);
        const auto quadsOf = [&](const Problem& problem) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            REQUIRE(plan.commandCount == 5);
            CHECK(std::string_view(plan.commands[0].name) == "scan_tiles sums");
            CHECK(std::string_view(plan.commands[2].name) == "scan_tile_sums");
            CHECK(std::string_view(plan.commands[4].name) == "scan_tiles");
            CHECK(plan.sizes[VKAXIS_OPERAND_SCRATCH] <=
                  std::max<VkDeviceSize>(plan.sizes[VKAXIS_OPERAND_INPUT] / 256, 64 << 10));
            return planner.constantOf(plan.commands[0], VKAXIS_ID_SCAN_ITEMS);
        };
        CHECK(quadsOf(scanOf({1 << 24}, 0)) == 4);
        CHECK(quadsOf(scanOf({1 << 16}, 0)) == 2);
        CHECK(quadsOf(scanOf({4, 1 << 16}, 1)) == 4);
        CHECK(quadsOf(scanOf({1 << 24}, 0, ScanMode::Inclusive, Dtype::I64)) == 2);
        Problem widened = scanOf({1 << 29}, 0, ScanMode::Inclusive, Dtype::U16);
        widened.outputDtype = Dtype::U64;
        CHECK(quadsOf(widened) == 4);
        widened.shape = {1 << 30};  // of more blocks than one workgroup should go through
        CHECK(quadsOf(widened) == 8);
        widened = scanOf({1 << 28}, 0, ScanMode::Inclusive, Dtype::U8);
        widened.outputDtype = Dtype::U64;
        CHECK(quadsOf(widened) == 8);  // of 4 the states would not fit
        // The same row again and again: no tile is large enough, and each row stays whole.
        Problem repeated = scanOf({256, 1 << 26}, 1, ScanMode::Inclusive, Dtype::U8);
        repeated.outputDtype = Dtype::U64;
        repeated.strides = {0, 1};
        const Plan plan = planner.plan(repeated);
        CHECK(std::string_view(plan.commands[0].name) == "scan_rows");
        CHECK(plan.sizes[VKAXIS_OPERAND_SCRATCH] == 0);
    }

    TEST_CASE("the axis of few columns is split only where narrow panels do not keep the device busy") {
        const Planner planner;
        const Tuning& tuning = planner.context.handle()->tuning;
        const std::uint64_t narrow = std::uint64_t{tuning.targetWorkgroups} * tuning.scanLeastPanelBytes / 4;
        const std::uint64_t wide = std::uint64_t{tuning.targetWorkgroups} * tuning.panelColumns;
        for (const std::uint64_t columns : {narrow, wide})
            CHECK(workgroups(planner.plan(scanOf({4096, columns}, 0)).commands[0]) ==
                  tuning.targetWorkgroups);
        for (const std::uint64_t columns : {narrow / 4, narrow, wide})
            CHECK(dispatches(planner.plan(scanOf({8192, columns}, 0))) == 1);
        CHECK(dispatches(planner.plan(scanOf({8192, narrow / 8}, 0))) > 1);
        CHECK(dispatches(planner.plan(scanOf({2048, narrow / 8}, 0))) == 1);  // little to split
        CHECK(dispatches(planner.plan(scanOf({2048, narrow / 32}, 0))) > 1);
    }

    TEST_CASE("narrow panels of long columns go in large workgroups, as many as run at once") {
        const Planner planner(fullDevice());
        Tuning& tuning = planner.context.handle()->tuning;
        tuning.targetWorkgroups = 512;
        tuning.scanNarrowWorkgroupSize = 512;
        tuning.scanNarrowPanelItems = 16;
        struct Panels {
            Extents shape;
            std::uint32_t columns, invocations, items;
        };
        for (const Panels& panels :
             {Panels{{1, 4096, 4096}, 16, 512, 16}, Panels{{4, 4096, 1024}, 16, 512, 16},
              Panels{{1, 2048, 8192}, 32, 512, 16}, Panels{{1, 8192, 2048}, 8, 512, 16},
              Panels{{1, 5000, 4800}, 16, 512, 12},    // three workgroups to fit
              Panels{{1, 500, 8192}, 16, 256, 16},     // short
              Panels{{1, 2048, 16384}, 32, 256, 16},   // wide enough for others
              Panels{{1, 1000, 8188}, 16, 256, 16}}) {  // rows that begin within sectors
            const Problem problem = scanOf(panels.shape, 1);
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            REQUIRE(plan.commandCount == 1);
            CHECK(paramsOf<shader::ScanColumnsParams>(plan.commands[0]).tiling.columns == panels.columns);
            CHECK(plan.commands[0].workgroupSize == panels.invocations);
            CHECK(planner.constantOf(plan.commands[0], VKAXIS_ID_SCAN_ITEMS) == panels.items);
        }
        CHECK(dispatches(planner.plan(scanOf({1, 16384, 512}, 1))) > 1);  // too few even so
    }

    TEST_CASE("columns take more rows at a time where workgroups are few, or rows") {
        const Planner planner;
        Tuning& tuning = planner.context.handle()->tuning;
        tuning.scanColumnItems = 14;
        tuning.scanFewColumnItems = 20;
        const auto itemsFor = [&](const Extents& shape) {
            const Plan plan = planner.plan(scanOf(shape, 1));
            REQUIRE(plan.commandCount == 1);
            return planner.constantOf(plan.commands[0], VKAXIS_ID_SCAN_ITEMS);
        };
        const std::uint64_t plenty = std::uint64_t{tuning.targetWorkgroups} * tuning.panelColumns;
        CHECK(itemsFor({1, 32768, plenty}) == 14);
        CHECK(itemsFor({1, 32768, plenty * 3 / 4}) == 20);
        CHECK(itemsFor({1, 33, plenty}) == 20);
    }

    TEST_CASE("few rows take larger tiles, all of whose loads are in flight at once") {
        const Planner planner;
        const Tuning& tuning = planner.context.handle()->tuning;
        const auto itemsFor = [&](std::uint64_t rows) {
            const Plan plan = planner.plan(scanOf({rows, 4000}, 1));
            REQUIRE(plan.commandCount == 1);
            return planner.constantOf(plan.commands[0], VKAXIS_ID_SCAN_ITEMS);
        };
        CHECK(itemsFor(tuning.targetWorkgroups - 1) == tuning.scanFewRowItems);
        CHECK(itemsFor(tuning.targetWorkgroups) == tuning.scanRowItems);
    }

    TEST_CASE("misaligned columns get panels half as narrow where the cache does not hold them") {
        const Planner planner(fullDevice());
        const auto panels = [&](const Extents& shape) {
            const Plan plan = planner.plan(scanOf(shape, 1));
            REQUIRE(plan.commandCount == 1);
            return paramsOf<shader::ScanColumnsParams>(plan.commands[0]).tiling.panels;
        };
        CHECK(panels({8, 1000, 500}) == 32);  // of 16 columns
        CHECK(panels({8, 2100, 500}) == 16);
        CHECK(panels({8, 2000, 512}) == 64);  // aligned
        CHECK(dispatches(planner.plan(scanOf({8, 9000, 500}, 1))) > 1);
    }

    TEST_CASE("panels of a split axis get narrower where scratch memory does not allow splits enough") {
        const Planner planner(fullDevice());
        const auto panels = [&](const Extents& shape) {
            const Plan plan = planner.plan(scanOf(shape, 0));
            REQUIRE(dispatches(plan) > 1);
            return paramsOf<shader::ScanColumnsParams>(plan.commands[plan.commandCount - 1]).tiling.panels;
        };
        CHECK(panels({10000, 500}) == 8);
        CHECK(panels({100000, 500}) == 4);
        CHECK(panels({500000, 64}) == 1);
    }

    TEST_CASE("chunks sum up few totals themselves, but not where the scan has an initial value") {
        const Planner planner(fullDevice());
        Problem problem = scanOf({1 << 20, 7}, 0);
        CHECK(dispatches(planner.plan(problem)) == 2);
        problem.initial = ScanInitial::Host;
        CHECK(dispatches(planner.plan(problem)) == 3);
        CHECK(dispatches(planner.plan(scanOf({1 << 22, 66}, 0))) == 3);  // 171 for each invocation
    }

    TEST_CASE("panels are wide where they do not end with sectors of memory") {
        const Planner planner(fullDevice());
        const auto workgroups = [&](const Problem& problem) {
            const Plan plan = planner.plan(problem);
            REQUIRE(std::string_view(plan.commands[0].name) == "scan_columns");
            return plan.commands[0].groupCount[0];
        };
        Problem padded = scanOf({20, 4096, 4095}, 1);
        padded.strides = {4096 * 4096, 4096, 1};
        padded.outputStrides = padded.strides;
        CHECK(workgroups(scanOf({20, 4096, 4096}, 1)) == 20 * 64);
        CHECK(workgroups(padded) == 20 * 64);
        CHECK(workgroups(scanOf({20, 4096, 4095}, 1)) == 20 * 32);
        CHECK(workgroups(scanOf({20, 4096, 4095}, 1, ScanMode::Inclusive, Dtype::I64)) == 20 * 64);
        padded.outputStrides = {4095 * 4096, 4095, 1};
        CHECK(workgroups(padded) == 20 * 32);
    }

    TEST_CASE("few columns that are one piece of memory are summed up in quads, in any order of terms") {
        const Planner planner(fullDevice());
        const auto totals = [&](const Problem& problem) {
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            REQUIRE((plan.commandCount == 3 || plan.commandCount == 5));
            const std::string_view name = plan.commands[0].name;
            REQUIRE((name == "scan_column_totals" || name == "scan_columns totals"));
            return name == "scan_column_totals";
        };
        Problem reversed = scanOf({1 << 20, 7}, 0);
        reversed.reverse = true;
        Problem product = scanOf({1 << 20, 7}, 0);
        product.scanOp = ScanOp::Prod;
        Problem whole = scanOf({1 << 20, 7}, 0, ScanMode::Inclusive, Dtype::I32);
        whole.scanOp = ScanOp::Prod;
        CHECK(totals(scanOf({1 << 20, 7}, 0)));
        CHECK(totals(scanOf({5, 1 << 18, 19}, 1)));
        CHECK(totals(scanOf({1 << 20, 128}, 0)));
        CHECK(totals(reversed));
        CHECK(totals(whole));
        CHECK_FALSE(totals(product));
        CHECK_FALSE(totals(scanOf({1 << 20, 136}, 0)));  // too many: three panels
        CHECK(totals(scanOf({1 << 20, 129}, 0)));        // two, as its rows are misaligned
        Problem padded = scanOf({1 << 20, 7}, 0);
        padded.strides = {8, 1};
        CHECK(totals(padded));
        padded.strides = {16, 1};  // more than a sector behind each row
        CHECK_FALSE(totals(padded));
    }
}

}  // namespace vkaxis::test
