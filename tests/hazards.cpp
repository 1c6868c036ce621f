#include "hazards.hpp"

#include <algorithm>

namespace vkaxis::test {

Placement Placement::apart(std::uint32_t number) {
    constexpr VkDeviceSize kApart = VkDeviceSize{1} << 56;
    Placement placement;
    for (std::uint32_t i = 0; i < VKAXIS_OPERAND_COUNT; ++i)
        placement.addresses[i] = kApart * (number * VKAXIS_OPERAND_COUNT + i + 1);
    return placement;
}

Placement Placement::with(VkaxisOperand operand, VkDeviceAddress address) const {
    Placement result = *this;
    result.addresses[operand] = address;
    return result;
}

namespace {

constexpr VkAccessFlags kShader = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
constexpr VkAccessFlags kWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;

Scope scopeOf(VkaxisCommandType type, std::uint32_t flags) {
    if (type == VKAXIS_COMMAND_UPDATE) return {VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT};
    Scope scope{VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0};
    if ((flags & VKAXIS_ACCESS_READ) != 0) scope.accesses |= VK_ACCESS_SHADER_READ_BIT;
    if ((flags & VKAXIS_ACCESS_WRITE) != 0) scope.accesses |= VK_ACCESS_SHADER_WRITE_BIT;
    return scope;
}

}  // namespace

bool Step::Range::written() const {
    return (scope.accesses & kWrites) != 0;
}

Step barrierStep(VkaxisCommandType type) {
    constexpr Scope kUpdate{VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT};
    constexpr VkPipelineStageFlags kCompute = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
    switch (type) {
        case VKAXIS_COMMAND_BEFORE_UPDATE:
            return {"barrier before update", {}, {kCompute, kShader}, kUpdate};
        case VKAXIS_COMMAND_AFTER_UPDATE:
            return {"barrier after update", {}, kUpdate, {kCompute, VK_ACCESS_SHADER_READ_BIT}};
        default:
            return {"barrier", {}, {kCompute, VK_ACCESS_SHADER_WRITE_BIT}, {kCompute, kShader}};
    }
}

std::vector<Step> stepsOf(const VkaxisPlan& plan, const Placement& placement) {
    std::vector<Step> steps;
    for (const VkaxisCommand& command : std::span(plan.commands, plan.commandCount)) {
        if (command.type != VKAXIS_COMMAND_DISPATCH && command.type != VKAXIS_COMMAND_UPDATE) {
            steps.push_back(barrierStep(command.type));
            continue;
        }
        Step step{command.name};
        for (const VkaxisAccess& access : std::span(command.accesses, command.accessCount)) {
            if (access.flags == 0) continue;
            const VkDeviceAddress begin = placement.of(access.operand) + access.offset;
            step.ranges.push_back({begin, begin + access.size, scopeOf(command.type, access.flags)});
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

namespace {

bool conflict(const Step::Range& a, const Step::Range& b) {
    return std::max(a.begin, b.begin) < std::min(a.end, b.end) && (a.written() || b.written());
}

bool equal(const Step::Range& a, const Step::Range& b) {
    return a.begin == b.begin && a.end == b.end;
}

// Whether the barriers among the steps between two commands order their accesses.
bool areOrdered(std::span<const Step> between, const Step::Range& earlier, const Step::Range& later) {
    Scope reached;  // stages that wait for the earlier access, and accesses that its writes are visible to
    bool available = false;
    for (const Step& step : between) {
        const bool direct = (step.before.stages & earlier.scope.stages) != 0;
        if (!direct && (step.before.stages & reached.stages) == 0) continue;
        available = available || (direct && (step.before.accesses & earlier.scope.accesses & kWrites) != 0);
        reached.stages |= step.after.stages;
        if (available) reached.accesses |= step.after.accesses;
    }
    const bool after = (reached.stages & later.scope.stages) == later.scope.stages;
    const bool sees = (reached.accesses & later.scope.accesses) == later.scope.accesses;
    return after && (sees || !earlier.written());
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
        for (std::size_t first = 0; first < second; ++first)
            for (const Step::Range& earlier : steps[first].ranges)
                for (const Step::Range& later : ranges)
                    if (conflict(earlier, later) &&
                        !areOrdered(steps.subspan(first + 1, second - first - 1), earlier, later))
                        addHazard(hazards, steps, first, second, later);
    }
    return hazards;
}

}  // namespace vkaxis::test
