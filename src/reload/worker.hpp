// The thread that waits for saved files, compiles what they change and creates pipelines from it.
#pragma once

#include "compiler.hpp"
#include "folder_watch.hpp"
#include "interface.hpp"
#include "module_table.hpp"
#include "sources.hpp"

#include <vkaxis/vkaxis.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace vkaxis::reload_detail {

using ModuleIndex = std::size_t;  // in kModules

struct ModuleCode {
    std::size_t key = 0;  // of the sources that it is compiled from
    std::vector<std::uint32_t> code{};
};

// All that a save has changed, or all of it that matters to living kernels.
struct Change {
    std::map<ModuleIndex, ModuleCode> modules{};
    std::set<ModuleIndex> others{};       // changed by the same save, and without kernels by then
    std::vector<VkPipeline> pipelines{};  // by kernel; null where its module is not among the first
};

// What the worker and the thread that polls hand to each other.
struct Mailbox {
    std::mutex mutex;  // never held while something is compiled or created
    std::vector<VkaxisKernel> kernels;
    std::map<ModuleIndex, ModuleCode> live;  // what each module is now
    std::optional<Change> finished;
    std::vector<std::string> problems;
    bool unchanged = false;  // by the latest save
};

// Of a module's name.
ModuleIndex indexOf(const char* name);

class Worker {
  public:
    explicit Worker(VkaxisContext context) : context_(context) {}
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    Status start(const std::string& folder);

    Mailbox& mailbox() { return mailbox_; }

    // To be called when the mailbox has a kernel more, or a finished change less.
    void wake() { watch_.wake(); }

  private:
    using Modules = std::vector<ModuleIndex>;

    struct Changed {
        Modules living{}, others{};  // with kernels, and without
    };

    void run();
    void attempt(const std::function<void()>& work);
    void step(bool saved);
    void settle();
    void watchFolder();
    bool readSources();
    bool isInterrupted();  // by something more urgent

    std::optional<std::size_t> keyOf(ModuleIndex module) const;
    Changed changedModules();
    bool isNews(const Modules& modules) const;
    bool buildNext();

    void build(const Modules& modules, bool living, std::set<ModuleIndex> others);
    std::vector<Compiled> compile(const Modules& modules, bool living);
    Compiled compileAndCheck(ModuleIndex module) const;
    void publish(Change change);
    void noteUnchanged();
    std::vector<std::string> createPipelines(Change& change, const std::vector<VkaxisKernel>& kernels);
    bool completePipelines();
    void refuse(const Modules& modules, const std::vector<std::string>& problems);
    void withdraw();
    void destroyPipelines(const Change& change);

    VkaxisContext context_;
    std::string folder_;
    Compiler compiler_;
    FolderWatch watch_;
    Interface built_[std::size(kModules)];
    Sources sources_;
    std::map<ModuleIndex, std::size_t> refused_;  // what keys of theirs are not taken
    bool saved_ = false;                          // seen, but not yet looked at
    bool resting_ = false;                        // before the modules without kernels
    bool undecided_ = false;                      // whether the latest save changes anything
    Mailbox mailbox_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace vkaxis::reload_detail
