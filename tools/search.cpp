#include "search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <utility>

namespace vkaxis::cli {
namespace {

const double kLeastGain = std::log(1.02);
constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kLeastSamples = 7;
constexpr std::size_t kMostSamples = 21;
constexpr double kDeviations = 4;  // of the mean, that a gain must be above

// Of logarithms of before/after.
struct Estimate {
    double mean = 0;
    double noise = 0;  // by which the mean may be off

    double least() const { return mean - noise; }
    double most() const { return mean + noise; }
};

Estimate estimate(std::span<const double> samples) {
    const auto count = static_cast<double>(samples.size());
    double sum = 0, squares = 0;
    for (const double sample : samples) sum += sample;
    const double mean = sum / count;
    for (const double sample : samples) squares += (sample - mean) * (sample - mean);
    return {mean, samples.size() < 2 ? std::numeric_limits<double>::infinity()
                                     : kDeviations * std::sqrt(squares / (count - 1) / count)};
}

enum class Verdict { Kept, Dropped, Open };

// The samples of a challenge, by round and by case.
class Duel {
  public:
    explicit Duel(std::size_t cases) : byCase_(cases) {}

    void add(const std::vector<Pair>& pairs) {
        double sum = 0;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            byCase_[i].push_back(std::log(pairs[i].before / pairs[i].after));
            sum += byCase_[i].back();
        }
        rounds_.push_back(sum / static_cast<double>(pairs.size()));
    }

    // The geometric mean of the cases must rise and one of them gain enough, while none loses as much as all
    // gain: a row that is far off may trade a little, a good one next to nothing. What is clearly no gain is
    // dropped early.
    Verdict verdict() const {
        const Estimate all = estimate(rounds_);
        if (all.most() < 0 || (rounds_.size() >= 2 && all.mean < -kLeastGain)) return Verdict::Dropped;
        if (rounds_.size() < kLeastSamples) return Verdict::Open;
        bool promises = false, gains = false, loses = false;
        for (const std::vector<double>& samples : byCase_) {
            const Estimate one = estimate(samples);
            promises = promises || one.mean > kLeastGain;
            gains = gains || (one.mean > kLeastGain && one.least() > 0);
            loses = loses || (one.mean < -all.mean && one.most() < 0);
        }
        if (!promises) return Verdict::Dropped;
        if (gains && all.least() > 0) return loses ? Verdict::Dropped : Verdict::Kept;
        return rounds_.size() < kMostSamples ? Verdict::Open : Verdict::Dropped;
    }

    double gain() const { return std::exp(estimate(rounds_).mean); }

  private:
    std::vector<double> rounds_;
    std::vector<std::vector<double>> byCase_;
};

class Search {
  public:
    Search(const Row& start, Contest& contest, const SearchOptions& options)
        : contest_(contest), options_(options), affected_(start.size()) {
        found_.row = start;
    }

    // A field is tried again once another one has changed what it affects.
    Found run() {
        std::set<std::size_t> open(options_.fields.begin(), options_.fields.end());
        do {
            while (!open.empty() && !stopped())
                for (const std::size_t field : options_.fields)
                    if (open.erase(field) != 0 && !stopped() && improve(field)) reopen(open, field);
        } while (!stopped() && exchangeAny(open));
        return found_;
    }

  private:
    bool stopped() {
        if (options_.stop && options_.stop()) found_.complete = false;
        return !found_.complete;
    }

    void reopen(std::set<std::size_t>& open, std::size_t changed) const {
        for (const std::size_t other : options_.fields)
            if (other != changed && shareCases(changed, other)) open.insert(other);
    }

    bool shareCases(std::size_t a, std::size_t b) const {
        return std::ranges::any_of(affected_[a],
                                   [&](std::size_t each) { return affected_[b].contains(each); });
    }

