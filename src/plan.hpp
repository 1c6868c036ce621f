// What the primitives' planners share: appending commands, folding grids, splitting axes, tiling columns.
#pragma once

#include <vkaxis/vkaxis.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "context.hpp"
#include "params.h"
#include "shape.hpp"

namespace vkaxis {

inline constexpr VkaxisAccess kNoAccess{};

// The whole of an operand.
VkaxisAccess readAll(const VkaxisPlan& plan, VkaxisOperand operand);
VkaxisAccess writeAll(const VkaxisPlan& plan, VkaxisOperand operand);

void setOperand(VkaxisPlan& plan, VkaxisOperand operand, VkaxisDtype dtype, VkDeviceSize size);

// Whether kernels can write elements of the dtype, as what `name` says; `remedy` ends the refusal.
VkaxisStatus checkStorage(const DeviceFacts& facts, VkaxisDtype dtype, const char* name, const char* remedy);

// The first failure sticks and makes the rest of a planning function a sequence of plain calls.
class PlanBuilder {
  public:
    PlanBuilder(VkaxisContext context, VkaxisPlan& plan) : context_(context), plan_(plan) {}

    // The addresses at the head of the parameters are those of the accesses, in their order.
    template <class Params>
    void dispatch(Module module, uint32_t workgroupSize, std::span<const uint32_t> constants,
                  const char* name, uint64_t groups, const Params& params,
                  std::initializer_list<VkaxisAccess> accesses) {
        static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= VKAXIS_PARAMETER_SIZE);
        if (VkaxisCommand* command = addDispatch(module, workgroupSize, constants, name, groups, accesses))
            std::memcpy(command->parameters, &params, sizeof params);
    }

    void barrier() { add(VKAXIS_COMMAND_BARRIER); }

    // More scratch memory; its offset.
    VkDeviceSize allocate(VkDeviceSize size);

    // Memory that every recording finds and leaves zero, once per plan. Returns the access to it.
    VkaxisAccess addZeroed(VkDeviceSize size);

    // Writes the shape's table to scratch before the first dispatch. Returns how to read it.
    VkaxisAccess addTable(const Shape& shape);

    const VkaxisStatus& status() const { return status_; }

  private:
    VkaxisCommand* add(VkaxisCommandType type);
    VkaxisCommand* addDispatch(Module module, uint32_t workgroupSize, std::span<const uint32_t> constants,
                               const char* name, uint64_t groups, std::span<const VkaxisAccess> accesses);

    VkaxisContext context_;
    VkaxisPlan& plan_;
    VkaxisStatus status_{VKAXIS_OK, VK_SUCCESS, ""};
};

// For partial results, in bytes: with a table and counters beside them 1/256 of the input, but at least 64 KiB.
uint64_t mostScratch(uint64_t inputSize);

// The most splits of the axis for which one partial result of partialSize bytes per slice and split stays
// within mostScratch.
uint64_t maxSplits(const Shape& shape, uint64_t inputSize, uint64_t partialSize);

// An axis in `count` chunks of `chunk` elements; the last one may be shorter.
struct Splits {
    uint64_t count;
    uint64_t chunk;
};

// Splits an axis which unsplit occupies `groups` workgroups, in as many as run at once (a few more would take
// twice as long), but so that each is worth its workgroup. Kernels count a chunk in 32 bits.
Splits splitAxis(const Tuning& tuning, uint64_t groups, uint64_t extent, uint64_t tile, uint64_t mostSplits);

// How many workgroups of the usual size take as much of the device as one of workgroupSize, at least.
uint64_t weightOf(VkaxisContext context, uint64_t workgroupSize);

// Workgroups that stay for several of `turns`: several waves of them, so that the last one is a short one;
// and as many as keep all rounds of all loops of a workgroup's turns, `rounds` each, far below kMostRounds.
uint64_t turnGroups(const Tuning& tuning, uint64_t turns, uint64_t rounds);

// Lanes, a power of two within a subgroup, that fold the `rows` candidates or totals of each of `columns`
// columns.
uint32_t foldLanes(VkaxisContext context, uint64_t workgroupSize, uint64_t columns, uint64_t rows);

struct TiledColumns {
    shader::ColumnTiling tiling;
    uint64_t groups;  // may exceed 32 bits; a dispatch then refuses
};

// panelColumns: most neighbouring columns per workgroup, unless few rows would leave invocations idle;
// rowsPerInvocation: rows that an invocation takes per tile.
TiledColumns tileColumns(VkaxisContext context, const Shape& shape, uint32_t workgroupSize,
                         uint64_t panelColumns, uint64_t rowsPerInvocation, uint64_t mostSplits);

}  // namespace vkaxis
