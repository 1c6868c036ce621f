// The theoretical occupancy that vkaxis bench prints.
#include "../tools/occupancy.hpp"

#include <doctest/doctest.h>

using vkaxis::cli::theoreticalOccupancy;

TEST_SUITE("occupancy") {
    TEST_CASE("registers, whole workgroups and their number limit it, as NVIDIA's tables have it") {
        CHECK(theoreticalOccupancy(32, 8, 64) == 1.0);
        CHECK(theoreticalOccupancy(40, 8, 64) == 0.75);  // 48 warps fit, twelve in each part
        CHECK(theoreticalOccupancy(40, 8, 48) == 1.0);   // all that this one has
        CHECK(theoreticalOccupancy(33, 8, 64) == 0.75);  // registers come eight at a time
        CHECK(theoreticalOccupancy(96, 4, 64) == 20 / 64.0);
        CHECK(theoreticalOccupancy(255, 8, 64) == 8 / 64.0);
        CHECK(theoreticalOccupancy(88, 2, 64) == 20 / 64.0);  // five in each part
        CHECK(theoreticalOccupancy(16, 1, 64) == 0.5);        // 32 workgroups
        CHECK(theoreticalOccupancy(0, 2, 64) == 1.0);
    }
}
