// What a right sum or product of floats may be, whatever the order of its operations.
#pragma once

#include "harness/dtype.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace vkaxis::harness {

// The format that a device combines floats in.
struct Accumulator {
    double roundoff;
    // A device may flush denormals, operands and results: this bounds what one flush costs.
    double smallestNormal;
    // Sums of terms of at least this size are multiples of a number above smallestNormal, or zero.
    double flushable;
    long double overflow;  // where rounding starts to give infinity
    double exactIntegers;  // all up to here
    int maxExponent;       // of 2; products from there on overflow
};

// F64 for an F64 output, else F32. F32 and BF16 may be flushed before they are widened.
inline Accumulator accumulatorOf(Dtype input, Dtype output) {
    constexpr Accumulator kFloat{0x1p-24, 0x1p-126, 0x1p-102, 0x1.ffffffp127, 0x1p24, 128};
    constexpr Accumulator kDouble{0x1p-53, 0x1p-1022, 0x1p-969, 0x1.fffffffffffff8p1023L, 0x1p53, 1024};
    if (output != Dtype::F64) return kFloat;
    Accumulator accumulator = kDouble;
    if (input == Dtype::F32 || input == Dtype::BF16)
        accumulator.flushable = accumulator.smallestNormal = kFloat.smallestNormal;
    return accumulator;
}

// Higham's gamma: the relative error of a chain of operations.
inline double gamma(std::uint64_t operations, double roundoff) {
    const double product = static_cast<double>(operations) * roundoff;
    return product < 1 ? product / (1 - product) : std::numeric_limits<double>::infinity();
}

// The roundoff of a reference's own type.
template <class Real>
constexpr double kReferenceRoundoff = static_cast<double>(std::numeric_limits<Real>::epsilon() / 2);

// The results of the accumulator that are right.
template <class Real>
struct Allowed {
    Real number = 0;
    Real bound = 0;  // the most by which a finite result may differ
    bool finite = true;
    bool nan = false;
    bool positiveInfinity = false;
    bool negativeInfinity = false;

    // The error of a result in units of its bound: above 1, or infinite, for a wrong one. An output of 16
    // bits is rounded once more, and rounding is monotonic.
    double errorOf(const DtypeEntry& output, std::uint64_t bits) const {
        constexpr double kWrong = std::numeric_limits<double>::infinity();
        const double result = decodeFloat(output, bits);
        if (std::isnan(result)) return nan ? 0 : kWrong;
        if (std::isinf(result) && (result > 0 ? positiveInfinity : negativeInfinity)) return 0;
        if (!finite) return kWrong;
        if (std::isinf(bound)) return 0;
        const Real error = std::fabs(static_cast<Real>(result) - number);
        if (output.size > 2) return error == 0 ? 0 : static_cast<double>(error / bound);

        const double least = decodeFloat(output, encodeFloat(output, static_cast<double>(number - bound)));
        const double most = decodeFloat(output, encodeFloat(output, static_cast<double>(number + bound)));
        if (!(least <= result && result <= most)) return kWrong;
        if (error == 0 || std::isinf(result)) return 0;
        const std::uint64_t magnitude = bits & ~output.sign();
        const double spacing =
            decodeFloat(output, magnitude | 1) - decodeFloat(output, magnitude & ~std::uint64_t{1});
        return std::min(1.0, static_cast<double>(error / (bound + static_cast<Real>(spacing / 2))));
    }

    // The number as the output has it.
    std::uint64_t rounded(const DtypeEntry& output) const {
        if (finite) return encodeFloat(output, static_cast<double>(number));
        if (positiveInfinity) return output.infinity();
        return negativeInfinity ? output.infinity() | output.sign() : output.quietNan();
    }
};

// What is known of the terms summed so far.
template <class Real>
struct SumPrefix {
    Real sum = 0;        // of the finite terms, as is magnitude
    Real magnitude = 0;  // sum of absolute values
    std::uint64_t terms = 0;
    // A result can only be denormal if a flushable term went into it; once flushed, it is one itself. So each
    // such term costs at most one flush.
    std::uint64_t flushable = 0;
    bool integers = true;
    bool nan = false;
    bool positiveInfinity = false;
    bool negativeInfinity = false;

    void add(double term, const Accumulator& accumulator) {
        ++terms;
        if (!std::isfinite(term)) {
            nan |= std::isnan(term);
            positiveInfinity |= term > 0;
            negativeInfinity |= term < 0;
            return;
        }
        const double absolute = std::fabs(term);
        sum += static_cast<Real>(term);
        magnitude += static_cast<Real>(absolute);
        flushable += absolute < accumulator.flushable && absolute != 0;
        integers &= std::trunc(term) == term;
    }

