// Elements as unsigned keys: the element that the reduction prefers has the greater key, equal ones the same.
// Integer keys count denormals and order NaNs alike on every device, whatever its floating-point modes.

layout(constant_id = VKAXIS_ID_ARG_SOURCE) const uint kSource = kArgF32;
layout(constant_id = VKAXIS_ID_ARG_MINIMUM) const bool kMinimum = false;

// -inf is 0, both zeros are 0x7f800000, +inf is 0xff000000, NaNs are greater. For a minimum the sign is turned first,
// so that NaN stays on top.
uint floatKey(uint bits) {
    const uint negative = uint(int(kMinimum ? ~bits : bits) >> 31);
    const uint magnitude = bits & 0x7fffffffu;
    return ((magnitude ^ negative) - negative) + 0x7f800000u;
}

// In order, but for NaNs, which differ from each other. The greatest of several keys is as well made equal last.
uint roughKey(uint bits) {
    if (kSource == kArgF32) return floatKey(bits);
    const uint key = kSource == kArgI32 ? bits ^ 0x80000000u : bits;
    return kMinimum ? ~key : key;
}

uint equalNaNs(uint key) { return kSource == kArgF32 ? min(key, 0xff000001u) : key; }

uint orderKey(uint bits) { return equalNaNs(roughKey(bits)); }
