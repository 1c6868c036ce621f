// Random numbers by counter, so that any of them can be had alone.
#pragma once

#include <cstdint>

namespace vkaxis::harness {

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014: the output function.
inline std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

// The counter-th number of a stream.
inline std::uint64_t randomAt(std::uint64_t stream, std::uint64_t counter) {
    return mix(stream + (counter + 1) * 0x9e3779b97f4a7c15U);
}

// In [0, 1), of that many bits: at most 53.
inline double uniformNumber(std::uint64_t random, std::uint32_t bits) {
    return static_cast<double>(random >> (64 - bits)) / static_cast<double>(std::uint64_t{1} << bits);
}

// The sum of four uniform 16-bit numbers, centred and scaled.
inline double normalNumber(std::uint64_t random) {
    std::int64_t sum = -2 * 0xffff;
    for (int i = 0; i < 4; ++i) sum += static_cast<std::int64_t>(random >> (16 * i) & 0xffff);
    return static_cast<double>(sum) * (1.7320508075688772 / 65536);
}

}  // namespace vkaxis::harness
