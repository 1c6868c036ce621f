// Tensors whose bytes, elements or axis do not fit 32 bits: where a 32-bit offset anywhere would show.
#pragma once

#include "harness/cases.hpp"

#include <cstdint>
#include <vector>

namespace vkaxis::harness {

// Extremes beyond byte 2^31, byte 2^32, element 2^31 and element 2^32, indices beyond 2^32, and scans whose
// prefixes or elements go beyond them; of up to 35 GB per tensor.
std::vector<Case> largeCases(std::uint64_t seed);

}  // namespace vkaxis::harness
