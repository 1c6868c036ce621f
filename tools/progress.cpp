#include "progress.hpp"

#include <fmt/format.h>

#include <cstdio>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace vkaxis::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{500};
constexpr std::chrono::milliseconds kInterval{100};
constexpr std::uint64_t kBarWidth = 40;

bool stderrIsTerminal() {
#ifdef _WIN32
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(STDERR_FILENO) != 0;
#endif
}

}  // namespace

Progress::Progress() {
    if (stderrIsTerminal()) drawer_ = std::thread([this] { drawUntilFinished(); });
}

Progress::~Progress() {
    finish();
}

void Progress::begin(const std::string& stage, std::uint64_t total) {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
    stageStart_ = std::chrono::steady_clock::now();
    total_ = total;
    done_ = 0;
}

void Progress::advance(std::uint64_t units) {
    const std::lock_guard lock(mutex_);
    done_ += units;
}

void Progress::finish() {
    {
        const std::lock_guard lock(mutex_);
        finished_ = true;
    }
    finishing_.notify_one();
    if (drawer_.joinable()) drawer_.join();
}

void Progress::drawUntilFinished() {
    std::unique_lock lock(mutex_);
    for (auto next = kPatience; !finishing_.wait_for(lock, next, [this] { return finished_; });
         next = kInterval)
        draw();
    if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::draw() {
    drawn_ = true;
    std::string line;
    if (total_ == 0) {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - stageStart_;
        line = fmt::format("{} {:.1f} s", stage_, elapsed.count());
    } else {
        const double share = static_cast<double>(done_) / static_cast<double>(total_);
        const auto filled = static_cast<std::uint64_t>(share * kBarWidth);
        line = fmt::format("{} [{:#<{}}{:{}}] {:.0f} %", stage_, "", filled, "", kBarWidth - filled,
                           100 * share);
    }
    std::fputs(("\r\x1b[K" + line).c_str(), stderr);
    std::fflush(stderr);
}

}  // namespace vkaxis::cli
