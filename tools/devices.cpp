// vkaxis devices: what there is, and what vkaxis can do on it.
#include "commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vkaxis::cli {
namespace {

const char* typeName(VkPhysicalDeviceType type) {
    switch (type) {
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
            return "discrete GPU";
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
            return "integrated GPU";
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
            return "virtual GPU";
        case VK_PHYSICAL_DEVICE_TYPE_CPU:
            return "CPU";
        default:
            return "other";
    }
}

std::string featureList(const DeviceSummary& device, bool present) {
    const std::pair<const char*, bool> features[] = {
        {"buffer addresses", device.bufferDeviceAddress},
        {"subgroup size control", device.subgroupSizeControl},
        {"memory model", device.memoryModel},
        {"float64", device.float64},
        {"8-bit storage", device.storage8},
        {"16-bit storage", device.storage16},
    };
    std::vector<const char*> names;
    for (const auto& [name, value] : features) {
        if (value == present) names.push_back(name);
    }
    // Two lines, so that all features fit into 80 columns.
    constexpr std::size_t kFirstLine = 5;
    if (names.size() <= kFirstLine) return fmt::format("{}", fmt::join(names, ", "));
    const auto middle = names.begin() + kFirstLine;
    return fmt::format("{},\n               {}", fmt::join(names.begin(), middle, ", "),
                       fmt::join(middle, names.end(), ", "));
}

void print(const DeviceSummary& device) {
    const auto line = [](const char* label, const std::string& value) {
        if (!value.empty()) fmt::print("  {:<11}  {}\n", label, value);
    };
    fmt::print("{}: {}\n", device.index, device.name);
    line("vkaxis", device.usable ? "runs" : fmt::format("does not run: {}", device.usable.message()));
    line("type", typeName(device.type));
    line("driver", device.driver);
    line("Vulkan",
         fmt::format("{}.{}.{}", VK_API_VERSION_MAJOR(device.apiVersion),
                     VK_API_VERSION_MINOR(device.apiVersion), VK_API_VERSION_PATCH(device.apiVersion)));
    line("memory", fmt::format("{:.1f} GiB", static_cast<double>(device.memorySize) / (1 << 30)));
    line("subgroup", fmt::format("{} invocations", device.subgroupSize));
    line("workgroup", fmt::format("up to {} invocations", device.maxWorkgroupSize));
    line("has", featureList(device, true));
    line("lacks", featureList(device, false));
}

ExitCode listAll() {
    const auto devices = Device::enumerate();
    require(devices.status, ExitCode::NoDevice);
    if (devices->empty()) openDevice({});  // throws, and says what to install
    for (const DeviceSummary& device : devices.value) {
        if (device.index > 0) fmt::print("\n");
        print(device);
    }
    return ExitCode::Done;
}

}  // namespace

void addDevices(CLI::App& app, Action& chosen) {
    const auto select = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("devices", "List the Vulkan devices and whether vkaxis runs on them");
    addDeviceOption(*command, *select);
    command->callback([select, &chosen] {
        chosen = [select] {
            if (select->empty()) return listAll();
            print(openDevice({*select}).summary());
            return ExitCode::Done;
        };
    });
}

}  // namespace vkaxis::cli
