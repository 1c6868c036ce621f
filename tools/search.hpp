// The search for a faster row: coordinate descent, told by interleaved times. Knows nothing of devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace vkaxis::cli {

using Row = std::vector<std::uint32_t>;  // a value for each field

// Seconds of one case with the incumbent's plan and, right after, with the candidate's.
struct Pair {
    double before = 0, after = 0;
};

// What the search tries rows on.
class Contest {
  public:
    virtual ~Contest() = default;

    // The cases that the candidate plans otherwise than the incumbent: none if it is refused, or if a result
    // is wrong.
    virtual std::vector<std::size_t> challenge(const Row& incumbent, const Row& candidate) = 0;

    // Times those of the last challenge once more, in their order.
    virtual std::vector<Pair> sample() = 0;
};

struct Change {
    std::size_t field = 0;
    std::uint32_t from = 0, to = 0;
};

struct Trial {
    std::vector<Change> changes{};  // of the row found so far: one, or two
    double gain = 1;                // so far: of the row found over the start, as a factor
};

struct SearchOptions {
    std::vector<std::size_t> fields{};            // to change; the others stay as they are
    std::function<bool()> stop{};                 // asked before each sample
    std::function<void(const Trial&)> onTrial{};  // before each
};

struct Found {
    Row row{};
    std::vector<Change> changes{};  // one after the other
    double gain = 1;
    bool complete = true;  // false: stopped
};

// From `start` on, one field after the other takes the first of its nearby values by which, beyond the noise,
// the geometric mean of the cases that it changes gains, one of them more than 2 %, and none loses as much as
// all gain; until no field has one. Then one is doubled and another halved, for sizes whose product matters;
// once that helps, all begins again.
Found search(const Row& start, Contest& contest, const SearchOptions& options);

// Values to try instead of one, the most promising first: twice, half, four times, a quarter, then smaller
// steps, then what turns a size off, or on where it is 0. Some may be out of range.
std::vector<std::uint32_t> neighboursOf(std::uint32_t value);

}  // namespace vkaxis::cli
