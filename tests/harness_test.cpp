// The harness tested without a GPU: element types, views, generator, canaries, cases and reports.
#include "harness/combinations.hpp"
#include "harness/covering.hpp"
#include "harness/guarded_tensor.hpp"
#include "harness/report.hpp"
#include "harness/seeds.hpp"
#include "harness/slices.hpp"

#include "test_tensors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Problem scanProblem(std::uint64_t extent) {
    return {.op = Op::Scan, .shape = {extent}, .axis = 0};
}

// The filter that leaves a case alone, out of everything that its arguments say.
CaseFilter filterOf(const Case& testCase) {
    const Problem& problem = testCase.problem;
    CaseFilter filter;
    filter.ops = {problem.op};
    filter.dtypes = {problem.dtype};
    filter.distributions = {testCase.distribution};
    filter.views = {std::string(testCase.view)};
    filter.outputViews = {std::string(testCase.outputView)};
    for (const Option& option : entryOf(problem.op).options)
        if (option.get(problem) != option.defaultValue() || std::string(option.name) == "mode")
            filter.options[option.name] = {option.valueOf(problem)};
    filter.shape = {problem.shape, problem.axis};
    filter.placement = testCase.options;
    filter.seed = testCase.seed;
    return filter;
}

}  // namespace

TEST_SUITE("harness") {
    // ---- Element types ----

    TEST_CASE("the dtypes have the order of the enumeration, and their names") {
        for (const DtypeEntry& dtype : dtypeTable()) {
            CHECK(&entryOf(dtype.dtype) == &dtype);
            CHECK(*findDtype(dtype.name) == dtype.dtype);
            const Option* option = findOption(entryOf(Op::Scan), "out-dtype");
            CHECK(std::string(option->values[static_cast<std::size_t>(dtype.dtype)]) == dtype.name);
        }
        CHECK(findDtype("f8") == nullptr);
        CHECK(findDtype("default") == nullptr);
    }

    TEST_CASE("16-bit floats survive being widened, and are the nearest, even on ties") {
        for (const Dtype name : {Dtype::F16, Dtype::BF16}) {
            const DtypeEntry& dtype = entryOf(name);
            CAPTURE(dtype.name);
            double before = 0;
            for (std::uint64_t bits = 0; bits < dtype.infinity(); ++bits) {
                const double number = decodeFloat(dtype, bits);
                const double middle = std::midpoint(before, number);
                const std::uint64_t even = bits % 2 == 0 ? bits : bits - 1;
                REQUIRE(encodeFloat(dtype, number) == bits);
                REQUIRE(encodeFloat(dtype, -number) == (bits | dtype.sign()));
                if (bits != 0) {
                    REQUIRE(number > before);
                    REQUIRE(encodeFloat(dtype, middle) == even);
                    REQUIRE(encodeFloat(dtype, std::nextafter(middle, 1e300)) == bits);
                    REQUIRE(encodeFloat(dtype, std::nextafter(middle, 0)) == bits - 1);
                }
                before = number;
            }
            const double beyond = before + (before - decodeFloat(dtype, dtype.infinity() - 2)) / 2;
            CHECK(encodeFloat(dtype, beyond) == dtype.infinity());
            CHECK(encodeFloat(dtype, std::nextafter(beyond, 0)) == dtype.infinity() - 1);
            CHECK(encodeFloat(dtype, -1e300) == (dtype.infinity() | dtype.sign()));
            CHECK(encodeFloat(dtype, 1e-300) == 0);
            CHECK(std::isinf(decodeFloat(dtype, dtype.infinity())));
            CHECK(std::isnan(decodeFloat(dtype, dtype.infinity() + 1)));
            CHECK(dtype.isNan(encodeFloat(dtype, std::nan(""))));
        }
        CHECK(decodeFloat(entryOf(Dtype::F16), 0x3c01) == 1 + 0x1p-10);
        CHECK(decodeFloat(entryOf(Dtype::F16), 0x0001) == 0x1p-24);
        CHECK(decodeFloat(entryOf(Dtype::F16), 0xfbff) == -65504);
        CHECK(decodeFloat(entryOf(Dtype::BF16), 0x3f81) == 1 + 0x1p-7);
        CHECK(decodeFloat(entryOf(Dtype::F64), 0x3ff0000000000001) == 1 + 0x1p-52);
    }

    TEST_CASE("wider dtypes hold narrower ones of their kind") {
        CHECK(holds(Dtype::F64, Dtype::BF16));
        CHECK(holds(Dtype::I16, Dtype::U8));
        CHECK(holds(Dtype::I8, Dtype::I8));
        CHECK_FALSE(holds(Dtype::U16, Dtype::I8));
        CHECK_FALSE(holds(Dtype::F16, Dtype::BF16));
        CHECK_FALSE(holds(Dtype::F32, Dtype::I8));
        CHECK_FALSE(holds(Dtype::I8, Dtype::I16));
    }

    // ---- Views ----

    TEST_CASE("views are what they are called") {
        const Extents shape{2, 3, 4};
        const auto strides = [&](const char* name) { return findView(name)->strides(shape, 1); };
        CHECK(strides("dense").empty());
        CHECK(strides("transposed") == harness::Strides{1, 2, 6});
        CHECK(strides("permuted") == harness::Strides{4, 8, 1});
        CHECK(strides("padded") == harness::Strides{21, 7, 1});
        CHECK(strides("stepped") == harness::Strides{90, 27, 2});
        CHECK(strides("repeated") == harness::Strides{3, 1, 0});
        CHECK(strides("constant") == harness::Strides{4, 0, 1});
        CHECK(storageSize(shape, strides("constant"), Dtype::I16) == 16);
        CHECK(storageSize(shape, {}, Dtype::F64) == 192);
        CHECK(storageSize({}, {}, Dtype::F64) == 8);
        CHECK(storageSize(Extents{3, 0}, harness::Strides{5, 1}, Dtype::F64) == 0);
    }

    TEST_CASE("no two elements of an output's view share a place, as the sorted strides show") {
        for (const Regime& regime : regimes())
            for (const auto& [shape, axis] : regime.shapes)
                for (const ViewEntry& view : viewTable()) {
                    if (view.inputOnly || std::string(view.name) == "dense") continue;
                    const auto strides =
                        view.strides(shape, slicesOf({.op = Op::Scan, .shape = shape, .axis = axis}).inner);
                    std::vector<std::pair<std::uint64_t, std::uint64_t>> sorted;
                    for (std::size_t i = 0; i < shape.size(); ++i) sorted.emplace_back(strides[i], shape[i]);
                    std::ranges::sort(sorted);
                    std::uint64_t reach = 0;
                    for (const auto& [stride, extent] : sorted) {
                        CHECK((extent == 1 || stride > reach));
                        reach += (extent - 1) * stride;
                    }
                }
    }

    TEST_CASE("every element is visited once, at its place") {
        const auto placesOf = [](const Extents& shape, const harness::Strides& strides) {
            std::vector<std::uint64_t> places(elementCount(shape), 1 << 30);
            forEachPlace(shape, strides, [&](std::uint64_t element, std::uint64_t place) {
                CHECK(std::exchange(places[element], place) == 1 << 30);
            });
            return places;
        };
        using Places = std::vector<std::uint64_t>;
        CHECK(placesOf({2, 3}, {1, 10}) == Places{0, 10, 20, 1, 11, 21});
        CHECK(placesOf({}, {}) == Places{0});
        forEachPlace(Extents{3, 0}, {},
                     [](std::uint64_t, std::uint64_t) { FAIL_CHECK("an element of nothing"); });
        const Places large = placesOf({700, 1001}, {1, 700});
        for (std::uint64_t element = 0; element < large.size(); ++element)
            REQUIRE(large[element] == element / 1001 + element % 1001 * 700);
    }

    // ---- Canaries ----

    TEST_CASE("a damaged byte is found anywhere in a canary") {
        constexpr std::uint32_t kWord = 0x7f4badedU;
        std::vector<std::byte> canary = bytesOf(std::vector<std::uint32_t>(100, kWord));
        CHECK_FALSE(firstOtherByte(canary, 0, kWord));
        for (const std::size_t byte : {0U, 1U, 7U, 200U, 399U}) {
            auto damaged = canary;
            damaged[byte] ^= std::byte{1};
            CHECK(firstOtherByte(damaged, 0, kWord) == byte);
        }
        CHECK_FALSE(firstOtherByte({}, 0, kWord));
        CHECK_FALSE(firstOtherByte(std::span(canary).subspan(3, 50), 3, kWord));
        fillWithWord(std::span(canary).subspan(5, 7), 1, kWord);
        CHECK_FALSE(firstOtherByte(canary, 0, kWord));
    }

    // ---- Generator ----

    TEST_CASE("an input is a function of its seed and distribution, and of nothing else") {
        for (const Case& testCase : combinedCases(1)) {
            const auto input = generate(testCase.problem, testCase.distribution, 11);
            REQUIRE(input.size() == inputSize(testCase.problem));
            CHECK(input == generate(testCase.problem, testCase.distribution, 11));
        }
        const Problem problem = scanProblem(1000);
        CHECK(generate(problem, Distribution::Uniform, 1) != generate(problem, Distribution::Uniform, 2));
        CHECK(generate(problem, Distribution::Uniform, 1) != generate(problem, Distribution::Normal, 1));
    }

    TEST_CASE("an element does not depend on where its view puts it, and gaps are tempting") {
        Problem problem{.op = Op::Argmax, .dtype = Dtype::I16, .shape = {7, 5, 6}, .axis = 1};
        const auto dense = generate(problem, Distribution::Uniform, 3);
        for (const char* name : {"transposed", "permuted", "padded", "stepped"}) {
            CAPTURE(std::string(name));
            setViews(problem, *findView(name), viewTable()[0]);
            auto storage = generate(problem, Distribution::Uniform, 3);
            forEachPlace(problem.shape, problem.strides, [&](std::uint64_t element, std::uint64_t place) {
                CHECK(load<std::int16_t>(storage.data(), place) == load<std::int16_t>(dense.data(), element));
                store<std::int16_t>(storage.data(), place, 0x7f7f);
            });
            CHECK_FALSE(firstOtherByte(storage, 0, 0x7f7f7f7f));
        }
    }

    TEST_CASE("what lies beyond a tensor would win, or spoil") {
        for (const DtypeEntry& dtype : dtypeTable())
            for (const Op op : {Op::Argmax, Op::Argmin, Op::Scan})
                for (const Nan nan : {Nan::Propagate, Nan::Ignore}) {
                    Problem problem{.op = op, .dtype = dtype.dtype, .shape = {9}, .axis = 0, .nan = nan};
                    auto input = generate(problem, Distribution::Ties, 1);
                    const std::span<std::byte> last = std::span(input).last(dtype.size);
                    fillWithWord(last, 0, temptingWord(problem));
                    CAPTURE(describe(problem));
                    const Outputs outputs = entryOf(op).reference(problem, {input});
                    if (op != Op::Scan)
                        CHECK(load<std::int64_t>(outputs.output.data(), 0) ==
                              (temptingWord(problem) != 0 ? 8 : 0));
                    else if (dtype.isFloat())
                        CHECK(dtype.isNan(loadBits(outputs.output.data(), 8, dtype.size)));
                }
    }

    TEST_CASE("a peak stands where the seed says, in every slice") {
        for (const DtypeEntry& dtype : dtypeTable())
            for (const Op op : {Op::Argmax, Op::Argmin, Op::Argminmax}) {
                const Problem problem{.op = op, .dtype = dtype.dtype, .shape = {3, 10, 5}, .axis = 1};
                const auto input = generate(problem, Distribution::Peak, 4);
                const Outputs outputs = entryOf(op).reference(problem, {input});
                const bool both = op == Op::Argminmax;
                const std::vector<std::byte>& peaks = both ? outputs.maxOutput : outputs.output;
                for (std::uint64_t slice = 0; slice < 15; ++slice) {
                    CHECK(load<std::uint64_t>(peaks.data(), slice) == (4 + slice) % 10);
                    if (both) CHECK(load<std::uint64_t>(outputs.output.data(), slice) == (9 + slice) % 10);
                }
            }
        const auto impulse = generate(scanProblem(10), Distribution::Peak, 13);
        for (std::uint64_t i = 0; i < 10; ++i) CHECK(load<float>(impulse.data(), i) == (i == 3 ? 1 : 0));
    }

    TEST_CASE("distributions hold what they promise") {
        const Problem problem{.op = Op::Scan, .shape = {64, 5000}, .axis = 1};
        const auto count = [&](Distribution distribution, const auto& predicate) {
            const auto input = generate(problem, distribution, 9);
            std::uint64_t found = 0;
            for (std::uint64_t i = 0; i < input.size() / 4; ++i)
                found += predicate(load<float>(input.data(), i));
            return found;
        };
        constexpr std::uint64_t kAll = 64 * 5000;
        CHECK(count(Distribution::Uniform, [](float x) { return x >= 0 && x < 1; }) == kAll);
        CHECK(count(Distribution::Uniform, [](float x) { return x < 0.5F; }) ==
              doctest::Approx(kAll / 2).epsilon(0.01));
        CHECK(count(Distribution::Normal, [](float x) { return std::fabs(x) < 1; }) ==
              doctest::Approx(0.67 * kAll).epsilon(0.02));
        CHECK(count(Distribution::Normal, [](float x) { return x < 0; }) ==
              doctest::Approx(kAll / 2).epsilon(0.01));
        CHECK(count(Distribution::Denormal,
                    [](float x) { return std::fabs(x) < std::numeric_limits<float>::min(); }) == kAll);
        CHECK(count(Distribution::Integers,
                    [](float x) { return std::trunc(x) == x && std::fabs(x) <= 1000; }) == kAll);
        const auto nans = count(Distribution::Nan, [](float x) { return std::isnan(x); });
        CHECK(nans > kAll / 200);
        CHECK(nans < kAll / 20);
        const auto negative = count(Distribution::Infinities, [](float x) { return x == -kInfinity; });
        const auto positive = count(Distribution::Infinities, [](float x) { return x == kInfinity; });
        CHECK(negative > 0);
        CHECK(positive > 0);
        CHECK(count(Distribution::Infinities, [](float x) { return std::isnan(x); }) == 0);
        CHECK(count(Distribution::Ties, [](float x) { return x == 0 && std::signbit(x); }) > 0);
        CHECK(count(Distribution::Nan,
                    [](float x) { return std::bit_cast<std::uint32_t>(x) == 0xffffffff; }) > 0);
        CHECK(count(Distribution::Nan, [](float x) {
                  return std::isnan(x) && (std::bit_cast<std::uint32_t>(x) & 0x00400000U) == 0;
              }) > 0);
        CHECK(count(Distribution::Factors,
                    [](float x) { return std::fabs(x) >= 0.5F && std::fabs(x) <= 2; }) == kAll);
    }

    TEST_CASE("every dtype meets NaN, infinities of both signs, denormals and its extremes") {
        for (const DtypeEntry& dtype : dtypeTable()) {
            CAPTURE(dtype.name);
            const Problem problem{.op = Op::Scan, .dtype = dtype.dtype, .shape = {64, 500}, .axis = 1};
            const auto has = [&](Distribution distribution, std::uint64_t bits) {
                const auto input = generate(problem, distribution, 2);
                for (std::uint64_t i = 0; i < 64 * 500; ++i)
                    if (loadBits(input.data(), i, dtype.size) == bits) return true;
                return false;
            };
            if (dtype.isFloat()) {
                CHECK(has(Distribution::Nan, dtype.mask()));
                CHECK(has(Distribution::Infinities, dtype.infinity()));
                CHECK(has(Distribution::Infinities, dtype.infinity() | dtype.sign()));
                CHECK(has(Distribution::Extremes, 1 | dtype.sign()));
                CHECK(has(Distribution::Extremes, dtype.infinity() - 1));
            } else {
                CHECK(has(Distribution::Extremes, dtype.mask()));
                CHECK(has(Distribution::Extremes, dtype.lowest()));
                CHECK(has(Distribution::Extremes, dtype.highest()));
                CHECK_FALSE(suits(Distribution::Nan, dtype.dtype));
            }
        }
    }

    TEST_CASE("products of factors neither grow nor vanish") {
        for (const Dtype dtype : {Dtype::F16, Dtype::BF16, Dtype::F32, Dtype::F64}) {
            const Problem problem{.op = Op::Scan,
                                  .dtype = dtype,
                                  .shape = {20000},
                                  .axis = 0,
                                  .scanOp = ScanOp::Prod,
                                  .outputDtype = Dtype::F64};
            const auto input = generate(problem, Distribution::Factors, 2);
            const Outputs outputs = entryOf(Op::Scan).reference(problem, {input});
            CAPTURE(nameOf(dtype));
            for (std::uint64_t i = 0; i < 20000; i += 999) {
                CHECK(std::fabs(load<double>(outputs.output.data(), i)) > 0.05);
                CHECK(std::fabs(load<double>(outputs.output.data(), i)) < 20);
            }
        }
    }

    // ---- Cases ----

    TEST_CASE("a covering array has every pair that goes together, and no other") {
        const std::vector<std::size_t> levels{5, 3, 4, 2, 6};
        const auto compatible = [](Choice a, Choice b) {
            if (a.factor > b.factor) std::swap(a, b);
            return !(a.factor == 0 && b.factor == 4 && b.level > a.level + 1);
        };
        const std::vector<Row> rows = coveringArray(levels, compatible);
        CHECK(rows.size() < 50);
        for (std::size_t a = 0; a < levels.size(); ++a)
            for (std::size_t b = a + 1; b < levels.size(); ++b)
                for (std::size_t i = 0; i < levels[a]; ++i)
                    for (std::size_t j = 0; j < levels[b]; ++j)
                        CHECK(std::ranges::any_of(rows, [&](const Row& row) {
                                  return row[a] == i && row[b] == j;
                              }) == compatible({a, i}, {b, j}));
    }

    // What a case is made of, each as "name value".
    std::vector<std::string> choicesOf(const Case& testCase) {
        const Problem& problem = testCase.problem;
        const OpEntry& entry = entryOf(problem.op);
        std::vector<std::string> choices{
            std::string("dtype ") + nameOf(problem.dtype),
            "view " + std::string(testCase.view),
            "output-view " + std::string(testCase.outputView),
            "regime " + std::string(testCase.regime),
            std::string("distribution ") + entryOf(testCase.distribution).name,
            "misalign " + std::to_string(testCase.options.misalignment),
            std::string("op ") + entry.name,
            std::string("in-place ") + (testCase.options.inPlace ? "yes" : "no")};
        for (const Option& option : entry.options)
            choices.push_back(std::string(option.name) + " " + option.valueOf(problem));
        return choices;
    }

    TEST_CASE("a full run and a quick one meet every two choices that go together") {
        for (const bool quick : {false, true}) {
            CaseFilter filter;
            filter.quick = quick;
            std::set<std::string> choices;
            std::set<std::string> pairs;
            for (const Case& testCase : standardCases(filter)) {
                const auto made = choicesOf(testCase);
                choices.insert(made.begin(), made.end());
                for (const std::string& a : made)
                    for (const std::string& b : made) pairs.insert(a + ", " + b);
                CHECK((supportsInPlace(testCase.problem) || !testCase.options.inPlace));
            }
            for (const OpEntry& op : opTable()) {
                CHECK(choices.contains(std::string("op ") + op.name));
                for (const Option& option : op.options)
                    for (const char* value : option.values)
                        CHECK_MESSAGE(choices.contains(std::string(option.name) + " " + value),
                                      option.name << " " << value);
            }
            for (const DtypeEntry& dtype : dtypeTable())
                CHECK(choices.contains(std::string("dtype ") + dtype.name));
            for (const ViewEntry& view : viewTable()) {
                CHECK(choices.contains(std::string("view ") + view.name));
                CHECK((view.inputOnly || choices.contains(std::string("output-view ") + view.name)));
            }
            for (const Regime& regime : regimes())
                CHECK(choices.contains("regime " + std::string(regime.name)));
            for (const DtypeEntry& dtype : dtypeTable())
                for (const DistributionEntry& distribution : distributionTable())
                    CHECK(pairs.contains(std::string("dtype ") + dtype.name + ", distribution " +
                                         distribution.name) == suits(distribution.distribution, dtype.dtype));
            for (const char* pair :
                 {"view stepped, output-view permuted", "nan ignore, tie last", "scan-op max, in-place yes",
                  "init slice, reverse yes", "totals yes, mode include-initial", "out-dtype i64, dtype u8",
                  "out-dtype f64, dtype bf16", "values yes, op argminmax", "view constant, regime 1-d",
                  "misalign 3, dtype i8", "view repeated, dtype f64", "in-place yes, view stepped"})
                CHECK_MESSAGE(pairs.contains(pair), pair);
            CHECK_FALSE(pairs.contains("out-dtype f16, dtype bf16"));
        }
    }

    TEST_CASE("every regime's shapes are of its kind") {
        for (const Regime& regime : regimes())
            for (const Regime::Shape& shape : regime.shapes) {
                const Slices slices = slicesOf({.op = Op::Scan, .shape = shape.extents, .axis = shape.axis});
                const bool contiguous = regime.name != "columns" && regime.name != "narrow-columns";
                if (regime.name != "many-dimensions") CHECK((slices.inner == 1) == contiguous);
                CHECK(slices.outer * slices.extent * slices.inner * 4 <= 4 << 20);
            }
    }

    TEST_CASE("the arguments of a case repeat it") {
        CaseFilter quick;
        quick.quick = true;
        for (const Case& testCase : standardCases(quick)) {
            CAPTURE(arguments(testCase));
            const auto cases = standardCases(filterOf(testCase));
            REQUIRE(cases.size() == 1);
            CHECK(arguments(cases[0]) == arguments(testCase));
            const Problem& again = cases[0].problem;
            CHECK(describe(again) == describe(testCase.problem));
            CHECK(again.initialValue.u64 == testCase.problem.initialValue.u64);
            CHECK(again.sideStrides == testCase.problem.sideStrides);
        }
    }

    TEST_CASE("the filter leaves what it names, and the arguments name the case") {
        Case testCase;
        testCase.problem = {.op = Op::Scan,
                            .dtype = Dtype::I8,
                            .shape = {128, 4000},
                            .axis = 1,
                            .mode = ScanMode::Exclusive,
                            .scanOp = ScanOp::Max,
                            .reverse = true,
                            .outputDtype = Dtype::I8,
                            .initial = ScanInitial::Host};
        testCase.distribution = Distribution::Ties;
        testCase.seed = 7;
        testCase.view = testCase.outputView = "padded";
        testCase.options = {.misalignment = 3, .inPlace = true};
        CaseFilter filter = filterOf(testCase);
        const auto cases = standardCases(filter);
        REQUIRE(cases.size() == 1);
        CHECK(arguments(cases[0]) ==
              "--op scan --dtype i8 --mode exclusive --scan-op max --reverse --init host --out-dtype i8 "
              "--shape "
              "128,4000 --axis 1 --distribution ties --seed 7 --view padded --output-view padded --in-place "
              "--misalign 3");
        CHECK(
            describe(cases[0].problem) ==
            "scan i8 [128,4000] axis 1 exclusive scan-op max reverse init host out-dtype i8 strides [4003,1] "
            "output strides [4003,1] side strides [1]");
        CHECK(cases[0].problem.initialValue.i64 == 5);
        filter.options["mode"] = {"include-initial"};
        CHECK(standardCases(filter).empty());  // not in place
        filter.options.erase("mode");
        CHECK(standardCases(filter).size() == 2);
        filter.options["out-dtype"] = {"default"};
        CHECK(standardCases(filter).empty());  // I32, not in place
        filter.options["tie"] = {"last"};
        CHECK(standardCases(filter).empty());
    }

    TEST_CASE("names lead to ops, options, views and distributions, and other names nowhere") {
        for (const OpEntry& entry : opTable()) {
            CHECK(findOp(entry.name) == &entry);
            for (const Option& option : entry.options) CHECK(findOption(entry, option.name) == &option);
        }
        CHECK(findDistribution("nan")->distribution == Distribution::Nan);
        CHECK(findOp("median") == nullptr);
        CHECK(findOption(entryOf(Op::Scan), "tie") == nullptr);
        CHECK(findView("diagonal") == nullptr);
        CHECK(findDistribution("cauchy") == nullptr);
    }

    TEST_CASE("only what a problem needs can be missing") {
        DeviceSummary bare;
        const auto lacks = [&](const Problem& problem) { return missingFeature(bare, problem); };
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::F64}) == "shaderFloat64");
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::F32, .outputDtype = Dtype::F64}) == "shaderFloat64");
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::F64, .scanOp = ScanOp::Max}).empty());
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::I8}).empty());
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::I8, .outputDtype = Dtype::I8}) ==
              "storageBuffer8BitAccess");
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::BF16}) == "storageBuffer16BitAccess");
        CHECK(lacks({.op = Op::Argmax, .dtype = Dtype::F16}).empty());
        CHECK(lacks({.op = Op::Argmax, .dtype = Dtype::F64, .values = true}).empty());
        CHECK(lacks({.op = Op::Argmax, .dtype = Dtype::U16, .values = true}) == "storageBuffer16BitAccess");
        bare.float64 = bare.storage8 = bare.storage16 = true;
        CHECK(lacks({.op = Op::Scan, .dtype = Dtype::F64}).empty());
        CHECK(lacks({.op = Op::Argmax, .dtype = Dtype::U8, .values = true}).empty());
    }

    // ---- Reports ----

    const DeviceSummary kDevice = [] {
        DeviceSummary summary;
        summary.name = "A <GPU> & \"more\"";
        return summary;
    }();

    std::vector<Finished> threeFinished() {
        std::vector<Finished> all(3);
        for (Finished& finished : all) {
            finished.testCase.problem = scanProblem(10);
            finished.testCase.regime = "1-d";
            finished.command = "vkaxis validate --op <&>";
        }
        all[0].outcome.verdict.addError(3, 0.25);
        all[1].outcome.verdict.addError(4, std::numeric_limits<double>::infinity());
        all[1].outcome.verdict.addWrong(4, [] { return "[4] is \"a\tb\""; });
        all[2].outcome.status = VkaxisStatus{VKAXIS_UNSUPPORTED, VK_SUCCESS, "no luck"};
        all[2].outcome.skipped = true;
        return all;
    }

    TEST_CASE("the table counts, and the summary names the worst, the wrong and the skipped") {
        const auto all = threeFinished();
        CHECK(tableOf(all).find("scan      f32   1-d                  3      1        1          inf") !=
              std::string::npos);
        const std::string summary = summaryOf(kDevice, all);
        CHECK(summary.find("wrong: 1 wrong, the first: [4] is") != std::string::npos);
        CHECK(summary.find("skipped: 1 cases: no luck") != std::string::npos);
        CHECK(summary.find("worst error: inf of its bound, at [4] of") != std::string::npos);
        CHECK(summary.find("1 of 3 cases wrong, 1 skipped") != std::string::npos);
        CHECK(summaryOf(kDevice, std::span(all).first(1)).find("worst error: 0.25 of its bound, at [3] of") !=
              std::string::npos);
    }

    TEST_CASE("a refusal without a reason is a failure") {
        Finished finished;
        finished.outcome.status = VkaxisStatus{VKAXIS_UNSUPPORTED, VK_SUCCESS, "no luck"};
        CHECK(finished.wrong());
        CHECK_FALSE(finished.skipped());
    }

    TEST_CASE("JUnit's XML is escaped") {
        const std::string xml = junitOf(kDevice, threeFinished());
        CHECK(xml.find("A &lt;GPU&gt; &amp; &quot;more&quot;\" tests=\"3\" failures=\"1\" skipped=\"1\"") !=
              std::string::npos);
        CHECK(xml.find("[4] is &quot;a?b&quot;") != std::string::npos);
        CHECK(xml.find("<skipped message=\"no luck\">") != std::string::npos);
        CHECK(xml.find("--op &lt;&amp;&gt;") != std::string::npos);
    }

    TEST_CASE("JSON says what each case came to") {
        const std::string json = jsonOf(kDevice, threeFinished());
        for (const char* part : {"\"result\": \"right\"", "\"result\": \"wrong\"", "\"result\": \"skipped\"",
                                 "\"worstAt\": \"[3]\"", "\"worstError\": 0.25", "\"worstError\": null",
                                 "\"scan-op\": \"sum\"", "\"skipped\": 1"})
            CHECK(json.find(part) != std::string::npos);
    }

    TEST_CASE("the seed problems are the seed's") {
        const auto& seeds = seedProblems();
        REQUIRE(seeds.size() == 4);
        CHECK(describe(seeds[0].problem) == "argmax f32 [128,4096,4095] axis 1 i64");
        CHECK(describe(seeds[1].problem) == "argmin f32 [128,4096,4095] axis 1 i64");
        CHECK(outputShape(seeds[2].problem) == Extents{32767, 32769});
        CHECK(outputShape(seeds[3].problem) == Extents{32768, 32768});
    }
}
