#include "harness/combinations.hpp"

#include "harness/covering.hpp"

#include <algorithm>
#include <array>

namespace vkaxis::harness {
namespace {

struct Placement {
    std::uint32_t misalignment;
    bool inPlace;
};
constexpr std::array<Placement, 5> kPlacements{{{0, false}, {1, false}, {3, false}, {0, true}, {2, true}}};
constexpr std::size_t kOutOfPlace = 3;  // the first of them

constexpr std::array kArgReductions{Op::Argmax, Op::Argmin, Op::Argminmax};
constexpr std::array kScans{Op::Scan};

std::size_t outputViewCount() {
    return static_cast<std::size_t>(std::ranges::count(viewTable(), false, &ViewEntry::inputOnly));
}

// The factors of arg reductions, or of scans: the options follow those that are named here.
class Space {
  public:
    enum Factor : std::size_t {
        kDtype,
        kOp,
        kView,
        kOutputView,
        kRegime,
        kPlacement,
        kDistribution,
        kOptions
    };

    explicit Space(std::span<const Op> ops) : ops_(ops), options_(entryOf(ops.front()).options) {
        const bool scans = ops.front() == Op::Scan;
        levels_ = {dtypeTable().size(),       ops.size(),       viewTable().size(),
                   outputViewCount(),         regimes().size(), scans ? kPlacements.size() : kOutOfPlace,
                   distributionTable().size()};
        for (const Option& option : options_) levels_.push_back(option.values.size());
    }

    std::vector<Row> singles() const {
        Row row(levels_.size());
        row[kDtype] = static_cast<std::size_t>(Dtype::F32) - 1;
        for (std::size_t i = 0; i < options_.size(); ++i) row[kOptions + i] = options_[i].defaultValue();
        std::vector<Row> rows;
        for (std::size_t factor = 0; factor < levels_.size(); ++factor)
            for (std::size_t level = 0; level < levels_[factor]; ++level) {
                Row changed = row;
                changed[factor] = level;
                if (allowed(changed) && (changed != row || factor == 0)) rows.push_back(changed);
            }
        return rows;
    }

    std::vector<Row> combinations() const {
        return coveringArray(levels_, [this](Choice a, Choice b) { return compatible(a, b); });
    }

    std::vector<Row> product() const {
        std::vector<Row> rows;
        for (Row row(levels_.size()); !row.empty(); row = successor(row))
            if (allowed(row)) rows.push_back(varied(row, rows.size()));
        return rows;
    }

    Case caseOf(const Row& row, std::size_t number, std::uint64_t seed) const {
        Case result;
        Problem& problem = result.problem;
        problem.op = ops_[row[kOp]];
        problem.dtype = dtypeAt(row[kDtype]);
        for (std::size_t i = 0; i < options_.size(); ++i) options_[i].set(problem, row[kOptions + i]);

        const Regime& regime = regimes()[row[kRegime]];
        const Regime::Shape& shape = regime.shapes[number % regime.shapes.size()];
        problem.shape = shape.extents;
        problem.axis = shape.axis;
        result.regime = regime.name;
        result.view = viewTable()[row[kView]].name;
        result.outputView = viewTable()[row[kOutputView]].name;
        result.distribution = distributionTable()[row[kDistribution]].distribution;
        result.seed = seed + number;
        const Placement& placement = kPlacements[row[kPlacement]];
        result.options = {.misalignment = placement.misalignment, .inPlace = placement.inPlace};
        if (placement.inPlace && outputDtype(problem) != problem.dtype) problem.outputDtype = problem.dtype;
        complete(result);
        return result;
    }

  private:
    static Dtype dtypeAt(std::size_t level) { return dtypeTable()[level].dtype; }
    Choice choiceOf(const char* option, std::size_t value) const {
        const auto found = std::ranges::find(options_, std::string_view(option), &Option::name);
        return {kOptions + static_cast<std::size_t>(found - options_.begin()), value};
    }

