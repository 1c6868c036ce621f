#include "worker.hpp"

#include "failure.hpp"
#include "parallel.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace vkaxis::reload_detail {
namespace {

using namespace std::chrono_literals;

// A save is over when nothing more has come for so long: editors and version control write several files.
constexpr auto kQuiet = 20ms;
constexpr int kMostQuiets = 25;

// New pipelines go first: a driver may compile at their first dispatch.
constexpr auto kRest = 500ms;

}  // namespace

ModuleIndex indexOf(const char* name) {
    ModuleIndex index = 0;
    while (index < std::size(kModules) && std::strcmp(kModules[index].name, name) != 0) ++index;
    return index;
}

// ---- The thread ------------------------------------------------------------------------------------------

Status Worker::start(const std::string& folder) {
    folder_ = folder;
    if (Status status = watch_.open(); !status) return status;
    watchFolder();
    sources_ = Sources::read(folder_);
    for (const ModuleSource& module : kModules)
        if (sources_.find(sources_.pathOf(module.file)) == nullptr)
            return failure(Code::Unsupported,
                           "no shader sources: " + sources_.pathOf(module.file) + " cannot be read");
    watch_.add(sources_.folders());
    VkaxisModule module;
    for (std::uint32_t i = 0; vkaxisGetModule(i, &module) == VK_TRUE; ++i) {
        const ModuleIndex index = indexOf(module.name);
        const std::vector<std::uint32_t> code(module.pCode, module.pCode + module.codeSize / 4);
        built_[index] = interfaceOf(code);
        mailbox_.live[index] = {sources_.keyOf(kModules[index].file).value_or(0), code};
    }
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
        return failure(Code::OutOfMemory, std::string("no thread: ") + error.what());
    }
    return {};
}

Worker::~Worker() {
    stopping_ = true;
    if (!thread_.joinable()) return;
    wake();
    thread_.join();
    withdraw();
}

// One that is deleted and made again shows in the folder around it.
void Worker::watchFolder() {
    std::error_code ignored;
    std::filesystem::path folder = std::filesystem::absolute(folder_, ignored).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    watch_.add({folder.string(), folder.parent_path().string()});
}

void Worker::run() {
    attempt([this] { compiler_.compile(sources_, kModules[0]); });  // glslang's tables take it a while, once
    while (!stopping_) {
        const auto limit = resting_ ? std::optional<std::chrono::milliseconds>(kRest) : std::nullopt;
        const bool saved = std::exchange(saved_, false) || watch_.wait(limit);
        if (!stopping_) attempt([&] { step(saved); });
    }
}

void Worker::attempt(const std::function<void()>& work) {
    try {
        work();
    } catch (const std::exception& error) {  // such as std::bad_alloc
        const std::scoped_lock lock(mailbox_.mutex);
        mailbox_.problems.push_back(folder_ + ":1: " + error.what());
    }
}

void Worker::step(bool saved) {
    if (saved) {
        resting_ = false;
        settle();
        undecided_ = readSources() || undecided_;
    }
    while (!isInterrupted() && (completePipelines() || buildNext())) continue;
    if (undecided_ && !saved_) noteUnchanged();
}

// Whether they are others than before.
bool Worker::readSources() {
    watchFolder();
    Sources sources = Sources::read(folder_);
    watch_.add(sources.folders());
    if (sources == sources_) return false;
    withdraw();
    sources_ = std::move(sources);
    std::erase_if(refused_, [&](const auto& refused) { return refused.second != keyOf(refused.first); });
    return true;
}

void Worker::settle() {
    for (int i = 0; i < kMostQuiets && !stopping_ && watch_.wait(kQuiet); ++i) continue;
}

bool Worker::isInterrupted() {
    if (!saved_) saved_ = watch_.wait(0ms);
    return saved_ || stopping_;
}

// ---- What is to be done ----------------------------------------------------------------------------------

std::optional<std::size_t> Worker::keyOf(ModuleIndex module) const {
    return sources_.keyOf(kModules[module].file);
}

