#include "plan.hpp"

#include <bit>
#include <cinttypes>

#include "dtype.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

// Over as few dimensions as the device's limits allow; the kernels drop the few workgroups too many.
bool foldGrid(uint64_t groups, const uint32_t (&limits)[3], uint32_t (&counts)[3]) {
    uint64_t left = groups;
    for (int i = 0; i < 3; ++i) {
        const uint64_t others = divideUp(left, limits[i]);
        counts[i] = static_cast<uint32_t>(divideUp(left, others));
        left = others;
    }
    return left == 1 && uint64_t{counts[0]} * counts[1] * counts[2] <= UINT32_MAX;
}

}  // namespace

VkaxisAccess readAll(const VkaxisPlan& plan, VkaxisOperand operand) {
    return {operand, VKAXIS_ACCESS_READ, 0, plan.sizes[operand]};
}

VkaxisAccess writeAll(const VkaxisPlan& plan, VkaxisOperand operand) {
    return {operand, VKAXIS_ACCESS_WRITE, 0, plan.sizes[operand]};
}

void setOperand(VkaxisPlan& plan, VkaxisOperand operand, VkaxisDtype dtype, VkDeviceSize size) {
    plan.sizes[operand] = size;
    plan.alignments[operand] = sizeOf(dtype);
    plan.dtypes[operand] = dtype;
}

VkaxisStatus checkStorage(const DeviceFacts& facts, VkaxisDtype dtype, const char* name, const char* remedy) {
    const uint64_t size = sizeOf(dtype);
    if (size > 2 || (size == 1 ? facts.storage8 : facts.storage16)) return ok();
    return failure(VKAXIS_UNSUPPORTED, "%s of %s need storageBuffer%dBitAccess, which is not enabled; %s",
                   name, nameOf(dtype), static_cast<int>(size * 8), remedy);
}

VkaxisCommand* PlanBuilder::add(VkaxisCommandType type) {
    if (status_.code != VKAXIS_OK) return nullptr;
    VkaxisCommand& command = plan_.commands[plan_.commandCount++];
    command = {};
    command.type = type;
    return &command;
}

VkaxisCommand* PlanBuilder::addDispatch(Module module, uint32_t workgroupSize,
                                        std::span<const uint32_t> constants, const char* name,
                                        uint64_t groups, std::span<const VkaxisAccess> accesses) {
    VkaxisCommand* command = add(VKAXIS_COMMAND_DISPATCH);
    if (!command) return nullptr;
    command->name = name;
    command->workgroupSize = workgroupSize;
    if (groups > UINT32_MAX || !foldGrid(groups, context_->facts.maxGroupCount, command->groupCount)) {
        status_ = failure(VKAXIS_UNSUPPORTED,
                          "%s needs %" PRIu64 " workgroups, more than the device can dispatch at once", name,
                          groups);
        return nullptr;
    }
    const bool folded = command->groupCount[1] > 1 || command->groupCount[2] > 1;
    status_ = findKernel(context_, module, workgroupSize, folded, constants, command->kernel);
    if (status_.code != VKAXIS_OK) return nullptr;
    std::copy(accesses.begin(), accesses.end(), command->accesses);
    command->accessCount = static_cast<uint32_t>(accesses.size());
    return command;
}

VkDeviceSize PlanBuilder::allocate(VkDeviceSize size) {
    VkDeviceSize& scratch = plan_.sizes[VKAXIS_OPERAND_SCRATCH];
    const VkDeviceSize offset = roundUp(scratch, VKAXIS_SCRATCH_ALIGNMENT);
    scratch = offset + size;
    plan_.alignments[VKAXIS_OPERAND_SCRATCH] = VKAXIS_SCRATCH_ALIGNMENT;
    return offset;
}

VkaxisAccess PlanBuilder::addZeroed(VkDeviceSize size) {
    plan_.sizes[VKAXIS_OPERAND_ZEROED] = size;
    plan_.alignments[VKAXIS_OPERAND_ZEROED] = VKAXIS_SCRATCH_ALIGNMENT;
    return {VKAXIS_OPERAND_ZEROED, VKAXIS_ACCESS_READ | VKAXIS_ACCESS_WRITE, 0, size};
}

