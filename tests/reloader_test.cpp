// Hot reload of a context on the fake driver: files are real, pipelines are not. Needs no GPU.
#include <vkaxis/reload.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "params.h"
#include "planner.hpp"
#include "shader_folder.hpp"

namespace vkaxis::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLongest = 20s;    // for what must come
constexpr auto kSilence = 600ms;  // in which nothing may come

// A context with a kernel of scan_rows_f32 and one of arg_rows_1, and its reloader on a copy of the shaders.
struct Reloading {
    explicit Reloading(const FakeDevice& device = fullDevice()) : planner(device) {
        planner.plan(scanOf({3, 12}, 1));
        planner.plan(argmaxOf({3, 10}, 1));
        auto created = Reloader::create(planner.context, {.shaders = folder.path()});
        REQUIRE_MESSAGE(created, created.status.message());
        reloader = std::move(created.value);
    }
    ~Reloading() { CHECK(planner.driver.firstViolation() == ""); }

    // What the first poll has to say that exchanges modules or has problems; if wanted, also that nothing has
    // changed.
    Reloaded next(Clock::duration limit = kLongest, bool orUnchanged = false) {
        for (const auto end = Clock::now() + limit; Clock::now() < end;) {
            const Reloaded result = reloader.poll(frame, completed);
            const bool unchanged = orUnchanged && result.unchanged;
            if (!result.modules.empty() || !result.problems.empty() || unchanged) return result;
            std::this_thread::sleep_for(2ms);
        }
        return {};
    }

    // Whether the first poll that has something to say says that nothing has changed, and no more.
    bool isUnchanged() {
        const Reloaded result = next(kLongest, true);
        return result.unchanged && result.modules.empty() && result.problems.empty();
    }

    bool isSilent() {
        const Reloaded result = next(kSilence, true);
        return !result.unchanged && result.modules.empty() && result.problems.empty();
    }

    // Of all polls until one exchanges modules.
    Clock::duration longestPoll() {
        Clock::duration longest{};
        bool done = false;
        for (const auto end = Clock::now() + kLongest; !done && Clock::now() < end;) {
            const auto start = Clock::now();
            done = !reloader.poll(frame, completed).modules.empty();
            longest = std::max<Clock::duration>(longest, Clock::now() - start);
            std::this_thread::sleep_for(1ms);
        }
        CHECK(done);
        return longest;
    }

    // All polls until every one of the modules has been exchanged.
    void awaitModules(std::set<std::string> modules) {
        while (!modules.empty()) {
            const Reloaded result = next();
            CHECK(result.problems.empty());
            REQUIRE_FALSE(result.modules.empty());
            for (const std::string& module : result.modules) modules.erase(module);
        }
    }

    std::vector<VkPipeline> pipelines() const {
        std::vector<VkPipeline> all;
        for (std::uint32_t slot = 0; const VkPipeline pipeline = planner.context.pipeline(slot); ++slot)
            all.push_back(pipeline);
        return all;
    }
    std::size_t hashOfKernel(std::uint32_t slot) const {
        return planner.driver.pipeline(planner.context.pipeline(slot)).codeHash;
    }

    ShaderFolder folder;
    Planner planner;
    Reloader reloader;
    std::uint64_t frame = 1, completed = 0;
};

constexpr std::uint32_t kScan = 0, kArg = 1;  // slots

const char* const kCarry = "carry = carryOf(row);";
const char* const kOtherCarry = "carry = carryOf(row) + Element(1);";

const std::vector<std::string> kScanRows{"scan_rows_f32"};

void edit(const Reloading& reloading) {
    reloading.folder.edit("scan_rows.comp", kCarry, kOtherCarry);
}

}  // namespace

