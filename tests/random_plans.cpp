#include "random_plans.hpp"

#include "harness/ops.hpp"

#include "tuning.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

namespace vkaxis::test {

namespace {

using harness::Op;
using harness::Problem;

// Not std::uniform_int_distribution, whose numbers differ between standard libraries.
std::uint64_t below(Random& random, std::uint64_t bound) {
    return random() % bound;
}

bool once(Random& random, std::uint64_t in) {
    return below(random, in) == 0;
}

// Every dimension gets some of the budget's bits, and an extent of that many.
harness::Extents randomShape(Random& random) {
    constexpr std::uint64_t kMostBits = 38;
    harness::Extents shape;
    const std::uint64_t rank = below(random, VKAXIS_MAX_RANK + 1);
    std::uint64_t bits = below(random, kMostBits + 1);
    while (shape.size() < rank) {
        const std::uint64_t own = below(random, bits + 1);
        bits -= own;
        const std::uint64_t atMost = std::uint64_t{1} << own;
        std::uint64_t extent = atMost / 2 + below(random, (atMost + 1) / 2) + 1;
        if (once(random, 50)) extent = 0;
        const auto position = static_cast<std::ptrdiff_t>(below(random, shape.size() + 1));
        shape.insert(shape.begin() + position, extent);
    }
    return shape;
}

// The dimensions in any order in memory, some stepped or padded and, of what is only read, some broadcast.
harness::Strides randomStrides(Random& random, const harness::Extents& shape, bool written) {
    std::vector<std::size_t> order(shape.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (once(random, 2))
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(random, i)]);
    harness::Strides strides(shape.size());
    std::uint64_t size = 1;
    for (const std::size_t dimension : order) {
        if (!written && once(random, 8)) continue;
        const std::uint64_t step = once(random, 4) ? 2 + below(random, 2) : 1;
        const std::uint64_t padding = once(random, 4) ? 1 + below(random, 3) : 0;
        strides[dimension] = size * step;
        size *= std::max<std::uint64_t>(shape[dimension], 1) * step + padding;
    }
    return strides;
}

void chooseOptions(Random& random, Problem& problem) {
    for (const harness::Option& option : harness::entryOf(problem.op).options)
        option.set(problem, below(random, option.values.size()));
    if (problem.outputDtype != Dtype::Default && !harness::holds(problem.outputDtype, problem.dtype))
        problem.outputDtype = problem.dtype;
    if (harness::entryOf(harness::outputDtype(problem)).isFloat())
        problem.initialValue.f64 = 1;
    else
        problem.initialValue.u64 = 1;
}

}  // namespace

Problem randomProblem(Random& random) {
    constexpr Op kOps[] = {Op::Argmax, Op::Argmin, Op::Argminmax, Op::Scan, Op::Scan, Op::Scan};
    const std::span<const harness::DtypeEntry> dtypes = harness::dtypeTable();
    Problem problem;
    problem.op = kOps[below(random, std::size(kOps))];
    problem.dtype = dtypes[below(random, dtypes.size())].dtype;
    problem.shape = randomShape(random);
    const auto rank = static_cast<std::int32_t>(std::max<std::size_t>(problem.shape.size(), 1));
    problem.axis = static_cast<std::int32_t>(below(random, 2 * static_cast<std::uint64_t>(rank))) - rank;
    chooseOptions(random, problem);
    const auto position = static_cast<std::size_t>(problem.axis < 0 ? problem.axis + rank : problem.axis);
    if (problem.op != Op::Scan && position < problem.shape.size()) {
        std::uint64_t& extent = problem.shape[position];
        extent = std::max<std::uint64_t>(extent, 1);
        if (extent > UINT32_MAX) problem.indexType = IndexType::I64;
    }
    if (problem.shape.empty() || once(random, 2)) return problem;
    problem.strides = randomStrides(random, problem.shape, false);
    problem.outputStrides = randomStrides(random, harness::outputShape(problem), true);
    problem.sideStrides = randomStrides(random, harness::sliceShape(problem), true);
    if (once(random, 4) && harness::outputShape(problem) == problem.shape) {
        problem.strides = problem.outputStrides;
    }
    return problem;
}

Problem denseTwin(Problem problem) {
    problem.strides.clear();
    problem.outputStrides.clear();
    problem.sideStrides.clear();
    return problem;
}

std::vector<TuningValue> randomTuning(Random& random) {
    std::vector<TuningValue> values;
    for (const TuningField& field : kTuningFields) {
        const auto bits = static_cast<std::uint64_t>(std::bit_width(field.most));
        const std::uint64_t size = std::uint64_t{1} << below(random, bits + 1);
        std::uint64_t value =
            std::clamp<std::uint64_t>(below(random, size) + size / 2, field.least, field.most);
        if (once(random, 16)) value = once(random, 2) ? field.least : field.most;
        values.push_back({field.name, static_cast<std::uint32_t>(value)});
    }
    return values;
}

bool isSupported(const FakeDevice& device, const Problem& problem) {
    const bool scan = problem.op == Op::Scan;
    const bool writesElements = scan || problem.values;
    const Dtype written = scan ? harness::outputDtype(problem) : problem.dtype;
    const std::uint64_t size = harness::elementSize(written);
    const bool combines = problem.scanOp == ScanOp::Sum || problem.scanOp == ScanOp::Prod;
    return !(writesElements && size == 1 && !device.enableStorage8) &&
           !(writesElements && size == 2 && !device.enableStorage16) &&
           !(scan && combines && written == Dtype::F64 && !device.enableFloat64);
}

std::vector<FakeDevice> planningDevices() {
    constexpr std::uint32_t kVendors[] = {0, 0x10de, 0x1002, 0x8086};
    std::vector<FakeDevice> devices;
    for (const std::uint32_t subgroupSize : {4u, 8u, 16u, 32u, 64u, 128u})
        for (const std::uint32_t invocations : {128u, 192u, 256u, 1024u})
            for (const std::uint32_t groups : {65535u, 0x7fffffffu}) {
                const std::size_t number = devices.size();
                FakeDevice device;
                device.vendorId = kVendors[number % std::size(kVendors)];
                device.subgroupSize = subgroupSize;
                device.maxWorkgroupInvocations = invocations;
                device.maxWorkgroupCount = groups;
                device.enableMemoryModel = number / std::size(kVendors) % 2 == 0;
                device.enableFloat64 = number % 3 != 0;
                device.enableStorage8 = number % 5 != 0;
                device.enableStorage16 = number % 7 != 0;
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
        const Problem problem = randomProblem(random);
        const FakeDevice& device = devices[chosen];
        const std::string name = harness::describe(problem) + ", subgroups of " +
                                 std::to_string(device.subgroupSize) + ", " +
                                 std::to_string(device.maxWorkgroupInvocations) + " invocations, " +
                                 std::to_string(device.maxWorkgroupCount) + " workgroups";
        const Result<Plan> plan = harness::plan(contexts[chosen], problem);
        const Code expected = isSupported(device, problem) ? Code::Ok : Code::Unsupported;
        CHECK_MESSAGE(plan.status.code() == expected, name << ": " << std::string(plan.status.message()));
        if (plan) body({drivers[chosen], contexts[chosen], problem, plan.value, name});
    }
    contexts.clear();
    for (const FakeVulkan& driver : drivers) {
        CHECK(driver.firstViolation() == "");
        CHECK(driver.liveObjects() == 0);
    }
}

}  // namespace vkaxis::test
