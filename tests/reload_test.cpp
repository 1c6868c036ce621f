// Hot reload on devices: what plans that live on compute changes with the shaders.
#include <vkaxis/reload.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "drivers.hpp"
#include "harness/problem.hpp"
#include "planner.hpp"
#include "shader_folder.hpp"

namespace vkaxis::test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLongest = 5s;  // far beyond what it takes

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// A device with plans that have run, and a copy of the shaders that is watched.
struct Live {
    explicit Live(const Device& which) : device(which) {
        sums();
        largest();
        auto created = Reloader::create(device.context(), {.shaders = folder.path()});
        REQUIRE_MESSAGE(created, created.status.message());
        reloader = std::move(created.value);
    }

    template <class T>
    std::vector<T> run(const harness::Problem& problem) const {
        const std::vector<float> ones(3 * 300, 1.0f);
        const auto outputs = harness::execute(device, problem, {std::as_bytes(std::span(ones))});
        REQUIRE_MESSAGE(outputs, outputs.status.message());
        std::vector<T> result(outputs->output.size() / sizeof(T));
        std::memcpy(result.data(), outputs->output.data(), outputs->output.size());
        return result;
    }
    // Of rows of ones.
    std::vector<float> sums() const { return run<float>(scanOf({3, 300}, 1)); }
    std::vector<std::int64_t> largest() const { return run<std::int64_t>(argmaxOf({3, 300}, 1)); }

    Reloaded next() {
        for (const auto end = Clock::now() + kLongest; Clock::now() < end;) {
            const Reloaded result = reloader.poll(1, 1);  // all work has been waited for
            if (!result.modules.empty() || !result.problems.empty()) return result;
            std::this_thread::sleep_for(1ms);
        }
        FAIL("nothing came of a save");
        return {};
    }

    const Device& device;
    ShaderFolder folder;
    Reloader reloader;
};

template <class Body>
void onLiveDevices(const Body& body) {
    const Drivers drivers = openDrivers();
    if (drivers.devices.empty()) return skip(drivers.missing);
    for (const Device& device : drivers.devices) {
        CAPTURE(device.summary().name);
        Live live(device);
        body(live);
        CHECK_MESSAGE(device.validationMessages() == 0, device.lastValidationMessage());
    }
}

const char* const kCarry = "carry = carryOf(row, splitOffset);";

}  // namespace

TEST_CASE("reload: a saved shader changes what a plan computes, at once") {
    onLiveDevices([](Live& live) {
        const auto before = live.sums();
        REQUIRE(before.back() == 300);
        auto saved = Clock::now();
        live.folder.edit("scan_rows.comp", kCarry, "carry = carryOf(row, splitOffset) + Element(1);");
        const Reloaded file = live.next();
        const double polled = secondsSince(saved);
        const auto after = live.sums();
        const double computed = secondsSince(saved);
        CHECK(file.modules == std::vector<std::string>{"scan_rows_f32"});
        for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i] == before[i] + 1);

        saved = Clock::now();
        live.folder.edit("view.glsl", "\n", "\n#define ONE_MORE 2\n");
        live.folder.edit("scan_rows.comp", "Element(1)", "Element(ONE_MORE)");
        live.folder.edit("arg_rows.comp", "void main() {",
                         "void main() {\n    if (ONE_MORE == params.groups) return;");
        const Reloaded include = live.next();
        const double includePolled = secondsSince(saved);
        CHECK(include.modules == std::vector<std::string>{"arg_rows_1", "scan_rows_f32"});
        CHECK(live.sums().back() == 302);
        CHECK(live.largest() == std::vector<std::int64_t>(3, 0));
        MESSAGE("seconds from a save to its pipeline " << polled << ", and to its result " << computed
                                                       << "; from that of an include " << includePolled);
    });
}

TEST_CASE("reload: a broken shader is reported, and the old one computes on") {
    onLiveDevices([](Live& live) {
        const auto before = live.sums();
        live.folder.edit("scan_rows.comp", kCarry, "carry = nothing();");
        const Reloaded broken = live.next();
        CHECK(broken.modules.empty());
        REQUIRE_FALSE(broken.problems.empty());
        CHECK(broken.problems[0].starts_with(live.folder.path("scan_rows.comp:")));
        CHECK(live.sums() == before);
        live.folder.edit("scan_rows.comp", "nothing()", "carryOf(row, splitOffset) + Element(1)");
        CHECK(live.next().modules == std::vector<std::string>{"scan_rows_f32"});
        CHECK(live.sums()[0] == before[0] + 1);
    });
}

}  // namespace vkaxis::test
