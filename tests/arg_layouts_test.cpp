// Which lanes and which lines arg reductions are planned with. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "context.hpp"
#include "params.h"
#include "plan.hpp"
#include "planner.hpp"

namespace vkaxis::test {
namespace {

using harness::Extents;
using harness::Op;
using harness::Problem;

VkaxisCommand firstDispatch(const Plan& plan) {
    const auto commands = commandsOf(plan);
    return *std::ranges::find(commands, VKAXIS_COMMAND_DISPATCH, &VkaxisCommand::type);
}

std::uint32_t constantOf(const Planner& planner, const Problem& problem, std::uint32_t id) {
    return planner.constantOf(firstDispatch(planner.plan(problem)), id);
}

}  // namespace

TEST_SUITE("arg layouts") {
    TEST_CASE("lanes of an arg reduction's row have whole batches of quads, or several") {
        const Planner planner(fullDevice());
        struct Row {
            std::uint64_t extent;
            std::uint32_t lanes;
        };
        for (const Row& row : {Row{16, 1}, Row{32, 2}, Row{40, 2}, Row{48, 4}, Row{64, 4}, Row{84, 4},
                               Row{100, 8}, Row{128, 8}, Row{152, 4}, Row{192, 8}, Row{256, 16}, Row{300, 8},
                               Row{512, 32}, Row{600, 16}, Row{1000, 32}}) {
            CAPTURE(row.extent);
            const Problem problem{
                .op = Op::Argmax, .shape = {100000, row.extent}, .axis = 1, .strides = {row.extent + 2, 1}};
            CHECK(constantOf(planner, problem, VKAXIS_ID_ARG_ROW_LANES) == row.lanes);
        }
    }

    TEST_CASE("lanes take two rows of whole quads at once, up to three quads of each, unless rows are few") {
        const Planner planner(fullDevice());
        struct Row {
            std::uint64_t extent;
            std::uint32_t lanes, quads;
        };
        for (const Row& row :
             {Row{8, 2, 1}, Row{12, 2, 2}, Row{20, 2, 3}, Row{24, 2, 3}, Row{28, 4, 2}, Row{32, 4, 2},
              Row{48, 4, 3}, Row{52, 8, 2}, Row{100, 16, 2}, Row{384, 32, 3}}) {
            CAPTURE(row.extent);
            const Problem problem{Op::Argmax, Dtype::F32, {100000, row.extent}, 1};
            CHECK(std::string_view(firstDispatch(planner.plan(problem)).name) == "arg_lane_rows");
            CHECK(constantOf(planner, problem, VKAXIS_ID_ARG_ROW_LANES) == row.lanes);
            CHECK(constantOf(planner, problem, VKAXIS_ID_ARG_UNROLL) == row.quads);
        }
        const Problem others[] = {{Op::Argmax, Dtype::F32, {100000, 388}, 1},  // too long
                                  {Op::Argmax, Dtype::F32, {1000, 384}, 1},    // too few
                                  {Op::Argmax, Dtype::F32, {100000, 50}, 1},   // not whole
                                  {.op = Op::Argmax, .shape = {100000, 48}, .axis = 1, .strides = {50, 1}}};
        for (const Problem& problem : others) {
            CAPTURE(describe(problem));
            CHECK(std::string_view(firstDispatch(planner.plan(problem)).name).starts_with("arg_rows"));
        }
    }

    TEST_CASE("quads of columns get wide where the axis is short, but not at the cost of workgroups") {
        const Planner planner;
        const Tuning& tuning = planner.context.handle()->tuning;
        for (const std::uint64_t columns : {1 << 14, 1 << 16, 1 << 18, 1 << 22}) {
            CAPTURE(columns);
            const Plan plan = planner.plan(argmaxOf({128, columns}, 0));
            REQUIRE(std::string_view(plan.commands[0].name).starts_with("arg_column_quads"));
            const std::uint64_t mostPanels = columns / (kQuad * tuning.argColumnQuads);
            CHECK(workgroups(plan.commands[0]) >=
                  std::min<std::uint64_t>(tuning.targetWorkgroups, mostPanels));
        }
        const Plan wide = planner.plan(argmaxOf({128, 1 << 22}, 0));
        CHECK(paramsOf<shader::ArgColumnQuadsParams>(wide.commands[0]).rows == 1);
    }

    TEST_CASE("quads of columns get narrow only where chunks of the axis do not make as many workgroups") {
        const Planner planner(fullDevice());
        const auto paramsFor = [&](const Extents& shape) {
            const Plan plan = planner.plan(argmaxOf(shape, 0));
            REQUIRE(std::string_view(plan.commands[0].name).starts_with("arg_column_quads"));
            return paramsOf<shader::ArgColumnQuadsParams>(plan.commands[0]);
        };
        CHECK(paramsFor({7981, 20480}).columns == 128);
        CHECK(paramsFor({7981, 20480}).splits == 3);
        CHECK(paramsFor({7981, 20480 * 2}).columns == 64);  // 320 workgroups or 640
        CHECK(paramsFor({4096, 4096}).columns == 64);       // few chunks, for want of scratch memory
        CHECK(paramsFor({128, 16384}).columns == 64);       // a short axis
    }

    TEST_CASE("quads of columns make panels that leave no last wave of few workgroups") {
        const Planner planner;
        const auto groups = [&](Dtype dtype, const Extents& shape) {
            const Problem problem{.op = Op::Argmax, .dtype = dtype, .shape = shape, .axis = 1};
            return workgroups(harness::plan(planner.context, problem)->commands[0]);
        };
        const Extents many{128, 512, 4095};
        const Extents few{1, 512, 4095};
        const std::uint64_t anyhow = groups(Dtype::F32, many);
        const std::uint64_t fewAnyhow = groups(Dtype::F32, few);
        Tuning& tuning = planner.context.handle()->tuning;
        tuning.argColumnQuadGroups = static_cast<std::uint32_t>(anyhow * 3 / 16);  // 5.3 waves
        CHECK(groups(Dtype::F32, many) > anyhow);
        CHECK(groups(Dtype::F32, many) % tuning.argColumnQuadGroups > tuning.argColumnQuadGroups * 9 / 10);
        CHECK(groups(Dtype::F16, many) == anyhow);
        CHECK(groups(Dtype::F32, few) == fewAnyhow);
    }

    TEST_CASE("workgroups share the last of long tiles of columns, as far as scratch memory allows") {
        const Planner planner(fullDevice());
        Tuning& tuning = planner.context.handle()->tuning;
        tuning.argColumnQuadGroups = 800;
        const auto sharedTiles = [&](Dtype dtype, const Extents& shape) -> std::uint64_t {
            const Problem problem{.op = Op::Argminmax, .dtype = dtype, .shape = shape, .axis = 1};
            CAPTURE(harness::describe(problem));
            const Plan plan = planner.plan(problem);
            const VkaxisCommand command = firstDispatch(plan);
            REQUIRE(std::string_view(command.name).starts_with("arg_column_quads"));
            const auto params = paramsOf<shader::ArgColumnQuadsParams>(command);
            if (params.whole == 0) return 0;
            CHECK(params.splits == 4);
            CHECK(plan.sizes[VKAXIS_OPERAND_SCRATCH] <= mostScratch(plan.sizes[VKAXIS_OPERAND_INPUT]));
            return (params.groups - params.whole) / params.splits;
        };
        const Extents seed{128, 4096, 4095};
        CHECK(sharedTiles(Dtype::F32, seed) == 400);
        CHECK(sharedTiles(Dtype::F32, {1000, 20000, 7}) == 400);  // lines
        CHECK(sharedTiles(Dtype::I8, seed) == 0);
        CHECK(sharedTiles(Dtype::F32, {24, 4096, 4096}) == 0);    // all run at once
        CHECK(sharedTiles(Dtype::F32, {1000, 4096, 4096}) == 0);  // many waves
        CHECK(sharedTiles(Dtype::F32, {128, 512, 4095}) == 0);    // short
        const std::uint64_t some = sharedTiles(Dtype::F32, {1, 1500, 1 << 17});
        CHECK(some > 0);
        CHECK(some < 400);
        tuning.argColumnQuadGroups = 0;  // not known
        CHECK(sharedTiles(Dtype::F32, seed) == 0);
    }

    TEST_CASE("few columns that are one piece of memory are reduced in lines of whole quads") {
        const Planner planner(fullDevice());
        const auto lineRows = [&](const Problem& problem) -> std::uint32_t {
            CAPTURE(harness::describe(problem));
            const std::string_view name = firstDispatch(planner.plan(problem)).name;
            if (!name.starts_with("arg_column_quads")) return 0;
            return constantOf(planner, problem, VKAXIS_ID_ARG_LINE_ROWS);
        };
        Problem problem{Op::Argmax, Dtype::F32, {1 << 22, 7}, 0};
        CHECK(lineRows(problem) % 4 == 0);
        CHECK(lineRows(problem) > 0);
        problem.strides = {9, 1};
        CHECK(lineRows(problem) % 4 == 0);
        CHECK(lineRows(problem) > 0);
        problem.strides = {16, 1};  // more than a sector behind each row
        CHECK(lineRows(problem) == 0);
        problem.strides = {1, 1 << 22};  // rows
        CHECK(lineRows(problem) == 0);
        problem.strides = {14, 2};  // columns that are no neighbours
        CHECK(lineRows(problem) == 0);
        CHECK(lineRows({Op::Argmax, Dtype::F32, {1 << 22, 44}, 0}) == 1);
        CHECK(lineRows({Op::Argmax, Dtype::F32, {1 << 22, 64}, 0}) == 1);    // columns enough
        CHECK(lineRows({Op::Argmax, Dtype::F32, {1000, 2000, 7}, 1}) == 0);  // too short to walk
        CHECK(lineRows({Op::Argmax, Dtype::F32, {1000, 20000, 7}, 1}) > 1);
    }
}

}  // namespace vkaxis::test
