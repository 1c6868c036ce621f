// A progress bar on stderr: only on a terminal, and only once the work has taken half a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace vkaxis::cli {

class Progress {
  public:
    Progress();
    ~Progress();  // wipes the bar
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // Starts a stage of so many units; total 0: unknown, then the seconds are counted instead.
    void begin(const std::string& stage, std::uint64_t total = 0);
    void advance(std::uint64_t units);

    // Wipes the bar and draws no other: before something else is printed.
    void finish();

  private:
    void drawUntilFinished();
    void draw();

    std::mutex mutex_;  // of everything below
    std::condition_variable finishing_;
    bool finished_ = false;
    bool drawn_ = false;
    std::string stage_;
    std::chrono::steady_clock::time_point stageStart_;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    std::thread drawer_;  // on a terminal only
};

}  // namespace vkaxis::cli
