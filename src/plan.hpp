// What the primitives' planners share: appending commands, folding grids, tiling columns.
#pragma once

#include <vkaxis/vkaxis.h>

#include <cstring>
#include <span>
#include <type_traits>

#include "context.hpp"
#include "params.h"
#include "shape.hpp"

namespace vkaxis {

// The first failure sticks and makes the rest of a planning function a sequence of plain calls.
class PlanBuilder {
  public:
    PlanBuilder(VkaxisContext context, VkaxisPlan& plan) : context_(context), plan_(plan) {}

    // The addresses at the head of the parameters are those of the accesses, in their order.
    template <class Params>
    void dispatch(Module module, uint32_t workgroupSize, std::span<const uint32_t> constants,
                  const char* name, uint64_t groups, const Params& params,
                  std::span<const VkaxisAccess> accesses) {
        static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= VKAXIS_PARAMETER_SIZE);
        if (VkaxisCommand* command = addDispatch(module, workgroupSize, constants, name, groups, accesses))
            std::memcpy(command->parameters, &params, sizeof params);
    }

    void barrier();

    const VkaxisStatus& status() const { return status_; }

  private:
    VkaxisCommand* addDispatch(Module module, uint32_t workgroupSize, std::span<const uint32_t> constants,
                               const char* name, uint64_t groups, std::span<const VkaxisAccess> accesses);

    VkaxisContext context_;
    VkaxisPlan& plan_;
    VkaxisStatus status_{VKAXIS_OK, VK_SUCCESS, ""};
};

// max(1 MiB, 1/256 of the input), in bytes.
uint64_t mostScratch(const Extents& extents);

// The most splits of the axis for which one partial result of partialSize bytes per column and split stays
// within mostScratch.
uint64_t maxSplits(const Extents& extents, uint64_t partialSize);

// Splits of an axis of `tiles` tiles, which unsplit occupies `groups` workgroups: enough to keep the device
// busy, few enough that each is worth its workgroup.
uint64_t chooseSplits(const Tuning& tuning, uint64_t groups, uint64_t tiles, uint64_t most);

struct TiledColumns {
    shader::ColumnTiling tiling;
    uint64_t groups;  // may exceed 32 bits; a dispatch then refuses
};

// rowsPerInvocation: rows that an invocation takes per tile.
TiledColumns tileColumns(VkaxisContext context, const Extents& extents, uint64_t rowsPerInvocation,
                         uint64_t mostSplits);

}  // namespace vkaxis
