// One problem as the tests and every subcommand of the runner pose it, and its way onto a device.
#pragma once

#include "harness/timing.hpp"

#include <vkaxis/device.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::harness {

enum class Op { Argmax, Argmin, Argminmax, Scan };

using Extents = std::vector<std::uint64_t>;
using Strides = std::vector<std::uint64_t>;  // elements, one per dimension; empty: dense and row-major

struct Problem {
    Op op = Op::Argmax;
    Dtype dtype = Dtype::F32;
    Extents shape{};
    std::int32_t axis = -1;
    Strides strides{};        // of the input
    Strides outputStrides{};  // argminmax: of both outputs
    Strides sideStrides{};    // of values, or of initial values per slice and totals: shape without the axis

    IndexType indexType = IndexType::I64;  // argmax, argmin, argminmax
    Tie tie = Tie::First;
    Nan nan = Nan::Propagate;
    bool values = false;

    ScanMode mode = ScanMode::Inclusive;  // scan
    ScanOp scanOp = ScanOp::Sum;
    bool reverse = false;
    Dtype outputDtype = Dtype::Default;
    ScanInitial initial = ScanInitial::Neutral;
    VkaxisScalar initialValue{};  // ScanInitial::Host
    bool totals = false;
};

std::uint64_t elementCount(std::span<const std::uint64_t> shape);
std::uint64_t elementSize(Dtype dtype);  // bytes

// Without the axis for argmax, argmin and argminmax, one longer along it for an include-initial scan.
Extents outputShape(const Problem& problem);
// Without the axis: of values, initial values per slice and totals.
Extents sliceShape(const Problem& problem);

// Of indices U32 or I64; of a scan outputDtype, or what Dtype::Default stands for.
Dtype outputDtype(const Problem& problem);

// Bytes from a view's address to the end of its last element; 0 without elements.
std::uint64_t storageSize(std::span<const std::uint64_t> shape, std::span<const std::uint64_t> strides,
                          Dtype dtype);
std::uint64_t inputSize(const Problem& problem);   // of the input's storage
std::uint64_t outputSize(const Problem& problem);  // of the output's storage, argminmax: of one of them

// "scan f32 [128,4000] axis 1 exclusive": for messages and tables. Options that are not the default are
// named.
std::string describe(const Problem& problem);

Result<Plan> plan(const Context& context, const Problem& problem);

struct Inputs {
    std::span<const std::byte> input{};    // its storage, of inputSize bytes
    std::span<const std::byte> initial{};  // one element, or dense per slice; of outputDtype
    // Of integers alone, whose sums F32 can hold: F32 and F64 sums are exact.
    bool exactSums = false;
};

// Each dense and row-major; empty where the problem does not ask for it.
struct Outputs {
    std::vector<std::byte> output{};
    std::vector<std::byte> maxOutput{};
    std::vector<std::byte> values{};
    std::vector<std::byte> maxValues{};
    std::vector<std::byte> totals{};
};

struct ExecuteOptions {
    // Elements by which the input's and the output's address miss a multiple of 16 bytes, as far as that is
    // possible: the input's after, the output's before it.
    std::uint32_t misalignment = 0;
    bool inPlace = false;     // the output is the input; see supportsInPlace
    bool timedOften = false;  // as measure does; else once. Only out of place
};

// A scan whose output has the input's shape, dtype and strides.
bool supportsInPlace(const Problem& problem);

// Uploads the inputs, runs the plan once, downloads the outputs. Every buffer stands between canaries;
// scratch memory and outputs start out as garbage; afterwards the inputs, the canaries, the gaps between an
// output view's elements and the zeroed memory must be as they were: damage is an
// InvalidArgument status that names the buffer and the offset, and so is a message of the validation layer.
// timing, if not null, receives the times of the recording, zeros where the device has no timestamps.
Result<Outputs> execute(const Device& device, const Problem& problem, const Inputs& inputs,
                        Timing* timing = nullptr, const ExecuteOptions& options = {});

}  // namespace vkaxis::harness
