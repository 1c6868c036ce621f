// Other code for the kernels of a living context. Needs no GPU.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fake_memory.hpp"
#include "kernels.hpp"
#include "planner.hpp"

namespace vkaxis::test {
namespace {

using Words = std::vector<std::uint32_t>;

// As built, but not the same word for word.
Words changedCode(std::string_view name) {
    VkaxisModule module;
    for (std::uint32_t i = 0; vkaxisGetModule(i, &module); ++i)
        if (module.name == name) {
            Words code(module.pCode, module.pCode + module.codeSize / 4);
            code[2] += 1;  // the generator
            return code;
        }
    FAIL("no such module");
    return {};
}

VkaxisModule moduleOf(const char* name, const Words& code) {
    return {name, code.size() * 4, code.data()};
}

// By slot: for kernels of the module new ones from the code, for others none.
std::vector<VkPipeline> createPipelines(const Context& context, const char* name, const Words& code) {
    std::vector<VkPipeline> pipelines;
    VkaxisKernel kernel;
    for (std::uint32_t slot = 0; context.kernel(slot, kernel); ++slot) {
        pipelines.push_back(VK_NULL_HANDLE);
        if (std::string_view(kernel.module) != name) continue;
        const auto created = context.createPipeline(kernel, code);
        REQUIRE_MESSAGE(created, created.status.message());
        pipelines.back() = created.value;
    }
    return pipelines;
}

std::vector<VkPipeline> pipelinesOf(const Context& context) {
    std::vector<VkPipeline> pipelines;
    for (std::uint32_t slot = 0; const VkPipeline pipeline = context.pipeline(slot); ++slot)
        pipelines.push_back(pipeline);
    return pipelines;
}

constexpr const char* kTiles = "scan_tiles_f32";

}  // namespace

TEST_SUITE("replace") {
    TEST_CASE("the modules are those embedded, each with a name of its own") {
        std::set<std::string> names;
        VkaxisModule module;
        std::uint32_t count = 0;
        for (; vkaxisGetModule(count, &module); ++count) {
            const auto code = moduleCode(static_cast<Module>(count));
            CHECK(module.pCode == code.data());
            CHECK(module.codeSize == code.size_bytes());
            names.insert(module.name);
        }
        CHECK(count == static_cast<std::uint32_t>(Module::Count));
        CHECK(names.size() == count);
        CHECK(moduleName(Module::ScanTiles) == std::string(kTiles));
        CHECK(moduleName(argModule(Module::ArgColumns, ArgVariant::TwoWordsFold)) ==
              std::string("arg_columns_fold_2"));
        CHECK_FALSE(vkaxisGetModule(0, nullptr));
    }

    TEST_CASE("a kernel's pipeline can be made again, as the context makes it") {
        FakeDevice device = fullDevice();
        device.apiVersion = VK_API_VERSION_1_3;
        device.enableSubgroupSizeControl = device.enableFullSubgroups = true;
        Planner planner(device);
        planner.plan(longScan());
        planner.plan(smallArgmax());
        VkaxisKernel kernel;
        std::uint32_t slot = 0;
        for (; planner.context.kernel(slot, kernel); ++slot) {
            const FakePipeline& made = planner.driver.pipeline(planner.context.pipeline(slot));
            const auto again = planner.context.createPipeline(kernel, changedCode(kernel.module));
            REQUIRE(again);
            const FakePipeline& pipeline = planner.driver.pipeline(again.value);
            CHECK(pipeline.codeHash != made.codeHash);
            CHECK(pipeline.shader.specialization == made.shader.specialization);
            CHECK(pipeline.requiredSubgroupSize == made.requiredSubgroupSize);
            CHECK(pipeline.fullSubgroups == made.fullSubgroups);
            CHECK(pipeline.pushConstantSize == made.pushConstantSize);
            planner.context.destroyPipeline(again.value);
        }
        CHECK(slot >= 3);
        CHECK_FALSE(planner.context.kernel(slot, kernel));
        CHECK(planner.driver.livePipelines().size() == slot);
        CHECK(planner.driver.firstViolation() == "");
    }

    TEST_CASE("all kernels of a module get new pipelines, and those planned later its new code") {
        Planner planner(fullDevice());
        const Plan scan = planner.plan(longScan());
        planner.plan(smallArgmax());
        const std::vector<VkPipeline> before = pipelinesOf(planner.context);
        Words code = changedCode(kTiles);
        const std::size_t hash = hashOf(code);
        std::vector<VkPipeline> pipelines = createPipelines(planner.context, kTiles, code);
        const std::vector<VkPipeline> fresh = pipelines;
        const VkaxisModule modules[] = {moduleOf(kTiles, code)};
        REQUIRE(planner.context.replaceModules(modules, pipelines));
        code.assign(code.size(), 0);  // it was copied

        const std::vector<VkPipeline> after = pipelinesOf(planner.context);
        std::size_t replaced = 0;
        for (std::size_t slot = 0; slot < after.size(); ++slot) {
            CHECK(after[slot] == (fresh[slot] ? fresh[slot] : before[slot]));
            CHECK(pipelines[slot] == (fresh[slot] ? before[slot] : VK_NULL_HANDLE));
            replaced += fresh[slot] != VK_NULL_HANDLE;
            planner.context.destroyPipeline(pipelines[slot]);
        }
        CHECK(replaced >= 2);
        CHECK(replaced < after.size());

        FakeCommandBuffer commands(planner.driver);
        const VkaxisRecordInfo info = recordInfo(planner.driver, scan);
        REQUIRE(vkaxisRecord(planner.context.handle(), commands.handle(), &scan, &info).code == VKAXIS_OK);
        CHECK(planner.driver.pipeline(commands.commands.front().pipeline).codeHash == hash);

        planner.plan(longScan(ScanMode::Exclusive));
        CHECK(planner.driver.pipeline(pipelinesOf(planner.context).back()).codeHash == hash);
        CHECK(planner.driver.firstViolation() == "");
    }

    TEST_CASE("a replacement that does not fit is refused, and nothing has changed") {
        Planner planner(fullDevice());
        planner.plan(longScan());
        const Words code = changedCode(kTiles);
        const std::vector<VkPipeline> before = pipelinesOf(planner.context);
        std::vector<VkPipeline> pipelines = createPipelines(planner.context, kTiles, code);
        const auto refused = [&](std::vector<VkaxisModule> modules, std::vector<VkPipeline> given,
                                 const char* what) {
            const auto copy = given;
            checkFailure(planner.context.replaceModules(modules, given), Code::InvalidArgument, what);
            CHECK(given == copy);
            CHECK(pipelinesOf(planner.context) == before);
        };
        const VkaxisModule tiles = moduleOf(kTiles, code);
        refused({tiles, tiles}, pipelines, "scan_tiles_f32 is given twice");
        refused({tiles, moduleOf("sort", code)}, pipelines, "\"sort\"");
        refused({{kTiles, 7, code.data()}}, pipelines, "no whole words");
        refused({{kTiles, 8, nullptr}}, pipelines, "no code");
        refused({{nullptr, 8, code.data()}}, pipelines, "name is NULL");
        refused({}, pipelines, "has a new pipeline, but its module no new code");
        refused({tiles}, {}, "has no new pipeline");
        std::vector<VkPipeline> tooMany = pipelines;
        tooMany.push_back(VK_NULL_HANDLE);
        refused({tiles}, tooMany, "pipelineCount");

        // One that was planned after the new pipelines were made.
        planner.plan(longScan(ScanMode::Exclusive));
        const VkaxisModule modules[] = {tiles};
        checkFailure(planner.context.replaceModules(modules, pipelines), Code::InvalidArgument,
                     "has no new pipeline");
        pipelines.resize(pipelinesOf(planner.context).size());
        for (std::uint32_t slot = 0; slot < pipelines.size(); ++slot) {
            VkaxisKernel kernel;
            REQUIRE(planner.context.kernel(slot, kernel));
            if (!pipelines[slot] && kernel.module == std::string(kTiles))
                pipelines[slot] = planner.context.createPipeline(kernel, code).value;
        }
        CHECK(planner.context.replaceModules(modules, pipelines));
        for (const VkPipeline old : pipelines) planner.context.destroyPipeline(old);
        CHECK(planner.driver.livePipelines().size() == pipelines.size());
        CHECK(planner.driver.firstViolation() == "");
    }

    TEST_CASE("without memory nothing is replaced, and what was copied is given back") {
        FakeAllocator allocator;
        FakeVulkan driver(fullDevice());
        ContextInfo info = driver.contextInfo();
        info.allocator = allocator.callbacks();
        {
            const Context context = createContext(info);
            planned(context, longScan());
            const Words code = changedCode(kTiles), other = changedCode("gather");
            const VkaxisModule modules[] = {moduleOf(kTiles, code), moduleOf("gather", other)};
            std::vector<VkPipeline> pipelines = createPipelines(context, kTiles, code);
            const std::vector<VkPipeline> before = pipelinesOf(context);
            for (const std::uint32_t ordinal : {1, 2}) {
                allocator.failAt(ordinal);
                checkFailure(context.replaceModules(modules, pipelines), Code::OutOfMemory,
                             "bytes of module");
                CHECK(pipelinesOf(context) == before);
            }
            for (int twice = 0; twice < 2; ++twice) CHECK(context.replaceModules(modules, pipelines));
            for (const VkPipeline spare : pipelines) context.destroyPipeline(spare);
        }
        CHECK(allocator.liveBytes() == 0);
        CHECK_FALSE(allocator.misused());
        CHECK(driver.liveObjects() == 0);
        CHECK(driver.firstViolation() == "");
    }
}

}  // namespace vkaxis::test
