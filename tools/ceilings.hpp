// How fast a device can stream at all, which is what its primitives are held against.
#pragma once

#include <vkaxis/device.hpp>

#include <cstdint>

namespace vkaxis::cli {

// In bytes per second.
struct Ceilings {
    double read = 0;
    double copy = 0;         // bytes read and bytes written
    std::uint64_t size = 0;  // bytes that either kernel reads

    // What is left for writing beside reading at full speed.
    double write() const { return 1 / (2 / copy - 1 / read); }
    double seconds(double bytesRead, double bytesWritten) const {
        return bytesRead / read + bytesWritten / write();
    }
};

// Reads and copies up to 8.6 GB, a sixteenth of the device's memory at most; on a CPU 4 MiB.
Result<Ceilings> measureCeilings(const Device& device);

}  // namespace vkaxis::cli
