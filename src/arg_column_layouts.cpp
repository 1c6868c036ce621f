#include "arg_layouts.hpp"

#include <numeric>

#include "dtype.hpp"

namespace vkaxis {

// ---- Quads of neighbouring columns: of a row, or of several where columns are few ----

namespace {

// Rows of so few that several of them make a line.
bool hasFewColumns(const Tuning& tuning, const Shape& shape) {
    return shape.inner.extent < tuning.argColumnQuads * kQuad;
}

// Quads of narrow elements are small, lines of others are walked as rows are, and workgroups few where they
// share an axis.
uint32_t quadUnroll(const Tuning& tuning, const ArgProblem& problem, bool split) {
    if (sizeOf(problem.info.input.dtype) < 4) return tuning.argNarrowQuadUnroll;
    if (hasFewColumns(tuning, problem.shape)) return rowUnroll(tuning, problem);
    return split ? tuning.argSplitQuadUnroll : tuning.argColumnQuadUnroll;
}

// Panels, at least `least`, that leave the fewest invocations of a workgroup idle, if it is worth narrower
// ones.
uint64_t fillingWorkgroups(uint64_t workgroupSize, uint64_t inner, uint64_t spare, uint64_t rowsAtLeast,
                           uint64_t least) {
    constexpr uint64_t kNarrowest = 32;  // columns
    const auto busy = [&](uint64_t panels) {
        const uint64_t columns = divideUp(inner, panels);
        return columns * (workgroupSize / divideUp(columns + spare, kQuad) / rowsAtLeast * rowsAtLeast);
    };
    uint64_t best = least;
    for (uint64_t panels = least + 1; panels <= 3 * least && divideUp(inner, panels) >= kNarrowest; ++panels)
        if (8 * busy(panels) > 9 * busy(best)) best = panels;
    return best;
}

// Workgroups that run at once; 0 if not known, or for narrow elements, of which less is at stake.
uint64_t waveOf(const Tuning& tuning, const ArgProblem& problem) {
    const uint64_t size = sizeOf(problem.info.input.dtype);
    return size < 4 ? 0 : size == 8 ? tuning.argWideQuadGroups : tuning.argColumnQuadGroups;
}

// Several waves, the last of which may be one of few workgroups that takes as long as any. Of many it does
// not matter.
bool makeWaves(uint64_t wave, uint64_t groups) {
    constexpr uint64_t kMany = 16;
    return wave != 0 && groups > wave && groups <= kMany * wave;
}

// Panels, at least `least`, of which few workgroups are left for the last wave: a wave takes the less the
// narrower its panels are.
uint64_t fillingWaves(uint64_t wave, uint64_t slices, uint64_t least) {
    uint64_t best = least;
    if (!makeWaves(wave, slices * least)) return best;
    for (uint64_t panels = least + 1; panels <= least + least / 4; ++panels)
        if (divideUp(slices * panels, wave) * best < divideUp(slices * best, wave) * panels) best = panels;
    return best;
}

// Whether these are one piece of memory with hardly a gap, of which a workgroup has lines enough to walk.
bool makesLines(VkaxisContext context, const Shape& shape, uint64_t size) {
    const uint64_t workgroupSize = context->facts.workgroupSize;
    const uint64_t rowStride = shape.axis.strides[shader::kInputView];
    const uint64_t pitch = rowStride / size;
    return rowStride % size == 0 && areClose(rowStride, shape.inner.extent * size) &&
           pitch * kQuad <= workgroupSize &&
           shape.axis.extent >= divideUp(workgroupSize * context->tuning.argLineQuads * kQuad, pitch);
}

}  // namespace

ArgColumnQuadLayout::ArgColumnQuadLayout(VkaxisContext context, const ArgProblem& problem, bool folds)
    : context_(context), problem_(problem), lineRows_(1), whole_(0) {
    constexpr uint64_t kAlignments = kQuad;  // that an element can have within a quad
    const uint64_t workgroupSize = context->facts.workgroupSize;
    const Tuning& tuning = context->tuning;
    const Shape& shape = problem.shape;
    const uint64_t quadSize = kQuad * sizeOf(problem.info.input.dtype);
    const bool slicesShift = !shape.isPlain(shader::kInputView, sizeOf(problem.info.input.dtype)) ||
                             shape.sliceStride(shader::kInputView) % quadSize != 0;
    if (hasFewColumns(tuning, shape)) {
        layLines(slicesShift ? kAlignments - 1 : 0);
        if (folds && sharesLastTiles()) shareLastTiles();
        return;
    }
    const uint64_t inner = shape.inner.extent;
    const bool rowsShift = shape.axis.strides[shader::kInputView] % quadSize != 0;
    const uint64_t spare = rowsShift || slicesShift ? kAlignments - 1 : 0;  // columns left of a panel
    const uint64_t rowsAtLeast = rowsShift ? kAlignments : 1;
    // Wider panels where the axis is short, as long as there are enough, and half as wide ones only where
    // they make more workgroups, chunks of the axis included; equal ones rather than full ones and a
    // remainder.
    const auto panels = [&](uint64_t rows) { return divideUp(inner, workgroupSize / rows * kQuad - spare); };
    const auto workgroups = [&](uint64_t rows) {
        panels_ = panels(rows);
        columns_ = divideUp(inner, panels_);
        return tiles() * splitsOf(rows).count;
    };
    const uint64_t mostRows = std::max<uint64_t>(workgroupSize / tuning.argColumnQuads, 1);
    uint64_t rowsWanted =
        std::max(std::min(divideUp(shape.axis.extent, tuning.argColumnQuadRows), mostRows / 2), rowsAtLeast);
    while (rowsWanted < std::min(mostRows, shape.axis.extent) &&
           shape.rows() * panels(rowsWanted) < tuning.targetWorkgroups) {
        const uint64_t more = std::min(2 * rowsWanted, mostRows);
        if (more == mostRows && workgroups(more) <= workgroups(rowsWanted)) break;
        rowsWanted = more;
    }
    panels_ = panels(rowsWanted);
    columns_ = divideUp(inner, panels_);
    const bool sharesLast = folds && sharesLastTiles();
    if (!sharesLast) panels_ = fillingWaves(waveOf(tuning, problem), shape.rows(), panels_);
    if (shape.rows() * panels_ < tuning.targetWorkgroups)
        panels_ = fillingWorkgroups(workgroupSize, inner, spare, rowsAtLeast, panels_);
    columns_ = divideUp(inner, panels_);
    if (spare == 0) columns_ = roundUp(columns_, kQuad);
    panels_ = divideUp(inner, columns_);
    const uint64_t mostInvocations = workgroupSize / divideUp(columns_ + spare, kQuad);
    rows_ = std::min(mostInvocations, roundUp(shape.axis.extent, rowsAtLeast)) / rowsAtLeast * rowsAtLeast;
    // Spare columns for the alignment of memory, too, if there are invocations for them.
    spare_ = workgroupSize / rows_ * kQuad >= columns_ + kQuad - 1 ? std::max(spare, kQuad - 1) : spare;
    splits_ = splitsOf(rows_);
    if (sharesLast) shareLastTiles();
}

// By the batches of a whole axis: those of a split one are longer, and would leave short axes whole.
Splits ArgColumnQuadLayout::splitsOf(uint64_t rows) const {
    return splitAxis(context_->tuning, tiles(), problem_.shape.axis.extent,
                     rows * quadUnroll(context_->tuning, problem_, false), mostSplits());
}

// Lines of as many rows as leave the fewest invocations idle, or about: with spare columns memory may begin
// anywhere, and without them but at a quad would cost far more than a few idle invocations do.
void ArgColumnQuadLayout::layLines(uint64_t spare) {
    constexpr uint64_t kSpare = kQuad - 1, kWorthIt = 32;  // part of the invocations
    const Shape& shape = problem_.shape;
    const uint64_t workgroupSize = context_->facts.workgroupSize;
    const uint64_t pitch = shape.axis.strides[shader::kInputView] / sizeOf(problem_.info.input.dtype);
    const auto lines = [&](uint64_t rows, uint64_t besides) {
        return workgroupSize / divideUp(rows * pitch + besides, kQuad);
    };
    const uint64_t least = kQuad / std::gcd(pitch, kQuad);  // rows whose end is a quad's
    const auto fullest = [&](uint64_t besides) {
        uint64_t best = least;
        for (uint64_t rows = 2 * least; rows * pitch <= workgroupSize; rows += least)
            if (rows * lines(rows, besides) > best * lines(best, besides)) best = rows;
        return best;
    };
    const uint64_t free = fullest(kSpare), bound = fullest(spare);
    const bool anywhere =
        (kWorthIt + 1) * free * lines(free, kSpare) >= kWorthIt * bound * lines(bound, spare);
    spare_ = anywhere ? kSpare : spare;
    lineRows_ = anywhere ? free : bound;
    panels_ = 1;
    columns_ = lineRows_ * pitch;
    rows_ = lines(lineRows_, spare_);
    splits_ = splitsOf(lineRows_ * rows_);
}

// Few columns make lines, or go singly. So do those that are one batch of single elements, which have more
// loads in flight, but narrow ones of which a word holds several. The kernel takes care of quads beyond the
// tensor in the first and the last row only, so rows must not overlap.
bool ArgColumnQuadLayout::suits(VkaxisContext context, const ArgProblem& problem) {
    const Tuning& tuning = context->tuning;
    const Shape& shape = problem.shape;
    const uint64_t size = sizeOf(problem.info.input.dtype);
    const uint64_t width = shape.inner.extent * size;
    const uint64_t rowStride = shape.axis.strides[shader::kInputView];
    if (shape.inner.extent > 1 && shape.inner.strides[shader::kInputView] != size) return false;
    if (hasFewColumns(tuning, shape)) return makesLines(context, shape, size);
    return (shape.axis.extent > tuning.argColumnUnroll || size < 4) &&
           (shape.axis.extent == 1 || rowStride >= width);
}

// Where a workgroup takes long, those that begin the last wave keep memory busy by far not as long as it
// lasts, and even of full waves some are done long before others.
bool ArgColumnQuadLayout::sharesLastTiles() const {
    constexpr uint64_t kLong = 512 << 10;  // bytes
    const uint64_t lines = divideUp(problem_.shape.axis.extent, lineRows_);
    const uint64_t size = lines * columns_ * sizeOf(problem_.info.input.dtype);
    return size >= kLong && makeWaves(waveOf(context_->tuning, problem_), tiles());
}

// As many as half a wave, as far as scratch memory allows, in four pieces each.
void ArgColumnQuadLayout::shareLastTiles() {
    constexpr uint64_t kPieces = 4;
    const uint64_t extent = problem_.shape.axis.extent;
    const uint64_t batch = lineRows_ * rows_ * quadUnroll(context_->tuning, problem_, false);
    const uint64_t chunk = roundUp(divideUp(extent, kPieces), batch);
    const uint64_t most = mostPartials() / (kPieces * partialsSize());
    const uint64_t shared = std::min(waveOf(context_->tuning, problem_) / 2, most);
    if (splits_.count > 1 || chunk >= extent || shared == 0) return;
    splits_ = {divideUp(extent, chunk), chunk};
    whole_ = tiles() - shared;
}

// Of a workgroup, in bytes.
uint64_t ArgColumnQuadLayout::partialsSize() const {
    return (lineRows_ > 1 ? problem_.shape.inner.extent : columns_) * problem_.partialsSize();
}

// More are slower than narrow panels.
uint64_t ArgColumnQuadLayout::mostPartials() const {
    return mostScratch(problem_.inputSize);
}

// Of all tiles, as far as scratch memory allows.
uint64_t ArgColumnQuadLayout::mostSplits() const {
    return mostPartials() / partialsSize() / tiles();  // whose product may not fit 64 bits
}

void ArgColumnQuadLayout::addMemory(PlanBuilder& builder, ArgPass& pass) const {
    const uint64_t shared = tiles() - whole_;
    addFoldMemory(builder, shared * splits_.count * partialsSize(), shared, pass);
}

void ArgColumnQuadLayout::dispatch(PlanBuilder& builder, const ArgPass& pass) const {
    const Shape& shape = problem_.shape;
    const ArgConstants constants(problem_, pass,
                                 quadUnroll(context_->tuning, problem_, splits_.count > 1 && whole_ == 0),
                                 static_cast<uint32_t>(lineRows_), static_cast<uint32_t>(spare_));
    const uint64_t groups = whole_ + (tiles() - whole_) * splits_.count;
    const shader::ArgColumnQuadsParams params{
        .source = 0,
        .destination = 0,
        .second = 0,
        .table = 0,
        .partials = 0,
        .counters = 0,
        .sourceSize = problem_.inputSize,
        .sliceStride = shape.sliceStride(shader::kInputView),
        .rowStride = shape.axis.strides[shader::kInputView],
        .resultStride = shape.sliceStride(shader::kOutputView),
        .inner = shape.inner.extent,
        .extent = shape.axis.extent,
        .columns = static_cast<uint32_t>(columns_),
        .rows = static_cast<uint32_t>(rows_),
        .panels = static_cast<uint32_t>(panels_),
        .whole = static_cast<uint32_t>(whole_),
        .splits = static_cast<uint32_t>(splits_.count),
        .chunk = static_cast<uint32_t>(splits_.chunk),
        .foldLanes = foldLanes(context_, context_->facts.workgroupSize,
                               lineRows_ > 1 ? shape.inner.extent : columns_, rows_ * lineRows_),
        .groups = static_cast<uint32_t>(groups)};
    builder.dispatch(moduleOf(problem_, Module::ArgColumnQuads, pass), context_->facts.workgroupSize,
                     constants.values, pass.name, groups, params,
                     {pass.source, pass.destination, pass.second, pass.table, pass.partials, pass.counters});
}

// ---- Columns ----

namespace {

// How a workgroup goes through its tiles.
struct Batches {
    uint32_t unroll;  // loads of an invocation at once, in each tile
    uint32_t tiles;   // whose loads are in flight together
};

// Equal batches. Few rows are a single one, and leave room for those of other tiles where there are plenty.
Batches batchesOf(VkaxisContext context, const TiledColumns& tiled, const ArgPass& pass) {
    const Tuning& tuning = context->tuning;
    const shader::ColumnTiling& tiling = tiled.tiling;
    const uint64_t rows = divideUp(std::min<uint64_t>(tiling.chunk, tiling.extent), tiling.rows);
    const uint64_t unroll = divideUp(rows, divideUp(rows, tuning.argColumnUnroll));
    const bool alone = tiling.rows == 1 && tiling.splits == 1 && rows == unroll && !isPartials(pass.source) &&
                       tiled.groups <= UINT32_MAX / 2;
    const uint64_t plenty = alone ? tiled.groups / (uint64_t{4} * tuning.targetWorkgroups) : 0;
    const uint64_t most = std::min<uint64_t>(tuning.argColumnTiles, 2 * tuning.argColumnUnroll / unroll);
    return {static_cast<uint32_t>(unroll), static_cast<uint32_t>(std::clamp<uint64_t>(plenty, 1, most))};
}

void dispatchColumns(VkaxisContext context, PlanBuilder& builder, const ArgProblem& problem,
                     const TiledColumns& tiled, const ArgPass& pass, uint64_t sliceStride, uint64_t rowStride,
                     uint64_t partialChunk) {
    const Batches batches = batchesOf(context, tiled, pass);
    const ArgConstants constants(problem, pass, batches.unroll, batches.tiles);
    const shader::ArgColumnsParams params{.source = 0,
                                          .destination = 0,
                                          .second = partialChunk,
                                          .table = 0,
                                          .partials = 0,
                                          .counters = 0,
                                          .sliceStride = sliceStride,
                                          .rowStride = rowStride,
                                          .resultStride = problem.shape.sliceStride(shader::kOutputView),
                                          .tiling = tiled.tiling};
    builder.dispatch(moduleOf(problem, Module::ArgColumns, pass), context->facts.workgroupSize,
                     constants.values, pass.name, divideUp(tiled.groups, batches.tiles), params,
                     {pass.source, pass.destination, pass.second, pass.table, pass.partials, pass.counters});
}

// A whole column of not too many, where there are columns enough: nothing is left to combine then.
uint64_t rowsPerInvocation(VkaxisContext context, const Shape& shape) {
    constexpr uint64_t kPlenty = 2;  // times as many as run at once
    const Tuning& tuning = context->tuning;
    const bool plenty = shape.slices() >= kPlenty * tuning.targetWorkgroups * context->facts.workgroupSize;
    return plenty && shape.axis.extent <= tuning.argColumnRows
               ? std::max<uint64_t>(shape.axis.extent, tuning.argColumnUnroll)
               : tuning.argColumnUnroll;
}

}  // namespace

ArgColumnLayout::ArgColumnLayout(VkaxisContext context, const ArgProblem& problem)
    : context_(context),
      problem_(problem),
      tiled_(tileColumns(context, problem.shape, context->facts.workgroupSize, context->tuning.panelColumns,
                         rowsPerInvocation(context, problem.shape), problem.mostSplits())),
      splits_{tiled_.tiling.splits, tiled_.tiling.chunk} {}

void ArgColumnLayout::addMemory(PlanBuilder& builder, ArgPass& pass) const {
    const uint64_t partials = problem_.shape.slices() * splits_.count;
    addFoldMemory(builder, partials * problem_.partialsSize(), tiled_.groups / splits_.count, pass);
}

void ArgColumnLayout::dispatch(PlanBuilder& builder, const ArgPass& pass) const {
    dispatchColumns(context_, builder, problem_, tiled_, pass, problem_.shape.sliceStride(shader::kInputView),
                    problem_.shape.axis.strides[shader::kInputView], 0);
}

void dispatchPartials(VkaxisContext context, PlanBuilder& builder, const ArgProblem& problem,
                      const Splits& splits, uint64_t columns, const ArgPass& pass) {
    Shape shape = problem.shape;
    shape.axis.extent = splits.count;
    const TiledColumns tiled = tileColumns(context, shape, context->facts.workgroupSize,
                                           context->tuning.panelColumns, context->tuning.argColumnUnroll, 1);
    const uint64_t rowStride = columns * problem.partialSize();
    const uint64_t sliceStride =
        columns == shape.inner.extent ? splits.count * rowStride : shape.inner.extent * problem.partialSize();
    dispatchColumns(context, builder, problem, tiled, pass, sliceStride, rowStride, splits.chunk);
}

}  // namespace vkaxis
