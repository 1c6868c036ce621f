#include "array_print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
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

template <class T>
std::vector<T> gather(std::span<const std::byte> elements, const std::vector<std::uint64_t>& indices) {
    std::vector<T> values(indices.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        std::memcpy(&values[i], &elements[indices[i] * sizeof(T)], sizeof(T));
    return values;
}

template <class T>
std::vector<std::string> formatIntegers(const std::vector<T>& values) {
    std::vector<std::string> words;
    std::size_t width = 0;
    for (const T value : values) width = std::max(width, words.emplace_back(fmt::format("{}", value)).size());
    for (std::string& word : words) word.insert(0, width - word.size(), ' ');
    return words;
}

// As NumPy chooses: exponents for the very large, the very small and the very different.
bool needsExponents(const std::vector<float>& values) {
    float smallest = INFINITY, largest = 0;
    for (const float value : values) {
        if (!std::isfinite(value) || value == 0) continue;
        smallest = std::min(smallest, std::abs(value));
        largest = std::max(largest, std::abs(value));
    }
    return largest > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
}

// How many digits after the point tell the float apart, at most kPrecision.
int fractionDigits(float value, bool exponents) {
    char buffer[32];
    char* const end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    char* const exponent = std::find(buffer, end, 'e');
    *end = '\0';
    const auto digits =
        static_cast<int>(std::count_if(buffer, exponent, [](char c) { return c >= '0' && c <= '9'; }));
    return std::clamp(digits - 1 - (exponents ? 0 : std::atoi(exponent + 1)), 0, kPrecision);
}

// Without trailing zeros after the point.
std::string positional(float value) {
    std::string word = fmt::format("{:#.{}f}", value, fractionDigits(value, false));
    word.erase(word.find_last_not_of('0') + 1);
    return word;
}

std::vector<std::string> formatFloats(const std::vector<float>& values) {
    const bool exponents = needsExponents(values);
    int digits = 0;
    for (const float value : values) {
        if (std::isfinite(value)) digits = std::max(digits, fractionDigits(value, exponents));
    }

    std::vector<std::string> words;
    std::size_t beforePoint = 0, fromPoint = 1, widestOther = 0;
    for (const float value : values) {
        if (!std::isfinite(value)) {
            words.emplace_back(std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
            widestOther = std::max(widestOther, words.back().size());
            continue;
        }
        words.push_back(exponents ? fmt::format("{:#.{}e}", value, digits) : positional(value));
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

}  // namespace

std::string formatArray(ElementType type, std::span<const std::uint64_t> shape,
                        std::span<const std::byte> elements) {
    if (elements.empty()) return "[]";
    Layout layout(shape, elements.size() / elementSize(type));
    const std::vector<std::uint64_t> indices = layout.shown();
    switch (type) {
        case ElementType::F32:
            return layout.print(formatFloats(gather<float>(elements, indices)));
        case ElementType::I32:
            return layout.print(formatIntegers(gather<std::int32_t>(elements, indices)));
        case ElementType::U32:
            return layout.print(formatIntegers(gather<std::uint32_t>(elements, indices)));
        case ElementType::I64:
            return layout.print(formatIntegers(gather<std::int64_t>(elements, indices)));
    }
    return {};
}

}  // namespace vkaxis::cli
