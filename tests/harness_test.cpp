// The harness tested without a GPU: its references against brute force and NumPy, its comparison against
// mistakes.
#include "goldens_py/goldens.hpp"
#include "harness/cases.hpp"
#include "harness/elements.hpp"
#include "harness/guarded_tensor.hpp"
#include "harness/report.hpp"
#include "harness/seeds.hpp"
#include "harness/slices.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

template <class T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {bytes.begin(), bytes.end()};
}

Problem problemOf(Op op, Dtype dtype, std::vector<std::uint64_t> shape, std::int32_t axis, const Mode& mode) {
    Problem problem{op, dtype, std::move(shape), axis, {}, {}};
    setMode(problem, mode);
    return problem;
}

Problem scanProblem(std::uint64_t extent, ScanMode mode = ScanMode::Inclusive, Dtype dtype = Dtype::F32) {
    return {Op::Scan, dtype, {extent}, 0, {}, mode};
}

Verdict check(const Problem& problem, std::span<const std::byte> input, std::span<const std::byte> output,
              std::uint64_t additionDepth = 8) {
    return entryOf(problem.op).check(problem, additionDepth, input, output);
}

Verdict checkSums(const std::vector<float>& terms, const std::vector<float>& sums,
                  std::uint64_t additionDepth = 8) {
    return check(scanProblem(terms.size()), bytesOf(terms), bytesOf(sums), additionDepth);
}

// Every op, dtype and mode over shapes of every kind and all their axes, with every distribution that suits.
template <class Body>
void forEachProblem(const Body& body) {
    const std::vector<std::vector<std::uint64_t>> shapes{
        {}, {1}, {7}, {300}, {3, 5}, {2, 3, 4}, {2, 5, 300}, {260, 3}, {2, 1, 3, 2, 4}};
    for (const OpEntry& entry : opTable())
        for (const Dtype dtype : entry.dtypes)
            for (const Mode& mode : entry.modes)
                for (const auto& shape : shapes)
                    for (std::int32_t axis = 0;
                         axis < static_cast<std::int32_t>(std::max<std::size_t>(1, shape.size())); ++axis)
                        for (const DistributionEntry& distribution : distributionTable())
                            if (suits(distribution.distribution, dtype))
                                body(problemOf(entry.op, dtype, shape, axis, mode),
                                     distribution.distribution);
}

// ---- Brute force: the definitions, element by element ----

// The elements of the slice that an element of the arg reduction's output, or of the scan's input, belongs
// to.
std::vector<std::uint32_t> sliceAt(const Slices& slices, std::span<const std::byte> input,
                                   std::uint64_t outer, std::uint64_t inner) {
    std::vector<std::uint32_t> slice;
    for (std::uint64_t i = 0; i < slices.extent; ++i)
        slice.push_back(
            load<std::uint32_t>(input.data(), (outer * slices.extent + i) * slices.inner + inner));
    return slice;
}

// In double, denormals are ordinary numbers.
bool beats(const Problem& problem, std::uint32_t a, std::uint32_t b) {
    const auto value = [&](std::uint32_t bits) -> double {
        if (problem.dtype == Dtype::F32) return std::bit_cast<float>(bits);
        return problem.dtype == Dtype::I32 ? static_cast<double>(std::bit_cast<std::int32_t>(bits)) : bits;
    };
    if (std::isnan(value(b))) return false;
    if (std::isnan(value(a))) return true;
    return problem.op == Op::Argmax ? value(a) > value(b) : value(a) < value(b);
}

std::uint64_t bruteForceIndex(const Problem& problem, const std::vector<std::uint32_t>& slice) {
    std::uint64_t best = 0;
    for (std::uint64_t i = 1; i < slice.size(); ++i)
        if (beats(problem, slice[i], slice[best])) best = i;
    return best;
}

// The sum of the first `count` elements, in the way of the type.
std::uint32_t bruteForceSum(const Problem& problem, const std::vector<std::uint32_t>& slice,
                            std::size_t count) {
    std::uint32_t integer = 0;
    double real = 0;
    for (std::size_t i = 0; i < count; ++i) {
        integer += slice[i];
        real += static_cast<double>(std::bit_cast<float>(slice[i]));
    }
    return problem.dtype == Dtype::F32 ? std::bit_cast<std::uint32_t>(static_cast<float>(real)) : integer;
}

