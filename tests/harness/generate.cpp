#include "harness/generate.hpp"

#include "harness/elements.hpp"
#include "harness/slices.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace vkaxis::harness {
namespace {

constexpr std::array kDistributions{
    DistributionEntry{Distribution::Uniform, "uniform", false,
                      "floats in [0, 1), integers of the full range"},
    DistributionEntry{Distribution::Normal, "normal", true, "about normal, mean 0, standard deviation 1"},
    DistributionEntry{Distribution::Ties, "ties", false, "few distinct values, both zeros among them"},
    DistributionEntry{Distribution::Ascending, "ascending", false, "the position along the axis"},
    DistributionEntry{Distribution::Descending, "descending", false, "the position from the end of the axis"},
    DistributionEntry{Distribution::Equal, "equal", false, "all 1"},
    DistributionEntry{
        Distribution::Peak, "peak", false,
        "per slice one extreme element, for a scan a 1 among zeros, at (seed + slice) mod extent"},
    DistributionEntry{Distribution::Infinite, "infinite", true,
                      "all of the infinity that the op prefers least"},
    DistributionEntry{Distribution::Nan, "nan", true,
                      "normal, with NaNs from a random place on in half of the slices"},
    DistributionEntry{Distribution::Denormal, "denormal", true, "denormals and zeros"},
    DistributionEntry{Distribution::Infinities, "infinities", true,
                      "normal, with infinities from a random place on in half of the slices"},
    DistributionEntry{Distribution::Integers, "integers", true, "integers small enough for exact sums"},
    DistributionEntry{Distribution::Extremes, "extremes", false, "the type's greatest and smallest values"},
};

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014: the output function.
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

// The counter-th number of a stream.
std::uint64_t randomAt(std::uint64_t stream, std::uint64_t counter) {
    return mix(stream + (counter + 1) * 0x9e3779b97f4a7c15U);
}

std::uint32_t bitsOf(float value) {
    return std::bit_cast<std::uint32_t>(value);
}

float uniformFloat(std::uint64_t random) {
    return static_cast<float>(random >> 40) * 0x1p-24F;
}

// The sum of four uniform 16-bit numbers, centred and scaled.
float normalFloat(std::uint64_t random) {
    std::int64_t sum = -2 * 0xffff;
    for (int i = 0; i < 4; ++i) sum += static_cast<std::int64_t>(random >> (16 * i) & 0xffff);
    return static_cast<float>(sum) * (1.7320508F / 65536.0F);
}

// Where an element stands, and what it is drawn from.
struct Site {
    const Problem& problem;
    std::uint64_t extent;
    std::uint64_t seed;
    std::uint64_t stream;
    std::uint64_t element;
    std::uint64_t slice;
    std::uint64_t position;

    bool isFloat() const { return problem.dtype == Dtype::F32; }
    std::uint64_t random() const { return randomAt(stream, element); }

