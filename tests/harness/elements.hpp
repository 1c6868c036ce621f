// Elements of a tensor held as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vkaxis::harness {

template <class T>
T load(const std::byte* tensor, std::uint64_t element) {
    T value;
    std::memcpy(&value, tensor + element * sizeof(T), sizeof(T));
    return value;
}

template <class T>
void store(std::byte* tensor, std::uint64_t element, T value) {
    std::memcpy(tensor + element * sizeof(T), &value, sizeof(T));
}

// The same for elements of `size` bytes: 1, 2, 4 or 8.
inline std::uint64_t loadBits(const std::byte* tensor, std::uint64_t element, std::uint32_t size) {
    switch (size) {
        case 1:
            return load<std::uint8_t>(tensor, element);
        case 2:
            return load<std::uint16_t>(tensor, element);
        case 4:
            return load<std::uint32_t>(tensor, element);
        default:
            return load<std::uint64_t>(tensor, element);
    }
}

inline void storeBits(std::byte* tensor, std::uint64_t element, std::uint32_t size, std::uint64_t bits) {
    switch (size) {
        case 1:
            return store(tensor, element, static_cast<std::uint8_t>(bits));
        case 2:
            return store(tensor, element, static_cast<std::uint16_t>(bits));
        case 4:
            return store(tensor, element, static_cast<std::uint32_t>(bits));
        default:
            return store(tensor, element, bits);
    }
}

}  // namespace vkaxis::harness