std::vector<std::byte> bruteForce(const Problem& problem, std::span<const std::byte> input) {
    const Slices slices = slicesOf(problem);
    std::vector<std::byte> output(outputSize(problem));
    const std::uint64_t outputExtent = slices.extent + (problem.mode == ScanMode::IncludeInitial ? 1 : 0);
    for (std::uint64_t outer = 0; outer < slices.outer; ++outer)
        for (std::uint64_t inner = 0; inner < slices.inner; ++inner) {
            const std::vector<std::uint32_t> slice = sliceAt(slices, input, outer, inner);
            if (problem.op != Op::Scan) {
                const std::uint64_t index = bruteForceIndex(problem, slice);
                const std::uint64_t element = outer * slices.inner + inner;
                if (problem.indexType == IndexType::I64)
                    store<std::uint64_t>(output.data(), element, index);
                else
                    store(output.data(), element, static_cast<std::uint32_t>(index));
                continue;
            }
            for (std::uint64_t i = 0; i < outputExtent; ++i)
                store(output.data(), (outer * outputExtent + i) * slices.inner + inner,
                      bruteForceSum(problem, slice, i + (problem.mode == ScanMode::Inclusive ? 1 : 0)));
        }
    return output;
}

// The same bits, but for NaNs and the sign of zero.
bool sameNumber(const Problem& problem, std::uint32_t a, std::uint32_t b) {
    const auto x = std::bit_cast<float>(a);
    const auto y = std::bit_cast<float>(b);
    const bool floats = problem.op == Op::Scan && problem.dtype == Dtype::F32;
    return a == b || (floats && (x == y || (std::isnan(x) && std::isnan(y))));
}

bool sameNumbers(const Problem& problem, std::span<const std::byte> a, std::span<const std::byte> b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size() / 4; ++i)
        if (!sameNumber(problem, load<std::uint32_t>(a.data(), i), load<std::uint32_t>(b.data(), i)))
            return false;
    return true;
}

}  // namespace

