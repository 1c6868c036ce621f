// The README's example on real data: its three functions, on a device that this program owns.
#include "readme.hpp"

#include <vkaxis/device.hpp>

#include <cstdio>
#include <random>
#include <vector>

namespace {

int fail(const vkaxis::Status& status) {
    std::fprintf(stderr, "argmax: %s\n", status.message());
    return 1;
}

std::vector<float> randomTensor(std::size_t count) {
    std::mt19937 generator(20240229);
    std::vector<float> tensor(count);
    for (float& element : tensor) element = static_cast<float>(generator() % 1000);
    return tensor;
}

// The first largest element along the middle axis of [images, rows, columns].
std::vector<std::uint32_t> expectedArgmax(const std::vector<float>& tensor, const Shape& shape) {
    const auto [images, rows, columns] = shape;
    std::vector<std::uint32_t> result;
    for (std::size_t image = 0; image < images; ++image)
        for (std::size_t column = 0; column < columns; ++column) {
            const auto at = [&](std::size_t row) { return tensor[(image * rows + row) * columns + column]; };
            std::uint32_t best = 0;
            for (std::uint32_t row = 1; row < rows; ++row)
                if (at(row) > at(best)) best = row;
            result.push_back(best);
        }
    return result;
}

}  // namespace

int main() {
    const auto device = vkaxis::Device::create();
    if (!device) return fail(device.status);

    vkaxis::ContextInfo info;
    info.getInstanceProcAddr = device->getInstanceProcAddr();
    info.instance = device->instance();
    info.physicalDevice = device->physicalDevice();
    info.device = device->handle();
    info.deviceCreateInfo = &device->deviceCreateInfo();
    const auto context = vkaxis::Context::create(info);
    if (!context) return fail(context.status);

    const Shape shape{3, 25700, 130};
    const auto plan = planArgmax(context.value, shape);
    if (!plan) return fail(plan.status);

    const std::vector<float> tensor = randomTensor(shape[0] * shape[1] * shape[2]);
    const auto input = device->allocate(plan->sizes[VKAXIS_OPERAND_INPUT]);
    const auto output = device->allocate(plan->sizes[VKAXIS_OPERAND_OUTPUT]);
    const auto scratch = device->allocate(plan->sizes[VKAXIS_OPERAND_SCRATCH] + VKAXIS_SCRATCH_ALIGNMENT);
    const VkDeviceSize zeroedSize = plan->sizes[VKAXIS_OPERAND_ZEROED] + VKAXIS_SCRATCH_ALIGNMENT;
    const auto zeroed = device->allocate(zeroedSize);
    if (!input || !output || !scratch || !zeroed) return 1;
    if (auto status = device->fill(zeroed.value, 0, zeroedSize, 0); !status) return fail(status);
    if (auto status = device->upload(input.value, 0, std::as_bytes(std::span(tensor))); !status)
        return fail(status);

    const auto record = [&](VkCommandBuffer commandBuffer) {
        return recordArgmax(context.value, commandBuffer, plan.value, input->address(), output->address(),
                            zeroed->address(), scratch->handle());
    };
    if (auto status = device->run(record); !status) return fail(status);

    const auto expected = expectedArgmax(tensor, shape);
    std::vector<std::uint32_t> result(expected.size());
    if (auto status = device->download(output.value, 0, std::as_writable_bytes(std::span(result))); !status)
        return fail(status);
    std::printf("argmax on %s: %s\n", device->summary().name.c_str(),
                result == expected ? "as expected" : "WRONG");
    return result == expected ? 0 : 1;
}
