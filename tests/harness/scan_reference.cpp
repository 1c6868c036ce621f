// Prefix scans on the CPU.
#include "harness/certificate.hpp"
#include "harness/elements.hpp"
#include "harness/references.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <limits>
#include <mutex>
#include <string>
#include <type_traits>

namespace vkaxis::harness {
namespace {

// The initial values of a problem, in the bits of its output dtype. A sum of floats starts from +0 instead of
// -0.
class Initials {
  public:
    Initials(const Problem& problem, const Inputs& inputs)
        : kind_(problem.initial),
          dtype_(entryOf(outputDtype(problem))),
          given_(inputs.initial.data()),
          sumsFloats_(dtype_.isFloat() && problem.scanOp == ScanOp::Sum) {
        host_ = dtype_.isFloat() ? encodeFloat(dtype_, problem.initialValue.f64)
                                 : problem.initialValue.u64 & dtype_.mask();
    }

    bool given() const { return kind_ != ScanInitial::Neutral; }
    std::uint64_t of(std::uint64_t slice) const {
        const std::uint64_t bits =
            kind_ == ScanInitial::Host
                ? host_
                : loadBits(given_, kind_ == ScanInitial::PerSlice ? slice : 0, dtype_.size);
        const std::uint64_t negativeZero = dtype_.mask() ^ dtype_.mask() >> 1;
        return sumsFloats_ && bits == negativeZero ? 0 : bits;
    }

  private:
    ScanInitial kind_;
    const DtypeEntry& dtype_;
    const std::byte* given_;
    bool sumsFloats_;
    std::uint64_t host_;
};

// ---- Exactly: integers, and the extremes of floats ----

// Combines elements of the output's dtype, integers extended to 64 bits.
class ExactScan {
  public:
    using Prefix = std::uint64_t;

    ExactScan(const Problem& problem, const Inputs& inputs)
        : op_(problem.scanOp),
          in_(entryOf(problem.dtype)),
          out_(entryOf(outputDtype(problem))),
          initials_(problem, inputs) {}

    Prefix start(std::uint64_t slice) const {
        return initials_.given() ? resume(initials_.of(slice)) : neutral();
    }
    Prefix resume(std::uint64_t result) const { return extend(out_, result); }

    void add(Prefix& prefix, std::uint64_t bits) const {
        const std::uint64_t term = converted(bits);
        switch (op_) {
            case ScanOp::Sum:
                prefix += term;
                return;
            case ScanOp::Prod:
                prefix *= term;
                return;
            default:
                if (isNan(prefix)) return;
                if (isNan(term) || order(term) > order(prefix)) prefix = term;
        }
    }

    std::uint64_t rounded(Prefix prefix) const { return prefix & out_.mask(); }
    std::string expected(Prefix prefix) const { return formatElement(out_.dtype, rounded(prefix)); }

    double errorOf(Prefix prefix, std::uint64_t result) const {
        const std::uint64_t right = rounded(prefix);
        const bool same = result == right || (isNan(result) && isNan(right));
        return same ? 0 : std::numeric_limits<double>::infinity();
    }

  private:
    bool isNan(std::uint64_t bits) const { return out_.isFloat() && out_.isNan(bits); }

    std::uint64_t converted(std::uint64_t bits) const {
        if (!in_.isFloat()) return extend(in_, bits);
        return in_.dtype == out_.dtype ? bits : encodeFloat(out_, decodeFloat(in_, bits));
    }

    // Greater for what the op prefers; -0 is less than +0.
    std::uint64_t order(std::uint64_t bits) const {
        constexpr std::uint64_t kTop = std::uint64_t{1} << 63;
        std::uint64_t ascending = out_.kind == Kind::Signed ? bits ^ kTop : bits;
        if (out_.isFloat())
            ascending =
                (bits & out_.sign()) != 0 ? out_.sign() - 1 - (bits & ~out_.sign()) : bits | out_.sign();
        return op_ == ScanOp::Min ? ~ascending : ascending;
    }

    std::uint64_t neutral() const {
        switch (op_) {
            case ScanOp::Sum:
                return 0;
            case ScanOp::Prod:
                return 1;
            case ScanOp::Max:
                return extend(out_, out_.lowest());
            default:
                return extend(out_, out_.highest());
        }
    }

