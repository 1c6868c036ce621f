#include <vkaxis/device.hpp>

#include "device_state.hpp"
#include "failure.hpp"
#include "submission.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace vkaxis {
namespace {

using device_detail::describe;
using device_detail::failure;
using device_detail::Instance;
using device_detail::PhysicalDevice;

bool isNoDriver(const Status& status) {
    return status.vkResult() == VK_ERROR_INCOMPATIBLE_DRIVER;
}

// A device that cannot be described stays in the list, with the reason in summary.usable.
Result<std::vector<PhysicalDevice>> describeAll(const Instance& instance) {
    const auto handles = instance.physicalDevices();
    Result<std::vector<PhysicalDevice>> devices;
    devices.status = handles.status;
    for (const VkPhysicalDevice handle : handles.value) {
        auto device = describe(instance, handle, static_cast<std::uint32_t>(devices.value.size()));
        device.value.summary.usable = device.status;
        devices.value.push_back(std::move(device.value));
    }
    return devices;
}

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

std::optional<std::uint32_t> asIndex(std::string_view text) {
    std::uint32_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return index;
}

// Digits that are no index may still be a part of a name, such as 4090.
Result<std::size_t> find(const std::vector<PhysicalDevice>& devices, const std::string& select) {
    const auto index = asIndex(select);
    if (index && *index < devices.size()) return {*index, {}};

    std::string names;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const std::string& name = devices[i].summary.name;
        if (lowerCase(name).find(lowerCase(select)) != std::string::npos) return {i, {}};
        names += (i == 0 ? "" : ", ") + std::to_string(i) + " " + name;
    }
    return {0, failure(Code::Unsupported,
                       "no device has the index or name \"" + select + "\"; there are: " + names)};
}

int rankOf(VkPhysicalDeviceType type) {
    constexpr std::array kBestFirst = {VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU,
                                       VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU,
                                       VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, VK_PHYSICAL_DEVICE_TYPE_CPU};
    return static_cast<int>(std::ranges::find(kBestFirst, type) - kBestFirst.begin());
}

// Indices of the devices worth trying, the first choice first.
Result<std::vector<std::size_t>> candidates(const std::vector<PhysicalDevice>& devices,
                                            const std::string& select) {
    if (!select.empty()) {
        const auto found = find(devices, select);
        return {{found.value}, found.status};
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < devices.size(); ++i) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return rankOf(devices[i].summary.type); });
    return {order, {}};
}

// On failure says which device it is about.
Status open(DeviceState& state, PhysicalDevice physical, bool statistics) {
    Result<device_detail::OpenDevice> opened{{}, physical.summary.usable};
    if (opened) opened = device_detail::open(state.instance, physical, statistics);
    if (!opened) {
        const Status& why = opened.status;
        return failure(why.code(), physical.summary.name + ": " + why.message(), why.vkResult());
    }
    state.physical = std::move(physical);
    state.open = std::move(opened.value);
    return {};
}

}  // namespace

Device::Device() = default;
Device::Device(Device&&) noexcept = default;
Device& Device::operator=(Device&&) noexcept = default;
Device::~Device() = default;

Result<std::vector<DeviceSummary>> Device::enumerate() {
    Instance instance;
    if (const Status status = instance.create(false); !status) {
        return {{}, isNoDriver(status) ? Status{} : status};
    }
    const auto devices = describeAll(instance);
    Result<std::vector<DeviceSummary>> summaries;
    summaries.status = devices.status;
    for (const PhysicalDevice& device : devices.value) {
        summaries.value.push_back(device.summary);
        Status& usable = summaries.value.back().usable;
        if (usable) usable = device_detail::open(instance, device).status;
    }
    return summaries;
}

Result<Device> Device::create(const DeviceOptions& options) {
    auto state = std::make_unique<DeviceState>(options.onValidationMessage);
    if (const Status status = state->instance.create(options.validation); !status) return {{}, status};
    const auto devices = describeAll(state->instance);
    if (!devices) return {{}, devices.status};
    if (devices.value.empty()) return {{}, device_detail::noDriver()};
    const auto order = candidates(devices.value, options.select);
    if (!order) return {{}, order.status};

    Result<Device> device;
    for (const std::size_t i : order.value) {
        const Status status = open(*state, devices.value[i], options.statistics);
        if (status) {
            device.value.state_ = std::move(state);
            device.status = {};
            return device;
        }
        if (device.status) device.status = status;
    }
    return device;
}

const DeviceSummary& Device::summary() const {
    return state_->physical.summary;
}
const Context& Device::context() const {
    return state_->open.context;
}
VkInstance Device::instance() const {
    return state_->instance.handle();
}
VkPhysicalDevice Device::physicalDevice() const {
    return state_->physical.handle;
}
VkDevice Device::handle() const {
    return state_->handle();
}
VkQueue Device::queue() const {
    return state_->open.logical->queue();
}
std::uint32_t Device::queueFamily() const {
    return state_->physical.queueFamily;
}
PFN_vkGetInstanceProcAddr Device::getInstanceProcAddr() const {
    return device_detail::loaderEntryPoint();
}
const VkDeviceCreateInfo& Device::deviceCreateInfo() const {
    return state_->open.logical->createInfo();
}
std::uint64_t Device::validationMessages() const {
    return state_->instance.log().count();
}
std::string Device::lastValidationMessage() const {
    return state_->instance.log().last();
}

Result<Buffer> Device::allocate(VkDeviceSize size) const {
    return state_->allocate(size, MemoryKind::DeviceLocal);
}

Status Device::upload(const Buffer& buffer, VkDeviceSize offset, std::span<const std::byte> data) const {
    if (const Status status = state_->checkRange(buffer, offset, data.size()); !status) return status;
    return state_->staging.upload(buffer, offset, data);
}

Status Device::download(const Buffer& buffer, VkDeviceSize offset, std::span<std::byte> data) const {
    if (const Status status = state_->checkRange(buffer, offset, data.size()); !status) return status;
    return state_->staging.download(buffer, offset, data);
}

Status Device::fill(const Buffer& buffer, VkDeviceSize offset, VkDeviceSize size, std::uint32_t word) const {
    if (const Status status = state_->checkRange(buffer, offset, size); !status) return status;
    if (offset % sizeof word != 0 || size % sizeof word != 0) {
        return failure(Code::InvalidArgument, "a fill of " + std::to_string(size) + " bytes from offset " +
                                                  std::to_string(offset) + " needs multiples of 4");
    }
    if (size == 0) return {};
    return run([&](VkCommandBuffer commandBuffer) -> Status {
        state_->functions().vkCmdFillBuffer(commandBuffer, buffer.handle(), offset, size, word);
        return {};
    });
}

Status Device::run(const Recorder& record) const {
    return device_detail::run(*state_, record);
}

Result<double> Device::time(const Recorder& record, std::uint32_t repeats) const {
    return device_detail::time(*state_, record, repeats);
}

}  // namespace vkaxis