// Those whose sources are not those of their code; none while a change waits.
Worker::Changed Worker::changedModules() {
    const std::scoped_lock lock(mailbox_.mutex);
    if (mailbox_.finished) return {};
    std::set<ModuleIndex> alive;
    for (const VkaxisKernel& kernel : mailbox_.kernels) alive.insert(indexOf(kernel.module));
    Changed changed;
    for (const auto& [module, code] : mailbox_.live)
        if (const auto key = keyOf(module); key && *key != code.key)
            (alive.contains(module) ? changed.living : changed.others).push_back(module);
    return changed;
}

// Whether anything has been saved since they were refused.
bool Worker::isNews(const Modules& modules) const {
    return std::ranges::any_of(modules, [&](ModuleIndex module) { return !refused_.contains(module); });
}

// Kernels first, all or none. What has none follows a while after those are taken: what of it is right,
// because they cannot wait for it. False if there is nothing to do.
bool Worker::buildNext() {
    const auto [living, others] = changedModules();
    if (isNews(living)) {
        build(living, true, {others.begin(), others.end()});
        return true;
    }
    const bool isLeft = living.empty() && isNews(others);
    const bool hasRested = std::exchange(resting_, isLeft);
    if (!isLeft || !hasRested) return false;
    resting_ = false;
    build(others, false, {});
    return true;
}

void Worker::refuse(const Modules& modules, const std::vector<std::string>& problems) {
    for (const ModuleIndex module : modules) refused_[module] = *keyOf(module);
    const std::scoped_lock lock(mailbox_.mutex);
    for (const std::string& problem : problems)
        if (std::ranges::find(mailbox_.problems, problem) == mailbox_.problems.end())
            mailbox_.problems.push_back(problem);
}

// ---- Doing it --------------------------------------------------------------------------------------------

void Worker::build(const Modules& modules, bool living, std::set<ModuleIndex> others) {
    std::vector<Compiled> results = compile(modules, living);
    if (isInterrupted()) return;
    Change change{.others = std::move(others)};
    Modules broken;
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < modules.size(); ++i) {
        Compiled& result = results[i];
        problems.insert(problems.end(), result.problems.begin(), result.problems.end());
        if (result.problems.empty())
            change.modules[modules[i]] = {*keyOf(modules[i]), std::move(result.code)};
        else
            broken.push_back(modules[i]);
    }
    refuse(living && !broken.empty() ? modules : broken, problems);
    if (!living || broken.empty()) publish(std::move(change));
}

// Living ones on every core, others on one.
std::vector<Compiled> Worker::compile(const Modules& modules, bool living) {
    std::vector<Compiled> results(modules.size());
    const std::thread::id own = std::this_thread::get_id();
    std::atomic<bool> interrupted{false};
    forEachIndex(modules.size(), living ? std::thread::hardware_concurrency() : 1, [&](std::size_t i) {
        if (interrupted) return;
        try {
            results[i] = compileAndCheck(modules[i]);
        } catch (const std::exception& error) {
            results[i].problems = {sources_.pathOf(kModules[modules[i]].file) + ":1: " + error.what()};
        }
        if (std::this_thread::get_id() == own && isInterrupted()) interrupted = true;
    });
    return results;
}

Compiled Worker::compileAndCheck(ModuleIndex module) const {
    const std::string params = sources_.pathOf(kParamsFile);
    if (const std::string* content = sources_.find(params); content != nullptr && *content != kParams) {
        const auto differs = std::ranges::mismatch(*content, std::string_view(kParams)).in1;
        const auto line = 1 + std::count(content->begin(), differs, '\n');
        return {{},
                {params + ":" + std::to_string(line) +
                 ": the host was built with another version: rebuild vkaxis"}};
    }
    Compiled compiled = compiler_.compile(sources_, kModules[module]);
    if (!compiled.problems.empty()) return compiled;
    const Breach breach = findBreach(built_[module], interfaceOf(compiled.code));
    if (!breach.message.empty())
        compiled.problems = {sources_.placeOf(kModules[module].file, breach.name) + ": " + breach.message +
                             ": rebuild vkaxis"};
    return compiled;
}

