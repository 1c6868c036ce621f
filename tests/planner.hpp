// A context on the fake driver, and what it plans.
#pragma once

#include "fake_vulkan.hpp"
#include "harness/problem.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace vkaxis::test {

inline Context createContext(const ContextInfo& info) {
    Result<Context> context = Context::create(info);
    REQUIRE_MESSAGE(context, std::string(context.status.message()));
    CHECK(std::string(context.status.message()) == "");
    return std::move(context.value);
}

// Of a harness::Problem, a Scan or an ArgReduce, which must have a plan.
template <class Problem>
Plan planned(const Context& context, const Problem& problem) {
    Result<Plan> result;
    if constexpr (std::is_same_v<Problem, harness::Problem>)
        result = harness::plan(context, problem);
    else
        result = context.plan(problem);
    REQUIRE_MESSAGE(result, std::string(result.status.message()));
    CHECK(std::string(result.status.message()) == "");
    return result.value;
}

struct Planner {
    explicit Planner(const FakeDevice& device = {})
        : driver(device), context(createContext(driver.contextInfo())) {}

    template <class Problem>
    Plan plan(const Problem& problem) const {
        return planned(context, problem);
    }
    // Of planning it, which may fail.
    Status status(const harness::Problem& problem) const { return harness::plan(context, problem).status; }

    // A specialization constant of a dispatch's pipeline.
    std::uint32_t constantOf(const VkaxisCommand& dispatch, std::uint32_t id) const {
        return driver.pipeline(context.pipeline(dispatch.kernel)).shader.specialization.at(id);
    }

    FakeVulkan driver;
    Context context;
};

// A device with every optional feature.
inline FakeDevice fullDevice() {
    FakeDevice device;
    device.enableMemoryModel = device.enableFloat64 = device.enableStorage8 = device.enableStorage16 = true;
    return device;
}

inline std::span<const VkaxisCommand> commandsOf(const VkaxisPlan& plan) {
    return {plan.commands, plan.commandCount};
}
inline std::span<const VkaxisAccess> accessesOf(const VkaxisCommand& command) {
    return {command.accesses, command.accessCount};
}

inline std::uint64_t workgroups(const VkaxisCommand& command) {
    return std::uint64_t{command.groupCount[0]} * command.groupCount[1] * command.groupCount[2];
}

template <class Params>
Params paramsOf(const VkaxisCommand& command) {
    Params params;
    std::memcpy(&params, command.parameters, sizeof params);
    return params;
}

inline bool samePlan(const VkaxisPlan& a, const VkaxisPlan& b) {
    const auto sameAccess = [](const VkaxisAccess& x, const VkaxisAccess& y) {
        return x.operand == y.operand && x.flags == y.flags && x.offset == y.offset && x.size == y.size;
    };
    const auto sameCommand = [&](const VkaxisCommand& x, const VkaxisCommand& y) {
        const auto xs = accessesOf(x), ys = accessesOf(y);
        return x.type == y.type && x.kernel == y.kernel && std::ranges::equal(x.groupCount, y.groupCount) &&
               std::ranges::equal(x.parameters, y.parameters) && std::ranges::equal(xs, ys, sameAccess);
    };
    return std::ranges::equal(a.sizes, b.sizes) && std::ranges::equal(a.alignments, b.alignments) &&
           std::ranges::equal(a.dtypes, b.dtypes) && a.additionDepth == b.additionDepth &&
           a.inPlace == b.inPlace && a.tableSize == b.tableSize && std::ranges::equal(a.table, b.table) &&
           std::ranges::equal(commandsOf(a), commandsOf(b), sameCommand);
}

inline harness::Problem scanOf(harness::Extents shape, std::int32_t axis, ScanMode mode = ScanMode::Inclusive,
                               Dtype dtype = Dtype::F32) {
    harness::Problem problem{harness::Op::Scan, dtype, std::move(shape), axis};
    problem.mode = mode;
    return problem;
}

inline harness::Problem argmaxOf(harness::Extents shape, std::int32_t axis,
                                 IndexType indexType = IndexType::I64) {
    return {harness::Op::Argmax, Dtype::F32, std::move(shape), axis, {}, {}, {}, indexType};
}

// Takes several passes on every device, with scratch memory and barriers between them.
inline Scan longScan(ScanMode mode = ScanMode::Inclusive, Dtype dtype = Dtype::F32) {
    static constexpr std::uint64_t kExtents[] = {std::uint64_t{1} << 24};
    return {{dtype, kExtents}, 0, mode};
}

inline ArgReduce smallArgmax(IndexType indexType = IndexType::U32) {
    static constexpr std::uint64_t kExtents[] = {64, 1000};
    return {ArgReduceOp::Argmax, {Dtype::F32, kExtents}, 1, indexType};
}

// ---- Recording -------------------------------------------------------------------------------------------

// The ranges of a recording by VkaxisOperand; scratch memory has none.
inline constexpr VkaxisAddressRange VkaxisRecordInfo::*kRanges[VKAXIS_OPERAND_COUNT] = {
    &VkaxisRecordInfo::input,     &VkaxisRecordInfo::output, nullptr,
    &VkaxisRecordInfo::maxOutput, &VkaxisRecordInfo::values, &VkaxisRecordInfo::maxValues,
    &VkaxisRecordInfo::initial,   &VkaxisRecordInfo::totals, &VkaxisRecordInfo::zeroed};

inline VkDeviceAddress addressOf(std::uint32_t operand) {
    return (operand + VkDeviceAddress{1}) << 40;
}

// Operands that the plan accepts, each at its addressOf.
inline VkaxisRecordInfo recordInfo(FakeVulkan& driver, const Plan& plan) {
    VkaxisRecordInfo info{};
    info.sType = VKAXIS_STRUCTURE_TYPE_RECORD_INFO;
    for (std::uint32_t operand = 0; operand < VKAXIS_OPERAND_COUNT; ++operand) {
        const VkDeviceSize wholeWords = (plan.sizes[operand] + 3) / 4 * 4;
        if (plan.sizes[operand] == 0) continue;
        if (operand != VKAXIS_OPERAND_SCRATCH) {
            info.*kRanges[operand] = {addressOf(operand), wholeWords};
            continue;
        }
        info.scratch = driver.addBuffer(addressOf(operand), plan.sizes[operand]);
        info.scratchSize = plan.sizes[operand];
    }
    return info;
}

}  // namespace vkaxis::test
