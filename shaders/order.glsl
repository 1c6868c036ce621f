// Elements as unsigned keys: the element that the reduction prefers has the greater key, equal ones the same.
// Integer keys count denormals and order NaNs alike on every device, whatever its floating-point modes.

layout(constant_id = VKAXIS_ID_ARG_SOURCE) const uint kSource = kArgF32;
layout(constant_id = VKAXIS_ID_ARG_MINIMUM) const bool kMinimum = false;

// -inf is 0, both zeros are 0x7f800000, +inf is 0xff000000, every NaN 0xff000001. For a minimum the sign is
// turned first, so that NaN stays on top.
uint floatKey(uint bits) {
    const uint negative = uint(int(kMinimum ? ~bits : bits) >> 31);
    const uint magnitude = bits & 0x7fffffffu;
    return min(((magnitude ^ negative) - negative) + 0x7f800000u, 0xff000001u);
}

uint orderKey(uint bits) {
    if (kSource == kArgF32) return floatKey(bits);
    const uint key = kSource == kArgI32 ? bits ^ 0x80000000u : bits;
    return kMinimum ? ~key : key;
}
