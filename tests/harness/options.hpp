// The options of the primitives, as the command line and messages name them: each is a field of Problem.
#pragma once

#include "harness/problem.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vkaxis::harness {

struct Option {
    const char* name;  // "tie": --tie on the command line
    std::span<const char* const> values;
    std::size_t (*get)(const Problem&);  // number of the value
    void (*set)(Problem&, std::size_t);
    const char* summary;

    // One that is there or not.
    bool isFlag() const { return std::string_view(values[0]) == "no"; }
    std::size_t defaultValue() const { return get(Problem{}); }
    const char* valueOf(const Problem& problem) const { return values[get(problem)]; }
};

// The mode comes first.
std::span<const Option> argReduceOptions();
std::span<const Option> scanOptions();

}  // namespace vkaxis::harness
