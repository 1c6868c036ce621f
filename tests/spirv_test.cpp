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
constexpr std::uint32_t kAtomicLoad = 227, kAtomicStore = 228;

constexpr auto kCount = static_cast<std::uint32_t>(Module::Count);
constexpr std::size_t kModules = 55, kMostBytes = 4 << 20;

enum class Family { Arg, Gather, ScanRows, ScanColumns, ScanTiles, ScanLookBack, ScanSlices, ScanStates };

Family familyOf(Module module) {
    return module < Module::Gather             ? Family::Arg
           : module < Module::ScanRows         ? Family::Gather
           : module < Module::ScanColumns      ? Family::ScanRows
           : module < Module::ScanTiles        ? Family::ScanColumns
           : module < Module::ScanLookBack     ? Family::ScanTiles
           : module < Module::ScanSlices       ? Family::ScanLookBack
           : module < Module::ScanColumnTotals ? Family::ScanSlices
                                               : Family::ScanStates;
}

bool isScan(Module module) {
    return familyOf(module) >= Family::ScanRows;
}

// Of a scan.
ScanElement elementOf(Module module) {
    for (const ScanElement element : {ScanElement::F32, ScanElement::U32, ScanElement::F64, ScanElement::U64})
        for (const Module first : {Module::ScanColumnTotals, Module::ScanTileSums})
            if (stateModule(first, element) == module) return element;
    const Module first = familyOf(module) == Family::ScanRows      ? Module::ScanRows
                         : familyOf(module) == Family::ScanColumns ? Module::ScanColumns
                         : familyOf(module) == Family::ScanTiles   ? Module::ScanTiles
                         : familyOf(module) == Family::ScanSlices  ? Module::ScanSlices
                                                                   : Module::ScanLookBack;
    return static_cast<ScanElement>(static_cast<std::uint32_t>(module) - static_cast<std::uint32_t>(first));
}

bool addsFloats(Module module) {
    return isScan(module) &&
           (elementOf(module) == ScanElement::F32 || elementOf(module) == ScanElement::F32Store16 ||
            elementOf(module) == ScanElement::F64);
}

bool folds(Module module) {
    if (module >= Module::ArgLaneRows) return false;
    const auto variant = static_cast<ArgVariant>(static_cast<std::uint32_t>(module) % 4);
    return variant == ArgVariant::OneWordFolds || variant == ArgVariant::TwoWordsFold;
}

// What a module may ask for beyond the floor; it asks for all of it.
std::set<std::uint32_t> extrasOf(Module module) {
    std::set<std::uint32_t> extras;
    if (module == Module::Gather8) extras.insert(kStorageBuffer8BitAccess);
    if (module == Module::Gather16) extras.insert(kStorageBuffer16BitAccess);
    if (familyOf(module) == Family::ScanLookBack || folds(module))
        extras.insert({kVulkanMemoryModel, kVulkanMemoryModelDeviceScope});
    if (!isScan(module)) return extras;
    switch (elementOf(module)) {
        case ScanElement::F64:
            extras.insert(kFloat64);
            break;
        case ScanElement::U32Store8:
            extras.insert(kStorageBuffer8BitAccess);
            break;
        case ScanElement::F32Store16:
        case ScanElement::U32Store16:
            extras.insert(kStorageBuffer16BitAccess);
            break;
        default:
            break;
    }
    return extras;
}

std::uint32_t countOpcodes(const CodeFacts& facts, std::uint32_t first, std::uint32_t last) {
    std::uint32_t count = 0;
    for (auto op = facts.opcodes.lower_bound(first); op != facts.opcodes.upper_bound(last); ++op)
        count += op->second;
    return count;
}

// body(module, declarations, code) for each.
template <class Body>
void forEachModule(const Body& body) {
    for (std::uint32_t i = 0; i < kCount; ++i) {
        CAPTURE(i);
        const auto module = static_cast<Module>(i);
        const ShaderFacts facts = inspectShader(moduleCode(module));
        REQUIRE(facts.error == "");
        body(module, facts, inspectCode(moduleCode(module)));
    }
}

}  // namespace

