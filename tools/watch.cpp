#include "watch.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace vkaxis::cli {
namespace {

constexpr std::chrono::milliseconds kPause{10};  // between polls: no eye sees it

}  // namespace

CLI::Option* addWatchOptions(CLI::App& command, WatchOptions& options) {
    CLI::Option* watch = command.add_flag(
        "--watch", options.enabled,
        "Then, whenever a shader is saved, recompile it and run the cases that use it again, until Ctrl-C");
    command
        .add_option(
            "--shaders", options.shaders,
            "With --watch: the folder of the shaders, if not the one that this program was built from")
        ->type_name("DIR")
        ->needs(watch);
    return watch;
}

bool usesAny(const Context& context, const harness::Problem& problem, const ModuleNames& modules) {
    const auto plan = harness::plan(context, problem);
    VkaxisKernel kernel;
    for (std::uint32_t i = 0; plan && i < plan->commandCount; ++i)
        if (plan->commands[i].type == VKAXIS_COMMAND_DISPATCH &&
            context.kernel(plan->commands[i].kernel, kernel) && modules.contains(kernel.module))
            return true;
    return false;
}

Watch::Watch(const Device& device, const WatchOptions& options) {
    if (!options.enabled) return;
    auto reloader = Reloader::create(device.context(), {.shaders = options.shaders});
    require(reloader.status, ExitCode::BadUsage, "--watch");
    reloader_ = std::move(reloader.value);
    interrupt_.emplace();
}

void Watch::run(const std::function<std::size_t(const ModuleNames&)>& onChange) {
    std::fflush(stdout);
    fmt::print(stderr, "watching the shaders; Ctrl-C ends\n");
    while (!Interrupt::requested()) {
        const Reloaded reloaded = reloader_.poll(0, 0);  // whatever was submitted has been waited for
        for (const std::string& problem : reloaded.problems) fmt::print(stderr, "{}\n", problem);
        if (reloaded.unchanged) fmt::print(stderr, "saved; no kernel has changed\n");
        if (reloaded.modules.empty()) {
            std::this_thread::sleep_for(kPause);
            continue;
        }
        if (onChange({reloaded.modules.begin(), reloaded.modules.end()}) == 0 && !Interrupt::requested())
            fmt::print(
                stderr, "no case uses {}{}\n", reloaded.modules.front(),
                reloaded.modules.size() == 1 ? "" : fmt::format(" and {} more", reloaded.modules.size() - 1));
    }
}

}  // namespace vkaxis::cli
