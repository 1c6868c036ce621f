// The CPU references tested without a GPU: against brute force, NumPy and values worked out by hand, and
// their comparison against mistakes.
#include "goldens_py/goldens.hpp"
#include "harness/combinations.hpp"
#include "harness/elements.hpp"
#include "harness/slices.hpp"

#include "test_tensors.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;

// Every two choices of op, options, dtype, views and distribution, over small shapes of every kind.
template <class Body>
void forEachSmallCase(const Body& body) {
    const std::vector<Regime::Shape> shapes{
        {{}, 0},        {{1}, 0},        {{7}, -1},       {{300}, 0},        {{3, 5}, 0},
        {{3, 5}, 1},    {{2, 3, 4}, 1},  {{2, 5, 70}, 2}, {{260, 3}, 0},     {{2, 1, 3, 2, 4}, 2},
        {{4, 1, 6}, 1}, {{3, 2, 1}, -3}, {{2, 40, 3}, 1}, {{2, 2, 2, 9}, 3},
    };
    std::size_t number = 0;
    for (Case testCase : combinedCases(1))
        for (int i = 0; i < 5; ++i) {
            const Regime::Shape& shape = shapes[number++ % shapes.size()];
            testCase.problem.shape = shape.extents;
            testCase.problem.axis = shape.axis;
            complete(testCase);
            CAPTURE(arguments(testCase));
            const auto input = generate(testCase.problem, testCase.distribution, testCase.seed);
            const auto initial = generateInitial(testCase.problem, testCase.distribution, testCase.seed);
            body(testCase, Inputs{input, initial});
        }
}

// ---- Brute force: the definitions, element by element ----

// The input's bits, densely.
std::vector<std::uint64_t> denseInput(const Problem& problem, std::span<const std::byte> storage) {
    const harness::Strides strides = spelledOut(problem.shape, problem.strides);
    std::vector<std::uint64_t> elements(elementCount(problem.shape));
    for (std::uint64_t element = 0; element < elements.size(); ++element) {
        std::uint64_t place = 0;
        std::uint64_t rest = element;
        for (std::size_t i = problem.shape.size(); i-- > 0; rest /= problem.shape[i])
            place += rest % problem.shape[i] * strides[i];
        elements[element] =
            loadBits(storage.data(), place, static_cast<std::uint32_t>(elementSize(problem.dtype)));
    }
    return elements;
}

// -1, 0 or 1 as a is less than, equal to or greater than b.
int compared(const DtypeEntry& dtype, std::uint64_t a, std::uint64_t b) {
    const auto order = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (dtype.isFloat()) return order(decodeFloat(dtype, a), decodeFloat(dtype, b));
    if (dtype.kind == Kind::Unsigned) return order(a, b);
    return order(static_cast<std::int64_t>(extend(dtype, a)), static_cast<std::int64_t>(extend(dtype, b)));
}

// The place of the extreme in a slice, or -1.
std::int64_t extremeOf(const Problem& problem, bool minimum, const std::vector<std::uint64_t>& slice) {
    const DtypeEntry& dtype = entryOf(problem.dtype);
    std::vector<std::size_t> numbers;
    std::vector<std::size_t> candidates;  // NaNs, or else the numbers that no other beats
    for (std::size_t i = 0; i < slice.size(); ++i) {
        const bool isNan = dtype.isFloat() && dtype.isNan(slice[i]);
        if (!isNan) numbers.push_back(i);
        if (isNan && problem.nan == Nan::Propagate) candidates.push_back(i);
    }
    const auto beaten = [&](std::size_t i) {
        return std::ranges::any_of(numbers, [&](std::size_t j) {
            return compared(dtype, slice[j], slice[i]) == (minimum ? -1 : 1);
        });
    };
    if (candidates.empty())
        std::ranges::copy_if(numbers, std::back_inserter(candidates), std::not_fn(beaten));
    if (candidates.empty()) return -1;
    return static_cast<std::int64_t>(problem.tie == Tie::Last ? candidates.back() : candidates.front());
}

