#include "compiler.hpp"

#include <glslang/Public/ResourceLimits.h>
#include <glslang/Public/ShaderLang.h>
#include <glslang/SPIRV/GlslangToSpv.h>
#include <spirv-tools/libspirv.hpp>
#include <spirv-tools/optimizer.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <sstream>

namespace vkaxis::reload_detail {
namespace {

// As --target-env vulkan1.2 has it.
constexpr auto kClient = glslang::EShTargetVulkan_1_2;
constexpr auto kTarget = glslang::EShTargetSpv_1_5;
constexpr auto kEnvironment = SPV_ENV_VULKAN_1_2;
constexpr auto kMessages = static_cast<EShMessages>(EShMsgSpvRules | EShMsgVulkanRules);
constexpr int kVulkanDialect = 100;  // of GLSL
constexpr int kVersion = 100;        // of a shader that says none

// Answers from the sources as they were read.
class Includer : public glslang::TShader::Includer {
  public:
    explicit Includer(const Sources& sources) : sources_(sources) {}

    IncludeResult* includeLocal(const char* name, const char* includer, std::size_t) override {
        const std::string path = Sources::resolve(includer, name);
        const std::string* content = sources_.find(path);
        return content == nullptr ? nullptr
                                  : new IncludeResult(path, content->data(), content->size(), nullptr);
    }
    void releaseInclude(IncludeResult* result) override { delete result; }

  private:
    const Sources& sources_;
};

// "#define WORDS 1" for WORDS=1.
std::string preambleOf(const ModuleSource& module) {
    std::istringstream defines(module.defines);
    std::string preamble;
    for (std::string define; defines >> define;) {
        if (const std::size_t equals = define.find('='); equals != std::string::npos) define[equals] = ' ';
        preamble += "#define " + define + "\n";
    }
    return preamble;
}

// "ERROR: path:line: message" without its first word; lines that name no place only count the others.
std::vector<std::string> problemsOf(const std::string& log, const std::string& place) {
    constexpr std::string_view kError = "ERROR: ";
    std::vector<std::string> problems;
    std::istringstream lines(log);
    std::string rest;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(kError)) continue;
        line.erase(0, kError.size());
        const std::size_t colon = line.find(": ");
        const bool hasPlace = colon != std::string::npos && colon > 0 && line[colon - 1] >= '0' &&
                              line[colon - 1] <= '9' && line.find(':') < colon;
        if (hasPlace)
            problems.push_back(line);
        else if (rest.empty())
            rest = place + ": " + line;
    }
    if (problems.empty()) problems.push_back(rest.empty() ? place + ": glslang failed without a word" : rest);
    return problems;
}

Compiled translate(const Sources& sources, const ModuleSource& module) {
    const std::string path = sources.pathOf(module.file);
    const std::string place = path + ":1";
    const std::string* source = sources.find(path);
    if (source == nullptr) return {{}, {place + ": cannot be read"}};

    glslang::TShader shader(EShLangCompute);
    const char* const text = source->data();
    const int length = static_cast<int>(source->size());
    const char* const name = path.c_str();
    const std::string preamble = preambleOf(module);
    shader.setStringsWithLengthsAndNames(&text, &length, &name, 1);
    shader.setPreamble(preamble.c_str());
    shader.setEnvInput(glslang::EShSourceGlsl, EShLangCompute, glslang::EShClientVulkan, kVulkanDialect);
    shader.setEnvClient(glslang::EShClientVulkan, kClient);
    shader.setEnvTarget(glslang::EShTargetSpv, kTarget);
    Includer includer(sources);
    if (!shader.parse(GetDefaultResources(), kVersion, false, kMessages, includer))
        return {{}, problemsOf(shader.getInfoLog(), place)};
    glslang::TProgram program;
    program.addShader(&shader);
    if (!program.link(kMessages) || !program.mapIO()) return {{}, problemsOf(program.getInfoLog(), place)};

    Compiled compiled;
    spv::SpvBuildLogger logger;
    glslang::SpvOptions options;
    options.disableOptimizer = false;
    glslang::GlslangToSpv(*program.getIntermediate(EShLangCompute), compiled.code, &logger, &options);
    if (compiled.code.empty()) compiled.problems = problemsOf(logger.getAllMessages(), place);
    return compiled;
}

// What SPIRV-Tools say of a module has no line of the source.
spvtools::MessageConsumer collect(std::vector<std::string>& problems, const std::string& place) {
    return
        [&problems, place](spv_message_level_t level, const char*, const spv_position_t&, const char* text) {
            if (level > SPV_MSG_ERROR) return;
            std::string message(text);
            std::ranges::replace(message, '\n', ' ');
            problems.push_back(place +
                               ": invalid SPIR-V: " + message.substr(0, message.find_last_not_of(' ') + 1));
        };
}

}  // namespace

Compiler::Compiler() {
    glslang::InitializeProcess();
}

Compiler::~Compiler() {
    glslang::FinalizeProcess();
}

Compiled Compiler::compile(const Sources& sources, const ModuleSource& module) const {
    Compiled compiled = translate(sources, module);
    if (!compiled.problems.empty()) return {{}, compiled.problems};

    const std::string place = sources.pathOf(module.file) + ":1";
    const auto consumer = collect(compiled.problems, place);
    spvtools::Optimizer optimizer(kEnvironment);
    optimizer.SetMessageConsumer(consumer);
    spvtools::SpirvTools validator(kEnvironment);
    validator.SetMessageConsumer(consumer);
    std::vector<std::uint32_t> code;
    const bool valid = optimizer.RegisterPassesFromFlags({std::begin(kPasses), std::end(kPasses)}) &&
                       optimizer.Run(compiled.code.data(), compiled.code.size(), &code) &&
                       validator.Validate(code);
    if (valid) return {code, {}};
    if (compiled.problems.empty()) compiled.problems.push_back(place + ": SPIRV-Tools failed without a word");
    return {{}, compiled.problems};
}

}  // namespace vkaxis::reload_detail
