// The first dispatch of a split scan over few columns, in aligned quads: see scan_column_totals.comp.
#pragma once

#include "scan_layouts.hpp"

namespace vkaxis {

class ColumnTotals {
  public:
    // tiling, workgroupSize: of the dispatches that follow, in chunks of which it sums up.
    ColumnTotals(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                 const shader::ColumnTiling& tiling, uint32_t workgroupSize);

    // Whether each chunk of a slice is one piece of memory, and not too wide, and the order of its terms
    // free.
    bool available() const;
    // The most operations on an element's way to its total.
    uint64_t depth() const;
    void dispatch(PlanBuilder& builder, const ScanPass& pass) const;

  private:
    VkaxisContext context_;
    const ScanProblem& problem_;
    const Shape& shape_;
    const shader::ColumnTiling& tiling_;
    uint32_t workgroupSize_;
    uint64_t columns_;
    uint64_t pitch_;  // elements from a row to the next
    uint64_t lanes_ = 0;
    uint32_t foldLanes_ = 1;
};

}  // namespace vkaxis
