#include "harness/covering.hpp"

#include "harness/random.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace vkaxis::harness {
namespace {

constexpr std::size_t kOpen = std::numeric_limits<std::size_t>::max();

class Array {
  public:
    Array(std::span<const std::size_t> levels, const Compatible& compatible)
        : levels_(levels), compatible_(compatible), first_(levels.size()) {
        std::exclusive_scan(levels.begin(), levels.end(), first_.begin(), std::size_t{0});
        choices_ = std::accumulate(levels.begin(), levels.end(), std::size_t{0});
        missing_.resize(choices_ * choices_);
        forEachPair([&](Choice a, Choice b) {
            missing(a, b) = compatible(a, b);
            if (missing(a, b)) pairs_.emplace_back(a, b);
        });
        for (std::size_t i = pairs_.size(); i > 1; --i) std::swap(pairs_[i - 1], pairs_[randomAt(0, i) % i]);
    }

    // A row around some pair that is missing, or nothing where none is.
    std::optional<Row> next() {
        while (!pairs_.empty() && !missing(pairs_.back().first, pairs_.back().second)) pairs_.pop_back();
        if (pairs_.empty()) return std::nullopt;
        std::optional<Row> row(std::in_place, levels_.size(), kOpen);
        for (const Choice& choice : {pairs_.back().first, pairs_.back().second})
            (*row)[choice.factor] = choice.level;
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            const std::size_t factor = i == 0 ? 0 : 1 + (i + rows_) % (levels_.size() - 1);
            if ((*row)[factor] == kOpen) (*row)[factor] = bestLevel(*row, factor);
        }
        ++rows_;
        for (std::size_t a = 0; a < levels_.size(); ++a)
            for (std::size_t b = a + 1; b < levels_.size(); ++b)
                missing({a, (*row)[a]}, {b, (*row)[b]}) = false;
        return row;
    }

  private:
    std::vector<bool>::reference missing(Choice a, Choice b) {
        if (a.factor > b.factor) std::swap(a, b);
        return missing_[(first_[a.factor] + a.level) * choices_ + first_[b.factor] + b.level];
    }

    template <class Visit>
    void forEachPair(const Visit& visit) {
        for (Choice a{0, 0}; a.factor < levels_.size(); ++a.factor)
            for (a.level = 0; a.level < levels_[a.factor]; ++a.level)
                for (Choice b{a.factor + 1, 0}; b.factor < levels_.size(); ++b.factor)
                    for (b.level = 0; b.level < levels_[b.factor]; ++b.level) visit(a, b);
    }

    // Of the compatible levels the one of most missing pairs, of several another one for each row.
    std::size_t bestLevel(const Row& row, std::size_t factor) {
        std::size_t best = 0;
        std::ptrdiff_t most = -1;
        for (std::size_t i = 0; i < levels_[factor]; ++i) {
            const Choice candidate{factor, (i + rows_) % levels_[factor]};
            std::ptrdiff_t found = 0;
            for (std::size_t other = 0; other < row.size() && found >= 0; ++other) {
                if (row[other] == kOpen) continue;
                const Choice given{other, row[other]};
                found = compatible_(given, candidate) ? found + missing(given, candidate) : -1;
            }
            if (found <= most) continue;
            most = found;
            best = candidate.level;
        }
        return best;
    }

    std::span<const std::size_t> levels_;
    const Compatible& compatible_;
    std::vector<std::size_t> first_;  // number of a factor's first choice
    std::size_t choices_ = 0;
    std::vector<bool> missing_;
    std::vector<std::pair<Choice, Choice>> pairs_;  // in random order; those at the end are done
    std::size_t rows_ = 0;
};

}  // namespace

std::vector<Row> coveringArray(std::span<const std::size_t> levels, const Compatible& compatible) {
    std::vector<Row> rows;
    Array array(levels, compatible);
    while (const auto row = array.next()) rows.push_back(*row);
    return rows;
}

}  // namespace vkaxis::harness
