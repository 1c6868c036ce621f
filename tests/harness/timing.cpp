#include "harness/timing.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace vkaxis::harness {
namespace {

constexpr std::size_t kSamples = 15;
constexpr double kCommandBuffer = 10e-3;
constexpr std::uint32_t kMostRecordings = 200;

template <class Body>
double secondsOf(const Body& body) {
    const auto begin = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double medianOf(std::vector<double>& samples) {
    std::ranges::sort(samples);
    return samples[samples.size() / 2];
}

// sample(): a Result<double>. noise, if not null: as in Timing.
template <class Sample>
Result<double> median(const Sample& sample, double* noise = nullptr) {
    std::vector<double> samples(kSamples);
    for (double& each : samples) {
        const Result<double> taken = sample();
        if (!taken) return taken;
        each = taken.value;
    }
    const double middle = medianOf(samples);
    if (noise != nullptr && middle > 0)
        *noise = (samples[kSamples * 3 / 4] - samples[kSamples / 4]) / 2 / middle;
    return {middle, {}};
}

constexpr double kNoise = 0.05;  // of what is the same, as a fraction

bool agree(double a, double b) {
    return a >= (1 - kNoise) * b && b >= (1 - kNoise) * a;
}

// A device that idled raises its clocks some 300 ms after work has come, and sometimes later: until nothing
// has got faster for longer. Returns what one recording takes by then.
Result<double> warmUp(const Device& device, const Device::Recorder& record) {
    constexpr std::chrono::milliseconds kSettled{400};
    auto since = std::chrono::steady_clock::now();
    Result<double> seconds;
    double least = std::numeric_limits<double>::infinity();
    std::uint32_t recordings = 1;
    do {
        seconds = device.time(record, recordings);
        if (!seconds) break;
        if (seconds.value < (1 - kNoise) * least) {
            least = seconds.value;
            since = std::chrono::steady_clock::now();
        }
        if (seconds.value * recordings < kCommandBuffer)
            recordings = std::min(recordings * 2, kMostRecordings);
    } while (std::chrono::steady_clock::now() < since + kSettled);
    return seconds;
}

}  // namespace

Result<Timing> measure(const Device& device, const Device::Recorder& record) {
    const Result<double> warm = warmUp(device, record);
    if (!warm) return {{}, warm.status};
    Timing timing;
    const double fitting = std::ceil(kCommandBuffer / std::max(warm.value, 1e-9));
    timing.recordings = static_cast<std::uint32_t>(std::clamp(fitting, 1.0, double{kMostRecordings}));

    std::vector<double> hostSamples;
    const auto timedRecord = [&](VkCommandBuffer commandBuffer) {
        Status status;
        hostSamples.push_back(secondsOf([&] { status = record(commandBuffer); }));
        return status;
    };
    // Until two rounds agree, or it seems that none will: clocks may have risen or fallen meanwhile.
    constexpr int kMostRounds = 6;
    double before = -1;
    for (int round = 0; round < kMostRounds && !agree(before, timing.gpu); ++round) {
        before = timing.gpu;
        const auto gpu = median([&] { return device.time(timedRecord, timing.recordings); }, &timing.noise);
        if (!gpu) return {{}, gpu.status};
        timing.gpu = gpu.value;
        const auto single = median([&]() -> Result<double> {
            Status status;
            const double seconds = secondsOf([&] { status = device.run(record); });
            return {seconds, status};
        });
        if (!single) return {{}, single.status};
        timing.single = single.value;
    }
    timing.recording = medianOf(hostSamples);
    return {timing, {}};
}

double hostSeconds(const std::function<void()>& call) {
    return median([&]() -> Result<double> { return {secondsOf(call), {}}; }).value;
}

Result<Timing> measureOnce(const Device& device, const Device::Recorder& record) {
    const Result<double> gpu = device.time(record);
    return {{.gpu = gpu.value, .recordings = 1}, gpu.status};
}

}  // namespace vkaxis::harness
