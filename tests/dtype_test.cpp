// Which dtypes go together, and what each asks of the device. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/dtype.hpp"
#include "planner.hpp"

namespace vkaxis::test {
namespace {

using harness::nameOf;
using harness::Op;
using harness::Problem;

Problem scanOf(Dtype input, Dtype output, ScanOp op = ScanOp::Sum) {
    Problem problem{Op::Scan, input, {10, 100}, 1};
    problem.outputDtype = output;
    problem.scanOp = op;
    return problem;
}

FakeDevice deviceWith(bool float64, bool storage8, bool storage16) {
    FakeDevice device;
    device.enableFloat64 = float64;
    device.enableStorage8 = storage8;
    device.enableStorage16 = storage16;
    return device;
}

// What a scan of an input may write.
struct Outputs {
    Dtype input, byDefault;
    std::vector<Dtype> allowed;
};

const std::vector<Outputs>& outputTable() {
    using enum Dtype;
    static const std::vector<Outputs> kTable{{F16, F16, {F16, F32, F64}},
                                             {BF16, BF16, {BF16, F32, F64}},
                                             {F32, F32, {F32, F64}},
                                             {F64, F64, {F64}},
                                             {I8, I32, {I8, I16, I32, I64}},
                                             {I16, I32, {I16, I32, I64}},
                                             {I32, I32, {I32, I64}},
                                             {I64, I64, {I64}},
                                             {U8, U32, {U8, U16, U32, U64, I16, I32, I64}},
                                             {U16, U32, {U16, U32, U64, I32, I64}},
                                             {U32, U32, {U32, U64, I64}},
                                             {U64, U64, {U64}}};
    return kTable;
}

}  // namespace

TEST_SUITE("dtype") {
    TEST_CASE("a scan writes its default dtype, or one that holds every value of the input") {
        const Planner planner(fullDevice());
        REQUIRE(outputTable().size() == harness::dtypeTable().size());
        for (const Outputs& row : outputTable())
            for (const harness::DtypeEntry& output : harness::dtypeTable()) {
                Problem problem = scanOf(row.input, output.dtype);
                problem.initial = ScanInitial::PerSlice;
                problem.totals = true;
                CAPTURE(harness::describe(problem));
                if (std::ranges::find(row.allowed, output.dtype) == row.allowed.end()) {
                    checkFailure(planner.status(problem), Code::InvalidArgument,
                                 std::string("outputDtype ") + output.name +
                                     " does not hold every value of input dtype " + nameOf(row.input));
                    continue;
                }
                Problem byDefault = problem;
                byDefault.outputDtype = Dtype::Default;
                if (output.dtype == row.byDefault)
                    CHECK(planner.plan(byDefault).dtypes[VKAXIS_OPERAND_OUTPUT] ==
                          static_cast<VkaxisDtype>(output.dtype));
                const Plan plan = planner.plan(problem);
                CHECK(plan.dtypes[VKAXIS_OPERAND_INPUT] == static_cast<VkaxisDtype>(row.input));
                CHECK(plan.alignments[VKAXIS_OPERAND_INPUT] == harness::elementSize(row.input));
                CHECK(plan.sizes[VKAXIS_OPERAND_INPUT] == 1000 * harness::elementSize(row.input));
                for (const auto& [operand, elements] : {std::pair{VKAXIS_OPERAND_OUTPUT, 1000},
                                                        {VKAXIS_OPERAND_INITIAL, 10},
                                                        {VKAXIS_OPERAND_TOTALS, 10}}) {
                    CHECK(plan.dtypes[operand] == static_cast<VkaxisDtype>(output.dtype));
                    CHECK(plan.alignments[operand] == output.size);
                    CHECK(plan.sizes[operand] == static_cast<VkDeviceSize>(elements) * output.size);
                }
            }
    }

    TEST_CASE("argmax writes indices of 32 or 64 bits, and values of the input's dtype") {
        const Planner planner(fullDevice());
        for (const harness::DtypeEntry& input : harness::dtypeTable())
            for (const IndexType type : {IndexType::U32, IndexType::I64}) {
                Problem problem{Op::Argminmax, input.dtype, {10, 100}, 1, {}, {}, {}, type};
                problem.values = true;
                CAPTURE(harness::describe(problem));
                const bool wide = type == IndexType::I64;
                const Plan plan = planner.plan(problem);
                for (const VkaxisOperand operand : {VKAXIS_OPERAND_OUTPUT, VKAXIS_OPERAND_MAX_OUTPUT}) {
                    CHECK(plan.dtypes[operand] == (wide ? VKAXIS_DTYPE_I64 : VKAXIS_DTYPE_U32));
                    CHECK(plan.alignments[operand] == (wide ? 8 : 4));
                    CHECK(plan.sizes[operand] == (wide ? 80 : 40));
                }
                for (const VkaxisOperand operand : {VKAXIS_OPERAND_VALUES, VKAXIS_OPERAND_MAX_VALUES}) {
                    CHECK(plan.dtypes[operand] == static_cast<VkaxisDtype>(input.dtype));
                    CHECK(plan.alignments[operand] == input.size);
                    CHECK(plan.sizes[operand] == 10 * input.size);
                }
            }
    }

    TEST_CASE("without optional features indices of every dtype and scans of wide results are planned") {
        const Planner planner;
        for (const Outputs& row : outputTable()) {
            for (const Op op : {Op::Argmax, Op::Argmin, Op::Argminmax})
                for (const std::int32_t axis : {0, 1})
                    planner.plan(Problem{op, row.input, {1000, 100}, axis});
            for (const Dtype output : row.allowed)
                for (const ScanOp op : {ScanOp::Sum, ScanOp::Prod, ScanOp::Max, ScanOp::Min}) {
                    const bool narrow = harness::elementSize(output) < 4;
                    const bool arithmetic64 = output == Dtype::F64 && op <= ScanOp::Prod;
                    if (!narrow && !arithmetic64) planner.plan(scanOf(row.input, output, op));
                }
        }
        CHECK(planner.driver.firstViolation() == "");
    }

    TEST_CASE("results that need a feature are refused without it, by its name, and planned with it alone") {
        struct Need {
            std::string message;  // what is named, and the wider dtype that needs nothing
            FakeDevice device;
            std::vector<Problem> problems;
        };
        const auto valuesOf = [](Dtype dtype) {
            Problem problem{Op::Argmax, dtype, {10, 100}, 1};
            problem.values = true;
            return problem;
        };
        using enum Dtype;
        const FakeDevice with8 = deviceWith(false, true, false), with16 = deviceWith(false, false, true);
        const FakeDevice with64 = deviceWith(true, false, false);
        const Need needs[] = {
            {"results of i8 need storageBuffer8BitAccess, which is not enabled; of i32 they would not",
             with8,
             {scanOf(I8, I8), scanOf(I8, I8, ScanOp::Max)}},
            {"results of u8 need storageBuffer8BitAccess, which is not enabled; of u32 they would not",
             with8,
             {scanOf(U8, U8), scanOf(U8, U8, ScanOp::Prod)}},
            {"results of i16 need storageBuffer16BitAccess, which is not enabled; of i32 they would not",
             with16,
             {scanOf(I8, I16), scanOf(U8, I16), scanOf(I16, I16, ScanOp::Min)}},
            {"results of u16 need storageBuffer16BitAccess, which is not enabled; of u32 they would not",
             with16,
             {scanOf(U8, U16), scanOf(U16, U16)}},
            {"results of f16 need storageBuffer16BitAccess, which is not enabled; of f32 they would not",
             with16,
             {scanOf(F16, Default), scanOf(F16, F16, ScanOp::Max)}},
            {"results of bf16 need storageBuffer16BitAccess, which is not enabled; of f32 they would not",
             with16,
             {scanOf(BF16, Default), scanOf(BF16, BF16, ScanOp::Prod)}},
            {"a sum with f64 results needs shaderFloat64, which is not enabled; one with f32 results would "
             "not",
             with64,
             {scanOf(F32, F64), scanOf(BF16, F64)}},
            {"a sum with f64 results needs shaderFloat64, which is not enabled; inputs of f64 have no other "
             "results",
             with64,
             {scanOf(F64, Default), scanOf(F64, F64)}},
            {"a product with f64 results needs shaderFloat64", with64, {scanOf(F64, F64, ScanOp::Prod)}},
            {"values of u8 need storageBuffer8BitAccess", with8, {valuesOf(U8)}},
            {"values of i8 need storageBuffer8BitAccess", with8, {valuesOf(I8)}},
            {"values of f16 need storageBuffer16BitAccess", with16, {valuesOf(F16)}},
            {"values of bf16 need storageBuffer16BitAccess", with16, {valuesOf(BF16)}},
            {"values of i16 need storageBuffer16BitAccess", with16, {valuesOf(I16)}},
            {"values of u16 need storageBuffer16BitAccess", with16, {valuesOf(U16)}},
        };
        for (const Need& need : needs) {
            CAPTURE(need.message);
            const bool is8 = need.device.enableStorage8, is16 = need.device.enableStorage16;
            const bool is64 = need.device.enableFloat64;
            const Planner without(deviceWith(!is64, !is8, !is16)), with(need.device);
            for (const Problem& problem : need.problems) {
                checkFailure(without.status(problem), Code::Unsupported, need.message);
                with.plan(problem);
            }
            CHECK(without.driver.calls("vkCreateComputePipelines") == 0);
            CHECK(with.driver.firstViolation() == "");
        }
        const Planner none;
        for (const Dtype wide : {F32, F64, I32, I64, U32, U64}) none.plan(valuesOf(wide));
    }
}

}  // namespace vkaxis::test
