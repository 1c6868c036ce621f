// What memory moves for a tensor.
#pragma once

#include <harness/operands.hpp>

#include <cstdint>

namespace vkaxis::cli {

// Bytes of the sectors, of 32 bytes, that hold the elements of a view, each once; of a dense one those of its
// elements. Gaps shorter than a sector count, as no sector lies in them whole.
std::uint64_t movedBytes(const harness::OperandView& view);

// Of these, bytes of the sectors that the elements of a view with gaps, evenly spread over the places that
// they can begin at within sectors, fill only in part. Memory reads them before they are written.
std::uint64_t filledBytes(const harness::OperandView& view);

}  // namespace vkaxis::cli
