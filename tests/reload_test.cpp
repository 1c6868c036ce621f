// Hot reload on devices: what plans that live on compute changes with the shaders, and so does what the
// runner says with
// --watch.
#include <vkaxis/reload.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "drivers.hpp"
#include "harness/problem.hpp"
#include "planner.hpp"
#include "shader_folder.hpp"

namespace vkaxis::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLongest = 20s;  // for what must come
constexpr int kSaves = 5;       // of which one must be live at once: the machine may have other things to do

// Seconds; a driver's own compiler may take longer than lavapipe's.
double atOnce(const Device& device) {
    return device.summary().name.starts_with("llvmpipe") ? 1 : 5;
}

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

    // Saves the file with one more for the number behind the text, which the sums then have more, too, within
    // atOnce of one of the saves.
    void countUpAtOnce(const std::string& file, const std::string& text, int number,
                       const std::vector<std::string>& modules) {
        const auto before = sums();
        double fastest = kLongest.count();
        for (int save = 1; save <= kSaves && fastest >= atOnce(device); ++save, ++number) {
            const auto saved = Clock::now();
            folder.edit(file, text + std::to_string(number), text + std::to_string(number + 1));
            CHECK(next().modules == modules);
            const auto after = sums();
            fastest = std::min(fastest, secondsSince(saved));
            for (std::size_t i = 0; i < before.size(); ++i)
                CHECK(after[i] == before[i] + static_cast<float>(save));
        }
        CHECK(fastest < atOnce(device));
        MESSAGE("seconds from a save of " << file << " to its result: " << fastest);
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

const char* const kCarry = "carry = carryOf(row);";

// The runner in the background.
class Watching {
  public:
    explicit Watching(const std::string& arguments) {
        // A shell has background jobs ignore Ctrl-C.
        const std::string command = "( env --default-signal=INT \"" VKAXIS_CLI "\" " + arguments +
                                    " --watch --shaders \"" + shaders.path() + "\" >" + file("out") + " 2>" +
                                    file("err") + " & echo $! >" + file("pid") + "; wait $!; echo $? >" +
                                    file("status") + " ) >/dev/null 2>&1 &";
        REQUIRE(std::system(command.c_str()) == 0);
        await("err", "watching");
    }

    ~Watching() {
        if (!fs::exists(file("status"))) kill(std::stoi(runner::readFile(file("pid"))), SIGKILL);
    }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

    // Until the runner has said so, to `name`, since the last that was awaited there.
    void await(const std::string& name, const std::string& text) {
        std::string said;
        for (const auto end = Clock::now() + 30s; Clock::now() < end; std::this_thread::sleep_for(5ms)) {
            said = fs::exists(file(name)) ? runner::readFile(file(name)) : "";
            const std::size_t found = said.find(text, heard_[name]);
            if (found == std::string::npos) continue;
            heard_[name] = found + text.size();
            return;
        }
        FAIL("no '" << text << "' in " << name << ":\n" << said);
    }

    // Its exit status after Ctrl-C.
    int interrupt() {
        kill(std::stoi(runner::readFile(file("pid"))), SIGINT);
        await("status", "\n");
        return std::stoi(runner::readFile(file("status")));
    }

    ShaderFolder shaders;

  private:
    std::string file(const std::string& name) const { return folder_ / name; }

    runner::TemporaryFolder folder_;
    std::map<std::string, std::size_t> heard_;
};

}  // namespace

TEST_CASE("reload: a saved shader changes what a plan computes, at once") {
    onLiveDevices([](Live& live) {
        const std::vector<std::string> modules{"scan_rows_f32"};
        live.folder.edit("scan_rows.comp", kCarry, "carry = carryOf(row) + Element(100);");
        CHECK(live.next().modules == modules);
        CHECK(live.sums().back() == 400);
        live.countUpAtOnce("scan_rows.comp", "+ Element(", 100, modules);
    });
}

