#include "arg_layouts.hpp"

#include <bit>
#include <numeric>

#include "dtype.hpp"

namespace vkaxis {
namespace {

Module moduleOf(const ArgProblem& problem, Module first, const ArgPass& pass) {
    if (sizeOf(problem.info.input.dtype) == 8)
        return argModule(first, pass.folds() ? ArgVariant::TwoWordsFold : ArgVariant::TwoWords);
    return argModule(first, pass.folds() ? ArgVariant::OneWordFolds : ArgVariant::OneWord);
}

uint64_t keyWords(const ArgProblem& problem) {
    return sizeOf(problem.info.input.dtype) == 8 ? 2 : 1;
}

bool isPartials(const VkaxisAccess& access) {
    return access.operand == VKAXIS_OPERAND_SCRATCH;
}

// Partials, of so many bytes, and a counter for each of the `tiles` that workgroups share: see fold.glsl.
void addFoldMemory(PlanBuilder& builder, VkDeviceSize size, uint64_t tiles, ArgPass& pass) {
    pass.partials = {VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE, builder.allocate(size),
                     size};
    pass.counters = builder.addZeroed(tiles * sizeof(uint32_t));
}

// The constants that all kernels of the family have, and two or three more.
struct Constants {
    uint32_t values[9];

    Constants(const ArgProblem& problem, const ArgPass& pass, uint32_t unroll, uint32_t lanesOrTiles,
              uint32_t rest = 0) {
        const VkaxisArgReduceInfo& info = problem.info;
        const bool fromPartials = isPartials(pass.source);
        const bool toPartials = isPartials(pass.destination);
        // Partials lie densely, and their keys are already in order.
        const uint32_t unused =
            (fromPartials ? 1u << shader::kInputView : 0) | (toPartials ? 1u << shader::kOutputView : 0);
        values[0] = fromPartials ? shader::kPartials : static_cast<uint32_t>(info.input.dtype);
        values[1] = toPartials ? shader::kPartials : static_cast<uint32_t>(problem.indexDtype);
        values[2] = problem.tableMask() & ~unused;
        values[3] = fromPartials ? shader::kArgmax : static_cast<uint32_t>(info.op);
        values[4] = info.tie == VKAXIS_TIE_LAST;
        values[5] = info.nan == VKAXIS_NAN_IGNORE && isFloat(info.input.dtype);
        values[6] = unroll;
        values[7] = lanesOrTiles;
        values[8] = rest;
    }
};

}  // namespace

uint32_t ArgProblem::tableMask() const {
    uint32_t mask = 0;
    if (!shape.isPlain(shader::kInputView, sizeOf(info.input.dtype))) mask |= 1u << shader::kInputView;
    if (!shape.isPlain(shader::kOutputView, sizeOf(indexDtype))) mask |= 1u << shader::kOutputView;
    if (info.values && !shape.isPlain(shader::kAsideView, sizeOf(info.input.dtype)))
        mask |= 1u << shader::kAsideView;
    if (mask != 0 && shape.rows() > UINT32_MAX) mask |= 1u << shader::kManySlicesBit;
    return mask;
}

uint64_t ArgProblem::partialSize() const {
    return 8 * keyWords(*this);
}

uint64_t ArgProblem::partialsSize() const {
    return info.op == VKAXIS_ARGMINMAX ? 2 * partialSize() : partialSize();
}

// A workgroup must see what others do, and a partial have room for an index along the whole axis.
bool ArgProblem::folds(VkaxisContext context) const {
    return context->facts.deviceMemoryModel && shape.axis.extent <= UINT32_MAX;
}

uint64_t ArgProblem::mostSplits() const {
    return maxSplits(shape, inputSize, partialsSize());
}

// ---- Rows ----

namespace {

// Loads in flight per invocation: a quad of two-word elements is two of them.
uint32_t rowUnroll(const Tuning& tuning, const ArgProblem& problem) {
    return sizeOf(problem.info.input.dtype) == 8 ? std::max(tuning.argUnroll / 2, 1u) : tuning.argUnroll;
}

// A power of two, so that each lane has at most so many quads. But half as many lanes where they would have
// only three quarters of that or less, and there are some: whoever idles costs as much as who works. And half
// of these again where a batch would leave each a quad or so, which takes about as long as the batch.
uint64_t rowLanes(uint64_t quads, uint64_t laneQuads) {
    constexpr uint64_t kFew = 4;
    const uint64_t lanes = std::bit_ceil(divideUp(quads, laneQuads));
    const bool full =
        4 * quads > 3 * lanes * laneQuads || (lanes == kFew && 4 * quads == 3 * lanes * laneQuads);
    if (lanes < kFew || full) return lanes;
    const bool leavesLittle = 16 * quads <= 11 * lanes * laneQuads;
    return leavesLittle && lanes / 4 >= kFew ? lanes / 4 : lanes / 2;
}

// The most loads of a lane that are left over by batches of `unroll`, in rows that may begin anywhere in a
// quad.
uint32_t rowRest(const ArgProblem& problem, uint64_t unroll, uint64_t lanes) {
    if (lanes == 0) return static_cast<uint32_t>(unroll);  // as chunks may have any length
    uint64_t rest = 1;
    for (uint64_t head = 0; head < kQuad; ++head) {
        const uint64_t quads =
            (problem.shape.axis.extent - std::min(head, problem.shape.axis.extent)) / kQuad;
        rest = std::max(rest, divideUp(quads % (unroll * lanes), lanes));
    }
    return static_cast<uint32_t>(rest);
}

}  // namespace

ArgRowLayout::ArgRowLayout(VkaxisContext context, const ArgProblem& problem)
    : context_(context), problem_(problem) {
    const DeviceFacts& facts = context->facts;
    const Tuning& tuning = context->tuning;
    const uint64_t extent = problem.shape.axis.extent;
    const uint64_t outer = problem.shape.rows();
    const uint64_t quads = divideUp(extent, kQuad);
    const uint64_t subgroup = std::bit_floor(facts.subgroupSize);
    const uint64_t lanes = std::min(rowLanes(quads, tuning.argRowLaneQuads), subgroup);
    const uint64_t groups = divideUp(outer, facts.workgroupSize / lanes);
    const bool shared = quads > subgroup * tuning.argRowGroupQuads ||
                        (extent >= facts.workgroupSize && groups <= tuning.targetWorkgroups);
    rowLanes_ = shared ? 0 : static_cast<uint32_t>(lanes);
    const uint64_t tile = uint64_t{facts.workgroupSize} * rowUnroll(tuning, problem) * kQuad;
    splits_ = shared ? splitAxis(tuning, outer, extent, tile, problem.mostSplits()) : Splits{1, extent};
    groups_ = shared ? outer * splits_.count : groups;
    // Long chunks leave whole tiles for whoever is done first: see arg_rows.comp.
    if (splits_.count > 1 && problem.folds(context))
        splits_.chunk -= splits_.chunk / tile / tuning.argTailPart * tile;
}

// Rows of hardly any quads are taken by single elements, as columns are, but narrow ones of which a word
// holds several.
bool ArgRowLayout::suits(const ArgProblem& problem) {
    const Shape& shape = problem.shape;
    const uint64_t size = sizeOf(problem.info.input.dtype);
    return shape.inner.extent == 1 && (shape.axis.extent >= 2 * kQuad || size < 4) &&
           (shape.axis.extent == 1 || shape.axis.strides[shader::kInputView] == size);
}

// All of it zeroed: see row_fold.glsl.
void ArgRowLayout::addMemory(PlanBuilder& builder, ArgPass& pass) const {
    const uint64_t reductions = problem_.info.op == VKAXIS_ARGMINMAX ? 2 : 1;
    const uint64_t words = keyWords(problem_) + shader::kLeftWords;
    const VkDeviceSize partialsSize = groups_ * reductions * words * sizeof(uint32_t);
    const VkDeviceSize countersSize = problem_.shape.rows() * shader::kRowCounters * sizeof(uint32_t);
    const VkaxisAccess zeroed = builder.addZeroed(partialsSize + countersSize);
    pass.partials = {zeroed.operand, zeroed.flags, 0, partialsSize};
    pass.counters = {zeroed.operand, zeroed.flags, partialsSize, countersSize};
}

void ArgRowLayout::dispatch(PlanBuilder& builder, const ArgPass& pass) const {
    const Shape& shape = problem_.shape;
    const uint32_t unroll = rowUnroll(context_->tuning, problem_);
    const Constants constants(problem_, pass, unroll, rowLanes_, rowRest(problem_, unroll, rowLanes_));
    const shader::ArgRowsParams params{.source = 0,
                                       .destination = 0,
                                       .second = 0,
                                       .table = 0,
                                       .partials = 0,
                                       .counters = 0,
                                       .rowStride = shape.sliceStride(shader::kInputView),
                                       .resultStride = shape.sliceStride(shader::kOutputView),
                                       .outer = shape.rows(),
                                       .extent = shape.axis.extent,
                                       .splits = static_cast<uint32_t>(splits_.count),
                                       .chunk = static_cast<uint32_t>(splits_.chunk),
                                       .groups = static_cast<uint32_t>(groups_)};
    builder.dispatch(moduleOf(problem_, Module::ArgRows, pass), context_->facts.workgroupSize,
                     constants.values, pass.name, groups_, params,
                     {pass.source, pass.destination, pass.second, pass.table, pass.partials, pass.counters});
}

// ---- Short rows, two for some lanes ----

ArgLaneRowLayout::ArgLaneRowLayout(VkaxisContext context, const ArgProblem& problem)
    : context_(context), problem_(problem), quads_(problem.shape.axis.extent / kQuad) {
    lanes_ = std::max<uint64_t>(std::bit_ceil(divideUp(quads_, context->tuning.argLaneQuads)), kRows);
    groups_ = divideUp(problem.shape.rows(), kRows * (context->facts.workgroupSize / lanes_));
}

// Rows that are whole quads of memory, if the first one begins with one. Where they are few, a whole
// workgroup takes the longer ones.
bool ArgLaneRowLayout::suits(VkaxisContext context, const ArgProblem& problem) {
    const Shape& shape = problem.shape;
    const uint64_t extent = shape.axis.extent;
    const uint64_t size = sizeOf(problem.info.input.dtype);
    const bool whole = extent % kQuad == 0 && shape.isPlain(shader::kInputView, size) &&
                       shape.sliceStride(shader::kInputView) % (kQuad * size) == 0;
    const uint64_t most = context->tuning.argLaneQuads * std::bit_floor(context->facts.subgroupSize);
    if (!ArgRowLayout::suits(problem) || !whole || extent / kQuad > most) return false;
    return extent < context->facts.workgroupSize ||
           ArgLaneRowLayout(context, problem).groups_ >= context->tuning.targetWorkgroups;
}

void ArgLaneRowLayout::dispatch(PlanBuilder& builder, const ArgPass& pass) const {
    const auto unroll = static_cast<uint32_t>(divideUp(quads_, lanes_));
    const Constants constants(problem_, pass, unroll, static_cast<uint32_t>(lanes_));
    const shader::ArgLaneRowsParams params{.source = 0,
                                           .destination = 0,
                                           .second = 0,
                                           .table = 0,
                                           .rowStride = problem_.shape.sliceStride(shader::kInputView),
                                           .resultStride = problem_.shape.sliceStride(shader::kOutputView),
                                           .outer = problem_.shape.rows(),
                                           .extent = static_cast<uint32_t>(problem_.shape.axis.extent),
                                           .groups = static_cast<uint32_t>(groups_)};
    builder.dispatch(moduleOf(problem_, Module::ArgLaneRows, pass), context_->facts.workgroupSize,
                     constants.values, pass.name, groups_, params,
                     {pass.source, pass.destination, pass.second, pass.table});
}

// ---- Short rows by way of shared memory ----

namespace {

constexpr uint64_t kLoadSize = 16;  // bytes

uint64_t stagedSize(VkaxisContext context) {
    return uint64_t{context->facts.workgroupSize} * context->tuning.argShortRowLoads * kLoadSize;
}

}  // namespace

// Where rows leave many invocations idle there are fewer of them, with twice the lanes each.
ArgShortRowLayout::ArgShortRowLayout(VkaxisContext context, const ArgProblem& problem)
    : context_(context), problem_(problem) {
    const uint64_t workgroupSize = context->facts.workgroupSize;
    const uint64_t rowStride = problem.shape.sliceStride(shader::kInputView);
    const uint64_t most =
        std::bit_floor(std::min<uint64_t>(problem.shape.axis.extent, context->facts.subgroupSize));
    rows_ = std::min((stagedSize(context) - kLoadSize) / rowStride, workgroupSize);
    lanes_ = std::min(std::bit_floor(workgroupSize / rows_), most);
    if (lanes_ < most && 4 * rows_ * lanes_ < 3 * workgroupSize) lanes_ *= 2;
    rows_ = std::min(rows_, workgroupSize / lanes_);
    turns_ = divideUp(problem.shape.rows(), rows_);
}

// Narrow elements, of which the other kernel loads few at once; of words, rows that are shorter and of an odd
// length, for in shared memory only these lie in different banks. No gaps between rows that the other kernel
// would not read too, as parts of its sectors of memory.
bool ArgShortRowLayout::suits(VkaxisContext context, const ArgProblem& problem) {
    const Shape& shape = problem.shape;
    const uint64_t size = sizeOf(problem.info.input.dtype);
    const uint64_t rowSize = shape.axis.extent * size;
    const uint64_t rowStride = shape.sliceStride(shader::kInputView);
    const Tuning& tuning = context->tuning;
    const uint64_t longest = std::min<uint64_t>(
        size < 4 ? tuning.argShortRowSize : tuning.argShortWordRowSize, stagedSize(context) - kLoadSize);
    const bool dense =
        shape.isPlain(shader::kInputView, size) && shape.rows() > 1 && areClose(rowStride, rowSize);
    const bool pays = size < 4 ? rowStride % kLoadSize != 0 : rowStride / size % 2 == 1;
    const bool counted = shape.rows() <= UINT32_MAX / 2;  // as turns and those beyond the last
    return dense && pays && rowStride <= longest && counted && ArgRowLayout::suits(problem);
}

uint64_t ArgShortRowLayout::groups() const {
    const uint64_t walk = divideUp(problem_.shape.axis.extent, shader::kShortRowBatch * lanes_);
    const uint64_t combine = static_cast<uint64_t>(std::countr_zero(lanes_));
    const uint64_t addresses = problem_.shape.outerRank;
    return turnGroups(context_->tuning, turns_, walk + 2 * (combine + addresses) + 3);  // both of argminmax
}

void ArgShortRowLayout::dispatch(PlanBuilder& builder, const ArgPass& pass) const {
    const Constants constants(problem_, pass, context_->tuning.argShortRowLoads, 0);
    const shader::ArgShortRowsParams params{
        .source = 0,
        .destination = 0,
        .second = 0,
        .table = 0,
        .sourceSize = problem_.inputSize,
        .resultStride = problem_.shape.sliceStride(shader::kOutputView),
        .outer = problem_.shape.rows(),
        .extent = static_cast<uint32_t>(problem_.shape.axis.extent),
        .rowStride = static_cast<uint32_t>(problem_.shape.sliceStride(shader::kInputView)),
        .rows = static_cast<uint32_t>(rows_),
        .lanes = static_cast<uint32_t>(lanes_),
        .turns = static_cast<uint32_t>(turns_),
        .groups = static_cast<uint32_t>(groups())};
    builder.dispatch(moduleOf(problem_, Module::ArgShortRows, pass), context_->facts.workgroupSize,
                     constants.values, pass.name, groups(), params,
                     {pass.source, pass.destination, pass.second, pass.table});
}

// ---- Quads of neighbouring columns: of a row, or of several where columns are few ----

namespace {

// Rows of so few that several of them make a line.
bool hasFewColumns(const Tuning& tuning, const Shape& shape) {
    return shape.inner.extent < tuning.argColumnQuads * kQuad / 2;
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
    // Wider panels where the axis is short, as long as there are enough; equal ones rather than full ones and
    // a remainder.
    const auto panels = [&](uint64_t rows) { return divideUp(inner, workgroupSize / rows * kQuad - spare); };
    const uint64_t mostRows = std::max<uint64_t>(workgroupSize / tuning.argColumnQuads, 1);
    uint64_t rowsWanted =
        std::max(std::min(divideUp(shape.axis.extent, tuning.argColumnQuadRows), mostRows), rowsAtLeast);
    while (rowsWanted < mostRows && shape.rows() * panels(rowsWanted) < tuning.targetWorkgroups)
        rowsWanted = std::min(2 * rowsWanted, mostRows);
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
    // By the batches of a whole axis: those of a split one are longer, and would leave short axes whole.
    splits_ = splitAxis(tuning, shape.rows() * panels_, shape.axis.extent,
                        rows_ * quadUnroll(tuning, problem, false), mostSplits());
    if (sharesLast) shareLastTiles();
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
    splits_ = splitAxis(context_->tuning, shape.rows(), shape.axis.extent,
                        lineRows_ * rows_ * quadUnroll(context_->tuning, problem_, false), mostSplits());
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
    const uint64_t most = mostScratch(problem_.inputSize) / (kPieces * partialsSize());
    const uint64_t shared = std::min(waveOf(context_->tuning, problem_) / 2, most);
    if (splits_.count > 1 || chunk >= extent || shared == 0) return;
    splits_ = {divideUp(extent, chunk), chunk};
    whole_ = tiles() - shared;
}

// Of a workgroup, in bytes.
uint64_t ArgColumnQuadLayout::partialsSize() const {
    return (lineRows_ > 1 ? problem_.shape.inner.extent : columns_) * problem_.partialsSize();
}

// Of all tiles, as far as scratch memory allows.
uint64_t ArgColumnQuadLayout::mostSplits() const {
    return mostScratch(problem_.inputSize) / partialsSize() / tiles();  // whose product may not fit 64 bits
}

void ArgColumnQuadLayout::addMemory(PlanBuilder& builder, ArgPass& pass) const {
    const uint64_t shared = tiles() - whole_;
    addFoldMemory(builder, shared * splits_.count * partialsSize(), shared, pass);
}

void ArgColumnQuadLayout::dispatch(PlanBuilder& builder, const ArgPass& pass) const {
    const Shape& shape = problem_.shape;
    const Constants constants(problem_, pass,
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
    const Constants constants(problem, pass, batches.unroll, batches.tiles);
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
