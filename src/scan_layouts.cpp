#include "scan_layouts.hpp"

#include <bit>

#include "column_totals.hpp"
#include "dtype.hpp"

namespace vkaxis {
namespace {

constexpr uint32_t bit(uint32_t operand) {
    return 1u << operand;
}

// Where a pass reads states they lie densely, as do those that it writes.
uint64_t strideOf(const Shape& shape, uint32_t operand, bool states, uint64_t denseStride) {
    return states ? denseStride : shape.sliceStride(operand);
}

// Whether all rows begin as far past a multiple of so many elements as the first.
bool keepsAlignment(const ScanProblem& problem, uint64_t elements) {
    const Shape& shape = problem.shape;
    return shape.isPlain(shader::kInputView, problem.sourceSize()) &&
           shape.sliceStride(shader::kInputView) % (elements * problem.sourceSize()) == 0 &&
           (!problem.info.reverse || shape.axis.extent % elements == 0);
}

bool writesStates(const ScanPass& pass) {
    return pass.output >= shader::kScanTotals;
}

}  // namespace

uint64_t ScanProblem::sourceSize() const {
    return sizeOf(info.input.dtype);
}

uint64_t ScanProblem::resultSize() const {
    return sizeOf(outputDtype);
}

// Rows of two words go as columns do, of which an invocation takes several at once.
bool ScanProblem::runsAlongRows() const {
    constexpr uint64_t kPair = 2;
    const Dimension& axis = shape.axis;
    if (axis.extent == kPair && sourceSize() >= 4) return false;
    const bool contiguousInput = axis.extent <= 1 || axis.strides[shader::kInputView] == sourceSize();
    const bool contiguousOutput =
        axis.extent + grown() <= 1 || axis.strides[shader::kOutputView] == resultSize();
    return shape.inner.extent == 1 && contiguousInput && contiguousOutput;
}

uint32_t ScanProblem::tableMask() const {
    uint32_t mask = 0;
    if (!shape.isPlain(shader::kInputView, sourceSize())) mask |= bit(shader::kInputView);
    if (!shape.isPlain(shader::kOutputView, resultSize())) mask |= bit(shader::kOutputView);
    if (info.initial == VKAXIS_SCAN_INITIAL_PER_SLICE && !shape.isDense(shader::kAsideView, resultSize()))
        mask |= bit(shader::kAsideView);
    if (info.totals && !shape.isDense(shader::kTotalsView, resultSize())) mask |= bit(shader::kTotalsView);
    if (mask != 0 && shape.rows() > UINT32_MAX) mask |= 1u << shader::kManySlicesBit;
    return mask;
}

uint32_t ScanProblem::carry() const {
    switch (info.initial) {
        case VKAXIS_SCAN_INITIAL_HOST:
            return shader::kCarryHost;
        case VKAXIS_SCAN_INITIAL_DEVICE:
            return shader::kCarryDevice;
        case VKAXIS_SCAN_INITIAL_PER_SLICE:
            return shader::kCarryPerSlice;
        default:
            return shader::kCarryNone;
    }
}

uint64_t ScanProblem::carryBits() const {
    if (info.initial != VKAXIS_SCAN_INITIAL_HOST) return 0;
    if (isFloat(outputDtype) && stateSize() == 4)
        return std::bit_cast<uint32_t>(static_cast<float>(info.initialValue.f64));
    return info.initialValue.u64;
}

ScanPass ScanPass::totalsTo(const char* passName, const VkaxisAccess& states) const {
    ScanPass pass = *this;
    pass.name = passName;
    pass.output = shader::kScanTotals;
    pass.carry = shader::kCarryNone;
    pass.totals = false;
    pass.destination = states;
    pass.carries = pass.totalsOut = kNoAccess;
    return pass;
}

ScanPass ScanPass::scanOf(const char* passName, const VkaxisAccess& statesIn,
                          const VkaxisAccess& statesOut) const {
    ScanPass pass = *this;
    pass.name = passName;
    pass.output = shader::kScanCarries;
    pass.states = true;
    pass.totals = false;
    pass.source = statesIn;
    pass.destination = statesOut;
    pass.totalsOut = kNoAccess;
    return pass;
}

ScanPass ScanPass::startingFrom(const char* passName, const VkaxisAccess& states,
                                uint32_t statesCarry) const {
    ScanPass pass = *this;
    pass.name = passName;
    pass.carry = statesCarry;
    pass.carries = states;
    return pass;
}

ScanConstants::ScanConstants(VkaxisContext context, const ScanProblem& problem, const ScanPass& pass,
                             uint32_t items, uint32_t last, uint32_t tiles) {
    const uint32_t dense =
        (pass.states ? bit(shader::kInputView) : 0) | (writesStates(pass) ? bit(shader::kOutputView) : 0);
    values[0] = pass.states ? shader::kState : static_cast<uint32_t>(problem.info.input.dtype);
    values[1] = static_cast<uint32_t>(problem.outputDtype);
    values[2] = problem.tableMask() & ~dense;
    values[3] = static_cast<uint32_t>(problem.info.op);
    values[4] = pass.output;
    values[5] = pass.carry;
    values[6] = problem.info.reverse != VK_FALSE && !pass.states;  // states are in scan order already
    values[7] = pass.totals;
    values[8] = items;
    values[9] = last;
    values[10] = context->facts.nativeFloats;
    values[11] = tiles;
}

uint32_t log2(uint64_t powerOfTwo) {
    return static_cast<uint32_t>(std::countr_zero(powerOfTwo));
}

uint64_t combineDepth(const shader::ColumnTiling& tiling) {
    if (tiling.rows == 1) return 0;
    return 2 * divideUp(tiling.rows, tiling.foldLanes) + log2(tiling.foldLanes) + 1;
}

uint64_t runOf(const ScanProblem& problem) {
    return problem.sourceSize() < 4 && problem.resultSize() < 4 ? 2 * kQuad : kQuad;
}

uint64_t positionsOf(const ScanProblem& problem) {
    const uint64_t run = runOf(problem);
    return problem.shape.axis.extent + (keepsAlignment(problem, run) ? 0 : run - 1);
}

// ---- Rows ----

namespace {

// Lanes of a subgroup for a row: a power of two. Two or three quads for each are in flight together, and
// fewer lanes idle behind the row's end; but not where that was slower (docs/measurements.md): of 64 bits a
// quad is two loads, and in a short, misaligned row four, or in a longer one with a gap behind it.
uint64_t lanesOf(const ScanProblem& problem, uint64_t quads, bool aligned) {
    constexpr uint64_t kShort = 8, kMiddle = 20, kLong = 32;
    const uint64_t rowSize = problem.shape.axis.extent * problem.sourceSize();
    const bool dense = problem.shape.isPlain(shader::kInputView, problem.sourceSize()) &&
                       problem.shape.sliceStride(shader::kInputView) == rowSize;
    const bool single = problem.sourceSize() == 8 || (!aligned && quads <= (dense ? kShort : kLong));
    if (single) return std::bit_ceil(quads);
    if (quads <= kShort) return std::bit_ceil(divideUp(quads, 2));
    return quads <= kMiddle ? 8 : std::max<uint64_t>(std::bit_ceil(divideUp(quads, 3)), 16);
}

}  // namespace

ScanRowLayout::ScanRowLayout(VkaxisContext context, const ScanProblem& problem)
    : context_(context), problem_(problem) {
    const DeviceFacts& facts = context->facts;
    const Tuning& tuning = context->tuning;
    const uint64_t rows = problem.shape.rows();
    const uint64_t extent = problem.shape.axis.extent;
    const uint64_t positions = positionsOf(problem);
    const uint64_t quads = std::max<uint64_t>(divideUp(extent, kQuad), 1);
    const uint64_t subgroup = std::bit_floor(facts.subgroupSize);
    if (quads <= subgroup * tuning.scanRowGroupQuads) {
        workgroupSize_ = facts.workgroupSize;
        lanes_ = std::min(lanesOf(problem, quads, keepsAlignment(problem, kQuad)), subgroup);
        rowLanes_ = static_cast<uint32_t>(lanes_);
        items_ = static_cast<uint32_t>(divideUp(quads, lanes_));
        return;
    }
    rowLanes_ = 0;
    items_ = problem.sourceSize() < 4 ? tuning.scanNarrowRowItems : tuning.scanRowItems;
    workgroupSize_ = wholeSubgroups(
        facts, problem.sourceSize() == 4 ? tuning.scanRowWorkgroupSize : tuning.scanOtherRowWorkgroupSize);
    lanes_ = workgroupSize_;
    // Short or few rows fill a power of two better.
    if (positions < tile() || rows < tuning.targetWorkgroups) items_ = std::bit_floor(items_);
    halveForShortRows(positions);
    // Two workgroups or more for each row that run at once, each with a share that is worth it.
    const uint64_t leastTiles = std::max(tuning.minTilesToSplit, 2 * tuning.minTilesPerSplit);
    worthTiling_ = 2 * rows <= tuning.targetWorkgroups &&
                   divideUp(positions, tile()) >= std::max<uint64_t>(leastTiles, 2);
    growForFewRows(positions);
}

// Many rows of a tile or so fill small tiles better, and shorter ones smaller tiles.
void ScanRowLayout::halveForShortRows(uint64_t positions) {
    constexpr uint32_t kLeastInvocations = 64;
    if (problem_.shape.rows() < context_->tuning.targetWorkgroups) return;
    while (positions < 2 * tile() && workgroupSize_ / 2 >= kLeastInvocations &&
           workgroupSize_ / 2 % context_->facts.subgroupSize == 0) {
        workgroupSize_ /= 2;
        lanes_ = workgroupSize_;
    }
    if (positions < tile() && items_ % 2 == 0) items_ /= 2;
}

// Few rows are done sooner in one tile, all of whose loads are in flight at once.
void ScanRowLayout::growForFewRows(uint64_t positions) {
    const Tuning& tuning = context_->tuning;
    if (problem_.shape.rows() >= tuning.targetWorkgroups) return;
    while (tile() < positions && items_ * 2 <= tuning.scanFewRowItems) items_ *= 2;
}

uint64_t ScanRowLayout::depth() const {
    const uint64_t subgroup = context_->facts.subgroupSize;
    const uint64_t partials = items_ * (workgroupSize_ / subgroup);
    const uint64_t combine =
        rowLanes_ != 0 ? log2(lanes_) + items_ + 1 : 2 * log2(subgroup) + divideUp(partials, subgroup) + 2;
    const uint64_t own = rowLanes_ != 0 ? kQuad : runOf(problem_);
    return (own - 1) + combine + divideUp(positionsOf(problem_), tile()) + 2;
}

void ScanRowLayout::dispatch(PlanBuilder& builder, const ScanPass& pass) const {
    const ScanConstants constants(context_, problem_, pass, items_, rowLanes_);
    const Shape& shape = problem_.shape;
    const uint64_t groups = divideUp(shape.rows(), workgroupSize_ / lanes_);
    const shader::ScanRowsParams params{.source = 0,
                                        .destination = 0,
                                        .carries = problem_.carryBits(),
                                        .totals = 0,
                                        .table = 0,
                                        .sourceStride = shape.sliceStride(shader::kInputView),
                                        .destinationStride = shape.sliceStride(shader::kOutputView),
                                        .outer = shape.rows(),
                                        .extent = static_cast<uint32_t>(shape.axis.extent),
                                        .groups = static_cast<uint32_t>(groups)};
    builder.dispatch(scanModule(Module::ScanRows, problem_.element), workgroupSize_, constants.values,
                     pass.name, groups, params,
                     {pass.source, pass.destination, pass.carries, pass.totalsOut, pass.table});
}

// ---- Columns ----

namespace {

// In elements, from a row to the next, of input and output the greater one.
uint64_t widestRowStride(const ScanProblem& problem, const Shape& shape) {
    return std::max(shape.axis.strides[shader::kInputView] / problem.sourceSize(),
                    shape.axis.strides[shader::kOutputView] / problem.resultSize());
}

// How many invocations share a column of a staged tile, each with several rows.
uint64_t stagedRows(VkaxisContext context, const ScanProblem& problem, const Shape& shape) {
    const uint64_t workgroupSize = wholeSubgroups(context->facts, context->tuning.scanStagedWorkgroupSize);
    const uint64_t items = context->tuning.scanStagedItems;
    return std::min(workgroupSize / shape.inner.extent,
                    stageSize(workgroupSize, items) / (items * widestRowStride(problem, shape)));
}

// Tiles of few columns, each a piece of memory in input and output, of an axis that takes several.
bool isStaged(VkaxisContext context, const ScanProblem& problem, const Shape& shape) {
    const Tuning& tuning = context->tuning;
    const uint64_t columns = shape.inner.extent;
    const auto gap = [&](uint32_t operand, uint64_t size) {  // UINT64_MAX where rows are no neighbours
        const uint64_t stride = shape.axis.strides[operand];
        const bool near =
            shape.isPlain(operand, size) && areClose(stride, columns * size) && stride % size == 0;
        return near ? stride - columns * size : UINT64_MAX;
    };
    const uint64_t widest = std::max(gap(shader::kInputView, problem.sourceSize()),
                                     gap(shader::kOutputView, problem.resultSize()));
    const bool few = widest == 0 ? columns < tuning.scanStagedColumns
                                 : columns < tuning.scanGapStagedColumns && columns >= kQuad;
    if (columns == 1 || !few || widest == UINT64_MAX || problem.stateSize() != 4 || problem.info.reverse)
        return false;
    // Wide gaps leave room on the stage for few rows, and work for few invocations.
    constexpr uint64_t kBusy = 3;
    const uint64_t rows = stagedRows(context, problem, shape);
    return rows > 1 && kBusy * rows * columns >= tuning.scanStagedWorkgroupSize &&
           shape.axis.extent > rows * tuning.scanStagedItems;
}

// Whether rows begin at different places within sectors of memory, so that neighbouring panels meet within
// some, which both of their workgroups read, or write a part of.
bool sharesSectors(const Shape& shape) {
    const uint64_t* strides = shape.axis.strides;
    return strides[shader::kInputView] % kSector != 0 || strides[shader::kOutputView] % kSector != 0;
}

uint64_t sizeOf(const ScanProblem& problem, const Shape& shape) {
    return shape.slices() * shape.axis.extent * problem.sourceSize();
}

// Whether panels may get narrow before an axis is split: if the cache holds what neighbours read of each
// other.
bool mayBeNarrow(const Tuning& tuning, const ScanProblem& problem, const Shape& shape) {
    return sizeOf(problem, shape) <=
           (sharesSectors(shape) ? tuning.scanRaggedNarrowInput : tuning.scanNarrowInput);
}

// Wide panels share fewer sectors; but those do not pay that are so few that the axis would be split for
// them.
bool wantsWidePanels(VkaxisContext context, const ScanProblem& problem, const Shape& shape) {
    const Tuning& tuning = context->tuning;
    const auto splits = [&](uint64_t columns, uint64_t workgroupSize) {
        return 2 * weightOf(context, workgroupSize) * shape.rows() * divideUp(shape.inner.extent, columns) <=
               tuning.targetWorkgroups;
    };
    return sharesSectors(shape) && (mayBeNarrow(tuning, problem, shape) ||
                                    splits(tuning.panelColumns, context->facts.workgroupSize) ||
                                    !splits(tuning.scanRaggedColumns, tuning.scanRaggedWorkgroupSize));
}

// In columns.
uint64_t widestPanel(VkaxisContext context, const ScanProblem& problem, const Shape& shape) {
    const Tuning& tuning = context->tuning;
    const uint64_t columns =
        wantsWidePanels(context, problem, shape) ? tuning.scanRaggedColumns : tuning.panelColumns;
    return std::max<uint64_t>(columns / (problem.stateSize() / 4), 1);
}

// Large workgroups take wide panels; but not of a few rows, which are one batch of loads, nor of columns that
// a small one holds as well.
uint32_t columnWorkgroupSize(VkaxisContext context, const ScanProblem& problem, const Shape& shape) {
    const Tuning& tuning = context->tuning;
    const bool wide = wantsWidePanels(context, problem, shape) &&
                      2 * shape.inner.extent > tuning.scanRaggedWorkgroupSize &&
                      shape.axis.extent > tuning.scanFewColumnItems;
    return wide ? wholeSubgroups(context->facts, tuning.scanRaggedWorkgroupSize)
                : context->facts.workgroupSize;
}

// In columns: as narrow as panels get. Ragged ones share more of what they move.
uint64_t leastPanel(const Tuning& tuning, uint64_t elementSize, bool ragged) {
    return std::max<uint64_t>((ragged ? 2 : 1) * uint64_t{tuning.scanLeastPanelBytes} / elementSize, 1);
}

// Of narrow panels. Long columns that begin at sectors of memory go in large workgroups: as many invocations
// load wider pieces of rows.
uint32_t narrowWorkgroupSize(VkaxisContext context, const Shape& shape) {
    const uint32_t large = context->tuning.scanNarrowWorkgroupSize;
    const bool pays = !sharesSectors(shape) && shape.axis.extent >= large;
    return pays ? wholeSubgroups(context->facts, large) : context->facts.workgroupSize;
}

uint64_t panelGroups(const Shape& shape, uint64_t columns) {
    return shape.rows() * divideUp(shape.inner.extent, columns);
}

// How many rows invocations take at once of columns in a workgroup, about.
uint64_t tileRows(VkaxisContext context, uint64_t workgroupSize, uint64_t columns) {
    return std::max<uint64_t>(workgroupSize / columns, 1) * context->tuning.scanFewColumnItems;
}

// A split axis is read twice: panels get narrow instead, if that keeps the device about busy, or if there is
// little to split. Of large workgroups a multiprocessor holds two or three: enough is what does not leave a
// few for another wave.
bool staysWhole(VkaxisContext context, const ScanProblem& problem, const Shape& shape, uint64_t least) {
    const Tuning& tuning = context->tuning;
    if (sizeOf(problem, shape) > tuning.scanNarrowInput) return false;
    constexpr uint64_t kBusy = 4, kFew = 16;  // of the workgroups wanted, a part
    const uint64_t groups = panelGroups(shape, least);
    const uint64_t columns = std::min(least, shape.inner.extent);
    const uint64_t workgroupSize =
        std::max(narrowWorkgroupSize(context, shape), columnWorkgroupSize(context, problem, shape));
    const uint64_t tiles = divideUp(shape.axis.extent, tileRows(context, workgroupSize, columns));
    return kBusy * groups >= tuning.targetWorkgroups ||
           (kFew * groups >= tuning.targetWorkgroups && tiles < tuning.minTilesToSplit);
}

// What the cache does not hold is not read in pieces narrower than need be. Panels of an axis that is split
// get narrow only where scratch memory does not allow the splits, and then to make up for a part of these.
ScanPanels scanPanels(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                      uint64_t mostSplits) {
    const Tuning& tuning = context->tuning;
    const bool cached = mayBeNarrow(tuning, problem, shape);
    const uint64_t widest = widestPanel(context, problem, shape);
    const uint64_t least = (cached ? 1 : 2) * leastPanel(tuning, problem.sourceSize(), sharesSectors(shape));
    const auto narrowed = [&](uint64_t groups) {
        uint64_t columns = widest;
        while (columns > least && panelGroups(shape, columns) < groups) columns /= 2;
        return columns;
    };
    if (isStaged(context, problem, shape)) return {widest, mostSplits};
    const uint64_t target = tuning.targetWorkgroups;
    const uint64_t weight = weightOf(context, narrowWorkgroupSize(context, shape));
    const uint64_t enough = 3 * target / (4 * weight);
    const bool large =
        weight > 1 && panelGroups(shape, widest) < enough && panelGroups(shape, least) >= enough;
    if (staysWhole(context, problem, shape, least))
        return {narrowed(!cached ? target / 4 : large ? enough : target), 1};
    const uint64_t rows =
        tileRows(context, columnWorkgroupSize(context, problem, shape), std::min(widest, shape.inner.extent));
    if (divideUp(shape.axis.extent, tuning.minTilesPerSplit * rows) <= mostSplits)
        return {widest, mostSplits};
    return {narrowed(divideUp(3 * target / 8, std::max<uint64_t>(mostSplits, 1))), mostSplits};
}

// Rows per invocation and tile. Fewer leave registers for more workgroups at once, which does not help where
// few workgroups, or few rows, are left: there more rows are more loads in flight. A short axis in one batch:
// invocations with rows to spare load them one by one.
uint64_t columnItems(const Tuning& tuning, const ScanProblem& problem, const Shape& shape, bool few) {
    const uint64_t most = problem.stateSize() == 8   ? tuning.scanWideColumnItems
                          : problem.sourceSize() < 4 ? tuning.scanNarrowColumnItems
                          : few                      ? tuning.scanFewColumnItems
                                                     : tuning.scanColumnItems;
    return std::clamp<uint64_t>(shape.axis.extent, 1, most);
}

// The same of narrow panels in large workgroups: a quarter less where a multiprocessor must hold three of
// them.
uint64_t narrowItems(VkaxisContext context, const ScanProblem& problem, const Shape& shape, uint64_t panel) {
    const Tuning& tuning = context->tuning;
    if (problem.stateSize() == 8 || problem.sourceSize() < 4)
        return columnItems(tuning, problem, shape, true);
    const bool two = 2 * panelGroups(shape, panel) <= tuning.targetWorkgroups;
    return std::max(two ? tuning.scanNarrowPanelItems : tuning.scanNarrowPanelItems * 3 / 4, 1u);
}

// Smaller workgroups where those that do not fit the device at once would take as long again, and for the
// narrowest panels of aligned columns.
bool wantsHalfWorkgroups(const Tuning& tuning, const TiledColumns& tiled, uint64_t elementSize) {
    return (tiled.groups > tuning.targetWorkgroups && tiled.groups < uint64_t{2} * tuning.targetWorkgroups) ||
           tiled.tiling.slices * tiled.tiling.columns * elementSize <= tuning.scanLeastPanelBytes;
}

// Of columns whose few rows an invocation takes all at once there are several, or else workgroups come and go
// faster than they are started. A power of two: NVIDIA 580 keeps the rows of three or five tiles in memory.
uint32_t tilesPerWorkgroup(const Tuning& tuning, const TiledColumns& tiled, uint32_t items) {
    const shader::ColumnTiling& tiling = tiled.tiling;
    if (tiling.rows > 1 || tiling.splits > 1 || tiling.extent != items || tiled.groups > UINT32_MAX / 2)
        return 1;
    constexpr uint64_t kMostTiles = 4;
    const uint64_t plenty = tiled.groups / (uint64_t{4} * tuning.targetWorkgroups);
    const uint64_t most = std::min<uint64_t>(tuning.scanTileLoads / items, kMostTiles);
    return static_cast<uint32_t>(std::bit_floor(std::max<uint64_t>(std::min(plenty, most), 1)));
}

}  // namespace

ScanColumnLayout::ScanColumnLayout(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                                   uint64_t mostSplits)
    : ScanColumnLayout(context, problem, shape, scanPanels(context, problem, shape, mostSplits)) {}

ScanColumnLayout::ScanColumnLayout(VkaxisContext context, const ScanProblem& problem, const Shape& shape,
                                   const ScanPanels& panels)
    : context_(context), problem_(problem), shape_(shape), staged_(isStaged(context, problem, shape)) {
    const Tuning& tuning = context->tuning;
    const DeviceFacts& facts = context->facts;
    // A staged tile is one piece of memory only with all columns in it.
    const uint64_t panel = std::max(panels.columns, staged_ ? shape.inner.extent : 1);
    const uint64_t widest = widestPanel(context, problem, shape);
    const auto tile = [&](uint32_t workgroupSize, uint64_t items) {
        workgroupSize_ = workgroupSize;
        items_ = static_cast<uint32_t>(items);
        const uint64_t columns = shape.inner.extent;
        const uint64_t working = staged_ ? stagedRows(context, problem, shape) * columns : workgroupSize;
        tiled_ = tileColumns(context, shape, static_cast<uint32_t>(working), panel, items, panels.mostSplits);
    };
    const uint32_t narrow = narrowWorkgroupSize(context, shape);
    if (staged_) {
        tile(wholeSubgroups(facts, tuning.scanStagedWorkgroupSize), tuning.scanStagedItems);
    } else if (panel < widest && narrow > facts.workgroupSize &&
               panelGroups(shape, panel) < tuning.targetWorkgroups) {
        tile(narrow, narrowItems(context, problem, shape, panel));
    } else {
        const uint32_t whole = columnWorkgroupSize(context, problem, shape);
        const uint64_t columns = std::min(panel, shape.inner.extent);
        const uint64_t rows = std::max<uint64_t>(whole / columns, 1);
        const bool shortAxis = shape.axis.extent <= rows * tuning.scanFewColumnItems;
        tile(whole, columnItems(tuning, problem, shape, panel < widest || shortAxis));
        if (tiled_.tiling.splits == 1 && tiled_.groups < tuning.targetWorkgroups)
            tile(whole, columnItems(tuning, problem, shape, true));
        const bool canHalve = whole / 2 >= columns && whole / 2 % facts.subgroupSize == 0;
        if (canHalve && wantsHalfWorkgroups(tuning, tiled_, problem.sourceSize())) {
            const bool few = tiled_.tiling.splits == 1 && !sharesSectors(shape) &&
                             3 * tiled_.groups < uint64_t{4} * tuning.targetWorkgroups;
            tile(whole / 2, few ? columnItems(tuning, problem, shape, true) : items_);
        }
    }
    // Where workgroups share an axis, those without idle subgroups leave room for more.
    const shader::ColumnTiling& tiling = tiled_.tiling;
    const uint32_t subgroup = facts.subgroupSize;
    const auto busy = static_cast<uint32_t>(roundUp(tiling.slices * tiling.rows * tiling.columns, subgroup));
    if (!staged_ && tiling.splits > 1 && workgroupSize_ == facts.workgroupSize && busy < workgroupSize_)
        tile(busy, items_);
    splits_ = {tiled_.tiling.splits, tiled_.tiling.chunk};
    tiles_ = tilesPerWorkgroup(tuning, tiled_, items_);
}

ScanColumnLayout ScanColumnLayout::ofStates(VkaxisContext context, const ScanProblem& problem,
                                            const Shape& shape) {
    return ScanColumnLayout(context, problem, shape,
                            {leastPanel(context->tuning, problem.stateSize(), false), 1});
}

uint64_t ScanColumnLayout::depth() const {
    const shader::ColumnTiling& tiling = tiled_.tiling;
    return (items_ - 1) + combineDepth(tiling) + divideUp(tiling.chunk, uint64_t{tiling.rows} * items_) + 2;
}

uint64_t ScanColumnLayout::totalsDepth() const {
    const ColumnTotals totals(context_, problem_, shape_, tiled_.tiling, workgroupSize_);
    return totals.available() ? totals.depth() : depth();
}

// Of an invocation.
uint64_t ScanColumnLayout::totalsShare() const {
    return divideUp(tiled_.tiling.splits - 1, tiled_.tiling.rows);
}

// Every batch of totals waits for the cache; few of them wait no longer than for a dispatch and its barrier.
bool ScanColumnLayout::sumsTotals() const {
    return problem_.carry() == shader::kCarryNone && totalsShare() <= context_->tuning.scanTotalsShare;
}

uint64_t ScanColumnLayout::sumDepth() const {
    return totalsShare() + combineDepth(tiled_.tiling);
}

void ScanColumnLayout::dispatchTotals(PlanBuilder& builder, const ScanPass& pass) const {
    const ColumnTotals totals(context_, problem_, shape_, tiled_.tiling, workgroupSize_);
    if (totals.available())
        totals.dispatch(builder, pass);
    else
        dispatch(builder, pass);
}

void ScanColumnLayout::dispatch(PlanBuilder& builder, const ScanPass& pass) const {
    const ScanConstants constants(context_, problem_, pass, items_, staged_, tiles_);
    const uint64_t stateRow = shape_.inner.extent * problem_.stateSize();
    const uint64_t stateSlice = shape_.axis.extent * stateRow;
    const bool results = !writesStates(pass);
    const shader::ScanColumnsParams params{
        .source = 0,
        .destination = 0,
        .carries = problem_.carryBits(),
        .totals = 0,
        .table = 0,
        .sourceSliceStride = strideOf(shape_, shader::kInputView, pass.states, stateSlice),
        .destinationSliceStride = strideOf(shape_, shader::kOutputView, !results, stateSlice),
        .sourceRowStride = pass.states ? stateRow : shape_.axis.strides[shader::kInputView],
        .destinationRowStride = results ? shape_.axis.strides[shader::kOutputView] : stateRow,
        .tiling = tiled_.tiling};
    builder.dispatch(scanModule(Module::ScanColumns, problem_.element), workgroupSize_, constants.values,
                     pass.name, divideUp(tiled_.groups, tiles_), params,
                     {pass.source, pass.destination, pass.carries, pass.totalsOut, pass.table});
}

}  // namespace vkaxis
