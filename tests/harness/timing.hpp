// How long a recording takes, measured as the rivals are (a CUDA graph of as many calls, between two events).
#pragma once

#include <vkaxis/device.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace vkaxis::harness {

// Each a median, in seconds.
struct Timing {
    double gpu = 0;                // of one recording among `recordings` of one command buffer
    double noise = 0;              // half the distance between its samples' quartiles, as a fraction of it
    std::uint32_t recordings = 0;  // as many as last about 10 ms, each followed by a barrier; at most 200
    double single = 0;     // on the host: a command buffer with one recording, from its creation to its end
    double recording = 0;  // on the host: of Context::record alone
    std::vector<double> dispatches{};  // of a plan with several: the GPU's time for each of them alone
};

// Warms the device up first. Unsupported without timestamps.
Result<Timing> measure(const Device& device, const Device::Recorder& record);

// What a call takes on the host, in seconds: the median of several.
double hostSeconds(const std::function<void()>& call);

// The GPU time of one recording alone, without warming up.
Result<Timing> measureOnce(const Device& device, const Device::Recorder& record);

}  // namespace vkaxis::harness
