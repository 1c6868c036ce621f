#include "harness/large.hpp"

#include "harness/combinations.hpp"
#include "harness/elements.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <new>

namespace vkaxis::harness {
namespace {

// ---- The elements of [outer, extent, inner] in row-major order, shared out to threads ----

class Walk {
  public:
    Walk(const Slices& slices, std::uint64_t element)
        : slices_(slices),
          element_(element),
          outer_(element / slices.inner / slices.extent),
          position_(element / slices.inner % slices.extent),
          inner_(element % slices.inner) {}

    std::uint64_t element() const { return element_; }
    std::uint64_t outer() const { return outer_; }
    std::uint64_t position() const { return position_; }  // along the axis
    std::uint64_t inner() const { return inner_; }
    std::uint64_t slice() const { return outer_ * slices_.inner + inner_; }

    void next() {
        ++element_;
        if (++inner_ < slices_.inner) return;
        inner_ = 0;
        if (++position_ < slices_.extent) return;
        position_ = 0;
        ++outer_;
    }

  private:
    Slices slices_;
    std::uint64_t element_;
    std::uint64_t outer_;
    std::uint64_t position_;
    std::uint64_t inner_;
};

// body(walk, element that ends it) for stretches that make up all elements, in parallel.
template <class Body>
void forEachStretch(const Slices& slices, const Body& body) {
    constexpr std::uint64_t kStretch = 1 << 16;
    const std::uint64_t count = slices.outer * slices.extent * slices.inner;
    parallelFor((count - 1) / kStretch + 1, [&](std::uint64_t task) {
        body(Walk(slices, task * kStretch), std::min(count, (task + 1) * kStretch));
    });
}

Slices alongAxis(Slices slices, std::uint64_t extent) {
    slices.extent = extent;
    return slices;
}

// ---- The input ----

std::uint64_t encode(Dtype dtype, std::uint64_t number) {
    const DtypeEntry& entry = entryOf(dtype);
    if (!entry.isFloat()) return number & entry.mask();
    return encodeFloat(entry, static_cast<double>(static_cast<std::int64_t>(number)));
}

// Writes into the storage of a problem with at most one dimension before the axis and one after it.
class Planter {
  public:
    Planter(const Problem& problem, std::byte* input)
        : input_(input), size_(static_cast<std::uint32_t>(elementSize(problem.dtype))) {
        const Strides strides = spelledOut(problem.shape, problem.strides);
        const std::size_t axis = problem.axis < 0 ? strides.size() - static_cast<std::size_t>(-problem.axis)
                                                  : static_cast<std::size_t>(problem.axis);
        outer_ = axis > 0 ? strides[axis - 1] : 0;
        step_ = strides[axis];
        inner_ = axis + 1 < strides.size() ? strides[axis + 1] : 0;
    }

    // The element of walk's slice at a position of its own.
    void plant(const Walk& walk, std::uint64_t position, std::uint64_t bits) const {
        storeBits(input_, walk.outer() * outer_ + position * step_ + walk.inner() * inner_, size_, bits);
    }

