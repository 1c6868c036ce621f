// The subcommands, and what they share: how each joins the command line, picks its device and ends.
//
// A subcommand is one file with one function declared below and called in main.cpp:
//
//     void addName(CLI::App& app, Action& chosen) {
//         auto options = std::make_shared<NameOptions>();
//         CLI::App* command = app.add_subcommand("name", "What it does");
//         addDeviceOption(*command, options->device);
//         command->callback([options, &chosen] { chosen = [options] { return runName(*options); }; });
//     }
//
// Parsing only chooses the action; main runs it when the whole command line has been understood. An action
// writes its results to stdout and everything else to stderr, returns an ExitCode, and throws Failure for
// what stops it.
#pragma once

#include "failure.hpp"

#include <vkaxis/device.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace vkaxis::cli {

using Action = std::function<ExitCode()>;

// --device NAME-OR-INDEX, as DeviceOptions::select takes it.
void addDeviceOption(CLI::App& command, std::string& select);

// The selected device. Throws Failure (NoDevice) that says what is missing.
Device openDevice(const DeviceOptions& options);

// Checks of options, "" if all is well. CLI11 takes an empty text for the number 0.
std::string notEmpty(const std::string& text);

// Of 64-bit whole numbers, which may have a unit behind.
std::string fitsWord(const std::string& text);

void addBench(CLI::App& app, Action& chosen);
void addDevices(CLI::App& app, Action& chosen);
void addRun(CLI::App& app, Action& chosen);
void addTune(CLI::App& app, Action& chosen);
void addValidate(CLI::App& app, Action& chosen);

}  // namespace vkaxis::cli
