#include "harness/generate.hpp"

#include "harness/dtype.hpp"
#include "harness/elements.hpp"
#include "harness/guarded_tensor.hpp"
#include "harness/random.hpp"
#include "harness/slices.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace vkaxis::harness {
namespace {

// Where an element stands, and what it is drawn from.
struct Site {
    const Problem& problem;
    const DtypeEntry& dtype;
    std::uint64_t extent;          // of distinct elements along the axis
    std::uint32_t largestInteger;  // that keeps sums over the axis exact
    std::uint64_t seed;
    std::uint64_t stream;
    std::uint64_t element;
    std::uint64_t slice;
    std::uint64_t position;

    std::uint64_t random() const { return randomAt(stream, element); }
    std::uint64_t real(double value) const { return encodeFloat(dtype, value); }

    // A count in the element's type, or its greatest finite value instead of a greater one.
    std::uint64_t number(std::uint64_t value) const {
        if (!dtype.isFloat()) return std::min(value, dtype.highest());
        return std::min(real(static_cast<double>(value)), dtype.infinity() - 1);
    }
};

std::uint64_t pick(const Site& site, std::span<const std::uint64_t> values) {
    return values[site.random() % values.size()];
}

std::uint64_t uniform(const Site& site) {
    if (!site.dtype.isFloat()) return site.random() & site.dtype.mask();
    return site.real(uniformNumber(site.random(), site.dtype.mantissaBits + 1));
}

std::uint64_t normal(const Site& site) {
    return site.real(normalNumber(site.random()));
}

std::uint64_t ties(const Site& site) {
    const std::array<std::uint64_t, 6> integers{0, 1, 1, 2, 3, 3};
    if (!site.dtype.isFloat()) return pick(site, integers);
    const std::uint64_t negativeZero = site.dtype.sign();
    const std::array<std::uint64_t, 6> zeros{negativeZero, 0, negativeZero, 0, negativeZero, 0};
    const std::array<std::uint64_t, 6> floats{site.real(-1), site.real(-1), negativeZero, 0,
                                              site.real(2),  site.real(2)};
    return pick(site, site.slice % 4 == 3 ? zeros : floats);
}

std::uint64_t ascending(const Site& site) {
    return site.number(site.position);
}

std::uint64_t descending(const Site& site) {
    return site.number(site.extent - 1 - site.position);
}

std::uint64_t equal(const Site& site) {
    return site.number(1);
}

// The number that stands out from others in what a scan makes of them.
std::uint64_t scanPeak(const Site& site, bool here) {
    switch (site.problem.scanOp) {
        case ScanOp::Prod:
            return site.number(here ? 2 : 1);
        case ScanOp::Min:
            return site.number(here ? 0 : 1);
        default:
            return site.number(here ? 1 : 0);
    }
}

// The extreme of the op, of argminmax the largest and half an axis further the smallest, among others.
std::uint64_t peak(const Site& site) {
    const std::uint64_t place = (site.seed + site.slice) % site.extent;
    const bool here = site.position == place;
    if (site.problem.op == Op::Scan) return scanPeak(site, here);
    const bool opposite =
        site.problem.op == Op::Argminmax && site.position == (place + site.extent / 2) % site.extent;
    const bool smallest = here == (site.problem.op == Op::Argmin);
    const std::uint64_t random = site.random();
    if (site.dtype.isFloat())
        return site.real(here || opposite ? (smallest ? -2 : 2) : 2 * uniformNumber(random, 24) - 1);
    if (here || opposite) return smallest ? site.dtype.lowest() : site.dtype.highest();
    const std::uint64_t quarter = site.dtype.sign() / 2;
    return quarter - 1 - (random & (quarter - 1) & ~std::uint64_t{15});
}

// The element from a random place of half of the slices on, where every 16th one is replaced; else normal.
template <class Special>
std::uint64_t poisoned(const Site& site, const Special& special) {
    const std::uint64_t random = site.random();
    const std::uint64_t first = randomAt(~site.stream, site.slice) % (2 * site.extent);
    const bool replaced = site.position == first || (site.position > first && random % 16 == 0);
    return replaced ? special(random) : normal(site);
}

// Quiet and signalling ones of both signs, and all bits set.
std::uint64_t nanElement(const Site& site) {
    return poisoned(site, [&](std::uint64_t random) {
        const std::uint64_t payload = mix(random) & ~site.dtype.infinity() & site.dtype.mask();
        return random % 128 == 0 ? site.dtype.mask() : site.dtype.infinity() | payload | 1;
    });
}

std::uint64_t infinityElement(const Site& site) {
    return poisoned(site, [&](std::uint64_t random) {
        return site.dtype.infinity() | (random % 32 == 0 ? site.dtype.sign() : 0);
    });
}

std::uint64_t infinite(const Site& site) {
    return site.problem.op == Op::Argmax ? site.dtype.lowest() : site.dtype.highest();
}

std::uint64_t denormal(const Site& site) {
    const std::uint64_t random = site.random();
    const std::uint64_t bits = random & ~site.dtype.infinity() & site.dtype.mask();
    return random % 8 == 0 ? bits & site.dtype.sign() : bits;
}

// Up to 1000 in size, and less where the sum of so many might pass 2^24.
std::uint32_t largestIntegerOf(std::uint64_t terms) {
    constexpr std::uint64_t kLargestSum = (1 << 24) - 16;
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(kLargestSum / std::max<std::uint64_t>(terms, 1), 1, 1000));
}

