// What the embedded kernels ask of a device. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "fake_vulkan.hpp"
#include "kernels.hpp"
#include "params.h"

namespace vkaxis::test {
namespace {

constexpr std::uint32_t kFirstGroupOp = 333, kLastGroupOp = 366;  // OpGroupNonUniformElect to ...QuadSwap
constexpr std::uint32_t kGroupFAdd = 350, kGroupFMul = 352;
constexpr std::uint32_t kFirstShuffle = 345, kLastShuffle = 348;  // by index, by mask, up, down
constexpr std::uint32_t kFAdd = 129;

// What the floor grants: Vulkan 1.2, bufferDeviceAddress and the subgroup operations of vkaxis.h.
const std::set<std::uint32_t> kAllowedCapabilities{
    1,     // Shader
    61,    // GroupNonUniform
    62,    // GroupNonUniformVote
    63,    // GroupNonUniformArithmetic
    64,    // GroupNonUniformBallot
    65,    // GroupNonUniformShuffle
    5347,  // PhysicalStorageBufferAddresses
};

// What only the kernels that look back may ask for besides.
const std::set<std::uint32_t> kLookBackCapabilities{
    5345,  // VulkanMemoryModel
    5346,  // VulkanMemoryModelDeviceScope
};

bool looksBack(Module module) {
    return module == Module::ScanLookBackF32 || module == Module::ScanLookBackU32;
}

std::uint32_t countOpcodes(const ShaderFacts& facts, std::uint32_t first, std::uint32_t last) {
    std::uint32_t count = 0;
    for (auto op = facts.opcodes.lower_bound(first); op != facts.opcodes.upper_bound(last); ++op)
        count += op->second;
    return count;
}

}  // namespace

TEST_SUITE("spirv") {
    TEST_CASE("every kernel asks for no more than the floor and cooperates through subgroups") {
        std::size_t bytes = 0;
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(Module::Count); ++i) {
            CAPTURE(i);
            const std::span<const std::uint32_t> code = moduleCode(static_cast<Module>(i));
            bytes += code.size_bytes();
            const ShaderFacts facts = inspectShader(code);
            REQUIRE(facts.error == "");
            CHECK(facts.version <= 0x00010500);
            CHECK(facts.entryPoint == "main");
            for (const std::uint32_t capability : facts.capabilities) {
                CAPTURE(capability);
                CHECK((kAllowedCapabilities.contains(capability) ||
                       (looksBack(static_cast<Module>(i)) && kLookBackCapabilities.contains(capability))));
            }
            CHECK(facts.extensions.empty());  // SPIR-V 1.5 has all that the kernels need
            CHECK(facts.widestInteger <= 32);
            CHECK(facts.widestFloat <= 32);
            CHECK(countOpcodes(facts, kFirstGroupOp, kLastGroupOp) > 0);
            CHECK(countOpcodes(facts, kFirstShuffle, kLastShuffle) > 0);
            CHECK(facts.specialization.contains(VKAXIS_ID_WORKGROUP_SIZE));
        }
        MESSAGE("SPIR-V of all kernels: " << bytes << " bytes");
        CHECK(bytes < 4u << 20);
    }

    // Drivers associate subgroupAdd as they like, and fuse or reorder additions that are not precise.
    TEST_CASE("the order of float additions is fixed") {
        std::uint32_t additions = 0;
        for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(Module::Count); ++i) {
            CAPTURE(i);
            const ShaderFacts facts = inspectShader(moduleCode(static_cast<Module>(i)));
            CHECK(facts.contractibleAdds == 0);
            CHECK(countOpcodes(facts, kGroupFAdd, kGroupFAdd) == 0);
            CHECK(countOpcodes(facts, kGroupFMul, kGroupFMul) == 0);
            additions += countOpcodes(facts, kFAdd, kFAdd);
        }
        CHECK(additions > 0);
    }

    TEST_CASE("the reader refuses what is not SPIR-V") {
        const std::span<const std::uint32_t> code = moduleCode(Module::ArgRows);
        CHECK(inspectShader(code.first(4)).error != "");
        CHECK(inspectShader(code.first(6)).error != "");
        CHECK(inspectShader(code.subspan(1)).error != "");
    }
}

}  // namespace vkaxis::test
