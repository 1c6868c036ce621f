#include "harness/elements.hpp"
#include "harness/failure.hpp"
#include "harness/generate.hpp"
#include "harness/guarded_tensor.hpp"
#include "harness/operands.hpp"
#include "harness/views.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace vkaxis::harness {
namespace {

// As a float large and finite: no sum comes near it, so that an element that was never written shows.
constexpr std::uint32_t kGarbage = 0x7f4badedU;

// The plan must ask for what the problem has.
Status checkPlan(const Problem& problem, const Plan& plan, const std::vector<OperandView>& operands) {
    std::array<const OperandView*, VKAXIS_OPERAND_COUNT> used{};
    for (const OperandView& operand : operands) used[operand.operand] = &operand;
    for (std::uint32_t i = 0; i < VKAXIS_OPERAND_COUNT; ++i) {
        if (i == VKAXIS_OPERAND_SCRATCH || i == VKAXIS_OPERAND_ZEROED) continue;
        const std::uint64_t size = used[i] != nullptr ? used[i]->storageSize() : 0;
        const bool needless = plan.sizes[i] == 0 && elementCount(problem.shape) == 0;
        if (plan.sizes[i] != size && !needless)
            return failure(VKAXIS_INVALID_ARGUMENT, "the plan asks for {} bytes of {}, the problem has {}",
                           plan.sizes[i], used[i] != nullptr ? used[i]->name : fmt::format("operand {}", i),
                           size);
        if (plan.sizes[i] != 0 && static_cast<Dtype>(plan.dtypes[i]) != used[i]->dtype)
            return failure(VKAXIS_INVALID_ARGUMENT, "the plan has dtype {} for {}, the problem {}",
                           static_cast<int>(plan.dtypes[i]), used[i]->name, nameOf(used[i]->dtype));
    }
    return {};
}

// What a plan works on, by VkaxisOperand. In place the output is the input, and has no tensor of its own.
struct Memory {
    std::array<GuardedTensor, VKAXIS_OPERAND_COUNT> tensors;
    std::array<std::vector<std::byte>, VKAXIS_OPERAND_COUNT> contents{};  // of what is read, but the input
    bool inPlace = false;

    const GuardedTensor& of(VkaxisOperand operand) const {
        return tensors[inPlace && operand == VKAXIS_OPERAND_OUTPUT ? VKAXIS_OPERAND_INPUT : operand];
    }

