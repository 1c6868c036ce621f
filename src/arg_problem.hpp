// What every layout of an argmax or argmin begins with: the problem, a dispatch's part of it, and the memory
// and the constants that all kernels of the family share.
#pragma once

#include "kernels.hpp"
#include "plan.hpp"

namespace vkaxis {

struct ArgProblem {
    const VkaxisArgReduceInfo& info;
    Shape shape;
    uint64_t inputSize;  // bytes
    VkaxisDtype indexDtype;

    // The operands whose places only the table tells.
    uint32_t tableMask() const;
    // A key of one or two words, an index, and padding.
    uint64_t partialSize() const;
    // Of both reductions of argminmax.
    uint64_t partialsSize() const;
    // Whether workgroups that share an axis can fold what they found themselves.
    bool folds(VkaxisContext context) const;
    // Of the axis, as far as scratch memory allows.
    uint64_t mostSplits() const;
};

// One dispatch's part: elements or partials in, indices or partials out.
struct ArgPass {
    const char* name;
    VkaxisAccess source;
    VkaxisAccess destination;
    VkaxisAccess second;  // of argminmax
    VkaxisAccess table;
    // Where the last workgroup of an axis folds what all have left.
    VkaxisAccess partials = kNoAccess;
    VkaxisAccess counters = kNoAccess;

    bool folds() const { return counters.flags != 0; }
};

// The constants that all kernels of the family have, and two or three more.
struct ArgConstants {
    uint32_t values[9];

    ArgConstants(const ArgProblem& problem, const ArgPass& pass, uint32_t unroll, uint32_t lanesOrTiles,
                 uint32_t rest = 0);
};

Module moduleOf(const ArgProblem& problem, Module first, const ArgPass& pass);

// Of a key.
uint64_t keyWords(const ArgProblem& problem);

bool isPartials(const VkaxisAccess& access);

// Partials, of so many bytes, and a counter for each of the `tiles` that workgroups share: see fold.glsl.
void addFoldMemory(PlanBuilder& builder, VkDeviceSize size, uint64_t tiles, ArgPass& pass);

// Loads in flight per invocation along a row: a quad of two-word elements is two of them.
uint32_t rowUnroll(const Tuning& tuning, const ArgProblem& problem);

}  // namespace vkaxis
