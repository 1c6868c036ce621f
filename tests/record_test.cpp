// Recording: what reaches the caller's command buffer, and what is refused before anything does. Needs no
// GPU.
#include <doctest/doctest.h>

#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "params.h"
#include "planner.hpp"

namespace vkaxis::test {
namespace {

using harness::Op;
using harness::Problem;

const std::string kNames[VKAXIS_OPERAND_COUNT] = {"input",     "output",  "scratch", "maxOutput", "values",
                                                  "maxValues", "initial", "totals",  "zeroed"};

// The operands that a recording only reads.
bool isRead(std::uint32_t operand) {
    return operand == VKAXIS_OPERAND_INPUT || operand == VKAXIS_OPERAND_INITIAL;
}

// Three problems that have every operand between them, each with scratch memory and a table in it.
Problem fullArgminmax() {
    Problem problem{Op::Argminmax, Dtype::F64, {3, 5, 1 << 20}, 2};
    problem.strides = {6 << 20, 1 << 20, 1};  // a gap after each five rows
    problem.values = true;
    return problem;
}

Problem fullScan() {
    Problem problem{Op::Scan, Dtype::U16, {3, 5, 1 << 20}, 2};
    problem.strides = {6 << 20, 1 << 20, 1};
    problem.outputDtype = Dtype::U64;
    problem.initial = ScanInitial::PerSlice;
    problem.totals = true;
    return problem;
}

Problem singlePassScan() {
    Problem problem = fullScan();
    problem.dtype = problem.outputDtype = Dtype::F32;
    return problem;
}

// A device with everything, a single pass over long rows included.
FakeDevice singlePassDevice() {
    FakeDevice device = fullDevice();
    device.vendorId = 0x10de;
    return device;
}

// One whose workgroups never see what others have written.
FakeDevice lonelyDevice() {
    FakeDevice device = singlePassDevice();
    device.enableMemoryModel = false;
    return device;
}

struct Recording {
    explicit Recording(const Problem& problem, const FakeDevice& device = singlePassDevice())
        : planner(device),
          plan(planner.plan(problem)),
          valid(recordInfo(planner.driver, plan)),
          buffer(planner.driver) {}

    Status record(const VkaxisRecordInfo& info) {
        buffer.reset();
        return vkaxisRecord(planner.context.handle(), buffer.handle(), &plan, &info);
    }

    void accepts(const VkaxisRecordInfo& info) {
        const Status status = record(info);
        CHECK_MESSAGE(status, std::string(status.message()));
        CHECK(buffer.commands.size() == plan.commandCount);
    }

    void refuses(const VkaxisRecordInfo& info, std::string_view named) {
        checkFailure(record(info), Code::InvalidArgument, named);
        CHECK(buffer.calls == 0);
    }

    VkDeviceSize size(std::uint32_t operand) const { return plan.sizes[operand]; }

    // The valid operands but for one at another address; of scratch memory in a buffer of its own.
    VkaxisRecordInfo moved(std::uint32_t operand, VkDeviceAddress address) {
        VkaxisRecordInfo info = valid;
        if (operand == VKAXIS_OPERAND_SCRATCH)
            info.scratch = planner.driver.addBuffer(address, size(operand));
        else
            (info.*kRanges[operand]).address = address;
        return info;
    }

