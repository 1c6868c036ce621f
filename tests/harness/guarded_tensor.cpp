#include "harness/guarded_tensor.hpp"

#include "harness/failure.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace vkaxis::harness {
namespace {

// More than the farthest that a workgroup's tile reaches beyond a tensor's end.
constexpr VkDeviceSize kGuardSize = 32768;
constexpr VkDeviceSize kPieceSize = 64 << 20;

VkDeviceSize roundUp(VkDeviceSize value, VkDeviceSize multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

// visit(offset, bytes) for a range of the buffer, in pieces; stops at the first failure.
template <class Visit>
Status visitBytes(const Device& device, const Buffer& buffer, VkDeviceSize offset, VkDeviceSize size,
                  const Visit& visit) {
    std::vector<std::byte> piece(std::min(size, kPieceSize));
    for (VkDeviceSize done = 0; done < size; done += piece.size()) {
        piece.resize(std::min(size - done, kPieceSize));
        Status status = device.download(buffer, offset + done, piece);
        if (status) status = visit(done, piece);
        if (!status) return status;
    }
    return {};
}

}  // namespace

void fillWithWord(std::span<std::byte> bytes, std::uint64_t offset, std::uint32_t word) {
    constexpr std::size_t kPiece = 4096;  // a multiple of the word, to be repeated
    const std::size_t first = std::min(bytes.size(), kPiece);
    for (std::size_t i = 0; i < first; ++i) bytes[i] = static_cast<std::byte>(word >> (offset + i) % 4 * 8);
    for (std::size_t i = first; i < bytes.size(); i += kPiece)
        std::memcpy(&bytes[i], bytes.data(), std::min(bytes.size() - i, kPiece));
}

std::optional<std::uint64_t> firstOtherByte(std::span<const std::byte> bytes, std::uint64_t offset,
                                            std::uint32_t word) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (bytes[i] != static_cast<std::byte>(word >> (offset + i) % 4 * 8)) return i;
    return std::nullopt;
}

Result<GuardedTensor> GuardedTensor::create(const Device& device, std::string name, VkDeviceSize size,
                                            std::uint32_t misalignment, std::uint32_t word) {
    Result<GuardedTensor> result;
    GuardedTensor& tensor = result.value;
    Result<Buffer> buffer = device.allocate(kGuardSize + 32 + roundUp(size, 4) + kGuardSize);
    result.status = buffer.status;
    if (!buffer) return result;
    tensor.name_ = std::move(name);
    tensor.buffer_ = std::move(buffer.value);
    const VkDeviceAddress address = tensor.buffer_.address();
    tensor.offset_ = roundUp(address + kGuardSize, 16) - address + misalignment;
    tensor.size_ = size;
    tensor.word_ = word;
    result.status = device.fill(tensor.buffer_, 0, tensor.buffer_.size(), word);
    return result;
}

Status GuardedTensor::upload(const Device& device, std::span<const std::byte> data) const {
    return data.empty() ? Status{} : device.upload(buffer_, offset_, data);
}

Status GuardedTensor::download(const Device& device, std::span<std::byte> data) const {
    return data.empty() ? Status{} : device.download(buffer_, offset_, data);
}

Status GuardedTensor::checkContent(const Device& device, std::span<const std::byte> content) const {
    return visitBytes(device, buffer_, offset_, size_,
                      [&](VkDeviceSize done, std::span<const std::byte> piece) -> Status {
                          return compare(piece, content.subspan(done, piece.size()), done);
                      });
}

Status GuardedTensor::compare(std::span<const std::byte> content, std::span<const std::byte> expected,
                              VkDeviceSize offset) const {
    if (content.empty() || std::memcmp(content.data(), expected.data(), content.size()) == 0) return {};
    const auto differs = std::ranges::mismatch(content, expected).in1 - content.begin();
    return failure(VKAXIS_INVALID_ARGUMENT, "the {} was written to at byte {}", name_,
                   offset + static_cast<VkDeviceSize>(differs));
}

Status GuardedTensor::checkZero(const Device& device) const {
    return visitBytes(device, buffer_, offset_, size_,
                      [&](VkDeviceSize done, std::span<const std::byte> piece) -> Status {
                          const auto found = firstOtherByte(piece, 0, 0);
                          if (!found) return {};
                          return failure(VKAXIS_INVALID_ARGUMENT, "byte {} of the {} is not zero again",
                                         done + *found, name_);
                      });
}

Status GuardedTensor::checkCanaries(const Device& device) const {
    Status status = checkCanary(device, 0, offset_);
    if (status) status = checkCanary(device, offset_ + size_, buffer_.size());
    return status;
}

Status GuardedTensor::checkCanary(const Device& device, VkDeviceSize begin, VkDeviceSize end) const {
    std::vector<std::byte> canary(end - begin);
    if (Status status = device.download(buffer_, begin, canary); !status) return status;
    const auto found = firstOtherByte(canary, begin, word_);
    if (!found) return {};
    const VkDeviceSize place = begin + *found;
    const bool before = place < offset_;
    return failure(VKAXIS_INVALID_ARGUMENT, "the canary {} bytes {} the {} is damaged: {:#04x}, was {:#04x}",
                   before ? offset_ - place : place - offset_ - size_,
                   before ? "before" : "beyond the end of", name_, std::to_integer<unsigned>(canary[*found]),
                   word_ >> place % 4 * 8 & 0xff);
}

}  // namespace vkaxis::harness