VkaxisAccess PlanBuilder::addTable(const Shape& shape) {
    const shader::ShapeTable table = shape.table();
    static_assert(sizeof table == VKAXIS_TABLE_SIZE);
    std::memcpy(plan_.table, &table, sizeof table);
    plan_.tableSize = sizeof table;
    const VkDeviceSize offset = allocate(sizeof table);
    add(VKAXIS_COMMAND_BEFORE_UPDATE);
    if (VkaxisCommand* update = add(VKAXIS_COMMAND_UPDATE)) {
        update->name = "table of extents and strides";
        update->accessCount = 1;
        update->accesses[0] = {VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_WRITE, offset, sizeof table};
    }
    add(VKAXIS_COMMAND_AFTER_UPDATE);
    return {VKAXIS_OPERAND_SCRATCH, VKAXIS_ACCESS_READ, offset, sizeof table};
}

uint64_t mostScratch(uint64_t inputSize) {
    constexpr uint64_t kLeast = 64 << 10, kBesides = 4 << 10;
    return std::max(kLeast, inputSize / 256) - kBesides;
}

uint64_t maxSplits(const Shape& shape, uint64_t inputSize, uint64_t partialSize) {
    return mostScratch(inputSize) / partialSize / std::max<uint64_t>(shape.slices(), 1);
}

Splits splitAxis(const Tuning& tuning, uint64_t groups, uint64_t extent, uint64_t tile, uint64_t mostSplits) {
    constexpr uint64_t kMaxChunk = uint64_t{1} << 31;
    const uint64_t tiles = divideUp(extent, tile);
    uint64_t count = 1;
    if (groups < tuning.targetWorkgroups && tiles >= tuning.minTilesToSplit)
        count = std::min(
            {tuning.targetWorkgroups / groups, divideUp(tiles, tuning.minTilesPerSplit), mostSplits});
    count = std::max<uint64_t>({count, divideUp(extent, kMaxChunk), 1});
    const uint64_t chunk = std::max(roundUp(divideUp(extent, count), tile), tile);
    return {std::max<uint64_t>(divideUp(extent, chunk), 1), chunk};
}

uint64_t weightOf(VkaxisContext context, uint64_t workgroupSize) {
    return divideUp(workgroupSize, context->facts.workgroupSize);
}

uint64_t turnGroups(const Tuning& tuning, uint64_t turns, uint64_t rounds) {
    constexpr uint64_t kWaves = 8;
    const uint64_t mostTurns = std::max<uint64_t>(kMostRounds / 2 / rounds, 1);
    return std::min(turns, std::max(kWaves * tuning.targetWorkgroups, divideUp(turns, mostTurns)));
}

uint32_t foldLanes(VkaxisContext context, uint64_t workgroupSize, uint64_t columns, uint64_t rows) {
    const uint64_t perColumn = std::max<uint64_t>(workgroupSize / columns, 1);
    return static_cast<uint32_t>(std::min({std::bit_floor(perColumn), std::bit_ceil(rows),
                                           std::bit_floor<uint64_t>(context->facts.subgroupSize)}));
}

TiledColumns tileColumns(VkaxisContext context, const Shape& shape, uint32_t workgroupSize,
                         uint64_t panelColumns, uint64_t rowsPerInvocation, uint64_t mostSplits) {
    const uint64_t extent = shape.axis.extent;
    // Wider panels where few rows would leave invocations idle; equal ones rather than full ones and a
    // remainder.
    const uint64_t rowsWanted = std::max<uint64_t>(divideUp(extent, rowsPerInvocation), 1);
    const uint64_t widest =
        std::min<uint64_t>(std::max<uint64_t>(workgroupSize / rowsWanted, panelColumns), workgroupSize);
    const uint64_t panels = divideUp(shape.inner.extent, widest);
    const uint64_t columns = divideUp(shape.inner.extent, panels);
    const uint64_t rows = std::min<uint64_t>(rowsWanted, workgroupSize / columns);
    const uint64_t slices = std::min(workgroupSize / (rows * columns), shape.rows());
    const uint64_t tiles = divideUp(shape.rows(), slices);
    const Splits splits = splitAxis(context->tuning, weightOf(context, workgroupSize) * tiles * panels,
                                    extent, rows * rowsPerInvocation, mostSplits);
    const uint64_t groups = tiles * panels * splits.count;
    return {{.outer = shape.rows(),
             .inner = shape.inner.extent,
             .extent = extent,
             .columns = static_cast<uint32_t>(columns),
             .rows = static_cast<uint32_t>(rows),
             .slices = static_cast<uint32_t>(slices),
             .panels = static_cast<uint32_t>(panels),
             .splits = static_cast<uint32_t>(splits.count),
             .chunk = static_cast<uint32_t>(splits.chunk),
             .foldLanes = foldLanes(context, workgroupSize, slices * columns, rows),
             .groups = static_cast<uint32_t>(groups)},
            groups};
}

}  // namespace vkaxis
