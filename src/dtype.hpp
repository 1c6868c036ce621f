// What the planners ask of a dtype.
#pragma once

#include <vkaxis/vkaxis.h>

namespace vkaxis {

inline bool isDtype(VkaxisDtype dtype) {
    return dtype >= VKAXIS_DTYPE_F16 && dtype <= VKAXIS_DTYPE_U64;
}

inline bool isFloat(VkaxisDtype dtype) {
    return dtype <= VKAXIS_DTYPE_F64;
}
inline bool isSigned(VkaxisDtype dtype) {
    return dtype >= VKAXIS_DTYPE_I8 && dtype <= VKAXIS_DTYPE_I64;
}

inline uint64_t sizeOf(VkaxisDtype dtype) {
    constexpr uint64_t kSizes[] = {0, 2, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8};
    return kSizes[dtype];
}

inline const char* nameOf(VkaxisDtype dtype) {
    constexpr const char* kNames[] = {"default", "f16", "bf16", "f32", "f64", "i8", "i16",
                                      "i32",     "i64", "u8",   "u16", "u32", "u64"};
    return kNames[dtype];
}

}  // namespace vkaxis
