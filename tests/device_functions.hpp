// The device's Vulkan functions, for tests that record commands of their own.
#pragma once

#include <vkaxis/device.hpp>

#include <doctest/doctest.h>

namespace vkaxis::test {

template <class Function>
Function function(const Device& device, const char* name) {
    const auto getDeviceProcAddr = reinterpret_cast<PFN_vkGetDeviceProcAddr>(
        device.getInstanceProcAddr()(device.instance(), "vkGetDeviceProcAddr"));
    const auto found = reinterpret_cast<Function>(getDeviceProcAddr(device.handle(), name));
    REQUIRE_MESSAGE((found != nullptr), name);
    return found;
}

#define VKAXIS_TEST_FUNCTION(name) const auto name = function<PFN_##name>(device, #name)

}  // namespace vkaxis::test
