// The compute pipelines of a context, one per kernel and set of specialization constants, made when first
// asked for.
#pragma once

#include <vkaxis/vkaxis.h>

#include <cstddef>
#include <span>

namespace vkaxis {

enum class Module : uint32_t {
    ArgRows,
    ArgColumns,
    ArgColumnQuads,
    ScanRowsF32,
    ScanRowsU32,
    ScanColumnsF32,
    ScanColumnsU32,
    ScanLookBackF32,
    ScanLookBackU32,
    Count
};

// The embedded SPIR-V.
std::span<const uint32_t> moduleCode(Module module);

// Constants 0 and 1 are the workgroup's invocations and subgroups (see params.h); the rest is the kernel's
// own.
inline constexpr uint32_t kMaxSpecialization = 7;

struct KernelKey {
    Module module;
    uint32_t constants[kMaxSpecialization];

    bool operator==(const KernelKey&) const = default;
};

// A fixed table, so that recording may read it while planning appends to it.
struct KernelTable {
    static constexpr uint32_t kCapacity = 1024;

    struct Entry {
        KernelKey key;
        VkPipeline pipeline;
    };
    Entry entries[kCapacity];
    uint32_t count;
};

// The slot of the kernel in the context's table; constants are those from number 2 on.
VkaxisStatus findKernel(VkaxisContext context, Module module, uint32_t workgroupSize,
                        std::span<const uint32_t> constants, uint32_t& slot);

void destroyKernels(VkaxisContext context);

}  // namespace vkaxis
