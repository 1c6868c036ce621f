// The op table: everything that the harness and its front ends know about each primitive. A primitive is one
// row.
#pragma once

#include "harness/problem.hpp"
#include "harness/verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vkaxis::harness {

// A variant of an op, and the fields of Problem that select it.
struct Mode {
    const char* name;
    IndexType indexType;
    ScanMode scanMode;
};

struct OpEntry {
    Op op;
    const char* name;
    std::span<const Dtype> dtypes;
    std::span<const Mode> modes;
    const Mode& (*modeOf)(const Problem&);
    std::vector<std::uint64_t> (*outputShape)(const Problem&);
    std::uint64_t (*outputElementSize)(const Problem&);
    Result<Plan> (*plan)(const Context&, const Problem&);
    // The right output, floats rounded from double. Takes any input that the plan accepts; multi-threaded.
    std::vector<std::byte> (*reference)(const Problem&, std::span<const std::byte> input);
    // Holds the output against the reference without storing one: exactly, or for sums of floats within the
    // error that additionDepth allows. Both spans have the sizes that the problem asks for; multi-threaded.
    Verdict (*check)(const Problem&, std::uint64_t additionDepth, std::span<const std::byte> input,
                     std::span<const std::byte> output);
};

std::span<const OpEntry> opTable();
const OpEntry& entryOf(Op op);

const char* nameOf(Dtype dtype);  // "f32"
const char* modeName(const Problem& problem);
void setMode(Problem& problem, const Mode& mode);

// The entry, dtype or mode of this name, or null.
const OpEntry* findOp(std::string_view name);
const Dtype* findDtype(std::string_view name);
const Mode* findMode(const OpEntry& entry, std::string_view name);

}  // namespace vkaxis::harness