TEST_SUITE("harness") {
    // ---- References ----

    TEST_CASE("the references agree with brute force") {
        forEachProblem([](const Problem& problem, Distribution distribution) {
            CAPTURE(describe(problem));
            CAPTURE(entryOf(distribution).name);
            const auto input = generate(problem, distribution, 5);
            const auto expected = bruteForce(problem, input);
            CHECK(sameNumbers(problem, entryOf(problem.op).reference(problem, input), expected));
            const Verdict verdict = check(problem, input, expected);
            CHECK_MESSAGE(verdict, verdict.message);
        });
    }

    TEST_CASE("the references agree with NumPy") {
        for (const Golden& golden : kGoldens) {
            const Problem problem = golden.problem();
            CAPTURE(golden.name);
            CAPTURE(describe(problem));
            const auto input = std::as_bytes(golden.input);
            const auto output = std::as_bytes(golden.output);
            CHECK(sameNumbers(problem, entryOf(problem.op).reference(problem, input), output));
            const Verdict verdict = check(problem, input, output, 0);
            CHECK_MESSAGE(verdict, verdict.message);
        }
    }

    TEST_CASE("an empty tensor has an empty reference, and an include-initial scan of nothing is 0") {
        const Problem empty{Op::Scan, Dtype::F32, {3, 0}, 1, {}, ScanMode::Inclusive};
        CHECK(entryOf(Op::Scan).reference(empty, {}).empty());
        const Problem initial{Op::Scan, Dtype::F32, {3, 0}, 1, {}, ScanMode::IncludeInitial};
        const auto zeros = entryOf(Op::Scan).reference(initial, {});
        CHECK(zeros == std::vector<std::byte>(12));
        CHECK(check(initial, {}, zeros));
        CHECK_FALSE(check(initial, {}, bytesOf<float>({0, 0, 1})));
    }

    TEST_CASE("the axis of the seed's scan grows, and an arg reduction's disappears") {
        CHECK(outputShape({Op::Scan, Dtype::F32, {3, 4}, 1, {}, ScanMode::IncludeInitial}) ==
              std::vector<std::uint64_t>{3, 5});
        CHECK(outputShape({Op::Argmax, Dtype::F32, {3, 4, 5}, -2, {}, {}}) ==
              std::vector<std::uint64_t>{3, 5});
        CHECK(outputShape({Op::Argmax, Dtype::F32, {}, 0, {}, {}}).empty());
        CHECK(outputSize({Op::Argmax, Dtype::F32, {3, 4}, 1, IndexType::I64, {}}) == 24);
        CHECK(outputSize({Op::Argmax, Dtype::F32, {3, 4}, 1, IndexType::U32, {}}) == 12);
    }

    TEST_CASE("panels cover every slice once") {
        for (const std::uint64_t outer : {1U, 3U, 1000U})
            for (const std::uint64_t inner : {1U, 2U, 127U, 128U, 129U, 1000U}) {
                const Slices slices{outer, 7, inner};
                std::vector<std::atomic<int>> visits(outer * inner);
                forEachPanel(slices, [&](const Panel& panel) {
                    for (std::uint64_t i = 0; i < panel.width; ++i)
                        ++visits[panel.outer * inner + panel.inner + i];
                });
                CHECK(std::ranges::all_of(visits, [](const auto& count) { return count == 1; }));
            }
        forEachPanel({0, 3, 3}, [](const Panel&) { FAIL_CHECK("a panel of nothing"); });
        forEachPanel({3, 3, 0}, [](const Panel&) { FAIL_CHECK("a panel of nothing"); });
    }

    // ---- The comparison of indices ----

    TEST_CASE("an index that is one off is wrong, and the message says where") {
        const Problem problem{Op::Argmax, Dtype::F32, {2, 3, 2}, 1, IndexType::I64, {}};
        const auto input = bytesOf<float>({1, 2, 3, 1, 2, 5, /**/ 9, 9, 4, 9, 9, 1});
        CHECK(check(problem, input, bytesOf<std::int64_t>({1, 2, 0, 0})));
        const Verdict verdict = check(problem, input, bytesOf<std::int64_t>({1, 2, 0, 1}));
        CHECK(verdict.wrong == 1);
        CHECK(verdict.message == "[1,1] is 1 (9), expected 0 (9)");
    }

    TEST_CASE("the upper half of a 64-bit index counts, and an index beyond the axis is wrong") {
        const Problem problem{Op::Argmin, Dtype::I32, {3}, 0, IndexType::I64, {}};
        const auto input = bytesOf<std::int32_t>({5, -7, 0});
        CHECK(check(problem, input, bytesOf<std::int64_t>({1})));
        for (const std::int64_t wrong :
             {std::int64_t{1} + (std::int64_t{1} << 32), std::int64_t{3}, std::int64_t{-1}}) {
            const Verdict verdict = check(problem, input, bytesOf<std::int64_t>({wrong}));
            CHECK(verdict.wrong == 1);
            CHECK(verdict.message.find("outside the axis") != std::string::npos);
        }
    }

    TEST_CASE("wrong elements are counted, and the first is reported, whichever thread finds it") {
        const Problem problem{Op::Argmax, Dtype::F32, {3000, 100}, 1, IndexType::U32, {}};
        const auto input = generate(problem, Distribution::Uniform, 1);
        std::vector<std::byte> output = entryOf(Op::Argmax).reference(problem, input);
        for (const std::uint64_t element : {2999U, 700U, 701U, 1500U})
            store<std::uint32_t>(output.data(), element, 100);
        const Verdict verdict = check(problem, input, output);
        CHECK(verdict.wrong == 4);
        CHECK(verdict.firstWrong == 700);
        CHECK(verdict.message.rfind("[700] is 100 (outside the axis)", 0) == 0);
    }

    // ---- The comparison of sums ----

    TEST_CASE("integer sums are compared exactly and wrap") {
        const Problem problem = scanProblem(3, ScanMode::Inclusive, Dtype::I32);
        const auto input = bytesOf<std::int32_t>({std::numeric_limits<std::int32_t>::max(), 1, 5});
        CHECK(check(problem, input, bytesOf<std::uint32_t>({0x7fffffff, 0x80000000, 0x80000005})));
        const Verdict verdict =
            check(problem, input, bytesOf<std::uint32_t>({0x7fffffff, 0x80000000, 0x80000004}));
        CHECK(verdict.wrong == 1);
        CHECK(verdict.message == "[2] is -2147483644, expected -2147483643");
    }

    TEST_CASE("sums of floats pass just within the bound and fail just beyond") {
        const std::vector<float> terms{0.5F, 0.25F, -0.7F};
        const double magnitude = 0.5 + 0.25 + static_cast<double>(0.7F);
        const double exact = 0.75 - static_cast<double>(0.7F);
        for (const std::uint64_t depth : {1U, 20U, 3000U}) {
            const double bound = static_cast<double>(depth) * 0x1p-24 * magnitude;
            const auto sums = [&](double factor) {
                return std::vector<float>{0.5F, 0.75F, static_cast<float>(exact + factor * bound)};
            };
            CHECK(checkSums(terms, sums(0.98), depth));
            CHECK(checkSums(terms, sums(-0.98), depth));
            CHECK_FALSE(checkSums(terms, sums(1.02), depth));
            CHECK_FALSE(checkSums(terms, sums(-1.02), depth));
            const Verdict verdict = checkSums(terms, sums(0.5), depth);
            CHECK(verdict.worstError == doctest::Approx(0.5).epsilon(0.05));
            CHECK(verdict.worstElement == 2);
        }
    }

    TEST_CASE("a single term, and sums of small integers, have to be exact") {
        CHECK_FALSE(checkSums({0.1F}, {std::nextafter(0.1F, 1.0F)}, 0));
        CHECK_FALSE(checkSums({1000, 1}, {1000, std::nextafter(1001.0F, 2000.0F)}, 100));
        std::vector<float> ones(5000, 1);
        std::vector<float> sums(5000);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = static_cast<float>(i + 1);
        CHECK(checkSums(ones, sums));
        sums[4000] = 4000;  // an element lost
        CHECK(checkSums(ones, sums).wrong == 1);
    }

    TEST_CASE("an element lost, doubled or taken from next door is seen at every place") {
        const Problem problem = scanProblem(3000);
        const auto input = generate(problem, Distribution::Uniform, 3);
        const auto right = entryOf(Op::Scan).reference(problem, input);
        CHECK(check(problem, input, right, 40).worstError < 0.2);
        for (std::uint64_t place = 1; place < 3000; place += 7) {
            const auto term = load<float>(input.data(), place);
            if (term < 0.01F) continue;
            for (const float change : {-term, term, load<float>(input.data(), place - 1) - term}) {
                if (std::fabs(change) < 0.01F) continue;
                auto wrong = right;
                store(wrong.data(), place, load<float>(right.data(), place) + change);
                CHECK(check(problem, input, wrong, 40).firstWrong == place);
            }
        }
    }

    TEST_CASE("an exclusive scan starts with exactly +0") {
        const Problem problem = scanProblem(2, ScanMode::Exclusive);
        const auto input = bytesOf<float>({3, 4});
        CHECK(check(problem, input, bytesOf<float>({0, 3})));
        CHECK_FALSE(check(problem, input, bytesOf<float>({-0.0F, 3})));
        CHECK_FALSE(check(problem, input, bytesOf<float>({1e-38F, 3})));
        CHECK_FALSE(check(problem, input, bytesOf<float>({3, 7})));  // inclusive
    }

    TEST_CASE("NaN has to be there from the first NaN on, and not before") {
        const std::vector<float> terms{1, 2, kNan, 4};
        CHECK(checkSums(terms, {1, 3, kNan, kNan}));
        CHECK(checkSums(terms, {1, kNan, kNan, kNan}).firstWrong == 1);
        CHECK(checkSums(terms, {1, 3, 3, kNan}).firstWrong == 2);
        CHECK(checkSums(terms, {1, 3, kNan, kInfinity}).firstWrong == 3);
    }

    TEST_CASE("infinities keep their sign and meet in NaN") {
        CHECK(checkSums({1, kInfinity, 2, -kInfinity, 3}, {1, kInfinity, kInfinity, kNan, kNan}));
        CHECK_FALSE(checkSums({1, kInfinity}, {1, -kInfinity}));
        CHECK_FALSE(checkSums({1, kInfinity}, {1, kNan}));
        CHECK_FALSE(checkSums({1, kInfinity}, {1, 3e38F}));
        CHECK_FALSE(checkSums({1, -kInfinity, 2, kInfinity}, {1, -kInfinity, -kInfinity, kInfinity}));
        CHECK_FALSE(checkSums({1, 2}, {1, kInfinity}));
        CHECK_FALSE(checkSums({1, 2}, {1, kNan}));
    }

    TEST_CASE("overflow gives the infinity of the sum, and NaN only where both signs occur") {
        constexpr float kMax = std::numeric_limits<float>::max();
        CHECK(checkSums({kMax, kMax}, {kMax, kInfinity}));
        CHECK_FALSE(checkSums({kMax, kMax}, {kMax, -kInfinity}));
        CHECK_FALSE(checkSums({kMax, kMax}, {kMax, kNan}));
        CHECK_FALSE(checkSums({kMax, kMax}, {kMax, kMax}));
        CHECK(checkSums({kMax, kMax, -kMax}, {kMax, kInfinity, kInfinity}));
        CHECK(checkSums({kMax, kMax, -kMax}, {kMax, kInfinity, kMax}));
        CHECK(checkSums({kMax, kMax, -kMax, -kMax}, {kMax, kInfinity, kMax, kNan}));
        CHECK_FALSE(checkSums({kMax / 4, kMax / 4}, {kMax / 4, kInfinity}));
    }

    TEST_CASE("denormals may be flushed, normal sums may not") {
        const float denormal = 1e-39F;
        CHECK(checkSums({denormal, denormal, 1}, {denormal, 2e-39F, 1}));
        CHECK(checkSums({denormal, denormal, 1}, {0, 0, 1}));
        CHECK_FALSE(checkSums({denormal, denormal}, {denormal, 3e-38F}));
        const float small = 0x1.8p-126F;  // normal; the difference of two such is denormal
        CHECK(checkSums({small, -0x1p-126F}, {small, 0x1p-127F}, 1));
        CHECK(checkSums({small, -0x1p-126F}, {small, 0}, 1));
        CHECK_FALSE(checkSums({small, small}, {small, 0}, 1));
        CHECK_FALSE(checkSums({1e-30F, -1e-30F}, {1e-30F, 1e-38F}, 0));
    }

    TEST_CASE("an element that was never written is wrong in every distribution") {
        forEachProblem([](const Problem& problem, Distribution distribution) {
            if (problem.op != Op::Scan || problem.dtype != Dtype::F32 ||
                distribution == Distribution::Extremes)
                return;
            const auto input = generate(problem, distribution, 2);
            auto output = entryOf(Op::Scan).reference(problem, input);
            store<std::uint32_t>(output.data(), output.size() / 8, 0x7f4badedU);
            CHECK_FALSE(check(problem, input, output, 60));
        });
    }

    // ---- Canaries ----

    TEST_CASE("a damaged word is found anywhere in a canary") {
        constexpr std::uint32_t kWord = 0x7f4badedU;
        std::vector<std::byte> canary = bytesOf(std::vector<std::uint32_t>(100, kWord));
        CHECK_FALSE(firstOtherWord(canary, kWord));
        for (const std::size_t byte : {0U, 1U, 7U, 200U, 399U}) {
            auto damaged = canary;
            damaged[byte] ^= std::byte{1};
            CHECK(firstOtherWord(damaged, kWord) == byte / 4 * 4);
        }
        CHECK_FALSE(firstOtherWord({}, kWord));
    }

    // ---- Generator ----

    TEST_CASE("an input is a function of its seed and distribution, and of nothing else") {
        forEachProblem([](const Problem& problem, Distribution distribution) {
            const auto input = generate(problem, distribution, 11);
            REQUIRE(input.size() == inputSize(problem));
            CHECK(input == generate(problem, distribution, 11));
        });
        const Problem problem = scanProblem(1000);
        CHECK(generate(problem, Distribution::Uniform, 1) != generate(problem, Distribution::Uniform, 2));
        CHECK(generate(problem, Distribution::Uniform, 1) != generate(problem, Distribution::Normal, 1));
    }

    TEST_CASE("a peak stands where the seed says, in every slice") {
        for (const Dtype dtype : {Dtype::F32, Dtype::I32, Dtype::U32})
            for (const Op op : {Op::Argmax, Op::Argmin}) {
                const Problem problem{op, dtype, {3, 10, 5}, 1, IndexType::U32, {}};
                const auto indices = entryOf(op).reference(problem, generate(problem, Distribution::Peak, 4));
                for (std::uint64_t slice = 0; slice < 15; ++slice)
                    CHECK(load<std::uint32_t>(indices.data(), slice) == (4 + slice) % 10);
            }
        const auto impulse = generate(scanProblem(10), Distribution::Peak, 13);
        for (std::uint64_t i = 0; i < 10; ++i) CHECK(load<float>(impulse.data(), i) == (i == 3 ? 1 : 0));
    }

    TEST_CASE("distributions hold what they promise") {
        const Problem problem{Op::Scan, Dtype::F32, {64, 5000}, 1, {}, {}};
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
    }

    // ---- Cases ----

    TEST_CASE(
        "a full run meets every op, dtype, mode and regime with every distribution; a quick one each of "
        "them") {
        for (const bool quick : {false, true}) {
            CaseFilter filter;
            filter.quick = quick;
            std::set<std::string> families;
            std::set<std::string> meetings;
            for (const Case& testCase : standardCases(filter)) {
                const Problem& problem = testCase.problem;
                const std::string kind = std::string(entryOf(problem.op).name) + " " + nameOf(problem.dtype);
                families.insert(kind + modeName(problem) + std::string(testCase.regime));
                meetings.insert(kind + entryOf(testCase.distribution).name);
                CHECK((supportsInPlace(problem) || !testCase.options.inPlace));
            }
            CHECK(families.size() == (2 * 3 * 2 + 3 * 3) * regimes().size());
            CHECK(meetings.size() == 3 * (13 + 7 + 7));
        }
    }

    TEST_CASE("every regime's shapes are of its kind") {
        for (const Regime& regime : regimes())
            for (const Regime::Shape& shape : regime.shapes) {
                const Slices slices = slicesOf({Op::Scan, Dtype::F32, shape.extents, shape.axis, {}, {}});
                const bool contiguous = regime.name != "columns" && regime.name != "narrow-columns";
                CHECK((slices.inner == 1) == contiguous);
                CHECK(slices.outer * slices.extent * slices.inner * 4 <= 4 << 20);
            }
    }

    TEST_CASE("the filter leaves what it names, and the arguments name the case") {
        CaseFilter filter;
        filter.ops = {Op::Scan};
        filter.dtypes = {Dtype::F32};
        filter.modes = {"exclusive"};
        filter.distributions = {Distribution::Nan};
        filter.shape = {{128, 4000}, 1};
        filter.options = ExecuteOptions{.misalignment = 4, .inPlace = true};
        filter.seed = 7;
        const auto cases = standardCases(filter);
        REQUIRE(cases.size() == 1);
        CHECK(arguments(cases[0]) ==
              "--op scan --dtype f32 --mode exclusive --shape 128,4000 --axis 1 --distribution nan --seed 7 "
              "--in-place "
              "--misalign 4");
        filter.modes = {"include-initial"};
        CHECK(standardCases(filter).empty());  // not in place
        filter.modes.clear();
        filter.dtypes = {Dtype::U32};
        CHECK(standardCases(filter).empty());
    }

    TEST_CASE("names lead to ops, dtypes, modes and distributions, and other names nowhere") {
        for (const OpEntry& entry : opTable()) {
            CHECK(findOp(entry.name) == &entry);
            for (const Mode& mode : entry.modes) CHECK(findMode(entry, mode.name) == &mode);
        }
        CHECK(*findDtype("u32") == Dtype::U32);
        CHECK(findDistribution("nan")->distribution == Distribution::Nan);
        CHECK(findOp("median") == nullptr);
        CHECK(findDtype("f64") == nullptr);
        CHECK(findMode(entryOf(Op::Scan), "i64") == nullptr);
        CHECK(findDistribution("cauchy") == nullptr);
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
        return all;
    }

    TEST_CASE("the table counts, and the summary names the worst, the wrong and the skipped") {
        const auto all = threeFinished();
        CHECK(tableOf(all).find("scan    f32    1-d                 3      1        1          inf") !=
              std::string::npos);
        const std::string summary = summaryOf(kDevice, all);
        CHECK(summary.find("wrong: 1 wrong, the first: [4] is") != std::string::npos);
        CHECK(summary.find("skipped: no luck") != std::string::npos);
        CHECK(summary.find("worst error: inf of its bound, at [4] of") != std::string::npos);
        CHECK(summary.find("1 of 3 cases wrong") != std::string::npos);
        CHECK(summaryOf(kDevice, std::span(all).first(1)).find("worst error: 0.25 of its bound, at [3] of") !=
              std::string::npos);
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
                                 "\"worstAt\": \"[3]\"", "\"worstError\": 0.25", "\"worstError\": null"})
            CHECK(json.find(part) != std::string::npos);
    }

    TEST_CASE("the seed problems are the seed's") {
        const auto& seeds = seedProblems();
        REQUIRE(seeds.size() == 4);
        CHECK(describe(seeds[0].problem) == "argmax f32 [128,4096,4095] axis 1 i64");
        CHECK(describe(seeds[1].problem) == "argmin f32 [128,4096,4095] axis 1 i64");
        CHECK(outputShape(seeds[2].problem) == std::vector<std::uint64_t>{32767, 32769});
        CHECK(outputShape(seeds[3].problem) == std::vector<std::uint64_t>{32768, 32768});
    }
}
