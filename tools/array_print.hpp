// Arrays as NumPy prints them.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace vkaxis::cli {

// What print(array) shows in Python: lines of 75 columns, aligned, over 1000 elements only three at each
// edge, floats with the fewest digits that tell them apart, at most 8 after the point. A bf16, which NumPy
// does not have, is printed as the float32 of its value. Without a newline at the end.
std::string formatArray(Dtype dtype, std::span<const std::uint64_t> shape,
                        std::span<const std::byte> elements);

}  // namespace vkaxis::cli
