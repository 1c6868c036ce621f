#include <vkaxis/reload.hpp>

#include "failure.hpp"
#include "worker.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

namespace vkaxis {

using namespace reload_detail;

// Pipelines that work up to a number may use.
struct Retired {
    std::uint64_t number;
    std::vector<VkPipeline> pipelines;
};

struct Reloader::State {
    explicit State(VkaxisContext handle) : context(handle), worker(handle) {}
    ~State() { destroyRetired(~std::uint64_t{0}); }

    void destroyRetired(std::uint64_t completed);
    bool learnKernels(Mailbox& mailbox) const;
    bool covers(const Mailbox& mailbox) const;
    void exchange(Mailbox& mailbox, std::uint64_t recorded, Reloaded& result);

    VkaxisContext context;
    std::vector<Retired> retired;
    Worker worker;
};

void Reloader::State::destroyRetired(std::uint64_t completed) {
    std::erase_if(retired, [&](const Retired& each) {
        if (each.number > completed) return false;
        for (const VkPipeline pipeline : each.pipelines) vkaxisDestroyPipeline(context, pipeline);
        return true;
    });
}

// Whether there are any that were not known.
bool Reloader::State::learnKernels(Mailbox& mailbox) const {
    const std::size_t known = mailbox.kernels.size();
    VkaxisKernel kernel;
    while (vkaxisGetKernel(context, static_cast<std::uint32_t>(mailbox.kernels.size()), &kernel) == VK_TRUE)
        mailbox.kernels.push_back(kernel);
    return mailbox.kernels.size() != known;
}

// Whether the finished change has pipelines for all kernels whose sources have changed.
bool Reloader::State::covers(const Mailbox& mailbox) const {
    const Change& change = *mailbox.finished;
    const auto begin = mailbox.kernels.begin() + static_cast<std::ptrdiff_t>(change.pipelines.size());
    return std::none_of(begin, mailbox.kernels.end(), [&](const VkaxisKernel& kernel) {
        const ModuleIndex module = indexOf(kernel.module);
        return change.modules.contains(module) || change.others.contains(module);
    });
}

// What may throw comes before what must not be left half done.
void Reloader::State::exchange(Mailbox& mailbox, std::uint64_t recorded, Reloaded& result) {
    Change& change = *mailbox.finished;
    std::vector<VkaxisModule> modules;
    for (const auto& [module, code] : change.modules) {
        modules.push_back({kModules[module].name, code.code.size() * sizeof code.code[0], code.code.data()});
        result.modules.push_back(kModules[module].name);
    }
    retired.reserve(retired.size() + 1);
    const VkaxisStatus status =
        vkaxisReplaceModules(context, static_cast<std::uint32_t>(modules.size()), modules.data(),
                             static_cast<std::uint32_t>(change.pipelines.size()), change.pipelines.data());
    const bool replaced = status.code == VKAXIS_OK;
    if (replaced)
        for (auto& [module, code] : change.modules) std::swap(mailbox.live[module], code);
    retired.push_back({replaced ? recorded : 0, std::move(change.pipelines)});
    mailbox.finished.reset();
    if (replaced) return;
    result.modules.clear();
    result.problems.push_back(status.message);
}

Reloader::Reloader() = default;
Reloader::Reloader(Reloader&&) noexcept = default;
Reloader& Reloader::operator=(Reloader&&) noexcept = default;
Reloader::~Reloader() = default;

Result<Reloader> Reloader::create(const Context& context, const ReloadOptions& options) {
    if (!context.handle()) return {{}, failure(Code::InvalidArgument, "the context is empty")};
    Result<Reloader> result;
    try {
        std::error_code error;
        const auto folder =
            std::filesystem::absolute(options.shaders.empty() ? kFolder : options.shaders, error);
        result->state_ = std::make_unique<State>(context.handle());
        result->state_->learnKernels(result->state_->worker.mailbox());
        result.status = result->state_->worker.start(folder.lexically_normal().string());
    } catch (const std::exception& exception) {
        result.status = failure(Code::OutOfMemory, exception.what());
    }
    if (!result) result.value = {};
    return result;
}

Reloaded Reloader::poll(std::uint64_t recorded, std::uint64_t completed) {
    Reloaded result;
    state_->destroyRetired(completed);
    Mailbox& mailbox = state_->worker.mailbox();
    std::unique_lock lock(mailbox.mutex, std::try_to_lock);
    if (!lock) return result;
    try {
        bool news = state_->learnKernels(mailbox);
        result.problems = std::exchange(mailbox.problems, {});
        result.unchanged = std::exchange(mailbox.unchanged, false);
        if (mailbox.finished && state_->covers(mailbox)) {
            state_->exchange(mailbox, recorded, result);
            news = true;
        }
        lock.unlock();
        if (news) state_->worker.wake();
    } catch (const std::bad_alloc&) {
        // The next poll tries again.
    }
    return result;
}

}  // namespace vkaxis
