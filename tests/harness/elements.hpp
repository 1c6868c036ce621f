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

}  // namespace vkaxis::harness
