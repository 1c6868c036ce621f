// A tensor on a device between canaries: words around it that nothing but a bug changes.
#pragma once

#include <vkaxis/device.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace vkaxis::harness {

// Sets bytes to those of a repeated word, or finds the first of them, or nothing, that is another; `offset`
// is that of the first byte from where the word's repetition began.
void fillWithWord(std::span<std::byte> bytes, std::uint64_t offset, std::uint32_t word);
std::optional<std::uint64_t> firstOtherByte(std::span<const std::byte> bytes, std::uint64_t offset,
                                            std::uint32_t word);

class GuardedTensor {
  public:
    // `misalignment` is that of the tensor's address against 16 bytes. Canaries and tensor are filled with
    // the word. The name is for messages.
    static Result<GuardedTensor> create(const Device& device, std::string name, VkDeviceSize size,
                                        std::uint32_t misalignment, std::uint32_t word);

    const Buffer& buffer() const { return buffer_; }
    VkDeviceSize offset() const { return offset_; }
    VkDeviceSize size() const { return size_; }
    AddressRange range() const { return buffer_.range(offset_, size_); }
    // With the rest of the word that the tensor ends in, as elements of 8 and 16 bits are read.
    AddressRange rangeOfWords() const {
        return buffer_.range(offset_, (offset_ + size_ + 3) / 4 * 4 - offset_);
    }

    Status upload(const Device& device, std::span<const std::byte> data) const;
    Status download(const Device& device, std::span<std::byte> data) const;

    // What it held when it was created.
    void fillAsCreated(std::span<std::byte> content) const { fillWithWord(content, offset_, word_); }

    // InvalidArgument that names the tensor and the byte if it does not hold `content`, if it is not all
    // zero, or if a canary is damaged.
    Status checkContent(const Device& device, std::span<const std::byte> content) const;
    Status checkZero(const Device& device) const;
    Status checkCanaries(const Device& device) const;

    // The same if `content`, downloaded earlier, is not `expected`.
    Status compare(std::span<const std::byte> content, std::span<const std::byte> expected,
                   VkDeviceSize offset = 0) const;

  private:
    Status checkCanary(const Device& device, VkDeviceSize begin, VkDeviceSize end) const;

    std::string name_;
    Buffer buffer_;
    VkDeviceSize offset_ = 0;
    VkDeviceSize size_ = 0;
    std::uint32_t word_ = 0;
};

}  // namespace vkaxis::harness
