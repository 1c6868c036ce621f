#include "tuning.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstring>
#include <iterator>

#include "context.hpp"
#include "scan_layouts.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

// Serves every device.
constexpr Tuning kPortable{.vendorId = 0,
                           .warpsPerMultiprocessor = 0,
                           .workgroupSize = 256,
                           .targetWorkgroups = 512,
                           .minTilesToSplit = 8,
                           .minTilesPerSplit = 2,
                           .panelColumns = 64,
                           .argUnroll = 4,
                           .argColumnUnroll = 8,
                           .argColumnRows = 128,
                           .argColumnTiles = 4,
                           .argColumnQuads = 16,
                           .argLineQuads = 16,
                           .argColumnQuadRows = 128,
                           .argColumnQuadUnroll = 2,
                           .argSplitQuadUnroll = 3,
                           .argNarrowQuadUnroll = 8,
                           .argColumnQuadGroups = 0,
                           .argWideQuadGroups = 0,
                           .argRowLaneQuads = 4,
                           .argLaneQuads = 3,
                           .argShortRowSize = 640,
                           .argShortWordRowSize = 136,
                           .argShortRowLoads = 4,
                           .argRowGroupQuads = 64,
                           .argTailPart = 24,
                           .scanRaggedColumns = 128,
                           .scanRaggedWorkgroupSize = 256,
                           .scanColumnItems = 16,
                           .scanNarrowColumnItems = 16,
                           .scanFewColumnItems = 16,
                           .scanWideColumnItems = 7,
                           .scanTileLoads = 8,
                           .scanLeastPanelBytes = 32,
                           .scanNarrowWorkgroupSize = 256,
                           .scanNarrowPanelItems = 16,
                           .scanNarrowInput = 128 << 20,
                           .scanRaggedNarrowInput = 32 << 20,
                           .scanStagedColumns = 8,
                           .scanGapStagedColumns = 16,
                           .scanStagedWorkgroupSize = 128,
                           .scanStagedItems = 15,
                           .scanSliceColumns = 16,
                           .scanSliceElements = 32,
                           .scanGapSliceElements = 128,
                           .scanTotalsShare = 32,
                           .scanTotalUnroll = 4,
                           .scanRowWorkgroupSize = 256,
                           .scanOtherRowWorkgroupSize = 256,
                           .scanRowItems = 1,
                           .scanNarrowRowItems = 2,
                           .scanFewRowItems = 4,
                           .scanRowGroupQuads = 4,
                           .singlePass = 0,
                           .lookBackWorkgroupSize = 256,
                           .lookBackItems = 4,
                           .lookBackTiles = 64,
                           .lookBackLeadSize = 8 << 20,
                           .lookBackLeadsToUse = 5,
                           .lookBackPatience = 4096};

// Measured on an H200 (docs/measurements.md). NVIDIA starts workgroups in order and keeps those running that
// wait for earlier ones.
constexpr Tuning hopper() {
    Tuning row = kPortable;
    row.vendorId = kNvidia;
    row.argColumnUnroll = 20;
    row.argColumnQuadGroups = 792;
    row.argWideQuadGroups = 528;
    row.scanRaggedColumns = 512;
    row.scanRaggedWorkgroupSize = 512;
    row.scanColumnItems = 14;
    row.scanNarrowColumnItems = 28;
    row.scanFewColumnItems = 20;
    row.scanNarrowWorkgroupSize = 512;
    row.scanRowItems = 1;
    row.scanNarrowRowItems = 6;
    row.scanOtherRowWorkgroupSize = 128;
    row.singlePass = 1;
    row.lookBackWorkgroupSize = 128;
    row.lookBackItems = 16;
    row.lookBackLeadSize = 7 << 20;
    return row;
}

// Reasoned for an RTX 4090, not measured. Ada has about as many multiprocessors (128 to 132) of 48 warps
// instead of 64, and a quarter of the bandwidth (1.0 to 4.8 TB/s; NVIDIA's data sheets): what keeps Hopper's
// memory busy is more than enough. 128 multiprocessors hold 6 and 4 workgroups of the quads' kernels, as
// Hopper's 132 do. Without sums that run ahead, a single pass moves 3.1 TB/s on the H200, so here they would
// only read everything twice.
constexpr Tuning ada() {
    Tuning row = hopper();
    row.warpsPerMultiprocessor = 48;
    row.argColumnQuadGroups = 768;
    row.argWideQuadGroups = 512;
    row.lookBackLeadSize = 0;
    return row;
}

// The first row that matches.
constexpr Tuning kTable[] = {ada(), hopper(), kPortable};

bool matches(uint32_t wanted, uint32_t is) {
    return wanted == 0 || wanted == is;
}

const TuningField* findField(const char* name) {
    for (const TuningField& field : kTuningFields)
        if (std::strcmp(field.name, name) == 0) return &field;
    return nullptr;
}

// What shaders declare, of the kernels that could want more than the 16 KiB that every device has.
struct SharedMemory {
    const char* kernel;
    const char* field;  // that makes it too much
    uint32_t value;
    uint64_t size;  // bytes
};

