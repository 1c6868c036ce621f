#include "interface.hpp"

#include <glslang/SPIRV/doc.h>
#include <glslang/SPIRV/spirv.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace vkaxis::reload_detail {
namespace {

using Words = std::span<const std::uint32_t>;

constexpr std::array kFloor{spv::CapabilityShader,
                            spv::CapabilityGroupNonUniform,
                            spv::CapabilityGroupNonUniformVote,
                            spv::CapabilityGroupNonUniformArithmetic,
                            spv::CapabilityGroupNonUniformBallot,
                            spv::CapabilityGroupNonUniformShuffle,
                            spv::CapabilityPhysicalStorageBufferAddresses};

std::string textOf(Words words) {
    std::string text;
    for (const std::uint32_t word : words)
        for (int shift = 0; shift < 32; shift += 8) {
            const char character = static_cast<char>(word >> shift & 0xff);
            if (character == '\0') return text;
            text += character;
        }
    return text;
}

// Collects the declarations of a module, which come before the things that use them.
class Reader {
  public:
    explicit Reader(Words code) {
        constexpr std::size_t kHeaderWords = 5;
        for (std::size_t at = kHeaderWords; at < code.size();) {
            const std::uint32_t length = code[at] >> 16;
            if (length == 0 || at + length > code.size()) return;
            read(static_cast<spv::Op>(code[at] & 0xffff), code.subspan(at + 1, length - 1));
            at += length;
        }
    }

    Interface take() { return std::move(facts_); }

  private:
    void read(spv::Op op, Words operands) {
        switch (op) {
            case spv::OpCapability:
                facts_[std::string("capability ") + spv::CapabilityString(static_cast<int>(operands[0]))] =
                    {};
                break;
            case spv::OpExtension:
                facts_["extension " + textOf(operands)] = {};
                break;
            case spv::OpEntryPoint:
                facts_["entry point"].value +=
                    textOf(operands.subspan(2)) + " of model " + std::to_string(operands[0]);
                break;
            case spv::OpExecutionMode:
            case spv::OpExecutionModeId:
                if (operands[1] != spv::ExecutionModeLocalSize)
                    facts_["execution mode " + std::to_string(operands[1])] = {};
                break;
            case spv::OpName:
                names_[operands[0]] = textOf(operands.subspan(1));
                break;
            case spv::OpMemberName:
                members_[operands[0]][operands[1]].name = textOf(operands.subspan(2));
                break;
            case spv::OpMemberDecorate:
                if (operands[2] == spv::DecorationOffset)
                    members_[operands[0]][operands[1]].offset = operands[3];
                break;
            case spv::OpDecorate:
                readDecoration(operands);
                break;
            case spv::OpTypeBool:
            case spv::OpTypeInt:
            case spv::OpTypeFloat:
            case spv::OpTypeVector:
            case spv::OpTypeArray:
            case spv::OpTypeStruct:
            case spv::OpTypePointer:
                types_[operands[0]] = {op, operands.subspan(1)};
                break;
            case spv::OpConstant:
                constants_[operands[1]] = operands[2];
                break;
            case spv::OpSpecConstant:
            case spv::OpSpecConstantTrue:
            case spv::OpSpecConstantFalse:
                readConstant(operands);
                break;
            case spv::OpSpecConstantComposite:
            case spv::OpConstantComposite:
                if (operands[1] == workgroupSize_)
                    for (const std::uint32_t member : operands.subspan(2))
                        facts_["workgroup size"].value +=
                            (member == operands[2] ? "" : ", ") + valueOf(member);
                break;
            case spv::OpVariable:
                readVariable(operands);
                break;
            default:
                break;
        }
    }

    void readDecoration(Words operands) {
        if (operands[1] == spv::DecorationSpecId) specIds_[operands[0]] = operands[2];
        if (operands[1] == spv::DecorationArrayStride) arrayStrides_[operands[0]] = operands[2];
        if (operands[1] == spv::DecorationBuiltIn && operands[2] == spv::BuiltInWorkgroupSize)
            workgroupSize_ = operands[0];
    }