  private:
    std::byte* input_;
    std::uint32_t size_;
    std::uint64_t outer_ = 0;
    std::uint64_t step_ = 0;
    std::uint64_t inner_ = 0;
};

// ---- Arg reductions ----

// Of every slice, at (place + slice + offset) mod extent, and where the answers are.
struct Extreme {
    std::uint64_t number;  // 1 or -1
    std::uint64_t offset;
    std::vector<std::byte> Outputs::*indices;
    std::vector<std::byte> Outputs::*values;
    const char* indicesName;  // for messages; of the first output none
    const char* valuesName;
};

std::vector<Extreme> extremesOf(const Problem& problem) {
    if (problem.op == Op::Argmax) return {{1, 0, &Outputs::output, &Outputs::values, "", "values"}};
    const bool both = problem.op == Op::Argminmax;
    std::vector<Extreme> extremes{{~std::uint64_t{0}, both ? slicesOf(problem).extent / 2 : 0,
                                   &Outputs::output, &Outputs::values, "", "values"}};
    if (both) extremes.push_back({1, 0, &Outputs::maxOutput, &Outputs::maxValues, "maxOutput", "maxValues"});
    return extremes;
}

// Where along the axis a slice has the extreme: in two places where the last one is asked for, else in one.
struct Places {
    std::uint64_t first;
    std::uint64_t last;
};

Places placesOf(const Case& testCase, const Extreme& extreme, std::uint64_t extent, std::uint64_t slice) {
    const std::uint64_t place = (testCase.seed + slice + extreme.offset) % extent;
    if (testCase.problem.tie == Tie::First) return {place, place};
    const std::uint64_t other = (place + extent / 3) % extent;
    return {std::min(place, other), std::max(place, other)};
}

void plantExtremes(const Case& testCase, std::byte* input) {
    const Problem& problem = testCase.problem;
    const Slices slices = slicesOf(problem);
    const Planter planter(problem, input);
    for (const Extreme& extreme : extremesOf(problem)) {
        const std::uint64_t bits = encode(problem.dtype, extreme.number);
        forEachStretch(alongAxis(slices, 1), [&](Walk walk, std::uint64_t end) {
            for (; walk.element() < end; walk.next()) {
                const auto [first, last] = placesOf(testCase, extreme, slices.extent, walk.slice());
                planter.plant(walk, first, bits);
                planter.plant(walk, last, bits);
            }
        });
    }
}

// ---- Scans ----

// Along the axis of a scan every 997th element adds a step to the prefix, the others are zeros. From slice to
// slice they lie one place nearer to the beginning.
class Steps {
  public:
    explicit Steps(const Problem& problem)
        : maximum_(problem.scanOp == ScanOp::Max),
          reverse_(problem.reverse),
          includesOwn_(problem.mode == (reverse_ ? ScanMode::Exclusive : ScanMode::Inclusive)),
          extent_(slicesOf(problem).extent),
          highest_(entryOf(problem.dtype).highest()) {}

    std::uint64_t mostPerSlice() const { return extent_ / kPeriod + 1; }

    // Where a slice has its number-th step, beyond the axis if it has fewer; and the element there.
    std::uint64_t position(std::uint64_t slice, std::uint64_t number) const {
        return number * kPeriod + kPeriod - 1 - slice % kPeriod;
    }
    std::uint64_t element(std::uint64_t slice, std::uint64_t number) const {
        return maximum_ ? prefix(reverse_ ? total(slice) - number : number + 1) : 1;
    }

    // What so many steps come to: of a sum their count, of a maximum the greatest integer at the end.
    std::uint64_t prefix(std::uint64_t steps) const {
        return maximum_ ? steps * highest_ / mostPerSlice() : steps;
    }

    // The steps that count for an element of the output, and for the total.
    std::uint64_t at(std::uint64_t slice, std::uint64_t position) const {
        const std::uint64_t preceding = before(slice, position + (includesOwn_ ? 1 : 0));
        return reverse_ ? total(slice) - preceding : preceding;
    }
    // The next position of the output for which other steps count, going up from this one.
    std::uint64_t nextChange(std::uint64_t slice, std::uint64_t position) const {
        const std::uint64_t own = includesOwn_ ? 1 : 0;
        return (before(slice, position + own) + 1) * kPeriod - slice % kPeriod - own;
    }
    std::uint64_t total(std::uint64_t slice) const { return before(slice, extent_); }

  private:
    static constexpr std::uint64_t kPeriod = 997;

    std::uint64_t before(std::uint64_t slice, std::uint64_t position) const {
        return (position + slice % kPeriod) / kPeriod;
    }

    bool maximum_;
    bool reverse_;
    bool includesOwn_;  // whether the element at the output's position is on the side of those before it
    std::uint64_t extent_;
    std::uint64_t highest_;
};

void plantSteps(const Problem& problem, std::byte* input) {
    const Slices slices = slicesOf(problem);
    const Planter planter(problem, input);
    const Steps steps(problem);
    forEachStretch(alongAxis(slices, steps.mostPerSlice()), [&](Walk walk, std::uint64_t end) {
        for (; walk.element() < end; walk.next()) {
            const std::uint64_t position = steps.position(walk.slice(), walk.position());
            if (position >= slices.extent) continue;
            const std::uint64_t element = steps.element(walk.slice(), walk.position());
            planter.plant(walk, position, encode(problem.dtype, element));
        }
    });
}

// The expected bits of an output, worked out anew only where the steps that count change.
class PrefixBits {
  public:
    explicit PrefixBits(const Problem& problem) : steps_(problem), dtype_(harness::outputDtype(problem)) {}

    std::uint64_t at(std::uint64_t slice, std::uint64_t position) {
        if (slice != slice_ || position >= change_) {
            slice_ = slice;
            change_ = steps_.nextChange(slice, position);
            useCount(steps_.at(slice, position));
        }
        return bits_;
    }

    std::uint64_t total(std::uint64_t slice) {
        useCount(steps_.total(slice));
        return bits_;
    }