// initial op terms[0] op ... in the output's bits, in the order of the terms; in Real if floats are combined.
template <class Real>
std::uint64_t combined(const Problem& problem, std::uint64_t initial,
                       const std::vector<std::uint64_t>& terms) {
    const DtypeEntry& in = entryOf(problem.dtype);
    const DtypeEntry& out = entryOf(outputDtype(problem));
    const bool product = problem.scanOp == ScanOp::Prod;
    if (problem.scanOp == ScanOp::Max || problem.scanOp == ScanOp::Min) {
        std::uint64_t result = initial;
        for (const std::uint64_t bits : terms) {
            const std::uint64_t term =
                in.isFloat() ? encodeFloat(out, decodeFloat(in, bits)) : extend(in, bits) & out.mask();
            if (in.isFloat() && (out.isNan(result) || out.isNan(term))) {
                result = out.quietNan();
                continue;
            }
            int order = compared(out, term, result);
            if (order == 0 && in.isFloat())
                order =
                    static_cast<int>((result & out.sign()) != 0) - static_cast<int>((term & out.sign()) != 0);
            if (order == (problem.scanOp == ScanOp::Max ? 1 : -1)) result = term;
        }
        return result;
    }
    if (!in.isFloat()) {
        std::uint64_t result = extend(out, initial);
        for (const std::uint64_t bits : terms)
            result = product ? result * extend(in, bits) : result + extend(in, bits);
        return result & out.mask();
    }
    auto result = static_cast<Real>(decodeFloat(out, initial));
    for (const std::uint64_t bits : terms) {
        const auto term = static_cast<Real>(decodeFloat(in, bits));
        result = product ? result * term : result + term;
    }
    return encodeFloat(out, static_cast<double>(result));
}

std::uint64_t neutralOf(const Problem& problem) {
    const DtypeEntry& out = entryOf(outputDtype(problem));
    switch (problem.scanOp) {
        case ScanOp::Sum:
            return 0;
        case ScanOp::Prod:
            return out.isFloat() ? encodeFloat(out, 1) : 1;
        case ScanOp::Max:
            return out.lowest();
        default:
            return out.highest();
    }
}

std::uint64_t initialOf(const Problem& problem, const Inputs& inputs, std::uint64_t slice) {
    const DtypeEntry& out = entryOf(outputDtype(problem));
    switch (problem.initial) {
        case ScanInitial::Neutral:
            return neutralOf(problem);
        case ScanInitial::Host:
            return out.isFloat() ? encodeFloat(out, problem.initialValue.f64)
                                 : problem.initialValue.u64 & out.mask();
        case ScanInitial::Device:
            return loadBits(inputs.initial.data(), 0, out.size);
        default:
            return loadBits(inputs.initial.data(), slice, out.size);
    }
}

void append(std::vector<std::byte>& tensor, Dtype dtype, std::uint64_t bits) {
    const auto size = static_cast<std::uint32_t>(elementSize(dtype));
    tensor.resize(tensor.size() + size);
    storeBits(tensor.data(), tensor.size() / size - 1, size, bits);
}

void bruteForceArg(const Problem& problem, const std::vector<std::uint64_t>& slice, Outputs& outputs) {
    const auto choose = [&](bool minimum, std::vector<std::byte>& indices, std::vector<std::byte>& values) {
        const std::int64_t chosen = extremeOf(problem, minimum, slice);
        append(indices, outputDtype(problem), static_cast<std::uint64_t>(chosen));
        if (problem.values)
            append(values, problem.dtype, slice[static_cast<std::size_t>(std::max<std::int64_t>(0, chosen))]);
    };
    choose(problem.op != Op::Argmax, outputs.output, outputs.values);
    if (problem.op == Op::Argminmax) choose(false, outputs.maxOutput, outputs.maxValues);
}

