// The comparison of scans with their references, tested without a GPU on values worked out by hand.
#include "harness/generate.hpp"

#include "test_tensors.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Problem scanProblem(std::uint64_t extent, ScanMode mode = ScanMode::Inclusive, Dtype dtype = Dtype::F32) {
    return {.op = Op::Scan, .dtype = dtype, .shape = {extent}, .axis = 0, .mode = mode};
}

template <class T>
Verdict checkBits(const Problem& problem, const std::vector<T>& input, const std::vector<T>& output,
                  std::uint64_t additionDepth = 8) {
    return check(problem, {bytesOf(input)}, {.output = bytesOf(output)}, additionDepth);
}

Verdict checkSums(const std::vector<float>& terms, const std::vector<float>& sums,
                  std::uint64_t additionDepth = 8) {
    return checkBits(scanProblem(terms.size()), terms, sums, additionDepth);
}

Verdict checkProducts(const std::vector<float>& factors, const std::vector<float>& products) {
    Problem problem = scanProblem(factors.size());
    problem.scanOp = ScanOp::Prod;
    return checkBits(problem, factors, products);
}

// In the bits of a 16-bit float.
std::vector<std::uint16_t> halves(Dtype dtype, const std::vector<double>& numbers) {
    std::vector<std::uint16_t> bits;
    for (const double number : numbers)
        bits.push_back(static_cast<std::uint16_t>(encodeFloat(entryOf(dtype), number)));
    return bits;
}

}  // namespace