std::uint64_t smallInteger(const Site& site) {
    const std::uint64_t choices = 2 * std::uint64_t{site.largestInteger} + 1;
    const std::uint64_t chosen = (site.random() >> 32) * choices >> 32;
    return site.real(static_cast<double>(chosen) - site.largestInteger);
}

// Integers differ in the upper half alone too.
std::uint64_t extremes(const Site& site) {
    const DtypeEntry& dtype = site.dtype;
    if (dtype.isFloat()) {
        const std::uint64_t greatest = dtype.infinity() - 1;
        const std::uint64_t smallest = std::uint64_t{1} << dtype.mantissaBits;
        const std::array<std::uint64_t, 8> floats{
            greatest, greatest | dtype.sign(), smallest, smallest | dtype.sign(),
            1,        1 | dtype.sign(),        0,        site.real(1)};
        return pick(site, floats);
    }
    const std::uint64_t half = std::uint64_t{1} << (4 * dtype.size);
    const std::array<std::uint64_t, 8> integers{
        dtype.sign(), dtype.sign() - 1, dtype.mask(), 0, 1, dtype.sign() + 1, half, dtype.mask() - half};
    return pick(site, integers);
}

// Factors of products that neither grow nor vanish: floats and their reciprocals in turn, odd integers.
std::uint64_t factor(const Site& site) {
    if (!site.dtype.isFloat()) return (site.random() | 1) & site.dtype.mask();
    const std::uint64_t random = randomAt(site.stream + site.slice * 2 + 1, site.position / 2);
    const double number = decodeFloat(site.dtype, site.real(0.5 + 1.5 * uniformNumber(random, 24)));
    const double sign = site.random() % 2 == 0 ? 1 : -1;
    return site.real(sign * (site.position % 2 == 0 ? number : 1 / number));
}

struct Row {
    DistributionEntry entry;
    std::uint64_t (*element)(const Site&);
};

constexpr std::array kRows{
    Row{{Distribution::Uniform, "uniform", false, "floats in [0, 1), integers of the full range"}, uniform},
    Row{{Distribution::Normal, "normal", true, "about normal, mean 0, standard deviation 1"}, normal},
    Row{{Distribution::Ties, "ties", false, "few distinct values, both zeros among them"}, ties},
    Row{{Distribution::Ascending, "ascending", false, "the position along the axis"}, ascending},
    Row{{Distribution::Descending, "descending", false, "the position from the end of the axis"}, descending},
    Row{{Distribution::Equal, "equal", false, "all 1"}, equal},
    Row{{Distribution::Peak, "peak", false,
         "per slice one element that stands out, at (seed + slice) mod extent"},
        peak},
    Row{{Distribution::Infinite, "infinite", true, "all of the infinity that the op prefers least"},
        infinite},
    Row{{Distribution::Nan, "nan", true, "normal, with NaNs from a random place on in half of the slices"},
        nanElement},
    Row{{Distribution::Denormal, "denormal", true, "denormals and zeros"}, denormal},
    Row{{Distribution::Infinities, "infinities", true,
         "normal, with infinities from a random place on in half of the slices"},
        infinityElement},
    Row{{Distribution::Integers, "integers", true, "integers small enough for exact sums"}, smallInteger},
    Row{{Distribution::Extremes, "extremes", false, "the type's greatest and smallest values"}, extremes},
    Row{{Distribution::Factors, "factors", false, "floats and their reciprocals, odd integers"}, factor},
};

constexpr auto kDistributions = [] {
    std::array<DistributionEntry, kRows.size()> entries{};
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = kRows[i].entry;
    return entries;
}();

// The elements of a tensor in which each has a place of its own.
Extents distinctShape(const Problem& problem) {
    Extents shape = problem.shape;
    for (std::size_t i = 0; i < problem.strides.size(); ++i)
        if (problem.strides[i] == 0) shape[i] = std::min<std::uint64_t>(shape[i], 1);
    return shape;
}

// The number-th of the initial values: small integers, for some distributions what is special about them.
std::uint64_t initialBits(const DtypeEntry& dtype, Distribution distribution, std::uint64_t number) {
    static constexpr std::array<std::int64_t, 5> kIntegers{3, -2, 5, 1, -7};
    const std::int64_t value = kIntegers[number % kIntegers.size()];
    if (!dtype.isFloat())
        return static_cast<std::uint64_t>(dtype.kind == Kind::Signed ? value : std::abs(value));
    if (number % 3 == 1) {
        if (distribution == Distribution::Nan) return dtype.quietNan();
        if (distribution == Distribution::Infinities)
            return dtype.infinity() | (number % 2 == 0 ? dtype.sign() : 0);
    }
    return encodeFloat(dtype, static_cast<double>(value));
}

}  // namespace

