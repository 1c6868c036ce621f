// What bench takes for the bytes that memory moves.
#include <doctest/doctest.h>

#include "../tools/sectors.hpp"

namespace vkaxis::test {

TEST_SUITE("sectors") {
    TEST_CASE("a view moves the sectors that hold its elements") {
        const auto moved = [](harness::Extents shape, harness::Strides strides, Dtype dtype = Dtype::F32) {
            return cli::movedBytes(
                {VKAXIS_OPERAND_INPUT, "input", std::move(shape), std::move(strides), dtype, false});
        };
        CHECK(moved({3, 5, 7}, {}) == 3 * 5 * 7 * 4);
        CHECK(moved({3, 5, 7}, {35, 7, 1}, Dtype::F16) == 3 * 5 * 7 * 2);
        CHECK(moved({7, 3, 5}, {1, 35, 7}) == 3 * 5 * 7 * 4);  // transposed
        CHECK(moved({100, 2}, {5, 1}) == (99 * 5 + 2) * 4);    // gaps of 12 bytes
        CHECK(moved({100, 2}, {9, 1}) == (99 * 9 + 2) * 4);    // of 28
        CHECK(moved({100, 2}, {10, 1}) == 100 * 32);           // of a whole sector
        CHECK(moved({100, 20}, {64, 1}) == 100 * 96);          // 80 bytes are three sectors
        CHECK(moved({6, 100, 2}, {1000, 5, 1}) == 6 * 2016);   // 1988 bytes and a gap
        CHECK(moved({100, 3}, {0, 1}) == 3 * 4);               // the same row again and again
        CHECK(moved({0, 3}, {4, 1}) == 0);
    }

    TEST_CASE("sectors that a view fills only in part are read as well") {
        const auto filled = [](harness::Extents shape, harness::Strides strides, Dtype dtype = Dtype::F32) {
            return cli::filledBytes(
                {VKAXIS_OPERAND_OUTPUT, "output", std::move(shape), std::move(strides), dtype, true});
        };
        CHECK(filled({3, 5, 7}, {}) == 0);
        CHECK(filled({7, 3, 5}, {1, 35, 7}) == 0);             // transposed
        CHECK(filled({1, 5, 7}, {99, 7, 1}) == 0);             // one slice
        CHECK(filled({100, 16}, {24, 1}) == 0);                // whole sectors, and gaps of whole ones
        CHECK(filled({100, 20}, {64, 1}) == 100 * 32);         // the third of three
        CHECK(filled({16, 8}, {11, 1}) == 692 - 16 / 8 * 32);  // of eight places the first fills a sector
        CHECK(filled({100}, {2}) == 99 * 8 + 4);               // every other word: all
        CHECK(filled({6, 100, 57}, {6000, 60, 1}) == 143988 - 600 * 208);
    }
}

}  // namespace vkaxis::test