TEST_SUITE("harness") {
    // ---- Sums ----

    TEST_CASE("integer sums are compared exactly and wrap") {
        const Problem problem = scanProblem(3, ScanMode::Inclusive, Dtype::I32);
        const std::vector<std::uint32_t> input{0x7fffffff, 1, 5};
        CHECK(checkBits<std::uint32_t>(problem, input, {0x7fffffff, 0x80000000, 0x80000005}));
        const Verdict verdict =
            checkBits<std::uint32_t>(problem, input, {0x7fffffff, 0x80000000, 0x80000004});
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
        const Outputs right = entryOf(Op::Scan).reference(problem, {input});
        CHECK(check(problem, {input}, right, 40).worstError < 0.2);
        for (std::uint64_t place = 1; place < 3000; place += 7) {
            const auto term = load<float>(input.data(), place);
            if (term < 0.01F) continue;
            for (const float change : {-term, term, load<float>(input.data(), place - 1) - term}) {
                if (std::fabs(change) < 0.01F) continue;
                auto wrong = right;
                store(wrong.output.data(), place, load<float>(right.output.data(), place) + change);
                CHECK(check(problem, {input}, wrong, 40).firstWrong == place);
            }
        }
    }

    TEST_CASE("an exclusive scan starts with exactly +0") {
        const Problem problem = scanProblem(2, ScanMode::Exclusive);
        const std::vector<float> input{3, 4};
        CHECK(checkBits<float>(problem, input, {0, 3}));
        CHECK_FALSE(checkBits<float>(problem, input, {-0.0F, 3}));
        CHECK_FALSE(checkBits<float>(problem, input, {1e-38F, 3}));
        CHECK_FALSE(checkBits<float>(problem, input, {3, 7}));  // inclusive
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

    // ---- Sums in other formats ----

    TEST_CASE("sums of 16-bit floats are rounded once, to nearest even") {
        for (const auto& [dtype, one] : {std::pair{Dtype::F16, 0x1p-10}, {Dtype::BF16, 0x1p-7}}) {
            const Problem problem = scanProblem(3, ScanMode::Inclusive, dtype);
            CAPTURE(describe(problem));
            const auto input = halves(dtype, {1, one / 4, one / 2});
            CHECK(checkBits(problem, input, halves(dtype, {1, 1, 1 + one})));
            CHECK(checkBits(problem, input, halves(dtype, {1, 1 + one, 1 + one})).firstWrong == 1);
            CHECK(checkBits(problem, input, halves(dtype, {1, 1, 1})).firstWrong == 2);  // rounded twice
            // Where the sum in F32 may be on either side of the middle, both are right.
            const auto middle = halves(dtype, {1, one / 2, 0});
            CHECK(checkBits(problem, middle, halves(dtype, {1, 1, 1 + one})));
            CHECK_FALSE(checkBits(problem, middle, halves(dtype, {1, 1, 1 + 2 * one})));
            // Sums of integers are exact before they are rounded.
            const auto integers = halves(dtype, {2 / one, 1, 2});
            CHECK(checkBits(problem, integers, halves(dtype, {2 / one, 2 / one, 2 / one + 4})));
            CHECK_FALSE(checkBits(problem, integers, halves(dtype, {2 / one, 2 / one + 2, 2 / one + 4})));
            CHECK_FALSE(checkBits(problem, integers, halves(dtype, {2 / one, 2 / one, 2 / one + 2})));
        }
        const Problem problem = scanProblem(3, ScanMode::Inclusive, Dtype::F16);
        const auto below = halves(Dtype::F16, {60000, 5516, -20000});
        CHECK(checkBits(problem, below, halves(Dtype::F16, {60000, 65504, 45516})));
        CHECK_FALSE(checkBits(problem, below, halves(Dtype::F16, {60000, HUGE_VAL, 45516})));
        const auto beyond = halves(Dtype::F16, {60000, 5520, -20000});
        CHECK(checkBits(problem, beyond, halves(Dtype::F16, {60000, HUGE_VAL, 45520})));
        CHECK_FALSE(checkBits(problem, beyond, halves(Dtype::F16, {60000, HUGE_VAL, HUGE_VAL})));
        const std::vector<std::uint16_t> denormals{1, 0x8003, 0x0200};
        CHECK(checkBits(problem, denormals, {1, 0x8002, 0x01fe}));
        CHECK_FALSE(checkBits(problem, denormals, {0, 0x8002, 0x01fe}));
    }

    TEST_CASE("sums of 64-bit floats are held against a wider type") {
        const Problem problem = scanProblem(2, ScanMode::Inclusive, Dtype::F64);
        CHECK(checkBits<double>(problem, {1, 0x1p-53}, {1, 1}));
        CHECK(checkBits<double>(problem, {1, 0x1p-53}, {1, 1 + 0x1p-52}, 2));
        CHECK_FALSE(checkBits<double>(problem, {1, 0x1p-53}, {1, 1 + 0x1p-50}, 2));
        CHECK_FALSE(checkBits<double>(problem, {3, 5}, {3, 8 + 0x1p-49}, 100));
        CHECK(checkBits<double>(problem, {0x1p-1074, 0x1p-1073}, {0, 0x1.8p-1073}));
        CHECK_FALSE(checkBits<double>(problem, {0x1p-1000, 0x1p-1000}, {0, 0x1p-999}));
    }

    TEST_CASE("a wider output holds sums that the input's dtype does not") {
        Problem problem = scanProblem(2);
        problem.outputDtype = Dtype::F64;
        const auto input = bytesOf<float>({3e38F, 3e38F});
        const double sum = 2 * static_cast<double>(3e38F);
        CHECK(check(problem, {input}, {.output = bytesOf<double>({3e38F, sum})}));
        CHECK_FALSE(check(problem, {input}, {.output = bytesOf<double>({3e38F, HUGE_VAL})}));
        const Problem bytes = scanProblem(3, ScanMode::Inclusive, Dtype::I8);
        const auto terms = bytesOf<std::int8_t>({-128, -1, 100});
        CHECK(check(bytes, {terms}, {.output = bytesOf<std::int32_t>({-128, -129, -29})}));
        Problem own = bytes;
        own.outputDtype = Dtype::I8;
        CHECK(check(own, {terms}, {.output = bytesOf<std::int8_t>({-128, 127, -29})}));
    }

    // ---- Integers ----

    TEST_CASE("every integer dtype wraps in its own width") {
        for (const DtypeEntry& dtype : dtypeTable()) {
            if (dtype.isFloat()) continue;
            CAPTURE(dtype.name);
            Problem problem = scanProblem(4, ScanMode::Inclusive, dtype.dtype);
            problem.outputDtype = dtype.dtype;
            const auto tensor = [&](const std::vector<std::uint64_t>& numbers) {
                std::vector<std::byte> bytes(numbers.size() * dtype.size);
                for (std::size_t i = 0; i < numbers.size(); ++i)
                    storeBits(bytes.data(), i, dtype.size, numbers[i] & dtype.mask());
                return bytes;
            };
            const std::uint64_t top = dtype.highest();
            const auto input = tensor({top, 1, 3, dtype.lowest()});
            const auto holds = [&](ScanOp op, const std::vector<std::uint64_t>& right) {
                problem.scanOp = op;
                CHECK(check(problem, {input}, {.output = tensor(right)}));
                std::vector<std::uint64_t> wrong = right;
                wrong.back() ^= dtype.sign();
                CHECK(check(problem, {input}, {.output = tensor(wrong)}).firstWrong == 3);
            };
            holds(ScanOp::Sum, {top, top + 1, top + 4, top + 4 + dtype.lowest()});
            holds(ScanOp::Prod, {top, top, 3 * top, 3 * top * dtype.lowest()});
            holds(ScanOp::Max, {top, top, top, top});
            holds(ScanOp::Min, {top, 1, 1, dtype.lowest()});
        }
    }

    // ---- Extremes ----

    TEST_CASE("maxima order the zeros, keep denormals and propagate NaN") {
        Problem problem = scanProblem(5);
        problem.scanOp = ScanOp::Max;
        const std::vector<float> input{-1, -0.0F, 0, 1e-45F, kNan};
        CHECK(checkBits<float>(problem, input, {-1, -0.0F, 0, 1e-45F, -kNan}));
        CHECK(checkBits<float>(problem, input, {-1, 0, 0, 1e-45F, kNan}).firstWrong == 1);
        CHECK(checkBits<float>(problem, input, {-1, -0.0F, -0.0F, 1e-45F, kNan}).firstWrong == 2);
        CHECK(checkBits<float>(problem, input, {-1, -0.0F, 0, 0, kNan}).firstWrong == 3);
        CHECK(checkBits<float>(problem, input, {-1, -0.0F, 0, 1e-45F, kInfinity}).firstWrong == 4);
        problem.scanOp = ScanOp::Min;
        problem.reverse = true;
        CHECK(checkBits<float>(problem, {0, -0.0F, kInfinity, kNan, 2}, {kNan, kNan, kNan, kNan, 2}));
        CHECK(checkBits<float>(problem, {0, -0.0F, kInfinity, 3, 2}, {-0.0F, -0.0F, 2, 2, 2}));
        problem.mode = ScanMode::Exclusive;
        CHECK(checkBits<float>(problem, {0, -0.0F, kInfinity, 3, 2}, {-0.0F, 2, 2, 2, kInfinity}));
    }

    // ---- Products ----

    TEST_CASE("products pass just within the bound and fail just beyond") {
        constexpr std::array last{0.7F, -1.3F, 1.9F};
        const double exact =
            static_cast<double>(0.7F) * static_cast<double>(-1.3F) * static_cast<double>(1.9F);
        for (const std::size_t count : {20U, 3000U}) {
            std::vector<float> factors(count, 1.0F);
            std::ranges::copy(last, factors.end() - 3);
            const auto products = [&](double error) {
                const double bound = static_cast<double>(count) * 0x1p-24;
                std::vector<float> result(count, 1.0F);
                std::ranges::copy(
                    std::array{0.7F, 0.7F * -1.3F, static_cast<float>(exact * (1 + error * bound))},
                    result.end() - 3);
                return result;
            };
            CHECK(checkProducts(factors, products(0.9)));
            CHECK(checkProducts(factors, products(-0.9)));
            CHECK_FALSE(checkProducts(factors, products(1.1)));
            CHECK_FALSE(checkProducts(factors, products(-1.1)));
        }
        CHECK_FALSE(checkProducts({3, 5, 7}, {3, 15, std::nextafter(105.0F, 200.0F)}));
    }

    TEST_CASE("products underflow and overflow as factors do that stand side by side") {
        CHECK(checkProducts({1e-30F, 1e-30F, 1e30F}, {1e-30F, 0, 0}));
        CHECK(checkProducts({1e-30F, 1e-30F, 1e30F}, {1e-30F, 0, 1e-30F}));
        CHECK_FALSE(checkProducts({1e-30F, 1e-30F, 1e30F}, {1e-30F, 0, 1}));
        CHECK_FALSE(checkProducts({1e-30F, 1e-30F, 1e30F}, {1e-30F, 0, kNan}));
        CHECK(checkProducts({1e30F, -1e30F, 1e-30F}, {1e30F, -kInfinity, -1e30F}));
        CHECK(checkProducts({1e30F, -1e30F, 1e-30F}, {1e30F, -kInfinity, -kInfinity}));
        CHECK_FALSE(checkProducts({1e30F, -1e30F, 1e-30F}, {1e30F, -kInfinity, kInfinity}));
        CHECK_FALSE(checkProducts({1e30F, -1e30F, 1e-30F}, {1e30F, -kInfinity, kNan}));
        CHECK_FALSE(checkProducts({1e30F, 1e30F}, {1e30F, std::numeric_limits<float>::max()}));
        CHECK(checkProducts({1e-40F, 2}, {0, 0}));
        CHECK_FALSE(checkProducts({1e-37F, 2}, {1e-37F, 0}));
    }

    TEST_CASE("zero, infinity and NaN go their ways through products") {
        CHECK(checkProducts({2, 0, -3, kInfinity, 1}, {2, 0, 0, kNan, kNan}));
        CHECK_FALSE(checkProducts({2, 0, -3}, {2, 0, -3}));
        CHECK_FALSE(checkProducts({2, 0, -3}, {2, 0, kNan}));
        CHECK(checkProducts({2, -kInfinity, -3}, {2, -kInfinity, kInfinity}));
        CHECK_FALSE(checkProducts({2, -kInfinity, -3}, {2, -kInfinity, -kInfinity}));
        CHECK_FALSE(checkProducts({2, -kInfinity, -3}, {2, -kInfinity, kNan}));
        CHECK(checkProducts({2, kNan, 0}, {2, kNan, kNan}));
        CHECK_FALSE(checkProducts({2, kNan, 0}, {2, kNan, 0}));
    }

    // ---- Options ----

    TEST_CASE("initial values come first in the direction of the scan, and totals have them") {
        Problem problem{.op = Op::Scan,
                        .dtype = Dtype::I32,
                        .shape = {2, 3},
                        .axis = 1,
                        .initial = ScanInitial::PerSlice,
                        .totals = true};
        const auto input = bytesOf<std::int32_t>({1, 2, 3, 4, 5, 6});
        const auto initial = bytesOf<std::int32_t>({10, -20});
        const auto totals = bytesOf<std::int32_t>({16, -5});
        const auto gives = [&](ScanMode mode, bool reverse, const std::vector<std::int32_t>& right) {
            problem.mode = mode;
            problem.reverse = reverse;
            CHECK(sameBits(entryOf(Op::Scan).reference(problem, {input, initial}),
                           {.output = bytesOf(right), .totals = totals}));
            CHECK(check(problem, {input, initial}, {.output = bytesOf(right), .totals = totals}));
        };
        gives(ScanMode::Inclusive, false, {11, 13, 16, -16, -11, -5});
        gives(ScanMode::Exclusive, false, {10, 11, 13, -20, -16, -11});
        gives(ScanMode::IncludeInitial, false, {10, 11, 13, 16, -20, -16, -11, -5});
        gives(ScanMode::Inclusive, true, {16, 15, 13, -5, -9, -14});
        gives(ScanMode::Exclusive, true, {15, 13, 10, -9, -14, -20});
        gives(ScanMode::IncludeInitial, true, {16, 15, 13, 10, -5, -9, -14, -20});
        const Verdict verdict = check(problem, {input, initial},
                                      {.output = bytesOf<std::int32_t>({16, 15, 13, 10, -5, -9, -14, -20}),
                                       .totals = bytesOf<std::int32_t>({16, -4})});
        CHECK(verdict.wrong == 1);
        CHECK(verdict.message == "totals[1] is -4, expected -5");

        problem.totals = false;
        problem.mode = ScanMode::Exclusive;
        problem.reverse = false;
        const Outputs shared{.output = bytesOf<std::int32_t>({10, 11, 13, 10, 14, 19})};
        problem.initial = ScanInitial::Device;
        CHECK(check(problem, {input, initial}, shared));
        problem.initial = ScanInitial::Host;
        problem.initialValue.i64 = 10;
        CHECK(check(problem, {input}, shared));
        problem.initialValue.i64 = 11;
        CHECK(check(problem, {input}, shared).wrong == 6);
    }
}
