// Random problems and devices, and the plans that come of them.
#pragma once

#include "fake_vulkan.hpp"
#include "harness/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace vkaxis::test {

using Random = std::mt19937_64;

// Of rank 0 to 8, up to 2^38 elements, with extents that are log-uniform and now and then 0 or 1, any dtypes
// and options, and in half of the cases strides.
harness::Problem randomProblem(Random& random);

// The same problem on tensors without strides.
harness::Problem denseTwin(harness::Problem problem);

// A value for each field of a tuning, log-uniform within what kernels take, now and then the least or the
// most.
std::vector<TuningValue> randomTuning(Random& random);

// Whether the device has what vkaxis.h asks for: storage of narrow results, arithmetic in f64.
bool isSupported(const FakeDevice& device, const harness::Problem& problem);

// The devices that plans are made for: subgroups of 4 to 128, small and large workgroups, small and large
// grids, with and without the optional features.
std::vector<FakeDevice> planningDevices();

struct RandomPlan {
    FakeVulkan& driver;
    const Context& context;
    const harness::Problem& problem;
    const VkaxisPlan& plan;
    const std::string& name;  // for messages: the device and the problem
};

// Plans `count` random problems, each on one of planningDevices(). A plan that fails is a failure of the
// test, and so is one that does not fail where the device lacks something.
void forRandomPlans(std::uint64_t seed, std::size_t count,
                    const std::function<void(const RandomPlan&)>& body);

}  // namespace vkaxis::test
