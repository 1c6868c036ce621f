#include "shape.hpp"

#include <cinttypes>

#include "status.hpp"

namespace vkaxis {
namespace {

// Sizes stay below 2^63 bytes, so that no sum or product of a few of them overflows.
constexpr uint64_t kMaxElements = (uint64_t{1} << 60) - 1;

bool multiplyInto(uint64_t& product, uint64_t factor) {
    if (factor != 0 && product > kMaxElements / factor) return false;
    product *= factor;
    return true;
}

}  // namespace

VkaxisStatus collapse(const VkaxisTensor& tensor, int32_t axis, uint64_t grown, Extents& extents) {
    if (tensor.dtype < VKAXIS_DTYPE_F32 || tensor.dtype > VKAXIS_DTYPE_U32)
        return failure(VKAXIS_INVALID_ARGUMENT, "dtype %d is none of VkaxisDtype's",
                       static_cast<int>(tensor.dtype));
    if (tensor.rank > VKAXIS_MAX_RANK)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "rank %" PRIu32 " is over the %d dimensions that a tensor may have", tensor.rank,
                       VKAXIS_MAX_RANK);
    const int32_t rank = tensor.rank == 0 ? 1 : static_cast<int32_t>(tensor.rank);
    if (axis < -rank || axis >= rank)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "axis %" PRId32 " is out of range for rank %" PRIu32 ": it must lie in %" PRId32
                       " to %" PRId32,
                       axis, tensor.rank, -rank, rank - 1);
    const uint32_t position = static_cast<uint32_t>(axis < 0 ? axis + rank : axis);

    // Zero extents must not hide an overflow of the others: views of such a shape are still addressed.
    extents = {1, 1, 1};
    bool fits = true;
    uint64_t all = 1;
    for (uint32_t i = 0; i < tensor.rank; ++i) {
        const uint64_t extent = tensor.extents[i];
        if (i == position) {
            extents.extent = extent;
            fits =
                fits && extent <= kMaxElements && multiplyInto(all, extent + grown == 0 ? 1 : extent + grown);
        } else {
            fits = fits && multiplyInto(all, extent == 0 ? 1 : extent);
            if (fits) (i < position ? extents.outer : extents.inner) *= extent;
        }
    }
    if (!fits)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "the extents multiply to more than the %" PRIu64 " elements that fit in 2^62 bytes",
                       kMaxElements);
    if (extents.extent > UINT32_MAX)
        return failure(VKAXIS_UNSUPPORTED,
                       "extent %" PRIu64 " along axis %" PRId32 " is over the 4294967295 supported so far",
                       extents.extent, axis);
    return ok();
}

}  // namespace vkaxis
