#include "bench_report.hpp"

#include "bench_page.html.hpp"

#include <harness/slices.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace vkaxis::cli {
namespace {

constexpr double kMicro = 1e6;

std::string kernelsOf(const BenchRow& row) {
    std::string text;
    for (const BenchKernel& kernel : row.kernels) {
        text += fmt::format("{}{} {}x{}", text.empty() ? "" : ", ", kernel.name, kernel.workgroups,
                            kernel.workgroupSize);
        if (kernel.registers) text += fmt::format(" {}r", *kernel.registers);
        if (kernel.sharedMemory) text += fmt::format(" {}B", *kernel.sharedMemory);
        if (kernel.occupancy) text += fmt::format(" {:.0f}%", 100 * *kernel.occupancy);
        if (row.kernels.size() > 1)
            text +=
                fmt::format(" {:.1f} us {:.1f} GB/s", kernel.seconds * kMicro, kernel.bytesPerSecond() / 1e9);
    }
    return text;
}

// The best first.
std::string rivalsOf(const BenchRow& row) {
    std::string text;
    for (const Rival& rival : row.rivals)
        text += fmt::format("{}{} {:.1f} ({:.2f}x)", text.empty() ? "; " : ", ", rival.who,
                            rival.seconds * kMicro, rival.seconds / row.timing().gpu);
    return text;
}

nlohmann::json toJson(const BenchKernel& kernel) {
    nlohmann::json json{
        {"name", kernel.name},   {"workgroups", kernel.workgroups}, {"workgroup_size", kernel.workgroupSize},
        {"bytes", kernel.bytes}, {"us", kernel.seconds * kMicro},   {"gbps", kernel.bytesPerSecond() / 1e9}};
    if (kernel.registers) json["registers"] = *kernel.registers;
    if (kernel.sharedMemory) json["shared_memory_bytes"] = *kernel.sharedMemory;
    if (kernel.occupancy) json["theoretical_occupancy"] = *kernel.occupancy;
    return json;
}

nlohmann::json toJson(const BenchRow& row, const Ceilings& ceilings) {
    nlohmann::json json{
        {"id", row.benchCase.id}, {"who", "vkaxis"}, {"problem", describe(row.benchCase.problem)}};
    if (row.benchCase.headline) json["headline"] = true;
    if (!row.outcome) {
        json[row.outcome.skipped ? "skipped" : "wrong"] = row.outcome.message();
        return json;
    }
    const harness::Slices slices = harness::slicesOf(row.benchCase.problem);
    json["extent"] = slices.extent;
    json["inner"] = slices.inner;
    json["bytes"] = row.bytesRead + row.bytesWritten;
    json["us"] = row.timing().gpu * kMicro;
    json["us_single"] = row.timing().single * kMicro;
    json["us_record"] = row.timing().recording * kMicro;
    json["us_plan"] = row.planSeconds * kMicro;
    json["gbps"] = row.bytesPerSecond() / 1e9;
    json["ceiling_fraction"] = row.fraction(ceilings);
    json["recordings"] = row.timing().recordings;
    json["scratch_bytes"] = row.scratchSize;
    for (const BenchKernel& kernel : row.kernels) json["kernels"].push_back(toJson(kernel));
    for (const Rival& rival : row.rivals)
        json["rivals"].push_back({{"who", rival.who},
                                  {"us", rival.seconds * kMicro},
                                  {"ratio", rival.seconds / row.timing().gpu}});
    return json;
}

}  // namespace

std::string benchHeader(const DeviceSummary& device, const Ceilings& ceilings) {
    return fmt::format(
        "{}, {}\nceilings over {:.0f} MB: read {:.1f} GB/s, copy {:.1f} GB/s\n\n"
        "{:<20}{:>11}{:>9}{:>9}{:>11}{:>9}{:>10}{:>11}  {}\n",
        device.name, device.driver, static_cast<double>(ceilings.size) / 1e6, ceilings.read / 1e9,
        ceilings.copy / 1e9, "case", "us", "GB/s", "ceiling", "single us", "plan us", "record us",
        "scratch B",
        "kernels: workgroups x invocations, registers, shared memory, theoretical occupancy, of several also "
        "their own times; rivals, us");
}

std::string benchLine(const BenchRow& row, const Ceilings& ceilings) {
    if (!row.outcome)
        return fmt::format("{:<20} {}: {}\n", row.benchCase.id, row.outcome.skipped ? "skipped" : "WRONG",
                           row.outcome.message());
    return fmt::format("{:<20}{:>11.1f}{:>9.1f}{:>9.3f}{:>11.1f}{:>9.1f}{:>10.1f}{:>11}  {}{}\n",
                       row.benchCase.id, row.timing().gpu * kMicro, row.bytesPerSecond() / 1e9,
                       row.fraction(ceilings), row.timing().single * kMicro, row.planSeconds * kMicro,
                       row.timing().recording * kMicro, row.scratchSize, kernelsOf(row), rivalsOf(row));
}

std::string changeLine(const BenchRow& before, const BenchRow& after) {
    const std::string& id = after.benchCase.id;
    if (!after.outcome)
        return fmt::format("{:<20} {}: {}\n", id, after.outcome.skipped ? "skipped" : "WRONG, not timed",
                           after.outcome.message());
    const double now = after.timing().gpu, was = before.timing().gpu;
    if (!before.outcome || was == 0)
        return fmt::format("{:<20} {:>10.1f} us (noise {:.1f} %)\n", id, now * kMicro,
                           100 * after.timing().noise);
    const double noise = std::max(before.timing().noise, after.timing().noise);
    return fmt::format("{:<20} {:>10.1f} -> {:.1f} us ({:+.1f} %, noise {:.1f} %)\n", id, was * kMicro,
                       now * kMicro, 100 * (now / was - 1), 100 * noise);
}

std::string benchJson(const DeviceSummary& device, const std::string& date, const Ceilings& ceilings,
                      std::span<const BenchRow> rows) {
    nlohmann::json json{
        {"device", device.name},
        {"driver", device.driver},
        {"date", date},
        {"vkaxis", fmt::format("{}.{}.{}", VKAXIS_VERSION_MAJOR, VKAXIS_VERSION_MINOR, VKAXIS_VERSION_PATCH)},
        {"ceilings",
         {{"read_gbps", ceilings.read / 1e9},
          {"copy_gbps", ceilings.copy / 1e9},
          {"how", fmt::format("compute kernels over {} bytes: 16-byte loads, and stores", ceilings.size)}}}};
    // A line for each row, so that two files can be compared.
    std::vector<std::string> lines;
    for (const BenchRow& row : rows) lines.push_back(toJson(row, ceilings).dump());
    std::string text = json.dump(2);
    text.erase(text.rfind("\n}"));
    return fmt::format("{},\n  \"rows\": [\n    {}\n  ]\n}}\n", text, fmt::join(lines, ",\n    "));
}

std::string benchPage(std::string_view json) {
    constexpr std::string_view kPlace = "{{data}}";
    const std::string_view page = kBenchPage;
    const std::size_t place = page.find(kPlace);
    std::string filled(page.substr(0, place));
    // A "<" could begin a tag that ends the data; JSON has it in strings alone.
    for (const char each : json) {
        if (each == '<')
            filled += "\\u003c";
        else
            filled += each;
    }
    return filled.append(page.substr(place + kPlace.size()));
}

}  // namespace vkaxis::cli
