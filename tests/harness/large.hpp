// Tensors whose bytes, elements or axis do not fit 32 bits: where a 32-bit offset anywhere would show. Almost
// all of their elements are zeros, so that they are made quickly, and their answers are known without a
// reference.
#pragma once

#include "harness/cases.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

namespace vkaxis::harness {

// Extremes beyond byte 2^31, byte 2^32, element 2^31 and element 2^32, indices beyond 2^32, and scans whose
// prefixes or elements go beyond them; of up to 20 GB per tensor. A case's seed is the place along the axis
// of the first slice's extreme. Another unit than 2^32 gives the same cases at as many elements instead.
std::vector<Case> largeCases(std::uint64_t unit = std::uint64_t{1} << 32);

// Storage that the system hands out zeroed and backs with memory only where it is written to.
class ZeroedBytes {
  public:
    explicit ZeroedBytes(std::uint64_t size);

    std::byte* data() { return block_.get(); }
    std::span<const std::byte> bytes() const { return {block_.get(), size_}; }

  private:
    struct Free {
        void operator()(std::byte* block) const { std::free(block); }
    };
    std::unique_ptr<std::byte[], Free> block_;
    std::size_t size_;
};

// The storage of a large case's input, of at most one dimension before the axis and one after it;
// multi-threaded. For an arg reduction 1 where a slice is greatest, -1 where it is least, twice each where
// the last of equals is asked for; for a scan one element in 997 that changes the prefix. From slice to slice
// all of them move by one along the axis.
ZeroedBytes generateLarge(const Case& testCase);

// Holds the outputs of a large case, of the sizes that its problem asks for, against the right ones;
// multi-threaded.
Verdict checkLarge(const Case& testCase, const Outputs& outputs);

Outcome runLarge(const Device& device, const Case& testCase);

}  // namespace vkaxis::harness