  private:
    void useCount(std::uint64_t count) {
        if (count == count_) return;
        count_ = count;
        bits_ = encode(dtype_, steps_.prefix(count));
    }

    Steps steps_;
    Dtype dtype_;
    std::uint64_t slice_ = 0;
    std::uint64_t change_ = 0;  // the first position of the slice with other bits
    std::uint64_t count_ = 0;
    std::uint64_t bits_ = 0;
};

// ---- The outputs ----

struct OutputTensor {
    const std::vector<std::byte>& bytes;
    const char* name;
    Dtype dtype;
    Extents shape;
    Slices slices;
};

// expected(slice, position along the output's axis): bits. Every thread has its own copy.
template <class Expected>
Verdict checkTensor(const OutputTensor& output, const Expected& expected) {
    const auto size = static_cast<std::uint32_t>(elementSize(output.dtype));
    const std::byte* bytes = output.bytes.data();
    Verdict verdict;
    std::mutex mutex;
    forEachStretch(output.slices, [&](Walk walk, std::uint64_t end) {
        Verdict local;
        Expected expectedHere = expected;
        for (; walk.element() < end; walk.next()) {
            const std::uint64_t found = loadBits(bytes, walk.element(), size);
            const std::uint64_t right = expectedHere(walk.slice(), walk.position());
            if (found == right) continue;
            const std::uint64_t element = walk.element();
            local.addWrong(element, [&] {
                return fmt::format("{}{} is {}, expected {}", output.name, multiIndex(output.shape, element),
                                   formatElement(output.dtype, found), formatElement(output.dtype, right));
            });
        }
        if (local) return;
        const std::scoped_lock lock(mutex);
        verdict.merge(local);
    });
    return verdict;
}

Verdict checkExtremes(const Case& testCase, const Outputs& outputs) {
    const Problem& problem = testCase.problem;
    const Slices slices = slicesOf(problem);
    const Slices answers = alongAxis(slices, 1);
    const Extents shape = sliceShape(problem);
    Verdict verdict;
    for (const Extreme& extreme : extremesOf(problem)) {
        verdict.append(
            checkTensor({outputs.*extreme.indices, extreme.indicesName, outputDtype(problem), shape, answers},
                        [&](std::uint64_t slice, std::uint64_t) {
                            return placesOf(testCase, extreme, slices.extent, slice).last;
                        }));
        if (!problem.values) continue;
        verdict.append(checkTensor(
            {outputs.*extreme.values, extreme.valuesName, problem.dtype, shape, answers},
            [bits = encode(problem.dtype, extreme.number)](std::uint64_t, std::uint64_t) { return bits; }));
    }
    return verdict;
}

Verdict checkPrefixes(const Problem& problem, const Outputs& outputs) {
    const Slices slices = slicesOf(problem);
    const Dtype dtype = outputDtype(problem);
    PrefixBits prefix(problem);
    const std::uint64_t extent = slices.extent + (problem.mode == ScanMode::IncludeInitial ? 1 : 0);
    Verdict verdict = checkTensor(
        {outputs.output, "", dtype, outputShape(problem), alongAxis(slices, extent)},
        [=](std::uint64_t slice, std::uint64_t position) mutable { return prefix.at(slice, position); });
    if (problem.totals)
        verdict.append(
            checkTensor({outputs.totals, "totals", dtype, sliceShape(problem), alongAxis(slices, 1)},
                        [=](std::uint64_t slice, std::uint64_t) mutable { return prefix.total(slice); }));
    return verdict;
}

}  // namespace

std::vector<Case> largeCases(std::uint64_t unit) {
    const std::uint64_t k32 = unit;
    const std::uint64_t k31 = unit / 2;
    const double scale = std::sqrt(static_cast<double>(unit) / 0x1p32);
    const auto side = [scale](int extent) { return static_cast<std::uint64_t>(scale * extent); };
    const auto i64 = IndexType::I64;
    const auto u32 = IndexType::U32;
    std::vector<Case> cases;
    const auto add = [&cases](std::uint64_t place, const Problem& problem, std::string_view view = "dense") {
        Case& added = cases.emplace_back(Case{.problem = problem,
                                              .distribution = Distribution::Peak,
                                              .seed = place,
                                              .regime = "large",
                                              .view = view});
        complete(added);
    };
    // One row: beyond byte 2^31 and 2^32, element 2^31 and 2^32.
    add(k31 / 4 + 5, {.op = Op::Argmax, .shape = {k31 / 4 + 1000}, .indexType = u32});
    add(k32 / 4 + 5, {.op = Op::Argmin, .shape = {k32 / 4 + 1000}, .indexType = u32});
    add(k31 + 7, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {k31 + 1000}, .indexType = u32});
    add(k32 + 9, {.op = Op::Argmax, .dtype = Dtype::I8, .shape = {k32 + 1000}, .indexType = i64});
    add(k32 + 9, {.op = Op::Argminmax, .dtype = Dtype::BF16, .shape = {k32 + 1000}, .indexType = i64});
    // Few rows, many rows, and more slices than 2^31.
    add(k32 + 11, {.op = Op::Argmin,
                   .dtype = Dtype::I8,
                   .shape = {2, k32 + 1001},
                   .indexType = i64,
                   .tie = Tie::Last,
                   .values = true});
    add(side(39990),
        {.op = Op::Argmax, .dtype = Dtype::F16, .shape = {side(70000), side(40001)}, .indexType = u32});
    add(1, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {k31 + 3, 2}, .indexType = u32});
    // Columns: narrow ones longer than 2^32, wide ones, and many tensors of them.
    add(k32 + 3, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {k32 + 5, 2}, .axis = 0, .indexType = i64});
    add(side(299990), {.op = Op::Argmin, .shape = {side(300000), side(5001)}, .axis = 0, .indexType = u32});
    add(5, {.op = Op::Argmax,
            .dtype = Dtype::I64,
            .shape = {side(40000), 7, side(5000)},
            .axis = 1,
            .indexType = i64});
    // Strided.
    add(side(39990), {.op = Op::Argmax, .shape = {side(40000), side(40001)}, .indexType = u32}, "transposed");
    add(k31 + 5, {.op = Op::Argmax, .dtype = Dtype::U8, .shape = {2, k31 + 9}, .indexType = u32}, "padded");

    add(0, {.op = Op::Scan, .dtype = Dtype::U8, .shape = {k32 + 1000}});
    add(0,
        {.op = Op::Scan, .dtype = Dtype::I8, .shape = {k32 + 77}, .reverse = true, .outputDtype = Dtype::I8});
    add(0, {.op = Op::Scan,
            .dtype = Dtype::U16,
            .shape = {2, k31 + 9},
            .scanOp = ScanOp::Max,
            .outputDtype = Dtype::U16});
    add(0, {.op = Op::Scan, .shape = {k31 + 1000}, .mode = ScanMode::Exclusive});
    add(0, {.op = Op::Scan, .dtype = Dtype::I64, .shape = {k31 / 2 + 5}, .mode = ScanMode::IncludeInitial});
    add(0, {.op = Op::Scan, .dtype = Dtype::U8, .shape = {k32 + 5, 2}, .axis = 0, .outputDtype = Dtype::U8});
    add(0,
        {.op = Op::Scan, .dtype = Dtype::U8, .shape = {side(70000), side(70001)}, .axis = 0, .totals = true});
    add(0, {.op = Op::Scan, .dtype = Dtype::I16, .shape = {k31 / 2 + 3, 3}, .outputDtype = Dtype::I16});
    return cases;
}

