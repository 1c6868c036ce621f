#include "tuning_file.hpp"

#include "failure.hpp"
#include "output_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <system_error>

namespace vkaxis::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string ownVersion() {
    return fmt::format("{}.{}.{}", VKAXIS_VERSION_MAJOR, VKAXIS_VERSION_MINOR, VKAXIS_VERSION_PATCH);
}

// Of a file that is not as writeTuning leaves it.
struct Corrupt {
    std::string reason;
};

struct Entry {
    std::string device;
    std::uint32_t vendorId = 0, deviceId = 0;
    std::string driver;
    std::string version;  // of vkaxis
    NamedValues values{};

    bool isOf(const DeviceSummary& summary) const {
        return device == summary.name && vendorId == summary.vendorId && deviceId == summary.deviceId;
    }
};

std::uint32_t wordOf(const Json& json, const std::string& name) {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > UINT32_MAX)
        throw Corrupt{fmt::format("{} is {}, not a whole number of 32 bits", name, json.dump())};
    return json.get<std::uint32_t>();
}

Entry entryOf(const Json& json) {
    try {
        Entry entry{.device = json.at("device").get<std::string>(),
                    .vendorId = wordOf(json.at("vendor_id"), "vendor_id"),
                    .deviceId = wordOf(json.at("device_id"), "device_id"),
                    .driver = json.at("driver").get<std::string>(),
                    .version = json.at("vkaxis").get<std::string>()};
        for (const auto& [name, value] : json.at("values").items())
            entry.values.emplace_back(name, wordOf(value, name));
        return entry;
    } catch (const Json::exception& error) {
        throw Corrupt{fmt::format("an entry is incomplete: {}", error.what())};
    }
}

Json jsonOf(const Entry& entry) {
    Json values = Json::object();
    for (const auto& [name, value] : entry.values) values[name] = value;
    return {{"device", entry.device}, {"vendor_id", entry.vendorId}, {"device_id", entry.deviceId},
            {"driver", entry.driver}, {"vkaxis", entry.version},     {"values", values}};
}

// Nothing if it cannot be opened.
std::optional<std::vector<Entry>> readEntries(const std::string& path) {
    std::error_code unreadable;  // is said below
    if (fs::is_directory(path, unreadable)) throw Corrupt{"it is a folder"};
    std::ifstream file(path);
    if (!file) return std::nullopt;
    const Json json = Json::parse(file, nullptr, false);
    if (json.is_discarded()) throw Corrupt{"it is not JSON"};
    if (!json.is_object() || !json.contains("tunings") || !json["tunings"].is_array())
        throw Corrupt{"it has no list \"tunings\""};
    std::vector<Entry> entries;
    for (const Json& each : json["tunings"]) entries.push_back(entryOf(each));
    return entries;
}

void warn(const std::string& path, const std::string& reason) {
    std::fputs(fmt::format("vkaxis: {}: {}; vkaxis tune makes a new one\n", path, reason).c_str(), stderr);
}

// Why the entries do not serve the device, or nothing once one of them does; if that changes anything it is
// said.
std::string applied(const Device& device, const std::vector<Entry>& entries, const std::string& path) {
    const DeviceSummary& summary = device.summary();
    for (const Entry& entry : entries) {
        if (!entry.isOf(summary)) continue;
        if (entry.driver != summary.driver)
            return fmt::format("its tuning for {} is ignored: it was found with driver {}, and this is {}",
                               entry.device, entry.driver, summary.driver);
        if (entry.version != ownVersion())
            return fmt::format("its tuning for {} is ignored: it was found with vkaxis {}, and this is {}",
                               entry.device, entry.version, ownVersion());
        const Status status = setTuning(device.context(), entry.values);
        if (!status) return fmt::format("its tuning for {} is ignored: {}", entry.device, status.message());
        if (!entry.values.empty())
            std::fputs(fmt::format("vkaxis: with the sizes of {}\n", path).c_str(), stderr);
        return "";
    }
    return fmt::format("it is ignored: it has no tuning for {}", summary.name);
}

}  // namespace

NamedValues tuningOf(const Context& context) {
    std::vector<TuningValue> values(context.tuning({}));
    context.tuning(values);
    NamedValues named;
    for (const TuningValue& value : values) named.emplace_back(value.name, value.value);
    return named;
}

Status setTuning(const Context& context, const NamedValues& values) {
    std::vector<TuningValue> all;
    for (const auto& [name, value] : values) all.push_back({name.c_str(), value});
    return context.setTuning(all);
}

void addTuningOption(CLI::App& command, std::string& tuning) {
    command
        .add_option(
            "--tuning", tuning,
            "What vkaxis tune found, of this file instead of the user's own; none: the library's sizes")
        ->type_name("FILE");
}

void useTuning(const Device& device, const std::string& tuning) {
    if (tuning == "none") return;
    const std::string path = tuning.empty() ? userTuningPath() : tuning;
    if (path.empty()) return;
    try {
        const auto entries = readEntries(path);
        if (!entries && !tuning.empty())
            throw Failure(ExitCode::BadUsage, fmt::format("{}: cannot be read", path));
        if (!entries) return;
        if (const std::string reason = applied(device, *entries, path); !reason.empty()) warn(path, reason);
    } catch (const Corrupt& corrupt) {
        warn(path, "it is ignored: " + corrupt.reason);
    }
}

std::string userTuningPath() {
    const auto folder = [](const char* variable) -> fs::path {
        const char* value = std::getenv(variable);
        return value != nullptr ? value : "";
    };
    fs::path cache = folder("XDG_CACHE_HOME");
#ifdef _WIN32
    if (cache.empty()) cache = folder("LOCALAPPDATA");
#else
    if (cache.empty() && !folder("HOME").empty()) cache = folder("HOME") / ".cache";
#endif
    return cache.empty() ? "" : (cache / "vkaxis" / "tuning.json").string();
}

std::string tuningOutput(const std::string& tuning) {
    if (tuning == "none") return "";
    const std::string path = tuning.empty() ? userTuningPath() : tuning;
    if (path.empty())
        throw Failure(ExitCode::BadUsage,
                      "the system names no folder for caches; --tuning FILE says where to write");
    std::error_code ignored;  // requireWritable says what is missing
    if (tuning.empty()) fs::create_directories(fs::path(path).parent_path(), ignored);
    requireWritable(path);
    return path;
}

void writeTuning(const std::string& path, const DeviceSummary& device, const NamedValues& values) {
    Json tunings = Json::array();
    try {
        for (const Entry& entry : readEntries(path).value_or(std::vector<Entry>{}))
            if (!entry.isOf(device)) tunings.push_back(jsonOf(entry));
    } catch (const Corrupt& corrupt) {
        warn(path, "it is replaced: " + corrupt.reason);
    }
    tunings.push_back(
        jsonOf({device.name, device.vendorId, device.deviceId, device.driver, ownVersion(), values}));
    const std::string text = Json{{"tunings", tunings}}.dump(2) + "\n";
    Progress progress;
    writeFile(path, {std::as_bytes(std::span(text))}, progress);
}

}  // namespace vkaxis::cli
