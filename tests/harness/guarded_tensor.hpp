// A tensor on a device between canaries: words around it that nothing but a bug changes.
#pragma once

#include <vkaxis/device.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace vkaxis::harness {

// The offset in bytes of the first word that is not `word`, or nothing. A rest of less than a word is
// ignored.
std::optional<std::uint64_t> firstOtherWord(std::span<const std::byte> bytes, std::uint32_t word);

class GuardedTensor {
  public:
    // `misalignment` is that of the tensor's address against 16 bytes: 0, 4, 8 or 12. Canaries and tensor are
    // filled with the word. The name is for messages.
    static Result<GuardedTensor> create(const Device& device, std::string name, VkDeviceSize size,
                                        std::uint32_t misalignment, std::uint32_t word);

    const Buffer& buffer() const { return buffer_; }
    VkDeviceSize offset() const { return offset_; }
    VkDeviceSize size() const { return size_; }
    AddressRange range() const { return buffer_.range(offset_, size_); }

    Status upload(const Device& device, std::span<const std::byte> data) const;
    Status download(const Device& device, std::span<std::byte> data) const;

    // InvalidArgument that names the tensor and the byte if it does not hold `content`, if its first `size`
    // bytes are not all zero, or if a canary is damaged.
    Status checkContent(const Device& device, std::span<const std::byte> content) const;
    Status checkZero(const Device& device, VkDeviceSize size) const;
    Status checkCanaries(const Device& device) const;

  private:
    Status checkCanary(const Device& device, VkDeviceSize begin, VkDeviceSize end) const;

    std::string name_;
    Buffer buffer_;
    VkDeviceSize offset_ = 0;
    VkDeviceSize size_ = 0;
    std::uint32_t word_ = 0;
};

}  // namespace vkaxis::harness
