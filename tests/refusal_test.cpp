// What the planning calls refuse: for each mistake the status, and a message that names the thing, its value
// and what would be right. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "harness/dtype.hpp"
#include "planner.hpp"

namespace vkaxis::test {
namespace {

using harness::Op;
using harness::Problem;

constexpr std::uint64_t kBig = std::uint64_t{1} << 32;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

VkaxisStatus planOf(VkaxisContext context, const VkaxisScanInfo* info, VkaxisPlan* plan) {
    return vkaxisPlanScan(context, info, plan);
}
VkaxisStatus planOf(VkaxisContext context, const VkaxisArgReduceInfo* info, VkaxisPlan* plan) {
    return vkaxisPlanArgReduce(context, info, plan);
}

VkaxisTensor tensorOf(VkaxisDtype dtype) {
    VkaxisTensor tensor{};
    tensor.dtype = dtype;
    tensor.rank = 3;
    tensor.extents[0] = 4;
    tensor.extents[1] = 5;
    tensor.extents[2] = 6;
    return tensor;
}

// [4, 5, 6] along axis 1, with every operand.
VkaxisScanInfo validScan(VkaxisDtype dtype = VKAXIS_DTYPE_F32) {
    VkaxisScanInfo info{};
    info.sType = VKAXIS_STRUCTURE_TYPE_SCAN_INFO;
    info.input = tensorOf(dtype);
    info.axis = 1;
    info.initial = VKAXIS_SCAN_INITIAL_PER_SLICE;
    info.totals = VK_TRUE;
    return info;
}

VkaxisArgReduceInfo validArgReduce() {
    VkaxisArgReduceInfo info{};
    info.sType = VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO;
    info.op = VKAXIS_ARGMINMAX;
    info.input = tensorOf(VKAXIS_DTYPE_F32);
    info.axis = 1;
    info.values = VK_TRUE;
    return info;
}

// Written as bytes: a cast to an enumeration must not go beyond its values.
template <class Enum>
void set(Enum& enumeration, int value) {
    static_assert(sizeof enumeration == sizeof value);
    std::memcpy(&enumeration, &value, sizeof value);
}

VkaxisLayout strided(std::initializer_list<std::uint64_t> strides) {
    VkaxisLayout layout{};
    layout.strided = VK_TRUE;
    std::copy(strides.begin(), strides.end(), layout.strides);
    return layout;
}

// A change to a valid problem, and what its refusal says; or why there is none.
template <class Info>
struct Edit {
    const char* text;
    void (*make)(Info&);
};

using ScanEdit = Edit<VkaxisScanInfo>;
using ArgReduceEdit = Edit<VkaxisArgReduceInfo>;

template <class Info>
void checkPlans(const Planner& planner, const Info& info) {
    VkaxisPlan plan;
    const VkaxisStatus status = planOf(planner.context.handle(), &info, &plan);
    CHECK_MESSAGE(status.code == VKAXIS_OK, std::string(status.message));
}

// Refused, with the plan as it was.
template <class Info>
void checkRefuses(const Planner& planner, const Info& info, const std::string& message) {
    VkaxisPlan plan, before;
    std::memset(&plan, 0x5a, sizeof plan);
    std::memcpy(&before, &plan, sizeof plan);
    checkFailure(planOf(planner.context.handle(), &info, &plan), Code::InvalidArgument, message);
    CHECK(std::memcmp(&plan, &before, sizeof plan) == 0);
}

template <class Info, std::size_t kCount>
void checkMistakes(const Info& valid, const Edit<Info> (&mistakes)[kCount]) {
    const Planner planner(fullDevice());
    checkPlans(planner, valid);
    const std::uint32_t pipelines = planner.driver.calls("vkCreateComputePipelines");
    for (const Edit<Info>& mistake : mistakes) {
        Info info = valid;
        mistake.make(info);
        checkRefuses(planner, info, mistake.text);
    }
    CHECK(planner.driver.calls("vkCreateComputePipelines") == pipelines);
}

template <class Info>
void checkPointers(const Info& valid) {
    const Planner planner(fullDevice());
    VkaxisPlan plan;
    checkFailure(planOf(nullptr, &valid, &plan), Code::InvalidArgument, "context is NULL");
    checkFailure(planOf(planner.context.handle(), static_cast<const Info*>(nullptr), &plan),
                 Code::InvalidArgument, "pInfo is NULL");
    checkFailure(planOf(planner.context.handle(), &valid, nullptr), Code::InvalidArgument, "pPlan is NULL");
}

// Of every op, of which none may take a shape.
std::vector<Problem> problemsOf(const harness::Extents& shape, std::int32_t axis) {
    std::vector<Problem> problems{{Op::Argmax, Dtype::F32, shape, axis},
                                  {Op::Argminmax, Dtype::F32, shape, axis},
                                  {Op::Scan, Dtype::F32, shape, axis},
                                  {Op::Scan, Dtype::F32, shape, axis}};
    problems.back().mode = ScanMode::IncludeInitial;
    return problems;
}

}  // namespace

TEST_SUITE("refusal") {
    TEST_CASE("missing pointers are named") {
        checkPointers(validScan());
        checkPointers(validArgReduce());
    }

    // ---- Enumerations -----------------------------------------------------------------------------------

    TEST_CASE("what is none of an enumeration's is refused with its value") {
        constexpr ScanEdit kScans[] = {
            {"sType is not VKAXIS_STRUCTURE_TYPE_SCAN_INFO",
             [](auto& info) { info.sType = VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO; }},
            {"sType", [](auto& info) { std::memset(&info, 0, sizeof info); }},
            {"pNext must be NULL", [](auto& info) { info.pNext = &info; }},
            {"mode 3 is none of VkaxisScanMode's", [](auto& info) { set(info.mode, 3); }},
            {"mode -1 is", [](auto& info) { set(info.mode, -1); }},
            {"op 4 is none of VkaxisScanOp's", [](auto& info) { set(info.op, 4); }},
            {"op -1 is", [](auto& info) { set(info.op, -1); }},
            {"initial 4 is none of VkaxisScanInitial's", [](auto& info) { set(info.initial, 4); }},
            {"initial 2147483647 is", [](auto& info) { info.initial = VKAXIS_SCAN_INITIAL_MAX_ENUM; }},
            {"outputDtype 13 is none of VkaxisDtype's", [](auto& info) { set(info.outputDtype, 13); }},
            {"outputDtype -1 is", [](auto& info) { set(info.outputDtype, -1); }},
            {"dtype 0 is none that an input may have",
             [](auto& info) { info.input.dtype = VKAXIS_DTYPE_DEFAULT; }},
            {"dtype 13 is", [](auto& info) { set(info.input.dtype, 13); }},
            {"dtype -1 is", [](auto& info) { set(info.input.dtype, -1); }},
        };
        checkMistakes(validScan(), kScans);
        constexpr ArgReduceEdit kArgReduces[] = {
            {"sType is not VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO",
             [](auto& info) { info.sType = VKAXIS_STRUCTURE_TYPE_SCAN_INFO; }},
            {"sType", [](auto& info) { std::memset(&info, 0, sizeof info); }},
            {"pNext must be NULL", [](auto& info) { info.pNext = &info; }},
            {"op 3 is none of VkaxisArgReduceOp's", [](auto& info) { set(info.op, 3); }},
            {"op -1 is", [](auto& info) { set(info.op, -1); }},
            {"indexType 2 is neither VKAXIS_INDEX_U32 nor VKAXIS_INDEX_I64",
             [](auto& info) { set(info.indexType, 2); }},
            {"tie 2 is neither VKAXIS_TIE_FIRST nor VKAXIS_TIE_LAST", [](auto& info) { set(info.tie, 2); }},
            {"tie -1 is", [](auto& info) { set(info.tie, -1); }},
            {"nan 2 is neither VKAXIS_NAN_PROPAGATE nor VKAXIS_NAN_IGNORE",
             [](auto& info) { set(info.nan, 2); }},
            {"nan 2147483647 is", [](auto& info) { info.nan = VKAXIS_NAN_MAX_ENUM; }},
            {"dtype 0 is none that an input may have",
             [](auto& info) { info.input.dtype = VKAXIS_DTYPE_DEFAULT; }},
            {"dtype 13 is", [](auto& info) { set(info.input.dtype, 13); }},
        };
        checkMistakes(validArgReduce(), kArgReduces);
    }

    // ---- Shapes -----------------------------------------------------------------------------------------

    TEST_CASE("a rank over the limit is refused and nothing beyond it read") {
        constexpr ScanEdit kScans[] = {
            {"rank 9 is over the 8 dimensions", [](auto& info) { info.input.rank = 9; }},
            {"rank 4294967295 is", [](auto& info) { info.input.rank = UINT32_MAX; }}};
        checkMistakes(validScan(), kScans);
        constexpr ArgReduceEdit kArgReduces[] = {{"rank 9 is", [](auto& info) { info.input.rank = 9; }}};
        checkMistakes(validArgReduce(), kArgReduces);
        const Planner planner;
        for (const Problem& problem : problemsOf(harness::Extents(VKAXIS_MAX_RANK + 1, 2), 0))
            checkFailure(planner.status(problem), Code::InvalidArgument, "rank 9 is");
    }

    TEST_CASE("an axis out of range is refused with the range") {
        const Planner planner;
        for (std::int32_t rank = 0; rank <= VKAXIS_MAX_RANK; ++rank) {
            const harness::Extents shape(static_cast<std::size_t>(rank), 2);
            const std::int32_t dimensions = std::max(rank, 1);
            const std::string range =
                "it must lie in " + std::to_string(-dimensions) + " to " + std::to_string(dimensions - 1);
            for (const std::int32_t axis :
                 {dimensions, -dimensions - 1, std::numeric_limits<std::int32_t>::max(),
                  std::numeric_limits<std::int32_t>::min()})
                for (const Problem& problem : problemsOf(shape, axis)) {
                    checkFailure(planner.status(problem), Code::InvalidArgument,
                                 "axis " + std::to_string(axis) + " is out of range for rank " +
                                     std::to_string(rank) + ": " + range);
                }
            for (std::int32_t axis = -dimensions; axis < dimensions; ++axis)
                for (const Problem& problem : problemsOf(shape, axis)) CHECK(planner.status(problem));
        }
    }

    TEST_CASE("a tensor of over 2^62 bytes is refused, empty or not") {
        const Planner planner(fullDevice());
        for (const harness::Extents& shape : {harness::Extents{kMost, 2},
                                              {2, kMost},
                                              {kBig, kBig},
                                              {kBig, 2, kBig},
                                              {kBig, kBig, kBig, kBig},
                                              {kMost / 4, 4},
                                              {std::uint64_t{1} << 60, 2, 1},
                                              {3, 5, kMost / 4},
                                              {kBig, 0, kBig},
                                              {kMost}})
            for (std::int32_t axis = 0; axis < static_cast<std::int32_t>(shape.size()); ++axis)
                for (const Problem& problem : problemsOf(shape, axis)) {
                    CAPTURE(harness::describe(problem));
                    checkFailure(planner.status(problem), Code::InvalidArgument,
                                 "input has more elements than fit in 2^62 bytes");
                }
        // Where only an output is too large.
        constexpr std::uint64_t kMostF32 = std::uint64_t{1} << 60;
        Problem wider{Op::Scan, Dtype::F32, {kMostF32}, 0};
        wider.outputDtype = Dtype::F64;
        Problem longer{Op::Scan, Dtype::F32, {kMostF32}, 0};
        longer.mode = ScanMode::IncludeInitial;
        for (const Problem& problem : {wider, longer, Problem{Op::Argmax, Dtype::F32, {kMostF32, 1}, 1}})
            checkFailure(planner.status(problem), Code::InvalidArgument,
                         "output has more elements than fit in 2^62 bytes");
        CHECK(planner.driver.calls("vkCreateComputePipelines") == 0);
    }

    TEST_CASE("an empty axis has no largest element") {
        const Planner planner;
        for (const Op op : {Op::Argmax, Op::Argmin, Op::Argminmax}) {
            checkFailure(planner.status({op, Dtype::F32, {0}, 0}), Code::InvalidArgument,
                         "axis 0 has extent 0");
            checkFailure(planner.status({op, Dtype::I8, {4, 0, 3}, -2}), Code::InvalidArgument,
                         "axis -2 has extent 0");
            checkFailure(planner.status({op, Dtype::F64, {0, 0}, 1}), Code::InvalidArgument,
                         "axis 1 has extent 0");
        }
    }

    TEST_CASE("indices of 32 bits refuse an axis of more than 2^32-1 elements, those of 64 bits do not") {
        const Planner planner(fullDevice());
        for (const Op op : {Op::Argmax, Op::Argmin, Op::Argminmax})
            for (const Dtype dtype : {Dtype::U8, Dtype::F64})
                for (const IndexType type : {IndexType::U32, IndexType::I64})
                    for (const std::uint64_t extent : {kBig - 1, kBig, 5 * kBig}) {
                        const Problem problem{op, dtype, {2, extent}, 1, {}, {}, {}, type};
                        CAPTURE(harness::describe(problem));
                        const Status status = planner.status(problem);
                        if (type == IndexType::I64 || extent < kBig)
                            CHECK(status);
                        else
                            checkFailure(
                                status, Code::InvalidArgument,
                                "axis 1 has " + std::to_string(extent) +
                                    " elements, over 2^32-1, which takes indices of VKAXIS_INDEX_I64");
                    }
    }

    TEST_CASE("a grid that the device cannot dispatch is refused with its size") {
        FakeDevice small;
        small.maxWorkgroupCount = 10;
        struct Case {
            FakeDevice device;
            Problem problem;
            const char* needs;
        };
        for (const Case& c :
             {Case{{}, {Op::Argmax, Dtype::F32, {1024 * kBig, 2}, 1}, "arg_columns needs 17179869184"},
              {{}, {Op::Scan, Dtype::F32, {1024 * kBig, 2}, 1}, "scan_columns needs 17179869184"},
              {small, {Op::Argmax, Dtype::F32, {1 << 20, 1000}, 1}, "arg_rows needs 131072"},
              {small, {Op::Scan, Dtype::F32, {1 << 20, 1000}, 1}, "scan_rows needs 1048576"}}) {
            const Planner planner(c.device);
            checkFailure(planner.status(c.problem), Code::Unsupported,
                         c.needs + std::string(" workgroups, more than the device can dispatch at once"));
            CHECK(planner.driver.calls("vkCreateComputePipelines") == 0);
        }
    }

    // ---- Views ------------------------------------------------------------------------------------------

    TEST_CASE("strides that reach too far are refused with the view and the dimension") {
        constexpr ScanEdit kScans[] = {
            {"input stride 1152921504606846977 of dimension 1 is over 2^62 bytes",
             [](auto& info) {
                 info.input.layout = strided({1, (std::uint64_t{1} << 60) + 1, 1});
             }},
            {"input reaches over 2^62 bytes",
             [](auto& info) {
                 info.input.layout = strided({std::uint64_t{1} << 59, 6, 1});
             }},
            {"input reaches over",  // though no dimension does alone
             [](auto& info) {
                 info.input.layout = strided({std::uint64_t{1} << 58, std::uint64_t{1} << 58, 1});
             }},
            {"output stride 18446744073709551615 of dimension 2 is over",
             [](auto& info) {
                 info.outputLayout = strided({1, 1, kMost});
             }},
            {"output reaches over",
             [](auto& info) {
                 info.outputLayout = strided({30, 6, std::uint64_t{1} << 59});
             }},
            {"initial stride 18446744073709551615 of dimension 1 is over",
             [](auto& info) {
                 info.initialLayout = strided({1, kMost});
             }},
            {"initial reaches over",
             [](auto& info) {
                 info.initialLayout = strided({std::uint64_t{1} << 59, 1});
             }},
            {"totals stride 18446744073709551615 of dimension 0 is over",
             [](auto& info) {
                 info.totalsLayout = strided({kMost, 1});
             }},
            {"totals reaches over",
             [](auto& info) {
                 info.totalsLayout = strided({std::uint64_t{1} << 59, 1});
             }},
        };
        checkMistakes(validScan(), kScans);
        constexpr ArgReduceEdit kArgReduces[] = {
            {"input stride 18446744073709551615 of dimension 0 is over",
             [](auto& info) {
                 info.input.layout = strided({kMost, 1, 1});
             }},
            {"output stride 18446744073709551615 of dimension 1 is over",
             [](auto& info) {
                 info.outputLayout = strided({1, kMost});
             }},
            {"values reaches over",
             [](auto& info) {
                 info.valuesLayout = strided({std::uint64_t{1} << 59, 1});
             }},
        };
        checkMistakes(validArgReduce(), kArgReduces);
    }

    TEST_CASE("outputs that overlap themselves are refused with the dimension that does") {
        constexpr ScanEdit kScans[] = {
            {"output overlaps itself: a dimension of extent 4 has stride 0, and others reach over 1 elements",
             [](auto& info) {
                 info.outputLayout = strided({0, 6, 1});
             }},
            {"output overlaps itself: a dimension of extent 5 has stride 5, and others reach over 6 elements",
             [](auto& info) {
                 info.outputLayout = strided({30, 5, 1});
             }},
            {"extent 4 has stride 29, and others reach over 30",
             [](auto& info) {
                 info.outputLayout = strided({29, 6, 1});
             }},
            {"extent 6 has stride 1, and others reach over 4",  // interleaved, though no two elements meet
             [](auto& info) {
                 info.outputLayout = strided({1, 60, 1});
             }},
            {"extent 5 has stride 30, and others reach over 37",  // include-initial is longer along the axis
             [](auto& info) {
                 info.mode = VKAXIS_SCAN_INCLUDE_INITIAL;
                 info.axis = 2;
                 info.outputLayout = strided({180, 30, 6});
             }},
            {"totals overlaps itself: a dimension of extent 4 has stride 5",
             [](auto& info) {
                 info.totalsLayout = strided({5, 1});
             }},
        };
        checkMistakes(validScan(), kScans);
        constexpr ArgReduceEdit kArgReduces[] = {
            {"output overlaps itself: a dimension of extent 6 has stride 0",
             [](auto& info) {
                 info.outputLayout = strided({1, 0});
             }},
            {"values overlaps itself: a dimension of extent 6 has stride 3",
             [](auto& info) {
                 info.valuesLayout = strided({1, 3});
             }},
        };
        checkMistakes(validArgReduce(), kArgReduces);
    }

    TEST_CASE("views that overlap nothing, and strides that nobody reads, are accepted") {
        constexpr ScanEdit kScans[] = {
            {"broadcast input",
             [](auto& info) {
                 info.input.layout = strided({0, 0, 0});
             }},
            {"overlapping input",
             [](auto& info) {
                 info.input.layout = strided({1, 1, 1});
             }},
            {"broadcast initial values",
             [](auto& info) {
                 info.initialLayout = strided({0, 0});
             }},
            {"transposed output",
             [](auto& info) {
                 info.outputLayout = strided({1, 4, 20});
             }},
            {"stepped output",
             [](auto& info) {
                 info.outputLayout = strided({90, 18, 3});
             }},
            {"an immense stride of one element",
             [](auto& info) {
                 info.input.extents[0] = 1;
                 info.input.layout = strided({~0ull, 6, 1});
             }},
            {"a dimension of one element",
             [](auto& info) {
                 info.input.extents[0] = 1;
                 info.outputLayout = strided({0, 6, 1});
             }},
            {"a dimension without elements",
             [](auto& info) {
                 info.input.extents[0] = 0;
                 info.outputLayout = strided({0, 0, 0});
             }},
            {"strides of a dense tensor",
             [](auto& info) {
                 info.outputLayout = strided({0, 0, kMost});
                 info.outputLayout.strided = VK_FALSE;
             }},
            {"strides beyond the rank",
             [](auto& info) {
                 info.outputLayout = strided({30, 6, 1, kMost});
             }},
            {"strides of a scalar",
             [](auto& info) {
                 info.input.rank = 0;
                 info.axis = 0;
                 info.input.layout = info.outputLayout = strided({kMost});
             }},
            {"initial values that are not read",
             [](auto& info) {
                 info.initial = VKAXIS_SCAN_INITIAL_DEVICE;
                 info.initialLayout = strided({kMost, kMost});
             }},
            {"totals that are not written",
             [](auto& info) {
                 info.totals = VK_FALSE;
                 info.totalsLayout = strided({0, 0});
             }},
        };
        const Planner planner(fullDevice());
        for (const ScanEdit& allowed : kScans) {
            CAPTURE(std::string(allowed.text));
            VkaxisScanInfo info = validScan();
            allowed.make(info);
            checkPlans(planner, info);
        }
        VkaxisArgReduceInfo unwritten = validArgReduce();
        unwritten.values = VK_FALSE;
        unwritten.valuesLayout = strided({0, 0});
        checkPlans(planner, unwritten);
    }

    TEST_CASE("the C++ face refuses strides that are not one per dimension") {
        const Planner planner(fullDevice());
        const std::uint64_t extents[] = {4, 5, 6}, three[] = {30, 6, 1}, two[] = {6, 1};
        const Tensor dense{Dtype::F32, extents};
        Scan scans[4], rightScan;
        for (Scan& scan : scans) scan.input = dense;
        scans[0].input.strides = two;
        scans[1].outputStrides = two;
        scans[2].initialStrides = three;
        scans[3].totalsStrides = three;
        for (const Scan& scan : scans)
            checkFailure(planner.context.plan(scan).status, Code::InvalidArgument, "strides");
        rightScan = {.input = {Dtype::F32, extents, three}, .outputStrides = three};
        rightScan.initialStrides = rightScan.totalsStrides = two;
        rightScan.initial = ScanInitial::PerSlice;
        rightScan.totals = true;
        planner.plan(rightScan);

        ArgReduce argReduces[3], rightArgReduce;
        for (ArgReduce& argReduce : argReduces) argReduce.input = dense;
        argReduces[0].input.strides = two;
        argReduces[1].outputStrides = three;
        argReduces[2].valuesStrides = three;
        for (const ArgReduce& argReduce : argReduces)
            checkFailure(planner.context.plan(argReduce).status, Code::InvalidArgument, "strides");
        rightArgReduce.input = {Dtype::F32, extents, three};
        rightArgReduce.outputStrides = rightArgReduce.valuesStrides = two;
        rightArgReduce.values = true;
        planner.plan(rightArgReduce);
    }

    // ---- Initial values ---------------------------------------------------------------------------------

    TEST_CASE("an initial value that the output cannot hold is refused with its value and the dtype") {
        struct Range {
            VkaxisDtype dtype;
            std::int64_t lowest;
            std::uint64_t highest;
        };
        constexpr Range kRanges[] = {{VKAXIS_DTYPE_I8, -128, 127},
                                     {VKAXIS_DTYPE_I16, -32768, 32767},
                                     {VKAXIS_DTYPE_I32, INT32_MIN, INT32_MAX},
                                     {VKAXIS_DTYPE_I64, INT64_MIN, INT64_MAX},
                                     {VKAXIS_DTYPE_U8, 0, 255},
                                     {VKAXIS_DTYPE_U16, 0, 65535},
                                     {VKAXIS_DTYPE_U32, 0, UINT32_MAX},
                                     {VKAXIS_DTYPE_U64, 0, kMost}};
        const Planner planner(fullDevice());
        for (const Range& range : kRanges) {
            const bool isSigned = range.dtype <= VKAXIS_DTYPE_I64;
            const std::string name = harness::nameOf(static_cast<Dtype>(range.dtype));
            CAPTURE(name);
            VkaxisScanInfo info = validScan(range.dtype);
            info.outputDtype = range.dtype;
            const auto refuses = [&](const std::string& value) {
                info.initial = VKAXIS_SCAN_INITIAL_HOST;
                checkRefuses(planner, info, "initialValue " + value + " does not fit " + name);
                info.initial = VKAXIS_SCAN_INITIAL_DEVICE;
                checkPlans(planner, info);
            };
            info.initial = VKAXIS_SCAN_INITIAL_HOST;
            info.initialValue.i64 = range.lowest;
            checkPlans(planner, info);
            info.initialValue.u64 = range.highest;
            checkPlans(planner, info);
            if (isSigned && range.lowest != INT64_MIN) {
                info.initialValue.i64 = range.lowest - 1;
                refuses(std::to_string(range.lowest - 1));
            }
            if (isSigned ? range.highest != INT64_MAX : range.highest != kMost) {
                info.initialValue.u64 = range.highest + 1;
                refuses(std::to_string(range.highest + 1));
            }
        }
        for (const VkaxisDtype dtype : {VKAXIS_DTYPE_F16, VKAXIS_DTYPE_F32, VKAXIS_DTYPE_F64}) {
            VkaxisScanInfo info = validScan(dtype);
            info.initial = VKAXIS_SCAN_INITIAL_HOST;
            info.initialValue.f64 = std::numeric_limits<double>::max();
            checkPlans(planner, info);
        }
    }
}

}  // namespace vkaxis::test