Outputs bruteForce(const Problem& problem, const Inputs& inputs) {
    const Slices slices = slicesOf(problem);
    const std::vector<std::uint64_t> elements = denseInput(problem, inputs.input);
    const auto size = static_cast<std::uint32_t>(elementSize(outputDtype(problem)));
    const std::uint64_t outputExtent = slices.extent + (problem.mode == ScanMode::IncludeInitial ? 1 : 0);
    Outputs outputs;
    if (problem.op == Op::Scan) outputs.output.resize(elementCount(outputShape(problem)) * size);
    for (std::uint64_t slice = 0; slice < slices.outer * slices.inner; ++slice) {
        const std::uint64_t outer = slice / slices.inner;
        const std::uint64_t inner = slice % slices.inner;
        std::vector<std::uint64_t> terms;
        for (std::uint64_t i = 0; i < slices.extent; ++i)
            terms.push_back(elements[(outer * slices.extent + i) * slices.inner + inner]);
        if (problem.op != Op::Scan) {
            bruteForceArg(problem, terms, outputs);
            continue;
        }
        if (problem.reverse) std::ranges::reverse(terms);
        const auto prefix = [&](std::uint64_t count) {
            const std::uint64_t initial = initialOf(problem, inputs, slice);
            const std::vector first(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(count));
            if (count == 0) return initial;
            return outputDtype(problem) == Dtype::F64 ? combined<long double>(problem, initial, first)
                                                      : combined<double>(problem, initial, first);
        };
        for (std::uint64_t i = 0; i < outputExtent; ++i) {
            const std::uint64_t place = problem.reverse ? outputExtent - 1 - i : i;
            storeBits(outputs.output.data(), (outer * outputExtent + place) * slices.inner + inner, size,
                      prefix(i + (problem.mode == ScanMode::Inclusive ? 1 : 0)));
        }
        if (problem.totals) append(outputs.totals, outputDtype(problem), prefix(slices.extent));
    }
    return outputs;
}

bool isFloatProduct(const Problem& problem) {
    return problem.op == Op::Scan && problem.scanOp == ScanOp::Prod && entryOf(problem.dtype).isFloat();
}

}  // namespace