    bool compatible(Choice a, Choice b) const { return goTogether(a, b) && goTogether(b, a); }

    bool goTogether(Choice a, Choice b) const {
        const bool scans = ops_.front() == Op::Scan;
        const std::size_t outputDtype = scans ? choiceOf("out-dtype", 0).factor : levels_.size();
        const auto distribution = [](Choice choice) {
            return distributionTable()[choice.level].distribution;
        };
        if (a.factor == kDtype && b.factor == kDistribution) return suits(distribution(b), dtypeAt(a.level));
        if (a.factor == outputDtype && a.level != 0) {
            const auto wide = static_cast<Dtype>(a.level);
            if (b.factor == kDtype) return holds(wide, dtypeAt(b.level));
            if (b.factor == kDistribution) return suits(distribution(b), wide);
        }
        if (a.factor == kPlacement && kPlacements[a.level].inPlace) {
            if (b.factor == kView) return !viewTable()[b.level].inputOnly;
            if (b.factor == kOutputView || b.factor == outputDtype) return b.level == 0;
            const auto growing = static_cast<std::size_t>(ScanMode::IncludeInitial);
            if (b.factor == choiceOf("mode", 0).factor) return b.level != growing;
        }
        return true;
    }

    bool allowed(const Row& row) const {
        for (std::size_t a = 0; a < row.size(); ++a)
            for (std::size_t b = a + 1; b < row.size(); ++b)
                if (!compatible({a, row[a]}, {b, row[b]})) return false;
        return true;
    }

    static bool variesInTurn(std::size_t factor) {
        return factor == kView || factor == kOutputView || factor == kPlacement || factor == kDistribution;
    }

    // The next row of the product, or an empty one after the last.
    Row successor(Row row) const {
        for (std::size_t factor = row.size(); factor-- > 0;) {
            if (variesInTurn(factor)) continue;
            if (++row[factor] < levels_[factor]) return row;
            row[factor] = 0;
        }
        return {};
    }

    // The levels that the product leaves alone, by a running number; steps of primes mix them.
    Row varied(Row row, std::size_t number) const {
        std::size_t prime = 1;
        for (const std::size_t factor : {kDistribution, kPlacement, kView, kOutputView}) {
            for (std::size_t i = 0; i < levels_[factor]; ++i) {
                row[factor] = (number / prime + i) % levels_[factor];
                if (allowed(row)) break;
                row[factor] = 0;
            }
            prime *= 7;
        }
        return row;
    }

    std::span<const Op> ops_;
    std::span<const Option> options_;
    std::vector<std::size_t> levels_;
};

}  // namespace

void complete(Case& testCase) {
    Problem& problem = testCase.problem;
    if (testCase.options.inPlace) testCase.outputView = testCase.view;
    setViews(problem, *findView(testCase.view), *findView(testCase.outputView));
    if (problem.op == Op::Scan && problem.initial == ScanInitial::Host)
        problem.initialValue = hostInitial(problem, testCase.seed);
}

std::vector<Case> singleCases(std::uint64_t seed) {
    std::vector<Case> cases;
    for (const Space& space : {Space(kArgReductions), Space(kScans)})
        for (const Row& row : space.singles()) cases.push_back(space.caseOf(row, cases.size(), seed));
    return cases;
}

std::vector<Case> combinedCases(std::uint64_t seed) {
    std::vector<Case> cases;
    for (const Space& space : {Space(kArgReductions), Space(kScans)}) {
        const std::vector<Row> rows = space.combinations();
        for (std::size_t i = 0; i < rows.size(); ++i) cases.push_back(space.caseOf(rows[i], i, seed));
    }
    return cases;
}

std::vector<Case> productCases(std::uint64_t seed) {
    std::vector<Case> cases;
    for (const Space& space : {Space(kArgReductions), Space(kScans)})
        for (const Row& row : space.product()) cases.push_back(space.caseOf(row, cases.size(), seed));
    return cases;
}

}  // namespace vkaxis::harness
