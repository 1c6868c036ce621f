// Waiting for files to be saved, moved or made in some folders.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace vkaxis::reload_detail {

class FolderWatch {
  public:
    FolderWatch();
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    // Unsupported where the system has no such thing.
    Status open();

    // Adds folders; those watched already and those that are not there are left alone.
    void add(const std::set<std::string>& folders);

    // True as soon as something has changed since the last time that it said so; false at the time limit, if
    // there is one, and after a wake.
    bool wait(std::optional<std::chrono::milliseconds> limit);

    // Ends a wait of another thread, or its next one. Does not wait itself.
    void wake();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vkaxis::reload_detail
