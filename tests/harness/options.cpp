#include "harness/options.hpp"

#include <array>

namespace vkaxis::harness {
namespace {

constexpr std::array<const char*, 2> kFlag{"no", "yes"};

// In the order of the enumerations.
constexpr std::array<const char*, 2> kIndexTypes{"u32", "i64"};
constexpr std::array<const char*, 2> kTies{"first", "last"};
constexpr std::array<const char*, 2> kNans{"propagate", "ignore"};
constexpr std::array<const char*, 3> kScanModes{"inclusive", "exclusive", "include-initial"};
constexpr std::array<const char*, 4> kScanOps{"sum", "prod", "max", "min"};
constexpr std::array<const char*, 4> kInitials{"neutral", "host", "device", "slice"};
constexpr std::array<const char*, 13> kDtypes{"default", "f16", "bf16", "f32", "f64", "i8", "i16",
                                              "i32",     "i64", "u8",   "u16", "u32", "u64"};

template <auto kField>
constexpr Option option(const char* name, std::span<const char* const> values, const char* summary) {
    return {name, values, [](const Problem& problem) { return static_cast<std::size_t>(problem.*kField); },
            [](Problem& problem, std::size_t value) {
                auto& field = problem.*kField;
                field = static_cast<std::remove_reference_t<decltype(field)>>(value);
            },
            summary};
}

constexpr std::array kArgReduceOptions{
    option<&Problem::indexType>("mode", kIndexTypes, "Index types of arg reductions, modes of scan"),
    option<&Problem::tie>("tie", kTies, "Which of equal elements an arg reduction chooses"),
    option<&Problem::nan>("nan", kNans, "What an arg reduction does with NaN"),
    option<&Problem::values>("values", kFlag, "With the values that an arg reduction chooses"),
};

constexpr std::array kScanOptions{
    option<&Problem::mode>("mode", kScanModes, "Index types of arg reductions, modes of scan"),
    option<&Problem::scanOp>("scan-op", kScanOps, "What a scan combines by"),
    option<&Problem::reverse>("reverse", kFlag, "Scans from the end of the axis"),
    option<&Problem::initial>("init", kInitials, "Where a scan's initial value comes from"),
    option<&Problem::totals>("totals", kFlag, "With the totals of a scan's slices"),
    option<&Problem::outputDtype>("out-dtype", kDtypes, "Element types of a scan's output"),
};

}  // namespace

std::span<const Option> argReduceOptions() {
    return kArgReduceOptions;
}
std::span<const Option> scanOptions() {
    return kScanOptions;
}

}  // namespace vkaxis::harness
