// Contexts: what they ask of a device, and the memory and the Vulkan calls that fail them. Needs no GPU.
#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "planner.hpp"

namespace vkaxis::test {
namespace {

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
            info.allocator,
            info.pipelineFlags};
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

// The optional features that a context shows signs of.
struct Optional {
    bool float64 = false, storage8 = false, storage16 = false, singlePass = false;

    bool operator==(const Optional&) const = default;
};

constexpr std::uint32_t kSinglePassVendor = 0x10de;

Optional optionalOf(const Context& context) {
    const auto plans = [&](Dtype dtype) {
        Scan scan = longScan(ScanMode::Inclusive, dtype);
        scan.outputDtype = dtype;
        return static_cast<bool>(context.plan(scan));
    };
    return {plans(Dtype::F64), plans(Dtype::U8), plans(Dtype::U16),
            planned(context, longScan()).commandCount == 1};
}

static_assert(std::is_trivially_copyable_v<VkaxisPlan> && std::is_standard_layout_v<VkaxisPlan>);
static_assert(std::is_trivially_copyable_v<VkaxisStatus>);

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
            {"8 to 32 invocations: feature subgroupSizeControl",
             [](FakeDevice& device) { device.minSubgroupSize = 8; }},
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

    TEST_CASE("optional features are found wherever Vulkan lets them be enabled, and nowhere else") {
        FakeDevice device = fullDevice();
        device.vendorId = kSinglePassVendor;
        FakeVulkan driver(device);
        VkPhysicalDeviceFeatures core{};
        VkPhysicalDeviceFeatures2 features2{};
        VkPhysicalDeviceVulkan11Features vulkan11{};
        VkPhysicalDeviceVulkan12Features vulkan12{};
        VkPhysicalDevice8BitStorageFeatures storage8{};
        VkPhysicalDevice16BitStorageFeatures storage16{};
        VkPhysicalDeviceVulkanMemoryModelFeatures model{};
        VkPhysicalDeviceBufferDeviceAddressFeatures addresses{};
        features2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
        vulkan11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
        vulkan12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
        storage8.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES;
        storage16.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES;
        model.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES;
        addresses.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES;
        addresses.bufferDeviceAddress = vulkan12.bufferDeviceAddress = VK_TRUE;

        struct Place {
            void* structure;  // null: pEnabledFeatures
            std::vector<VkBool32*> flags;
            Optional found;
        };
        const Place places[] = {
            {nullptr, {&core.shaderFloat64}, {.float64 = true}},
            {&features2, {&features2.features.shaderFloat64}, {.float64 = true}},
            {&vulkan12, {&vulkan12.storageBuffer8BitAccess}, {.storage8 = true}},
            {&storage8, {&storage8.storageBuffer8BitAccess}, {.storage8 = true}},
            {&vulkan11, {&vulkan11.storageBuffer16BitAccess}, {.storage16 = true}},
            {&storage16, {&storage16.storageBuffer16BitAccess}, {.storage16 = true}},
            {&vulkan12,
             {&vulkan12.vulkanMemoryModel, &vulkan12.vulkanMemoryModelDeviceScope},
             {.singlePass = true}},
            {&model, {&model.vulkanMemoryModel, &model.vulkanMemoryModelDeviceScope}, {.singlePass = true}}};
        for (std::size_t i = 0; i < std::size(places); ++i) {
            CAPTURE(i);
            const Place& place = places[i];
            VkDeviceCreateInfo create{};
            create.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
            create.pEnabledFeatures = place.structure == nullptr ? &core : nullptr;
            addresses.pNext = place.structure;
            create.pNext = place.structure == &vulkan12 ? static_cast<void*>(&vulkan12) : &addresses;
            ContextInfo info = driver.contextInfo();
            info.deviceCreateInfo = &create;
            for (VkBool32* flag : place.flags) {
                CHECK(optionalOf(createContext(info)) == Optional{});
                *flag = VK_TRUE;
            }
            CHECK(optionalOf(createContext(info)) == place.found);
            for (VkBool32* flag : place.flags) *flag = VK_FALSE;
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
                                      "vkCmdUpdateBuffer",
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
}

}  // namespace vkaxis::test
