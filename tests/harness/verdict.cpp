#include "harness/verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <vector>

namespace vkaxis::harness {

std::string multiIndex(std::span<const std::uint64_t> shape, std::uint64_t element) {
    std::vector<std::uint64_t> index(shape.size());
    for (std::size_t i = shape.size(); i-- > 0;) {
        index[i] = element % shape[i];
        element /= shape[i];
    }
    return fmt::format("[{}]", fmt::join(index, ","));
}

}  // namespace vkaxis::harness
