#include "array_print.hpp"

#include <harness/dtype.hpp>
#include <harness/elements.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

namespace vkaxis::cli {
namespace {

constexpr std::uint64_t kThreshold = 1000;  // elements; a larger array is summarized
constexpr std::uint64_t kEdgeItems = 3;
constexpr std::size_t kLineWidth = 75;
constexpr int kPrecision = 8;  // digits after the point

// ---- Which elements are shown, and how they lie on the lines ----

class Layout {
  public:
    Layout(std::span<const std::uint64_t> shape, std::uint64_t elementCount)
        : shape_(shape), summarized_(elementCount > kThreshold) {}

    // Row-major indices of the elements shown, in the order in which they are shown.
    std::vector<std::uint64_t> shown() const {
        std::vector<std::uint64_t> indices;
        collect(0, 0, indices);
        return indices;
    }

    std::string print(const std::vector<std::string>& words) {
        nextWord_ = words.begin();
        return shape_.empty() ? words.front() : nested(0);
    }

  private:
    template <class Show, class Skip>
    void visit(std::uint64_t extent, const Show& show, const Skip& skip) const {
        const bool skips = summarized_ && extent > 2 * kEdgeItems;
        for (std::uint64_t i = 0; i < extent; ++i) {
            if (skips && i == kEdgeItems) {
                skip();
                i = extent - kEdgeItems;
            }
            show(i);
        }
    }

    void collect(std::size_t axis, std::uint64_t index, std::vector<std::uint64_t>& indices) const {
        if (axis == shape_.size()) {
            indices.push_back(index);
            return;
        }
        visit(
            shape_[axis], [&](std::uint64_t i) { collect(axis + 1, index * shape_[axis] + i, indices); },
            [] {});
    }

    std::string nested(std::size_t axis) {
        const std::string indent(axis + 1, ' ');
        const std::string text = axis + 1 == shape_.size() ? row(indent) : block(axis, indent);
        return fmt::format("[{}]", std::string_view(text).substr(indent.size()));
    }

    // The last axis: words, wrapped where a line is full.
    std::string row(const std::string& indent) {
        const std::size_t width = kLineWidth - indent.size();
        std::string lines, line = indent;
        const auto add = [&](const std::string& word) {
            if (line.size() > indent.size() && line.size() + word.size() > width) {
                lines += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
                line = indent;
            }
            line += word + " ";
        };
        visit(
            shape_.back(), [&](std::uint64_t) { add(*nextWord_++); }, [&] { add("..."); });
        line.pop_back();
        return lines + line;
    }

    // Another axis: what lies inside, separated by empty lines, one more for every axis.
    std::string block(std::size_t axis, const std::string& indent) {
        const std::string separator(shape_.size() - axis - 1, '\n');
        std::string text;
        const auto add = [&](const std::string& item) {
            text += (text.empty() ? "" : separator) + indent + item;
        };
        visit(
            shape_[axis], [&](std::uint64_t) { add(nested(axis + 1)); }, [&] { add("..."); });
        return text;
    }

