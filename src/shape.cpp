#include "shape.hpp"

#include <algorithm>
#include <cinttypes>

#include "dtype.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

// Sizes stay below 2^62 bytes, so that no sum of a few of them overflows.
constexpr uint64_t kMaxSize = uint64_t{1} << 62;

bool multiplyInto(uint64_t& product, uint64_t factor) {
    if (factor != 0 && product > kMaxSize / factor) return false;
    product *= factor;
    return true;
}

// For a few items. Unlike std::stable_sort it never allocates.
template <class Item, class Before>
void stableSort(std::span<Item> items, const Before& before) {
    for (auto next = items.begin(); next != items.end(); ++next)
        std::rotate(std::upper_bound(items.begin(), next, *next, before), next, next + 1);
}

uint32_t rankOf(const VkaxisTensor& input) {
    return std::max(input.rank, 1u);
}

// Zero extents must not hide an overflow of the others: views of such a shape are still addressed.
bool elementsFit(const VkaxisTensor& input, uint32_t axis, const View& view) {
    uint64_t bytes = view.elementSize;
    for (uint32_t i = 0; i < input.rank; ++i) {
        if (i == axis && !view.hasAxis) continue;
        const uint64_t extent = input.extents[i];
        if (extent > kMaxSize ||
            !multiplyInto(bytes, std::max<uint64_t>(extent + (i == axis ? view.grown : 0), 1)))
            return false;
    }
    return true;
}

VkaxisStatus checkInput(const VkaxisTensor& input, int32_t axis) {
    if (!isDtype(input.dtype))
        return failure(VKAXIS_INVALID_ARGUMENT, "dtype %d is none that an input may have",
                       static_cast<int>(input.dtype));
    if (input.rank > VKAXIS_MAX_RANK)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "rank %" PRIu32 " is over the %d dimensions that a tensor may have", input.rank,
                       VKAXIS_MAX_RANK);
    const auto rank = static_cast<int32_t>(rankOf(input));
    if (axis < -rank || axis >= rank)
        return failure(VKAXIS_INVALID_ARGUMENT,
                       "axis %" PRId32 " is out of range for rank %" PRIu32 ": it must lie in %" PRId32
                       " to %" PRId32,
                       axis, input.rank, -rank, rank - 1);
    return ok();
}

// One view's dimensions in the order of the input's.
struct Strided {
    uint32_t rank = 0;
    uint64_t extents[VKAXIS_MAX_RANK] = {};
    uint64_t strides[VKAXIS_MAX_RANK] = {};  // bytes; of a missing axis 0
};

VkaxisStatus readStrides(const VkaxisTensor& input, uint32_t axis, const View& view, Strided& strided) {
    strided.rank = rankOf(input);
    uint32_t given = 0;
    for (uint32_t i = 0; i < strided.rank; ++i) {
        const bool isAxis = i == axis;
        strided.extents[i] = (input.rank == 0 ? 1 : input.extents[i]) + (isAxis ? view.grown : 0);
        if (isAxis && !view.hasAxis) {
            strided.extents[i] = 1;
        } else if (view.layout.strided && input.rank != 0) {
            uint64_t& stride = strided.strides[i] = view.layout.strides[given++];
            if (multiplyInto(stride, view.elementSize)) continue;
            if (strided.extents[i] > 1)
                return failure(VKAXIS_INVALID_ARGUMENT,
                               "%s stride %" PRIu64 " of dimension %" PRIu32 " is over 2^62 bytes", view.name,
                               stride, given - 1);
            stride = 0;  // nobody reads it
        }
    }
    if (!view.layout.strided || input.rank == 0) {
        uint64_t stride = view.elementSize;
        for (uint32_t i = strided.rank; i-- > 0;) {
            if (i == axis && !view.hasAxis) continue;
            strided.strides[i] = stride;
            stride *= std::max<uint64_t>(strided.extents[i], 1);
        }
    }
    return ok();
}

// Bytes up to the end of the last element, 0 where there is none.
VkaxisStatus measure(const View& view, const Strided& strided, VkDeviceSize& size) {
    uint64_t span = view.elementSize;
    bool empty = false;
    for (uint32_t i = 0; i < strided.rank; ++i) {
        empty |= strided.extents[i] == 0;
        if (strided.extents[i] < 2) continue;
        uint64_t reach = strided.strides[i];
        if (!multiplyInto(reach, strided.extents[i] - 1) || span + reach > kMaxSize)
            return failure(VKAXIS_INVALID_ARGUMENT, "%s reaches over 2^62 bytes", view.name);
        span += reach;
    }
    size = empty ? 0 : span;
    return ok();
}

