// What vkaxis tune has found, kept in a file of JSON: for each device the values that differ from the
// library's own.
#pragma once

#include <vkaxis/device.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vkaxis::cli {

using NamedValues = std::vector<std::pair<std::string, std::uint32_t>>;

// All values that plans are made by, in the library's order.
NamedValues tuningOf(const Context& context);

// Sets them; the others are the library's own.
Status setTuning(const Context& context, const NamedValues& values);

// --tuning FILE, as useTuning takes it.
void addTuningOption(CLI::App& command, std::string& tuning);

// Sets what a file says of the device: "" is the user's own, if it exists, "none" no file. What is not of
// this very device, driver and library, or cannot be used, is ignored. A line on stderr says what is used, or
// is not and why. Throws Failure (BadUsage) if a file that is named cannot be read.
void useTuning(const Device& device, const std::string& tuning);

// vkaxis/tuning.json in the user's folder for caches, or "" if the system names none.
std::string userTuningPath();

// Where --tuning sends what is found: as above; "" for "none". Makes the folder of the user's own file.
// Throws Failure (BadUsage) unless the file can be written.
std::string tuningOutput(const std::string& tuning);

// Puts the values into the file in place of earlier ones for the device; other devices' stay. Throws Failure
// (BadUsage).
void writeTuning(const std::string& path, const DeviceSummary& device, const NamedValues& values);

}  // namespace vkaxis::cli