ZeroedBytes::ZeroedBytes(std::uint64_t size)
    : block_(static_cast<std::byte*>(std::calloc(size, 1))), size_(size) {
    if (!block_) throw std::bad_alloc();
}

ZeroedBytes generateLarge(const Case& testCase) {
    ZeroedBytes input(inputSize(testCase.problem));
    if (testCase.problem.op == Op::Scan)
        plantSteps(testCase.problem, input.data());
    else
        plantExtremes(testCase, input.data());
    return input;
}

Verdict checkLarge(const Case& testCase, const Outputs& outputs) {
    return testCase.problem.op == Op::Scan ? checkPrefixes(testCase.problem, outputs)
                                           : checkExtremes(testCase, outputs);
}

Outcome runLarge(const Device& device, const Case& testCase) {
    const auto begin = std::chrono::steady_clock::now();
    const Problem& problem = testCase.problem;
    Outcome outcome;
    const ZeroedBytes input = generateLarge(testCase);
    const Result<Outputs> outputs = execute(device, problem, {input.bytes(), {}});
    outcome.status = outputs.status;
    outcome.skipped =
        outputs.status.code() == Code::Unsupported && !missingFeature(device.summary(), problem).empty();
    if (outputs) outcome.verdict = checkLarge(testCase, outputs.value);
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return outcome;
}

}  // namespace vkaxis::harness
