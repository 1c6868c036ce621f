// Linux.
#ifdef __linux__
#include "folder_watch.hpp"

#include "failure.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace vkaxis::reload_detail {
namespace {

// Files are done when they are closed or have got their name. One that goes changes nothing until it is there
// again.
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE;

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }

    // Empties it; false if there was nothing.
    bool drain() const {
        alignas(inotify_event) char buffer[4096];
        bool any = false;
        while (read(number_, buffer, sizeof buffer) > 0) any = true;
        return any;
    }

  private:
    int number_;
};

}  // namespace

struct FolderWatch::State {
    Descriptor changes{inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    Descriptor waking{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

FolderWatch::FolderWatch() = default;
FolderWatch::~FolderWatch() = default;

Status FolderWatch::open() {
    state_ = std::make_unique<State>();
    if (state_->changes.number() >= 0 && state_->waking.number() >= 0) return {};
    return failure(Code::Unsupported, std::string("files cannot be watched: ") + std::strerror(errno));
}

void FolderWatch::add(const std::set<std::string>& folders) {
    for (const std::string& folder : folders)
        inotify_add_watch(state_->changes.number(), folder.c_str(), kEvents);
}

bool FolderWatch::wait(std::optional<std::chrono::milliseconds> limit) {
    pollfd ready[] = {{state_->changes.number(), POLLIN, 0}, {state_->waking.number(), POLLIN, 0}};
    poll(ready, std::size(ready), limit ? static_cast<int>(limit->count()) : -1);
    state_->waking.drain();
    return state_->changes.drain();
}

void FolderWatch::wake() {
    const std::uint64_t once = 1;
    [[maybe_unused]] const ssize_t written = write(state_->waking.number(), &once, sizeof once);
}

}  // namespace vkaxis::reload_detail
#endif