    Operands operands() const {
        const GuardedTensor& scratch = of(VKAXIS_OPERAND_SCRATCH);
        return {of(VKAXIS_OPERAND_INPUT).rangeOfWords(),
                of(VKAXIS_OPERAND_OUTPUT).range(),
                of(VKAXIS_OPERAND_MAX_OUTPUT).range(),
                of(VKAXIS_OPERAND_VALUES).range(),
                of(VKAXIS_OPERAND_MAX_VALUES).range(),
                of(VKAXIS_OPERAND_INITIAL).rangeOfWords(),
                of(VKAXIS_OPERAND_TOTALS).range(),
                of(VKAXIS_OPERAND_ZEROED).range(),
                scratch.buffer().handle(),
                scratch.offset(),
                scratch.size()};
    }
};

// The input's elements begin `misalignment` elements after a multiple of 16 bytes, the others' before one, or
// as near as the plan's alignment and the period of 16 bytes have it.
std::uint32_t misalignmentOf(const OperandView& operand, const Plan& plan, const ExecuteOptions& options) {
    const std::uint64_t elements = options.misalignment * elementSize(operand.dtype) % 16;
    const std::uint64_t bytes = operand.operand == VKAXIS_OPERAND_INPUT ? elements : (16 - elements) % 16;
    const std::uint64_t alignment = std::max<std::uint64_t>(1, plan.alignments[operand.operand]);
    return static_cast<std::uint32_t>(bytes / alignment * alignment);
}

// Writes elements, given densely, to their places.
void scatter(const OperandView& operand, std::span<const std::byte> elements, std::span<std::byte> storage) {
    const auto size = static_cast<std::uint32_t>(elementSize(operand.dtype));
    forEachPlace(operand.shape, operand.strides, [&](std::uint64_t element, std::uint64_t place) {
        storeBits(storage.data(), place, size, loadBits(elements.data(), element, size));
    });
}

Status prepareOperand(const Device& device, const Problem& problem, const Plan& plan, const Inputs& inputs,
                      const ExecuteOptions& options, const OperandView& operand, Memory& memory) {
    auto created = GuardedTensor::create(device, operand.name, operand.storageSize(),
                                         misalignmentOf(operand, plan, options),
                                         operand.written ? kGarbage : temptingWord(problem));
    if (!created) return created.status;
    GuardedTensor& tensor = memory.tensors[operand.operand] = std::move(created.value);
    if (operand.written) return {};
    if (operand.operand == VKAXIS_OPERAND_INPUT) return tensor.upload(device, inputs.input);
    std::vector<std::byte>& content = memory.contents[operand.operand];
    content.resize(tensor.size());
    tensor.fillAsCreated(content);
    scatter(operand, inputs.initial, content);
    return tensor.upload(device, content);
}

Result<Memory> prepare(const Device& device, const Problem& problem, const Plan& plan, const Inputs& inputs,
                       const ExecuteOptions& options, const std::vector<OperandView>& operands) {
    Result<Memory> memory;
    memory->inPlace = options.inPlace;
    for (const OperandView& operand : operands)
        if (memory && !(options.inPlace && operand.operand == VKAXIS_OPERAND_OUTPUT))
            memory.status = prepareOperand(device, problem, plan, inputs, options, operand, memory.value);
    if (!memory) return memory;
    auto scratch =
        GuardedTensor::create(device, "scratch memory", plan.sizes[VKAXIS_OPERAND_SCRATCH], 0, kGarbage);
    auto zeroed =
        GuardedTensor::create(device, "zeroed memory", plan.sizes[VKAXIS_OPERAND_ZEROED], 0, kGarbage);
    memory.status = scratch ? zeroed.status : scratch.status;
    if (memory) memory.status = zeroed->upload(device, std::vector<std::byte>(zeroed->size()));
    memory->tensors[VKAXIS_OPERAND_SCRATCH] = std::move(scratch.value);
    memory->tensors[VKAXIS_OPERAND_ZEROED] = std::move(zeroed.value);
    return memory;
}

// The times of a plan's dispatches, each as a plan of its own, after a recording has left in scratch memory
// what they read.
Result<std::vector<double>> timeDispatches(const Device& device, const Plan& plan, const Memory& memory) {
    const auto record = [&](const Plan& each) {
        return [&](VkCommandBuffer commandBuffer) {
            return device.context().record(commandBuffer, each, memory.operands());
        };
    };
    Result<std::vector<double>> seconds{{}, device.run(record(plan))};
    for (std::uint32_t i = 0; i < plan.commandCount && seconds; ++i) {
        if (plan.commands[i].type != VKAXIS_COMMAND_DISPATCH) continue;
        Plan alone = plan;
        alone.commands[0] = plan.commands[i];
        alone.commandCount = 1;
        const Result<Timing> timing = measure(device, record(alone));
        seconds->push_back(timing->gpu);
        seconds.status = timing.status;
    }
    return seconds;
}

bool hasSeveralDispatches(const Plan& plan) {
    return std::ranges::count(std::span(plan.commands, plan.commandCount), VKAXIS_COMMAND_DISPATCH,
                              &VkaxisCommand::type) > 1;
}

// Without timestamps the device runs all the same, and the timing stays zero.
Status recordAndWait(const Device& device, const Plan& plan, const Memory& memory, Timing* timing,
                     bool timedOften) {
    const auto record = [&](VkCommandBuffer commandBuffer) {
        return device.context().record(commandBuffer, plan, memory.operands());
    };
    if (timing == nullptr) return device.run(record);
    // Before the whole, which has the last word on the results.
    Result<std::vector<double>> dispatches;
    if (timedOften && hasSeveralDispatches(plan)) dispatches = timeDispatches(device, plan, memory);
    const Result<Timing> measured = timedOften ? measure(device, record) : measureOnce(device, record);
    *timing = measured.value;
    if (dispatches) timing->dispatches = std::move(dispatches.value);
    return measured.status.code() == Code::Unsupported ? device.run(record) : measured.status;
}

// The elements of a written operand, densely; the gaps between them must be as they were.
Status fetch(const Device& device, const Inputs& inputs, const Memory& memory, const OperandView& operand,
             std::vector<std::byte>& elements) {
    const GuardedTensor& tensor = memory.of(operand.operand);
    elements.resize(elementCount(operand.shape) * elementSize(operand.dtype));
    if (operand.strides.empty()) return tensor.download(device, elements);

    std::vector<std::byte> storage(tensor.size());
    if (Status status = tensor.download(device, storage); !status) return status;
    std::vector<std::byte> before(storage.size());
    if (memory.inPlace && operand.operand == VKAXIS_OPERAND_OUTPUT)
        std::ranges::copy(inputs.input, before.begin());
    else
        tensor.fillAsCreated(before);
    const auto size = static_cast<std::uint32_t>(elementSize(operand.dtype));
    forEachPlace(operand.shape, operand.strides, [&](std::uint64_t element, std::uint64_t place) {
        storeBits(elements.data(), element, size, loadBits(storage.data(), place, size));
        storeBits(storage.data(), place, size, loadBits(before.data(), place, size));
    });
    return tensor.compare(storage, before);
}

// Nothing but the outputs and the scratch memory may have changed.
Status inspect(const Device& device, const Inputs& inputs, const Memory& memory,
               const std::vector<OperandView>& operands) {
    const GuardedTensor& zeroed = memory.of(VKAXIS_OPERAND_ZEROED);
    Status status = memory.of(VKAXIS_OPERAND_SCRATCH).checkCanaries(device);
    if (status) status = zeroed.checkCanaries(device);
    if (status) status = zeroed.checkZero(device);
    for (const OperandView& operand : operands) {
        const GuardedTensor& tensor = memory.of(operand.operand);
        if (status) status = tensor.checkCanaries(device);
        if (!status || operand.written) continue;
        if (operand.operand != VKAXIS_OPERAND_INPUT)
            status = tensor.checkContent(device, memory.contents[operand.operand]);
        else if (!memory.inPlace)
            status = tensor.checkContent(device, inputs.input);
    }
    return status;
}

}  // namespace

