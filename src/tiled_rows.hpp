// Few, long rows in tiles that many workgroups share: in a single pass on devices where a workgroup may wait
// for those before it, else in three. Both combine the same values in the same order.
#pragma once

#include "scan_layouts.hpp"

namespace vkaxis {

class TiledRowLayout {
  public:
    TiledRowLayout(VkaxisContext context, const ScanProblem& problem, uint64_t inputSize);

    // Whether scratch memory may hold a state for each tile.
    bool fits() const { return statesSize() <= mostScratch_; }
    // The most operations on an element's way: through its tile, its block and the chain of blocks.
    uint64_t depth() const;
    // whole: reads and writes all that the scan does.
    void dispatch(PlanBuilder& builder, const ScanPass& whole) const;

  private:
    uint64_t tile() const { return uint64_t{workgroupSize_} * items_ * kQuad; }
    uint64_t tiles() const { return problem_.shape.rows() * tilesPerRow_; }
    uint64_t statesSize() const { return tiles() * problem_.stateSize(); }
    uint64_t blocks() const { return divideUp(tilesPerRow_, workgroupSize_); }
    void setItems(uint32_t items);
    bool canGrow() const;
    // Turns by which the summing of a tile precedes its scan; 0: one workgroup does both.
    uint64_t lead() const;
    uint64_t lookBackGroups() const { return lead() == 0 ? tiles() : 2 * (tiles() + lead()); }
    uint64_t slotsSize() const;  // bytes of zeroed memory
    bool takesSinglePass() const;
    void dispatchSinglePass(PlanBuilder& builder, const ScanPass& whole) const;
    void dispatchThreePasses(PlanBuilder& builder, const ScanPass& whole) const;
    void dispatchTiles(PlanBuilder& builder, const ScanPass& pass) const;
    void dispatchSums(PlanBuilder& builder, const ScanPass& pass) const;

    VkaxisContext context_;
    const ScanProblem& problem_;
    uint64_t mostScratch_;  // bytes
    uint32_t workgroupSize_;
    uint32_t items_;  // quads per invocation
    uint64_t tilesPerRow_;
};

}  // namespace vkaxis
