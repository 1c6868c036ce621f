#include "tune_cases.hpp"

#include "checksum.h"
#include "failure.hpp"

#include <harness/generate.hpp>
#include <harness/operands.hpp>
#include <harness/ops.hpp>
#include <harness/seeds.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace vkaxis::cli {
namespace {

using harness::Problem;

constexpr std::uint32_t kChecksumGroups = 1024;
constexpr std::uint32_t kChecksumWorkgroupSize = 128;
constexpr std::uint32_t kGarbage = 0x7f4badedU;
constexpr std::uint64_t kSeed = 1;
constexpr VkDeviceSize kQuad = 16;  // bytes

VkDeviceSize wholeQuads(VkDeviceSize size) {
    return (size + kQuad - 1) / kQuad * kQuad;
}

template <class T>
T required(Result<T> result, const std::string& subject) {
    require(result.status, ExitCode::NoDevice, subject);
    return std::move(result.value);
}

// Cases with the same text have the same input: that of exact sums also follows from the axis.
std::string inputKey(const Problem& problem) {
    const harness::Distribution distribution = distributionOf(problem);
    const bool byAxis = distribution != harness::Distribution::Uniform;
    return fmt::format("{} {} [{}] {}", static_cast<int>(distribution), static_cast<int>(problem.dtype),
                       fmt::join(problem.shape, ","), byAxis ? problem.axis : 0);
}

// Plans of one context with the same pipelines are those with the same numbers of kernels.
bool samePlan(const Plan& a, const Plan& b) {
    const auto same = [](const VkaxisCommand& x, const VkaxisCommand& y) {
        return x.type == y.type && x.kernel == y.kernel && std::ranges::equal(x.groupCount, y.groupCount) &&
               std::ranges::equal(x.parameters, y.parameters);
    };
    return std::ranges::equal(a.sizes, b.sizes) &&
           std::ranges::equal(std::span(a.commands, a.commandCount), std::span(b.commands, b.commandCount),
                              same);
}

}  // namespace

TuneCases::TuneCases(const Device& device, std::vector<std::string> names)
    : device_(device),
      names_(std::move(names)),
      checksum_(required(StreamKernel::create(device, checksum_spirv, kChecksumWorkgroupSize), "checksum")),
      sum_(required(device.allocate(sizeof(Checksum)), "checksum")) {}

Status TuneCases::setRow(const Row& row) const {
    NamedValues values;
    for (std::size_t i = 0; i < row.size(); ++i) values.emplace_back(names_[i], row[i]);
    return setTuning(device_.context(), values);
}

// ---- Cases ----

std::string TuneCases::add(const BenchCase& benchCase) {
    const Problem& problem = benchCase.problem;
    const auto plan = harness::plan(device_.context(), problem);
    if (plan.status.code() == Code::InvalidArgument)
        throw Failure(ExitCode::BadUsage, fmt::format("{}: {}", benchCase.id, plan.status.message()));
    if (!plan) return plan.status.message();
    if (plan->commandCount == 0) return "there is nothing to do";
    if (const std::string obstacle =
            harness::obstacle(device_, problem, std::numeric_limits<std::uint64_t>::max());
        !obstacle.empty())
        return obstacle;

    TuneCase tuneCase{.benchCase = benchCase, .incumbent = plan.value};
    const std::vector<std::byte> input = harness::generate(problem, distributionOf(problem), kSeed);
    upload(tuneCase, input);
    makeRoom(tuneCase, plan.value);
    tuneCase.checksums = run(tuneCase, plan.value);
    if (const std::string message = check(tuneCase, plan.value, input); !message.empty())
        throw Failure(ExitCode::WrongResult, fmt::format("{}: {}", benchCase.id, message));
    chooseRecordings(tuneCase);
    cases_.push_back(std::move(tuneCase));
    return {};
}

void TuneCases::upload(TuneCase& tuneCase, std::span<const std::byte> input) {
    const auto make = [&](std::span<const std::byte> data) {
        Buffer buffer = required(device_.allocate(data.size()), tuneCase.benchCase.id);
        require(device_.upload(buffer, 0, data), ExitCode::NoDevice, tuneCase.benchCase.id);
        return buffer;
    };
    const Problem& problem = tuneCase.benchCase.problem;
    std::shared_ptr<Buffer>& shared = inputs_[inputKey(problem)];
    if (!shared) shared = std::make_shared<Buffer>(make(input));
    tuneCase.input = shared;
    tuneCase.initial = make(harness::generateInitial(problem, distributionOf(problem), kSeed));
}

