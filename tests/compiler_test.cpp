// The compiler behind hot reload. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <string>
#include <vector>

#include "kernels.hpp"
#include "reload/compiler.hpp"
#include "reload/interface.hpp"
#include "reload/parallel.hpp"
#include "shader_folder.hpp"

namespace vkaxis::test {
namespace {

using namespace reload_detail;

constexpr auto kCount = static_cast<std::size_t>(vkaxis::Module::Count);

const ModuleSource& sourceOf(const std::string& name) {
    return *std::ranges::find_if(kModules, [&](const ModuleSource& module) { return module.name == name; });
}

}  // namespace

TEST_SUITE("compiler") {
    TEST_CASE("every module comes out word for word as the build embeds it") {
        CHECK(std::size(kModules) == kCount);
        const Sources sources = Sources::read(VKAXIS_SHADERS);
        const Compiler compiler;
        std::vector<Compiled> compiled(kCount);
        forEachIndex(kCount, 2, [&](std::size_t i) {
            compiled[i] = compiler.compile(sources, sourceOf(moduleName(static_cast<vkaxis::Module>(i))));
        });
        for (std::size_t i = 0; i < kCount; ++i) {
            CAPTURE(moduleName(static_cast<vkaxis::Module>(i)));
            CHECK(compiled[i].problems.empty());
            CHECK(std::ranges::equal(compiled[i].code, moduleCode(static_cast<vkaxis::Module>(i))));
        }
    }

    TEST_CASE("no built module has an interface that the host does not serve") {
        for (std::size_t i = 0; i < kCount; ++i) {
            const Interface facts = interfaceOf(moduleCode(static_cast<vkaxis::Module>(i)));
            CAPTURE(moduleName(static_cast<vkaxis::Module>(i)));
            CHECK(findBreach(facts, facts).message == "");
            CHECK(facts.contains("entry point"));
            CHECK(facts.at("workgroup size").value == "constant 0, 1, 1");
            CHECK(facts.contains("push constant at byte 0"));
            CHECK(facts.at("specialization constant 0").value == "uint32");
        }
    }

    TEST_CASE("a module's key changes with what it includes, and with nothing else") {
        const ShaderFolder folder;
        const auto keys = [&] {
            const Sources sources = Sources::read(folder.path());
            return std::vector{sources.keyOf("scan_rows.comp"), sources.keyOf("arg_rows.comp")};
        };
        const auto before = keys();
        CHECK(before == keys());
        folder.edit("float_bits.glsl", "//", "// ");  // of scans alone
        const auto after = keys();
        CHECK(after[0] != before[0]);
        CHECK(after[1] == before[1]);
        std::filesystem::remove(folder.path("float_bits.glsl"));
        CHECK_FALSE(keys()[0].has_value());
        folder.restore("float_bits.glsl");
        CHECK(keys() == before);
    }
}

}  // namespace vkaxis::test