    // glslang gives the workgroup's size a second, nameless constant of the same number.
    void readConstant(Words operands) {
        const auto id = specIds_.find(operands[1]);
        const std::string& name = names_[operands[1]];
        if (id == specIds_.end() || name.empty()) return;
        facts_["specialization constant " + std::to_string(id->second)] = {typeName(operands[0]), name};
    }

    void readVariable(Words operands) {
        const std::uint32_t type = types_[operands[0]].operands[1];
        if (operands[2] == spv::StorageClassPushConstant)
            readPushConstants(type, 0);
        else if (operands[2] != spv::StorageClassInput && operands[2] != spv::StorageClassWorkgroup &&
                 operands[2] != spv::StorageClassPrivate && operands[2] != spv::StorageClassFunction)
            facts_["binding " + names_[operands[1]]] = {"", names_[operands[1]]};
    }

    void readPushConstants(std::uint32_t structure, std::uint32_t base) {
        const Words types = types_[structure].operands;
        for (std::uint32_t i = 0; i < types.size(); ++i) {
            const Member& member = members_[structure][i];
            const std::uint32_t offset = base + member.offset;
            if (types_[types[i]].op == spv::OpTypeStruct)
                readPushConstants(types[i], offset);
            else
                facts_["push constant at byte " + std::to_string(offset)] = {
                    typeName(types[i]) + " " + member.name, member.name};
        }
    }

    std::string typeName(std::uint32_t id) {
        const Type& type = types_[id];
        switch (type.op) {
            case spv::OpTypeBool:
                return "bool";
            case spv::OpTypeInt:
                return (type.operands[1] != 0 ? "int" : "uint") + std::to_string(type.operands[0]);
            case spv::OpTypeFloat:
                return "float" + std::to_string(type.operands[0]);
            case spv::OpTypeVector:
                return typeName(type.operands[0]) + "x" + std::to_string(type.operands[1]);
            case spv::OpTypeArray:
                return typeName(type.operands[0]) + "[" + valueOf(type.operands[1]) + "] of stride " +
                       std::to_string(arrayStrides_[id]);
            default:
                return "type " + std::to_string(type.op);
        }
    }

    // Of a constant: its number, if it is specialized, or its value.
    std::string valueOf(std::uint32_t id) {
        if (const auto specId = specIds_.find(id); specId != specIds_.end())
            return "constant " + std::to_string(specId->second);
        return std::to_string(constants_[id]);
    }

    struct Type {
        spv::Op op = spv::OpNop;
        Words operands{};
    };
    struct Member {
        std::string name{};
        std::uint32_t offset = 0;
    };

    Interface facts_;
    std::map<std::uint32_t, std::string> names_;
    std::map<std::uint32_t, std::map<std::uint32_t, Member>> members_;
    std::map<std::uint32_t, std::uint32_t> specIds_, arrayStrides_, constants_;
    std::map<std::uint32_t, Type> types_;
    std::uint32_t workgroupSize_ = 0;
};

bool inFloor(const std::string& fact) {
    return std::ranges::any_of(kFloor, [&](spv::Capability capability) {
        return fact == std::string("capability ") + spv::CapabilityString(capability);
    });
}

// What a module may leave out, because the host then gives more than is taken.
bool isOptional(const std::string& fact) {
    return std::ranges::any_of(std::array{"capability ", "extension ", "specialization constant "},
                               [&](const char* kind) { return fact.starts_with(kind); });
}

}  // namespace

Interface interfaceOf(Words code) {
    return Reader(code).take();
}

Breach findBreach(const Interface& built, const Interface& changed) {
    const auto named = [](const std::string& fact, const Fact& is) {
        return is.value.empty() ? fact : fact + " (" + is.value + ")";
    };
    for (const auto& [fact, is] : changed) {
        const auto was = built.find(fact);
        if (was == built.end() && !inFloor(fact))
            return {named(fact, is) + " is new: the host gives none", is.name};
        if (was != built.end() && is.value != was->second.value)
            return {fact + " is " + is.value + ", and the host gives " + was->second.value, is.name};
    }
    for (const auto& [fact, was] : built)
        if (!changed.contains(fact) && !isOptional(fact))
            return {named(fact, was) + " is gone, and the host gives it", was.name};
    return {};
}

}  // namespace vkaxis::reload_detail
