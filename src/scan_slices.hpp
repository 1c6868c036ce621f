// How a scan of small slices is laid out, each a piece of memory, of which workgroups take several at a turn:
// see scan_slices.comp.
#pragma once

#include "scan_layouts.hpp"

namespace vkaxis {

class ScanSliceLayout {
  public:
    ScanSliceLayout(VkaxisContext context, const ScanProblem& problem);

    static bool suits(VkaxisContext context, const ScanProblem& problem);

    // The most operations on an element's way, the carry included.
    uint64_t depth() const;
    void dispatch(PlanBuilder& builder, const ScanPass& pass) const;

  private:
    uint64_t groups() const;

    VkaxisContext context_;
    const ScanProblem& problem_;
    uint32_t workgroupSize_;
    uint32_t items_;
    shader::ColumnTiling tiling_;
};

}  // namespace vkaxis