std::span<const DistributionEntry> distributionTable() {
    return kDistributions;
}

const DistributionEntry& entryOf(Distribution distribution) {
    return kDistributions[static_cast<std::size_t>(distribution)];
}

const DistributionEntry* findDistribution(std::string_view name) {
    const auto* found = std::ranges::find(kDistributions, name, &DistributionEntry::name);
    return found == kDistributions.end() ? nullptr : found;
}

bool suits(Distribution distribution, Dtype dtype) {
    return entryOf(dtype).isFloat() || !entryOf(distribution).floatsOnly;
}

std::uint32_t temptingWord(const Problem& problem) {
    const DtypeEntry& dtype = entryOf(problem.dtype);
    const bool minimum = problem.op == Op::Argmin;
    if (dtype.kind == Kind::Signed) return minimum ? 0x80808080U : 0x7f7f7f7fU;
    if (dtype.kind == Kind::Unsigned) return minimum ? 0 : 0xfefefefeU;
    const bool numbersWin = problem.op != Op::Scan && problem.nan == Nan::Ignore;
    const std::uint64_t bits =
        numbersWin ? (dtype.infinity() - 1) | (minimum ? dtype.sign() : 0) : dtype.quietNan() + 1;
    if (dtype.size == 2) return static_cast<std::uint32_t>(bits * 0x10001U);
    // Of F64 the upper half; the lower one may be anything.
    return static_cast<std::uint32_t>(dtype.size == 8 ? bits >> 32 : bits);
}

void generate(const Problem& problem, Distribution distribution, std::uint64_t seed,
              std::span<std::byte> input) {
    const std::uint64_t stream = mix(seed * 64 + static_cast<std::uint64_t>(distribution));
    if (!problem.strides.empty()) fillWithWord(input, 0, temptingWord(problem));

    Problem distinct = problem;
    distinct.shape = distinctShape(problem);
    const Slices slices = slicesOf(distinct);
    const SlicePlaces places(distinct.shape, problem.strides, problem.axis);
    const std::uint32_t largestInteger = largestIntegerOf(slicesOf(problem).extent);
    const DtypeEntry& dtype = entryOf(problem.dtype);
    const auto element = kRows[static_cast<std::size_t>(distribution)].element;
    forEachSection(slices, [&](const Panel& panel, std::uint64_t begin, std::uint64_t end) {
        const auto bases = places.of(panel);
        const std::uint64_t slice = panel.outer * slices.inner + panel.inner;
        for (std::uint64_t position = begin; position < end; ++position) {
            const std::uint64_t row = (panel.outer * slices.extent + position) * slices.inner + panel.inner;
            for (std::uint64_t column = 0; column < panel.width; ++column)
                storeBits(input.data(), bases[column] + position * places.step(), dtype.size,
                          element({problem, dtype, slices.extent, largestInteger, seed, stream, row + column,
                                   slice + column, position}));
        }
    });
}

std::vector<std::byte> generate(const Problem& problem, Distribution distribution, std::uint64_t seed) {
    std::vector<std::byte> input(inputSize(problem));
    generate(problem, distribution, seed, input);
    return input;
}

bool hasExactSums(const Problem& problem, Distribution distribution) {
    Problem distinct = problem;
    distinct.shape = distinctShape(problem);
    // Sums of both signs stay small, however long the axis; not so of one element again and again.
    return distribution == Distribution::Integers && slicesOf(distinct).extent == slicesOf(problem).extent;
}

std::vector<std::byte> generateInitial(const Problem& problem, Distribution distribution,
                                       std::uint64_t seed) {
    if (problem.op != Op::Scan) return {};
    if (problem.initial != ScanInitial::Device && problem.initial != ScanInitial::PerSlice) return {};
    const DtypeEntry& dtype = entryOf(outputDtype(problem));
    const std::uint64_t count =
        problem.initial == ScanInitial::Device ? 1 : elementCount(sliceShape(problem));
    std::vector<std::byte> initial(count * dtype.size);
    for (std::uint64_t i = 0; i < count; ++i)
        storeBits(initial.data(), i, dtype.size, initialBits(dtype, distribution, seed + i));
    return initial;
}

VkaxisScalar hostInitial(const Problem& problem, std::uint64_t seed) {
    const DtypeEntry& dtype = entryOf(outputDtype(problem));
    const std::uint64_t bits = initialBits(dtype, Distribution::Uniform, seed);
    VkaxisScalar scalar;
    if (dtype.isFloat())
        scalar.f64 = decodeFloat(dtype, bits);
    else
        scalar.u64 = bits;
    return scalar;
}

}  // namespace vkaxis::harness
