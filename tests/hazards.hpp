// Proves without a GPU that commands which touch the same memory are ordered by a barrier; and makes plans to
// prove it of.
#pragma once

#include "fake_vulkan.hpp"
#include "harness/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::test {

// ---- Hazards ----------------------------------------------------------------------------------------------

// Where the operands of a recording begin. The same address for input and output: in place.
struct Placement {
    VkDeviceAddress input = 0;
    VkDeviceAddress output = 0;
    VkDeviceAddress scratch = 0;

    VkDeviceAddress of(VkaxisOperand operand) const;
};

// A command in terms of addresses.
struct Step {
    struct Range {
        VkDeviceAddress begin, end;
        bool written;
    };
    std::string name;
    bool barrier = false;
    std::vector<Range> ranges{};
};

std::vector<Step> stepsOf(const VkaxisPlan& plan, const Placement& placement);
Step barrierStep();

struct Hazard {
    std::size_t first = 0, second = 0;  // indices of the steps, the same for one within a dispatch
    std::string text{};
};

// Every pair of steps without a barrier between them that overlaps where at least one writes; and every
// dispatch with ranges that overlap in part, at least one written. Within a dispatch equal ranges are
// allowed: each invocation then replaces what it alone has read.
std::vector<Hazard> findHazards(std::span<const Step> steps);

// ---- Random problems --------------------------------------------------------------------------------------

using Random = std::mt19937_64;

// Of rank 0 to 8, up to 2^38 elements, with extents that are log-uniform and now and then 0 or 1.
harness::Problem randomProblem(Random& random);

// The devices that plans are made for: subgroups of 4 to 128, small and large workgroups, small and large
// grids.
std::vector<FakeDevice> planningDevices();

struct RandomPlan {
    FakeVulkan& driver;
    const Context& context;
    const harness::Problem& problem;
    const VkaxisPlan& plan;
    const std::string& name;  // for messages: the device and the problem
};

// Plans `count` random problems, each on one of planningDevices(). A plan that fails is a failure of the
// test.
void forRandomPlans(std::uint64_t seed, std::size_t count,
                    const std::function<void(const RandomPlan&)>& body);

}  // namespace vkaxis::test
