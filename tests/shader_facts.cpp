#include "shader_facts.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>

namespace vkaxis::test {

namespace {

using Operands = std::span<const std::uint32_t>;

constexpr std::size_t kHeaderWords = 5;

enum Op : std::uint32_t {
    OpExtension = 10,
    OpEntryPoint = 15,
    OpExecutionMode = 16,
    OpCapability = 17,
    OpTypeBool = 20,
    OpTypeInt = 21,
    OpTypeFloat = 22,
    OpTypeVector = 23,
    OpTypeArray = 28,
    OpTypeStruct = 30,
    OpTypePointer = 32,
    OpConstantTrue = 41,
    OpConstantFalse = 42,
    OpConstant = 43,
    OpSpecConstantTrue = 48,
    OpSpecConstantFalse = 49,
    OpSpecConstant = 50,
    OpSpecConstantComposite = 51,
    OpSpecConstantOp = 52,
    OpFunction = 54,
    OpVariable = 59,
    OpDecorate = 71,
    OpIAdd = 128,
    OpFAdd = 129,
    OpISub = 130,
    OpFSub = 131,
    OpIMul = 132,
    OpFMul = 133,
    OpUDiv = 134,
    OpUMod = 137,
    OpLogicalOr = 166,
    OpLogicalAnd = 167,
    OpLogicalNot = 168,
    OpSelect = 169,
    OpIEqual = 170,
    OpINotEqual = 171,
    OpULessThan = 176,
    OpExecutionModeId = 331
};

enum Decoration : std::uint32_t { SpecId = 1, BuiltIn = 11, NoContraction = 42 };

// body(op, operands) for each instruction, as long as it returns true. False if the module is cut off.
template <class Body>
bool forEachInstruction(std::span<const std::uint32_t> words, const Body& body) {
    for (std::size_t at = kHeaderWords; at < words.size();) {
        const std::uint32_t length = words[at] >> 16;
        if (length == 0 || at + length > words.size()) return false;
        if (!body(words[at] & 0xffff, words.subspan(at + 1, length - 1))) return true;
        at += length;
    }
    return true;
}

// What shaders size arrays with, or nothing.
std::optional<std::uint32_t> evaluate(std::uint32_t op, const std::vector<std::uint32_t>& values) {
    switch (op) {
        case OpIAdd:
            return values[0] + values[1];
        case OpISub:
            return values[0] - values[1];
        case OpIMul:
            return values[0] * values[1];
        case OpUDiv:
            return values[1] == 0 ? std::nullopt : std::optional(values[0] / values[1]);
        case OpUMod:
            return values[1] == 0 ? std::nullopt : std::optional(values[0] % values[1]);
        case OpLogicalOr:
            return values[0] | values[1];
        case OpLogicalAnd:
            return values[0] & values[1];
        case OpLogicalNot:
            return values[0] ^ 1;
        case OpSelect:
            return values[0] != 0 ? values[1] : values[2];
        case OpIEqual:
            return values[0] == values[1];
        case OpINotEqual:
            return values[0] != values[1];
        case OpULessThan:
            return values[0] < values[1];
        default:
            return std::nullopt;
    }
}

// Reads the declarations of one module in the order that SPIR-V prescribes: decorations, then types and
// constants.
class ShaderReader {
  public:
    ShaderReader(std::span<const std::uint32_t> words, const VkSpecializationInfo* specialization)
        : words_(words), specialization_(specialization) {}

    ShaderFacts read() {
        constexpr std::uint32_t kMagic = 0x07230203;
        if (words_.size() < kHeaderWords || words_[0] != kMagic) return failed("not a SPIR-V module");
        facts_.version = words_[1];
        const bool whole = forEachInstruction(words_, [this](std::uint32_t op, Operands operands) {
            readInstruction(op, operands);
            return op != OpFunction;
        });
        if (!whole) return failed("cut off in an instruction");
        if (workgroupSizeId_ != 0) {
            const std::vector<std::uint32_t>& members = composites_[workgroupSizeId_];
            for (std::size_t i = 0; i < 3 && i < members.size(); ++i)
                facts_.workgroupSize[i] = value(members[i]);
        }
        return facts_;
    }

