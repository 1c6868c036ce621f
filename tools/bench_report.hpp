// What a bench found, as text for people and as JSON for programs.
#pragma once

#include "bench_cases.hpp"
#include "ceilings.hpp"

#include <harness/cases.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vkaxis::cli {

struct BenchKernel {
    std::string name;
    std::uint64_t workgroups = 0;
    std::uint32_t workgroupSize = 0;              // invocations
    std::optional<std::uint64_t> registers{};     // per invocation, where the driver tells
    std::optional<std::uint64_t> sharedMemory{};  // bytes per workgroup, likewise
    std::optional<double> occupancy{};            // theoretical, from those
    std::uint64_t bytes = 0;                      // that it reads and writes, each once
    double seconds = 0;                           // alone

    double bytesPerSecond() const { return static_cast<double>(bytes) / seconds; }
};

struct BenchRow {
    BenchCase benchCase{};
    harness::Outcome outcome{};
    std::vector<BenchKernel> kernels{};
    std::uint64_t scratchSize = 0;                  // bytes, zeroed memory included
    double planSeconds = 0;                         // on the host, of a problem that was planned before
    std::uint64_t bytesRead = 0, bytesWritten = 0;  // see sectors.hpp
    std::vector<Rival> rivals{};

    const harness::Timing& timing() const { return outcome.timing; }
    bool wrong() const { return !outcome && !outcome.skipped; }
    double bytesPerSecond() const { return static_cast<double>(bytesRead + bytesWritten) / timing().gpu; }
    // Of the speed at which the device can stream these bytes; above 1 where they stay in its caches.
    double fraction(const Ceilings& ceilings) const {
        return ceilings.seconds(static_cast<double>(bytesRead), static_cast<double>(bytesWritten)) /
               timing().gpu;
    }
};

std::string benchHeader(const DeviceSummary& device, const Ceilings& ceilings);
std::string benchLine(const BenchRow& row, const Ceilings& ceilings);

// What a change has done to a case: "argmax-seed 1937.2 -> 1890.1 us (-2.4 %, noise 0.3 %)". before: with a
// time, or nothing to compare with.
std::string changeLine(const BenchRow& before, const BenchRow& after);

// date: "2026-01-31".
std::string benchJson(const DeviceSummary& device, const std::string& date, const Ceilings& ceilings,
                      std::span<const BenchRow> rows);

// A page for browsers that needs no other file, from what benchJson made.
std::string benchPage(std::string_view json);

}  // namespace vkaxis::cli