// What is the same word for word is taken at once; what else there is waits for the next poll. If kernels of
// other changed modules have been planned since, it has to be built anew with them.
void Worker::publish(Change change) {
    std::vector<VkaxisKernel> kernels;
    {
        const std::scoped_lock lock(mailbox_.mutex);
        kernels = mailbox_.kernels;
        std::erase_if(change.modules, [&](auto& changed) {
            ModuleCode& live = mailbox_.live[changed.first];
            const bool same = live.code == changed.second.code;
            if (same) live.key = changed.second.key;
            return same;
        });
    }
    const auto isOther = [&](const VkaxisKernel& kernel) {
        return change.others.contains(indexOf(kernel.module));
    };
    if (change.modules.empty() || std::ranges::any_of(kernels, isOther)) return destroyPipelines(change);
    const auto problems = createPipelines(change, kernels);
    if (!problems.empty()) {
        Modules modules;
        for (const auto& [module, code] : change.modules) modules.push_back(module);
        destroyPipelines(change);
        return refuse(modules, problems);
    }
    undecided_ = false;
    const std::scoped_lock lock(mailbox_.mutex);
    mailbox_.finished = std::move(change);
}

// Unless modules are left whose sources are not those of their code: what was refused, has no kernels, or
// lacks a file.
void Worker::noteUnchanged() {
    const std::scoped_lock lock(mailbox_.mutex);
    for (const auto& [module, code] : mailbox_.live)
        if (keyOf(module) != code.key) return;
    undecided_ = false;
    mailbox_.unchanged = true;
}

// Those that the change still lacks.
std::vector<std::string> Worker::createPipelines(Change& change, const std::vector<VkaxisKernel>& kernels) {
    const std::size_t first = change.pipelines.size();
    change.pipelines.resize(kernels.size());
    std::vector<VkaxisStatus> statuses(kernels.size());
    forEachIndex(kernels.size() - first, std::thread::hardware_concurrency(), [&](std::size_t i) {
        const VkaxisKernel& kernel = kernels[first + i];
        const auto module = change.modules.find(indexOf(kernel.module));
        if (module == change.modules.end()) return;
        const std::vector<std::uint32_t>& code = module->second.code;
        statuses[first + i] = vkaxisCreatePipeline(context_, &kernel, code.size() * sizeof code[0],
                                                   code.data(), &change.pipelines[first + i]);
    });
    std::vector<std::string> problems;
    for (std::size_t i = first; i < kernels.size(); ++i)
        if (statuses[i].code != VKAXIS_OK)
            problems.push_back(sources_.pathOf(kModules[indexOf(kernels[i].module)].file) +
                               ":1: " + statuses[i].message);
    return problems;
}

// A finished change gets pipelines for kernels that were planned since. False if there are none.
bool Worker::completePipelines() {
    Change change;
    {
        const std::scoped_lock lock(mailbox_.mutex);
        if (!mailbox_.finished || mailbox_.finished->pipelines.size() == mailbox_.kernels.size())
            return false;
        change = std::move(*mailbox_.finished);
        mailbox_.finished.reset();
    }
    publish(std::move(change));
    return true;
}

// Takes back what has not been taken, for something newer.
void Worker::withdraw() {
    std::optional<Change> change;
    {
        const std::scoped_lock lock(mailbox_.mutex);
        change = std::exchange(mailbox_.finished, std::nullopt);
        mailbox_.unchanged = false;
    }
    if (change) destroyPipelines(*change);
}

void Worker::destroyPipelines(const Change& change) {
    for (const VkPipeline pipeline : change.pipelines) vkaxisDestroyPipeline(context_, pipeline);
}

}  // namespace vkaxis::reload_detail