  private:
    void readInstruction(std::uint32_t op, Operands operands) {
        switch (op) {
            case OpCapability:
                facts_.capabilities.push_back(operands[0]);
                break;
            case OpExtension:
                facts_.extensions.push_back(text(operands));
                break;
            case OpEntryPoint:
                facts_.entryPoint = text(operands.subspan(2));
                break;
            case OpExecutionMode:
                readExecutionMode(operands, false);
                break;
            case OpExecutionModeId:
                readExecutionMode(operands, true);
                break;
            case OpDecorate:
                readDecoration(operands);
                break;
            case OpTypeInt:
                facts_.widestInteger = std::max(facts_.widestInteger, operands[1]);
                [[fallthrough]];
            case OpTypeBool:
            case OpTypeVector:
            case OpTypeArray:
            case OpTypeStruct:
            case OpTypePointer:
                types_[operands[0]] = {op, operands.subspan(1)};
                break;
            case OpTypeFloat:
                facts_.widestFloat = std::max(facts_.widestFloat, operands[1]);
                types_[operands[0]] = {op, operands.subspan(1)};
                break;
            case OpConstant:
                if (operands.size() == 3) constants_[operands[1]] = operands[2];
                break;
            case OpConstantTrue:
                constants_[operands[1]] = 1;
                break;
            case OpConstantFalse:
                constants_[operands[1]] = 0;
                break;
            case OpSpecConstantTrue:
                constants_[operands[1]] = specialized(operands[1], 1);
                break;
            case OpSpecConstantFalse:
                constants_[operands[1]] = specialized(operands[1], 0);
                break;
            case OpSpecConstant:
                constants_[operands[1]] = specialized(operands[1], operands[2]);
                break;
            case OpSpecConstantComposite:
                composites_[operands[1]].assign(operands.begin() + 2, operands.end());
                break;
            case OpSpecConstantOp:
                readOperation(operands);
                break;
            case OpVariable:
                readVariable(operands);
                break;
            default:
                break;
        }
    }

    void readExecutionMode(Operands operands, bool byId) {
        constexpr std::uint32_t kLocalSize = 17, kLocalSizeId = 38;
        if (operands[1] != (byId ? kLocalSizeId : kLocalSize)) return;
        for (std::size_t i = 0; i < 3; ++i)
            facts_.workgroupSize[i] = byId ? value(operands[2 + i]) : operands[2 + i];
    }

    void readDecoration(Operands operands) {
        constexpr std::uint32_t kWorkgroupSize = 25;
        if (operands[1] == SpecId) specIds_[operands[0]] = operands[2];
        if (operands[1] == BuiltIn && operands[2] == kWorkgroupSize) workgroupSizeId_ = operands[0];
    }

    void readVariable(Operands operands) {
        constexpr std::uint32_t kWorkgroup = 4;
        if (operands[2] != kWorkgroup) return;
        facts_.sharedMemorySize += sizeOf(types_[operands[0]].operands[1]);
    }

    std::uint32_t sizeOf(std::uint32_t type) {
        const Type& t = types_[type];
        std::uint32_t size = 0;
        switch (t.op) {
            case OpTypeBool:
                return 4;
            case OpTypeInt:
            case OpTypeFloat:
                return t.operands[0] / 8;
            case OpTypeVector:
                return sizeOf(t.operands[0]) * t.operands[1];
            case OpTypeArray:
                return sizeOf(t.operands[0]) * value(t.operands[1]);
            case OpTypeStruct:
                for (const std::uint32_t member : t.operands) size += sizeOf(member);
                return size;
            default:
                facts_.error = "shared memory of a type without a size";
                return 0;
        }
    }

