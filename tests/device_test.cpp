// vkaxis::device on every device of this machine.
#include "device_functions.hpp"

#include <vkaxis/device.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using vkaxis::Buffer;
using vkaxis::Code;
using vkaxis::Device;
using vkaxis::DeviceOptions;
using vkaxis::DeviceSummary;
using vkaxis::Result;
using vkaxis::Status;
using vkaxis::test::function;

// ---- Environment ----

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
}

void setEnvironment(const char* name, const std::optional<std::string>& value) {
#if defined(_WIN32)
    _putenv_s(name, value.value_or("").c_str());
#else
    if (value) {
        setenv(name, value->c_str(), 1);
    } else {
        unsetenv(name);
    }
#endif
}

class ScopedEnvironment {
  public:
    ScopedEnvironment(const char* name, const char* value) : name_(name), before_(environment(name)) {
        setEnvironment(name, value);
    }
    ScopedEnvironment(const ScopedEnvironment&) = delete;
    ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;
    ~ScopedEnvironment() { setEnvironment(name_, before_); }

  private:
    const char* name_;
    std::optional<std::string> before_;
};

// ---- Devices ----

// Where devices are required, what is missing is a failure.
void skip(const std::string& reason) {
    if (environment("VKAXIS_REQUIRE_DEVICES") == "1") {
        FAIL(reason);
    } else {
        MESSAGE("skipped: " << reason);
    }
}

std::vector<DeviceSummary> usableDevices() {
    auto all = Device::enumerate();
    if (!all) {
        skip(all.status.message());
        return {};
    }
    std::erase_if(all.value, [](const DeviceSummary& device) { return !device.usable; });
    if (all.value.empty()) skip("no usable Vulkan device");
    return all.value;
}

Device open(const DeviceSummary& summary) {
    auto device = Device::create({.select = std::to_string(summary.index)});
    REQUIRE_MESSAGE(device.status, device.status.message());
    return std::move(device.value);
}

// Each usable device, opened, one after the other.
template <class Check>
void forEachDevice(const Check& check) {
    for (const DeviceSummary& summary : usableDevices()) {
        CAPTURE(summary.name);
        const Device device = open(summary);
        check(device);
    }
}

// Each usable device under the validation layer, and how many there were. onMessage hears also what the
// destruction causes.
template <class Check>
std::uint64_t forEachValidatedDevice(const std::function<void(const char*)>& onMessage, const Check& check) {
    std::uint64_t count = 0;
    for (const DeviceSummary& summary : usableDevices()) {
        CAPTURE(summary.name);
        const auto device = Device::create(
            {.select = std::to_string(summary.index), .validation = true, .onValidationMessage = onMessage});
        if (device.status.code() == Code::Unsupported) {
            skip(device.status.message());
            break;
        }
        REQUIRE_MESSAGE(device.status, device.status.message());
        check(device.value);
        ++count;
    }
    return count;
}

// The features of this structure that a create-info enables, or null.
template <class Features>
const Features* enabled(const VkDeviceCreateInfo& info, VkStructureType type) {
    for (auto* node = static_cast<const VkBaseInStructure*>(info.pNext); node; node = node->pNext)
        if (node->sType == type) return reinterpret_cast<const Features*>(node);
    return nullptr;
}

// Whether the driver can tell statistics of pipelines.
bool hasStatistics(const Device& device) {
    const auto load = [&](const char* name) { return device.getInstanceProcAddr()(device.instance(), name); };
    const auto enumerate = reinterpret_cast<PFN_vkEnumerateDeviceExtensionProperties>(
        load("vkEnumerateDeviceExtensionProperties"));
    std::uint32_t count = 0;
    REQUIRE(enumerate(device.physicalDevice(), nullptr, &count, nullptr) == VK_SUCCESS);
    std::vector<VkExtensionProperties> listed(count);
    REQUIRE(enumerate(device.physicalDevice(), nullptr, &count, listed.data()) == VK_SUCCESS);
    return std::ranges::any_of(listed, [](const VkExtensionProperties& each) {
        return std::string_view(each.extensionName) == VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
    });
}

// ---- Data ----

Buffer allocate(const Device& device, VkDeviceSize size) {
    auto buffer = device.allocate(size);
    REQUIRE_MESSAGE(buffer.status, buffer.status.message());
    return std::move(buffer.value);
}

std::vector<std::byte> fromWords(const std::vector<std::uint32_t>& words, std::size_t size) {
    std::vector<std::byte> bytes(size);
    std::memcpy(bytes.data(), words.data(), size);
    return bytes;
}

