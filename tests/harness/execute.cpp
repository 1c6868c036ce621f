#include "harness/failure.hpp"
#include "harness/guarded_tensor.hpp"
#include "harness/ops.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace vkaxis::harness {
namespace {

// As a float large and finite: no sum comes near it, so that an element that was never written shows.
constexpr std::uint32_t kGarbage = 0x7f4badedU;

// What surrounds the input: a word that would win an arg reduction, or spoil a sum, if it were read.
std::uint32_t temptingWord(const Problem& problem) {
    if (problem.dtype == Dtype::F32) return 0x7fc0beefU;  // NaN
    const bool isSigned = problem.dtype == Dtype::I32;
    if (problem.op == Op::Argmin) return isSigned ? 0x80000001U : 1;
    return isSigned ? 0x7ffffffeU : 0xfffffffeU;
}

// What a plan works on. In place the input is the output too.
struct Memory {
    GuardedTensor input;
    GuardedTensor separateOutput;
    GuardedTensor scratch;
    bool inPlace = false;

    const GuardedTensor& output() const { return inPlace ? input : separateOutput; }

    Operands operands() const {
        return {input.range(), output().range(), scratch.buffer().handle(), scratch.offset(), scratch.size()};
    }
};

Result<Memory> prepare(const Device& device, const Problem& problem, const Plan& plan,
                       std::span<const std::byte> input, const ExecuteOptions& options) {
    const auto elementSize = static_cast<std::uint32_t>(entryOf(problem.op).outputElementSize(problem));
    const std::uint32_t outputMisalignment = (16 - options.misalignment) % 16 / elementSize * elementSize;
    auto source =
        GuardedTensor::create(device, "input", plan.inputSize, options.misalignment, temptingWord(problem));
    auto destination = options.inPlace ? Result<GuardedTensor>{}
                                       : GuardedTensor::create(device, "output", plan.outputSize,
                                                               outputMisalignment, kGarbage);
    auto scratch = GuardedTensor::create(device, "scratch memory", plan.scratchSize, 0, kGarbage);
    Result<Memory> memory;
    for (const auto* created : {&source, &destination, &scratch})
        if (memory.status) memory.status = created->status;
    if (memory.status) memory.status = source->upload(device, input);
    if (memory.status) memory.status = scratch->upload(device, std::vector<std::byte>(plan.scratchZeroSize));
    memory.value = {std::move(source.value), std::move(destination.value), std::move(scratch.value),
                    options.inPlace};
    return memory;
}

// A device that idled takes its time to raise its clocks.
Status warmUp(const Device& device, const Device::Recorder& record) {
    constexpr std::chrono::milliseconds kWarmUp{1000};
    const auto end = std::chrono::steady_clock::now() + kWarmUp;
    Status status;
    while (status && std::chrono::steady_clock::now() < end) status = device.run(record);
    return status;
}

// The median of a few command buffers, so that one that meets a change of clocks does not count.
Result<double> timeOften(const Device& device, const Device::Recorder& record, std::uint32_t repeats) {
    std::array<double, 5> times{};
    for (double& time : times) {
        const Result<double> seconds = device.time(record, repeats);
        if (!seconds) return seconds;
        time = seconds.value;
    }
    std::ranges::nth_element(times, times.begin() + times.size() / 2);
    return {times[times.size() / 2], {}};
}

// Without timestamps the device runs all the same, and gpuSeconds stays 0.
Status recordAndWait(const Device& device, const Plan& plan, const Memory& memory, double* gpuSeconds,
                     std::uint32_t repeats) {
    const auto record = [&](VkCommandBuffer commandBuffer) {
        return device.context().record(commandBuffer, plan, memory.operands());
    };
    if (gpuSeconds == nullptr) return device.run(record);
    Status status = repeats > 1 ? warmUp(device, record) : Status{};
    if (status) {
        const Result<double> seconds =
            repeats > 1 ? timeOften(device, record, repeats) : device.time(record, repeats);
        *gpuSeconds = seconds.value;
        status = seconds.status;
    }
    return status.code() == Code::Unsupported ? device.run(record) : status;
}

// Nothing but the output and the rest of the scratch memory may have changed.
Status inspect(const Device& device, const Plan& plan, const Memory& memory,
               std::span<const std::byte> input) {
    Status status;
    if (!memory.inPlace) status = memory.input.checkContent(device, input);
    if (status) status = memory.input.checkCanaries(device);
    if (status && !memory.inPlace) status = memory.separateOutput.checkCanaries(device);
    if (status) status = memory.scratch.checkCanaries(device);
    if (status) status = memory.scratch.checkZero(device, plan.scratchZeroSize);
    return status;
}

}  // namespace

Result<std::vector<std::byte>> execute(const Device& device, const Problem& problem,
                                       std::span<const std::byte> input, double* gpuSeconds,
                                       const ExecuteOptions& options) {
    const std::uint64_t messagesBefore = device.validationMessages();
    const Result<Plan> plan = harness::plan(device.context(), problem);
    if (!plan) return {{}, plan.status};
    if (plan->inputSize != input.size() || plan->outputSize != outputSize(problem))
        return {{},
                failure(VKAXIS_INVALID_ARGUMENT,
                        "the plan takes {} bytes and gives {}, the problem has {} and {}", plan->inputSize,
                        plan->outputSize, input.size(), outputSize(problem))};

    const Result<Memory> memory = prepare(device, problem, plan.value, input, options);
    if (!memory) return {{}, memory.status};
    Status status = recordAndWait(device, plan.value, memory.value, gpuSeconds, options.timedRepeats);
    if (!status) return {{}, status};

    std::vector<std::byte> output(plan->outputSize);
    status = memory->output().download(device, output);
    if (status) status = inspect(device, plan.value, memory.value, input);
    if (status && device.validationMessages() != messagesBefore)
        status = failure(VKAXIS_INVALID_ARGUMENT, "validation layer: {}", device.lastValidationMessage());
    return {std::move(output), status};
}

}  // namespace vkaxis::harness