Result<Outputs> execute(const Device& device, const Problem& problem, const Inputs& inputs, Timing* timing,
                        const ExecuteOptions& options) {
    const std::uint64_t messagesBefore = device.validationMessages();
    const Result<Plan> plan = harness::plan(device.context(), problem);
    if (!plan) return {{}, plan.status};
    const std::vector<OperandView> operands = operandsOf(problem);
    Status status = checkPlan(problem, plan.value, operands);
    if (status && inputs.input.size() != inputSize(problem))
        status = failure(VKAXIS_INVALID_ARGUMENT, "the input has {} bytes, the problem {}",
                         inputs.input.size(), inputSize(problem));
    if (!status) return {{}, status};

    const Result<Memory> memory = prepare(device, problem, plan.value, inputs, options, operands);
    if (!memory) return {{}, memory.status};
    status = recordAndWait(device, plan.value, memory.value, timing, options.timedOften);
    if (!status) return {{}, status};

    Result<Outputs> outputs;
    for (const OperandView& operand : operands)
        if (operand.written && outputs)
            outputs.status =
                fetch(device, inputs, memory.value, operand, outputOf(outputs.value, operand.operand));
    if (outputs) outputs.status = inspect(device, inputs, memory.value, operands);
    if (outputs && device.validationMessages() != messagesBefore)
        outputs.status =
            failure(VKAXIS_INVALID_ARGUMENT, "validation layer: {}", device.lastValidationMessage());
    return outputs;
}

}  // namespace vkaxis::harness