    ScanOp op_;
    const DtypeEntry& in_;
    const DtypeEntry& out_;
    Initials initials_;
};

// Sums of floats that are integers, as Inputs::exactSums says.
class IntegerSum {
  public:
    // `first`: without a term, an output is the initial value itself.
    struct Prefix {
        double sum;
        std::uint64_t first;
        bool empty;
    };

    IntegerSum(const Problem& problem, const Inputs& inputs)
        : in_(entryOf(problem.dtype)), out_(entryOf(outputDtype(problem))), initials_(problem, inputs) {}

    Prefix start(std::uint64_t slice) const {
        const std::uint64_t first = initials_.given() ? initials_.of(slice) : 0;
        return {decodeFloat(out_, first), first, true};
    }
    Prefix resume(std::uint64_t result) const { return {decodeFloat(out_, result), result, false}; }

    void add(Prefix& prefix, std::uint64_t bits) const {
        prefix.sum += decodeFloat(in_, bits);
        prefix.empty = false;
    }

    std::string expected(const Prefix& prefix) const {
        return formatElement(out_.dtype, encodeFloat(out_, prefix.sum));
    }
    double errorOf(const Prefix& prefix, std::uint64_t result) const {
        const bool same = prefix.empty ? result == prefix.first : decodeFloat(out_, result) == prefix.sum;
        return same ? 0 : std::numeric_limits<double>::infinity();
    }

  private:
    const DtypeEntry& in_;
    const DtypeEntry& out_;
    Initials initials_;
};

// ---- Within a bound: sums and products of floats ----

template <class Terms>
class FloatScan {
  public:
    // `first`: without an element, an output is the initial value itself.
    struct Prefix {
        Terms terms;
        std::uint64_t first;
        bool empty = true;
    };

    FloatScan(const Problem& problem, const Inputs& inputs, std::uint64_t depth)
        : in_(entryOf(problem.dtype)),
          out_(entryOf(outputDtype(problem))),
          accumulator_(accumulatorOf(problem.dtype, out_.dtype)),
          neutral_(encodeFloat(out_, problem.scanOp == ScanOp::Prod ? 1 : 0)),
          depth_(depth),
          initials_(problem, inputs) {}

    Prefix start(std::uint64_t slice) const {
        Prefix prefix{{}, neutral_};
        if (!initials_.given()) return prefix;
        prefix.first = initials_.of(slice);
        prefix.terms.add(decodeFloat(out_, prefix.first), accumulator_);
        return prefix;
    }

    void add(Prefix& prefix, std::uint64_t bits) const {
        prefix.empty = false;
        prefix.terms.add(decodeFloat(in_, bits), accumulator_);
    }

    std::uint64_t rounded(const Prefix& prefix) const {
        return prefix.empty ? prefix.first : prefix.terms.allowed(accumulator_, depth_).rounded(out_);
    }

    std::string expected(const Prefix& prefix) const {
        const std::string number = formatElement(out_.dtype, rounded(prefix));
        if (prefix.empty) return number;
        return fmt::format("{} within {:.3g}", number,
                           static_cast<double>(prefix.terms.allowed(accumulator_, depth_).bound));
    }

    double errorOf(const Prefix& prefix, std::uint64_t result) const {
        if (!prefix.empty) return prefix.terms.allowed(accumulator_, depth_).errorOf(out_, result);
        const bool same = result == prefix.first || (out_.isNan(result) && out_.isNan(prefix.first));
        return same ? 0 : std::numeric_limits<double>::infinity();
    }