TEST_SUITE("harness") {
    TEST_CASE("the references agree with brute force") {
        forEachSmallCase([](const Case& testCase, const Inputs& inputs) {
            const Problem& problem = testCase.problem;
            const Outputs expected = bruteForce(problem, inputs);
            // A product may be rounded another way.
            if (!isFloatProduct(problem))
                CHECK(sameNumbers(problem, entryOf(problem.op).reference(problem, inputs), expected));
            const Verdict verdict = check(problem, inputs, expected, 1);
            CHECK_MESSAGE(verdict, verdict.message);
            const Verdict own = check(problem, inputs, entryOf(problem.op).reference(problem, inputs), 1);
            CHECK_MESSAGE(own, own.message);
        });
    }

    TEST_CASE("an element that is off is wrong, in every output of every kind of problem") {
        forEachSmallCase([](const Case& testCase, const Inputs& inputs) {
            const Problem& problem = testCase.problem;
            const Outputs right = entryOf(problem.op).reference(problem, inputs);
            for (const OperandView& operand : operandsOf(problem)) {
                if (!operand.written || elementCount(operand.shape) == 0) continue;
                const DtypeEntry& dtype = entryOf(operand.dtype);
                const std::uint64_t element = testCase.seed % elementCount(operand.shape);
                Outputs wrong = right;
                std::byte* tensor = outputOf(wrong, operand.operand).data();
                const std::uint64_t bits = loadBits(tensor, element, dtype.size);
                const bool rounded = problem.op == Op::Scan && dtype.isFloat();
                if (!rounded) {
                    storeBits(tensor, element, dtype.size, bits ^ 1);
                } else {
                    // What overflow may do is not for one element to say.
                    if (testCase.distribution == Distribution::Extremes) continue;
                    const double number = decodeFloat(dtype, bits);
                    if (isFloatProduct(problem) && testCase.distribution != Distribution::Factors) continue;
                    storeBits(tensor, element, dtype.size,
                              std::isfinite(number)
                                  ? encodeFloat(dtype, number * 1.5 + std::copysign(1, number))
                                  : 0);
                }
                CAPTURE(std::string(operand.name));
                CHECK(check(problem, inputs, wrong, 60).wrong == 1);
            }
        });
    }

    TEST_CASE("the references agree with NumPy") {
        for (const Golden& golden : kGoldens) {
            const Problem problem = golden.problem();
            CAPTURE(golden.name);
            CAPTURE(describe(problem));
            CHECK(sameNumbers(problem, entryOf(problem.op).reference(problem, golden.inputs()),
                              golden.outputs()));
            const Verdict verdict = check(problem, golden.inputs(), golden.outputs(), 0);
            CHECK_MESSAGE(verdict, verdict.message);
        }
    }

    TEST_CASE("an empty tensor has an empty reference, and an include-initial scan of nothing is 0") {
        Problem problem{.op = Op::Scan, .shape = {3, 0}, .axis = 1};
        CHECK(entryOf(Op::Scan).reference(problem, {}).output.empty());
        problem.mode = ScanMode::IncludeInitial;
        const Outputs zeros = entryOf(Op::Scan).reference(problem, {});
        CHECK(zeros.output == std::vector<std::byte>(12));
        CHECK(check(problem, {}, zeros));
        CHECK_FALSE(check(problem, {}, {.output = bytesOf<float>({0, 0, 1})}));
    }

    TEST_CASE("the axis of the seed's scan grows, and an arg reduction's disappears") {
        CHECK(outputShape({.op = Op::Scan, .shape = {3, 4}, .axis = 1, .mode = ScanMode::IncludeInitial}) ==
              Extents{3, 5});
        CHECK(outputShape({.op = Op::Argmax, .shape = {3, 4, 5}, .axis = -2}) == Extents{3, 5});
        CHECK(outputShape({.op = Op::Argmax, .shape = {}, .axis = 0}).empty());
        CHECK(outputSize({.op = Op::Argmax, .shape = {3, 4}, .axis = 1}) == 24);
        CHECK(outputSize({.op = Op::Argmax, .shape = {3, 4}, .axis = 1, .indexType = IndexType::U32}) == 12);
    }

    TEST_CASE("panels cover every slice once, and know where it begins") {
        for (const std::uint64_t outer : {1U, 3U, 1000U})
            for (const std::uint64_t inner : {1U, 2U, 127U, 128U, 129U, 1000U}) {
                const Slices slices{outer, 7, inner};
                const SlicePlaces places(Extents{outer, 7, inner}, {}, -2);
                std::vector<std::atomic<int>> visits(outer * inner);
                std::atomic<bool> placed = true;
                forEachPanel(slices, [&](const Panel& panel) {
                    for (std::uint64_t i = 0; i < panel.width; ++i) {
                        ++visits[panel.outer * inner + panel.inner + i];
                        if (places.of(panel)[i] != panel.outer * 7 * inner + panel.inner + i) placed = false;
                    }
                });
                CHECK(std::ranges::all_of(visits, [](const auto& count) { return count == 1; }));
                CHECK(placed);
                CHECK(places.step() == inner);
            }
        forEachPanel({0, 3, 3}, [](const Panel&) { FAIL_CHECK("a panel of nothing"); });
        forEachPanel({3, 3, 0}, [](const Panel&) { FAIL_CHECK("a panel of nothing"); });
    }

    // ---- Slices that several threads share ----

    TEST_CASE("sections cover every element once, and an empty axis is one") {
        constexpr std::uint64_t kElements = 1 << 18;
        for (const std::uint64_t inner : {1U, 2U, 127U, 128U, 129U, 300U}) {
            const std::uint64_t length = kElements / std::min<std::uint64_t>(inner, kPanelWidth);
            for (const std::uint64_t extent :
                 {std::uint64_t{0}, std::uint64_t{1}, length - 1, length, length + 1, 2 * length + 1}) {
                CAPTURE(inner);
                CAPTURE(extent);
                std::vector<std::atomic<std::uint8_t>> visits(2 * std::max<std::uint64_t>(extent, 1) * inner);
                forEachSection(
                    {2, extent, inner}, [&](const Panel& panel, std::uint64_t begin, std::uint64_t end) {
                        for (std::uint64_t row = begin; row < end || extent == 0; ++row) {
                            const std::uint64_t line = panel.outer * std::max<std::uint64_t>(extent, 1) + row;
                            for (std::uint64_t i = 0; i < panel.width; ++i)
                                ++visits[line * inner + panel.inner + i];
                            if (extent == 0) break;
                        }
                    });
                CHECK(std::ranges::all_of(visits, [](const auto& count) { return count == 1; }));
            }
        }
    }

    TEST_CASE("of a long axis too, an index that any element disproves is wrong") {
        constexpr std::uint64_t kExtent = 300000;
        for (const Tie tie : {Tie::First, Tie::Last}) {
            const Problem problem{.op = Op::Argmax,
                                  .shape = {2, kExtent, 2},
                                  .axis = 1,
                                  .indexType = IndexType::U32,
                                  .tie = tie};
            std::vector<float> input(4 * kExtent);
            for (const std::uint64_t place : {70000U, 150000U, 290000U}) input[2 * place + 1] = 1;
            const std::uint32_t none = tie == Tie::First ? 0 : kExtent - 1;
            const std::uint32_t right = tie == Tie::First ? 70000 : 290000;
            const auto verdictOf = [&](std::uint32_t first, std::uint32_t second) {
                return check(problem, {std::as_bytes(std::span(input))},
                             {.output = bytesOf<std::uint32_t>({first, second, none, none})});
            };
            CHECK(verdictOf(none, right));
            for (const std::uint32_t wrong :
                 {70000U, 150000U, 290000U, 0U, 69999U, 290001U, std::uint32_t{kExtent}, 0xffffffffU})
                CHECK(verdictOf(none, wrong).wrong == (wrong == right ? 0 : 1));
            CHECK(verdictOf(1, right).message == fmt::format("[0,0] is 1 (0), expected {} (0)", none));
        }
    }

    TEST_CASE("of a long axis too, every wrong element of a scan is found") {
        constexpr std::uint64_t kExtent = 300000;
        for (const ScanMode mode : {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial})
            for (const bool reverse : {false, true})
                for (const Dtype dtype : {Dtype::I32, Dtype::F32}) {
                    const Problem problem{.op = Op::Scan,
                                          .dtype = dtype,
                                          .shape = {2, kExtent, 2},
                                          .axis = 1,
                                          .mode = mode,
                                          .reverse = reverse,
                                          .totals = true};
                    CAPTURE(describe(problem));
                    const bool floats = dtype == Dtype::F32;
                    const auto input =
                        generate(problem, floats ? Distribution::Integers : Distribution::Uniform, 1);
                    const Inputs inputs{.input = input, .exactSums = floats};
                    Outputs outputs = entryOf(Op::Scan).reference(problem, inputs);
                    CHECK(check(problem, inputs, outputs));
                    const std::uint64_t rows = kExtent + (mode == ScanMode::IncludeInitial ? 1 : 0);
                    for (const std::uint64_t row :
                         {std::uint64_t{0}, std::uint64_t{131071}, std::uint64_t{131072},
                          std::uint64_t{131073}, rows - 131074, rows - 131073, rows - 131072, rows - 1}) {
                        CAPTURE(row);
                        const std::uint64_t element = (rows + row) * 2 + 1;
                        const auto bits = load<std::uint32_t>(outputs.output.data(), element);
                        store(outputs.output.data(), element, bits ^ 0x00800000U);
                        const Verdict verdict = check(problem, inputs, outputs);
                        CHECK(verdict.wrong == 1);
                        CHECK(verdict.message.starts_with(fmt::format("[1,{},1] is ", row)));
                        store(outputs.output.data(), element, bits);
                    }
                    const auto total = load<std::uint32_t>(outputs.totals.data(), 3);
                    store(outputs.totals.data(), 3, total ^ 0x00800000U);
                    CHECK(check(problem, inputs, outputs).wrong == 1);
                }
    }

    TEST_CASE("exact sums of floats may not be off by a rounding") {
        const Problem problem{.op = Op::Scan, .shape = {3}, .axis = 0};
        const auto input = bytesOf<float>({16777214, 1, -2});
        const auto output = bytesOf<float>({16777214, 16777216, 16777214});
        CHECK_FALSE(check(problem, {.input = input, .exactSums = true}, {.output = output}));
    }

    TEST_CASE("where no term was added an exact sum is the initial value with its sign") {
        const Problem problem{.op = Op::Scan, .shape = {2}, .axis = 0, .mode = ScanMode::Exclusive};
        const auto input = bytesOf<float>({0, 0});
        const Inputs inputs{.input = input, .exactSums = true};
        CHECK(check(problem, inputs, {.output = bytesOf<float>({0.0F, 0.0F})}));
        CHECK_FALSE(check(problem, inputs, {.output = bytesOf<float>({-0.0F, 0.0F})}));
    }

    TEST_CASE("integers have exact sums unless one is added again and again") {
        Problem problem{.op = Op::Scan, .shape = {30, 40}, .axis = 1};
        CHECK(hasExactSums(problem, Distribution::Integers));
        CHECK_FALSE(hasExactSums(problem, Distribution::Uniform));
        setViews(problem, *findView("constant"), viewTable()[0]);
        CHECK_FALSE(hasExactSums(problem, Distribution::Integers));
    }

    // ---- Indices ----

    TEST_CASE("an index that is one off is wrong, and the message says where") {
        const Problem problem{.op = Op::Argmax, .shape = {2, 3, 2}, .axis = 1};
        const auto input = bytesOf<float>({1, 2, 3, 1, 2, 5, /**/ 9, 9, 4, 9, 9, 1});
        CHECK(check(problem, {input}, {.output = bytesOf<std::int64_t>({1, 2, 0, 0})}));
        const Verdict verdict = check(problem, {input}, {.output = bytesOf<std::int64_t>({1, 2, 0, 1})});
        CHECK(verdict.wrong == 1);
        CHECK(verdict.message == "[1,1] is 1 (9), expected 0 (9)");
    }

    TEST_CASE("the upper half of a 64-bit index counts, and an index beyond the axis is wrong") {
        const Problem problem{.op = Op::Argmin, .dtype = Dtype::I32, .shape = {3}, .axis = 0};
        const auto input = bytesOf<std::int32_t>({5, -7, 0});
        CHECK(check(problem, {input}, {.output = bytesOf<std::int64_t>({1})}));
        for (const std::int64_t wrong :
             {std::int64_t{1} + (std::int64_t{1} << 32), std::int64_t{3}, std::int64_t{-1}}) {
            const Verdict verdict = check(problem, {input}, {.output = bytesOf<std::int64_t>({wrong})});
            CHECK(verdict.wrong == 1);
            CHECK(verdict.message.find("outside the axis") != std::string::npos);
        }
    }

    TEST_CASE("of ties the first or the last wins, NaN beats all or is ignored, with its bits") {
        const auto input = bytesOf<std::uint32_t>({0x80000000, 0, 0xffc00001, 0x3f800000, 0x7f800001,
                                                   0x3f800000, /**/ 0x7fc00002, 0xffffffff, 0x7f800001,
                                                   0x7fc00000, 0x7fc00000, 0x7fc00000});
        struct Answer {
            Tie tie;
            Nan nan;
            std::vector<std::uint32_t> minimum, smallest, maximum, greatest;
        };
        constexpr std::uint32_t kNone = 0xffffffff;
        const std::vector<Answer> answers{
            {Tie::First, Nan::Propagate, {2, 0}, {0xffc00001, 0x7fc00002}, {2, 0}, {0xffc00001, 0x7fc00002}},
            {Tie::Last, Nan::Propagate, {4, 5}, {0x7f800001, 0x7fc00000}, {4, 5}, {0x7f800001, 0x7fc00000}},
            {Tie::First,
             Nan::Ignore,
             {0, kNone},
             {0x80000000, 0x7fc00002},
             {3, kNone},
             {0x3f800000, 0x7fc00002}},
            {Tie::Last, Nan::Ignore, {1, kNone}, {0, 0x7fc00002}, {5, kNone}, {0x3f800000, 0x7fc00002}},
        };
        for (const Answer& answer : answers) {
            const Problem problem{.op = Op::Argminmax,
                                  .shape = {2, 6},
                                  .axis = 1,
                                  .indexType = IndexType::U32,
                                  .tie = answer.tie,
                                  .nan = answer.nan,
                                  .values = true};
            const Outputs right{bytesOf(answer.minimum),
                                bytesOf(answer.maximum),
                                bytesOf(answer.smallest),
                                bytesOf(answer.greatest),
                                {}};
            CHECK(sameBits(entryOf(Op::Argminmax).reference(problem, {input}), right));
            CHECK(check(problem, {input}, right));
        }
        const Problem wide{.op = Op::Argmax, .shape = {1, 6}, .axis = 1, .nan = Nan::Ignore};
        const std::span<const std::byte> nans = std::span(input).subspan(24);
        CHECK(check(wide, {nans}, {.output = bytesOf<std::int64_t>({-1})}));
        CHECK_FALSE(check(wide, {nans}, {.output = bytesOf<std::int64_t>({0})}));
        CHECK_FALSE(check(wide, {nans}, {.output = bytesOf<std::int64_t>({0xffffffff})}));
    }

    TEST_CASE("the extremes of every dtype are found") {
        for (const DtypeEntry& dtype : dtypeTable()) {
            CAPTURE(dtype.name);
            const std::uint64_t greatest = dtype.isFloat() ? dtype.infinity() : dtype.highest();
            const std::uint64_t inside = dtype.isFloat() ? encodeFloat(dtype, 1) : 1;
            std::vector<std::byte> input;
            for (const std::uint64_t bits :
                 {inside, greatest - 1, greatest, dtype.lowest(),
                  dtype.isFloat() ? dtype.lowest() - 1 : dtype.lowest() + 1, inside})
                append(input, dtype.dtype, bits);
            const Problem problem{
                .op = Op::Argminmax, .dtype = dtype.dtype, .shape = {6}, .axis = 0, .values = true};
            const Outputs outputs = entryOf(Op::Argminmax).reference(problem, {input});
            CHECK(load<std::int64_t>(outputs.output.data(), 0) == 3);
            CHECK(load<std::int64_t>(outputs.maxOutput.data(), 0) == 2);
            CHECK(loadBits(outputs.values.data(), 0, dtype.size) == dtype.lowest());
            CHECK(loadBits(outputs.maxValues.data(), 0, dtype.size) == greatest);
        }
    }

    TEST_CASE("values are bit copies") {
        const Problem problem{.op = Op::Argmax,
                              .dtype = Dtype::BF16,
                              .shape = {3},
                              .axis = 0,
                              .tie = Tie::Last,
                              .values = true};
        const auto input = bytesOf<std::uint16_t>({0, 0x8000, 0xbf80});
        const auto index = bytesOf<std::int64_t>({1});
        CHECK(check(problem, {input}, {.output = index, .values = bytesOf<std::uint16_t>({0x8000})}));
        const Verdict verdict =
            check(problem, {input}, {.output = index, .values = bytesOf<std::uint16_t>({0})});
        CHECK(verdict.wrong == 1);
        CHECK(verdict.message == "values[] is 0 (0x0), expected -0 (0x8000)");
    }

    TEST_CASE("wrong elements are counted, and the first is reported, whichever thread finds it") {
        const Problem problem{.op = Op::Argmax, .shape = {3000, 100}, .axis = 1, .indexType = IndexType::U32};
        const auto input = generate(problem, Distribution::Uniform, 1);
        Outputs outputs = entryOf(Op::Argmax).reference(problem, {input});
        for (const std::uint64_t element : {2999U, 700U, 701U, 1500U})
            store<std::uint32_t>(outputs.output.data(), element, 100);
        const Verdict verdict = check(problem, {input}, outputs);
        CHECK(verdict.wrong == 4);
        CHECK(verdict.firstWrong == 700);
        CHECK(verdict.message.rfind("[700] is 100 (outside the axis)", 0) == 0);
    }
}
