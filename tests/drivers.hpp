// The devices of every driver that the loader lists, under validation.
#pragma once

#include <vkaxis/device.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vkaxis::test {

// Where devices are required, what is missing is a failure.
inline void skip(const std::string& reason) {
    const char* required = std::getenv("VKAXIS_REQUIRE_DEVICES");
    if (required != nullptr && std::string(required) == "1")
        FAIL(reason);
    else
        MESSAGE("skipped: " << reason);
}

struct Drivers {
    std::vector<Device> devices{};
    std::string missing{};  // why there are none
};

inline Drivers openDrivers() {
    Drivers drivers;
    const auto summaries = Device::enumerate();
    if (!summaries) return {{}, summaries.status.message()};
    for (const DeviceSummary& summary : summaries.value) {
        if (!summary.usable) continue;
        auto device = Device::create({.select = std::to_string(summary.index), .validation = true});
        if (!device) return {{}, device.status.message()};
        drivers.devices.push_back(std::move(device.value));
    }
    if (drivers.devices.empty()) drivers.missing = "no usable Vulkan device";
    return drivers;
}

// body(device) for each driver. The devices are opened once, so that their pipelines are compiled once.
template <class Body>
void onEveryDriver(const Body& body) {
    static const Drivers drivers = openDrivers();
    if (drivers.devices.empty()) return skip(drivers.missing);
    for (const Device& device : drivers.devices) {
        CAPTURE(device.summary().name);
        body(device);
    }
}

// Cases that could not run, by driver and reason.
inline std::map<std::string, int>& skippedCases() {
    static std::map<std::string, int> skipped;
    return skipped;
}

inline void reportSkippedCases() {
    for (const auto& [reason, count] : skippedCases()) MESSAGE("skipped: " << count << " cases: " << reason);
}

}  // namespace vkaxis::test
