// How a scan is laid out over invocations: along whole rows, or across columns of any strides; tiled_rows.hpp
// has long rows that workgroups share, scan_slices.hpp small slices. Each layout answers the same questions.
#pragma once

#include "plan.hpp"

namespace vkaxis {

struct ScanProblem {
    const VkaxisScanInfo& info;
    Shape shape;
    VkaxisDtype outputDtype;
    ScanElement element;

    // 1 where the output has one element more than the input.
    uint64_t grown() const { return info.mode == VKAXIS_SCAN_INCLUDE_INITIAL; }
    uint64_t stateSize() const { return element == ScanElement::F64 || element == ScanElement::U64 ? 8 : 4; }
    uint64_t sourceSize() const;
    uint64_t resultSize() const;
    // The operands that a kernel cannot find without the table.
    uint32_t tableMask() const;
    bool runsAlongRows() const;
    // As bits that a kernel takes for a state (see kCarryHost), and where it comes from.
    uint64_t carryBits() const;
    uint32_t carry() const;
};

// One dispatch's part in a scan.
struct ScanPass {
    const char* name;
    uint32_t output;  // shader::kScan*
    uint32_t carry;   // shader::kCarry*
    bool states;      // read from a dense tensor in scratch
    bool totals;
    VkaxisAccess source;
    VkaxisAccess destination;
    VkaxisAccess carries;
    VkaxisAccess totalsOut;
    VkaxisAccess table;

    // The three that it becomes where workgroups share slices: what leaves each share's total as a state,
    // what scans these, and what starts each share from them; or, with another statesCarry, two.
    ScanPass totalsTo(const char* passName, const VkaxisAccess& states) const;
    ScanPass scanOf(const char* passName, const VkaxisAccess& statesIn, const VkaxisAccess& statesOut) const;
    ScanPass startingFrom(const char* passName, const VkaxisAccess& states,
                          uint32_t statesCarry = shader::kCarryStates) const;
};

// The specialization constants of a pass.
struct ScanConstants {
    uint32_t values[12];

    ScanConstants(VkaxisContext context, const ScanProblem& problem, const ScanPass& pass, uint32_t items,
                  uint32_t last, uint32_t tiles = 1);
};

// Each row in one workgroup, or in lanes of a subgroup.
class ScanRowLayout {
  public:
    ScanRowLayout(VkaxisContext context, const ScanProblem& problem);

    // Whether rows are so few and long that workgroups should share them.
    bool isWorthTiling() const { return worthTiling_; }
    // Kernels count a row in 32 bits.
    bool canCount() const { return problem_.shape.axis.extent <= kMostElements; }
    // The most operations on an element's way, the carry included.
    uint64_t depth() const;
    void dispatch(PlanBuilder& builder, const ScanPass& pass) const;

  private:
    static constexpr uint64_t kMostElements = uint64_t{1} << 31;

    uint64_t tile() const { return lanes_ * items_ * kQuad; }
    void halveForShortRows(uint64_t positions);
    void growForFewRows(uint64_t positions);

    VkaxisContext context_;
    const ScanProblem& problem_;
    uint32_t workgroupSize_;
    uint64_t lanes_;     // per row
    uint32_t rowLanes_;  // the same, or 0 for the whole workgroup
    uint32_t items_;
    bool worthTiling_ = false;
};

// Of columns, by workgroup and tile.
struct ScanPanels {
    uint64_t columns;
    uint64_t mostSplits;  // of the axis
};

class ScanColumnLayout {
  public:
    ScanColumnLayout(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                     uint64_t mostSplits);
    // Of what chunks leave: few rows, each in panels so narrow that one tile has them all.
    static ScanColumnLayout ofStates(VkaxisContext context, const ScanProblem& problem, const Shape& shape);

    const Splits& splits() const { return splits_; }
    uint64_t depth() const;
    // Of the dispatch that only sums up chunks, and may do so otherwise.
    uint64_t totalsDepth() const;
    // Whether a workgroup may as well sum up the totals of the chunks before its own, and the most operations
    // of that.
    bool sumsTotals() const;
    uint64_t sumDepth() const;
    void dispatch(PlanBuilder& builder, const ScanPass& pass) const;
    void dispatchTotals(PlanBuilder& builder, const ScanPass& pass) const;

  private:
    ScanColumnLayout(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                     const ScanPanels& panels);
    uint64_t totalsShare() const;

    VkaxisContext context_;
    const ScanProblem& problem_;
    const Shape& shape_;
    bool staged_;
    uint32_t items_;
    uint32_t tiles_;  // of each workgroup
    uint32_t workgroupSize_;
    TiledColumns tiled_;
    Splits splits_;
};

// Floor of the binary logarithm.
uint32_t log2(uint64_t powerOfTwo);

// The most operations by which the rows of a tile's column meet.
uint64_t combineDepth(const shader::ColumnTiling& tiling);

// Elements that pass through shared memory together: see stage.glsl.
constexpr uint64_t stageSize(uint64_t workgroupSize, uint64_t items) {
    return workgroupSize * (items / kQuad + 1) * kQuad;
}

// The most states that a subgroup leaves in shared memory for each quad of a row's tile: partials and tails
// of row_tile.glsl.
inline constexpr uint64_t kSharedStates = 6;

// The most neighbouring elements that an invocation of a whole workgroup takes of a row: see row_tile.glsl.
uint64_t runOf(const ScanProblem& problem);

// Elements of a row are laid out from the aligned run before it where rows are misaligned by turns.
uint64_t positionsOf(const ScanProblem& problem);

}  // namespace vkaxis