    Planner planner;
    Plan plan;
    VkaxisRecordInfo valid;
    FakeCommandBuffer buffer;
};

// ---- Push constants ----

constexpr std::uint32_t kUnused = VKAXIS_OPERAND_COUNT;
constexpr std::uint32_t kNumber = kUnused + 1;  // no address, but not 0

// The operands whose addresses head a kernel's parameters.
struct Words {
    std::string kernel;
    std::vector<std::uint32_t> operands;
};

template <class Params>
Params paramsOf(const FakeCommand& command) {
    Params params;
    std::memcpy(&params, command.pushConstants.data(), sizeof params);
    return params;
}

// Each word is the address of a byte of the operand that the kernel's parameters have in its place, or 0.
void checkWords(const Recording& recording, const std::vector<Words>& expected) {
    std::size_t next = 0;
    for (std::uint32_t i = 0; i < recording.plan.commandCount; ++i) {
        const VkaxisCommand& listed = recording.plan.commands[i];
        if (listed.type != VKAXIS_COMMAND_DISPATCH) continue;
        REQUIRE(next < expected.size());
        const Words& words = expected[next++];
        CAPTURE(words.kernel);
        CHECK(std::string(listed.name) == words.kernel);
        REQUIRE(listed.accessCount == words.operands.size());
        for (std::uint32_t word = 0; word < listed.accessCount; ++word) {
            CAPTURE(word);
            const std::uint32_t operand = words.operands[word];
            std::uint64_t pushed;
            std::memcpy(&pushed, recording.buffer.commands[i].pushConstants.data() + word * 8, 8);
            if (operand == kUnused || operand == kNumber)
                CHECK((pushed != 0) == (operand == kNumber));
            else
                CHECK(pushed - addressOf(operand) == listed.accesses[word].offset);
        }
    }
    CHECK(next == expected.size());
}

}  // namespace

TEST_SUITE("record") {
    // ---- What is recorded -------------------------------------------------------------------------------

    TEST_CASE("each address stands where its kernel looks for it") {
        constexpr std::uint32_t kIn = VKAXIS_OPERAND_INPUT, kOut = VKAXIS_OPERAND_OUTPUT,
                                kScratch = VKAXIS_OPERAND_SCRATCH, kMaxOut = VKAXIS_OPERAND_MAX_OUTPUT,
                                kValues = VKAXIS_OPERAND_VALUES, kMaxValues = VKAXIS_OPERAND_MAX_VALUES,
                                kInitial = VKAXIS_OPERAND_INITIAL, kTotals = VKAXIS_OPERAND_TOTALS,
                                kZeroed = VKAXIS_OPERAND_ZEROED;
        const auto check = [](const Problem& problem, const std::vector<Words>& expected,
                              const FakeDevice& device = singlePassDevice()) {
            CAPTURE(harness::describe(problem));
            Recording recording(problem, device);
            recording.accepts(recording.valid);
            checkWords(recording, expected);
        };
        // source, destination, second, table, partials, counters; the gather's indices, source, destination,
        // table
        const Words gathers[] = {{"gather", {kOut, kIn, kValues, kScratch}},
                                 {"gather", {kMaxOut, kIn, kMaxValues, kScratch}}};
        check(
            fullArgminmax(),
            {{"arg_rows folded", {kIn, kOut, kMaxOut, kScratch, kZeroed, kZeroed}}, gathers[0], gathers[1]});
        // Partials take the chunk's size in place of a second output.
        check(fullArgminmax(),
              {{"arg_rows splits", {kIn, kScratch, kScratch, kScratch, kUnused, kUnused}},
               {"arg_columns partials", {kScratch, kOut, kNumber, kScratch, kUnused, kUnused}},
               {"arg_columns partials", {kScratch, kMaxOut, kNumber, kScratch, kUnused, kUnused}},
               gathers[0],
               gathers[1]},
              lonelyDevice());
        check({Op::Argminmax, Dtype::F32, {4, 1000}, 1},
              {{"arg_rows", {kIn, kOut, kMaxOut, kUnused, kUnused, kUnused}}});
        check({Op::Argmax, Dtype::F32, {1000, 4}, 0},
              {{"arg_columns", {kIn, kOut, kUnused, kUnused, kUnused, kUnused}}});
        check({Op::Argmin, Dtype::F32, {100, 40, 1000}, 1},
              {{"arg_column_quads", {kIn, kOut, kUnused, kUnused, kUnused, kUnused}}});
        check({Op::Argmax, Dtype::F32, {1 << 22, 4}, 0, {20, 1}},
              {{"arg_columns folded", {kIn, kOut, kUnused, kUnused, kScratch, kZeroed}}});
        check({Op::Argmin, Dtype::F32, {1 << 16, 1000}, 0},
              {{"arg_column_quads folded", {kIn, kOut, kUnused, kUnused, kScratch, kZeroed}}});
        // source, destination, carries, totals, table
        check(fullScan(), {{"scan_tiles sums", {kIn, kScratch, kUnused, kUnused, kScratch}},
                           {"scan_tile_sums", {kScratch, kInitial, kScratch}},
                           {"scan_tiles", {kIn, kOut, kScratch, kTotals, kScratch}}});
        Problem columns{Op::Scan, Dtype::F32, {1 << 20, 4}, 0};
        check(columns, {{"scan_column_totals", {kIn, kScratch, kUnused}},
                        {"scan_columns chunks", {kIn, kOut, kScratch, kUnused, kUnused}}});
        columns.initial = ScanInitial::Device;
        check(columns, {{"scan_column_totals", {kIn, kScratch, kUnused}},
                        {"scan_columns carries", {kScratch, kScratch, kInitial, kUnused, kUnused}},
                        {"scan_columns chunks", {kIn, kOut, kScratch, kUnused, kUnused}}});
        columns.shape = {1000, 4};
        check(columns, {{"scan_columns", {kIn, kOut, kInitial, kUnused, kUnused}}});
    }

    TEST_CASE("the single pass has its slots in zeroed memory, and nothing else there") {
        Recording recording(singlePassScan());
        recording.accepts(recording.valid);
        const auto params = paramsOf<shader::ScanLookBackParams>(recording.buffer.commands.back());
        CHECK(params.slots == addressOf(VKAXIS_OPERAND_ZEROED));
        CHECK(params.table == addressOf(VKAXIS_OPERAND_SCRATCH));
        CHECK(recording.size(VKAXIS_OPERAND_SCRATCH) == sizeof(shader::ShapeTable));
    }

    TEST_CASE("a word that no access writes carries the initial value") {
        struct Value {
            Dtype dtype;
            VkaxisScalar value;
            std::uint64_t bits;
        };
        const Value values[] = {{Dtype::F32, {.f64 = 2.5}, std::bit_cast<std::uint32_t>(2.5f)},
                                {Dtype::F16, {.f64 = -1e9}, std::bit_cast<std::uint32_t>(-1e9f)},
                                {Dtype::F64, {.f64 = 0.1}, std::bit_cast<std::uint64_t>(0.1)},
                                {Dtype::I64, {.i64 = -7}, static_cast<std::uint64_t>(-7)},
                                {Dtype::U64, {.u64 = ~std::uint64_t{0}}, ~std::uint64_t{0}},
                                {Dtype::U8, {.u64 = 200}, 200}};
        for (const Value& value : values) {
            Problem problem{Op::Scan, value.dtype, {4, 100}, 1};
            CAPTURE(harness::describe(problem));
            problem.outputDtype = value.dtype;
            problem.initial = ScanInitial::Host;
            problem.initialValue = value.value;
            Recording recording(problem);
            recording.accepts(recording.valid);
            CHECK(paramsOf<shader::ScanRowsParams>(recording.buffer.commands[0]).carries == value.bits);
        }
    }

    TEST_CASE("a view of many dimensions puts its extents and strides into scratch, between barriers") {
        Problem problem{Op::Scan, Dtype::F32, {7, 6, 5, 4}, 1};
        problem.strides = {10000, 100, 10, 2};
        problem.outputStrides = {1000, 60, 8, 1};
        problem.initial = ScanInitial::PerSlice;
        problem.totals = true;
        problem.sideStrides = {50, 10, 1};
        Recording recording(problem);
        VkaxisRecordInfo info = recording.valid;
        info.scratchOffset = 64;
        info.scratch = recording.planner.driver.addBuffer(addressOf(VKAXIS_OPERAND_SCRATCH),
                                                          64 + recording.size(VKAXIS_OPERAND_SCRATCH));
        recording.accepts(info);
        const std::vector<FakeCommand>& commands = recording.buffer.commands;
        REQUIRE(commands.size() == 4);
        CHECK(commands[0].type == FakeCommandType::Barrier);
        REQUIRE(commands[1].type == FakeCommandType::Update);
        CHECK(commands[2].type == FakeCommandType::Barrier);
        REQUIRE(commands[3].type == FakeCommandType::Dispatch);

        CHECK(commands[1].target == info.scratch);
        CHECK(addressOf(VKAXIS_OPERAND_SCRATCH) + commands[1].offset ==
              paramsOf<shader::ScanColumnsParams>(commands[3]).table);
        shader::ShapeTable table;
        REQUIRE(commands[1].data.size() == sizeof table);
        std::memcpy(&table, commands[1].data.data(), sizeof table);
        CHECK(table.outerRank == 2);
        CHECK(table.extents[0] == 5);
        CHECK(table.extents[1] == 7);
        const std::uint64_t outer[shader::kOperands][2] = {{40, 40000}, {32, 4000}, {40, 200}, {40, 200}};
        const std::uint64_t inner[shader::kOperands] = {8, 4, 4, 4};
        for (std::uint32_t view = 0; view < shader::kOperands; ++view) {
            CAPTURE(view);
            CHECK(table.strides[view * shader::kMaxOuter] == outer[view][0]);
            CHECK(table.strides[view * shader::kMaxOuter + 1] == outer[view][1]);
            CHECK(table.innerStrides[view] == inner[view]);
        }
    }

    TEST_CASE("recording allocates nothing and asks Vulkan for nothing but the scratch's address") {
        Recording recording(fullScan());
        const FakeVulkan& driver = recording.planner.driver;
        const std::uint32_t pipelines = driver.calls("vkCreateComputePipelines");
        const std::uint32_t modules = driver.calls("vkCreateShaderModule");
        const std::uint32_t lookups = driver.calls("vkGetDeviceProcAddr");
        VkaxisRecordInfo wrong = recording.valid;
        wrong.totals.size = 0;
        const HeapWatch heap;
        const Code first = recording.record(recording.valid).code();
        const Code refused = recording.record(wrong).code();
        const std::uint64_t allocations = heap.allocations();
        CHECK(first == Code::Ok);
        CHECK(refused == Code::InvalidArgument);
        CHECK(allocations == 0);
        CHECK(driver.calls("vkCreateComputePipelines") == pipelines);
        CHECK(driver.calls("vkCreateShaderModule") == modules);
        CHECK(driver.calls("vkGetDeviceProcAddr") == lookups);
    }

    TEST_CASE("a copy of a plan records the same after the original is gone") {
        Recording recording(fullScan());
        recording.accepts(recording.valid);
        const std::vector<FakeCommand> original = recording.buffer.commands;
        recording.accepts(recording.valid);
        CHECK(recording.buffer.commands == original);
        alignas(Plan) unsigned char bytes[sizeof(Plan)];
        std::memcpy(bytes, &recording.plan, sizeof bytes);
        std::memset(&recording.plan, 0xff, sizeof recording.plan);
        Plan copy;
        std::memcpy(&copy, bytes, sizeof copy);
        recording.buffer.reset();
        CHECK(vkaxisRecord(recording.planner.context.handle(), recording.buffer.handle(), &copy,
                           &recording.valid)
                  .code == VKAXIS_OK);
        CHECK(recording.buffer.commands == original);
    }

    TEST_CASE("eight threads record while another plans new kernels") {
        constexpr int kThreads = 8;
        constexpr int kRecordings = 200;
        Recording recording(fullScan());
        recording.accepts(recording.valid);
        const std::vector<FakeCommand> expected = recording.buffer.commands;
        FakeVulkan& driver = recording.planner.driver;
        const Context& context = recording.planner.context;

        std::atomic<int> wrong = 0;
        std::atomic<bool> go = false;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i)
                threads.emplace_back([&] {
                    FakeCommandBuffer buffer(driver);
                    go.wait(false);
                    for (int j = 0; j < kRecordings; ++j) {
                        buffer.reset();
                        const VkaxisStatus status = vkaxisRecord(context.handle(), buffer.handle(),
                                                                 &recording.plan, &recording.valid);
                        wrong += status.code != VKAXIS_OK || buffer.commands != expected;
                    }
                });
            const std::size_t before = driver.livePipelines().size();
            go = true;
            go.notify_all();
            for (const Dtype dtype : {Dtype::U32, Dtype::F32, Dtype::I64})
                for (const ScanMode mode : {ScanMode::Exclusive, ScanMode::IncludeInitial})
                    planned(context, longScan(mode, dtype));
            planned(context, smallArgmax(IndexType::U32));
            planned(context, smallArgmax(IndexType::I64));
            CHECK(driver.livePipelines().size() > before);
        }
        CHECK(wrong == 0);
        CHECK(driver.firstViolation() == "");
    }

    // ---- What is accepted and refused -------------------------------------------------------------------

    TEST_CASE("wrong arguments of vkaxisRecord are named, and nothing at all is recorded") {
        Recording recording(fullScan());
        recording.accepts(recording.valid);
        VkaxisRecordInfo info = recording.valid;
        info.sType = VKAXIS_STRUCTURE_TYPE_SCAN_INFO;
        recording.refuses(info, "sType");
        info = recording.valid;
        info.pNext = &info;
        recording.refuses(info, "pNext");

        Recording other(singlePassScan());
        other.buffer.reset();
        checkFailure(vkaxisRecord(other.planner.context.handle(), other.buffer.handle(), &recording.plan,
                                  &recording.valid),
                     Code::InvalidArgument, "pPlan was made with another context");
        CHECK(other.buffer.calls == 0);

        recording.buffer.reset();
        const VkaxisContext context = recording.planner.context.handle();
        const VkCommandBuffer buffer = recording.buffer.handle();
        const VkaxisPlan* const plan = &recording.plan;
        checkFailure(vkaxisRecord(nullptr, buffer, plan, &info), Code::InvalidArgument, "context");
        checkFailure(vkaxisRecord(context, nullptr, plan, &info), Code::InvalidArgument, "commandBuffer");
        checkFailure(vkaxisRecord(context, buffer, nullptr, &info), Code::InvalidArgument, "pPlan");
        checkFailure(vkaxisRecord(context, buffer, plan, nullptr), Code::InvalidArgument, "pInfo");
        Plan overlong[2]{};  // two, so that a missing check reads zeros and not whatever lies behind
        overlong[0].commandCount = VKAXIS_MAX_COMMANDS + 1;
        checkFailure(vkaxisRecord(context, buffer, overlong, &recording.valid), Code::InvalidArgument,
                     "commandCount 13 is over 12");
        CHECK(recording.buffer.calls == 0);
    }

    TEST_CASE("a range that is missing, misaligned, too short or too high is refused by its operand's name") {
        constexpr VkDeviceAddress kLast = std::numeric_limits<VkDeviceAddress>::max() - 15;
        for (const Problem& problem : {fullArgminmax(), fullScan(), singlePassScan()}) {
            Recording recording(problem);
            for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand) {
                if (operand == VKAXIS_OPERAND_SCRATCH || recording.size(operand) == 0) continue;
                const std::string name = kNames[operand];
                CAPTURE(name);
                const VkDeviceSize size = recording.size(operand);
                const VkDeviceSize alignment = recording.plan.alignments[operand];
                const auto refuses = [&](AddressRange range, const std::string& message) {
                    VkaxisRecordInfo info = recording.valid;
                    info.*kRanges[operand] = range;
                    recording.refuses(info, message);
                };
                refuses({}, name + " address is 0");
                for (VkDeviceSize shift = 1; shift < alignment; ++shift)
                    refuses({addressOf(operand) + shift, size + 8},
                            " is not a multiple of " + std::to_string(alignment));
                refuses({addressOf(operand) + 1, size + 8}, name + " address 0x");
                for (const VkDeviceSize given : {VkDeviceSize{0}, size - 1})
                    refuses({addressOf(operand), given}, name + " has " + std::to_string(given) +
                                                             " bytes, and the plan needs " +
                                                             std::to_string(size));
                refuses({kLast, size}, name + " wraps around");
            }
        }
    }

    TEST_CASE("scratch memory that is missing, misaligned, too short or without an address is refused") {
        constexpr VkDeviceSize kLast = std::numeric_limits<VkDeviceSize>::max() - 15;
        Recording recording(fullScan());
        const VkDeviceSize size = recording.size(VKAXIS_OPERAND_SCRATCH);
        const VkBuffer buffer = recording.valid.scratch;
        const VkBuffer unaddressed = recording.planner.driver.addBuffer(0, size);
        struct Mistake {
            VkBuffer buffer;
            VkDeviceSize offset, size;
            std::string message;
        };
        const std::string needs = "the plan needs " + std::to_string(size);
        for (const Mistake& mistake :
             {Mistake{VK_NULL_HANDLE, 0, size, "scratch is VK_NULL_HANDLE, and " + needs},
              {buffer, 0, size - 1, "scratch has " + std::to_string(size - 1) + " bytes, and " + needs},
              {buffer, 0, 0, "scratch has 0 bytes, and " + needs},
              {buffer, 4, size, "is not a multiple of 16"},
              {buffer, 8, size, "is not a multiple of 16"},
              {buffer, kLast, size, "scratchOffset wraps around"},
              {unaddressed, 0, size, "scratch has no device address"}}) {
            VkaxisRecordInfo info = recording.valid;
            info.scratch = mistake.buffer;
            info.scratchOffset = mistake.offset;
            info.scratchSize = mistake.size;
            recording.refuses(info, mistake.message);
        }
    }

    TEST_CASE("operands that overlap where one is written are refused, those that touch are not") {
        std::size_t pairs = 0;
        for (const Problem& problem : {fullArgminmax(), fullScan(), singlePassScan()}) {
            Recording recording(problem);
            for (std::uint32_t a = 0; a < VKAXIS_OPERAND_COUNT; ++a)
                for (std::uint32_t b = 0; b < VKAXIS_OPERAND_COUNT; ++b) {
                    if (a == b || recording.size(a) == 0 || recording.size(b) == 0) continue;
                    CAPTURE(kNames[a]);
                    CAPTURE(kNames[b]);
                    constexpr VkDeviceSize kStep = VKAXIS_SCRATCH_ALIGNMENT;
                    const VkDeviceAddress begin = addressOf(b);
                    const VkDeviceSize sizeA = (recording.size(a) + kStep - 1) / kStep * kStep;
                    const VkDeviceSize sizeB = (recording.size(b) + kStep - 1) / kStep * kStep;
                    for (const VkDeviceAddress address :
                         {begin, begin + sizeB - kStep, begin - sizeA + kStep}) {
                        const VkaxisRecordInfo info = recording.moved(a, address);
                        if (isRead(a) && isRead(b))
                            recording.accepts(info);
                        else
                            recording.refuses(info, "overlaps");
                    }
                    recording.accepts(recording.moved(a, begin + sizeB));
                    recording.accepts(recording.moved(a, begin - sizeA));
                    ++pairs;
                }
        }
        CHECK(pairs == 7 * 6 + 5 * 4 + 6 * 5);
    }

    TEST_CASE("larger ranges than needed are accepted, and what the plan has no use for is ignored") {
        for (const Problem& problem :
             {fullArgminmax(), fullScan(), singlePassScan(), Problem{Op::Argmax, Dtype::F32, {4, 100}, 1}}) {
            Recording recording(problem);
            VkaxisRecordInfo info = recording.valid;
            info.scratchSize += 1000;
            for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand) {
                if (operand == VKAXIS_OPERAND_SCRATCH) continue;
                if (recording.size(operand) == 0)
                    info.*kRanges[operand] = {addressOf(VKAXIS_OPERAND_OUTPUT) + 1, 1};
                else
                    (info.*kRanges[operand]).size += 100;
            }
            recording.accepts(info);
        }
    }

    TEST_CASE("what is read of 8- and 16-bit elements ends with a whole word, which must be the buffer's") {
        Problem problem{Op::Scan, Dtype::U8, {5, 7}, 1};
        problem.outputDtype = Dtype::U16;
        problem.initial = ScanInitial::PerSlice;
        Recording recording(problem);
        struct Case {
            std::uint32_t operand;
            VkDeviceAddress shift;
            VkDeviceSize needed;
        };
        for (const Case& c : {Case{VKAXIS_OPERAND_INPUT, 0, 36},
                              {VKAXIS_OPERAND_INPUT, 1, 35},
                              {VKAXIS_OPERAND_INPUT, 2, 38},
                              {VKAXIS_OPERAND_INITIAL, 0, 12},
                              {VKAXIS_OPERAND_INITIAL, 2, 10},
                              {VKAXIS_OPERAND_OUTPUT, 0, 70},
                              {VKAXIS_OPERAND_OUTPUT, 2, 70}}) {
            CAPTURE(kNames[c.operand]);
            CAPTURE(c.shift);
            VkaxisRecordInfo info = recording.valid;
            info.*kRanges[c.operand] = {addressOf(c.operand) + c.shift, c.needed};
            recording.accepts(info);
            (info.*kRanges[c.operand]).size -= 1;
            recording.refuses(info, std::to_string(c.needed));
        }
    }

    // ---- In place ---------------------------------------------------------------------------------------

    TEST_CASE("the output may be the input where dtype and strides are the same, but for include-initial") {
        struct Case {
            Problem problem;
            bool allowed;
        };
        const auto scan = [](ScanMode mode, Dtype dtype, Dtype output, harness::Strides strides,
                             harness::Strides outputStrides) {
            Problem problem{Op::Scan, dtype, {50, 60}, 0};
            problem.mode = mode;
            problem.outputDtype = output;
            problem.strides = std::move(strides);
            problem.outputStrides = std::move(outputStrides);
            return problem;
        };
        constexpr auto kDefault = Dtype::Default;
        const Case cases[] = {
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {}, {}), true},
            {scan(ScanMode::Exclusive, Dtype::I64, kDefault, {}, {}), true},
            {scan(ScanMode::IncludeInitial, Dtype::F32, kDefault, {}, {}), false},
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {70, 1}, {70, 1}), true},
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {1, 50}, {1, 50}), true},
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {60, 1}, {}), true},
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {70, 1}, {}), false},
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {}, {1, 50}), false},
            {scan(ScanMode::Inclusive, Dtype::F32, kDefault, {0, 1}, {}), false},
            {scan(ScanMode::Inclusive, Dtype::I8, Dtype::I8, {}, {}), true},
            {scan(ScanMode::Inclusive, Dtype::I8, kDefault, {}, {}), false},
            {scan(ScanMode::Inclusive, Dtype::F32, Dtype::F64, {}, {}), false},
            {scan(ScanMode::Inclusive, Dtype::U32, Dtype::I64, {}, {}), false},
            {{Op::Argmax, Dtype::U32, {64, 1}, 1, {}, {}, {}, IndexType::U32}, false},
        };
        for (const Case& c : cases) {
            CAPTURE(harness::describe(c.problem));
            Recording recording(c.problem);
            CHECK(static_cast<bool>(recording.plan.inPlace) == c.allowed);
            VkaxisRecordInfo info = recording.moved(VKAXIS_OPERAND_OUTPUT, addressOf(VKAXIS_OPERAND_INPUT));
            if (c.allowed)
                recording.accepts(info);
            else
                recording.refuses(info, "output at 0x10000000000 overlaps input at 0x10000000000");
            const VkDeviceSize alignment = recording.plan.alignments[VKAXIS_OPERAND_OUTPUT];
            info.output.address += alignment;
            recording.refuses(info, "overlaps");
        }
    }
}

}  // namespace vkaxis::test
