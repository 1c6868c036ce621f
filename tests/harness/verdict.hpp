// What the comparison of an output with its reference found.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace vkaxis::harness {

struct Verdict {
    static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

    std::uint64_t wrong = 0;           // elements, of all outputs
    std::uint64_t firstWrong = kNone;  // element of its output
    std::string message{};             // says what the first wrong element is and what it should be
    double worstError = 0;  // of float sums and products, in units of the error bound; above 1 is wrong
    std::uint64_t worstElement = kNone;  // where; none if no sum was rounded

    explicit operator bool() const { return wrong == 0; }

    // describe() is called only if this is the first wrong element so far.
    template <class Describe>
    void addWrong(std::uint64_t element, const Describe& describe) {
        ++wrong;
        if (element >= firstWrong) return;
        firstWrong = element;
        message = describe();
    }

    void addError(std::uint64_t element, double error) {
        if (error < worstError || (error == worstError && element >= worstElement) || error == 0) return;
        worstError = error;
        worstElement = element;
    }

    void merge(const Verdict& other) {
        if (other.firstWrong < firstWrong) {
            firstWrong = other.firstWrong;
            message = other.message;
        }
        wrong += other.wrong;
        addError(other.worstElement, other.worstError);
    }

    // Of another output of the same problem, whose elements come after these.
    void append(const Verdict& other) {
        if (wrong == 0) {
            firstWrong = other.firstWrong;
            message = other.message;
        }
        wrong += other.wrong;
    }
};

// "[3,17]": the place of an element in a dense tensor of this shape.
std::string multiIndex(std::span<const std::uint64_t> shape, std::uint64_t element);

}  // namespace vkaxis::harness