    // Moves on as long as there is a better value; one that was beaten before is not tried again.
    bool improve(std::size_t field) {
        const std::uint32_t before = found_.row[field];
        std::set<std::uint32_t> tried{before};
        for (bool moved = true; moved;) {
            moved = false;
            for (const std::uint32_t value : neighboursOf(found_.row[field])) {
                if (!tried.insert(value).second) continue;
                if (stopped()) break;
                if ((moved = isBetter({{field, found_.row[field], value}}))) break;
            }
        }
        if (found_.row[field] == before) return false;
        found_.changes.push_back({field, before, found_.row[field]});
        return true;
    }

    // Doubles one field and halves another that matters to no other cases; each two only once.
    bool exchangeAny(std::set<std::size_t>& open) {
        for (const std::size_t up : options_.fields)
            for (const std::size_t down : options_.fields) {
                if (stopped()) return false;
                if (up == down || !oneHasTheOthersCases(up, down)) continue;
                if (!exchanged_.insert({up, down}).second || !exchange(up, down)) continue;
                open = {up, down};
                reopen(open, up);
                reopen(open, down);
                return true;
            }
        return false;
    }

    bool oneHasTheOthersCases(std::size_t a, std::size_t b) const {
        return !affected_[a].empty() && !affected_[b].empty() &&
               (std::ranges::includes(affected_[a], affected_[b]) ||
                std::ranges::includes(affected_[b], affected_[a]));
    }

    bool exchange(std::size_t up, std::size_t down) {
        const std::uint32_t large = found_.row[up], small = found_.row[down];
        if (large == 0 || large > kMost / 2 || small < 2) return false;
        const std::vector<Change> changes{{up, large, large * 2}, {down, small, small / 2}};
        if (!isBetter(changes)) return false;
        found_.changes.insert(found_.changes.end(), changes.begin(), changes.end());
        return true;
    }

    bool isBetter(const std::vector<Change>& changes) {
        if (options_.onTrial) options_.onTrial({changes, found_.gain});
        Row candidate = found_.row;
        for (const Change& change : changes) candidate[change.field] = change.to;
        const std::vector<std::size_t> cases = contest_.challenge(found_.row, candidate);
        if (cases.empty()) return false;
        // What two do together says nothing of one alone.
        if (changes.size() == 1) affected_[changes[0].field].insert(cases.begin(), cases.end());
        // Twice, because among many rows one is lucky.
        double gain = 1;
        if (!wins(cases.size(), gain) || !wins(cases.size(), gain)) return false;
        found_.row = candidate;
        found_.gain *= gain;
        return true;
    }

    bool wins(std::size_t cases, double& gain) {
        Duel duel(cases);
        Verdict verdict = Verdict::Open;
        while (verdict == Verdict::Open) {
            if (stopped()) return false;
            duel.add(contest_.sample());
            verdict = duel.verdict();
        }
        gain = duel.gain();
        return verdict == Verdict::Kept;
    }

    Contest& contest_;
    const SearchOptions& options_;
    Found found_;
    std::vector<std::set<std::size_t>> affected_;  // cases, by field
    std::set<std::pair<std::size_t, std::size_t>> exchanged_;
};

}  // namespace

std::vector<std::uint32_t> neighboursOf(std::uint32_t value) {
    std::vector<std::uint32_t> values;
    const auto add = [&](std::uint64_t each) {
        const auto narrow = static_cast<std::uint32_t>(each);
        if (each <= kMost && narrow != value && std::ranges::find(values, narrow) == values.end())
            values.push_back(narrow);
    };
    if (value == 0) {
        for (std::uint64_t size = 1; size < kMost; size *= 16) add(size);
        return values;
    }
    const std::uint64_t wide = value;
    const std::uint64_t step = std::max<std::uint64_t>(std::bit_floor(wide) / 4, 1);
    add(2 * wide);
    add(wide / 2);
    add(4 * wide);
    add(wide / 4);
    add(wide + step);
    add(wide - step);
    add(wide + 2 * step);
    add(wide - std::min(wide, 2 * step));
    add(0);
    return values;
}

Found search(const Row& start, Contest& contest, const SearchOptions& options) {
    return Search(start, contest, options).run();
}

}  // namespace vkaxis::cli