  private:
    const DtypeEntry& in_;
    const DtypeEntry& out_;
    Accumulator accumulator_;
    std::uint64_t neutral_;
    std::uint64_t depth_;
    Initials initials_;
};

// use(scan) with the scan that suits the problem.
template <class Use>
auto withScan(const Problem& problem, const Inputs& inputs, std::uint64_t depth, const Use& use) {
    const bool combines = problem.scanOp == ScanOp::Sum || problem.scanOp == ScanOp::Prod;
    if (!combines || !entryOf(problem.dtype).isFloat()) return use(ExactScan(problem, inputs));
    const bool sum = problem.scanOp == ScanOp::Sum;
    if (outputDtype(problem) == Dtype::F64) {
        if (sum) return use(FloatScan<SumPrefix<long double>>(problem, inputs, depth));
        return use(FloatScan<ProductPrefix<long double>>(problem, inputs, depth));
    }
    if (sum) return use(FloatScan<SumPrefix<double>>(problem, inputs, depth));
    return use(FloatScan<ProductPrefix<double>>(problem, inputs, depth));
}

// ---- Along the axis ----

template <class Scan>
using Prefixes = std::array<typename Scan::Prefix, kPanelWidth>;

// Where the output of a panel has its prefixes of so many terms.
class OutputPlaces {
  public:
    OutputPlaces(const Problem& problem, const Slices& slices, const Panel& panel)
        : fewest_(problem.mode == ScanMode::Inclusive ? 1 : 0),
          reverse_(problem.reverse),
          count_(slices.extent + (problem.mode == ScanMode::IncludeInitial ? 1 : 0)),
          inner_(slices.inner),
          origin_(panel.outer * count_ * inner_ + panel.inner) {}

    bool has(std::uint64_t terms) const { return terms >= fewest_ && terms - fewest_ < count_; }
    // Of the panel's first slice; the others follow.
    std::uint64_t elementOf(std::uint64_t terms) const {
        const std::uint64_t row = terms - fewest_;
        return origin_ + (reverse_ ? count_ - 1 - row : row) * inner_;
    }