    // A number of the element's type.
    std::uint32_t number(std::uint64_t value) const {
        return isFloat() ? bitsOf(static_cast<float>(value)) : static_cast<std::uint32_t>(value);
    }
};

std::uint32_t pick(const Site& site, std::span<const std::uint32_t> values) {
    return values[site.random() % values.size()];
}

std::uint32_t ties(const Site& site) {
    static constexpr std::array<std::uint32_t, 6> kIntegers{0, 1, 1, 2, 3, 3};
    static const std::array<std::uint32_t, 6> kFloats{bitsOf(-1), bitsOf(-1), bitsOf(-0.0F),
                                                      bitsOf(0),  bitsOf(2),  bitsOf(2)};
    static const std::array<std::uint32_t, 6> kZeros{bitsOf(-0.0F), bitsOf(0),     bitsOf(-0.0F),
                                                     bitsOf(0),     bitsOf(-0.0F), bitsOf(0)};
    if (!site.isFloat()) return pick(site, kIntegers);
    return pick(site, site.slice % 4 == 3 ? kZeros : kFloats);
}

std::uint32_t peak(const Site& site) {
    const bool here = site.position == (site.seed + site.slice) % site.extent;
    if (site.problem.op == Op::Scan) return here ? site.number(1) : 0;
    const bool minimum = site.problem.op == Op::Argmin;
    const std::uint64_t random = site.random();
    if (site.isFloat()) return bitsOf(here ? (minimum ? -2.0F : 2.0F) : 2 * uniformFloat(random) - 1);
    if (site.problem.dtype == Dtype::U32 && here) return minimum ? 0 : 0xffffffffU;
    if (site.problem.dtype == Dtype::I32 && here) return minimum ? 0x80000000U : 0x7fffffffU;
    return 0x40000000U - 1 - static_cast<std::uint32_t>(random & 0x3ffffff0U);
}

// The element from a random place of half of the slices on, where every 16th one is replaced; else normal.
template <class Special>
std::uint32_t poisoned(const Site& site, const Special& special) {
    const std::uint64_t random = site.random();
    const std::uint64_t first = randomAt(~site.stream, site.slice) % (2 * site.extent);
    const bool replaced = site.position == first || (site.position > first && random % 16 == 0);
    return replaced ? special(random) : bitsOf(normalFloat(random));
}

std::uint32_t nanElement(const Site& site) {
    return poisoned(site, [](std::uint64_t random) {
        return 0x7f800001U | (static_cast<std::uint32_t>(random >> 8) & 0x807fffffU);
    });
}

std::uint32_t infinityElement(const Site& site) {
    return poisoned(site, [](std::uint64_t random) {
        return 0x7f800000U | (static_cast<std::uint32_t>(random) & 0x80000000U);
    });
}

std::uint32_t infinite(const Site& site) {
    const float infinity = std::numeric_limits<float>::infinity();
    return bitsOf(site.problem.op == Op::Argmax ? -infinity : infinity);
}

std::uint32_t denormal(const Site& site) {
    const std::uint64_t random = site.random();
    return random % 8 == 0 ? static_cast<std::uint32_t>(random) & 0x80000000U
                           : static_cast<std::uint32_t>(random) & 0x807fffffU;
}

// Up to 1000 in size, and less where the sum over the axis might pass 2^24.
std::uint32_t smallInteger(const Site& site) {
    const std::int64_t limit =
        std::clamp<std::int64_t>((1 << 24) / static_cast<std::int64_t>(site.extent), 1, 1000);
    return bitsOf(static_cast<float>(static_cast<std::int64_t>(site.random() % (2 * limit + 1)) - limit));
}

std::uint32_t extremes(const Site& site) {
    static constexpr std::array<std::uint32_t, 6> kIntegers{0x80000000U, 0x7fffffffU, 0xffffffffU,
                                                            0,           1,           0x80000001U};
    static const float kGreatest = std::numeric_limits<float>::max();
    static const float kSmallest = std::numeric_limits<float>::min();
    static const std::array<std::uint32_t, 8> kFloats{
        bitsOf(kGreatest), bitsOf(-kGreatest), bitsOf(kSmallest), bitsOf(-kSmallest), 1, 0x80000001U, 0,
        bitsOf(1)};
    return site.isFloat() ? pick(site, kFloats) : pick(site, kIntegers);
}

template <class Element>
void fill(const Problem& problem, std::uint64_t seed, std::uint64_t stream, std::byte* input,
          const Element& element) {
    const Slices slices = slicesOf(problem);
    forEachPanel(slices, [&](const Panel& panel) {
        for (std::uint64_t position = 0; position < slices.extent; ++position) {
            const std::uint64_t row = (panel.outer * slices.extent + position) * slices.inner + panel.inner;
            const std::uint64_t slice = panel.outer * slices.inner + panel.inner;
            for (std::uint64_t column = 0; column < panel.width; ++column)
                store<std::uint32_t>(input, row + column,
                                     element(Site{problem, slices.extent, seed, stream, row + column,
                                                  slice + column, position}));
        }
    });
}

}  // namespace

std::span<const DistributionEntry> distributionTable() {
    return kDistributions;
}

const DistributionEntry& entryOf(Distribution distribution) {
    return *std::ranges::find(kDistributions, distribution, &DistributionEntry::distribution);
}

const DistributionEntry* findDistribution(std::string_view name) {
    const auto* found = std::ranges::find(kDistributions, name, &DistributionEntry::name);
    return found == kDistributions.end() ? nullptr : found;
}

bool suits(Distribution distribution, Dtype dtype) {
    return dtype == Dtype::F32 || !entryOf(distribution).floatsOnly;
}

void generate(const Problem& problem, Distribution distribution, std::uint64_t seed,
              std::span<std::byte> input) {
    const std::uint64_t stream = mix(seed * 64 + static_cast<std::uint64_t>(distribution));
    const auto fillWith = [&](const auto& element) { fill(problem, seed, stream, input.data(), element); };
    switch (distribution) {
        case Distribution::Uniform:
            if (problem.dtype == Dtype::F32)
                fillWith([](const Site& site) { return bitsOf(uniformFloat(site.random())); });
            else
                fillWith([](const Site& site) { return static_cast<std::uint32_t>(site.random()); });
            return;
        case Distribution::Normal:
            return fillWith([](const Site& site) { return bitsOf(normalFloat(site.random())); });
        case Distribution::Ties:
            return fillWith(ties);
        case Distribution::Ascending:
            return fillWith([](const Site& site) { return site.number(site.position); });
        case Distribution::Descending:
            return fillWith([](const Site& site) { return site.number(site.extent - 1 - site.position); });
        case Distribution::Equal:
            return fillWith([](const Site& site) { return site.number(1); });
        case Distribution::Peak:
            return fillWith(peak);
        case Distribution::Infinite:
            return fillWith(infinite);
        case Distribution::Nan:
            return fillWith(nanElement);
        case Distribution::Denormal:
            return fillWith(denormal);
        case Distribution::Infinities:
            return fillWith(infinityElement);
        case Distribution::Integers:
            return fillWith(smallInteger);
        case Distribution::Extremes:
            return fillWith(extremes);
    }
}

std::vector<std::byte> generate(const Problem& problem, Distribution distribution, std::uint64_t seed) {
    std::vector<std::byte> input(inputSize(problem));
    generate(problem, distribution, seed, input);
    return input;
}

}  // namespace vkaxis::harness