    std::uint32_t specialized(std::uint32_t id, std::uint32_t value) {
        if (!specIds_.contains(id)) return value;
        const std::uint32_t specId = specIds_[id];
        for (std::uint32_t i = 0; specialization_ != nullptr && i < specialization_->mapEntryCount; ++i) {
            const VkSpecializationMapEntry& entry = specialization_->pMapEntries[i];
            if (entry.constantID != specId) continue;
            if (entry.size != sizeof value || entry.offset + entry.size > specialization_->dataSize)
                facts_.error = "specialization constant " + std::to_string(specId) + " lies outside its data";
            else
                std::memcpy(&value, static_cast<const char*>(specialization_->pData) + entry.offset,
                            sizeof value);
        }
        return facts_.specialization[specId] = value;
    }

    std::uint32_t value(std::uint32_t id) {
        const auto found = constants_.find(id);
        if (found == constants_.end()) facts_.error = "size that is not a constant this reader knows";
        return found == constants_.end() ? 1 : found->second;
    }

    // A result that stays unknown is an error only where a size needs it.
    void readOperation(Operands operands) {
        std::vector<std::uint32_t> known;
        for (const std::uint32_t id : operands.subspan(3)) {
            const auto found = constants_.find(id);
            if (found == constants_.end()) return;
            known.push_back(found->second);
        }
        if (const auto result = evaluate(operands[2], known)) constants_[operands[1]] = *result;
    }

    static std::string text(Operands operands) {
        std::string result;
        for (const std::uint32_t word : operands)
            for (int shift = 0; shift < 32; shift += 8) {
                const char character = static_cast<char>(word >> shift & 0xff);
                if (character == '\0') return result;
                result += character;
            }
        return result;
    }

    ShaderFacts failed(const char* error) {
        facts_.error = error;
        return facts_;
    }

    struct Type {
        std::uint32_t op = 0;
        Operands operands{};
    };

    std::span<const std::uint32_t> words_;
    const VkSpecializationInfo* specialization_;
    ShaderFacts facts_;
    std::map<std::uint32_t, Type> types_;
    std::map<std::uint32_t, std::uint32_t> constants_, specIds_;
    std::map<std::uint32_t, std::vector<std::uint32_t>> composites_;
    std::uint32_t workgroupSizeId_ = 0;
};

}  // namespace

ShaderFacts inspectShader(std::span<const std::uint32_t> words, const VkSpecializationInfo* specialization) {
    return ShaderReader(words, specialization).read();
}

CodeFacts inspectCode(std::span<const std::uint32_t> words) {
    constexpr std::uint32_t kMantissa = 0x7fffff;  // of 32 bits
    constexpr std::uint32_t kLoad = 61, kStore = 62, kAligned = 0x2, kNonPrivate = 0x20;
    CodeFacts facts;
    std::set<std::uint32_t> exact, powersOfTwo;
    forEachInstruction(words, [&](std::uint32_t op, Operands operands) {
        ++facts.opcodes[op];
        if (op == OpDecorate && operands[1] == NoContraction) exact.insert(operands[0]);
        if (op == OpConstant && operands.size() == 3 && (operands[2] & kMantissa) == 0)
            powersOfTwo.insert(operands[1]);
        const bool scales =
            op == OpFMul && (powersOfTwo.contains(operands[2]) || powersOfTwo.contains(operands[3]));
        if (op == OpFAdd || op == OpFSub || op == OpFMul)
            facts.contractible += !exact.contains(operands[1]) && !scales;
        const std::size_t flags = op == kLoad ? 3 : 2;
        if ((op == kLoad || op == kStore) && operands.size() > flags)
            facts.orderedAccesses += (~operands[flags] & (kAligned | kNonPrivate)) == 0;
        return true;
    });
    return facts;
}

std::size_t hashOf(std::span<const std::uint32_t> words) {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(words.data()), words.size_bytes()});
}

}  // namespace vkaxis::test
