// The op table: everything that the harness and its front ends know about each primitive. A primitive is one
// row.
#pragma once

#include "harness/dtype.hpp"
#include "harness/options.hpp"
#include "harness/problem.hpp"
#include "harness/verdict.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace vkaxis::harness {

struct OpEntry {
    Op op;
    const char* name;
    std::span<const Option> options;
    Result<Plan> (*plan)(const Context&, const Problem&);
    // The right outputs, floats rounded from a wider type. Takes any input that the plan accepts;
    // multi-threaded.
    Outputs (*reference)(const Problem&, const Inputs&);
    // Holds the outputs against the reference without storing one: exactly, or for sums and products of
    // floats within the error that additionDepth allows. All have the sizes that the problem asks for;
    // multi-threaded.
    Verdict (*check)(const Problem&, std::uint64_t additionDepth, const Inputs&, const Outputs&);
};

std::span<const OpEntry> opTable();
const OpEntry& entryOf(Op op);
const OpEntry* findOp(std::string_view name);  // or null

// The option of the op with this name, or null.
const Option* findOption(const OpEntry& entry, std::string_view name);

const char* modeName(const Problem& problem);  // "i64", "exclusive"

}  // namespace vkaxis::harness
