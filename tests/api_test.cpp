// The public calls as a careless or unlucky caller makes them. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "fake_vulkan.hpp"

namespace vkaxis::test {
namespace {

constexpr VkDeviceAddress kInputAddress = 0x10'0000'0000;
constexpr VkDeviceAddress kOutputAddress = 0x20'0000'0000;
constexpr VkDeviceAddress kScratchAddress = 0x30'0000'0000;

VkaxisContextCreateInfo createInfo(const ContextInfo& info) {
    return {VKAXIS_STRUCTURE_TYPE_CONTEXT_CREATE_INFO,
            nullptr,
            info.getInstanceProcAddr,
            info.instance,
            info.physicalDevice,
            info.device,
            info.apiVersion,
            info.deviceCreateInfo,
            info.pipelineCache,
            info.allocator};
}

Context createContext(const ContextInfo& info) {
    Result<Context> context = Context::create(info);
    REQUIRE_MESSAGE(context, std::string(context.status.message()));
    CHECK(std::string(context.status.message()) == "");
    return std::move(context.value);
}

// Split over workgroups on every device, so that there are passes, barriers and scratch.
Scan longScan(ScanMode mode = ScanMode::Inclusive, Dtype dtype = Dtype::F32) {
    static constexpr std::uint64_t kExtents[] = {std::uint64_t{1} << 24};
    return {{dtype, kExtents}, 0, mode};
}

ArgReduce smallArgmax(IndexType indexType = IndexType::U32) {
    static constexpr std::uint64_t kExtents[] = {64, 1000};
    return {ArgReduceOp::Argmax, {Dtype::F32, kExtents}, 1, indexType};
}

template <class Problem>
Plan planned(const Context& context, const Problem& problem) {
    const Result<Plan> plan = context.plan(problem);
    REQUIRE_MESSAGE(plan, std::string(plan.status.message()));
    CHECK(std::string(plan.status.message()) == "");
    return plan.value;
}

// Operands that a plan accepts.
VkaxisRecordInfo recordInfo(FakeVulkan& driver, const Plan& plan) {
    return {VKAXIS_STRUCTURE_TYPE_RECORD_INFO,
            nullptr,
            {kInputAddress, plan.inputSize},
            {kOutputAddress, plan.outputSize},
            plan.scratchSize == 0 ? VK_NULL_HANDLE : driver.addBuffer(kScratchAddress, plan.scratchSize),
            0,
            plan.scratchSize};
}

void checkClean(const FakeVulkan& driver) {
    CHECK(driver.liveObjects() == 0);
    CHECK(driver.firstViolation() == "");
}

void checkRefused(const FakeVulkan& driver, const ContextInfo& info, Code code, std::string_view what) {
    const VkaxisContextCreateInfo create = createInfo(info);
    VkaxisContext context = reinterpret_cast<VkaxisContext>(std::uintptr_t{1});
    checkFailure(vkaxisCreateContext(&create, &context), code, what);
    CHECK(context == nullptr);
    checkClean(driver);
}

static_assert(std::is_trivially_copyable_v<VkaxisPlan> && std::is_standard_layout_v<VkaxisPlan>);
static_assert(std::is_trivially_copyable_v<VkaxisStatus>);

bool sameCommands(const FakeCommandBuffer& a, const FakeCommandBuffer& b) {
    const auto same = [](const FakeCommand& x, const FakeCommand& y) {
        return x.type == y.type && x.pipeline == y.pipeline && x.groupCount == y.groupCount &&
               x.pushConstants == y.pushConstants && x.sourceAccess == y.sourceAccess &&
               x.destinationAccess == y.destinationAccess;
    };
    return std::equal(a.commands.begin(), a.commands.end(), b.commands.begin(), b.commands.end(), same);
}

}  // namespace

TEST_SUITE("api") {
    TEST_CASE("a context is created and leaves nothing behind") {
        FakeVulkan driver;
        {
            const Context context = createContext(driver.contextInfo());
            CHECK(context.handle() != nullptr);
            planned(context, longScan());
            CHECK(driver.liveObjects() > 0);
        }
        checkClean(driver);
        vkaxisDestroyContext(nullptr);
    }

    TEST_CASE("each need that a device does not meet is named") {
        struct Need {
            const char* named;
            void (*remove)(FakeDevice&);
        };
        const Need needs[] = {
            {"device is Vulkan 1.1", [](FakeDevice& device) { device.apiVersion = VK_API_VERSION_1_1; }},
            {"bufferDeviceAddress", [](FakeDevice& device) { device.enableBufferDeviceAddress = false; }},
            {"basic",
             [](FakeDevice& device) { device.subgroupOperations &= ~VK_SUBGROUP_FEATURE_BASIC_BIT; }},
            {"vote", [](FakeDevice& device) { device.subgroupOperations &= ~VK_SUBGROUP_FEATURE_VOTE_BIT; }},
            {"ballot",
             [](FakeDevice& device) { device.subgroupOperations &= ~VK_SUBGROUP_FEATURE_BALLOT_BIT; }},
            {"arithmetic",
             [](FakeDevice& device) { device.subgroupOperations &= ~VK_SUBGROUP_FEATURE_ARITHMETIC_BIT; }},
            {"shuffle",
             [](FakeDevice& device) { device.subgroupOperations &= ~VK_SUBGROUP_FEATURE_SHUFFLE_BIT; }},
            {"compute", [](FakeDevice& device) { device.subgroupStages = VK_SHADER_STAGE_FRAGMENT_BIT; }},
            {"subgroup size is 2", [](FakeDevice& device) { device.subgroupSize = 2; }},
            {"subgroup size is 256", [](FakeDevice& device) { device.subgroupSize = 256; }},
        };
        for (const Need& need : needs) {
            CAPTURE(need.named);
            FakeDevice device;
            need.remove(device);
            FakeVulkan driver(device);
            ContextInfo info = driver.contextInfo();
            info.apiVersion = VK_API_VERSION_1_2;
            checkRefused(driver, info, Code::Unsupported, need.named);
        }
    }

    TEST_CASE("an instance below Vulkan 1.2 is refused whatever the device is") {
        for (const std::uint32_t version : {0u, VK_API_VERSION_1_0, VK_API_VERSION_1_1}) {
            FakeDevice device;
            device.apiVersion = VK_API_VERSION_1_3;
            FakeVulkan driver(device);
            ContextInfo info = driver.contextInfo();
            info.apiVersion = version;
            checkRefused(driver, info, Code::Unsupported, "instance");
        }
    }

    TEST_CASE("every subgroup size from 4 to 128 is accepted") {
        for (std::uint32_t size = 4; size <= 128; size *= 2) {
            FakeDevice device;
            device.subgroupSize = size;
            FakeVulkan driver(device);
            createContext(driver.contextInfo());
        }
    }

    TEST_CASE("bufferDeviceAddress is found wherever Vulkan lets it be enabled, and nowhere else") {
        FakeVulkan driver;
        VkPhysicalDeviceVulkan12Features vulkan12{};
        vulkan12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
        VkPhysicalDeviceBufferDeviceAddressFeatures addresses{};
        addresses.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES;
        VkPhysicalDeviceFeatures2 before{};  // something else at the head of the chain
        before.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
        before.features.robustBufferAccess = VK_TRUE;
        const VkPhysicalDeviceFeatures features{};
        VkDeviceCreateInfo create{};
        create.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
        create.pEnabledFeatures = &features;
        ContextInfo info = driver.contextInfo();
        info.deviceCreateInfo = &create;

        checkRefused(driver, info, Code::Unsupported, "bufferDeviceAddress");
        create.pNext = &before;
        checkRefused(driver, info, Code::Unsupported, "bufferDeviceAddress");
        struct Place {
            void* structure;
            VkBool32* enabled;
        };
        for (const Place place : {Place{&vulkan12, &vulkan12.bufferDeviceAddress},
                                  Place{&addresses, &addresses.bufferDeviceAddress}}) {
            before.pNext = place.structure;
            checkRefused(driver, info, Code::Unsupported, "bufferDeviceAddress");
            *place.enabled = VK_TRUE;
            createContext(info);
        }
        checkClean(driver);
    }

    TEST_CASE("wrong arguments of vkaxisCreateContext are named") {
        FakeVulkan driver;
        const VkaxisContextCreateInfo valid = createInfo(driver.contextInfo());
        struct Mistake {
            const char* named;
            void (*make)(VkaxisContextCreateInfo&);
        };
        const Mistake mistakes[] = {
            {"sType", [](VkaxisContextCreateInfo& info) { info.sType = VKAXIS_STRUCTURE_TYPE_SCAN_INFO; }},
            {"sType", [](VkaxisContextCreateInfo& info) { std::memset(&info, 0, sizeof info); }},
            {"pNext", [](VkaxisContextCreateInfo& info) { info.pNext = &info; }},
            {"pfnGetInstanceProcAddr",
             [](VkaxisContextCreateInfo& info) { info.pfnGetInstanceProcAddr = nullptr; }},
            {"instance", [](VkaxisContextCreateInfo& info) { info.instance = VK_NULL_HANDLE; }},
            {"physicalDevice", [](VkaxisContextCreateInfo& info) { info.physicalDevice = VK_NULL_HANDLE; }},
            {"device", [](VkaxisContextCreateInfo& info) { info.device = VK_NULL_HANDLE; }},
            {"pDeviceCreateInfo", [](VkaxisContextCreateInfo& info) { info.pDeviceCreateInfo = nullptr; }},
        };
        VkaxisContext context = nullptr;
        for (const Mistake& mistake : mistakes) {
            VkaxisContextCreateInfo info = valid;
            mistake.make(info);
            context = reinterpret_cast<VkaxisContext>(std::uintptr_t{1});
            checkFailure(vkaxisCreateContext(&info, &context), Code::InvalidArgument, mistake.named);
            CHECK(context == nullptr);
        }
        checkFailure(vkaxisCreateContext(nullptr, &context), Code::InvalidArgument, "pInfo");
        checkFailure(vkaxisCreateContext(&valid, nullptr), Code::InvalidArgument, "pContext");
        checkClean(driver);
    }

    TEST_CASE("an allocator that lacks a function is refused") {
        FakeVulkan driver;
        const FakeAllocator allocator;
        for (int missing = 0; missing < 3; ++missing) {
            VkAllocationCallbacks callbacks = *allocator.callbacks();
            if (missing == 0) callbacks.pfnAllocation = nullptr;
            if (missing == 1) callbacks.pfnReallocation = nullptr;
            if (missing == 2) callbacks.pfnFree = nullptr;
            ContextInfo info = driver.contextInfo();
            info.allocator = &callbacks;
            checkRefused(driver, info, Code::InvalidArgument, "pAllocator");
        }
    }

    TEST_CASE("a function that the caller's lookup does not know is named") {
        const char* const needed[] = {"vkGetPhysicalDeviceProperties2",
                                      "vkGetDeviceProcAddr",
                                      "vkCreateShaderModule",
                                      "vkDestroyShaderModule",
                                      "vkCreatePipelineLayout",
                                      "vkDestroyPipelineLayout",
                                      "vkCreateComputePipelines",
                                      "vkDestroyPipeline",
                                      "vkCmdBindPipeline",
                                      "vkCmdPushConstants",
                                      "vkCmdDispatch",
                                      "vkCmdPipelineBarrier",
                                      "vkGetBufferDeviceAddress"};
        for (const char* function : needed) {
            FakeVulkan driver;
            FakeAllocator allocator;
            driver.hide(function);
            ContextInfo info = driver.contextInfo();
            info.allocator = allocator.callbacks();
            checkRefused(driver, info, Code::InvalidArgument, function);
            CHECK(allocator.liveBytes() == 0);
        }
        FakeVulkan driver;
        ContextInfo info = driver.contextInfo();
        info.getInstanceProcAddr = [](VkInstance, const char*) -> PFN_vkVoidFunction { return nullptr; };
        checkRefused(driver, info, Code::InvalidArgument, "pfnGetInstanceProcAddr");
    }

    TEST_CASE("a context can be moved, and an empty one refuses to work") {
        FakeVulkan driver;
        {
            Context first = createContext(driver.contextInfo());
            Context second = std::move(first);
            CHECK(first.handle() == nullptr);
            checkFailure(first.plan(longScan()).status, Code::InvalidArgument, "context");
            checkFailure(first.plan(smallArgmax()).status, Code::InvalidArgument, "context");
            planned(second, smallArgmax());
            Context third = createContext(driver.contextInfo());
            third = std::move(second);
            planned(third, smallArgmax());
        }
        checkClean(driver);
    }

    // ---- Host memory ------------------------------------------------------------------------------------

    TEST_CASE("with the caller's allocator nothing reaches the heap, and Vulkan gets the allocator too") {
        FakeVulkan driver;
        FakeAllocator allocator;
        ContextInfo info = driver.contextInfo();
        info.allocator = allocator.callbacks();
        FakeCommandBuffer buffer(driver);
        const HeapWatch heap;
        {
            Result<Context> context = Context::create(info);
            const Result<Plan> plan = context.value.plan(longScan());
            const VkaxisRecordInfo record = recordInfo(driver, plan.value);
            const Status recorded =
                vkaxisRecord(context.value.handle(), buffer.handle(), &plan.value, &record);
            const std::uint64_t allocations = heap.allocations();
            CHECK(allocations == 0);
            CHECK(context);
            CHECK(plan);
            CHECK(recorded);
            CHECK(allocator.liveBytes() > 0);
        }
        CHECK(driver.createdWithout(allocator.callbacks()) == 0);
        CHECK(allocator.liveBytes() == 0);
        CHECK_FALSE(allocator.misused());
        checkClean(driver);
    }

    TEST_CASE("the caller's callbacks need not outlive the call, only their functions") {
        FakeVulkan driver;
        FakeAllocator allocator;
        auto callbacks = std::make_unique<VkAllocationCallbacks>(*allocator.callbacks());
        ContextInfo info = driver.contextInfo();
        info.allocator = callbacks.get();
        {
            const Context context = createContext(info);
            std::memset(callbacks.get(), 0, sizeof *callbacks);
            callbacks.reset();
            planned(context, longScan());
        }
        CHECK(allocator.liveBytes() == 0);
        checkClean(driver);
    }

    TEST_CASE(
        "running out of the caller's memory at any point is a status, leaks nothing and can be retried") {
        FakeVulkan driver;
        FakeAllocator allocator;
        ContextInfo info = driver.contextInfo();
        info.allocator = allocator.callbacks();
        std::uint64_t failures = 0;
        for (std::uint64_t ordinal = 1;; ++ordinal) {
            allocator.failAt(ordinal);
            const Result<Context> context = Context::create(info);
            allocator.failAt(0);
            if (context) break;
            ++failures;
            CHECK(context.status.code() == Code::OutOfMemory);
            CHECK(std::string(context.status.message()) != "");
            CHECK(context.value.handle() == nullptr);
            CHECK(driver.liveObjects() == 0);
            CHECK(allocator.liveBytes() == 0);
        }
        CHECK(failures >= 2);

        failures = 0;
        for (std::uint64_t ordinal = 1;; ++ordinal) {
            const Context context = createContext(info);
            const std::uint32_t objects = driver.liveObjects();
            allocator.failAt(ordinal);
            const Status status = context.plan(smallArgmax()).status;
            allocator.failAt(0);
            if (status) break;
            ++failures;
            checkFailure(status, Code::OutOfMemory, "memory");
            CHECK(driver.liveObjects() == objects);
            planned(context, smallArgmax());
        }
        CHECK(failures >= 2);
        CHECK(allocator.liveBytes() == 0);
        CHECK_FALSE(allocator.misused());
        checkClean(driver);
    }

    TEST_CASE("without callbacks an exhausted heap is a status too") {
        FakeVulkan driver;
        const ContextInfo info = driver.contextInfo();
        HeapWatch heap;
        heap.failAt(1);
        const Result<Context> failed = Context::create(info);
        const std::uint64_t allocations = heap.allocations();
        heap.failAt(0);
        CHECK(allocations >= 1);
        checkFailure(failed.status, Code::OutOfMemory, "memory");
        checkClean(driver);
        createContext(info);
    }

    // ---- Vulkan's own failures --------------------------------------------------------------------------

    TEST_CASE("every failing Vulkan call is reported with its result, leaks nothing and can be retried") {
        const char* const functions[] = {"vkCreatePipelineLayout", "vkCreateShaderModule",
                                         "vkCreateComputePipelines"};
        const VkResult results[] = {VK_ERROR_OUT_OF_HOST_MEMORY,    VK_ERROR_OUT_OF_DEVICE_MEMORY,
                                    VK_ERROR_INITIALIZATION_FAILED, VK_ERROR_DEVICE_LOST,
                                    VK_ERROR_INVALID_SHADER_NV,     VK_ERROR_UNKNOWN};
        for (const char* function : functions) {
            for (const VkResult result : results) {
                const bool memory =
                    result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY;
                std::uint32_t failures = 0;
                for (std::uint32_t ordinal = 1;; ++ordinal) {
                    CAPTURE(function);
                    CAPTURE(result);
                    CAPTURE(ordinal);
                    FakeVulkan driver;
                    {
                        driver.fail(function, ordinal, result);
                        Result<Context> context = Context::create(driver.contextInfo());
                        Status status = context.status;
                        if (status) status = context.value.plan(longScan()).status;
                        driver.fail(function, 0, VK_SUCCESS);
                        if (status) break;
                        ++failures;
                        checkFailure(status, memory ? Code::OutOfMemory : Code::VulkanError, function);
                        CHECK(status.vkResult() == result);
                        if (!context) {
                            CHECK(driver.liveObjects() == 0);
                            context.value = createContext(driver.contextInfo());
                        }
                        planned(context.value, longScan());
                    }
                    checkClean(driver);
                }
                CHECK(failures >= 1);
            }
        }
    }

    TEST_CASE("the caller's pipeline cache serves every pipeline") {
        FakeVulkan driver;
        ContextInfo info = driver.contextInfo();
        constexpr std::uint64_t kCache = 0x1234;
        std::memcpy(&info.pipelineCache, &kCache, sizeof info.pipelineCache);
        const Context context = createContext(info);
        planned(context, longScan());
        for (const VkPipeline pipeline : driver.livePipelines())
            CHECK(driver.pipeline(pipeline).cache == info.pipelineCache);
    }

    // ---- Planning ---------------------------------------------------------------------------------------

    TEST_CASE("wrong arguments of the planning calls are named") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const VkaxisTensor tensor{VKAXIS_DTYPE_F32, 2, {4, 5}};
        const VkaxisScanInfo scan{VKAXIS_STRUCTURE_TYPE_SCAN_INFO, nullptr, tensor, 0, VKAXIS_SCAN_INCLUSIVE};
        const VkaxisArgReduceInfo argmax{
            VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO, nullptr, VKAXIS_ARGMAX, tensor, 0, VKAXIS_INDEX_U32};
        VkaxisPlan plan;
        CHECK(Status(vkaxisPlanScan(context.handle(), &scan, &plan)));
        CHECK(Status(vkaxisPlanArgReduce(context.handle(), &argmax, &plan)));
        const std::uint32_t pipelines = driver.calls("vkCreateComputePipelines");

        checkFailure(vkaxisPlanScan(nullptr, &scan, &plan), Code::InvalidArgument, "context");
        checkFailure(vkaxisPlanScan(context.handle(), nullptr, &plan), Code::InvalidArgument, "pInfo");
        checkFailure(vkaxisPlanScan(context.handle(), &scan, nullptr), Code::InvalidArgument, "pPlan");
        checkFailure(vkaxisPlanArgReduce(nullptr, &argmax, &plan), Code::InvalidArgument, "context");
        checkFailure(vkaxisPlanArgReduce(context.handle(), nullptr, &plan), Code::InvalidArgument, "pInfo");
        checkFailure(vkaxisPlanArgReduce(context.handle(), &argmax, nullptr), Code::InvalidArgument, "pPlan");

        VkaxisScanInfo wrongScan = scan;
        wrongScan.sType = VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO;
        checkFailure(vkaxisPlanScan(context.handle(), &wrongScan, &plan), Code::InvalidArgument, "sType");
        wrongScan = scan;
        wrongScan.pNext = &scan;
        checkFailure(vkaxisPlanScan(context.handle(), &wrongScan, &plan), Code::InvalidArgument, "pNext");
        VkaxisArgReduceInfo wrongArgmax = argmax;
        wrongArgmax.sType = VKAXIS_STRUCTURE_TYPE_SCAN_INFO;
        checkFailure(vkaxisPlanArgReduce(context.handle(), &wrongArgmax, &plan), Code::InvalidArgument,
                     "sType");
        wrongArgmax = argmax;
        wrongArgmax.pNext = &argmax;
        checkFailure(vkaxisPlanArgReduce(context.handle(), &wrongArgmax, &plan), Code::InvalidArgument,
                     "pNext");
        CHECK(driver.calls("vkCreateComputePipelines") == pipelines);
    }