TEST_SUITE("spirv") {
    TEST_CASE("modules are all different, and take up less than 4 MiB together") {
        CHECK(kCount == kModules);
        std::set<std::size_t> hashes;
        std::size_t bytes = 0;
        for (std::uint32_t i = 0; i < kCount; ++i) {
            bytes += moduleCode(static_cast<Module>(i)).size_bytes();
            hashes.insert(hashOf(moduleCode(static_cast<Module>(i))));
        }
        CHECK(hashes.size() == kModules);
        CHECK(bytes < kMostBytes);
        MESSAGE("SPIR-V of " << kCount << " modules: " << bytes << " bytes");
    }

    TEST_CASE("each module asks for the floor and the features that its results need, and for nothing else") {
        forEachModule([](Module module, const ShaderFacts& facts, const CodeFacts&) {
            CHECK(facts.version <= 0x00010500);
            CHECK(facts.entryPoint == "main");
            std::set<std::uint32_t> beyond;
            for (const std::uint32_t capability : facts.capabilities)
                if (!kFloorCapabilities.contains(capability)) beyond.insert(capability);
            CHECK(beyond == extrasOf(module));
            CHECK(facts.extensions.empty());  // SPIR-V 1.5 has all that the kernels need
            CHECK(facts.widestInteger <= 32);
            CHECK(facts.widestFloat <= (beyond.contains(kFloat64) ? 64 : 32));
            CHECK(facts.specialization.contains(VKAXIS_ID_WORKGROUP_SIZE));
        });
    }

    TEST_CASE("every kernel but the copying of chosen elements cooperates through subgroups") {
        forEachModule([](Module module, const ShaderFacts&, const CodeFacts& code) {
            const bool cooperates = familyOf(module) != Family::Gather;
            CHECK((countOpcodes(code, kFirstGroupOp, kLastGroupOp) > 0) == cooperates);
            CHECK((countOpcodes(code, kFirstShuffle, kLastShuffle) > 0) == cooperates);
        });
    }

    // No validator misses that: a load and two stores at least that fences order, or words that are atomic.
    TEST_CASE("what workgroups leave for each other is no private memory") {
        forEachModule([](Module module, const ShaderFacts&, const CodeFacts& code) {
            const bool words =
                familyOf(module) == Family::ScanLookBack || (folds(module) && module < Module::ArgColumns);
            CHECK((countOpcodes(code, kAtomicLoad, kAtomicLoad) > 0) == words);
            CHECK((countOpcodes(code, kAtomicStore, kAtomicStore) > 0) == words);
            if (folds(module) && !words)
                CHECK(code.orderedAccesses >= 3);
            else
                CHECK(code.orderedAccesses == 0);
        });
    }

    // Drivers associate subgroupAdd as they like, and fuse or reorder arithmetic that is not precise.
    TEST_CASE("the order of float sums and products is fixed") {
        forEachModule([](Module module, const ShaderFacts&, const CodeFacts& code) {
            CHECK(code.contractible == 0);
            CHECK(countOpcodes(code, kGroupFAdd, kGroupFAdd) == 0);
            CHECK(countOpcodes(code, kGroupFMul, kGroupFMul) == 0);
            CHECK((countOpcodes(code, kFAdd, kFAdd) > 0) == addsFloats(module));
        });
    }

    TEST_CASE("the reader refuses what is not SPIR-V") {
        const std::span<const std::uint32_t> code = moduleCode(Module::ArgRows);
        CHECK(inspectShader(code.first(4)).error != "");
        CHECK(inspectShader(code.first(6)).error != "");
        CHECK(inspectShader(code.subspan(1)).error != "");
    }
}

}  // namespace vkaxis::test
