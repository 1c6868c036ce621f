// Views that reach over more than 2^32 bytes on any device: their strides join two allocations.
#include "harness/cases.hpp"
#include "harness/generate.hpp"
#include "harness/guarded_tensor.hpp"

#include "conformance.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <span>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

// Addresses that no later allocation gets: of 2^32 bytes of a GPU, or of the process, whose addresses a
// driver for the CPU shares.
class Gap {
  public:
    static constexpr std::uint64_t kSize = std::uint64_t{1} << 32;

    explicit Gap(const Device& device) {
        if (device.summary().type != VK_PHYSICAL_DEVICE_TYPE_CPU) {
            buffer_ = device.allocate(kSize).value;
            return;
        }
#ifdef __linux__
        addresses_ = mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
#endif
    }
    Gap(Gap&& other) noexcept
        : buffer_(std::move(other.buffer_)), addresses_(std::exchange(other.addresses_, nullptr)) {}
    Gap& operator=(Gap&&) = delete;
    ~Gap() {
#ifdef __linux__
        if (addresses_ != nullptr && addresses_ != MAP_FAILED) munmap(addresses_, kSize);
#endif
    }

  private:
    Buffer buffer_;
    void* addresses_ = nullptr;
};

// Two pieces of memory over 2^32 bytes apart, the first at the lower address.
struct FarApart {
    // Too much for malloc to take it from what it has.
    static constexpr VkDeviceSize kSize = 64 << 20;

    Gap gap;
    Buffer low, high;

    VkDeviceSize distance() const { return high.address() - low.address(); }
};

// Empty where the device has its addresses elsewhere.
std::optional<FarApart> allocateFarApart(const Device& device) {
    constexpr std::size_t kTries = 8;
    auto first = device.allocate(FarApart::kSize);
    Gap gap(device);
    std::vector<Buffer> near;
    for (std::size_t i = 0; i < kTries; ++i) {
        auto next = device.allocate(FarApart::kSize);
        if (!first || !next) return {};
        const bool ascending = first->address() < next->address();
        const Buffer& low = ascending ? first.value : next.value;
        const Buffer& high = ascending ? next.value : first.value;
        if (high.address() - low.address() < Gap::kSize) {
            near.push_back(std::move(next.value));
            continue;
        }
        if (ascending) return FarApart{std::move(gap), std::move(first.value), std::move(next.value)};
        return FarApart{std::move(gap), std::move(next.value), std::move(first.value)};
    }
    return {};
}

// Inputs and results, each on both sides of a gap of their own.
struct FarTensors {
    FarApart inputs, outputs;
};

std::optional<FarTensors> allocateFarTensors(const Device& device) {
    auto inputs = allocateFarApart(device);
    auto outputs = allocateFarApart(device);
    if (!inputs || !outputs) return {};
    return FarTensors{std::move(*inputs), std::move(*outputs)};
}

// The first dimension, of extent 2, has one half of the tensor in each piece.
void checkFarApart(const Device& device, const FarTensors& tensors, const Problem& dense) {
    CAPTURE(describe(dense));
    const auto strided = [](const FarApart& pieces, const Extents& shape, Dtype dtype) {
        harness::Strides strides = denseStrides(shape);
        strides[0] = pieces.distance() / elementSize(dtype);
        return strides;
    };
    const Extents results = outputShape(dense);
    const bool farResults = dense.axis != 0 || dense.op == Op::Scan;
    Problem problem = dense;
    problem.strides = strided(tensors.inputs, dense.shape, dense.dtype);
    if (farResults) problem.outputStrides = strided(tensors.outputs, results, outputDtype(dense));
    const auto plan = harness::plan(device.context(), problem);
    REQUIRE_MESSAGE(plan, plan.status.message());

    const std::vector<std::byte> input = generate(dense, Distribution::Uniform, 5);
    const std::span<const std::byte> content(input);
    REQUIRE(device.upload(tensors.inputs.low, 0, content.first(input.size() / 2)));
    REQUIRE(device.upload(tensors.inputs.high, 0, content.last(input.size() / 2)));
    const auto scratch =
        GuardedTensor::create(device, "scratch memory", plan->sizes[VKAXIS_OPERAND_SCRATCH], 0, 0);
    const auto zeroed =
        GuardedTensor::create(device, "zeroed memory", plan->sizes[VKAXIS_OPERAND_ZEROED], 0, 0);
    REQUIRE(scratch);
    REQUIRE(zeroed);
    const std::uint64_t messages = device.validationMessages();
    const auto range = [&](const FarApart& pieces, VkaxisOperand operand) {
        return AddressRange{pieces.low.address(), (plan->sizes[operand] + 3) / 4 * 4};
    };
    REQUIRE(device.run([&](VkCommandBuffer commandBuffer) {
        return device.context().record(commandBuffer, plan.value,
                                       {.input = range(tensors.inputs, VKAXIS_OPERAND_INPUT),
                                        .output = range(tensors.outputs, VKAXIS_OPERAND_OUTPUT),
                                        .zeroed = zeroed->range(),
                                        .scratch = scratch->buffer().handle(),
                                        .scratchOffset = scratch->offset(),
                                        .scratchSize = scratch->size()});
    }));
    CHECK(device.validationMessages() == messages);
    CHECK(zeroed->checkZero(device));
    CHECK(zeroed->checkCanaries(device));
    CHECK(scratch->checkCanaries(device));

    std::vector<std::byte> output(elementCount(results) * elementSize(outputDtype(dense)));
    const std::span<std::byte> all(output);
    const std::size_t nearby = farResults ? output.size() / 2 : output.size();
    REQUIRE(device.download(tensors.outputs.low, 0, all.first(nearby)));
    REQUIRE(device.download(tensors.outputs.high, 0, all.subspan(nearby)));
    checkOutput(dense, plan->additionDepth, input, output);
}

}  // namespace

TEST_SUITE("far apart") {
    TEST_CASE("views whose strides join two allocations over 2^32 bytes apart") {
        onEveryDriver([](const Device& device) {
            const auto tensors = allocateFarTensors(device);
            if (!tensors) {
                MESSAGE("skipped: " << device.summary().name << ": no two allocations are 2^32 bytes apart");
                return;
            }
            for (const auto& [shape, axis] : {Regime::Shape{{2, 1000}, 1},
                                              {{2, 1000}, 0},
                                              {{2, 100000}, 1},
                                              {{2, 7, 300}, 1},
                                              {{2, 3, 200}, 0},
                                              {{2, 3, 5, 64}, 2}})
                for (const Dtype dtype : {Dtype::F32, Dtype::I64}) {
                    checkFarApart(device, *tensors, {.dtype = dtype, .shape = shape, .axis = axis});
                    checkFarApart(device, *tensors,
                                  {.op = Op::Scan,
                                   .dtype = dtype,
                                   .shape = shape,
                                   .axis = axis,
                                   .reverse = dtype == Dtype::I64});
                }
        });
    }
}
