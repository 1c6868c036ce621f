// One problem as the tests and every subcommand of the runner pose it, and its way onto a device.
#pragma once

#include <vkaxis/device.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::harness {

enum class Op { Argmax, Argmin, Scan };

struct Problem {
    Op op = Op::Argmax;
    Dtype dtype = Dtype::F32;
    std::vector<std::uint64_t> shape{};
    std::int32_t axis = -1;
    IndexType indexType = IndexType::I64;  // argmax, argmin
    ScanMode mode = ScanMode::Inclusive;   // scan
};

std::uint64_t elementCount(std::span<const std::uint64_t> shape);

// The output's shape: without the axis for argmax and argmin, one longer along it for an include-initial
// scan.
std::vector<std::uint64_t> outputShape(const Problem& problem);

// Bytes of the input, all of whose dtypes have 4-byte elements, and of the output.
std::uint64_t inputSize(const Problem& problem);
std::uint64_t outputSize(const Problem& problem);

// "scan f32 [128,4000] axis 1 exclusive": for messages and tables.
std::string describe(const Problem& problem);

Result<Plan> plan(const Context& context, const Problem& problem);

struct ExecuteOptions {
    // Bytes between the input's address and the multiple of 16 before it, and between the output's and the
    // one after it, as far as elements of 8 bytes allow: 0, 4, 8 or 12.
    std::uint32_t misalignment = 0;
    bool inPlace = false;  // the output is the input; see supportsInPlace
    // Recordings in each of the command buffers that gpuSeconds is the median of, after others to warm up.
    // More than one only out of place.
    std::uint32_t timedRepeats = 1;
};

// A scan whose output has the input's size.
bool supportsInPlace(const Problem& problem);

// Bytes in, bytes out: uploads the input, runs the plan once, downloads the output. Every buffer stands
// between canaries, the scratch memory and the output start out as garbage, and afterwards the input, the
// canaries and the scratch memory's zero bytes must be as they were: damage is an InvalidArgument status that
// names the buffer and the offset, and so is a message of the validation layer. gpuSeconds, if not null,
// receives the GPU time of the recording, or 0 where the device has no timestamps.
Result<std::vector<std::byte>> execute(const Device& device, const Problem& problem,
                                       std::span<const std::byte> input, double* gpuSeconds = nullptr,
                                       const ExecuteOptions& options = {});

}  // namespace vkaxis::harness
