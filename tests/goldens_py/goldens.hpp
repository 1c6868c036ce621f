// What NumPy 2.5.2 answers, and PyTorch 2.11.0+cu130 but for uint32. Written by make_goldens.py.
// clang-format off
#pragma once

#include "harness/problem.hpp"

#include <cstdint>
#include <span>

namespace vkaxis::harness {

struct Golden {
    const char* name;
    Op op;
    Dtype dtype;
    std::span<const std::uint64_t> shape;
    std::int32_t axis;
    IndexType indexType;
    ScanMode mode;
    std::span<const std::uint32_t> input;
    std::span<const std::uint32_t> output;  // an i64 index is two words, the low one first

    Problem problem() const { return {op, dtype, {shape.begin(), shape.end()}, axis, indexType, mode}; }
};

inline constexpr std::uint64_t kArray0[] = {3, 4};
inline constexpr std::uint32_t kArray1[] = {0x3f800000, 0x40400000, 0x40400000, 0x40000000, 0x40000000, 0x3f800000, 0x3f800000, 0x40000000, 0x40e00000, 0x40e00000, 0x40e00000, 0x40e00000};
inline constexpr std::uint32_t kArray2[] = {0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray3[] = {0x00000001, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray4[] = {0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray5[] = {0x00000000, 0x00000001, 0x00000000};
inline constexpr std::uint32_t kArray6[] = {0x3f800000, 0x40400000, 0x40400000, 0x40000000, 0x40000000, 0x3f800000, 0x40400000, 0x40000000, 0x40e00000, 0x40400000, 0x3f800000, 0x40000000};
inline constexpr std::uint32_t kArray7[] = {0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray8[] = {0x00000002, 0x00000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray9[] = {0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray10[] = {0x00000000, 0x00000001, 0x00000002, 0x00000000};
inline constexpr std::uint64_t kArray11[] = {4, 3};
inline constexpr std::uint32_t kArray12[] = {0x3f800000, 0x7fc00000, 0x40a00000, 0x7fc00000, 0x7f800000, 0x7fc00000, 0x40000000, 0xff800000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000};
inline constexpr std::uint32_t kArray13[] = {0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray14[] = {0x00000001, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray15[] = {0x80000000, 0x00000000, 0x80000000, 0x00000000, 0x80000000, 0x00000000, 0x80000000, 0x00000000, 0x00000001, 0x00000000, 0x80000001, 0x3f800000};
inline constexpr std::uint32_t kArray16[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray17[] = {0x00000000, 0x00000000, 0x00000002, 0x00000002};
inline constexpr std::uint32_t kArray18[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000};
inline constexpr std::uint32_t kArray19[] = {0x00000000, 0x00000000, 0x00000000, 0x00000001};
inline constexpr std::uint32_t kArray20[] = {0xff800000, 0xff800000, 0xff800000, 0x7f800000, 0x7f800000, 0x7f800000, 0x3f800000, 0x7f800000, 0xff800000, 0x7f61b1e6, 0xff800000, 0x7f800000};
inline constexpr std::uint32_t kArray21[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray22[] = {0x00000000, 0x00000000, 0x00000001, 0x00000002};
inline constexpr std::uint32_t kArray23[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000000};
inline constexpr std::uint32_t kArray24[] = {0x00000000, 0x00000000, 0x00000002, 0x00000001};
inline constexpr std::uint64_t kArray25[] = {2, 3};
inline constexpr std::uint32_t kArray26[] = {0x00000001, 0x00000002, 0x00000001, 0x80000001, 0x80000002, 0x00000000};
inline constexpr std::uint32_t kArray27[] = {0x00000001, 0x00000002};
inline constexpr std::uint32_t kArray28[] = {0x00000000, 0x00000000, 0x00000001, 0x00000000};
inline constexpr std::uint32_t kArray29[] = {0x00000000, 0x00000001};
inline constexpr std::uint64_t kArray30[] = {2, 4};
inline constexpr std::uint32_t kArray31[] = {0x00000000, 0xffffffff, 0x80000000, 0x7fffffff, 0x80000000, 0x80000000, 0x7fffffff, 0x00000005};
inline constexpr std::uint32_t kArray32[] = {0x00000003, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray33[] = {0x00000003, 0x00000002};
inline constexpr std::uint32_t kArray34[] = {0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray35[] = {0x00000000, 0x80000000, 0xffffffff, 0x00000001, 0x80000000, 0x7fffffff, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray36[] = {0x00000000, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray37[] = {0x00000000, 0x00000002};
inline constexpr std::uint64_t kArray38[] = {3, 5, 4};
inline constexpr std::uint32_t kArray39[] = {0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x40e00000, 0x00000000, 0xc1000000, 0x40e00000, 0x40400000, 0x40400000, 0x40000000, 0xc0e00000, 0xc1000000, 0x3f800000, 0x40e00000, 0xc0800000, 0x41000000, 0xbf800000, 0x40800000, 0x00000000, 0x3f800000, 0x40a00000, 0x40e00000, 0xc1000000, 0x41100000, 0x40800000, 0x41100000, 0xc0c00000, 0xc0400000, 0xc0000000, 0xc0c00000, 0x3f800000, 0x40e00000, 0xbf800000, 0xc0400000, 0x41000000, 0xc1000000, 0xc0e00000, 0x40e00000, 0x41000000, 0x40a00000, 0xc0e00000, 0x00000000, 0x40800000, 0x41000000, 0x40e00000, 0xc0e00000, 0x40a00000, 0xc0c00000, 0x41000000, 0x40000000, 0x3f800000, 0x40800000, 0x40800000, 0x40e00000, 0x40400000, 0x00000000, 0x3f800000, 0x40000000, 0xc1100000};
inline constexpr std::uint32_t kArray40[] = {0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000};
inline constexpr std::uint32_t kArray41[] = {0x00000002, 0x00000001, 0x00000001, 0x00000002, 0x00000001, 0x00000002, 0x00000001, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000001, 0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000001, 0x00000001};
inline constexpr std::uint32_t kArray42[] = {0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray43[] = {0x00000001, 0x00000000, 0x00000002, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000002, 0x00000001, 0x00000001, 0x00000000, 0x00000000, 0x00000001, 0x00000001, 0x00000000, 0x00000001, 0x00000001, 0x00000002, 0x00000002};
inline constexpr std::uint32_t kArray44[] = {0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x40e00000, 0x00000000, 0xc1000000, 0x40e00000, 0x40400000, 0x40400000, 0x40000000, 0xc0e00000, 0xc1000000, 0x3f800000, 0x40e00000, 0xc0800000, 0x41000000, 0xbf800000, 0x40800000, 0x00000000, 0x40800000, 0xc0000000, 0x41200000, 0xc1200000, 0x41800000, 0x40800000, 0x3f800000, 0x3f800000, 0x00000000, 0x3f800000, 0xc0800000, 0xc0c00000, 0xbf800000, 0x00000000, 0x40800000, 0x40800000, 0x00000000, 0xc1000000, 0x41300000, 0x41000000, 0x41100000, 0xc1100000, 0x41200000, 0xc0c00000, 0x41c00000, 0x41300000, 0xc0c00000, 0x40c00000, 0xc0c00000, 0x41100000, 0xc0000000, 0xc0a00000, 0x40400000, 0x40800000, 0x41300000, 0x40e00000, 0x00000000, 0xc0e00000, 0x41500000, 0xbf800000};
inline constexpr std::uint32_t kArray45[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x40e00000, 0x00000000, 0xc1000000, 0x40e00000, 0x40400000, 0x40400000, 0x40000000, 0xc0e00000, 0xc1000000, 0x3f800000, 0x40e00000, 0xc0800000, 0x41000000, 0xbf800000, 0x40800000, 0x00000000, 0x40800000, 0xc0000000, 0x41200000, 0xc1200000, 0x41800000, 0x40800000, 0x3f800000, 0x3f800000, 0x00000000, 0x3f800000, 0xc0800000, 0xc0c00000, 0xbf800000, 0x00000000, 0x40800000, 0x40800000, 0x00000000, 0xc1000000, 0x41300000, 0x41000000};
inline constexpr std::uint32_t kArray46[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x40e00000, 0x00000000, 0xc1000000, 0x40e00000, 0x40400000, 0x40400000, 0x40000000, 0xc0e00000, 0xc1000000, 0x3f800000, 0x40e00000, 0xc0800000, 0x41000000, 0xbf800000, 0x40800000, 0x00000000, 0x40800000, 0xc0000000, 0x41200000, 0xc1200000, 0x41800000, 0x40800000, 0x3f800000, 0x3f800000, 0x00000000, 0x3f800000, 0xc0800000, 0xc0c00000, 0xbf800000, 0x00000000, 0x40800000, 0x40800000, 0x00000000, 0xc1000000, 0x41300000, 0x41000000, 0x41100000, 0xc1100000, 0x41200000, 0xc0c00000, 0x41c00000, 0x41300000, 0xc0c00000, 0x40c00000, 0xc0c00000, 0x41100000, 0xc0000000, 0xc0a00000, 0x40400000, 0x40800000, 0x41300000, 0x40e00000, 0x00000000, 0xc0e00000, 0x41500000, 0xbf800000};
inline constexpr std::uint32_t kArray47[] = {0x00000004, 0x00000000, 0x00000002, 0x00000000, 0x00000003, 0x00000000, 0x00000001, 0x00000000, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000003, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000003, 0x00000000, 0x00000001, 0x00000000};
inline constexpr std::uint32_t kArray48[] = {0x00000004, 0x00000002, 0x00000003, 0x00000001, 0x00000001, 0x00000000, 0x00000001, 0x00000003, 0x00000001, 0x00000002, 0x00000003, 0x00000001};
inline constexpr std::uint32_t kArray49[] = {0x00000003, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000004, 0x00000000, 0x00000004, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000004, 0x00000000};
inline constexpr std::uint32_t kArray50[] = {0x00000003, 0x00000000, 0x00000001, 0x00000002, 0x00000004, 0x00000004, 0x00000002, 0x00000000, 0x00000002, 0x00000000, 0x00000001, 0x00000004};
inline constexpr std::uint32_t kArray51[] = {0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x41200000, 0xc0e00000, 0xc0a00000, 0x40a00000, 0x41500000, 0xc0800000, 0xc0400000, 0xc0000000, 0x40a00000, 0xc0400000, 0x40800000, 0xc0c00000, 0x41500000, 0xc0800000, 0x41000000, 0xc0c00000, 0x3f800000, 0x40a00000, 0x40e00000, 0xc1000000, 0x41200000, 0x41100000, 0x41800000, 0xc1600000, 0x40e00000, 0x40e00000, 0x41200000, 0xc1500000, 0x41600000, 0x40c00000, 0x40e00000, 0xc0a00000, 0x40c00000, 0xbf800000, 0x41600000, 0x40400000, 0x40a00000, 0xc0e00000, 0x00000000, 0x40800000, 0x41500000, 0x00000000, 0xc0e00000, 0x41100000, 0x40e00000, 0x41000000, 0xc0a00000, 0x41200000, 0x41300000, 0x41400000, 0x40000000, 0x41500000, 0x41300000, 0x41500000, 0x40800000, 0x40800000};
inline constexpr std::uint32_t kArray52[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x41200000, 0xc0e00000, 0xc0a00000, 0x40a00000, 0x41500000, 0xc0800000, 0xc0400000, 0xc0000000, 0x40a00000, 0xc0400000, 0x40800000, 0xc0c00000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x3f800000, 0x40a00000, 0x40e00000, 0xc1000000, 0x41200000, 0x41100000, 0x41800000, 0xc1600000, 0x40e00000, 0x40e00000, 0x41200000, 0xc1500000, 0x41600000, 0x40c00000, 0x40e00000, 0xc0a00000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x40a00000, 0xc0e00000, 0x00000000, 0x40800000, 0x41500000, 0x00000000, 0xc0e00000, 0x41100000, 0x40e00000, 0x41000000, 0xc0a00000, 0x41200000, 0x41300000, 0x41400000, 0x40000000, 0x41500000};
inline constexpr std::uint32_t kArray53[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x40400000, 0xc0e00000, 0x40400000, 0xc0000000, 0x41200000, 0xc0e00000, 0xc0a00000, 0x40a00000, 0x41500000, 0xc0800000, 0xc0400000, 0xc0000000, 0x40a00000, 0xc0400000, 0x40800000, 0xc0c00000, 0x41500000, 0xc0800000, 0x41000000, 0xc0c00000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x3f800000, 0x40a00000, 0x40e00000, 0xc1000000, 0x41200000, 0x41100000, 0x41800000, 0xc1600000, 0x40e00000, 0x40e00000, 0x41200000, 0xc1500000, 0x41600000, 0x40c00000, 0x40e00000, 0xc0a00000, 0x40c00000, 0xbf800000, 0x41600000, 0x40400000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x40a00000, 0xc0e00000, 0x00000000, 0x40800000, 0x41500000, 0x00000000, 0xc0e00000, 0x41100000, 0x40e00000, 0x41000000, 0xc0a00000, 0x41200000, 0x41300000, 0x41400000, 0x40000000, 0x41500000, 0x41300000, 0x41500000, 0x40800000, 0x40800000};
inline constexpr std::uint32_t kArray54[] = {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000003, 0x00000000, 0x00000003, 0x00000000, 0x00000003, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000002, 0x00000000};
inline constexpr std::uint32_t kArray55[] = {0x00000000, 0x00000000, 0x00000000, 0x00000002, 0x00000000, 0x00000002, 0x00000000, 0x00000003, 0x00000003, 0x00000003, 0x00000000, 0x00000000, 0x00000001, 0x00000002, 0x00000002};
inline constexpr std::uint32_t kArray56[] = {0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000003, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000003, 0x00000000, 0x00000003, 0x00000000, 0x00000002, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000001, 0x00000000, 0x00000002, 0x00000000, 0x00000000, 0x00000000, 0x00000003, 0x00000000, 0x00000003, 0x00000000};
inline constexpr std::uint32_t kArray57[] = {0x00000001, 0x00000002, 0x00000003, 0x00000000, 0x00000001, 0x00000003, 0x00000003, 0x00000002, 0x00000002, 0x00000000, 0x00000001, 0x00000002, 0x00000000, 0x00000003, 0x00000003};
inline constexpr std::uint32_t kArray58[] = {0x40400000, 0xc0800000, 0xbf800000, 0xc0400000, 0x40e00000, 0x40e00000, 0xbf800000, 0x40c00000, 0x40400000, 0x40c00000, 0x41000000, 0x3f800000, 0xc1000000, 0xc0e00000, 0x00000000, 0xc0800000, 0x41000000, 0x40e00000, 0x41300000, 0x41300000, 0x3f800000, 0x40c00000, 0x41500000, 0x40a00000, 0x41100000, 0x41500000, 0x41b00000, 0x41800000, 0xc0400000, 0xc0a00000, 0xc1300000, 0xc1200000, 0x40e00000, 0x40c00000, 0x40400000, 0x41300000, 0xc1000000, 0xc1700000, 0xc1000000, 0x00000000, 0x40a00000, 0xc0000000, 0xc0000000, 0x40000000, 0x41000000, 0x41700000, 0x41000000, 0x41500000, 0xc0c00000, 0x40000000, 0x40800000, 0x40a00000, 0x40800000, 0x41000000, 0x41700000, 0x41900000, 0x00000000, 0x3f800000, 0x40400000, 0xc0c00000};
inline constexpr std::uint32_t kArray59[] = {0x00000000, 0x40400000, 0xc0800000, 0xbf800000, 0x00000000, 0x40e00000, 0x40e00000, 0xbf800000, 0x00000000, 0x40400000, 0x40c00000, 0x41000000, 0x00000000, 0xc1000000, 0xc0e00000, 0x00000000, 0x00000000, 0x41000000, 0x40e00000, 0x41300000, 0x00000000, 0x3f800000, 0x40c00000, 0x41500000, 0x00000000, 0x41100000, 0x41500000, 0x41b00000, 0x00000000, 0xc0400000, 0xc0a00000, 0xc1300000, 0x00000000, 0x40e00000, 0x40c00000, 0x40400000, 0x00000000, 0xc1000000, 0xc1700000, 0xc1000000, 0x00000000, 0x40a00000, 0xc0000000, 0xc0000000, 0x00000000, 0x41000000, 0x41700000, 0x41000000, 0x00000000, 0xc0c00000, 0x40000000, 0x40800000, 0x00000000, 0x40800000, 0x41000000, 0x41700000, 0x00000000, 0x00000000, 0x3f800000, 0x40400000};
inline constexpr std::uint32_t kArray60[] = {0x00000000, 0x40400000, 0xc0800000, 0xbf800000, 0xc0400000, 0x00000000, 0x40e00000, 0x40e00000, 0xbf800000, 0x40c00000, 0x00000000, 0x40400000, 0x40c00000, 0x41000000, 0x3f800000, 0x00000000, 0xc1000000, 0xc0e00000, 0x00000000, 0xc0800000, 0x00000000, 0x41000000, 0x40e00000, 0x41300000, 0x41300000, 0x00000000, 0x3f800000, 0x40c00000, 0x41500000, 0x40a00000, 0x00000000, 0x41100000, 0x41500000, 0x41b00000, 0x41800000, 0x00000000, 0xc0400000, 0xc0a00000, 0xc1300000, 0xc1200000, 0x00000000, 0x40e00000, 0x40c00000, 0x40400000, 0x41300000, 0x00000000, 0xc1000000, 0xc1700000, 0xc1000000, 0x00000000, 0x00000000, 0x40a00000, 0xc0000000, 0xc0000000, 0x40000000, 0x00000000, 0x41000000, 0x41700000, 0x41000000, 0x41500000, 0x00000000, 0xc0c00000, 0x40000000, 0x40800000, 0x40a00000, 0x00000000, 0x40800000, 0x41000000, 0x41700000, 0x41900000, 0x00000000, 0x00000000, 0x3f800000, 0x40400000, 0xc0c00000};
inline constexpr std::uint32_t kArray61[] = {0x7fffffff, 0x00000001, 0xfffffffb, 0x80000000, 0x80000000, 0xffffffff, 0x00000007, 0x7fffffff};
inline constexpr std::uint32_t kArray62[] = {0x7fffffff, 0x80000000, 0x7ffffffb, 0xfffffffb, 0x80000000, 0x7fffffff, 0x80000006, 0x00000005};
inline constexpr std::uint32_t kArray63[] = {0x00000000, 0x7fffffff, 0x80000000, 0x7ffffffb, 0x00000000, 0x80000000, 0x7fffffff, 0x80000006};
inline constexpr std::uint32_t kArray64[] = {0x00000000, 0x7fffffff, 0x80000000, 0x7ffffffb, 0xfffffffb, 0x00000000, 0x80000000, 0x7fffffff, 0x80000006, 0x00000005};
inline constexpr std::uint64_t kArray65[] = {4, 1};
inline constexpr std::uint32_t kArray66[] = {0xffffffff, 0x00000001, 0x80000000, 0x80000000};
inline constexpr std::uint32_t kArray67[] = {0xffffffff, 0x00000000, 0x80000000, 0x00000000};
inline constexpr std::uint32_t kArray68[] = {0x00000000, 0xffffffff, 0x00000000, 0x80000000};
inline constexpr std::uint32_t kArray69[] = {0x00000000, 0xffffffff, 0x00000000, 0x80000000, 0x00000000};
inline constexpr std::uint64_t kArray70[] = {3, 5};
inline constexpr std::uint32_t kArray71[] = {0x3f800000, 0x40000000, 0x7fc00000, 0x40800000, 0x40a00000, 0x7fc00000, 0x3f800000, 0x3f800000, 0x3f800000, 0x3f800000, 0x3f800000, 0x40000000, 0x40400000, 0x40800000, 0x7fc00000};
inline constexpr std::uint32_t kArray72[] = {0x3f800000, 0x40400000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x3f800000, 0x40400000, 0x40c00000, 0x41200000, 0x7fc00000};
inline constexpr std::uint32_t kArray73[] = {0x00000000, 0x3f800000, 0x40400000, 0x7fc00000, 0x7fc00000, 0x00000000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x00000000, 0x3f800000, 0x40400000, 0x40c00000, 0x41200000};
inline constexpr std::uint32_t kArray74[] = {0x00000000, 0x3f800000, 0x40400000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x00000000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000, 0x00000000, 0x3f800000, 0x40400000, 0x40c00000, 0x41200000, 0x7fc00000};
inline constexpr std::uint32_t kArray75[] = {0x3f800000, 0x7f800000, 0x40000000, 0xff800000, 0x40400000, 0xff800000, 0x3f800000, 0xff800000, 0x40a00000, 0x00000000, 0x3f800000, 0x40000000, 0x40400000, 0x40800000, 0x7f800000};
inline constexpr std::uint32_t kArray76[] = {0x3f800000, 0x7f800000, 0x7f800000, 0xffc00000, 0xffc00000, 0xff800000, 0xff800000, 0xff800000, 0xff800000, 0xff800000, 0x3f800000, 0x40400000, 0x40c00000, 0x41200000, 0x7f800000};
inline constexpr std::uint32_t kArray77[] = {0x00000000, 0x3f800000, 0x7f800000, 0x7f800000, 0xffc00000, 0x00000000, 0xff800000, 0xff800000, 0xff800000, 0xff800000, 0x00000000, 0x3f800000, 0x40400000, 0x40c00000, 0x41200000};
inline constexpr std::uint32_t kArray78[] = {0x00000000, 0x3f800000, 0x7f800000, 0x7f800000, 0xffc00000, 0xffc00000, 0x00000000, 0xff800000, 0xff800000, 0xff800000, 0xff800000, 0xff800000, 0x00000000, 0x3f800000, 0x40400000, 0x40c00000, 0x41200000, 0x7f800000};
inline constexpr std::uint64_t kArray79[] = {1, 4};
inline constexpr std::uint32_t kArray80[] = {0x80000000, 0x80000000, 0x00000000, 0x80000000};
inline constexpr std::uint32_t kArray81[] = {0x80000000, 0x80000000, 0x00000000, 0x00000000};
inline constexpr std::uint32_t kArray82[] = {0x00000000, 0x80000000, 0x80000000, 0x00000000};
inline constexpr std::uint32_t kArray83[] = {0x00000000, 0x80000000, 0x80000000, 0x00000000, 0x00000000};
inline constexpr std::uint64_t kArray84[] = {5, 1};
inline constexpr std::uint32_t kArray85[] = {0x3e800000, 0xbf000000, 0x3fe00000, 0x44800800, 0xc4800000};
inline constexpr std::uint32_t kArray86[] = {0x3e800000, 0xbe800000, 0x3fc00000, 0x44803800, 0x3fe00000};
inline constexpr std::uint32_t kArray87[] = {0x00000000, 0x3e800000, 0xbe800000, 0x3fc00000, 0x44803800};
inline constexpr std::uint32_t kArray88[] = {0x00000000, 0x3e800000, 0xbe800000, 0x3fc00000, 0x44803800, 0x3fe00000};

inline constexpr Golden kGoldens[] = {
    {"ties: the first wins", Op::Argmax, Dtype::F32, kArray0, 1, IndexType::I64, {}, kArray1, kArray2},
    {"ties: the first wins", Op::Argmax, Dtype::F32, kArray0, 1, IndexType::U32, {}, kArray1, kArray3},
    {"ties: the first wins", Op::Argmin, Dtype::F32, kArray0, 1, IndexType::I64, {}, kArray1, kArray4},
    {"ties: the first wins", Op::Argmin, Dtype::F32, kArray0, 1, IndexType::U32, {}, kArray1, kArray5},
    {"ties along columns", Op::Argmax, Dtype::F32, kArray0, 0, IndexType::I64, {}, kArray6, kArray7},
    {"ties along columns", Op::Argmax, Dtype::F32, kArray0, 0, IndexType::U32, {}, kArray6, kArray8},
    {"ties along columns", Op::Argmin, Dtype::F32, kArray0, 0, IndexType::I64, {}, kArray6, kArray9},
    {"ties along columns", Op::Argmin, Dtype::F32, kArray0, 0, IndexType::U32, {}, kArray6, kArray10},
    {"NaN wins, the first one", Op::Argmax, Dtype::F32, kArray11, 1, IndexType::I64, {}, kArray12, kArray13},
    {"NaN wins, the first one", Op::Argmax, Dtype::F32, kArray11, 1, IndexType::U32, {}, kArray12, kArray14},
    {"NaN wins, the first one", Op::Argmin, Dtype::F32, kArray11, 1, IndexType::I64, {}, kArray12, kArray13},
    {"NaN wins, the first one", Op::Argmin, Dtype::F32, kArray11, 1, IndexType::U32, {}, kArray12, kArray14},
    {"zeros are equal", Op::Argmax, Dtype::F32, kArray11, 1, IndexType::I64, {}, kArray15, kArray16},
    {"zeros are equal", Op::Argmax, Dtype::F32, kArray11, 1, IndexType::U32, {}, kArray15, kArray17},
    {"zeros are equal", Op::Argmin, Dtype::F32, kArray11, 1, IndexType::I64, {}, kArray15, kArray18},
    {"zeros are equal", Op::Argmin, Dtype::F32, kArray11, 1, IndexType::U32, {}, kArray15, kArray19},
    {"infinities", Op::Argmax, Dtype::F32, kArray11, 1, IndexType::I64, {}, kArray20, kArray21},
    {"infinities", Op::Argmax, Dtype::F32, kArray11, 1, IndexType::U32, {}, kArray20, kArray22},
    {"infinities", Op::Argmin, Dtype::F32, kArray11, 1, IndexType::I64, {}, kArray20, kArray23},
    {"infinities", Op::Argmin, Dtype::F32, kArray11, 1, IndexType::U32, {}, kArray20, kArray24},
    {"denormals count", Op::Argmax, Dtype::F32, kArray25, -1, IndexType::I64, {}, kArray26, kArray14},
    {"denormals count", Op::Argmax, Dtype::F32, kArray25, -1, IndexType::U32, {}, kArray26, kArray27},
    {"denormals count", Op::Argmin, Dtype::F32, kArray25, -1, IndexType::I64, {}, kArray26, kArray28},
    {"denormals count", Op::Argmin, Dtype::F32, kArray25, -1, IndexType::U32, {}, kArray26, kArray29},
    {"signed extremes", Op::Argmax, Dtype::I32, kArray30, 1, IndexType::I64, {}, kArray31, kArray32},
    {"signed extremes", Op::Argmax, Dtype::I32, kArray30, 1, IndexType::U32, {}, kArray31, kArray33},
    {"signed extremes", Op::Argmin, Dtype::I32, kArray30, 1, IndexType::I64, {}, kArray31, kArray8},
    {"signed extremes", Op::Argmin, Dtype::I32, kArray30, 1, IndexType::U32, {}, kArray31, kArray34},
    {"unsigned extremes", Op::Argmax, Dtype::U32, kArray30, 1, IndexType::I64, {}, kArray35, kArray8},
    {"unsigned extremes", Op::Argmax, Dtype::U32, kArray30, 1, IndexType::U32, {}, kArray35, kArray34},
    {"unsigned extremes", Op::Argmin, Dtype::U32, kArray30, 1, IndexType::I64, {}, kArray35, kArray36},
    {"unsigned extremes", Op::Argmin, Dtype::U32, kArray30, 1, IndexType::U32, {}, kArray35, kArray37},
    {"rank 3", Op::Argmax, Dtype::F32, kArray38, 0, IndexType::I64, {}, kArray39, kArray40},
    {"rank 3", Op::Argmax, Dtype::F32, kArray38, 0, IndexType::U32, {}, kArray39, kArray41},
    {"rank 3", Op::Argmin, Dtype::F32, kArray38, 0, IndexType::I64, {}, kArray39, kArray42},
    {"rank 3", Op::Argmin, Dtype::F32, kArray38, 0, IndexType::U32, {}, kArray39, kArray43},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, 0, {}, ScanMode::Inclusive, kArray39, kArray44},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, 0, {}, ScanMode::Exclusive, kArray39, kArray45},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, 0, {}, ScanMode::IncludeInitial, kArray39, kArray46},
    {"rank 3", Op::Argmax, Dtype::F32, kArray38, 1, IndexType::I64, {}, kArray39, kArray47},
    {"rank 3", Op::Argmax, Dtype::F32, kArray38, 1, IndexType::U32, {}, kArray39, kArray48},
    {"rank 3", Op::Argmin, Dtype::F32, kArray38, 1, IndexType::I64, {}, kArray39, kArray49},
    {"rank 3", Op::Argmin, Dtype::F32, kArray38, 1, IndexType::U32, {}, kArray39, kArray50},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, 1, {}, ScanMode::Inclusive, kArray39, kArray51},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, 1, {}, ScanMode::Exclusive, kArray39, kArray52},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, 1, {}, ScanMode::IncludeInitial, kArray39, kArray53},
    {"rank 3", Op::Argmax, Dtype::F32, kArray38, -1, IndexType::I64, {}, kArray39, kArray54},
    {"rank 3", Op::Argmax, Dtype::F32, kArray38, -1, IndexType::U32, {}, kArray39, kArray55},
    {"rank 3", Op::Argmin, Dtype::F32, kArray38, -1, IndexType::I64, {}, kArray39, kArray56},
    {"rank 3", Op::Argmin, Dtype::F32, kArray38, -1, IndexType::U32, {}, kArray39, kArray57},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, -1, {}, ScanMode::Inclusive, kArray39, kArray58},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, -1, {}, ScanMode::Exclusive, kArray39, kArray59},
    {"rank 3", Op::Scan, Dtype::F32, kArray38, -1, {}, ScanMode::IncludeInitial, kArray39, kArray60},
    {"integers wrap", Op::Scan, Dtype::I32, kArray30, 1, {}, ScanMode::Inclusive, kArray61, kArray62},
    {"integers wrap", Op::Scan, Dtype::I32, kArray30, 1, {}, ScanMode::Exclusive, kArray61, kArray63},
    {"integers wrap", Op::Scan, Dtype::I32, kArray30, 1, {}, ScanMode::IncludeInitial, kArray61, kArray64},
    {"unsigned wrap", Op::Scan, Dtype::U32, kArray65, 0, {}, ScanMode::Inclusive, kArray66, kArray67},
    {"unsigned wrap", Op::Scan, Dtype::U32, kArray65, 0, {}, ScanMode::Exclusive, kArray66, kArray68},
    {"unsigned wrap", Op::Scan, Dtype::U32, kArray65, 0, {}, ScanMode::IncludeInitial, kArray66, kArray69},
    {"NaN poisons what follows", Op::Scan, Dtype::F32, kArray70, 1, {}, ScanMode::Inclusive, kArray71, kArray72},
    {"NaN poisons what follows", Op::Scan, Dtype::F32, kArray70, 1, {}, ScanMode::Exclusive, kArray71, kArray73},
    {"NaN poisons what follows", Op::Scan, Dtype::F32, kArray70, 1, {}, ScanMode::IncludeInitial, kArray71, kArray74},
    {"infinities meet", Op::Scan, Dtype::F32, kArray70, 1, {}, ScanMode::Inclusive, kArray75, kArray76},
    {"infinities meet", Op::Scan, Dtype::F32, kArray70, 1, {}, ScanMode::Exclusive, kArray75, kArray77},
    {"infinities meet", Op::Scan, Dtype::F32, kArray70, 1, {}, ScanMode::IncludeInitial, kArray75, kArray78},
    {"zeros", Op::Scan, Dtype::F32, kArray79, 1, {}, ScanMode::Inclusive, kArray80, kArray81},
    {"zeros", Op::Scan, Dtype::F32, kArray79, 1, {}, ScanMode::Exclusive, kArray80, kArray82},
    {"zeros", Op::Scan, Dtype::F32, kArray79, 1, {}, ScanMode::IncludeInitial, kArray80, kArray83},
    {"quarters", Op::Scan, Dtype::F32, kArray84, 0, {}, ScanMode::Inclusive, kArray85, kArray86},
    {"quarters", Op::Scan, Dtype::F32, kArray84, 0, {}, ScanMode::Exclusive, kArray85, kArray87},
    {"quarters", Op::Scan, Dtype::F32, kArray84, 0, {}, ScanMode::IncludeInitial, kArray85, kArray88},
};

}  // namespace vkaxis::harness
