#include "harness/seeds.hpp"

#include "harness/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>

namespace vkaxis::harness {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// The number after `key` in a file of words, or nothing.
std::optional<std::uint64_t> numberIn(const char* path, std::string_view key = {}) {
    std::ifstream file(path);
    std::string word;
    while (!key.empty() && file >> word && word != key) continue;
    std::uint64_t number = 0;
    return file >> number ? std::optional(number) : std::nullopt;
}

// Bytes that the host can still give, as far as the system tells: of the machine and of this control group
// (Linux).
std::uint64_t freeHostMemory() {
    const auto kibibytes = numberIn("/proc/meminfo", "MemAvailable:");
    const auto groupLimit = numberIn("/sys/fs/cgroup/memory.max");
    const auto groupUse = numberIn("/sys/fs/cgroup/memory.current");
    const std::uint64_t machine = kibibytes ? *kibibytes * 1024 : kUnlimited;
    const std::uint64_t group =
        groupLimit && groupUse ? *groupLimit - std::min(*groupLimit, *groupUse) : kUnlimited;
    return std::min(machine, group);
}

// Halves the largest dimension before the axis, or of all where those are 1. False at a single element.
bool halve(Problem& problem) {
    const auto axis = problem.shape.begin() + problem.axis;
    auto largest = std::max_element(problem.shape.begin(), axis);
    if (largest == axis || *largest == 1) largest = std::ranges::max_element(problem.shape);
    if (*largest == 1) return false;
    *largest /= 2;
    return true;
}

}  // namespace

std::string obstacle(const Device& device, const Problem& problem, std::uint64_t maxBytes) {
    constexpr double kGigabyte = 1e9;
    const std::uint64_t in = inputSize(problem);
    const std::uint64_t out = outputSize(problem);
    if (std::max(in, out) > maxBytes)
        return fmt::format("a tensor has {:.2f} GB, the limit is {:.2f}",
                           static_cast<double>(std::max(in, out)) / kGigabyte,
                           static_cast<double>(maxBytes) / kGigabyte);

    // A device without memory of its own takes its share from the host. An eighth is left to the rest of the
    // system.
    const bool sharesMemory = device.summary().type != VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    const std::uint64_t needed = (in + out) * (sharesMemory ? 2 : 1);
    const std::uint64_t available = freeHostMemory() / 8 * 7;
    if (needed > available)
        return fmt::format("it takes {:.2f} GB of host memory, {:.2f} are free",
                           static_cast<double>(needed) / kGigabyte,
                           static_cast<double>(available) / kGigabyte);

    const auto input = device.allocate(in);
    if (!input) return input.status.message();
    const auto output = device.allocate(out);
    return output ? "" : output.status.message();
}

const std::vector<SeedProblem>& seedProblems() {
    // The seed's scan drops the last row of what it padded: along axis 1 a whole row of x, along axis 0 the
    // totals.
    static const std::vector<SeedProblem> kProblems{
        {"argmax", {.op = Op::Argmax, .shape = {128, 4096, 4095}, .axis = 1}},
        {"argmin", {.op = Op::Argmin, .shape = {128, 4096, 4095}, .axis = 1}},
        {"exclusive cumsum, axis 1",
         {.op = Op::Scan, .shape = {32767, 32768}, .axis = 1, .mode = ScanMode::IncludeInitial}},
        {"exclusive cumsum, axis 0",
         {.op = Op::Scan, .shape = {32768, 32768}, .axis = 0, .mode = ScanMode::Exclusive}},
    };
    return kProblems;
}

Result<FittedProblem> fitToMemory(const Device& device, const Problem& problem, std::uint64_t maxBytes) {
    FittedProblem fitted{problem, {}};
    for (;;) {
        const std::string reason = obstacle(device, fitted.problem, maxBytes);
        if (reason.empty()) return {fitted, {}};
        if (fitted.reason.empty()) fitted.reason = reason;
        if (halve(fitted.problem)) continue;
        return {{}, failure(VKAXIS_OUT_OF_MEMORY, "no part of {} fits: {}", describe(problem), reason)};
    }
}

}  // namespace vkaxis::harness