    TEST_CASE("an over-long shape of the C++ face is refused and not read") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const std::vector<std::uint64_t> extents(VKAXIS_MAX_RANK + 1, 2);
        checkFailure(context.plan(Scan{{Dtype::F32, extents}}).status, Code::InvalidArgument, "rank 9");
        checkFailure(context.plan(ArgReduce{ArgReduceOp::Argmin, {Dtype::F32, extents}}).status,
                     Code::InvalidArgument, "rank 9");
    }

    // ---- Recording --------------------------------------------------------------------------------------

    TEST_CASE("wrong arguments of vkaxisRecord are named, and nothing at all is recorded") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const Plan plan = planned(context, longScan());
        REQUIRE(plan.scratchSize > 0);
        const VkaxisRecordInfo valid = recordInfo(driver, plan);
        FakeCommandBuffer buffer(driver);
        CHECK(Status(vkaxisRecord(context.handle(), buffer.handle(), &plan, &valid)));
        CHECK(buffer.calls > 0);
        buffer.reset();

        struct Mistake {
            const char* named;
            std::function<void(VkaxisRecordInfo&)> make;
        };
        constexpr VkDeviceAddress kLast = std::numeric_limits<VkDeviceAddress>::max() - 15;
        const VkBuffer unaddressed = driver.addBuffer(0, plan.scratchSize);
        const VkBuffer inInput = driver.addBuffer(kInputAddress + plan.inputSize - 16, plan.scratchSize);
        const VkBuffer beforeOutput =
            driver.addBuffer(kOutputAddress - plan.scratchSize + 16, plan.scratchSize);
        const Mistake mistakes[] = {
            {"sType", [](VkaxisRecordInfo& info) { info.sType = VKAXIS_STRUCTURE_TYPE_SCAN_INFO; }},
            {"pNext", [](VkaxisRecordInfo& info) { info.pNext = &info; }},
            {"input", [](VkaxisRecordInfo& info) { info.input.address = 0; }},
            {"input", [](VkaxisRecordInfo& info) { info.input.address += 1; }},
            {"input", [](VkaxisRecordInfo& info) { info.input.address += 2; }},
            {"input", [](VkaxisRecordInfo& info) { info.input.size -= 1; }},
            {"input", [](VkaxisRecordInfo& info) { info.input.size = 0; }},
            {"input", [](VkaxisRecordInfo& info) { info.input.address = kLast; }},
            {"output", [](VkaxisRecordInfo& info) { info.output.address = 0; }},
            {"output", [](VkaxisRecordInfo& info) { info.output.address += 1; }},
            {"output", [](VkaxisRecordInfo& info) { info.output.address += 2; }},
            {"output", [](VkaxisRecordInfo& info) { info.output.size -= 1; }},
            {"output", [](VkaxisRecordInfo& info) { info.output.size = 0; }},
            {"output", [](VkaxisRecordInfo& info) { info.output.address = kLast; }},
            {"overlaps", [](VkaxisRecordInfo& info) { info.output.address = info.input.address + 4; }},
            {"overlaps", [](VkaxisRecordInfo& info) { info.output.address = info.input.address - 4; }},
            {"overlaps",
             [](VkaxisRecordInfo& info) { info.output.address = info.input.address + info.input.size - 4; }},
            {"overlaps",
             [](VkaxisRecordInfo& info) { info.output.address = info.input.address - info.output.size + 4; }},
            {"scratch", [](VkaxisRecordInfo& info) { info.scratch = VK_NULL_HANDLE; }},
            {"scratch", [](VkaxisRecordInfo& info) { info.scratchSize -= 1; }},
            {"scratch", [](VkaxisRecordInfo& info) { info.scratchSize = 0; }},
            {"scratch", [](VkaxisRecordInfo& info) { info.scratchOffset = 4; }},
            {"scratch", [](VkaxisRecordInfo& info) { info.scratchOffset = 8; }},
            {"scratch", [](VkaxisRecordInfo& info) { info.scratchOffset = kLast; }},
            {"scratch", [&](VkaxisRecordInfo& info) { info.scratch = unaddressed; }},
            {"scratch", [&](VkaxisRecordInfo& info) { info.scratch = inInput; }},
            {"scratch", [&](VkaxisRecordInfo& info) { info.scratch = beforeOutput; }},
        };
        for (std::size_t i = 0; i < std::size(mistakes); ++i) {
            CAPTURE(i);
            VkaxisRecordInfo info = valid;
            mistakes[i].make(info);
            checkFailure(vkaxisRecord(context.handle(), buffer.handle(), &plan, &info), Code::InvalidArgument,
                         mistakes[i].named);
            CHECK(buffer.calls == 0);
        }
        checkFailure(vkaxisRecord(nullptr, buffer.handle(), &plan, &valid), Code::InvalidArgument, "context");
        checkFailure(vkaxisRecord(context.handle(), nullptr, &plan, &valid), Code::InvalidArgument,
                     "commandBuffer");
        checkFailure(vkaxisRecord(context.handle(), buffer.handle(), nullptr, &valid), Code::InvalidArgument,
                     "pPlan");
        checkFailure(vkaxisRecord(context.handle(), buffer.handle(), &plan, nullptr), Code::InvalidArgument,
                     "pInfo");
        Plan overlong[2]{};  // two, so that a missing check reads zeros and not whatever lies behind
        overlong[0].commandCount = VKAXIS_MAX_COMMANDS + 1;
        checkFailure(vkaxisRecord(context.handle(), buffer.handle(), overlong, &valid), Code::InvalidArgument,
                     "commandCount");
        CHECK(buffer.calls == 0);
        CHECK(driver.firstViolation() == "");
    }

    TEST_CASE("the output must be aligned to its element, which a 64-bit index makes 8 bytes") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        for (const IndexType type : {IndexType::U32, IndexType::I64}) {
            const Plan plan = planned(context, smallArgmax(type));
            VkaxisRecordInfo info = recordInfo(driver, plan);
            FakeCommandBuffer buffer(driver);
            info.output.address += 4;
            const Status status = vkaxisRecord(context.handle(), buffer.handle(), &plan, &info);
            if (type == IndexType::U32) {
                CHECK(status);
            } else {
                checkFailure(status, Code::InvalidArgument, "output");
                CHECK(buffer.calls == 0);
            }
        }
    }

    TEST_CASE("operands that touch without overlapping, and a larger range than needed, are accepted") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const Plan plan = planned(context, longScan());
        const VkaxisRecordInfo valid = recordInfo(driver, plan);
        FakeCommandBuffer buffer(driver);
        const auto accepts = [&](const VkaxisRecordInfo& info) {
            const Status status = vkaxisRecord(context.handle(), buffer.handle(), &plan, &info);
            CHECK_MESSAGE(status, std::string(status.message()));
        };
        VkaxisRecordInfo info = valid;
        info.output.address = info.input.address + info.input.size;
        accepts(info);
        info = valid;
        info.output.address = info.input.address - info.output.size;
        accepts(info);
        info = valid;
        info.input.size += 1;
        info.output.size += 100;
        info.scratchSize += 1000;
        info.scratchOffset = VKAXIS_SCRATCH_ALIGNMENT;
        accepts(info);
        info = valid;
        info.input.address += 4;
        info.output.address += 12;
        accepts(info);
    }

    TEST_CASE("the output may be the input in inclusive and exclusive scans alone") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const auto recordInPlace = [&](const Plan& plan) -> Status {
            VkaxisRecordInfo info = recordInfo(driver, plan);
            info.output.address = info.input.address;
            FakeCommandBuffer buffer(driver);
            const Status status = vkaxisRecord(context.handle(), buffer.handle(), &plan, &info);
            CHECK((buffer.calls > 0) == static_cast<bool>(status));
            return status;
        };
        CHECK(recordInPlace(planned(context, longScan(ScanMode::Inclusive))));
        CHECK(recordInPlace(planned(context, longScan(ScanMode::Exclusive))));
        checkFailure(recordInPlace(planned(context, longScan(ScanMode::IncludeInitial))),
                     Code::InvalidArgument, "overlaps");
        checkFailure(recordInPlace(planned(context, smallArgmax())), Code::InvalidArgument, "overlaps");
        // As large as its output, and still no scan.
        static constexpr std::uint64_t kExtents[] = {64, 1};
        const ArgReduce sameSize{ArgReduceOp::Argmax, {Dtype::U32, kExtents}, 1, IndexType::U32};
        checkFailure(recordInPlace(planned(context, sameSize)), Code::InvalidArgument, "overlaps");
    }

    TEST_CASE("recording allocates nothing and asks Vulkan for nothing but the scratch's address") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const Plan plan = planned(context, longScan());
        const VkaxisRecordInfo info = recordInfo(driver, plan);
        FakeCommandBuffer buffer(driver);
        const std::uint32_t pipelines = driver.calls("vkCreateComputePipelines");
        const std::uint32_t modules = driver.calls("vkCreateShaderModule");
        const std::uint32_t lookups = driver.calls("vkGetDeviceProcAddr");
        VkaxisRecordInfo wrong = info;
        wrong.input.size = 0;
        const HeapWatch heap;
        const VkaxisCode first = vkaxisRecord(context.handle(), buffer.handle(), &plan, &info).code;
        const VkaxisCode second = vkaxisRecord(context.handle(), buffer.handle(), &plan, &info).code;
        const VkaxisCode refused = vkaxisRecord(context.handle(), buffer.handle(), &plan, &wrong).code;
        const std::uint64_t allocations = heap.allocations();
        CHECK(first == VKAXIS_OK);
        CHECK(second == VKAXIS_OK);
        CHECK(refused == VKAXIS_INVALID_ARGUMENT);
        CHECK(allocations == 0);
        CHECK(driver.calls("vkCreateComputePipelines") == pipelines);
        CHECK(driver.calls("vkCreateShaderModule") == modules);
        CHECK(driver.calls("vkGetDeviceProcAddr") == lookups);
        CHECK(buffer.commands.size() == 2 * plan.commandCount);
    }

    TEST_CASE("a copy of a plan records the same after the original is gone") {
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        Plan plan = planned(context, longScan());
        const VkaxisRecordInfo info = recordInfo(driver, plan);
        FakeCommandBuffer original(driver), again(driver), copied(driver);
        CHECK(vkaxisRecord(context.handle(), original.handle(), &plan, &info).code == VKAXIS_OK);
        CHECK(vkaxisRecord(context.handle(), again.handle(), &plan, &info).code == VKAXIS_OK);
        alignas(Plan) unsigned char bytes[sizeof plan];
        std::memcpy(bytes, &plan, sizeof plan);
        std::memset(&plan, 0xff, sizeof plan);
        Plan copy;
        std::memcpy(&copy, bytes, sizeof copy);
        CHECK(vkaxisRecord(context.handle(), copied.handle(), &copy, &info).code == VKAXIS_OK);
        CHECK_FALSE(original.commands.empty());
        CHECK(sameCommands(original, again));
        CHECK(sameCommands(original, copied));
    }

    TEST_CASE("eight threads record while another plans new kernels") {
        constexpr int kThreads = 8;
        constexpr int kRecordings = 200;
        FakeVulkan driver;
        const Context context = createContext(driver.contextInfo());
        const Plan plan = planned(context, longScan());
        const VkaxisRecordInfo info = recordInfo(driver, plan);
        FakeCommandBuffer expected(driver);
        CHECK(vkaxisRecord(context.handle(), expected.handle(), &plan, &info).code == VKAXIS_OK);

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
                        const VkaxisStatus status =
                            vkaxisRecord(context.handle(), buffer.handle(), &plan, &info);
                        wrong += status.code != VKAXIS_OK || !sameCommands(buffer, expected);
                    }
                });
            const std::size_t before = driver.livePipelines().size();
            go = true;
            go.notify_all();
            for (const Dtype dtype : {Dtype::U32, Dtype::F32, Dtype::I32})
                for (const ScanMode mode : {ScanMode::Exclusive, ScanMode::IncludeInitial})
                    planned(context, longScan(mode, dtype));
            planned(context, smallArgmax(IndexType::U32));
            planned(context, smallArgmax(IndexType::I64));
            CHECK(driver.livePipelines().size() > before);
        }
        CHECK(wrong == 0);
        CHECK(driver.firstViolation() == "");
    }
}

}  // namespace vkaxis::test