std::vector<std::byte> pattern(std::size_t size, std::uint32_t seed) {
    std::vector<std::uint32_t> words(size / 4 + 1);
    for (std::uint32_t& word : words) word = seed = seed * 1664525u + 1013904223u;
    return fromWords(words, size);
}

std::vector<std::byte> repeated(std::size_t size, std::uint32_t word) {
    return fromWords(std::vector<std::uint32_t>(size / 4 + 1, word), size);
}

// Much faster than == where nothing is optimized.
bool same(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

std::vector<std::byte> contents(const Device& device, const Buffer& buffer) {
    std::vector<std::byte> bytes(buffer.size());
    const Status status = device.download(buffer, 0, bytes);
    REQUIRE_MESSAGE(status, status.message());
    return bytes;
}

void checkOk(const Status& status) {
    CHECK_MESSAGE(status, status.message());
}

bool mentions(const Status& status, const std::string& text) {
    return std::string_view(status.message()).find(text) != std::string_view::npos;
}

VkDeviceSize totalHeapSize(const Device& device) {
    const auto get = reinterpret_cast<PFN_vkGetPhysicalDeviceMemoryProperties>(
        device.getInstanceProcAddr()(device.instance(), "vkGetPhysicalDeviceMemoryProperties"));
    VkPhysicalDeviceMemoryProperties memory{};
    get(device.physicalDevice(), &memory);
    VkDeviceSize total = 0;
    for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i) total += memory.memoryHeaps[i].size;
    return total;
}

constexpr std::size_t kMiB = std::size_t{1} << 20;

void checkTransfer(const Device& device, std::size_t bufferSize, std::size_t offset, std::size_t size) {
    CAPTURE(offset);
    CAPTURE(size);
    const Buffer buffer = allocate(device, bufferSize);
    auto expected = pattern(buffer.size(), 1);
    checkOk(device.upload(buffer, 0, expected));

    const auto data = pattern(size, 2);
    checkOk(device.upload(buffer, offset, data));
    std::memcpy(expected.data() + offset, data.data(), size);
    CHECK(same(contents(device, buffer), expected));

    std::vector<std::byte> part(size);
    checkOk(device.download(buffer, offset, part));
    CHECK(same(part, data));
}

void checkFills(const Device& device) {
    const Buffer buffer = allocate(device, 4096);
    checkOk(device.fill(buffer, 0, buffer.size(), 0x01020304));
    auto expected = repeated(buffer.size(), 0x01020304);
    CHECK(same(contents(device, buffer), expected));

    checkOk(device.fill(buffer, 20, 1000, 0xdeadbeef));
    std::ranges::copy(repeated(1000, 0xdeadbeef), expected.begin() + 20);
    CHECK(same(contents(device, buffer), expected));
}

