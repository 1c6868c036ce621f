// Other code for the kernels of a living context. All that is needed is made before anything changes.
#include <algorithm>
#include <cstring>

#include "context.hpp"
#include "host_memory.hpp"
#include "status.hpp"

namespace vkaxis {
namespace {

constexpr auto kModuleCount = static_cast<uint32_t>(Module::Count);

// By module; null where there is none.
using Codes = ReplacedCode[kModuleCount];

// Module::Count if there is none of that name.
Module findModule(const char* name) {
    uint32_t index = 0;
    while (index < kModuleCount && std::strcmp(moduleName(static_cast<Module>(index)), name) != 0) ++index;
    return static_cast<Module>(index);
}

VkaxisStatus copyCode(VkaxisContext context, const VkaxisModule& module, Codes& codes) {
    if (!module.name) return failure(VKAXIS_INVALID_ARGUMENT, "a module's name is NULL");
    const Module found = findModule(module.name);
    if (found == Module::Count)
        return failure(VKAXIS_INVALID_ARGUMENT, "there is no module \"%.64s\"", module.name);
    if (!module.pCode || module.codeSize == 0 || module.codeSize % 4 != 0)
        return failure(VKAXIS_INVALID_ARGUMENT, "module %s has no code, or no whole words of it",
                       module.name);
    ReplacedCode& code = codes[static_cast<std::size_t>(found)];
    if (code.words) return failure(VKAXIS_INVALID_ARGUMENT, "module %s is given twice", module.name);
    code = {static_cast<uint32_t*>(allocateOnHost(context->allocator, module.codeSize, alignof(uint32_t))),
            module.codeSize / 4};
    if (!code.words)
        return failure(VKAXIS_OUT_OF_MEMORY, "no host memory for %zu bytes of module %s", module.codeSize,
                       module.name);
    std::memcpy(code.words, module.pCode, module.codeSize);
    return ok();
}

// A pipeline for each kernel of the modules, and for no other.
VkaxisStatus checkPipelines(const KernelTable& table, const Codes& codes,
                            std::span<const VkPipeline> pipelines) {
    if (pipelines.size() > table.count)
        return failure(VKAXIS_INVALID_ARGUMENT, "pipelineCount is %zu, and the context has %u kernels",
                       pipelines.size(), table.count);
    for (uint32_t slot = 0; slot < table.count; ++slot) {
        const Module module = table.entryOf(slot).key.module;
        const bool wanted = codes[static_cast<std::size_t>(module)].words != nullptr;
        const bool given = slot < pipelines.size() && pipelines[slot];
        if (wanted != given)
            return failure(VKAXIS_INVALID_ARGUMENT, "kernel %u of module %s %s", slot, moduleName(module),
                           wanted ? "has no new pipeline" : "has a new pipeline, but its module no new code");
    }
    return ok();
}

}  // namespace
}  // namespace vkaxis

using namespace vkaxis;

VkBool32 vkaxisGetModule(uint32_t index, VkaxisModule* pModule) {
    if (index >= kModuleCount || !pModule) return VK_FALSE;
    const auto module = static_cast<Module>(index);
    *pModule = {moduleName(module), moduleCode(module).size_bytes(), moduleCode(module).data()};
    return VK_TRUE;
}

VkBool32 vkaxisGetKernel(VkaxisContext context, uint32_t kernel, VkaxisKernel* pKernel) {
    if (!context || kernel >= context->kernels.count || !pKernel) return VK_FALSE;
    const KernelKey& key = context->kernels.entryOf(kernel).key;
    pKernel->module = moduleName(key.module);
    std::copy_n(key.constants, kMaxSpecialization, pKernel->constants);
    return VK_TRUE;
}

VkaxisStatus vkaxisCreatePipeline(VkaxisContext context, const VkaxisKernel* pKernel, size_t codeSize,
                                  const uint32_t* pCode, VkPipeline* pPipeline) {
    if (!pPipeline) return failure(VKAXIS_INVALID_ARGUMENT, "pPipeline is NULL");
    *pPipeline = VK_NULL_HANDLE;
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (!pKernel) return failure(VKAXIS_INVALID_ARGUMENT, "pKernel is NULL");
    if (!pCode || codeSize == 0 || codeSize % 4 != 0)
        return failure(VKAXIS_INVALID_ARGUMENT, "there is no code, or no whole words of it");
    return createPipeline(context, {pCode, codeSize / 4}, pKernel->constants, *pPipeline);
}

void vkaxisDestroyPipeline(VkaxisContext context, VkPipeline pipeline) {
    if (context && pipeline) context->vk.DestroyPipeline(context->device, pipeline, context->allocator);
}

VkaxisStatus vkaxisReplaceModules(VkaxisContext context, uint32_t moduleCount, const VkaxisModule* pModules,
                                  uint32_t pipelineCount, VkPipeline* pPipelines) {
    if (!context) return failure(VKAXIS_INVALID_ARGUMENT, "context is NULL");
    if (moduleCount != 0 && !pModules) return failure(VKAXIS_INVALID_ARGUMENT, "pModules is NULL");
    if (pipelineCount != 0 && !pPipelines) return failure(VKAXIS_INVALID_ARGUMENT, "pPipelines is NULL");
    KernelTable& table = context->kernels;
    Codes codes{};
    VkaxisStatus status = ok();
    for (uint32_t i = 0; i < moduleCount && status.code == VKAXIS_OK; ++i)
        status = copyCode(context, pModules[i], codes);
    if (status.code == VKAXIS_OK) status = checkPipelines(table, codes, {pPipelines, pipelineCount});
    if (status.code == VKAXIS_OK) {
        for (uint32_t slot = 0; slot < pipelineCount; ++slot)
            if (pPipelines[slot]) std::swap(table.entryOf(slot).pipeline, pPipelines[slot]);
        for (uint32_t i = 0; i < kModuleCount; ++i)
            if (codes[i].words) std::swap(table.replaced[i], codes[i]);
    }
    for (const ReplacedCode& code : codes) freeOnHost(context->allocator, code.words);
    return status;
}
