// A single pass over few, long rows, for devices on which a workgroup may wait for those before it.
#pragma once

#include "scan_layouts.hpp"

namespace vkaxis {

class LookBackLayout {
  public:
    LookBackLayout(VkaxisContext context, const ScanProblem& problem);

    bool available(uint64_t inputSize) const;
    uint64_t slotsSize() const;  // bytes of zeroed memory
    // The most operations on an element's way: through its tile, its block and the chain of blocks.
    uint64_t depth() const;
    void dispatch(PlanBuilder& builder, const ScanPass& pass, const VkaxisAccess& slots) const;

  private:
    uint64_t tile() const { return uint64_t{workgroupSize_} * items_ * kQuad; }
    uint64_t groups() const;
    uint64_t blocks() const { return divideUp(tiles_, workgroupSize_); }

    VkaxisContext context_;
    const ScanProblem& problem_;
    uint32_t workgroupSize_;
    uint32_t items_;  // quads per invocation
    uint64_t tiles_;  // per row
    uint64_t lead_;   // turns by which the summing of a tile precedes its scan; 0: one workgroup does both
};

}  // namespace vkaxis
