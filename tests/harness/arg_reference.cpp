// argmax, argmin and argminmax on the CPU.
#include "harness/dtype.hpp"
#include "harness/elements.hpp"
#include "harness/references.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <string>

namespace vkaxis::harness {
namespace {

// One of the extremes that an op looks for, and where its outputs are.
struct Extremum {
    bool minimum;
    std::vector<std::byte> Outputs::*indices;
    std::vector<std::byte> Outputs::*values;
    const char* indicesName;  // for messages; of the first output none
    const char* valuesName;
};

std::vector<Extremum> extremaOf(Op op) {
    const Extremum first{op != Op::Argmax, &Outputs::output, &Outputs::values, "", "values"};
    if (op != Op::Argminmax) return {first};
    return {first, {false, &Outputs::maxOutput, &Outputs::maxValues, "maxOutput", "maxValues"}};
}

// Orders elements as the reduction prefers them, in integers, so that denormals count however the CPU is set:
// the zeros are equal, and NaNs all alike and above every number, or below.
class Preference {
  public:
    Preference(const Problem& problem, bool minimum)
        : dtype_(entryOf(problem.dtype)),
          flip_(minimum ? ~std::uint64_t{0} : 0),
          nan_(problem.nan == Nan::Propagate ? ~std::uint64_t{0} : kIgnored) {}

    // Of an element that must not win. No number has it.
    static constexpr std::uint64_t kIgnored = 0;

    std::uint64_t operator()(std::uint64_t bits) const {
        constexpr std::uint64_t kMiddle = std::uint64_t{1} << 63;
        if (!dtype_.isFloat()) {
            const std::uint64_t number = extend(dtype_, bits);
            return (dtype_.kind == Kind::Signed ? number ^ kMiddle : number) ^ flip_;
        }
        if (dtype_.isNan(bits)) return nan_;
        const std::uint64_t magnitude = bits & ~dtype_.sign();
        return (bits == magnitude ? kMiddle + magnitude : kMiddle - magnitude) ^ flip_;
    }

  private:
    const DtypeEntry& dtype_;
    std::uint64_t flip_;
    std::uint64_t nan_;
};

constexpr std::uint64_t kNoIndex = ~std::uint64_t{0};  // of a slice of nothing but ignored NaN

// emit(slice, index along the axis or kNoIndex, bits of the chosen element) for every slice of the panel.
template <class Emit>
void reducePanel(const Problem& problem, const SlicePlaces& places, const Slices& slices, const Panel& panel,
                 const std::byte* input, bool minimum, const Emit& emit) {
    struct Best {
        std::uint64_t preference;
        std::uint64_t index;
    };
    std::array<Best, kPanelWidth> best{};
    const Preference preference(problem, minimum);
    const auto size = static_cast<std::uint32_t>(elementSize(problem.dtype));
    const bool last = problem.tie == Tie::Last;
    const auto begin = places.of(panel);
    for (std::uint64_t position = 0; position < slices.extent; ++position)
        for (std::uint64_t column = 0; column < panel.width; ++column) {
            const std::uint64_t candidate =
                preference(loadBits(input, begin[column] + position * places.step(), size));
            Best& sofar = best[column];
            if (position == 0 || candidate > sofar.preference || (last && candidate == sofar.preference))
                sofar = {candidate, position};
        }
    const bool mayIgnore = entryOf(problem.dtype).isFloat() && problem.nan == Nan::Ignore;
    for (std::uint64_t column = 0; column < panel.width; ++column) {
        const bool none = mayIgnore && best[column].preference == Preference::kIgnored;
        const std::uint64_t chosen = none ? 0 : best[column].index;
        emit(panel.outer * slices.inner + panel.inner + column, none ? kNoIndex : chosen,
             loadBits(input, begin[column] + chosen * places.step(), size));
    }
}

// What an output claims of a slice: that this element is the one, or that there is none but ignored NaN.
class Claim {
  public:
    Claim() = default;
    Claim(const Problem& problem, std::uint64_t extent, const Preference& preference, std::uint64_t index,
          const std::byte* input, std::uint64_t base, std::uint64_t step)
        : index_(index), last_(problem.tie == Tie::Last) {
        const bool mayIgnore = entryOf(problem.dtype).isFloat() && problem.nan == Nan::Ignore;
        nothing_ = mayIgnore && index == (kNoIndex & entryOf(outputDtype(problem)).mask());
        possible_ = nothing_ || index < extent;
        if (nothing_ || !possible_) return;
        const auto size = static_cast<std::uint32_t>(elementSize(problem.dtype));
        preference_ = preference(loadBits(input, base + index * step, size));
        possible_ = !mayIgnore || preference_ != Preference::kIgnored;
    }

