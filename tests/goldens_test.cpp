// Answers that NumPy and PyTorch gave, on every driver that the loader lists.
#include "goldens_py/goldens.hpp"
#include "harness/cases.hpp"

#include "drivers.hpp"
#include "test_tensors.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace vkaxis;
using namespace vkaxis::harness;
using namespace vkaxis::test;

}  // namespace

TEST_SUITE("goldens") {
    TEST_CASE("the answers are NumPy's, and PyTorch's where it has the dtype") {
        onEveryDriver([](const Device& device) {
            for (const Golden& golden : kGoldens) {
                CAPTURE(golden.name);
                const Problem problem = golden.problem();
                if (const std::string missing = missingFeature(device.summary(), problem); !missing.empty()) {
                    ++skippedCases()[device.summary().name + ": " + missing + " is missing"];
                    continue;
                }
                const auto outputs = execute(device, problem, golden.inputs());
                REQUIRE_MESSAGE(outputs, outputs.status.message());
                // The goldens' sums are exact, NaNs have no fixed bits and zeros no fixed sign: no rounding
                // allowed.
                const Verdict verdict = entryOf(problem.op).check(problem, 0, golden.inputs(), outputs.value);
                CHECK_MESSAGE(verdict, verdict.message);
                if (problem.op != Op::Scan) CHECK(sameBits(outputs.value, golden.outputs()));
            }
        });
        reportSkippedCases();
    }
}
