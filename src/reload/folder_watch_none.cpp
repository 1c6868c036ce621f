// Systems that vkaxis does not know how to ask.
#ifndef __linux__
#include "folder_watch.hpp"

#include "failure.hpp"

namespace vkaxis::reload_detail {

struct FolderWatch::State {};

FolderWatch::FolderWatch() = default;
FolderWatch::~FolderWatch() = default;

Status FolderWatch::open() {
    return failure(Code::Unsupported, "shaders are watched on Linux only");
}

void FolderWatch::add(const std::set<std::string>&) {}

bool FolderWatch::wait(std::optional<std::chrono::milliseconds>) {
    return false;
}

void FolderWatch::wake() {}

}  // namespace vkaxis::reload_detail
#endif
