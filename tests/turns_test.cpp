// Ways through a problem that take large ones, or the sizes of another device: several turns or tiles to a
// workgroup, whole columns to an invocation, wide panels, gaps that are passed over.
#include "harness/cases.hpp"
#include "harness/dtype.hpp"
#include "harness/elements.hpp"

#include "conformance.hpp"
#include "params.h"
#include "planner.hpp"
#include "scoped_tuning.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

// The first kernel with such a name that a plan dispatches.
VkaxisKernel kernelOf(const Device& device, const Plan& plan, std::string_view name) {
    for (std::uint32_t i = 0; i < plan.commandCount; ++i) {
        VkaxisKernel kernel{};
        if (plan.commands[i].type == VKAXIS_COMMAND_DISPATCH && plan.commands[i].name == name &&
            vkaxisGetKernel(device.context().handle(), plan.commands[i].kernel, &kernel))
            return kernel;
    }
    FAIL("no dispatch of " << name);
    return {};
}

std::ptrdiff_t dispatchesOf(const Plan& plan) {
    return std::ranges::count(std::span(plan.commands, plan.commandCount), VKAXIS_COMMAND_DISPATCH,
                              &VkaxisCommand::type);
}

}  // namespace

TEST_SUITE("turns") {
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

    TEST_CASE("lanes take two rows at once, of any number and of every alignment") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;  // or long ones would be too few
            const std::uint64_t longest =
                std::uint64_t{4} * tuning->argLaneQuads * device.summary().subgroupSize;
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::F16, Dtype::I8, Dtype::F64};
            constexpr Op kOps[] = {Op::Argmax, Op::Argmin, Op::Argminmax};
            constexpr Tie kTies[] = {Tie::First, Tie::Last};
            std::uint64_t number = 0;
            for (std::uint64_t extent = 8; extent <= longest; extent += extent < 52 ? 4 : 44)
                for (const Dtype dtype : kDtypes)
                    for (const Tie tie : kTies) {
                        const std::uint64_t unit = elementSize(dtype) < 4 ? 16 : 4;  // others are staged
                        const std::uint64_t stride = (extent + unit - 1) / unit * unit + number % 3 * unit;
                        const Case testCase{
                            .problem = {.op = kOps[number / 2 % 3],
                                        .dtype = dtype,
                                        .shape = {1 + number * 37 % 300, extent},
                                        .axis = 1,
                                        .strides = {stride, 1},
                                        .tie = tie},
                            .distribution = Distribution::Ties,
                            .seed = number,
                            .options = {.misalignment = static_cast<std::uint32_t>(number % 5)}};
                        CAPTURE(describe(testCase.problem));
                        const auto plan = harness::plan(device.context(), testCase.problem);
                        REQUIRE(plan);
                        CHECK(std::string_view(plan->commands[0].name) == "arg_lane_rows");
                        checkCase(device, testCase);
                        ++number;
                    }
        });
    }

    TEST_CASE("sums of floats take an initial -0 as +0, of several tiles at once and of none, too") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            for (const auto& [shape, axis] : {Regime::Shape{{2, 20000}, 0},
                                              {{3, 2000}, 1},
                                              {{4, 9000}, 0},
                                              {{300, 7}, 0},
                                              {{700, 16, 2}, 1},
                                              {{0, 5}, 0},
                                              {{5, 0}, 1}})
                for (const ScanMode mode : {ScanMode::Exclusive, ScanMode::IncludeInitial}) {
                    Case testCase{.problem = {.op = Op::Scan, .shape = shape, .axis = axis, .mode = mode},
                                  .distribution = Distribution::Integers};
                    testCase.problem.totals = true;
                    testCase.problem.initial = ScanInitial::Host;
                    testCase.problem.initialValue.f64 = -0.0;
                    CAPTURE(describe(testCase.problem));
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
            std::vector<Extents> shapes(3, {10007, 2, 1});  // rows of two
            for (std::uint64_t extent = 2; extent <= 4; ++extent)
                shapes.insert(shapes.end(), {{extent, 10007}, {2, extent, 4099}, {3001, extent, 5}});
            std::uint64_t number = 0;
            for (const Extents& shape : shapes) {
                Case testCase{.problem = {.op = Op::Scan,
                                          .dtype = kDtypes[(number + number / 3) % 3],
                                          .shape = shape,
                                          .axis = static_cast<std::int32_t>(shape.size()) - 2},
                              .distribution = Distribution::Integers,
                              .seed = number};
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
            tuning->scanNarrowInput = 0;
            for (const Extents& shape : {Extents{200, 203}, {3, 100, 501}, {2, 1800, 129}}) {
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
                const auto params = paramsOf<shader::ScanColumnsParams>(last);
                CHECK(params.tiling.rows == 1);
                checkCase(device, testCase);
            }
        });
    }

    TEST_CASE("few columns with a gap behind each row are staged, and summed up in quads where chunks are") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->scanNarrowInput = 0;  // chunks, however few
            struct Rows {
                std::uint64_t columns, gap;
                std::uint32_t misalignment;  // elements behind 16 bytes
            };
            constexpr Rows kRows[] = {{8, 3, 0}, {6, 1, 3}, {4, 8, 1}, {15, 2, 2}, {5, 5, 2}};
            constexpr std::uint64_t kTwice = 8;  // such a gap holds the other slice's columns
            constexpr std::pair<std::uint32_t, Dtype> kTargets[] = {
                {1, Dtype::I32}, {1, Dtype::I8}, {16, Dtype::F32}, {16, Dtype::F16}};
            constexpr ScanMode kModes[] = {ScanMode::Inclusive, ScanMode::Exclusive,
                                           ScanMode::IncludeInitial};
            std::uint64_t number = 0;
            for (const auto& [target, dtype] : kTargets)
                for (const Rows& rows : kRows) {
                    tuning->targetWorkgroups = target;
                    const std::uint64_t pitch = rows.columns + rows.gap;
                    const std::uint64_t slice = rows.gap == kTwice ? rows.columns + 1 : 6009 * pitch;
                    Case testCase{.problem = {.op = Op::Scan,
                                              .dtype = dtype,
                                              .shape = {2, 6007, rows.columns},
                                              .axis = 1,
                                              .strides = {slice, pitch, 1},
                                              .outputStrides = {slice, pitch, 1}},
                                  .distribution = Distribution::Integers,
                                  .seed = number,
                                  .options = {.misalignment = rows.misalignment}};
                    Problem& problem = testCase.problem;
                    if (dtype == Dtype::F16) problem.outputDtype = Dtype::F32;  // that every driver can write
                    problem.mode = kModes[number % 3];
                    problem.totals = number % 4 < 2;
                    problem.reverse = number % 7 == 3;
                    problem.scanOp = number % 5 == 0 ? ScanOp::Max : ScanOp::Sum;
                    testCase.options.inPlace = supportsInPlace(problem) && number % 2 == 1;
                    ++number;
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    if (target > 1) {
                        CHECK(std::string_view(plan->commands[0].name) == "scan_column_totals");
                    }
                    const char* name = target > 1 ? "scan_columns chunks" : "scan_columns";
                    CHECK((kernelOf(device, plan.value, name).constants[VKAXIS_ID_SCAN_STAGED] != 0) ==
                          !problem.reverse);
                    checkCase(device, testCase);
                }
        });
    }

    TEST_CASE("an invocation takes whole columns where there are plenty, in equal batches") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I64, Dtype::U8};
            std::uint64_t number = 0;
            for (const std::uint64_t extent : {9, 21, 45, 100, 128, 129})
                for (const Extents& shape : {Extents{701, extent, 5}, {60, extent, 37}}) {
                    const Problem problem{.op = number % 4 == 0 ? Op::Argminmax : Op::Argmin,
                                          .dtype = kDtypes[number % 3],
                                          .shape = shape,
                                          .axis = 1,
                                          .tie = number % 2 == 0 ? Tie::Last : Tie::First};
                    ++number;
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    REQUIRE(std::string_view(plan->commands[0].name) == "arg_columns");
                    const auto params = paramsOf<shader::ArgColumnsParams>(plan->commands[0]);
                    CHECK((params.tiling.rows == 1) == (extent <= tuning->argColumnRows));
                    checkCase(device,
                              {.problem = problem, .distribution = Distribution::Ties, .seed = number});
                }
        });
    }

    TEST_CASE("workgroups take several tiles of short columns that only a table finds") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 1;
            for (const std::uint64_t extent : {2, 3, 4}) {
                Case testCase{.problem = {.op = Op::Argmax,
                                          .shape = {3, extent, 701, 5},
                                          .axis = 1,
                                          .strides = {4400 * extent, 4300, 6, 1}},
                              .distribution = Distribution::Ties,
                              .seed = extent};
                for (const Op op : {Op::Argmax, Op::Scan}) {
                    testCase.problem.op = op;
                    if (op == Op::Scan) testCase.distribution = Distribution::Integers;
                    CAPTURE(describe(testCase.problem));
                    const auto plan = harness::plan(device.context(), testCase.problem);
                    REQUIRE(plan);
                    CHECK(plan->tableSize > 0);
                    const VkaxisCommand& last = plan->commands[plan->commandCount - 1];
                    const std::uint64_t invocations = std::uint64_t{last.groupCount[0]} * last.workgroupSize;
                    CHECK(invocations < elementCount(sliceShape(testCase.problem)));
                    checkCase(device, testCase);
                }
            }
        });
    }

    TEST_CASE("few columns are reduced in lines of several rows, at every alignment") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            tuning->argLineQuads = tuning->minTilesPerSplit = 1;
            struct Rows {
                std::uint64_t slices, extent, columns, gap;
                std::uint32_t misalignment;  // elements behind 16 bytes
                Dtype dtype;
            };
            // With and without spare columns. Of the last line all rows are there, or one, or one element; or
            // the last chunk has no other.
            constexpr Rows kRows[] = {{1, 9000, 7, 0, 0, Dtype::F32},  {1, 9001, 7, 0, 1, Dtype::U8},
                                      {3, 4098, 5, 0, 0, Dtype::I64},  {1, 70001, 1, 1, 2, Dtype::F32},
                                      {2, 5003, 14, 3, 3, Dtype::F32}, {1, 3001, 12, 0, 2, Dtype::BF16},
                                      {5, 4099, 3, 4, 0, Dtype::I64},  {1, 4098, 13, 0, 3, Dtype::F32},
                                      {1, 8641, 7, 0, 0, Dtype::F32}};
            std::uint64_t number = 0;
            for (const std::uint32_t target : {1, 64})
                for (const Rows& rows : kRows)
                    for (const bool tied : {false, true}) {
                        tuning->targetWorkgroups = target;
                        const std::uint64_t pitch = rows.columns + rows.gap;
                        const Problem problem{.op = number % 3 == 0 ? Op::Argminmax : Op::Argmax,
                                              .dtype = rows.dtype,
                                              .shape = {rows.slices, rows.extent, rows.columns},
                                              .axis = 1,
                                              .strides = {(rows.extent + rows.slices) * pitch, pitch, 1},
                                              .tie = tied ? Tie::Last : Tie::First,
                                              .nan = tied ? Nan::Propagate : Nan::Ignore};
                        ++number;
                        CAPTURE(describe(problem));
                        const auto plan = harness::plan(device.context(), problem);
                        REQUIRE(plan);
                        CHECK(std::string_view(plan->commands[0].name).starts_with("arg_column_quads"));
                        const bool infinite = tied && entryOf(rows.dtype).isFloat();  // nothing is worse
                        checkCase(device,
                                  {.problem = problem,
                                   .distribution = infinite ? Distribution::Infinite : Distribution::Ties,
                                   .seed = number,
                                   .options = {.misalignment = rows.misalignment}});
                    }
        });
    }

    TEST_CASE("whoever is done with its chunk of a row takes tiles of what all chunks leave") {
        onEveryDriver([](const Device& device) {
            REQUIRE(device.summary().memoryModel);
            const ScopedTuning tuning(device);
            tuning->argTailPart = 2;
            tuning->minTilesPerSplit = 2;
            // Of the last tile all is there, or one element; or rows begin anywhere in a quad.
            const Regime::Shape shapes[] = {{{1 << 18}, 0}, {{(1 << 17) + 1}, 0}, {{3, 100003}, 1}};
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::F64, Dtype::I8, Dtype::U32};
            constexpr Op kOps[] = {Op::Argmax, Op::Argmin, Op::Argminmax};
            std::uint64_t number = 0;
            for (const Regime::Shape& shape : shapes)
                for (const Dtype dtype : kDtypes)
                    for (const Tie tie : {Tie::First, Tie::Last}) {
                        const Problem problem{.op = kOps[number % 3],
                                              .dtype = dtype,
                                              .shape = shape.extents,
                                              .axis = shape.axis,
                                              .tie = tie};
                        CAPTURE(describe(problem));
                        const auto plan = harness::plan(device.context(), problem);
                        REQUIRE(plan);
                        CHECK(std::string_view(plan->commands[0].name) == "arg_rows folded");
                        const auto params = paramsOf<shader::ArgRowsParams>(plan->commands[0]);
                        CHECK(std::uint64_t{params.splits} * params.chunk < params.extent);
                        checkCase(device,
                                  {.problem = problem, .distribution = Distribution::Ties, .seed = ++number});
                    }
        });
    }

    TEST_CASE("the last tiles of columns are shared, and those before them are not") {
        onEveryDriver([](const Device& device) {
            REQUIRE(device.summary().memoryModel);
            const ScopedTuning tuning(device);
            tuning->targetWorkgroups = 8;
            tuning->argColumnQuadGroups = 16;
            tuning->argWideQuadGroups = 16;
            struct Case {
                Op op;
                Dtype dtype;
                Extents shape;  // panels that are aligned, and not; lines
            };
            const Case cases[] = {{Op::Argmax, Dtype::F32, {3, 1030, 1024}},
                                  {Op::Argminmax, Dtype::U32, {5, 1301, 439}},
                                  {Op::Argmin, Dtype::F64, {3, 600, 1301}},
                                  {Op::Argminmax, Dtype::F32, {19, 19001, 7}}};
            std::uint32_t number = 0;
            for (const Case& each : cases)
                for (const Tie tie : {Tie::First, Tie::Last}) {
                    const Problem problem{
                        .op = each.op, .dtype = each.dtype, .shape = each.shape, .axis = 1, .tie = tie};
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    CHECK(std::string_view(plan->commands[0].name) == "arg_column_quads folded");
                    const auto params = paramsOf<shader::ArgColumnQuadsParams>(plan->commands[0]);
                    CHECK(params.whole > 0);
                    CHECK(params.whole < params.groups);
                    checkCase(device, {.problem = problem,
                                       .distribution = Distribution::Ties,
                                       .seed = ++number,
                                       .options = {.misalignment = number % 2 * 8}});
                }
        });
    }

    TEST_CASE("narrow panels of columns go in large workgroups") {
        onEveryDriver([](const Device& device) {
            const WithTuning tuning(
                device, {{"workgroupSize", 64}, {"targetWorkgroups", 16}, {"scanNarrowWorkgroupSize", 128}});
            REQUIRE_MESSAGE(tuning.status(), tuning.status().message());
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I64, Dtype::U8};
            std::uint32_t number = 0;
            // A tile in part, whole tiles, and both.
            for (const std::uint64_t extent : {129, 256, 1901})
                for (const std::uint64_t columns : {64, 88}) {
                    const Problem problem{
                        .op = Op::Scan,
                        .dtype = kDtypes[number % 3],
                        .shape = {2, extent, columns},
                        .axis = 1,
                        .mode = number % 2 == 0 ? ScanMode::Inclusive : ScanMode::IncludeInitial,
                        .reverse = number % 4 >= 2,
                        .totals = number % 3 == 0};
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    if (problem.dtype == Dtype::F32) CHECK(plan->commands[0].workgroupSize == 128);
                    checkCase(device,
                              {.problem = problem, .distribution = Distribution::Ties, .seed = ++number});
                }
        });
    }

    TEST_CASE("chunks of columns sum up the totals before them, or start from their scan") {
        onEveryDriver([](const Device& device) {
            const ScopedTuning tuning(device);
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I32, Dtype::U8};
            std::uint64_t number = 0;
            for (const std::uint64_t columns : {2, 9, 33, 150, 300})
                for (const std::uint32_t share : {0, 3, 1024}) {
                    tuning->targetWorkgroups = 300;
                    tuning->scanNarrowInput = 0;
                    tuning->scanTotalsShare = share;
                    Problem problem{.op = Op::Scan,
                                    .dtype = kDtypes[number % 3],
                                    .shape = {2, 120000 / columns, columns},
                                    .axis = 1,
                                    .mode = number % 2 == 0 ? ScanMode::Inclusive : ScanMode::IncludeInitial,
                                    .reverse = number % 4 == 1,
                                    .totals = number % 3 == 1};
                    if (number % 5 == 2) problem.scanOp = ScanOp::Max;
                    if (number % 7 == 4) problem.initial = ScanInitial::PerSlice;
                    ++number;
                    CAPTURE(describe(problem));
                    CAPTURE(share);
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    const std::ptrdiff_t dispatches = dispatchesOf(plan.value);
                    CHECK(dispatches > 1);
                    if (share == 0 || problem.initial != ScanInitial::Neutral) CHECK(dispatches == 3);
                    if (share == 1024 && problem.initial == ScanInitial::Neutral) CHECK(dispatches == 2);
                    checkCase(device,
                              {.problem = problem, .distribution = Distribution::Integers, .seed = number});
                }
        });
    }

    TEST_CASE("columns that are neighbours only in the input are reduced as such") {
        onEveryDriver([](const Device& device) {
            struct Permuted {
                Extents shape;
                std::vector<std::uint64_t> strides;
                std::int32_t axis;
            };
            const ScopedTuning tuning(device);
            tuning->argLineQuads = 1;  // with which the last makes lines
            const Permuted cases[] = {{{3, 600, 7, 20}, {1, 420, 3, 21}, 1},
                                      {{3, 33, 7, 20}, {1, 420, 3, 21}, 1},
                                      {{2, 3, 13, 7, 20}, {6001, 1, 421, 3, 21}, 2},
                                      {{3, 9001, 7}, {1, 21, 3}, 1}};
            constexpr Dtype kDtypes[] = {Dtype::F32, Dtype::I64, Dtype::U8};
            std::uint64_t number = 0;
            for (const Permuted& each : cases)
                for (const Dtype dtype : kDtypes) {
                    const Problem problem{.op = number % 3 == 1 ? Op::Argminmax : Op::Argmax,
                                          .dtype = dtype,
                                          .shape = each.shape,
                                          .axis = each.axis,
                                          .strides = each.strides,
                                          .tie = number % 2 == 0 ? Tie::Last : Tie::First,
                                          .values = dtype != Dtype::U8 && number % 4 < 2};
                    ++number;
                    CAPTURE(describe(problem));
                    const auto plan = harness::plan(device.context(), problem);
                    REQUIRE(plan);
                    kernelOf(device, plan.value, "arg_column_quads merged");
                    checkCase(device,
                              {.problem = problem, .distribution = Distribution::Ties, .seed = number});
                }
        });
    }
}