VkaxisStatus checkSharedMemory(const Tuning& tuning, const DeviceFacts& facts) {
    constexpr uint64_t kKey = 12;   // of two words, and an index
    constexpr uint64_t kState = 8;  // of at most two words
    const auto subgroups = [&](uint32_t size) {
        return uint64_t{wholeSubgroups(facts, size)} / facts.subgroupSize;
    };
    const uint64_t invocations = wholeSubgroups(facts, tuning.workgroupSize);
    const uint64_t lookBackSubgroups = subgroups(tuning.lookBackWorkgroupSize);
    const uint64_t ragged = wholeSubgroups(facts, tuning.scanRaggedWorkgroupSize);
    const uint64_t staged = wholeSubgroups(facts, tuning.scanStagedWorkgroupSize);
    const uint64_t stage = staged * (tuning.scanStagedItems / 4 + 1) + 1;  // quads
    const uint64_t rowSubgroups =
        subgroups(std::max(tuning.scanRowWorkgroupSize, tuning.scanOtherRowWorkgroupSize));
    const SharedMemory needs[] = {
        {"arg_column_quads", "workgroupSize", tuning.workgroupSize, invocations * 4 * kKey + 4},
        {"arg_short_rows", "argShortRowLoads", tuning.argShortRowLoads,
         invocations * 16 * tuning.argShortRowLoads},
        {"scan_columns", "scanRaggedWorkgroupSize", tuning.scanRaggedWorkgroupSize,
         (ragged + 1) * 4 * kState},
        {"scan_columns", "scanNarrowWorkgroupSize", tuning.scanNarrowWorkgroupSize,
         (wholeSubgroups(facts, tuning.scanNarrowWorkgroupSize) + 1) * 4 * kState},
        {"scan_slices", "scanStagedItems", tuning.scanStagedItems, 16 * (stage + stage / 8 + staged)},
        {"scan_rows", "scanRowGroupQuads", tuning.scanRowGroupQuads,
         2 * kState * tuning.scanRowGroupQuads * subgroups(tuning.workgroupSize)},
        {"scan_rows", "scanRowItems", tuning.scanRowItems,
         kSharedStates * kState * tuning.scanRowItems * rowSubgroups},
        {"scan_rows", "scanNarrowRowItems", tuning.scanNarrowRowItems,
         kSharedStates * kState * tuning.scanNarrowRowItems * rowSubgroups},
        {"scan_rows", "scanFewRowItems", tuning.scanFewRowItems,
         kSharedStates * kState * tuning.scanFewRowItems * rowSubgroups},
        {"scan_look_back and scan_tiles", "lookBackItems", tuning.lookBackItems,
         (kSharedStates * uint64_t{tuning.lookBackItems} + 2) * 4 * lookBackSubgroups + 12}};
    for (const SharedMemory& need : needs)
        if (need.size > facts.sharedMemorySize)
            return failure(VKAXIS_UNSUPPORTED,
                           "%s %u makes %s need %" PRIu64
                           " bytes of shared memory, and the device has %u; a smaller one, or smaller "
                           "workgroups, would do",
                           need.field, need.value, need.kernel, need.size, facts.sharedMemorySize);
    return ok();
}

// Puts the values in, each at most once.
VkaxisStatus setValues(uint32_t count, const VkaxisTuningValue* values, Tuning& tuning) {
    bool named[std::size(kTuningFields)] = {};
    for (uint32_t i = 0; i < count; ++i) {
        const char* name = values[i].name;
        if (!name) return failure(VKAXIS_INVALID_ARGUMENT, "pValues[%u].name is NULL", i);
        const TuningField* field = findField(name);
        if (!field)
            return failure(VKAXIS_INVALID_ARGUMENT,
                           "there is no tuning value %.64s; vkaxisGetTuning gives the names of all", name);
        bool& given = named[field - kTuningFields];
        if (given) return failure(VKAXIS_INVALID_ARGUMENT, "%s is there twice, and once is enough", name);
        given = true;
        tuning.*field->member = values[i].value;
    }
    return ok();
}

}  // namespace

const Tuning& findTuning(uint32_t vendorId, uint32_t warpsPerMultiprocessor) {
    for (const Tuning& row : kTable)
        if (matches(row.vendorId, vendorId) && matches(row.warpsPerMultiprocessor, warpsPerMultiprocessor))
            return row;
    return kPortable;
}

VkaxisStatus checkTuning(const Tuning& tuning, const DeviceFacts& facts) {
    for (const TuningField& field : kTuningFields) {
        const uint32_t value = tuning.*field.member;
        if (value < field.least || value > field.most)
            return failure(VKAXIS_INVALID_ARGUMENT, "%s is %u, and kernels take %u to %u", field.name, value,
                           field.least, field.most);
    }
    return checkSharedMemory(tuning, facts);
}

}  // namespace vkaxis

using namespace vkaxis;

VkaxisStatus vkaxisSetTuning(VkaxisContext context, uint32_t valueCount, const VkaxisTuningValue* pValues) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (valueCount > 0 && !pValues) return failure(VKAXIS_INVALID_ARGUMENT, "pValues is NULL");
    Tuning tuning = *context->builtInTuning;
    VkaxisStatus status = setValues(valueCount, pValues, tuning);
    if (status.code == VKAXIS_OK) status = checkTuning(tuning, context->facts);
    if (status.code != VKAXIS_OK) return status;
    context->tuning = tuning;
    context->facts.workgroupSize = wholeSubgroups(context->facts, tuning.workgroupSize);
    return ok();
}

uint32_t vkaxisGetTuning(VkaxisContext context, uint32_t valueCount, VkaxisTuningValue* pValues) {
    if (!context) return 0;
    constexpr uint32_t kCount = static_cast<uint32_t>(std::size(kTuningFields));
    for (uint32_t i = 0; pValues && i < valueCount && i < kCount; ++i)
        pValues[i] = {kTuningFields[i].name, context->tuning.*kTuningFields[i].member};
    return kCount;
}