TEST_CASE("reload: a saved include changes the kernels that living plans use, at once") {
    onLiveDevices([](Live& live) {
        const std::vector<std::string> modules{"arg_rows_1", "scan_rows_f32"};
        live.folder.edit("scan_rows.comp", kCarry, "carry = carryOf(row) + Element(MORE);");
        live.folder.edit("arg_rows.comp", "void main() {",
                         "void main() {\n    if (MORE == params.groups) return;");
        live.folder.edit("view.glsl", "\n", "\n#define MORE 100\n");
        CHECK(live.next().modules == modules);
        CHECK(live.sums().back() == 400);
        live.countUpAtOnce("view.glsl", "#define MORE ", 100, modules);
        CHECK(live.largest() == std::vector<std::int64_t>(3, 0));
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
        live.folder.edit("scan_rows.comp", "nothing()", "carryOf(row) + Element(1)");
        CHECK(live.next().modules == std::vector<std::string>{"scan_rows_f32"});
        CHECK(live.sums()[0] == before[0] + 1);
    });
}

TEST_CASE("watch: a bench times what a save has changed, unless it is wrong, and ends with Ctrl-C") {
    if (const Drivers drivers = openDrivers(); drivers.devices.empty()) return skip(drivers.missing);
    const runner::TemporaryFolder folder;
    runner::writeFile(folder / "cases.json", R"({"cases": [
        {"id": "sums", "op": "scan", "dtype": "f32", "shape": [3, 300], "axis": 1},
        {"id": "best", "op": "argmax", "dtype": "f32", "shape": [3, 300], "axis": 1}]})");
    Watching bench("bench --cases " + folder / "cases.json");
    bench.await("out", "\nsums ");
    bench.await("out", "\nbest ");
    const std::string first = "const uint number = workgroupNumber();";
    bench.shaders.edit("scan_rows.comp", first,
                       "const uint number = workgroupNumber() + (params.extent >> 31);");
    bench.await("out", "\nsums ");
    bench.await("out", " -> ");
    bench.await("out", " %, noise ");
    bench.await("err", "no case uses ");  // the modules without kernels have followed
    bench.shaders.edit("scan_rows.comp", kCarry, std::string(kCarry) + "  // a remark");
    bench.await("err", "saved; no kernel has changed");
    bench.shaders.edit("scan_rows.comp", kCarry, "carry = carryOf(row) + Element(1);");
    bench.await("out", "\nsums                 WRONG, not timed: ");
    bench.shaders.edit("scan_rows.comp", "Element(1)", "nothing()");
    bench.await("err", "scan_rows.comp:");
    bench.await("err", "'nothing'");
    bench.shaders.restore("scan_rows.comp");
    bench.await("out", "\nsums ");
    bench.await("out", " -> ");
    CHECK(bench.interrupt() == 0);
}

TEST_CASE("watch: validation holds what a save has changed against its reference again") {
    if (const Drivers drivers = openDrivers(); drivers.devices.empty()) return skip(drivers.missing);
    Watching validate("validate --op argmax --mode i64 --shape 3,300 --dtype f32,u32 --distribution uniform");
    validate.await("out", "0 of 2 cases wrong");
    validate.shaders.edit("arg_rows.comp", "void main() {",
                          "void main() {\n    if (params.splits == 1u) return;");
    validate.await("out", "2 of 2 cases wrong");
    validate.shaders.restore("arg_rows.comp");
    validate.await("out", "0 of 2 cases wrong");
    CHECK(validate.interrupt() == 0);

    runner::checkRefused(runner::invoke({"validate", "--watch", "--shaders", "no/such/folder"}), 2,
                         {"--watch", "no/such/folder"});
    runner::checkRefused(runner::invoke({"bench", "--shaders", "no/such/folder"}), 2,
                         {"--shaders", "--watch"});
}

}  // namespace vkaxis::test
