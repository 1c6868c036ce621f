#include "harness/large.hpp"

#include "harness/combinations.hpp"

namespace vkaxis::harness {
namespace {

constexpr std::uint64_t k31 = std::uint64_t{1} << 31;
constexpr std::uint64_t k32 = std::uint64_t{1} << 32;

// An extreme at a place along the axis; in the slices after the first one further each.
Case peakAt(std::uint64_t place, Problem problem, std::string_view view = "dense") {
    return {.problem = std::move(problem), .distribution = Distribution::Peak, .seed = place, .view = view};
}

}  // namespace

std::vector<Case> largeCases(std::uint64_t seed) {
    const auto i64 = IndexType::I64;
    const auto u32 = IndexType::U32;
    std::vector<Case> cases{
        // One row: beyond byte 2^31 and 2^32, element 2^31 and 2^32.
        peakAt(k31 / 4 + 5, {.op = Op::Argmax, .shape = {k31 / 4 + 1000}, .indexType = u32}),
        peakAt(k32 / 4 + 5, {.op = Op::Argmin, .shape = {k32 / 4 + 1000}, .indexType = u32}),
        peakAt(k31 + 7, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {k31 + 1000}, .indexType = u32}),
        peakAt(k32 + 9, {.op = Op::Argmax, .dtype = Dtype::I8, .shape = {k32 + 1000}, .indexType = i64}),
        peakAt(k32 + 9, {.op = Op::Argminmax, .dtype = Dtype::BF16, .shape = {k32 + 1000}, .indexType = i64}),
        // Few rows, many rows, and more slices than 2^31.
        peakAt(k32 + 11, {.op = Op::Argmin,
                          .dtype = Dtype::U8,
                          .shape = {2, k32 + 1001},
                          .indexType = i64,
                          .tie = Tie::Last,
                          .values = true}),
        peakAt(39990, {.op = Op::Argmax, .dtype = Dtype::F16, .shape = {70000, 40001}, .indexType = u32}),
        peakAt(1, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {k31 + 3, 2}, .indexType = u32}),
        // Columns: narrow ones longer than 2^32, wide ones, and many tensors of them.
        peakAt(k32 + 3,
               {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {k32 + 5, 2}, .axis = 0, .indexType = i64}),
        peakAt(299990, {.op = Op::Argmin, .shape = {300000, 5001}, .axis = 0, .indexType = u32}),
        peakAt(
            5,
            {.op = Op::Argmax, .dtype = Dtype::I64, .shape = {40000, 7, 5000}, .axis = 1, .indexType = i64}),
        // Strided.
        peakAt(39990, {.op = Op::Argmax, .shape = {40000, 40001}, .indexType = u32}, "transposed"),
        peakAt(k31 + 5, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {2, k31 + 9}, .indexType = u32},
               "padded"),
    };
    const std::vector<Problem> scans{
        {.op = Op::Scan, .dtype = Dtype::U8, .shape = {k32 + 1000}},
        {.op = Op::Scan, .dtype = Dtype::I8, .shape = {k32 + 77}, .reverse = true, .outputDtype = Dtype::I8},
        {.op = Op::Scan,
         .dtype = Dtype::U16,
         .shape = {2, k31 + 9},
         .scanOp = ScanOp::Max,
         .outputDtype = Dtype::U16},
        {.op = Op::Scan, .shape = {k31 + 1000}, .mode = ScanMode::Exclusive},
        {.op = Op::Scan, .dtype = Dtype::I64, .shape = {k31 / 2 + 5}, .mode = ScanMode::IncludeInitial},
        {.op = Op::Scan, .dtype = Dtype::U8, .shape = {k32 + 5, 2}, .axis = 0, .outputDtype = Dtype::U8},
        {.op = Op::Scan, .dtype = Dtype::U8, .shape = {70000, 70001}, .axis = 0, .totals = true},
        {.op = Op::Scan, .dtype = Dtype::I16, .shape = {k31 / 2 + 3, 3}, .outputDtype = Dtype::I16},
    };
    for (const Problem& problem : scans)
        cases.push_back({.problem = problem, .distribution = Distribution::Integers, .seed = seed});
    for (Case& testCase : cases) {
        testCase.regime = "large";
        complete(testCase);
    }
    return cases;
}

}  // namespace vkaxis::harness
