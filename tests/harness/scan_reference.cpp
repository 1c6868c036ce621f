// Prefix sums on the CPU, and the certificate that a sum of floats has to meet.
#include "harness/elements.hpp"
#include "harness/references.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <mutex>
#include <string>

namespace vkaxis::harness {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kFloatRoundoff = 0x1p-24;
constexpr double kDoubleRoundoff = 0x1p-53;
constexpr double kSmallestNormal = 0x1p-126;
constexpr double kOverflow = 0x1.ffffffp127;  // where rounding to float starts to give infinity
constexpr double kExactIntegers = 0x1p24;     // floats count exactly up to here
constexpr float kFlushable = 0x1p-102F;       // see FloatPrefix::flushable

// Higham's gamma: the relative error of a chain of additions.
double gamma(std::uint64_t additions, double roundoff) {
    const double product = static_cast<double>(additions) * roundoff;
    return product < 1 ? product / (1 - product) : kInfinity;
}

// What is known of the terms summed so far.
struct FloatPrefix {
    double sum = 0;        // of the finite terms, as is magnitude
    double magnitude = 0;  // sum of absolute values
    std::uint64_t terms = 0;
    // A device may flush denormals, operands and results. A result can only be denormal if a term below
    // 2^-102 went into it, because sums of others are multiples of 2^-125; once flushed, it is one itself. So
    // each such term costs at most one flush, of less than the smallest normal.
    std::uint64_t flushable = 0;
    bool integers = true;
    bool nan = false;
    bool positiveInfinity = false;
    bool negativeInfinity = false;

    void add(float term) {
        ++terms;
        if (!std::isfinite(term)) {
            nan |= std::isnan(term);
            positiveInfinity |= term > 0;
            negativeInfinity |= term < 0;
            return;
        }
        const float absolute = std::fabs(term);
        sum += term;
        magnitude += absolute;
        flushable += absolute < kFlushable && (std::bit_cast<std::uint32_t>(absolute) != 0);
        integers &= std::trunc(term) == term;
    }

    // The most by which a right result may differ from `sum`. The reference's own error is counted too.
    double bound(std::uint64_t additionDepth) const {
        if (integers && magnitude <= kExactIntegers) return 0;
        const double referenceGamma = gamma(terms, kDoubleRoundoff);
        const double rounding = gamma(additionDepth, kFloatRoundoff) + referenceGamma;
        const double flushing = std::min(static_cast<double>(flushable) * kSmallestNormal, magnitude);
        return (rounding * magnitude + flushing) / (1 - referenceGamma);
    }

    // The error of a result in units of its bound: above 1, or infinite, for a wrong one.
    double errorOf(float result, std::uint64_t additionDepth) const {
        const bool resultNan = std::isnan(result);
        if (nan || (positiveInfinity && negativeInfinity)) return resultNan ? 0 : kInfinity;

        // Partial sums may overflow, and with terms of both signs they may do so to infinities of both.
        const bool mayOverflow = magnitude * (1 + gamma(additionDepth, kFloatRoundoff)) >= kOverflow;
        const bool bothSigns = std::fabs(sum) != magnitude;
        if (positiveInfinity || negativeInfinity) {
            const bool sameInfinity = std::isinf(result) && std::signbit(result) == negativeInfinity;
            return sameInfinity || (resultNan && mayOverflow) ? 0 : kInfinity;
        }
        if (!std::isfinite(result)) {
            const bool overflowed = std::isinf(result) && std::signbit(result) == (sum < 0);
            return mayOverflow && (overflowed || bothSigns) ? 0 : kInfinity;
        }
        const double error = std::fabs(static_cast<double>(result) - sum);
        return error == 0 ? 0 : error / bound(additionDepth);
    }

    float rounded() const {
        if (nan || (positiveInfinity && negativeInfinity)) return std::numeric_limits<float>::quiet_NaN();
        if (positiveInfinity) return std::numeric_limits<float>::infinity();
        if (negativeInfinity) return -std::numeric_limits<float>::infinity();
        return static_cast<float>(sum);
    }
};

struct IntegerPrefix {
    std::uint32_t sum = 0;
    std::uint64_t terms = 0;

