// vkaxis: the command-line runner.
#include "commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace vkaxis::cli {

void addDeviceOption(CLI::App& command, std::string& select) {
    const char* help =
        "Part of its name, or index; without it a discrete, integrated or virtual GPU, or a CPU";
    command.add_option("--device", select, help)->type_name("NAME-OR-INDEX");
}

std::string notEmpty(const std::string& text) {
    return text.empty() ? "a number is needed" : "";
}

std::string fitsWord(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? "" : fmt::format("{} is not a whole number from 0 to 2^64-1", text);
}

Device openDevice(const DeviceOptions& options) {
    Result<Device> device = Device::create(options);
    require(device.status, ExitCode::NoDevice);
    return std::move(device.value);
}

namespace {

// What was wrong on the command line, and where to read what would be right.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App* command = &app;
    std::string name = app.get_name();
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().back();
        name += " " + command->get_name();
    }
    std::string problem = error.what();
    if (command->get_require_subcommand_min() > 0) {
        const std::vector<std::string> unknown = command->remaining();
        std::vector<std::string> known;
        for (const CLI::App* subcommand : command->get_subcommands({}))
            known.push_back(subcommand->get_name());
        problem = fmt::format("{}; {} needs one of {}",
                              unknown.empty() ? "no subcommand" : "unknown: " + unknown.front(), name,
                              fmt::join(known, ", "));
    }
    return fmt::format("{} (see {} --help)", problem, name);
}

// One line, whatever a file name or a driver put into the message. Does not throw where stderr is closed.
ExitCode report(ExitCode code, std::string message) {
    const auto isControl = [](unsigned char character) { return character < ' ' || character == 127; };
    std::ranges::replace_if(message, isControl, '?');
    std::fflush(stdout);
    std::fputs(fmt::format("vkaxis: {}\n", message).c_str(), stderr);
    return code;
}

ExitCode perform(const Action& action) {
    try {
        const ExitCode code = action();
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
        return report(ExitCode::BadUsage, fmt::format("stdout: cannot be written: {}", std::strerror(errno)));
    } catch (const Failure& failure) {
        return report(failure.code(), failure.what());
    } catch (const std::system_error& error) {  // of fmt::print
        return report(ExitCode::BadUsage, fmt::format("stdout: {}", error.what()));
    } catch (const std::bad_alloc&) {
        return report(ExitCode::BadUsage, "the arrays do not fit into this machine's memory");
    }
}

ExitCode main(int argc, char** argv) {
    CLI::App app("argmax, argmin and prefix scans along any axis of a tensor, on a Vulkan device", "vkaxis");
    app.set_version_flag("--version", fmt::format("vkaxis {}.{}.{}", VKAXIS_VERSION_MAJOR,
                                                  VKAXIS_VERSION_MINOR, VKAXIS_VERSION_PATCH));
    app.footer(
        "Exit status: 0 done, 1 a result was wrong, 2 bad usage or input, 3 no usable device or a driver "
        "failed.");
    app.require_subcommand(1);
    Action chosen;
    addDevices(app, chosen);
    addRun(app, chosen);
    addValidate(app, chosen);
    addBench(app, chosen);
    addTune(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return static_cast<ExitCode>(app.exit(error));  // --help, --version
        return report(ExitCode::BadUsage, explain(app, error));
    }
    return perform(chosen);
}

}  // namespace
}  // namespace vkaxis::cli

int main(int argc, char** argv) {
    using vkaxis::cli::ExitCode;
    try {
        return static_cast<int>(vkaxis::cli::main(argc, argv));
    } catch (const std::exception& error) {
        return static_cast<int>(vkaxis::cli::report(ExitCode::NoDevice, error.what()));
    } catch (...) {
        return static_cast<int>(ExitCode::NoDevice);
    }
}