  private:
    std::uint64_t fewest_;
    bool reverse_;
    std::uint64_t count_;
    std::uint64_t inner_;
    std::uint64_t origin_;
};

template <class Scan>
Prefixes<Scan> startOf(const Scan& scan, const Slices& slices, const Panel& panel) {
    Prefixes<Scan> prefixes;
    for (std::uint64_t column = 0; column < panel.width; ++column)
        prefixes[column] = scan.start(panel.outer * slices.inner + panel.inner + column);
    return prefixes;
}

// Adds the terms [begin, end) to the panel's prefixes: emit(element of the output, prefix) for every element
// that they lead to, and emitTotal(slice, prefix) at the end.
template <class Scan, class Emit, class EmitTotal>
void scanSection(const Problem& problem, const Scan& scan, const SlicePlaces& places, const Slices& slices,
                 const Panel& panel, std::uint64_t begin, std::uint64_t end, Prefixes<Scan>& prefixes,
                 const std::byte* input, const Emit& emit, const EmitTotal& emitTotal) {
    const OutputPlaces outputs(problem, slices, panel);
    const auto size = static_cast<std::uint32_t>(elementSize(problem.dtype));
    const auto bases = places.of(panel);
    const auto emitRow = [&](std::uint64_t terms) {
        if (!outputs.has(terms)) return;
        for (std::uint64_t column = 0; column < panel.width; ++column)
            emit(outputs.elementOf(terms) + column, prefixes[column]);
    };
    if (begin == 0) emitRow(0);
    for (std::uint64_t position = begin; position < end; ++position) {
        const std::uint64_t place = problem.reverse ? slices.extent - 1 - position : position;
        for (std::uint64_t column = 0; column < panel.width; ++column)
            scan.add(prefixes[column], loadBits(input, bases[column] + place * places.step(), size));
        emitRow(position + 1);
    }
    if (!problem.totals || end != slices.extent) return;
    for (std::uint64_t column = 0; column < panel.width; ++column)
        emitTotal(panel.outer * slices.inner + panel.inner + column, prefixes[column]);
}

// What emit and emitTotal do to hold an output against the prefixes.
template <class Scan>
auto judge(const Scan& scan, const DtypeEntry& dtype, const std::vector<std::byte>& output, const char* name,
           const Extents& shape, Verdict& verdict) {
    return [&, name](std::uint64_t element, const auto& prefix) {
        const std::uint64_t result = loadBits(output.data(), element, dtype.size);
        const double error = scan.errorOf(prefix, result);
        verdict.addError(element, error);
        if (error <= 1) return;
        verdict.addWrong(element, [&] {
            return fmt::format("{}{} is {}, expected {}", name, multiIndex(shape, element),
                               formatElement(dtype.dtype, result), scan.expected(prefix));
        });
    };
}

// visit(panel, begin, end, prefixes before begin) for every section of every panel, which goes on from the
// result before it: y[i] op x[i] is y[i + 1] for every i, or something is wrong.
template <class Scan, class Visit>
void forEachSectionOf(const Problem& problem, const Scan& scan, const Slices& slices,
                      const std::vector<std::byte>& output, const Visit& visit) {
    const auto size = static_cast<std::uint32_t>(elementSize(outputDtype(problem)));
    forEachSection(slices, [&](const Panel& panel, std::uint64_t begin, std::uint64_t end) {
        Prefixes<Scan> prefixes = startOf(scan, slices, panel);
        const OutputPlaces outputs(problem, slices, panel);
        if (begin != 0)
            for (std::uint64_t column = 0; column < panel.width; ++column)
                prefixes[column] =
                    scan.resume(loadBits(output.data(), outputs.elementOf(begin) + column, size));
        visit(panel, begin, end, prefixes);
    });
}

// The same for every panel with its whole axis, which takes no result for granted.
template <class Scan, class Visit>
void forEachWhole(const Scan& scan, const Slices& slices, const Visit& visit) {
    forEachPanel(slices, [&](const Panel& panel) {
        Prefixes<Scan> prefixes = startOf(scan, slices, panel);
        visit(panel, 0, slices.extent, prefixes);
    });
}

}  // namespace

Outputs scanReference(const Problem& problem, const Inputs& inputs) {
    const Slices slices = slicesOf(problem);
    const SlicePlaces places(problem.shape, problem.strides, problem.axis);
    const auto size = static_cast<std::uint32_t>(elementSize(outputDtype(problem)));
    Outputs outputs;
    outputs.output.resize(elementCount(outputShape(problem)) * size);
    if (problem.totals) outputs.totals.resize(elementCount(sliceShape(problem)) * size);
    withScan(problem, inputs, 0, [&](const auto& scan) {
        forEachPanel(slices, [&](const Panel& panel) {
            const auto storeTo = [&](std::vector<std::byte>& tensor) {
                return [&](std::uint64_t element, const auto& prefix) {
                    storeBits(tensor.data(), element, size, scan.rounded(prefix));
                };
            };
            auto prefixes = startOf(scan, slices, panel);
            scanSection(problem, scan, places, slices, panel, 0, slices.extent, prefixes, inputs.input.data(),
                        storeTo(outputs.output), storeTo(outputs.totals));
        });
    });
    return outputs;
}

Verdict checkScan(const Problem& problem, std::uint64_t additionDepth, const Inputs& inputs,
                  const Outputs& outputs) {
    const Slices slices = slicesOf(problem);
    const SlicePlaces places(problem.shape, problem.strides, problem.axis);
    const DtypeEntry& dtype = entryOf(outputDtype(problem));
    const Extents outputExtents = outputShape(problem);
    const Extents totalExtents = sliceShape(problem);
    Verdict verdict;
    Verdict totals;
    std::mutex mutex;
    const auto check = [&](const auto& scan) {
        const auto visit = [&](const Panel& panel, std::uint64_t begin, std::uint64_t end, auto& prefixes) {
            Verdict local;
            Verdict localTotals;
            scanSection(problem, scan, places, slices, panel, begin, end, prefixes, inputs.input.data(),
                        judge(scan, dtype, outputs.output, "", outputExtents, local),
                        judge(scan, dtype, outputs.totals, "totals", totalExtents, localTotals));
            const std::scoped_lock lock(mutex);
            verdict.merge(local);
            totals.merge(localTotals);
        };
        if constexpr (requires { scan.resume(0); }) {
            forEachSectionOf(problem, scan, slices, outputs.output, visit);
            if (verdict && totals) return;
            // Sections go on from wrong results too: which ones are wrong only the whole slice tells.
            verdict = totals = {};
        }
        forEachWhole(scan, slices, visit);
    };
    const bool mayBeExact = dtype.dtype == Dtype::F32 || dtype.dtype == Dtype::F64;
    if (inputs.exactSums && problem.scanOp == ScanOp::Sum && mayBeExact)
        check(IntegerSum(problem, inputs));
    else
        withScan(problem, inputs, additionDepth, check);
    verdict.append(totals);
    return verdict;
}

}  // namespace vkaxis::harness
