#include "arg_layouts.hpp"

#include <bit>

#include "dtype.hpp"

namespace vkaxis {

// ---- Rows ----

namespace {

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
uint32_t rowRest(uint64_t extent, uint64_t unroll, uint64_t lanes) {
    uint64_t rest = 1;
    for (uint64_t head = 0; head < kQuad; ++head) {
        const uint64_t quads = (extent - std::min(head, extent)) / kQuad;
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
    const uint64_t extent = shape.axis.extent;
    const uint64_t lanes = rowLanes_ != 0 ? rowLanes_ : context_->facts.workgroupSize;
    const uint32_t unroll = rowUnroll(context_->tuning, problem_);
    const bool chunks = splits_.count > 1;  // which may have any length
    const bool wholeBatches = chunks || extent / kQuad >= unroll * lanes;
    const ArgConstants constants(problem_, pass, wholeBatches ? unroll : 0, rowLanes_,
                                 chunks ? unroll : rowRest(extent, unroll, lanes));
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
    const ArgConstants constants(problem_, pass, unroll, static_cast<uint32_t>(lanes_));
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
    const ArgConstants constants(problem_, pass, context_->tuning.argShortRowLoads, 0);
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

}  // namespace vkaxis
