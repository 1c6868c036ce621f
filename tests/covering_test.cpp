// Every two choices that the primitives offer together, on every driver that the loader lists, against the
// CPU references.
#include "harness/cases.hpp"

#include "conformance.hpp"

#include <doctest/doctest.h>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

}  // namespace

TEST_SUITE("covering") {
    TEST_CASE("every two choices of primitive, options, dtype, views, regime, placement and distribution") {
        onEveryDriver([](const Device& device) {
            CaseFilter filter;
            filter.quick = true;
            for (const Case& testCase : standardCases(filter)) checkCase(device, testCase);
        });
    }

    TEST_CASE("the cases that a driver cannot run are counted") {
        onEveryDriver([](const Device&) {});
        reportSkippedCases();
    }
}
