// Buffers, each with a VkDeviceMemory of its own: tools and tests hold few and large ones.
#include "device_state.hpp"
#include "failure.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace vkaxis {
namespace {

using device_detail::check;
using device_detail::failure;

constexpr VkDeviceSize kGranularity = 16;
constexpr std::uint32_t kNoType = VK_MAX_MEMORY_TYPES;

// At least one granule. The size is known to fit a heap, so nothing overflows.
VkDeviceSize roundUp(VkDeviceSize size) {
    return (std::max<VkDeviceSize>(size, 1) + kGranularity - 1) / kGranularity * kGranularity;
}

std::string ofBytes(const char* what, VkDeviceSize size) {
    return std::string(what) + " of " + std::to_string(size) + " bytes";
}

Status tooLarge(VkDeviceSize size, const char* limitName, VkDeviceSize limit) {
    return failure(Code::OutOfMemory,
                   ofBytes("a buffer", size) + " exceeds the device's " + ofBytes(limitName, limit));
}

// As check, and says how much was asked for.
Status checkSized(VkResult result, const char* call, VkDeviceSize size) {
    const Status status = check(result, call);
    if (status) return status;
    return failure(status.code(), status.message() + ofBytes(" for a buffer", size), result);
}

// The first type that the buffer may live in and that has all the flags: drivers list the best first.
std::uint32_t findType(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t allowedTypes,
                       VkMemoryPropertyFlags flags) {
    for (std::uint32_t type = 0; type < memory.memoryTypeCount; ++type) {
        const bool allowed = (allowedTypes >> type & 1u) != 0;
        if (allowed && (memory.memoryTypes[type].propertyFlags & flags) == flags) return type;
    }
    return kNoType;
}

// Vulkan promises every buffer a device-local type, and a host-visible and coherent one.
std::uint32_t chooseType(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t allowedTypes,
                         MemoryKind kind) {
    if (kind == MemoryKind::DeviceLocal) {
        return findType(memory, allowedTypes, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    }
    const VkMemoryPropertyFlags coherent =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const std::uint32_t cached =
        findType(memory, allowedTypes, coherent | VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
    return cached != kNoType ? cached : findType(memory, allowedTypes, coherent);
}

}  // namespace

void Buffer::swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(buffer_, other.buffer_);
    std::swap(memory_, other.memory_);
    std::swap(address_, other.address_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
}

Buffer::~Buffer() {
    if (device_ == nullptr) return;
    device_->functions().vkDestroyBuffer(device_->handle(), buffer_, nullptr);
    device_->functions().vkFreeMemory(device_->handle(), memory_, nullptr);
}

Result<Buffer> DeviceState::allocate(VkDeviceSize size, MemoryKind kind) {
    const VkDeviceSize heapSize = physical.summary.memorySize;
    if (size > heapSize) return {{}, tooLarge(size, "largest memory heap", heapSize)};
    Buffer buffer;
    buffer.device_ = this;
    buffer.size_ = roundUp(size);
    Status status = createBuffer(buffer, kind);
    if (status) status = allocateMemory(buffer, kind);
    if (status) status = bindMemory(buffer, kind);
    if (!status) return {{}, status};
    return {std::move(buffer), {}};
}

Status DeviceState::createBuffer(Buffer& buffer, MemoryKind kind) {
    const VkDeviceSize limit = physical.maxBufferSize;
    if (buffer.size_ > limit) return tooLarge(buffer.size_, "maxBufferSize", limit);
    VkBufferCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    info.size = buffer.size_;
    info.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    if (kind == MemoryKind::DeviceLocal) {
        info.usage |= VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
    }
    return checkSized(functions().vkCreateBuffer(handle(), &info, nullptr, &buffer.buffer_), "vkCreateBuffer",
                      buffer.size_);
}

Status DeviceState::allocateMemory(Buffer& buffer, MemoryKind kind) {
    VkMemoryRequirements needs{};
    functions().vkGetBufferMemoryRequirements(handle(), buffer.buffer_, &needs);
    const std::uint32_t type = chooseType(physical.memory, needs.memoryTypeBits, kind);
    if (type == kNoType) return failure(Code::Unsupported, "the device has no memory type for a buffer");

    // Drivers may give more than this limit, and do; the validation layer calls the attempt an error.
    if (instance.validates() && needs.size > physical.maxAllocationSize) {
        return tooLarge(needs.size, "maxMemoryAllocationSize", physical.maxAllocationSize);
    }

    VkMemoryAllocateFlagsInfo flags{};
    flags.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO;
    flags.flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT;
    VkMemoryAllocateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    info.pNext = kind == MemoryKind::DeviceLocal ? &flags : nullptr;
    info.allocationSize = needs.size;
    info.memoryTypeIndex = type;
    return checkSized(functions().vkAllocateMemory(handle(), &info, nullptr, &buffer.memory_),
                      "vkAllocateMemory", needs.size);
}

Status DeviceState::bindMemory(Buffer& buffer, MemoryKind kind) {
    const VkResult result = functions().vkBindBufferMemory(handle(), buffer.buffer_, buffer.memory_, 0);
    if (result != VK_SUCCESS) return check(result, "vkBindBufferMemory");
    if (kind == MemoryKind::Staging) {
        return check(functions().vkMapMemory(handle(), buffer.memory_, 0, VK_WHOLE_SIZE, 0, &buffer.mapped_),
                     "vkMapMemory");
    }
    VkBufferDeviceAddressInfo info{};
    info.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO;
    info.buffer = buffer.buffer_;
    buffer.address_ = functions().vkGetBufferDeviceAddress(handle(), &info);
    return {};
}

Status DeviceState::checkRange(const Buffer& buffer, VkDeviceSize offset, VkDeviceSize size) const {
    if (buffer.device_ != this) return failure(Code::InvalidArgument, "the buffer is not one of this device");
    if (offset <= buffer.size_ && size <= buffer.size_ - offset) return {};
    return failure(Code::InvalidArgument, std::to_string(size) + " bytes from offset " +
                                              std::to_string(offset) + " are not within the buffer's " +
                                              std::to_string(buffer.size_));
}

}  // namespace vkaxis
