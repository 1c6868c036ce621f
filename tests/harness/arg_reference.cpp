// argmax, argmin and argminmax on the CPU.
#include "harness/dtype.hpp"
#include "harness/elements.hpp"
#include "harness/references.hpp"
#include "harness/slices.hpp"

#include <fmt/format.h>

#include <array>
#include <mutex>
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

// visit(extremum, slice, index, bits) for every slice and extremum of the problem, from several threads;
// begin() makes the state of a panel and end(state) takes it back.
template <class Begin, class Visit, class End>
void forEachAnswer(const Problem& problem, const std::byte* input, const Begin& beginPanel,
                   const Visit& visit, const End& endPanel) {
    const Slices slices = slicesOf(problem);
    const SlicePlaces places(problem.shape, problem.strides, problem.axis);
    const std::vector<Extremum> extrema = extremaOf(problem.op);
    forEachPanel(slices, [&](const Panel& panel) {
        auto state = beginPanel();
        for (const Extremum& extremum : extrema)
            reducePanel(problem, places, slices, panel, input, extremum.minimum,
                        [&](std::uint64_t slice, std::uint64_t index, std::uint64_t bits) {
                            visit(state, extremum, slice, index, bits);
                        });
        endPanel(state);
    });
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
    forEachAnswer(
        problem, inputs.input.data(), [] { return 0; },
        [&](int, const Extremum& extremum, std::uint64_t slice, std::uint64_t index, std::uint64_t bits) {
            storeBits((outputs.*extremum.indices).data(), slice, indexSize, index);
            if (problem.values) storeBits((outputs.*extremum.values).data(), slice, valueSize, bits);
        },
        [](int) {});
    return outputs;
}

Verdict checkArgReduce(const Problem& problem, std::uint64_t, const Inputs& inputs, const Outputs& outputs) {
    const DtypeEntry& indexType = entryOf(outputDtype(problem));
    const std::byte* input = inputs.input.data();
    Verdict verdict;
    std::mutex mutex;
    forEachAnswer(
        problem, input, [] { return Verdict{}; },
        [&](Verdict& local, const Extremum& extremum, std::uint64_t slice, std::uint64_t expected,
            std::uint64_t expectedBits) {
            const std::uint64_t found = loadBits((outputs.*extremum.indices).data(), slice, indexType.size);
            if (found != (expected & indexType.mask())) {
                local.addWrong(slice, [&] {
                    return fmt::format("{} is {}, expected {}", placeOf(problem, extremum.indicesName, slice),
                                       describeIndex(problem, input, slice, found),
                                       expected == kNoIndex ? "-1 (nothing but NaN)"
                                                            : describeIndex(problem, input, slice, expected));
                });
            }
            if (!problem.values) return;
            const std::uint64_t value = loadBits((outputs.*extremum.values).data(), slice,
                                                 static_cast<std::uint32_t>(elementSize(problem.dtype)));
            if (value == expectedBits) return;
            local.addWrong(slice, [&] {
                return fmt::format("{} is {} ({:#x}), expected {} ({:#x})",
                                   placeOf(problem, extremum.valuesName, slice),
                                   formatElement(problem.dtype, value), value,
                                   formatElement(problem.dtype, expectedBits), expectedBits);
            });
        },
        [&](const Verdict& local) {
            if (local) return;
            const std::scoped_lock lock(mutex);
            verdict.merge(local);
        });
    return verdict;
}

}  // namespace vkaxis::harness
