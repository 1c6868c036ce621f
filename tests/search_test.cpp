// The search of vkaxis tune on costs that are made up. Needs no device.
#include "../tools/search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

namespace {

using namespace vkaxis::cli;

// Seconds of each case by a row.
using Model = std::function<std::vector<double>(const Row&)>;

class FakeContest : public Contest {
  public:
    explicit FakeContest(Model model, double noise = 0, std::uint64_t seed = 1)
        : model_(std::move(model)), noise_(noise), random_(seed) {}

    std::vector<std::size_t> challenge(const Row& incumbent, const Row& candidate) override {
        ++challenges;
        before_.clear();
        after_.clear();
        if (refuses && refuses(candidate)) return {};
        const std::vector<double> before = model_(incumbent), after = model_(candidate);
        std::vector<std::size_t> cases;
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (before[i] == after[i]) continue;
            cases.push_back(i);
            before_.push_back(before[i]);
            after_.push_back(after[i]);
        }
        return cases;
    }

    std::vector<Pair> sample() override {
        ++samples;
        REQUIRE(!before_.empty());  // a challenge without cases has nothing to be timed
        std::vector<Pair> pairs;
        for (std::size_t i = 0; i < before_.size(); ++i)
            pairs.push_back({noisy(before_[i]), noisy(after_[i])});
        return pairs;
    }

    std::function<bool(const Row&)> refuses{};
    std::size_t challenges = 0, samples = 0;

  private:
    // Not std::normal_distribution, whose numbers differ between standard libraries.
    double noisy(double seconds) {
        double sum = 0;
        for (int i = 0; i < 12; ++i) sum += static_cast<double>(random_() >> 11) * 0x1p-53;
        return seconds * (1 + noise_ * (sum - 6));
    }

    Model model_;
    double noise_;
    std::mt19937_64 random_;
    std::vector<double> before_, after_;
};

// How far a value is from the best, in octaves.
double octaves(std::uint32_t value, double best) {
    return value == 0 ? 10 : std::abs(std::log2(value / best));
}

SearchOptions allOf(std::size_t fields) {
    SearchOptions options;
    for (std::size_t i = 0; i < fields; ++i) options.fields.push_back(i);
    return options;
}

}  // namespace

