// Proves without a GPU that commands which touch the same memory are ordered by barriers.
#pragma once

#include <vkaxis/vkaxis.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::test {

// Where the operands of a recording begin, by VkaxisOperand.
struct Placement {
    std::array<VkDeviceAddress, VKAXIS_OPERAND_COUNT> addresses{};

    // Far enough apart for any problem; the number-th such placement, which shares nothing with the others.
    static Placement apart(std::uint32_t number);

    // The same but for one operand.
    Placement with(VkaxisOperand operand, VkDeviceAddress address) const;
    VkDeviceAddress of(VkaxisOperand operand) const { return addresses[operand]; }
};

// Accesses as Vulkan's barriers see them.
struct Scope {
    VkPipelineStageFlags stages = 0;
    VkAccessFlags accesses = 0;
};

// A command in terms of addresses; or a barrier, which has none.
struct Step {
    struct Range {
        VkDeviceAddress begin, end;
        Scope scope;

        bool written() const;
    };
    std::string name;
    std::vector<Range> ranges{};
    Scope before{}, after{};  // of a barrier

    bool isBarrier() const { return before.stages != 0; }
};

std::vector<Step> stepsOf(const VkaxisPlan& plan, const Placement& placement);

// VKAXIS_COMMAND_BARRIER, and what a caller records between two plans; _BEFORE_UPDATE; _AFTER_UPDATE.
Step barrierStep(VkaxisCommandType type = VKAXIS_COMMAND_BARRIER);

struct Hazard {
    std::size_t first = 0, second = 0;  // indices of the steps, the same for one within a dispatch
    std::string text{};
};

// Every pair of steps that overlaps where at least one writes, and that the barriers between them do not
// order as Vulkan asks: by a chain of stages from the first to the second and, for what the first has
// written, by making it available and then visible to the second's access. And every dispatch with ranges
// that overlap in part, at least one written. Within a dispatch equal ranges are allowed: each invocation
// then replaces what it alone has read.
std::vector<Hazard> findHazards(std::span<const Step> steps);

}  // namespace vkaxis::test