    bool possible() const { return possible_; }
    bool agreesWith(std::uint64_t position, std::uint64_t preference) const {
        if (preference != preference_ || nothing_) return preference <= preference_;
        return last_ ? position <= index_ : position >= index_;
    }

  private:
    std::uint64_t index_ = 0;
    std::uint64_t preference_ = Preference::kIgnored;
    bool last_ = false;
    bool nothing_ = false;
    bool possible_ = false;
};

// For each slice, whether an element disproves what `indices` claims of it. Elements are looked at in any
// order, each on its own.
std::vector<std::uint8_t> disproved(const Problem& problem, const Slices& slices, const SlicePlaces& places,
                                    const std::byte* input, bool minimum,
                                    const std::vector<std::byte>& indices) {
    const std::uint32_t indexSize = entryOf(outputDtype(problem)).size;
    const auto size = static_cast<std::uint32_t>(elementSize(problem.dtype));
    const Preference preference(problem, minimum);
    std::vector<std::uint8_t> wrong(slices.outer * slices.inner);
    forEachSection(slices, [&](const Panel& panel, std::uint64_t begin, std::uint64_t end) {
        const auto bases = places.of(panel);
        const std::uint64_t slice = panel.outer * slices.inner + panel.inner;
        std::array<Claim, kPanelWidth> claims;
        std::array<bool, kPanelWidth> right{};
        for (std::uint64_t column = 0; column < panel.width; ++column) {
            const std::uint64_t index = loadBits(indices.data(), slice + column, indexSize);
            claims[column] =
                Claim(problem, slices.extent, preference, index, input, bases[column], places.step());
            right[column] = claims[column].possible();
        }
        for (std::uint64_t position = begin; position < end; ++position)
            for (std::uint64_t column = 0; column < panel.width; ++column)
                right[column] &= claims[column].agreesWith(
                    position, preference(loadBits(input, bases[column] + position * places.step(), size)));
        for (std::uint64_t column = 0; column < panel.width; ++column)
            if (!right[column]) std::atomic_ref(wrong[slice + column]).store(1, std::memory_order_relaxed);
    });
    return wrong;
}

// "5 (0.25)", for a message.
std::string describeIndex(const Problem& problem, const std::byte* input, std::uint64_t slice,
                          std::uint64_t index) {
    const Slices slices = slicesOf(problem);
    if (index >= slices.extent) return fmt::format("{} (outside the axis)", static_cast<std::int64_t>(index));
    const SlicePlaces places(problem.shape, problem.strides, problem.axis);
    const std::uint64_t place =
        places.of({slice / slices.inner, slice % slices.inner, 1})[0] + index * places.step();
    const auto size = static_cast<std::uint32_t>(elementSize(problem.dtype));
    return fmt::format("{} ({})", index, formatElement(problem.dtype, loadBits(input, place, size)));
}

std::string placeOf(const Problem& problem, const char* name, std::uint64_t slice) {
    return name + multiIndex(sliceShape(problem), slice);
}

// The right index of one slice, or kNoIndex.
std::uint64_t answerOf(const Problem& problem, const Slices& slices, const SlicePlaces& places,
                       const std::byte* input, bool minimum, std::uint64_t slice) {
    std::uint64_t answer = 0;
    reducePanel(problem, places, slices, {slice / slices.inner, slice % slices.inner, 1}, input, minimum,
                [&](std::uint64_t, std::uint64_t index, std::uint64_t) { answer = index; });
    return answer;
}

// Holds the value of a slice against the element that its index, which is right, has chosen.
void checkValue(const Problem& problem, const Slices& slices, const SlicePlaces& places,
                const std::byte* input, const Extremum& extremum, const Outputs& outputs, std::uint64_t slice,
                std::uint64_t index, Verdict& verdict) {
    const auto size = static_cast<std::uint32_t>(elementSize(problem.dtype));
    const std::uint64_t chosen = index < slices.extent ? index : 0;
    const std::uint64_t base = places.of({slice / slices.inner, slice % slices.inner, 1})[0];
    const std::uint64_t right = loadBits(input, base + chosen * places.step(), size);
    const std::uint64_t value = loadBits((outputs.*extremum.values).data(), slice, size);
    if (value == right) return;
    verdict.addWrong(slice, [&] {
        return fmt::format("{} is {} ({:#x}), expected {} ({:#x})",
                           placeOf(problem, extremum.valuesName, slice), formatElement(problem.dtype, value),
                           value, formatElement(problem.dtype, right), right);
    });
}

}  // namespace

Outputs argReduceReference(const Problem& problem, const Inputs& inputs) {
    const auto indexSize = static_cast<std::uint32_t>(elementSize(outputDtype(problem)));
    const auto valueSize = static_cast<std::uint32_t>(elementSize(problem.dtype));
    const std::uint64_t count = elementCount(sliceShape(problem));
    Outputs outputs;
    for (const Extremum& extremum : extremaOf(problem.op)) {
        (outputs.*extremum.indices).resize(count * indexSize);
        if (problem.values) (outputs.*extremum.values).resize(count * valueSize);
    }
    const Slices slices = slicesOf(problem);
    const SlicePlaces places(problem.shape, problem.strides, problem.axis);
    forEachPanel(slices, [&](const Panel& panel) {
        for (const Extremum& extremum : extremaOf(problem.op))
            reducePanel(problem, places, slices, panel, inputs.input.data(), extremum.minimum,
                        [&](std::uint64_t slice, std::uint64_t index, std::uint64_t bits) {
                            storeBits((outputs.*extremum.indices).data(), slice, indexSize, index);
                            if (problem.values)
                                storeBits((outputs.*extremum.values).data(), slice, valueSize, bits);
                        });
    });
    return outputs;
}

Verdict checkArgReduce(const Problem& problem, std::uint64_t, const Inputs& inputs, const Outputs& outputs) {
    const Slices slices = slicesOf(problem);
    const SlicePlaces places(problem.shape, problem.strides, problem.axis);
    const std::byte* input = inputs.input.data();
    Verdict verdict;
    for (const Extremum& extremum : extremaOf(problem.op)) {
        const std::vector<std::byte>& indices = outputs.*extremum.indices;
        const auto wrong = disproved(problem, slices, places, input, extremum.minimum, indices);
        for (std::uint64_t slice = 0; slice < wrong.size(); ++slice) {
            const std::uint64_t found = loadBits(indices.data(), slice, entryOf(outputDtype(problem)).size);
            if (wrong[slice] != 0)
                verdict.addWrong(slice, [&] {
                    const std::uint64_t expected =
                        answerOf(problem, slices, places, input, extremum.minimum, slice);
                    return fmt::format("{} is {}, expected {}", placeOf(problem, extremum.indicesName, slice),
                                       describeIndex(problem, input, slice, found),
                                       expected == kNoIndex ? "-1 (nothing but NaN)"
                                                            : describeIndex(problem, input, slice, expected));
                });
            else if (problem.values)
                checkValue(problem, slices, places, input, extremum, outputs, slice, found, verdict);
        }
    }
    return verdict;
}

}  // namespace vkaxis::harness
