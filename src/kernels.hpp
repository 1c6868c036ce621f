// The compute pipelines of a context, one per kernel and set of specialization constants, made when first
// asked for.
#pragma once

#include <vkaxis/vkaxis.h>

#include <cstddef>
#include <span>
#include <utility>

namespace vkaxis {

enum class Module : uint32_t {
    ArgRows,  // and one more for each other ArgVariant
    ArgColumns = ArgRows + 4,
    ArgColumnQuads = ArgColumns + 4,
    ArgLaneRows = ArgColumnQuads + 4,  // of keys of one word, and of two
    ArgShortRows = ArgLaneRows + 2,    // the same
    Gather = ArgShortRows + 2,
    Gather8,  // bits of an element
    Gather16,
    ScanRows,  // and one more for each other ScanElement
    ScanColumns = ScanRows + 7,
    ScanTiles = ScanColumns + 7,
    ScanLookBack = ScanTiles + 7,
    ScanSlices = ScanLookBack + 5,        // of F32 and U32
    ScanColumnTotals = ScanSlices + 2,    // of F32, U32, F64 and U64
    ScanTileSums = ScanColumnTotals + 4,  // the same
    Count = ScanTileSums + 4
};

// Words of a key, and whether the last workgroup of an axis folds what all have left.
enum class ArgVariant : uint32_t { OneWord, TwoWords, OneWordFolds, TwoWordsFold };

inline Module argModule(Module first, ArgVariant variant) {
    return static_cast<Module>(static_cast<uint32_t>(first) + static_cast<uint32_t>(variant));
}

// What a scan adds up in, and elements of how many bits it can write if not of 32 or 64. The single pass has
// only those of one word.
enum class ScanElement : uint32_t { F32, U32, F32Store16, U32Store16, U32Store8, F64, U64 };

inline Module scanModule(Module first, ScanElement element) {
    return static_cast<Module>(static_cast<uint32_t>(first) + static_cast<uint32_t>(element));
}

// Of a kernel that writes states alone.
inline Module stateModule(Module first, ScanElement element) {
    const bool floats = element == ScanElement::F32 || element == ScanElement::F32Store16;
    const uint32_t offset = element == ScanElement::F64   ? 2
                            : element == ScanElement::U64 ? 3
                            : floats                      ? 0
                                                          : 1;
    return static_cast<Module>(static_cast<uint32_t>(first) + offset);
}

// The embedded SPIR-V, and what its source and defines are called together: "scan_rows_f32".
std::span<const uint32_t> moduleCode(Module module);
const char* moduleName(Module module);

// The first constants are the workgroup's invocations and subgroups, and whether the grid is folded (see
// params.h); the rest is the kernel's own.
inline constexpr uint32_t kMaxSpecialization = VKAXIS_MAX_KERNEL_CONSTANTS;
inline constexpr uint32_t kCommonConstants = 3;

struct KernelKey {
    Module module;
    uint32_t constants[kMaxSpecialization];

    bool operator==(const KernelKey&) const = default;
};

// Host memory of the context, or null.
struct ReplacedCode {
    uint32_t* words;
    std::size_t count;
};

// In blocks that stay where they are, so that recording may read them while planning appends.
struct KernelTable {
    static constexpr uint32_t kBlockSize = 1024;

    struct Entry {
        KernelKey key;
        VkPipeline pipeline;
    };
    struct Block {
        Entry entries[kBlockSize];
        Block* next;
    };
    Block first;
    uint32_t count;
    ReplacedCode replaced[static_cast<std::size_t>(Module::Count)];  // instead of the embedded code

    // Of a slot below count.
    const Entry& entryOf(uint32_t slot) const;
    Entry& entryOf(uint32_t slot) { return const_cast<Entry&>(std::as_const(*this).entryOf(slot)); }
    VkPipeline pipelineOf(uint32_t slot) const { return entryOf(slot).pipeline; }

    // What new kernels of the module are made from.
    std::span<const uint32_t> codeOf(Module module) const;
};

// The slot of the kernel in the context's table; constants are its own.
VkaxisStatus findKernel(VkaxisContext context, Module module, uint32_t workgroupSize, bool foldedGrid,
                        std::span<const uint32_t> constants, uint32_t& slot);

// Reads only what never changes of the context.
VkaxisStatus createPipeline(VkaxisContext context, std::span<const uint32_t> code,
                            const uint32_t (&constants)[kMaxSpecialization], VkPipeline& pipeline);

void destroyKernels(VkaxisContext context);

}  // namespace vkaxis