void checkThreads(const Device& device) {
    std::vector<int> agreed(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < agreed.size(); ++i) {
        threads.emplace_back([&, i] {
            for (std::uint32_t round = 0; round < 10; ++round) {
                const auto buffer = device.allocate(4096);
                const auto word = static_cast<std::uint32_t>(i * 100) + round;
                std::vector<std::byte> received(4096);
                agreed[i] += buffer.status && device.fill(buffer.value, 0, 4096, word) &&
                             device.download(buffer.value, 0, received) &&
                             same(received, repeated(4096, word));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int rounds : agreed) CHECK(rounds == 10);
}

// The ordinary use of a device, with dependent recordings in one command buffer.
void checkOrdinaryUse(const Device& device) {
    checkTransfer(device, 65 * kMiB, 1, 64 * kMiB + 1);
    checkFills(device);
    checkThreads(device);

    const auto fill = function<PFN_vkCmdFillBuffer>(device, "vkCmdFillBuffer");
    const Buffer buffer = allocate(device, kMiB);
    std::uint32_t recordings = 0;
    const auto seconds = device.time(
        [&](VkCommandBuffer commandBuffer) -> Status {
            fill(commandBuffer, buffer.handle(), 0, VK_WHOLE_SIZE, ++recordings);
            return {};
        },
        5);
    REQUIRE_MESSAGE(seconds.status, seconds.status.message());
    CHECK(seconds.value > 0);
    CHECK(seconds.value < 1);
    CHECK(recordings == 5);
    CHECK(same(contents(device, buffer), repeated(buffer.size(), 5)));
}

}  // namespace

TEST_SUITE("device") {
    TEST_CASE("enumerate says of each device what create then finds") {
        const auto all = Device::enumerate();
        if (!all) return skip(all.status.message());
        if (all.value.empty()) return skip("no Vulkan device");
        for (std::uint32_t i = 0; i < all.value.size(); ++i) {
            const DeviceSummary& summary = all.value[i];
            CAPTURE(summary.name);
            CHECK(summary.index == i);
            CHECK_FALSE(summary.name.empty());
            CHECK_FALSE(summary.driver.empty());
            CHECK(summary.memorySize > 0);

            const auto device = Device::create({.select = std::to_string(i)});
            CHECK(device.status.code() == summary.usable.code());
            if (!summary.usable) {
                CHECK(mentions(device.status, summary.name));
                CHECK(mentions(device.status, summary.usable.message()));
                continue;
            }
            CHECK(device->summary().index == i);
            CHECK(device->summary().name == summary.name);
            CHECK(device->summary().bufferDeviceAddress);
            CHECK(device->summary().subgroupSize >= 4);
            CHECK(device->summary().maxWorkgroupSize >= 128);
            CHECK(device->context().handle() != nullptr);
        }
    }

    TEST_CASE("nothing selected is the best type of the usable devices") {
        const auto usable = usableDevices();
        if (usable.empty()) return;
        const auto device = Device::create();
        REQUIRE_MESSAGE(device.status, device.status.message());
        const auto rank = [](VkPhysicalDeviceType type) {
            return type == VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU     ? 0
                   : type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU ? 1
                   : type == VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU    ? 2
                   : type == VK_PHYSICAL_DEVICE_TYPE_CPU            ? 3
                                                                    : 4;
        };
        const auto best = std::ranges::min_element(
            usable, {}, [&](const DeviceSummary& summary) { return rank(summary.type); });
        CHECK(device->summary().index == best->index);
    }

    TEST_CASE("a part of a name in any case selects the first device that has it") {
        for (const DeviceSummary& summary : usableDevices()) {
            std::string part = summary.name.substr(0, summary.name.size() - 1);
            for (char& c : part) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
            CAPTURE(part);
            const auto device = Device::create({.select = part});
            REQUIRE_MESSAGE(device.status, device.status.message());
            CHECK(device->summary().name == summary.name);
            CHECK(device->summary().index <= summary.index);
        }
    }

    TEST_CASE("a selection that does not exist is refused with what exists") {
        const auto usable = usableDevices();
        if (usable.empty()) return;
        const auto unknownName = Device::create({.select = "no such device"});
        CHECK(unknownName.status.code() == Code::Unsupported);
        CHECK(mentions(unknownName.status, "\"no such device\""));
        CHECK(mentions(unknownName.status, usable[0].name));

        const auto unknownIndex = Device::create({.select = "987654"});
        CHECK(unknownIndex.status.code() == Code::Unsupported);
        CHECK(mentions(unknownIndex.status, "987654"));

        const auto longName = Device::create({.select = std::string(1000, 'x')});
        CHECK(longName.status.code() == Code::Unsupported);
        const std::string_view message = longName.status.message();
        CHECK(message.size() == VKAXIS_MESSAGE_SIZE - 1);
        CHECK(message.ends_with("x..."));
    }

    TEST_CASE("without a driver the list is empty and create says what to install") {
        const ScopedEnvironment noDriver("VK_DRIVER_FILES", "/nonexistent/icd.json");
        const ScopedEnvironment noOldDriver("VK_ICD_FILENAMES", "/nonexistent/icd.json");
        const auto all = Device::enumerate();
        if (!all && mentions(all.status, "loader")) return skip(all.status.message());
        REQUIRE_MESSAGE(all.status, all.status.message());
        CHECK(all.value.empty());
        const auto device = Device::create();
        CHECK(device.status.code() == Code::Unsupported);
        CHECK(mentions(device.status, "mesa-vulkan-drivers"));
    }

    TEST_CASE("validation without the layer is refused") {
        if (usableDevices().empty()) return;
        const ScopedEnvironment noLayer("VK_LAYER_PATH", "/nonexistent");
        const auto device = Device::create({.validation = true});
        CHECK(device.status.code() == Code::Unsupported);
        CHECK(mentions(device.status, "VK_LAYER_KHRONOS_validation"));
        CHECK(mentions(device.status, "vulkan-validationlayers"));
    }

    TEST_CASE("transfers of any size and offset arrive, and touch nothing else") {
        forEachDevice([](const Device& device) {
            checkTransfer(device, 16, 0, 1);
            checkTransfer(device, 16, 15, 1);
            checkTransfer(device, 64, 3, 7);
            checkTransfer(device, 1000, 1, 998);
            checkTransfer(device, 32 * kMiB, 0, 32 * kMiB);  // one whole piece of the staging buffers
            checkTransfer(device, 33 * kMiB, 5, 32 * kMiB + 1);
            checkTransfer(device, 70 * kMiB, 3, 70 * kMiB - 8);
        });
    }

    TEST_CASE("fill sets whole words of its range only") {
        forEachDevice(checkFills);
    }

    TEST_CASE("a buffer has an address, is rounded up and never empty") {
        forEachDevice([](const Device& device) {
            for (const VkDeviceSize size : {0, 1, 16, 17, 1000}) {
                const Buffer buffer = allocate(device, size);
                CHECK(buffer.size() == std::max<VkDeviceSize>(16, (size + 15) / 16 * 16));
                CHECK(buffer.address() != 0);
                CHECK(buffer.address() % VKAXIS_SCRATCH_ALIGNMENT == 0);
                CHECK(buffer.range().address == buffer.address());
                CHECK(buffer.range(4, 8).address == buffer.address() + 4);
                CHECK(buffer.range(4, 8).size == 8);
            }
        });
    }

    TEST_CASE("a buffer beyond the device is out of memory, and the message says the size") {
        forEachDevice([](const Device& device) {
            const VkDeviceSize beyond = totalHeapSize(device) + 4096;
            for (const VkDeviceSize size : {beyond, std::numeric_limits<VkDeviceSize>::max()}) {
                const auto buffer = device.allocate(size);
                CHECK(buffer.status.code() == Code::OutOfMemory);
                CHECK(mentions(buffer.status, std::to_string(size)));
                CHECK(buffer->handle() == VK_NULL_HANDLE);
            }
        });
    }

    TEST_CASE("bytes that are not the buffer's are refused") {
        forEachDevice([](const Device& device) {
            const Buffer buffer = allocate(device, 64);
            std::vector<std::byte> data(65);
            const std::span<std::byte> all(data);
            CHECK(device.upload(buffer, 0, data).code() == Code::InvalidArgument);
            CHECK(device.download(buffer, 0, data).code() == Code::InvalidArgument);
            CHECK(device.upload(buffer, 1, all.first(64)).code() == Code::InvalidArgument);
            CHECK(device.download(buffer, ~VkDeviceSize{0}, all.first(2)).code() == Code::InvalidArgument);
            CHECK(device.fill(buffer, 64, 4, 0).code() == Code::InvalidArgument);
            CHECK(device.fill(buffer, 0, 6, 0).code() == Code::InvalidArgument);
            CHECK(device.fill(buffer, 2, 4, 0).code() == Code::InvalidArgument);
            CHECK(mentions(device.upload(buffer, 3, all.first(62)), "62 bytes from offset 3"));
            checkOk(device.upload(buffer, 64, all.first(0)));
            checkOk(device.fill(buffer, 64, 0, 0));

            const Device other = open(device.summary());
            CHECK(other.fill(buffer, 0, 4, 0).code() == Code::InvalidArgument);
            CHECK(device.fill(Buffer(), 0, 0, 0).code() == Code::InvalidArgument);
        });
    }

    TEST_CASE("a failing recorder is passed on and nothing runs") {
        forEachDevice([](const Device& device) {
            const auto fill = function<PFN_vkCmdFillBuffer>(device, "vkCmdFillBuffer");
            const Buffer buffer = allocate(device, 64);
            checkOk(device.fill(buffer, 0, 64, 1));
            const Device::Recorder failing = [&](VkCommandBuffer commandBuffer) -> Status {
                fill(commandBuffer, buffer.handle(), 0, 64, 2);
                return VkaxisStatus{VKAXIS_UNSUPPORTED, VK_SUCCESS, "not today"};
            };
            CHECK(mentions(device.run(failing), "not today"));
            CHECK(mentions(device.time(failing, 3).status, "not today"));
            CHECK(same(contents(device, buffer), repeated(64, 1)));
            CHECK(device.run({}).code() == Code::InvalidArgument);
            CHECK(device.time({}).status.code() == Code::InvalidArgument);
        });
    }

    TEST_CASE("time is the mean of the repeats") {
        forEachDevice([](const Device& device) {
            const auto fill = function<PFN_vkCmdFillBuffer>(device, "vkCmdFillBuffer");
            const Buffer buffer = allocate(device, 16 * kMiB);
            const Device::Recorder record = [&](VkCommandBuffer commandBuffer) -> Status {
                fill(commandBuffer, buffer.handle(), 0, VK_WHOLE_SIZE, 7);
                return {};
            };
            const auto best = [&](std::uint32_t repeats) {
                double seconds = std::numeric_limits<double>::max();
                for (int attempt = 0; attempt < 5; ++attempt) {
                    const auto timed = device.time(record, repeats);
                    checkOk(timed.status);
                    seconds = std::min(seconds, timed.value);
                }
                return seconds;
            };
            const double one = best(1);
            const double ofMany = best(20);
            CHECK(one > 0);
            CHECK(ofMany > one / 8);
            CHECK(ofMany < one * 8);
            CHECK(device.time(record, 0).status.code() == Code::InvalidArgument);
        });
    }

    TEST_CASE("devices live side by side, each created and used on a thread of its own") {
        const auto usable = usableDevices();
        const std::size_t count = usable.size() * 2;
        std::vector<Result<Device>> devices(count);
        std::vector<int> agreed(count);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < count; ++i) {
            threads.emplace_back([&, i] {
                const DeviceSummary& summary = usable[i % usable.size()];
                devices[i] = Device::create({.select = std::to_string(summary.index)});
                if (!devices[i]) return;
                const Device& device = devices[i].value;
                for (std::uint32_t round = 0; round < 10; ++round) {
                    const auto buffer = device.allocate(100000);
                    const auto sent = pattern(99999, static_cast<std::uint32_t>(i) + round);
                    std::vector<std::byte> received(sent.size());
                    agreed[i] += buffer.status && device.upload(buffer.value, 1, sent) &&
                                 device.download(buffer.value, 1, received) && same(received, sent);
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        for (const auto& device : devices) checkOk(device.status);
        for (const int rounds : agreed) CHECK(rounds == 10);
    }

    TEST_CASE("several threads may use one device") {
        forEachDevice(checkThreads);
    }

    TEST_CASE("a moved device and a moved buffer keep working") {
        for (const DeviceSummary& summary : usableDevices()) {
            CAPTURE(summary.name);
            Device first = open(summary);
            const VkDevice handle = first.handle();
            const auto data = pattern(1000, 3);
            Buffer buffer = allocate(first, data.size());
            checkOk(first.upload(buffer, 0, data));

            Device second = std::move(first);
            CHECK(second.handle() == handle);
            Buffer moved = std::move(buffer);
            CHECK(buffer.handle() == VK_NULL_HANDLE);
            std::vector<std::byte> received(data.size());
            checkOk(second.download(moved, 0, received));
            CHECK(same(received, data));

            moved = allocate(second, 32);
            CHECK(moved.size() == 32);
            moved = Buffer();
            second = open(summary);
            CHECK(second.summary().name == summary.name);
        }
    }

    TEST_CASE("statistics of pipelines are told where they were asked for and the driver has them") {
        const std::uint64_t extents[] = {100};
        for (const DeviceSummary& summary : usableDevices())
            for (const bool asked : {false, true}) {
                CAPTURE(summary.name);
                const auto device =
                    Device::create({.select = std::to_string(summary.index), .statistics = asked});
                checkOk(device.status);
                const auto plan =
                    device.value.context().plan(vkaxis::Scan{.input = {vkaxis::Dtype::F32, extents}});
                checkOk(plan.status);
                const VkPipeline pipeline = device.value.context().pipeline(plan.value.commands[0].kernel);
                REQUIRE(pipeline != VK_NULL_HANDLE);
                const auto statistics = device.value.statistics(pipeline);
                checkOk(statistics.status);
                const VkDeviceCreateInfo& info = device.value.deviceCreateInfo();
                const bool enabled = std::ranges::count(
                    std::span(info.ppEnabledExtensionNames, info.enabledExtensionCount),
                    std::string_view(VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME));
                CHECK(enabled == (asked && hasStatistics(device.value)));
                CHECK(statistics.value.empty() == !enabled);
                for (const vkaxis::PipelineStatistic& each : statistics.value) CHECK(!each.name.empty());
                checkOk(device.value.statistics(VK_NULL_HANDLE).status);
            }
    }

    TEST_CASE("the create-info is that of the device, and good for another one") {
        for (const DeviceSummary& summary : usableDevices()) {
            CAPTURE(summary.name);
            Device opened = open(summary);
            const Device device = std::move(opened);
            const VkDeviceCreateInfo& info = device.deviceCreateInfo();
            const auto* core =
                enabled<VkPhysicalDeviceFeatures2>(info, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
            const auto* vulkan11 = enabled<VkPhysicalDeviceVulkan11Features>(
                info, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES);
            const auto* vulkan12 = enabled<VkPhysicalDeviceVulkan12Features>(
                info, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES);
            REQUIRE((core != nullptr && vulkan11 != nullptr && vulkan12 != nullptr));
            CHECK(vulkan12->bufferDeviceAddress == VK_TRUE);
            CHECK((core->features.shaderFloat64 == VK_TRUE) == summary.float64);
            CHECK((vulkan11->storageBuffer16BitAccess == VK_TRUE) == summary.storage16);
            CHECK((vulkan12->storageBuffer8BitAccess == VK_TRUE) == summary.storage8);
            CHECK((vulkan12->vulkanMemoryModelDeviceScope == VK_TRUE) == summary.memoryModel);

            const auto create = reinterpret_cast<PFN_vkCreateDevice>(
                device.getInstanceProcAddr()(device.instance(), "vkCreateDevice"));
            VkDevice another = VK_NULL_HANDLE;
            REQUIRE(create(device.physicalDevice(), &info, nullptr, &another) == VK_SUCCESS);
            function<PFN_vkDestroyDevice>(device, "vkDestroyDevice")(another, nullptr);
        }
    }

    TEST_CASE("the validation layer is silent on ordinary use, from creation to destruction") {
        std::vector<std::string> messages;
        forEachValidatedDevice([&](const char* message) { messages.push_back(message); },
                               [](const Device& device) {
                                   checkOrdinaryUse(device);
                                   const auto beyond = device.allocate(totalHeapSize(device) + 4096);
                                   CHECK(beyond.status.code() == Code::OutOfMemory);
                                   CHECK_MESSAGE(device.validationMessages() == 0,
                                                 device.lastValidationMessage());
                               });
        for (const std::string& message : messages) FAIL_CHECK(message);
    }

    TEST_CASE("the validation layer counts a wrong use") {
        std::uint64_t heard = 0;
        forEachValidatedDevice(
            [&](const char*) { ++heard; },
            [&](const Device& device) {
                heard = 0;
                VkBufferCreateInfo info{};
                info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
                info.size = 16;
                VkBuffer buffer = VK_NULL_HANDLE;
                const auto createBuffer = function<PFN_vkCreateBuffer>(device, "vkCreateBuffer");
                static_cast<void>(createBuffer(device.handle(), &info, nullptr, &buffer));
                function<PFN_vkDestroyBuffer>(device, "vkDestroyBuffer")(device.handle(), buffer, nullptr);
                CHECK(device.validationMessages() == 1);
                CHECK(heard == 1);
                CHECK(device.lastValidationMessage().find("usage") != std::string::npos);
            });
    }

    TEST_CASE("the validation layer sees a missing barrier") {
        forEachValidatedDevice({}, [](const Device& device) {
            const auto fill = function<PFN_vkCmdFillBuffer>(device, "vkCmdFillBuffer");
            const Buffer buffer = allocate(device, 64);
            checkOk(device.run([&](VkCommandBuffer commandBuffer) -> Status {
                fill(commandBuffer, buffer.handle(), 0, 64, 1);
                fill(commandBuffer, buffer.handle(), 0, 64, 2);
                return {};
            }));
            CHECK(device.validationMessages() == 1);
            CHECK(device.lastValidationMessage().find("SYNC-HAZARD-WRITE-AFTER-WRITE") != std::string::npos);
        });
    }

    TEST_CASE("the validation layer tells of what a device's destruction leaves behind") {
        std::uint64_t heard = 0;
        const auto leak = [](const Device& device) {
            VkFenceCreateInfo info{};
            info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
            VkFence leaked = VK_NULL_HANDLE;
            const auto createFence = function<PFN_vkCreateFence>(device, "vkCreateFence");
            REQUIRE(createFence(device.handle(), &info, nullptr, &leaked) == VK_SUCCESS);
            CHECK(device.validationMessages() == 0);
        };
        const std::uint64_t devices = forEachValidatedDevice([&](const char*) { ++heard; }, leak);
        CHECK(heard >= devices);
    }
}
