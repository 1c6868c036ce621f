// From GLSL to the SPIR-V that the build would embed, word for word.
#pragma once

#include "module_table.hpp"
#include "sources.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vkaxis::reload_detail {

struct Compiled {
    std::vector<std::uint32_t> code{};    // valid; empty if there are problems
    std::vector<std::string> problems{};  // "path:line: message"
};

// Any number of threads may compile at once.
class Compiler {
  public:
    Compiler();
    ~Compiler();
    Compiler(const Compiler&) = delete;
    Compiler& operator=(const Compiler&) = delete;

    Compiled compile(const Sources& sources, const ModuleSource& module) const;
};

}  // namespace vkaxis::reload_detail