// ---- Memory ----

void TuneCases::grow(VkaxisOperand operand, VkDeviceSize size, bool zero) {
    Buffer& buffer = shared_[operand];
    if (buffer.size() >= size && buffer.size() > 0) return;
    buffer = {};
    buffer = required(device_.allocate(size), "memory for results");
    if (zero) require(device_.fill(buffer, 0, buffer.size(), 0), ExitCode::NoDevice);
}

void TuneCases::makeRoom(const TuneCase& tuneCase, const Plan& plan) {
    for (const harness::OperandView& operand : harness::operandsOf(tuneCase.benchCase.problem))
        if (operand.written) grow(operand.operand, operand.storageSize(), false);
    grow(VKAXIS_OPERAND_SCRATCH, plan.sizes[VKAXIS_OPERAND_SCRATCH], false);
    grow(VKAXIS_OPERAND_ZEROED, plan.sizes[VKAXIS_OPERAND_ZEROED], true);
}

Operands TuneCases::operandsFor(const TuneCase& tuneCase, const Plan& plan) const {
    const auto range = [&](VkaxisOperand operand) {
        return plan.sizes[operand] == 0 ? AddressRange{} : shared_[operand].range();
    };
    const Buffer& scratch = shared_[VKAXIS_OPERAND_SCRATCH];
    return {tuneCase.input->range(),
            range(VKAXIS_OPERAND_OUTPUT),
            range(VKAXIS_OPERAND_MAX_OUTPUT),
            range(VKAXIS_OPERAND_VALUES),
            range(VKAXIS_OPERAND_MAX_VALUES),
            tuneCase.initial.range(),
            range(VKAXIS_OPERAND_TOTALS),
            range(VKAXIS_OPERAND_ZEROED),
            scratch.handle(),
            0,
            scratch.size()};
}

// ---- Checks ----

// The checksums of what the plan writes over garbage.
std::vector<TuneCases::Checksum> TuneCases::run(const TuneCase& tuneCase, const Plan& plan) {
    const std::string& id = tuneCase.benchCase.id;
    const auto operands = harness::operandsOf(tuneCase.benchCase.problem);
    for (const harness::OperandView& operand : operands)
        if (operand.written)
            require(device_.fill(shared_[operand.operand], 0, wholeQuads(operand.storageSize()), kGarbage),
                    ExitCode::NoDevice, id);
    require(device_.run([&](VkCommandBuffer commandBuffer) {
        return device_.context().record(commandBuffer, plan, operandsFor(tuneCase, plan));
    }),
            ExitCode::NoDevice, id);

    std::vector<Checksum> checksums;
    for (const harness::OperandView& operand : operands) {
        if (!operand.written) continue;
        require(device_.fill(sum_, 0, sizeof(Checksum), 0), ExitCode::NoDevice, id);
        const auto quads = static_cast<std::uint32_t>(wholeQuads(operand.storageSize()) / kQuad);
        require(device_.run([&](VkCommandBuffer commandBuffer) {
            checksum_.record(commandBuffer, {shared_[operand.operand].address(), sum_.address(), quads},
                             {kChecksumGroups, 1});
            return Status{};
        }),
                ExitCode::NoDevice, id);
        Checksum& checksum = checksums.emplace_back();
        require(device_.download(sum_, 0, std::as_writable_bytes(std::span(checksum))), ExitCode::NoDevice,
                id);
    }
    return checksums;
}

// Holds what the plan has written against the CPU reference; what is wrong, or nothing.
std::string TuneCases::check(const TuneCase& tuneCase, const Plan& plan,
                             std::span<const std::byte> input) const {
    const Problem& problem = tuneCase.benchCase.problem;
    const harness::Distribution distribution = distributionOf(problem);
    harness::Outputs outputs;
    for (const harness::OperandView& operand : harness::operandsOf(problem)) {
        if (!operand.written) continue;
        std::vector<std::byte>& output = harness::outputOf(outputs, operand.operand);
        output.resize(operand.storageSize());
        require(device_.download(shared_[operand.operand], 0, output), ExitCode::NoDevice,
                tuneCase.benchCase.id);
    }
    const std::vector<std::byte> initial = harness::generateInitial(problem, distribution, kSeed);
    const harness::Inputs inputs{input, initial, hasExactSums(problem, distribution)};
    const harness::Verdict verdict =
        harness::entryOf(problem.op).check(problem, plan.additionDepth, inputs, outputs);
    return verdict ? "" : fmt::format("{} wrong, the first: {}", verdict.wrong, verdict.message);
}

