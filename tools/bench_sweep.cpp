#include "bench_sweep.hpp"

#include <harness/cases.hpp>
#include <harness/combinations.hpp>
#include <harness/random.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace vkaxis::cli {
namespace {

using harness::Op;

constexpr double kSmallest = 64e6;  // bytes
constexpr double kLargest = 8e9;

// Draws one after the other from a stream of its own.
class Draw {
  public:
    explicit Draw(std::uint64_t stream) : stream_(stream) {}

    double uniform() { return harness::uniformNumber(harness::randomAt(stream_, counter_++), 53); }
    double logUniform(double low, double high) { return low * std::pow(high / low, uniform()); }
    std::size_t below(std::size_t count) {
        return static_cast<std::size_t>(uniform() * static_cast<double>(count));
    }

  private:
    std::uint64_t stream_;
    std::uint64_t counter_ = 0;
};

// Cuts the logarithm of the number of elements at random places.
harness::Extents drawShape(Draw& draw, std::size_t rank, double elements) {
    std::vector<double> cuts{0, 1};
    for (std::size_t i = 1; i < rank; ++i) cuts.push_back(draw.uniform());
    std::ranges::sort(cuts);
    harness::Extents shape;
    for (std::size_t i = 0; i < rank; ++i)
        shape.push_back(std::max<std::uint64_t>(
            1, static_cast<std::uint64_t>(std::llround(std::pow(elements, cuts[i + 1] - cuts[i])))));
    return shape;
}

harness::Problem drawProblem(std::size_t number, double largest) {
    constexpr std::array kViews{"transposed", "permuted", "padded"};
    constexpr std::array kModes{ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial};
    Draw draw(number);
    harness::Case drawn;
    harness::Problem& problem = drawn.problem;
    problem.op = number % 2 == 0 ? Op::Scan : number % 4 == 1 ? Op::Argmax : Op::Argmin;
    problem.mode = kModes[draw.below(kModes.size())];
    const std::size_t rank = 1 + draw.below(4);
    const double bytes = draw.logUniform(std::min(kSmallest, largest / 8), largest);
    problem.shape = drawShape(draw, rank, bytes / static_cast<double>(harness::elementSize(problem.dtype)));
    problem.axis = static_cast<std::int32_t>(draw.below(rank));
    if (number % 3 == 2) drawn.view = drawn.outputView = kViews[draw.below(kViews.size())];
    complete(drawn);
    return problem;
}

}  // namespace

std::vector<BenchCase> sweepCases(std::size_t count, std::uint64_t maxBytes) {
    const double largest = std::min(kLargest, static_cast<double>(maxBytes) / 1.01);
    std::vector<BenchCase> cases;
    for (std::size_t i = 0; i < count; ++i)
        cases.push_back({.id = fmt::format("sweep-{:03}", i), .problem = drawProblem(i, largest)});
    return cases;
}

std::string sweepSummary(std::span<const BenchRow> rows, const Ceilings& ceilings) {
    constexpr std::size_t kWorst = 10;
    std::vector<const BenchRow*> timed;
    for (const BenchRow& row : rows)
        if (row.outcome) timed.push_back(&row);
    if (timed.empty()) return "\nno case was timed\n";
    std::ranges::sort(timed, {}, [&](const BenchRow* row) { return row->fraction(ceilings); });
    std::string text = fmt::format("\nmedian {:.3f} of the ceiling, least {:.3f}, {} timed; the worst:\n",
                                   timed[timed.size() / 2]->fraction(ceilings),
                                   timed.front()->fraction(ceilings), timed.size());
    for (std::size_t i = 0; i < std::min(kWorst, timed.size()); ++i)
        text +=
            fmt::format("{:.3f} {}\n", timed[i]->fraction(ceilings), describe(timed[i]->benchCase.problem));
    return text;
}

}  // namespace vkaxis::cli