// By ascending stride each dimension must step over everything that those before it reach.
VkaxisStatus checkOverlap(const View& view, const Strided& strided) {
    uint32_t order[VKAXIS_MAX_RANK];
    uint32_t count = 0;
    for (uint32_t i = 0; i < strided.rank; ++i)
        if (strided.extents[i] > 1) order[count++] = i;
    stableSort(std::span(order, count),
               [&](uint32_t a, uint32_t b) { return strided.strides[a] < strided.strides[b]; });
    uint64_t span = view.elementSize;
    for (uint32_t k = 0; k < count; ++k) {
        const uint32_t i = order[k];
        if (strided.strides[i] < span)
            return failure(VKAXIS_INVALID_ARGUMENT,
                           "%s overlaps itself: a dimension of extent %" PRIu64 " has stride %" PRIu64
                           ", and others reach over %" PRIu64 " elements",
                           view.name, strided.extents[i], strided.strides[i] / view.elementSize,
                           span / view.elementSize);
        span += (strided.extents[i] - 1) * strided.strides[i];
    }
    return ok();
}

// What a dimension is sorted by: broadcast ones are the slowest.
uint64_t weight(uint64_t stride) {
    return stride == 0 ? UINT64_MAX : stride;
}

// Whether the two, the slower first, are one in every operand.
bool isOne(const Dimension& slow, const Dimension& fast) {
    for (uint32_t operand = 0; operand < shader::kOperands; ++operand)
        if (slow.strides[operand] != fast.strides[operand] * fast.extent) return false;
    return true;
}

}  // namespace

uint64_t Shape::rows() const {
    uint64_t product = 1;
    for (uint32_t i = 0; i < outerRank; ++i) product *= outer[i].extent;
    return product;
}

bool Shape::isPlain(uint32_t operand, uint64_t elementSize) const {
    for (uint32_t i = 1; i < outerRank; ++i)
        if (outer[i - 1].strides[operand] != outer[i].extent * outer[i].strides[operand]) return false;
    return inner.extent == 1 || inner.strides[operand] == elementSize;
}

bool Shape::isDense(uint32_t operand, uint64_t elementSize) const {
    return isPlain(operand, elementSize) &&
           (outerRank == 0 || sliceStride(operand) == inner.extent * elementSize);
}

shader::ShapeTable Shape::table() const {
    shader::ShapeTable table{};
    table.outerRank = outerRank;
    for (uint32_t i = 0; i < outerRank; ++i) {
        const Dimension& dimension = outer[outerRank - 1 - i];
        table.extents[i] = dimension.extent;
        for (uint32_t operand = 0; operand < shader::kOperands; ++operand)
            table.strides[operand * shader::kMaxOuter + i] = dimension.strides[operand];
    }
    std::copy(inner.strides, inner.strides + shader::kOperands, table.innerStrides);
    return table;
}

VkaxisStatus collapse(const VkaxisTensor& input, int32_t axis, std::span<const View> views, uint32_t guide,
                      Shape& shape, std::span<VkDeviceSize> sizes) {
    VkaxisStatus status = checkInput(input, axis);
    if (status.code != VKAXIS_OK) return status;
    const uint32_t rank = rankOf(input);
    const uint32_t position = static_cast<uint32_t>(axis < 0 ? axis + static_cast<int32_t>(rank) : axis);

    Dimension dimensions[VKAXIS_MAX_RANK];
    for (uint32_t i = 0; i < rank; ++i) dimensions[i].extent = input.rank == 0 ? 1 : input.extents[i];
    for (uint32_t operand = 0; operand < views.size(); ++operand) {
        const View& view = views[operand];
        if (!elementsFit(input, position, view))
            return failure(VKAXIS_INVALID_ARGUMENT, "%s has more elements than fit in 2^62 bytes", view.name);
        Strided strided;
        status = readStrides(input, position, view, strided);
        if (status.code == VKAXIS_OK) status = measure(view, strided, sizes[operand]);
        if (status.code == VKAXIS_OK && view.written && sizes[operand] != 0)
            status = checkOverlap(view, strided);
        if (status.code != VKAXIS_OK) return status;
        for (uint32_t i = 0; i < rank; ++i) dimensions[i].strides[operand] = strided.strides[i];
    }

    shape = {};
    shape.axis = dimensions[position];
    Dimension others[VKAXIS_MAX_RANK];
    uint32_t count = 0;
    for (uint32_t i = 0; i < rank; ++i)
        if (i != position && dimensions[i].extent != 1) others[count++] = dimensions[i];
    stableSort(std::span(others, count), [guide](const Dimension& a, const Dimension& b) {
        return weight(a.strides[guide]) > weight(b.strides[guide]);
    });
    uint32_t merged = 0;
    for (uint32_t i = 0; i < count; ++i) {
        if (merged > 0 && isOne(others[merged - 1], others[i])) {
            others[i].extent *= others[merged - 1].extent;
            others[merged - 1] = others[i];
        } else {
            others[merged++] = others[i];
        }
    }
    const uint64_t along =
        shape.axis.extent + views[guide].grown == 1 ? UINT64_MAX : weight(shape.axis.strides[guide]);
    if (merged > 0 && weight(others[merged - 1].strides[guide]) < along) shape.inner = others[--merged];
    std::copy(others, others + merged, shape.outer);
    shape.outerRank = merged;
    return ok();
}

}  // namespace vkaxis