    // The reference's own error is counted too.
    Real bound(const Accumulator& accumulator, std::uint64_t depth) const {
        if (integers && magnitude <= static_cast<Real>(accumulator.exactIntegers)) return 0;
        const double referenceGamma = gamma(terms, kReferenceRoundoff<Real>);
        const double rounding = gamma(depth, accumulator.roundoff) + referenceGamma;
        const Real flushing =
            std::min(static_cast<Real>(flushable) * static_cast<Real>(accumulator.smallestNormal), magnitude);
        return (static_cast<Real>(rounding) * magnitude + flushing) / static_cast<Real>(1 - referenceGamma);
    }

    Allowed<Real> allowed(const Accumulator& accumulator, std::uint64_t depth) const {
        if (nan || (positiveInfinity && negativeInfinity)) return {.finite = false, .nan = true};

        // Partial sums may overflow, and with terms of both signs they may do so to infinities of both.
        const bool mayOverflow = magnitude * static_cast<Real>(1 + gamma(depth, accumulator.roundoff)) >=
                                 static_cast<Real>(accumulator.overflow);
        const bool bothSigns = std::fabs(sum) != magnitude;
        if (positiveInfinity || negativeInfinity)
            return {.finite = false,
                    .nan = mayOverflow,
                    .positiveInfinity = positiveInfinity,
                    .negativeInfinity = negativeInfinity};
        return {.number = sum,
                .bound = bound(accumulator, depth),
                .nan = mayOverflow && bothSigns,
                .positiveInfinity = mayOverflow && (bothSigns || !(sum < 0)),
                .negativeInfinity = mayOverflow && (bothSigns || sum < 0)};
    }
};

// What is known of the factors multiplied so far.
template <class Real>
struct ProductPrefix {
    Real fraction = 1;  // of the finite factors but zeros: times 2^exponent
    std::int64_t exponent = 0;
    std::uint64_t terms = 0;
    bool integers = true;
    bool negative = false;
    bool nan = false;
    bool zero = false;
    bool infinite = false;
    // A device multiplies neighbours. Logarithms to base 2, of neighbours without zero and infinity: of the
    // product so far, its extremes, and of the greatest and smallest product of any.
    double logarithm = 0;
    double low = 0;
    double high = 0;
    double rise = 0;
    double fall = 0;

    void add(double term, const Accumulator&) {
        ++terms;
        nan |= std::isnan(term);
        negative ^= std::signbit(term);
        zero |= term == 0;
        infinite |= std::isinf(term);
        if (!std::isfinite(term) || term == 0) {
            logarithm = low = high = 0;
            return;
        }
        integers &= std::trunc(term) == term;
        int shift = 0;
        fraction = std::frexp(fraction * static_cast<Real>(std::fabs(term)), &shift);
        exponent += shift;
        logarithm += std::log2(std::fabs(term));
        low = std::min(low, logarithm);
        high = std::max(high, logarithm);
        rise = std::max(rise, logarithm - low);
        fall = std::min(fall, logarithm - high);
    }

    // Each of the multiplications, whatever their order, adds its rounding to the relative error: their depth
    // does not matter.
    Allowed<Real> allowed(const Accumulator& accumulator, std::uint64_t) const {
        if (nan || (infinite && zero)) return {.finite = false, .nan = true};
        const double rounding =
            gamma(terms, accumulator.roundoff) + gamma(2 * terms, kReferenceRoundoff<Real>);
        const double slack = 0.01 + 2 * rounding;
        const bool mayOverflow = rise + slack >= accumulator.maxExponent;
        const bool mayUnderflow = fall - slack <= std::log2(accumulator.smallestNormal);
        if (infinite)
            return {.finite = false,
                    .nan = mayUnderflow,
                    .positiveInfinity = !negative,
                    .negativeInfinity = negative};
        if (zero) return {.nan = mayOverflow};

        constexpr std::int64_t kFar = 100000;
        const auto magnitude = std::ldexp(fraction, static_cast<int>(std::clamp(exponent, -kFar, kFar)));
        Allowed<Real> allowed{.number = negative ? -magnitude : magnitude,
                              .bound = static_cast<Real>(rounding) * magnitude,
                              .finite = magnitude < static_cast<Real>(accumulator.overflow) || mayUnderflow,
                              .nan = mayOverflow && mayUnderflow,
                              .positiveInfinity = mayOverflow && !negative,
                              .negativeInfinity = mayOverflow && negative};
        if (integers && magnitude <= static_cast<Real>(accumulator.exactIntegers)) allowed.bound = 0;
        // What one flush costs is multiplied by all factors before, and all after; there is at most one per
        // operation.
        if (mayUnderflow)
            allowed.bound += mayOverflow
                                 ? std::numeric_limits<Real>::infinity()
                                 : static_cast<Real>(terms) * static_cast<Real>(accumulator.smallestNormal) *
                                       std::exp2(static_cast<Real>(high + logarithm - low));
        return allowed;
    }
};

}  // namespace vkaxis::harness