TEST_SUITE("reloader") {
    TEST_CASE("a saved file changes the kernels that are made of it, and only those") {
        Reloading reloading;
        const std::size_t scan = reloading.hashOfKernel(kScan), arg = reloading.hashOfKernel(kArg);
        CHECK(reloading.next(100ms).modules.empty());
        edit(reloading);
        CHECK(reloading.next().modules == kScanRows);
        CHECK(reloading.hashOfKernel(kScan) != scan);
        CHECK(reloading.hashOfKernel(kArg) == arg);

        // The other modules of the file follow; what is planned then is new from the start.
        reloading.awaitModules({"scan_rows_u32", "scan_rows_f32_16", "scan_rows_u32_16", "scan_rows_u32_8",
                                "scan_rows_f64", "scan_rows_u64"});
        Planner untouched(fullDevice());
        const auto wide = scanOf({3, 10}, 1, ScanMode::Inclusive, Dtype::F64);
        untouched.plan(wide);
        const std::uint32_t slot = reloading.planner.plan(wide).commands[0].kernel;
        CHECK(reloading.hashOfKernel(slot) !=
              untouched.driver.pipeline(untouched.context.pipeline(0)).codeHash);
        CHECK(reloading.next(kSilence).modules.empty());

        // Back to where it was, word for word.
        reloading.folder.restore("scan_rows.comp");
        CHECK(reloading.next().modules == std::vector<std::string>{"scan_rows_f32", "scan_rows_f64"});
        CHECK(reloading.hashOfKernel(kScan) == scan);
        CHECK(reloading.hashOfKernel(slot) ==
              untouched.driver.pipeline(untouched.context.pipeline(0)).codeHash);
    }

    TEST_CASE("every way to save a file is noticed") {
        const std::vector<std::function<void(const ShaderFolder&, const std::string&)>> ways{
            [](const ShaderFolder& folder, const std::string& text) { folder.save("scan_rows.comp", text); },
            [](const ShaderFolder& folder, const std::string& text) {  // as editors do
                folder.save(".scan_rows.comp.new", text);
                std::this_thread::sleep_for(1s);
                fs::rename(folder.path(".scan_rows.comp.new"), folder.path("scan_rows.comp"));
            },
            [](const ShaderFolder& folder, const std::string& text) {
                fs::remove(folder.path("scan_rows.comp"));
                std::this_thread::sleep_for(100ms);
                folder.save("scan_rows.comp", text);
            },
            [](const ShaderFolder& folder, const std::string& text) {
                fs::rename(folder.path("scan_rows.comp"), folder.path("scan_rows.comp~"));
                folder.save("scan_rows.comp", text);
            },
            [](const ShaderFolder& folder, const std::string& text) {
                fs::remove_all(folder.path());
                std::this_thread::sleep_for(100ms);
                fs::copy(VKAXIS_SHADERS, folder.path());
                folder.save("scan_rows.comp", text);
            },
            [](const ShaderFolder& folder, const std::string& text) {
                fs::rename(folder.path(), folder.path() + "~");
                std::this_thread::sleep_for(100ms);
                fs::copy(VKAXIS_SHADERS, folder.path());
                std::this_thread::sleep_for(1s);
                folder.save("scan_rows.comp", text);
            },
            [](const ShaderFolder& folder, const std::string& text) {  // a little at a time
                for (const std::size_t size : {std::size_t{0}, text.size() / 2, text.size()}) {
                    folder.save("scan_rows.comp", text.substr(0, size));
                    std::this_thread::sleep_for(2ms);
                }
            }};
        for (std::size_t i = 0; i < ways.size(); ++i) {
            CAPTURE(i);
            Reloading reloading;
            const std::string text = reloading.folder.edited("scan_rows.comp", kCarry, kOtherCarry);
            ways[i](reloading.folder, text);
            const Reloaded result = reloading.next();
            CHECK(result.problems.empty());
            CHECK(result.modules == kScanRows);
        }
    }

    TEST_CASE("saves at once are one change, of all kernels or of none") {
        Reloading reloading;
        const auto before = reloading.pipelines();
        // Every kernel is made of the first file, one of them of the second, which is broken.
        reloading.folder.edit("address.glsl", "\n\n", "\n\nconst uint kUnused = 7u;\n\n");
        reloading.folder.edit("scan_rows.comp", kCarry, "carry = nothing();");
        const std::string arg = reloading.folder.read("arg_rows.comp");
        reloading.folder.edit("arg_rows.comp", "void main() {",
                              "void main() {\n    if (kUnused == params.groups) return;");
        const Reloaded broken = reloading.next();
        CHECK(broken.modules.empty());
        REQUIRE_FALSE(broken.problems.empty());
        CHECK(reloading.next(kSilence).problems.empty());
        CHECK(reloading.pipelines() == before);

        reloading.folder.edit("scan_rows.comp", "carry = nothing();", kOtherCarry);
        const Reloaded whole = reloading.next();
        CHECK(whole.problems.empty());
        CHECK(whole.modules == std::vector<std::string>{"arg_rows_1", "scan_rows_f32"});
    }

    TEST_CASE("what does not compile is reported with its place, and everything stays as it is") {
        Reloading reloading;
        const auto before = reloading.pipelines();
        const auto problemAt = [&](const std::string& file, const std::string& text,
                                   const std::string& what) {
            const std::string content = reloading.folder.read(file);
            const auto line =
                1 + std::count(content.begin(),
                               content.begin() + static_cast<std::ptrdiff_t>(content.find(text)), '\n');
            const std::string place = reloading.folder.path(file) + ":" + std::to_string(line) + ": ";
            const Reloaded result = reloading.next();
            CHECK(result.modules.empty());
            REQUIRE_FALSE(result.problems.empty());
            CHECK_MESSAGE(result.problems[0].starts_with(place),
                          result.problems[0] << " should begin with " << place);
            CHECK_MESSAGE(result.problems[0].find(what) != std::string::npos, result.problems[0]);
            CHECK(reloading.pipelines() == before);
        };
        reloading.folder.edit("scan_rows.comp", kCarry, "carry = nothing();");
        problemAt("scan_rows.comp", "nothing()", "'nothing' : no matching overloaded function found");
        reloading.folder.restore("scan_rows.comp");
        reloading.folder.edit("scan_element.glsl", "return kOp == kProd ? product : sum;",
                              "return kOp == kProd ? product;");
        problemAt("scan_element.glsl", "? product;", "syntax error");
        reloading.folder.restore("scan_element.glsl");
        reloading.folder.edit("scan_rows.comp", "\"view.glsl\"", "\"no_view.glsl\"");
        CHECK(reloading.isSilent());  // may come yet
        reloading.folder.restore("scan_rows.comp");
        CHECK(reloading.isUnchanged());  // what was never taken need not be taken back

        // The same mistake again is reported again.
        reloading.folder.edit("scan_rows.comp", kCarry, "carry = nothing();");
        problemAt("scan_rows.comp", "nothing()", "'nothing'");
    }

    TEST_CASE("a save that leaves all code as it is is told of, and nothing is exchanged") {
        Reloading reloading;
        const auto before = reloading.pipelines();
        reloading.folder.edit("scan_rows.comp", kCarry, std::string(kCarry) + "  // a remark");
        CHECK(reloading.isUnchanged());
        reloading.folder.edit("scan_rows.comp", kCarry, "carry = nothing();");
        CHECK_FALSE(reloading.next().problems.empty());
        reloading.folder.restore("scan_rows.comp");
        CHECK(reloading.isUnchanged());
        CHECK(reloading.pipelines() == before);
        edit(reloading);
        CHECK_FALSE(reloading.isUnchanged());
        CHECK(reloading.pipelines() != before);
    }

    TEST_CASE(
        "what is no valid SPIR-V, or has another interface than the host serves, is refused with its place") {
        FakeDevice device;  // without optional features
        Reloading reloading(device);
        const auto before = reloading.pipelines();
        const auto refusedText = [&](const std::string& file, const std::string& text,
                                     const std::string& place, const std::string& what) {
            CAPTURE(what);
            reloading.folder.save(file, text);
            const Reloaded result = reloading.next();
            CHECK(result.modules.empty());
            REQUIRE_FALSE(result.problems.empty());
            CHECK_MESSAGE(result.problems[0].starts_with(reloading.folder.path(place)), result.problems[0]);
            CHECK_MESSAGE(result.problems[0].find(what) != std::string::npos, result.problems[0]);
            CHECK(reloading.pipelines() == before);
            reloading.folder.restore(file);
            CHECK(reloading.next(100ms).modules.empty());
        };
        const auto refused = [&](const std::string& file, const std::string& from, const std::string& to,
                                 const std::string& place, const std::string& what) {
            refusedText(file, reloading.folder.edited(file, from, to), place, what);
        };
        const std::string push = "layout(push_constant, std430) uniform Push {";
        const std::string main = "void main() {";
        const std::string first = "const uint number = workgroupNumber();";
        std::string invalid = reloading.folder.edited(
            "scan_rows.comp", first, "controlBarrier(gl_ScopeDevice, gl_ScopeDevice, 0, 0);\n" + first);
        invalid.insert(invalid.find("#define READ_ONLY"),
                       "#extension GL_KHR_memory_scope_semantics : require\n");
        refusedText("scan_rows.comp", invalid, "scan_rows.comp:1: ", "invalid SPIR-V: ");
        refused("scan_rows.comp", push, push + " uint more;",
                "scan_rows.comp:", "push constant at byte 0 is uint32 more");
        refused("scan_rows.comp", push + " ScanRowsParams params; };",
                push + " ScanRowsParams params; uint more; };\nuint used() { return more; }",
                "scan_rows.comp:", "more) is new");
        refused("scan_rows.comp", "const bool kWantsTotals = false;",
                "const uint kWantsTotals_ = 0u;\nconst bool kWantsTotals = kWantsTotals_ != 0u;",
                "scan_rows.comp:",
                "specialization constant " + std::to_string(VKAXIS_ID_SCAN_TOTALS) +
                    " is uint32, and the host gives bool");
        refused("scan_rows.comp", main,
                "layout(constant_id = 30) const uint kNew = 0;\n" + main + "\n    if (kNew == 1u) return;",
                "scan_rows.comp:", "specialization constant 30 (uint32) is new");
        refused("scan_rows.comp", main,
                main + "\n    double wide = double(params.groups);\n    if (wide == 3.0lf) return;",
                "scan_rows.comp:1: ", "capability Float64 is new");
        refused("scan_rows.comp", main,
                "layout(set = 0, binding = 0) buffer Bound { uint words[]; } bound;\n" + main +
                    "\n    bound.words[0] = 1u;",
                "scan_rows.comp:", "binding bound is new");
        refused("workgroup.glsl", "local_size_x_id = VKAXIS_ID_WORKGROUP_SIZE", "local_size_x = 32",
                "arg_rows.comp:1: ", "workgroup size is 32, 1, 1, and the host gives constant 0, 1, 1");
        refused("params.h", "kSum = 0", "kSum = 3", "params.h:", "another version");
        // But subgroup operations of the floor may come and go.
        reloading.folder.edit(
            "scan_rows.comp", "if (number >= params.groups) return;",
            "if (number >= params.groups) return;\n    if (subgroupAdd(number) == 1u) return;");
        const std::string extension =
            "#extension GL_KHR_shader_subgroup_arithmetic : require\n#define READ_ONLY";
        reloading.folder.edit("scan_rows.comp", "#define READ_ONLY", extension);
        const Reloaded taken = reloading.next();
        CHECK(taken.modules == kScanRows);
    }

    TEST_CASE("kernels planned while a change is compiled are exchanged with the others") {
        Reloading reloading;
        reloading.folder.edit("scan_element.glsl", "sum = a + b;", "sum = a + b + a;");
        std::this_thread::sleep_for(50ms);  // it has begun
        const auto plan = [&](const harness::Problem& problem) { reloading.planner.plan(problem); };
        plan(scanOf({3, 12}, 1, ScanMode::Exclusive));  // of the module that lives, and of one that did not
        plan(scanOf({10, 30}, 0));
        CHECK(reloading.reloader.poll(1, 0).modules.empty());  // learns of them
        std::this_thread::sleep_for(1500ms);                   // the change is finished, for what was known
        plan(scanOf({10, 30}, 0, ScanMode::Exclusive));
        plan(scanOf({3, 12}, 1, ScanMode::Inclusive, Dtype::F64));
        const auto before = reloading.pipelines();
        const Reloaded result = reloading.next();
        CHECK(result.problems.empty());
        CHECK(result.modules ==
              std::vector<std::string>{"scan_rows_f32", "scan_columns_f32", "scan_rows_f64"});
        const auto after = reloading.pipelines();
        REQUIRE(after.size() == 6);
        for (std::uint32_t slot = 0; slot < after.size(); ++slot)
            CHECK((after[slot] == before[slot]) == (slot == kArg));
    }

    TEST_CASE("a newer save replaces a change that has not been taken") {
        Reloading reloading;
        const std::size_t original = reloading.hashOfKernel(kScan);
        const auto awaitPipelines = [&](std::size_t count) {
            const auto end = Clock::now() + kLongest;
            while (reloading.planner.driver.livePipelines().size() != count && Clock::now() < end)
                std::this_thread::sleep_for(2ms);
            CHECK(reloading.planner.driver.livePipelines().size() == count);
        };
        edit(reloading);
        awaitPipelines(3);  // the new one waits
        reloading.folder.restore("scan_rows.comp");
        awaitPipelines(2);
        CHECK(reloading.next(100ms).modules.empty());
        CHECK(reloading.hashOfKernel(kScan) == original);
    }

    TEST_CASE("old pipelines are destroyed when the work that may use them is complete, not before") {
        Reloading reloading;
        const FakeVulkan& driver = reloading.planner.driver;
        reloading.frame = 7;
        reloading.completed = 6;
        edit(reloading);
        CHECK(reloading.next().modules == kScanRows);
        CHECK(driver.livePipelines().size() == 3);
        reloading.reloader.poll(8, 6);
        CHECK(driver.livePipelines().size() == 3);
        reloading.reloader.poll(9, 7);
        CHECK(driver.livePipelines().size() == 2);

        // Also when the reloader ends; what it has exchanged stays, and the context still plans with the new
        // code.
        reloading.folder.restore("scan_rows.comp");
        reloading.completed = 0;
        CHECK(reloading.next().modules == kScanRows);
        CHECK(driver.livePipelines().size() == 3);
        reloading.reloader = {};
        CHECK(driver.livePipelines().size() == 2);
        reloading.planner.plan(scanOf({3, 12}, 1, ScanMode::Exclusive));
        CHECK(driver.livePipelines().size() == 3);
    }

    // A module takes hundreds of milliseconds to compile. A machine that does much else may hold up any poll,
    // but hardly one of every save.
    TEST_CASE("a poll never waits for a compiler") {
        constexpr int kMostSaves = 5;
        constexpr auto kAtOnce = 50ms;
        Reloading reloading;
        Clock::duration longest = kAtOnce;
        for (int save = 0; save < kMostSaves && longest >= kAtOnce; ++save) {
            if (save % 2 == 0)
                edit(reloading);
            else
                reloading.folder.restore("scan_rows.comp");
            longest = reloading.longestPoll();
        }
        CHECK(longest < kAtOnce);
    }

    TEST_CASE("a driver that fails leaves everything as it is") {
        Reloading reloading;
        const auto before = reloading.pipelines();
        reloading.planner.driver.fail("vkCreateComputePipelines", 1, VK_ERROR_OUT_OF_DEVICE_MEMORY);
        edit(reloading);
        const Reloaded result = reloading.next();
        REQUIRE(result.problems.size() == 1);
        CHECK(result.problems[0].starts_with(reloading.folder.path("scan_rows.comp") +
                                             ":1: vkCreateComputePipelines"));
        CHECK(reloading.pipelines() == before);
        CHECK(reloading.planner.driver.livePipelines().size() == before.size());
        reloading.folder.edit("scan_rows.comp", kOtherCarry, "carry = carryOf(row) + Element(2);");
        CHECK(reloading.next().modules == kScanRows);
    }

    TEST_CASE("without sources there is no reloader, and it says where it looked") {
        Planner planner;
        const runner::TemporaryFolder folder;
        const auto none = Reloader::create(planner.context, {.shaders = folder / "none"});
        checkFailure(none.status, Code::Unsupported, folder / "none");
        checkFailure(Reloader::create(Context{}).status, Code::InvalidArgument, "context");
    }
}

}  // namespace vkaxis::test
