// Shaders that are recompiled and exchanged while a program runs: for those who write them, on systems that
// tell of saved files (Linux). This is target vkaxis::reload, the only user of the glslang library; no engine
// ships it.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vkaxis {

struct ReloadOptions {
    // The folder of vkaxis's shaders; "": the one that the library was built from.
    std::string shaders{};
};

// What a poll came to; mostly nothing.
struct Reloaded {
    // "scan_rows_f32": modules whose kernels have new pipelines from this poll on.
    std::vector<std::string> modules{};

    // "/path/shaders/scan_rows.comp:41: ...": why what was saved is not taken. All that runs stays as it is,
    // until a later save is right.
    std::vector<std::string> problems{};

    // Whether files were saved that leave all code as it is: as one does that takes back a mistake, or that
    // changes a comment.
    bool unchanged = false;
};

// Watches the shaders and all that they include; compiles what a save has changed exactly as the build does,
// on threads of its own, and creates new pipelines for the kernels that the context has. All of a change is
// taken at once, or nothing of it, kernels planned in the meantime included. Modules without kernels follow;
// a kernel planned before they do is exchanged with its module. What differs from the build before the first
// save counts from the first save of a file that the module is made of.
//
// An empty one (default-constructed or moved from) can only be assigned to and destroyed. The context
// outlives it; pipelines that were exchanged stay.
class Reloader {
  public:
    Reloader();
    Reloader(Reloader&&) noexcept;
    Reloader& operator=(Reloader&&) noexcept;
    ~Reloader();  // the device must have completed all that was recorded before the last poll

    // Unsupported: this system does not tell of saved files, or there are no sources where they are looked
    // for.
    static Result<Reloader> create(const Context& context, const ReloadOptions& options = {});

    // Exchanges pipelines if a change is ready, and never waits for it; to be called where no other thread
    // plans or records with the context, such as once a frame. The numbers grow in whatever way the caller
    // counts its work, as frames or as values of a timeline semaphore: `recorded` is that of the latest work
    // that was recorded, and all work up to `completed` has been completed by the device. Pipelines that a
    // poll exchanges are destroyed by the first later one whose `completed` is at least its `recorded`;
    // command buffers recorded before must not be submitted again under a later number.
    Reloaded poll(std::uint64_t recorded, std::uint64_t completed);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vkaxis
