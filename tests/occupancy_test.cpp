// The theoretical occupancy that vkaxis bench prints.
#include "../tools/occupancy.hpp"

#include <doctest/doctest.h>

using vkaxis::cli::multiprocessorOf;
using vkaxis::cli::theoreticalOccupancy;

TEST_SUITE("occupancy") {
    constexpr std::uint32_t kH200 = 0x2335, kA100 = 0x20b0, kRtx4090 = 0x2684, kT4 = 0x1eb8;

    TEST_CASE("registers, whole workgroups and their number limit it, as NVIDIA's tables have it") {
        const auto hopper = multiprocessorOf(64, kH200);
        const auto ada = multiprocessorOf(48, kRtx4090);
        const auto of = [](std::uint64_t registers, std::uint32_t warps, auto multiprocessor) {
            return theoreticalOccupancy({.warps = warps, .registers = registers}, multiprocessor);
        };
        CHECK(of(32, 8, hopper) == 1.0);
        CHECK(of(40, 8, hopper) == 0.75);  // 48 warps fit, twelve in each part
        CHECK(of(40, 8, ada) == 1.0);      // all that this one has
        CHECK(of(33, 8, hopper) == 0.75);  // registers come eight at a time
        CHECK(of(96, 4, hopper) == 20 / 64.0);
        CHECK(of(255, 8, hopper) == 8 / 64.0);
        CHECK(of(88, 2, hopper) == 20 / 64.0);  // five in each part
        CHECK(of(16, 1, hopper) == 0.5);        // 32 workgroups
        CHECK(of(0, 2, hopper) == 1.0);
    }

    TEST_CASE("shared memory limits it, with what the system takes of it for each workgroup") {
        const auto of = [](std::uint64_t bytes, std::uint32_t warps, auto multiprocessor) {
            return theoreticalOccupancy({.warps = warps, .registers = 32, .sharedMemory = bytes},
                                        multiprocessor);
        };
        CHECK(of(10304, 4, multiprocessorOf(64, kH200)) == 1.0);  // 20 of 11392 bytes would fit
        CHECK(of(27 << 10, 4, multiprocessorOf(64, kH200)) == 8 * 4 / 64.0);
        CHECK(of((27 << 10) + 1, 4, multiprocessorOf(64, kH200)) == 8 * 4 / 64.0);
        CHECK(of((27 << 10) + 640, 4, multiprocessorOf(64, kH200)) == 7 * 4 / 64.0);
        CHECK(of(40 << 10, 8, multiprocessorOf(64, kA100)) == 4 * 8 / 64.0);
        CHECK(of(48 << 10, 8, multiprocessorOf(48, kRtx4090)) == 2 * 8 / 48.0);
        CHECK(of(32 << 10, 8, multiprocessorOf(32, kT4)) == 2 * 8 / 32.0);  // which has no system's share
        CHECK(of((32 << 10) + 1, 8, multiprocessorOf(32, kT4)) == 8 / 32.0);
        CHECK(of(0, 8, multiprocessorOf(32, kT4)) == 1.0);
    }
}