// The same bits as a result that was right need no other check; float sums may have others.
bool TuneCases::isRight(TuneCase& tuneCase, const Plan& plan) {
    makeRoom(tuneCase, plan);
    if (run(tuneCase, plan) == tuneCase.checksums) return true;
    const Problem& problem = tuneCase.benchCase.problem;
    const std::string message =
        check(tuneCase, plan, harness::generate(problem, distributionOf(problem), kSeed));
    if (message.empty()) return true;
    wrong_.push_back(fmt::format("{}: {}", tuneCase.benchCase.id, message));
    // What went wrong may have left anything there.
    const Buffer& zeroed = shared_[VKAXIS_OPERAND_ZEROED];
    require(device_.fill(zeroed, 0, zeroed.size(), 0), ExitCode::NoDevice, tuneCase.benchCase.id);
    return false;
}

// ---- Times ----

double TuneCases::secondsOf(const TuneCase& tuneCase, const Plan& plan) const {
    const Operands operands = operandsFor(tuneCase, plan);
    const auto record = [&](VkCommandBuffer commandBuffer) {
        return device_.context().record(commandBuffer, plan, operands);
    };
    return required(device_.time(record, tuneCase.recordings), tuneCase.benchCase.id);
}

// As many as last about 10 ms, at most 200.
void TuneCases::chooseRecordings(TuneCase& tuneCase) const {
    constexpr double kCommandBuffer = 10e-3;
    tuneCase.recordings = 1;
    for (int round = 0; round < 2; ++round) {
        const double seconds = std::max(secondsOf(tuneCase, tuneCase.incumbent), 1e-9);
        tuneCase.recordings =
            static_cast<std::uint32_t>(std::clamp(std::ceil(kCommandBuffer / seconds), 1.0, 200.0));
    }
}

Status TuneCases::adopt(const Row& row) {
    if (Status status = setRow(row); !status) return status;
    incumbent_ = row;
    for (TuneCase& tuneCase : cases_) {
        const Plan plan =
            required(harness::plan(device_.context(), tuneCase.benchCase.problem), tuneCase.benchCase.id);
        if (samePlan(plan, tuneCase.incumbent)) continue;
        tuneCase.incumbent = plan;
        makeRoom(tuneCase, plan);
        chooseRecordings(tuneCase);
    }
    return {};
}

std::vector<std::size_t> TuneCases::challenge(const Row& incumbent, const Row& candidate) {
    affected_.clear();
    candidates_.clear();
    if (incumbent != incumbent_) require(adopt(incumbent), ExitCode::NoDevice);
    if (!setRow(candidate)) return {};
    for (std::size_t i = 0; i < cases_.size(); ++i) {
        const auto plan = harness::plan(device_.context(), cases_[i].benchCase.problem);
        if (!plan) return {};
        if (samePlan(plan.value, cases_[i].incumbent)) continue;
        affected_.push_back(i);
        candidates_.push_back(plan.value);
    }
    for (std::size_t i = 0; i < affected_.size(); ++i) {
        if (isRight(cases_[affected_[i]], candidates_[i])) continue;
        for (std::size_t field = 0; field < names_.size(); ++field)
            if (candidate[field] != incumbent[field])
                wrong_.back() += fmt::format("; by {} = {}", names_[field], candidate[field]);
        return {};
    }
    return affected_;
}

std::vector<Pair> TuneCases::sample() {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < affected_.size(); ++i) {
        const TuneCase& tuneCase = cases_[affected_[i]];
        const double before = secondsOf(tuneCase, tuneCase.incumbent);
        pairs.push_back({before, secondsOf(tuneCase, candidates_[i])});
    }
    return pairs;
}

}  // namespace vkaxis::cli