    std::span<const std::uint64_t> shape_;
    bool summarized_;
    std::vector<std::string>::const_iterator nextWord_;
};

// ---- Elements as words of equal width ----

// A float, and the shortest decimal that tells it from its neighbours: `digits` digits times ten to
// `exponent`, with the point after the first.
struct Decimal {
    double value = 0;
    double shortest = 0;  // as far as a double can tell
    int digits = 0;
    int exponent = 0;
};

// Of text as in "-1.5e-07".
Decimal decimal(double value, std::string_view text) {
    Decimal result{.value = value};
    const std::size_t exponent = text.find('e');
    std::from_chars(text.data(), text.data() + text.size(), result.shortest);
    const auto isDigit = [](char character) { return character >= '0' && character <= '9'; };
    result.digits = static_cast<int>(std::ranges::count_if(text.substr(0, exponent), isDigit));
    const std::size_t magnitude = exponent + (text[exponent + 1] == '+' ? 2 : 1);
    std::from_chars(text.data() + magnitude, text.data() + text.size(), result.exponent);
    return result;
}

template <class T>
Decimal shortestDecimal(T value) {
    char buffer[32];
    const char* end =
        std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::scientific).ptr;
    return decimal(value, {buffer, end});
}

Decimal shortestHalfDecimal(double half) {
    const auto bitsOf = [](double value) {
        return harness::encodeFloat(harness::entryOf(Dtype::F16), value);
    };
    for (int precision = 0;; ++precision) {
        // Rounded to even where two decimals are as near, and away from zero where that one is too far.
        for (const double rounded : {half, std::nextafter(half, 2 * half)}) {
            const Decimal found = decimal(half, fmt::format("{:.{}e}", rounded, precision));
            if (bitsOf(found.shortest) == bitsOf(half)) return found;
        }
    }
}

Decimal decimalOf(Dtype dtype, double value) {
    if (!std::isfinite(value)) return {.value = value};
    if (dtype == Dtype::F16) return shortestHalfDecimal(value);
    return dtype == Dtype::F64 ? shortestDecimal(value) : shortestDecimal(static_cast<float>(value));
}

// As NumPy chooses: exponents for the very large, the very small and the very different.
bool needsExponents(Dtype dtype, const std::vector<Decimal>& numbers) {
    double smallest = std::numeric_limits<double>::infinity(), largest = 0;
    for (const Decimal& number : numbers) {
        if (!std::isfinite(number.value) || number.value == 0) continue;
        smallest = std::min(smallest, std::abs(number.value));
        largest = std::max(largest, std::abs(number.value));
    }
    if (largest == 0) return false;
    const harness::DtypeEntry& entry = harness::entryOf(dtype);  // in whose precision NumPy divides
    const double ratio = harness::decodeFloat(entry, harness::encodeFloat(entry, largest / smallest));
    return largest >= 1e8 || smallest < 1e-4 || ratio > 1000;
}

// How many digits after the point tell the float apart; negative: not even all before it are needed.
int fractionDigits(const Decimal& number, bool exponents) {
    return number.digits - 1 - (exponents ? 0 : number.exponent);
}

// The shortest decimal with all digits before the point and no zeros at the end, cut short after kPrecision.
std::string positional(const Decimal& number) {
    const int digits = fractionDigits(number, false);
    const bool isShortest = digits >= 0 && digits <= kPrecision;
    std::string word = fmt::format("{:#.{}f}", isShortest ? number.shortest : number.value,
                                   std::clamp(digits, 0, kPrecision));
    word.erase(word.find_last_not_of('0') + 1);
    return word;
}

// How many digits after the point an exponent's word needs, at most kPrecision.
int scientificDigits(const Decimal& number) {
    const int digits = fractionDigits(number, true);
    if (digits <= kPrecision) return digits;
    const std::string word = fmt::format("{:.{}e}", number.value, kPrecision);
    return static_cast<int>(word.find_last_not_of('0', word.find('e') - 1) - word.find('.'));
}

std::string scientific(const Decimal& number, int digits, bool wideExponent) {
    std::string word = fmt::format("{:#.{}e}", number.value, digits);
    const std::size_t exponent = word.find('e') + 2;
    if (wideExponent && word.size() - exponent == 2) word.insert(exponent, 1, '0');
    return word;
}

std::string notFinite(double value) {
    return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

std::vector<std::string> formatDecimals(const std::vector<Decimal>& numbers, bool exponents) {
    int digits = 0;
    bool wideExponent = false;
    for (const Decimal& number : numbers) {
        digits = std::max(digits, scientificDigits(number));
        wideExponent = wideExponent || std::abs(number.exponent) >= 100;
    }

    std::vector<std::string> words;
    std::size_t beforePoint = 0, fromPoint = 1, widestOther = 0;
    for (const Decimal& number : numbers) {
        if (!std::isfinite(number.value)) {
            words.push_back(notFinite(number.value));
            widestOther = std::max(widestOther, words.back().size());
            continue;
        }
        words.push_back(exponents ? scientific(number, digits, wideExponent) : positional(number));
        const std::size_t point = words.back().find('.');
        beforePoint = std::max(beforePoint, point);
        fromPoint = std::max(fromPoint, words.back().size() - point);
    }
    beforePoint = std::max(beforePoint, widestOther > fromPoint ? widestOther - fromPoint : 0);

    const std::size_t width = beforePoint + fromPoint;
    for (std::string& word : words) {
        const std::size_t point = word.find('.');
        word.insert(0, point == std::string::npos ? width - word.size() : beforePoint - point, ' ');
        word.resize(width, ' ');
    }
    return words;
}

std::vector<std::string> formatFloats(Dtype dtype, const std::vector<std::uint64_t>& elements) {
    std::vector<Decimal> numbers;
    const Dtype shown = dtype == Dtype::BF16 ? Dtype::F32 : dtype;
    for (const std::uint64_t bits : elements)
        numbers.push_back(decimalOf(shown, harness::decodeFloat(harness::entryOf(dtype), bits)));
    return formatDecimals(numbers, needsExponents(shown, numbers));
}

std::vector<std::string> formatIntegers(Dtype dtype, const std::vector<std::uint64_t>& elements) {
    std::vector<std::string> words;
    std::size_t width = 0;
    for (const std::uint64_t bits : elements)
        width = std::max(width, words.emplace_back(harness::formatElement(dtype, bits)).size());
    for (std::string& word : words) word.insert(0, width - word.size(), ' ');
    return words;
}

}  // namespace

std::string formatArray(Dtype dtype, std::span<const std::uint64_t> shape,
                        std::span<const std::byte> elements) {
    if (elements.empty()) return "[]";
    const harness::DtypeEntry& entry = harness::entryOf(dtype);
    Layout layout(shape, elements.size() / entry.size);
    std::vector<std::uint64_t> shown = layout.shown();
    for (std::uint64_t& element : shown) element = harness::loadBits(elements.data(), element, entry.size);
    return layout.print(entry.isFloat() ? formatFloats(dtype, shown) : formatIntegers(dtype, shown));
}

}  // namespace vkaxis::cli