TEST_SUITE("search") {
    TEST_CASE("the optimum of separate fields is found from far away, through noise") {
        const Model model = [](const Row& row) {
            return std::vector{1 + octaves(row[0], 256) / 4, 1 + octaves(row[1], 7) / 3,
                               2 + octaves(row[2], 20) / 4};
        };
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            FakeContest contest(model, 0.01, seed);
            const Row start{32, 1, 128};
            const Found found = search(start, contest, allOf(3));
            CHECK(found.complete);
            CHECK(found.row[0] == 256);
            CHECK(octaves(found.row[1], 7) < 0.3);
            CHECK(octaves(found.row[2], 20) < 0.3);
            CHECK(found.changes.size() >= 3);
            CHECK(found.gain > 1.2);
        }
    }

    TEST_CASE("fields that depend on each other are tried again") {
        const Model model = [](const Row& row) {
            return std::vector{1 + octaves(row[0] * row[1], 1024) / 8 + octaves(row[1], 8) / 4};
        };
        FakeContest contest(model, 0.005);
        const Found found = search({16, 1}, contest, allOf(2));
        CHECK(octaves(found.row[0] * found.row[1], 1024) < 0.3);
        CHECK(octaves(found.row[1], 8) < 0.3);
        CHECK(found.row[0] < 256);  // where it went first
    }

    TEST_CASE("one is doubled and another halved where neither helps alone") {
        const Model model = [](const Row& row) {
            const double product = std::abs(std::log2(row[0] * row[1] / 1024.0));
            return std::vector{1 + product + octaves(row[0], 256) / 20, row[2] == 5 ? 1.0 : 1.1};
        };
        FakeContest contest(model, 0.002);
        const Found found = search({128, 8, 5}, contest, allOf(3));
        CHECK(found.row == Row{256, 4, 5});
        CHECK(found.changes.size() == 2);
    }

    TEST_CASE("a size of 0 is turned on, and one that harms is turned off") {
        FakeContest on(
            [](const Row& row) { return std::vector{row[0] == 0 ? 2.0 : 1 + octaves(row[0], 16) / 10}; });
        CHECK(search({0}, on, allOf(1)).row == Row{16});
        FakeContest off([](const Row& row) { return std::vector{row[0] == 0 ? 1.0 : 2.0}; });
        CHECK(search({16}, off, allOf(1)).row == Row{0});
    }

    TEST_CASE("a gain of less than 2 % is not kept, one of more is") {
        const auto gaining = [](double gain) {
            return [gain](const Row& row) { return std::vector{row[0] == 4 ? 1.0 : 1 / gain, 1.0}; };
        };
        FakeContest little(gaining(1.015), 0.001), enough(gaining(1.03), 0.001);
        CHECK(search({4}, little, allOf(1)).row == Row{4});
        CHECK(search({4}, enough, allOf(1)).row != Row{4});
    }

    TEST_CASE("noise is not taken for a gain") {
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            // Each row has times of its own, as little apart as makes a plan another one.
            FakeContest contest(
                [](const Row& row) {
                    return std::vector{1 + row[0] * 1e-9, 1 + row[1] * 1e-9};
                },
                0.03, seed);
            const Found found = search({8, 100}, contest, allOf(2));
            CHECK(found.row == Row{8, 100});
            CHECK(found.changes.empty());
            CHECK(found.gain == 1);
        }
    }

    TEST_CASE("no case pays as much as is gained") {
        const auto found = [](std::vector<double> others) {
            FakeContest contest(
                [&](const Row& row) {
                    return row[0] == 4 ? std::vector{1.0, 1.0, 1.0} : others;
                },
                0.001);
            return search({4}, contest, allOf(1)).row;
        };
        CHECK(found({0.8, 0.8, 1.2}) == Row{4});
        CHECK(found({0.95, 0.95, 1.03}) == Row{4});
        CHECK(found({0.7, 0.7, 1.05}) != Row{4});
    }

    TEST_CASE("one case among many that stay as they are gains enough") {
        FakeContest contest(
            [](const Row& row) {
                const double slower = row[0] == 4 ? 1 : 1.0001;
                return std::vector{row[0] == 4 ? 1.03 : 1.0, slower, slower, slower, slower, slower};
            },
            0.001);
        CHECK(search({4}, contest, allOf(1)).row != Row{4});
    }

    TEST_CASE("a value four times as large is found where twice as much is no better") {
        FakeContest contest(
            [](const Row& row) { return std::vector{row[0] == 4 ? 0.9 : 1.0 + row[0] * 1e-9}; }, 0.001);
        CHECK(search({1}, contest, allOf(1)).row == Row{4});
        CHECK(search({16}, contest, allOf(1)).row == Row{4});
    }

    TEST_CASE("rows that are refused or wrong are neither timed nor kept") {
        FakeContest contest([](const Row& row) { return std::vector{1.0 / row[0]}; });
        contest.refuses = [](const Row& row) { return row[0] == 0 || row[0] > 100; };
        const Found found = search({10}, contest, allOf(1));
        CHECK(found.row[0] <= 100);
        CHECK(found.row[0] > 80);
    }

    TEST_CASE("only the fields asked for change, and those that change no plan cost nothing") {
        FakeContest contest([](const Row& row) { return std::vector{1 + octaves(row[0], 64) / 4}; });
        SearchOptions options;
        options.fields = {1};
        CHECK(search({1, 1}, contest, options).row == Row{1, 1});
        CHECK(contest.samples == 0);
    }

    TEST_CASE("an interrupt keeps what was found until then") {
        const Model model = [](const Row& row) {
            return std::vector{1 + octaves(row[0], 256) / 4, 1 + octaves(row[1], 256) / 4};
        };
        FakeContest contest(model);
        SearchOptions options = allOf(2);
        options.stop = [&] { return contest.samples >= 35; };
        const Found found = search({1, 1}, contest, options);
        CHECK_FALSE(found.complete);
        CHECK(contest.samples == 35);
        CHECK(found.row == Row{4, 1});
        CHECK(found.changes.size() == 1);
    }

    TEST_CASE("three to nine values are tried beside one") {
        for (const std::uint32_t value : {1u, 2u, 3u, 7u, 20u, 256u, 0xffffffffu}) {
            const std::vector<std::uint32_t> values = neighboursOf(value);
            CHECK(values.size() >= 3);
            CHECK(values.size() <= 9);
            CHECK(std::ranges::find(values, value) == values.end());
            CHECK(std::ranges::find(values, 0u) != values.end());
        }
    }
}
