#include "harness/dtype.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace vkaxis::harness {
namespace {

// In the order of Dtype.
constexpr std::array kDtypes{
    DtypeEntry{Dtype::F16, "f16", Kind::Float, 2, 10},   DtypeEntry{Dtype::BF16, "bf16", Kind::Float, 2, 7},
    DtypeEntry{Dtype::F32, "f32", Kind::Float, 4, 23},   DtypeEntry{Dtype::F64, "f64", Kind::Float, 8, 52},
    DtypeEntry{Dtype::I8, "i8", Kind::Signed, 1, 0},     DtypeEntry{Dtype::I16, "i16", Kind::Signed, 2, 0},
    DtypeEntry{Dtype::I32, "i32", Kind::Signed, 4, 0},   DtypeEntry{Dtype::I64, "i64", Kind::Signed, 8, 0},
    DtypeEntry{Dtype::U8, "u8", Kind::Unsigned, 1, 0},   DtypeEntry{Dtype::U16, "u16", Kind::Unsigned, 2, 0},
    DtypeEntry{Dtype::U32, "u32", Kind::Unsigned, 4, 0}, DtypeEntry{Dtype::U64, "u64", Kind::Unsigned, 8, 0},
};

// From a double's bits to a float of 16 bits, in integers.
std::uint64_t narrow(const DtypeEntry& dtype, std::uint64_t bits) {
    constexpr int kBias = 1023;
    constexpr std::uint32_t kMantissaBits = 52;
    constexpr std::uint64_t kImplicit = std::uint64_t{1} << kMantissaBits;
    const std::uint64_t sign = bits >> 63 != 0 ? dtype.sign() : 0;
    const int exponent = static_cast<int>(bits >> kMantissaBits & 0x7ff) - kBias;
    if (exponent > kBias) return sign | dtype.infinity();
    if (exponent == -kBias) return sign;  // far below the smallest of 16 bits

    const int lowestExponent = 1 - static_cast<int>(dtype.infinity() >> (dtype.mantissaBits + 1));
    const int denormal = std::max(0, lowestExponent - exponent);
    const int shift = static_cast<int>(kMantissaBits - dtype.mantissaBits) + denormal;
    if (shift > 53) return sign;
    const std::uint64_t significand = kImplicit | (bits & (kImplicit - 1));
    const std::uint64_t rest = significand & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    std::uint64_t result = significand >> shift;
    result += rest > half || (rest == half && result % 2 != 0);
    if (denormal == 0)  // the implicit one is worth an exponent itself
        result += static_cast<std::uint64_t>(exponent - lowestExponent) << dtype.mantissaBits;
    return sign | std::min(result, dtype.infinity());
}

}  // namespace

std::span<const DtypeEntry> dtypeTable() {
    return kDtypes;
}

const DtypeEntry& entryOf(Dtype dtype) {
    return kDtypes[static_cast<std::size_t>(dtype) - 1];
}

const char* nameOf(Dtype dtype) {
    return dtype == Dtype::Default ? "default" : entryOf(dtype).name;
}

const Dtype* findDtype(std::string_view name) {
    const auto* found = std::ranges::find(kDtypes, name, &DtypeEntry::name);
    return found == kDtypes.end() ? nullptr : &found->dtype;
}

bool holds(Dtype wide, Dtype narrow) {
    if (wide == narrow) return true;
    const DtypeEntry& to = entryOf(wide);
    const DtypeEntry& from = entryOf(narrow);
    if (to.size <= from.size || to.isFloat() != from.isFloat()) return false;
    return to.kind != Kind::Unsigned || from.kind == Kind::Unsigned;
}

double decodeFloat(const DtypeEntry& dtype, std::uint64_t bits) {
    switch (dtype.dtype) {
        case Dtype::F32:
            return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        case Dtype::BF16:
            return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
        case Dtype::F64:
            return std::bit_cast<double>(bits);
        default:
            break;
    }
    // F16: its bits in the places of a float's are worth 2^-112 of it, but for the infinities and NaN.
    const auto magnitude = static_cast<std::uint32_t>(bits & ~dtype.sign());
    const auto scaled = static_cast<double>(std::bit_cast<float>(magnitude << 13)) * 0x1p112;
    const double number = magnitude > dtype.infinity()    ? std::nan("")
                          : magnitude == dtype.infinity() ? HUGE_VAL
                                                          : scaled;
    return (bits & dtype.sign()) != 0 ? -number : number;
}

std::uint64_t encodeFloat(const DtypeEntry& dtype, double number) {
    if (dtype.dtype == Dtype::F64) return std::bit_cast<std::uint64_t>(number);
    if (dtype.dtype == Dtype::F32) return std::bit_cast<std::uint32_t>(static_cast<float>(number));
    return std::isnan(number) ? dtype.quietNan() : narrow(dtype, std::bit_cast<std::uint64_t>(number));
}

std::string formatElement(Dtype dtype, std::uint64_t bits) {
    const DtypeEntry& entry = entryOf(dtype);
    if (dtype == Dtype::F64) return fmt::format("{}", decodeFloat(entry, bits));
    if (entry.isFloat()) return fmt::format("{}", static_cast<float>(decodeFloat(entry, bits)));
    if (entry.kind == Kind::Signed)
        return fmt::format("{}", std::bit_cast<std::int64_t>(extend(entry, bits)));
    return fmt::format("{}", bits);
}

}  // namespace vkaxis::harness
