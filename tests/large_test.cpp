// The cases of tensors beyond 32 bits, without a device: what they reach, and their answers where they are
// small enough for the reference.
#include "harness/large.hpp"
#include "harness/slices.hpp"

#include "test_tensors.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;

constexpr std::uint64_t k31 = std::uint64_t{1} << 31;
constexpr std::uint64_t k32 = std::uint64_t{1} << 32;

Outputs referenceOf(const Case& testCase, const ZeroedBytes& input) {
    return entryOf(testCase.problem.op).reference(testCase.problem, {input.bytes(), {}});
}

// The large cases at a few hundred thousand elements, and scans of options that none of them has.
std::vector<Case> smallCases() {
    std::vector<Case> cases = largeCases(1 << 18);
    for (const ScanMode mode : {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial})
        for (const ScanOp scanOp : {ScanOp::Sum, ScanOp::Max})
            for (const bool reverse : {false, true})
                cases.push_back({.problem = {.op = Op::Scan,
                                             .dtype = Dtype::U16,
                                             .shape = {3, 2500, 5},
                                             .axis = 1,
                                             .mode = mode,
                                             .scanOp = scanOp,
                                             .reverse = reverse,
                                             .totals = true}});
    return cases;
}

std::uint64_t longest(const Case& testCase) {
    return slicesOf(testCase.problem).extent;
}

}  // namespace

TEST_SUITE("large") {
    TEST_CASE("every large case reaches beyond 2^31 bytes, and every limit is passed by some") {
        const std::vector<Case> cases = largeCases();
        const auto some = [&](const auto& holds) { return std::ranges::any_of(cases, holds); };
        for (const Op op : {Op::Argmax, Op::Scan}) {
            CAPTURE(entryOf(op).name);
            const auto elements = [op](std::uint64_t least) {
                return [op, least](const Case& testCase) {
                    return testCase.problem.op == op && elementCount(testCase.problem.shape) > least;
                };
            };
            CHECK(some(elements(k31)));
            CHECK(some(elements(k32)));
            CHECK(some(
                [op](const Case& testCase) { return testCase.problem.op == op && longest(testCase) > k32; }));
            CHECK(some([op](const Case& testCase) {
                return testCase.problem.op == op && elementCount(sliceShape(testCase.problem)) > k31 / 2;
            }));
        }
        CHECK(some([](const Case& testCase) { return elementCount(sliceShape(testCase.problem)) > k31; }));
        for (const Case& testCase : cases) {
            const Problem& problem = testCase.problem;
            CAPTURE(describe(problem));
            CHECK(std::max(inputSize(problem), outputSize(problem)) > k31);
            CHECK(std::max(inputSize(problem), outputSize(problem)) < 20'000'000'000);
            CHECK(testCase.regime == "large");
            if (problem.op == Op::Scan) continue;
            CHECK(testCase.seed < longest(testCase));
            CHECK((longest(testCase) <= k32 || problem.indexType == IndexType::I64));
        }
    }

    TEST_CASE("the extreme of a single row lies beyond the limit of its case") {
        const std::vector<Case> cases = largeCases();
        const auto limitsPassed = [&](std::size_t number) {
            const std::uint64_t place = cases[number].seed;
            return std::vector<bool>{place * elementSize(cases[number].problem.dtype) > k31,
                                     place * elementSize(cases[number].problem.dtype) > k32, place > k31,
                                     place > k32};
        };
        using Passed = std::vector<bool>;
        CHECK(limitsPassed(0) == Passed{true, false, false, false});
        CHECK(limitsPassed(1) == Passed{true, true, false, false});
        CHECK(limitsPassed(2) == Passed{true, false, true, false});
        CHECK(limitsPassed(3) == Passed{true, true, true, true});
        CHECK(limitsPassed(4) == Passed{true, true, true, true});
    }

    TEST_CASE("sums of floats stay exact") {
        for (const Case& testCase : largeCases())
            if (testCase.problem.op == Op::Scan && entryOf(outputDtype(testCase.problem)).isFloat())
                CHECK(longest(testCase) / 997 < 1 << 24);
    }

    TEST_CASE("what the formulas expect is what the reference makes of the input") {
        for (const Case& testCase : smallCases()) {
            CAPTURE(describe(testCase.problem));
            const Verdict verdict = checkLarge(testCase, referenceOf(testCase, generateLarge(testCase)));
            CHECK_MESSAGE(verdict, verdict.message);
        }
    }

    TEST_CASE("outputs of zeros alone are wrong") {
        for (const Case& testCase : smallCases()) {
            CAPTURE(describe(testCase.problem));
            Outputs outputs = referenceOf(testCase, generateLarge(testCase));
            for (const OperandView& operand : operandsOf(testCase.problem))
                if (operand.written) std::ranges::fill(outputOf(outputs, operand.operand), std::byte{0});
            CHECK_FALSE(checkLarge(testCase, outputs));
        }
    }

    TEST_CASE("one damaged element of an output is found, wherever it is") {
        for (const Case& testCase : smallCases()) {
            CAPTURE(describe(testCase.problem));
            Outputs outputs = referenceOf(testCase, generateLarge(testCase));
            for (const OperandView& operand : operandsOf(testCase.problem)) {
                if (!operand.written) continue;
                CAPTURE(operand.name);
                const std::uint64_t count = elementCount(operand.shape);
                for (const std::uint64_t element : {std::uint64_t{0}, count / 2, count - 1}) {
                    CAPTURE(element);
                    std::byte& damaged =
                        outputOf(outputs, operand.operand)[element * elementSize(operand.dtype)];
                    damaged ^= std::byte{1};
                    const Verdict verdict = checkLarge(testCase, outputs);
                    damaged ^= std::byte{1};
                    CHECK(verdict.wrong == 1);
                    CHECK(verdict.firstWrong == element);
                    CHECK(verdict.message.find(multiIndex(operand.shape, element)) != std::string::npos);
                }
            }
        }
    }
}
