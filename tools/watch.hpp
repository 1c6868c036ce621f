// --watch: shaders that are saved while the runner works, until Ctrl-C.
#pragma once

#include "commands.hpp"
#include "interrupt.hpp"

#include <harness/problem.hpp>

#include <vkaxis/reload.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace vkaxis::cli {

struct WatchOptions {
    bool enabled = false;
    std::string shaders;
};

// --watch, which is returned, and --shaders.
CLI::Option* addWatchOptions(CLI::App& command, WatchOptions& options);

using ModuleNames = std::set<std::string>;

// Whether the problem has a plan with a kernel of one of the modules.
bool usesAny(const Context& context, const harness::Problem& problem, const ModuleNames& modules);

class Watch {
  public:
    // From now on a save counts. Does nothing unless enabled. Throws Failure (BadUsage) where that cannot be.
    Watch(const Device& device, const WatchOptions& options);

    // Until it is interrupted: onChange(modules) whenever these have new code; it returns how many cases use
    // them. What is wrong with a shader is printed.
    void run(const std::function<std::size_t(const ModuleNames&)>& onChange);

  private:
    Reloader reloader_;
    std::optional<Interrupt> interrupt_;
};

}  // namespace vkaxis::cli
