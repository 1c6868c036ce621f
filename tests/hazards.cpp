#include "hazards.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <iterator>

namespace vkaxis::test {

// ---- Hazards ----------------------------------------------------------------------------------------------

VkDeviceAddress Placement::of(VkaxisOperand operand) const {
    return operand == VKAXIS_OPERAND_INPUT ? input : operand == VKAXIS_OPERAND_OUTPUT ? output : scratch;
}

Step barrierStep() {
    return {"barrier", true};
}

std::vector<Step> stepsOf(const VkaxisPlan& plan, const Placement& placement) {
    std::vector<Step> steps;
    for (const VkaxisCommand& command : std::span(plan.commands, plan.commandCount)) {
        if (command.type == VKAXIS_COMMAND_BARRIER) {
            steps.push_back(barrierStep());
            continue;
        }
        Step step{command.name};
        for (const VkaxisAccess& access : std::span(command.accesses, command.accessCount)) {
            const VkDeviceAddress begin = placement.of(access.operand) + access.offset;
            step.ranges.push_back({begin, begin + access.size, (access.flags & VKAXIS_ACCESS_WRITE) != 0});
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

namespace {

bool conflict(const Step::Range& a, const Step::Range& b) {
    return std::max(a.begin, b.begin) < std::min(a.end, b.end) && (a.written || b.written);
}

bool equal(const Step::Range& a, const Step::Range& b) {
    return a.begin == b.begin && a.end == b.end;
}

void addHazard(std::vector<Hazard>& hazards, std::span<const Step> steps, std::size_t first,
               std::size_t second, const Step::Range& range) {
    hazards.push_back({first, second,
                       steps[first].name + " (" + std::to_string(first) + ") and " + steps[second].name +
                           " (" + std::to_string(second) + ") meet in the " +
                           std::to_string(range.end - range.begin) + " bytes from " +
                           std::to_string(range.begin)});
}

}  // namespace

std::vector<Hazard> findHazards(std::span<const Step> steps) {
    std::vector<Hazard> hazards;
    for (std::size_t second = 0; second < steps.size(); ++second) {
        const std::vector<Step::Range>& ranges = steps[second].ranges;
        for (std::size_t i = 0; i < ranges.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (conflict(ranges[i], ranges[j]) && !equal(ranges[i], ranges[j]))
                    addHazard(hazards, steps, second, second, ranges[i]);
        for (std::size_t first = second; first-- > 0 && !steps[first].barrier;)
            for (const Step::Range& earlier : steps[first].ranges)
                for (const Step::Range& later : ranges)
                    if (conflict(earlier, later)) addHazard(hazards, steps, first, second, later);
    }
    return hazards;
}

// ---- Random problems --------------------------------------------------------------------------------------

namespace {

// Not std::uniform_int_distribution, whose numbers differ between standard libraries.
std::uint64_t below(Random& random, std::uint64_t bound) {
    return random() % bound;
}

template <class T, std::size_t count>
T pick(Random& random, const T (&choices)[count]) {
    return choices[below(random, count)];
}

// Every dimension gets some of the budget's bits, and an extent of that many.
std::vector<std::uint64_t> randomShape(Random& random) {
    constexpr std::uint64_t kMostBits = 38;
    std::vector<std::uint64_t> shape;
    const std::uint64_t rank = below(random, VKAXIS_MAX_RANK + 1);
    std::uint64_t bits = below(random, kMostBits + 1);
    while (shape.size() < rank) {
        const std::uint64_t own = std::min<std::uint64_t>(below(random, bits + 1), 32);
        bits -= own;
        const std::uint64_t atMost = std::uint64_t{1} << own;
        std::uint64_t extent = atMost / 2 + below(random, (atMost + 1) / 2) + 1;
        if (below(random, 50) == 0) extent = 0;
        const auto position = static_cast<std::ptrdiff_t>(below(random, shape.size() + 1));
        shape.insert(shape.begin() + position, std::min<std::uint64_t>(extent, UINT32_MAX));
    }
    return shape;
}

}  // namespace

harness::Problem randomProblem(Random& random) {
    harness::Problem problem;
    problem.op =
        pick(random, {harness::Op::Argmax, harness::Op::Argmin, harness::Op::Scan, harness::Op::Scan});
    problem.dtype = pick(random, {Dtype::F32, Dtype::I32, Dtype::U32});
    problem.indexType = pick(random, {IndexType::U32, IndexType::I64});
    problem.mode = pick(random, {ScanMode::Inclusive, ScanMode::Exclusive, ScanMode::IncludeInitial});
    problem.shape = randomShape(random);
    const auto rank = static_cast<std::int32_t>(std::max<std::size_t>(problem.shape.size(), 1));
    problem.axis = static_cast<std::int32_t>(below(random, 2 * static_cast<std::uint64_t>(rank))) - rank;
    const auto position = static_cast<std::size_t>(problem.axis < 0 ? problem.axis + rank : problem.axis);
    const bool scan = problem.op == harness::Op::Scan;
    if (!scan && position < problem.shape.size() && problem.shape[position] == 0) problem.shape[position] = 1;
    return problem;
}

std::vector<FakeDevice> planningDevices() {
    constexpr std::uint32_t kVendors[] = {0, 0x10de, 0x1002, 0x8086};
    std::vector<FakeDevice> devices;
    for (const std::uint32_t subgroupSize : {4u, 8u, 16u, 32u, 64u, 128u})
        for (const std::uint32_t invocations : {128u, 192u, 256u, 1024u})
            for (const std::uint32_t groups : {65535u, 0x7fffffffu}) {
                FakeDevice device;
                device.vendorId = kVendors[devices.size() % std::size(kVendors)];
                device.subgroupSize = subgroupSize;
                device.maxWorkgroupInvocations = invocations;
                device.maxWorkgroupCount = groups;
                device.enableMemoryModel = devices.size() / std::size(kVendors) % 2 == 0;
                devices.push_back(device);
            }
    return devices;
}

void forRandomPlans(std::uint64_t seed, std::size_t count,
                    const std::function<void(const RandomPlan&)>& body) {
    const std::vector<FakeDevice> devices = planningDevices();
    std::deque<FakeVulkan> drivers;
    std::vector<Context> contexts;
    for (const FakeDevice& device : devices) {
        drivers.emplace_back(device);
        Result<Context> context = Context::create(drivers.back().contextInfo());
        REQUIRE_MESSAGE(context, std::string(context.status.message()));
        contexts.push_back(std::move(context.value));
    }
    Random random(seed);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t chosen = below(random, devices.size());
        const harness::Problem problem = randomProblem(random);
        const FakeDevice& device = devices[chosen];
        const std::string name = harness::describe(problem) + ", subgroups of " +
                                 std::to_string(device.subgroupSize) + ", " +
                                 std::to_string(device.maxWorkgroupInvocations) + " invocations, " +
                                 std::to_string(device.maxWorkgroupCount) + " workgroups";
        const Result<Plan> plan = harness::plan(contexts[chosen], problem);
        CHECK_MESSAGE(plan, name << ": " << std::string(plan.status.message()));
        if (plan) body({drivers[chosen], contexts[chosen], problem, plan.value, name});
    }
    contexts.clear();
    for (const FakeVulkan& driver : drivers) {
        CHECK(driver.firstViolation() == "");
        CHECK(driver.liveObjects() == 0);
    }
}

}  // namespace vkaxis::test