    void add(std::uint32_t term) {
        ++terms;
        sum += term;
    }
    std::uint32_t rounded() const { return sum; }
};

// emit(element of the output, prefix) for every element of the panel's output.
template <class Element, class Prefix, class Emit>
void scanPanel(ScanMode mode, const Slices& slices, const Panel& panel, const std::byte* input,
               const Emit& emit) {
    std::array<Prefix, kPanelWidth> prefixes{};
    const std::uint64_t outputExtent = slices.extent + (mode == ScanMode::IncludeInitial ? 1 : 0);
    std::uint64_t source = panel.outer * slices.extent * slices.inner + panel.inner;
    std::uint64_t destination = panel.outer * outputExtent * slices.inner + panel.inner;
    for (std::uint64_t position = 0; position < slices.extent; ++position) {
        for (std::uint64_t column = 0; column < panel.width; ++column) {
            Prefix& prefix = prefixes[column];
            if (mode != ScanMode::Inclusive) emit(destination + column, prefix);
            prefix.add(load<Element>(input, source + column));
            if (mode == ScanMode::Inclusive) emit(destination + column, prefix);
        }
        source += slices.inner;
        destination += slices.inner;
    }
    if (mode == ScanMode::IncludeInitial)
        for (std::uint64_t column = 0; column < panel.width; ++column)
            emit(destination + column, prefixes[column]);
}

template <class Element, class Prefix>
std::vector<std::byte> reference(const Problem& problem, std::span<const std::byte> input) {
    const Slices slices = slicesOf(problem);
    std::vector<std::byte> output(outputSize(problem));
    forEachPanel(slices, [&](const Panel& panel) {
        scanPanel<Element, Prefix>(problem.mode, slices, panel, input.data(),
                                   [&](std::uint64_t element, const Prefix& prefix) {
                                       store<Element>(output.data(), element, prefix.rounded());
                                   });
    });
    return output;
}

// judge(verdict, element, prefix, result) for every element of the output.
template <class Element, class Prefix, class Judge>
Verdict check(const Problem& problem, std::span<const std::byte> input, std::span<const std::byte> output,
              const Judge& judge) {
    const Slices slices = slicesOf(problem);
    Verdict verdict;
    std::mutex mutex;
    forEachPanel(slices, [&](const Panel& panel) {
        Verdict local;
        scanPanel<Element, Prefix>(problem.mode, slices, panel, input.data(),
                                   [&](std::uint64_t element, const Prefix& prefix) {
                                       judge(local, element, prefix, load<Element>(output.data(), element));
                                   });
        const std::scoped_lock lock(mutex);
        verdict.merge(local);
    });
    return verdict;
}

Verdict checkFloats(const Problem& problem, std::uint64_t additionDepth, std::span<const std::byte> input,
                    std::span<const std::byte> output) {
    const std::vector<std::uint64_t> shape = outputShape(problem);
    return check<float, FloatPrefix>(
        problem, input, output,
        [&](Verdict& verdict, std::uint64_t element, const FloatPrefix& prefix, float result) {
            // An exclusive scan starts with the initial value itself, +0.
            const double error = prefix.terms > 0 || std::bit_cast<std::uint32_t>(result) == 0
                                     ? prefix.errorOf(result, additionDepth)
                                     : kInfinity;
            verdict.addError(element, error);
            if (error <= 1) return;
            verdict.addWrong(element, [&] {
                return fmt::format("{} is {}, expected {} within {:.3g}", multiIndex(shape, element), result,
                                   prefix.rounded(), prefix.bound(additionDepth));
            });
        });
}

Verdict checkIntegers(const Problem& problem, std::span<const std::byte> input,
                      std::span<const std::byte> output) {
    const std::vector<std::uint64_t> shape = outputShape(problem);
    const auto format = [&](std::uint32_t bits) {
        return problem.dtype == Dtype::I32 ? fmt::format("{}", std::bit_cast<std::int32_t>(bits))
                                           : fmt::format("{}", bits);
    };
    return check<std::uint32_t, IntegerPrefix>(
        problem, input, output,
        [&](Verdict& verdict, std::uint64_t element, const IntegerPrefix& prefix, std::uint32_t result) {
            if (result == prefix.sum) return;
            verdict.addWrong(element, [&] {
                return fmt::format("{} is {}, expected {}", multiIndex(shape, element), format(result),
                                   format(prefix.sum));
            });
        });
}

}  // namespace

std::vector<std::byte> scanReference(const Problem& problem, std::span<const std::byte> input) {
    return problem.dtype == Dtype::F32 ? reference<float, FloatPrefix>(problem, input)
                                       : reference<std::uint32_t, IntegerPrefix>(problem, input);
}

Verdict checkScan(const Problem& problem, std::uint64_t additionDepth, std::span<const std::byte> input,
                  std::span<const std::byte> output) {
    return problem.dtype == Dtype::F32 ? checkFloats(problem, additionDepth, input, output)
                                       : checkIntegers(problem, input, output);
}

}  // namespace vkaxis::harness
