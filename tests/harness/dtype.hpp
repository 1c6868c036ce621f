// The element types: their names and formats, and numbers to and from their bits.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vkaxis::harness {

enum class Kind { Float, Signed, Unsigned };

struct DtypeEntry {
    Dtype dtype;
    const char* name;
    Kind kind;
    std::uint32_t size;          // bytes
    std::uint32_t mantissaBits;  // of floats, without the implicit one

    constexpr bool isFloat() const { return kind == Kind::Float; }
    constexpr std::uint64_t mask() const { return ~std::uint64_t{0} >> (64 - 8 * size); }
    constexpr std::uint64_t sign() const { return std::uint64_t{1} << (8 * size - 1); }
    // Of floats.
    constexpr std::uint64_t infinity() const { return sign() - (std::uint64_t{1} << mantissaBits); }
    constexpr std::uint64_t quietNan() const { return infinity() | std::uint64_t{1} << (mantissaBits - 1); }
    constexpr bool isNan(std::uint64_t bits) const { return (bits & ~sign()) > infinity(); }
    // The lowest and the highest value, the infinities of floats.
    constexpr std::uint64_t lowest() const {
        return isFloat() ? infinity() | sign() : kind == Kind::Signed ? sign() : 0;
    }
    constexpr std::uint64_t highest() const {
        return isFloat() ? infinity() : kind == Kind::Signed ? sign() - 1 : mask();
    }
};

std::span<const DtypeEntry> dtypeTable();       // without Dtype::Default
const DtypeEntry& entryOf(Dtype dtype);         // not of Dtype::Default
const char* nameOf(Dtype dtype);                // "f32"
const Dtype* findDtype(std::string_view name);  // or null

// Whether a tensor of `wide` can hold all values of `narrow`: floats in floats, integers in integers.
bool holds(Dtype wide, Dtype narrow);

// The number that the bits of a float stand for, and the bits of the nearest one, even on ties.
double decodeFloat(const DtypeEntry& dtype, std::uint64_t bits);
std::uint64_t encodeFloat(const DtypeEntry& dtype, double number);

// An integer extended to 64 bits by its sign.
inline std::uint64_t extend(const DtypeEntry& dtype, std::uint64_t bits) {
    const bool negative = dtype.kind == Kind::Signed && (bits & dtype.sign()) != 0;
    return negative ? bits | ~dtype.mask() : bits;
}

std::string formatElement(Dtype dtype, std::uint64_t bits);

}  // namespace vkaxis::harness
