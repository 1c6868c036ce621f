#include "output_file.hpp"

#include "failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <list>
#include <map>
#include <random>
#include <system_error>
#include <utility>

namespace vkaxis::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceSize = std::size_t{16} << 20;

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
    throw Failure(ExitCode::BadUsage, fmt::format("{}: cannot be written: {}", path, reason));
}

volatile std::sig_atomic_t pendingSignal = 0;

// Holds back an interrupt for as long as it lives, so that a temporary file is removed before the program
// ends.
class InterruptGuard {
  public:
    InterruptGuard() {
        pendingSignal = 0;
        for (std::size_t i = 0; i < std::size(kSignals); ++i) {
            previous_[i] = std::signal(kSignals[i], [](int number) { pendingSignal = number; });
            if (previous_[i] == SIG_IGN) std::signal(kSignals[i], SIG_IGN);
        }
    }
    ~InterruptGuard() {
        for (std::size_t i = 0; i < std::size(kSignals); ++i) std::signal(kSignals[i], previous_[i]);
        if (pendingSignal != 0) std::raise(pendingSignal);
    }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    // By one that ends the program. Who only notes it, such as Interrupt, wants what is being written.
    bool interrupted() const {
        for (std::size_t i = 0; i < std::size(kSignals); ++i)
            if (pendingSignal == kSignals[i]) return previous_[i] == SIG_DFL;
        return false;
    }

  private:
#ifdef SIGHUP
    static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
#else
    static constexpr int kSignals[] = {SIGINT, SIGTERM};
#endif
    void (*previous_[std::size(kSignals)])(int) = {};
};

// The absolute path, links followed.
fs::path resolved(const std::string& path) {
    std::error_code error;
    fs::path target = fs::weakly_canonical(fs::absolute(path, error), error);
    if (error) refuse(path, error.message());
    return target;
}

// A new file beside the target that is gone at the end unless it became the target.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& name)
        : name_(name),
          target_(resolved(name)),
          path_(target_.parent_path() / fmt::format(".vkaxis-{:08x}.tmp", std::random_device{}())) {
        file_ = std::fopen(path_.string().c_str(), "wbx");
        if (!file_) refuse(name_, std::strerror(errno));
    }
    ~TemporaryFile() {
        if (file_) std::fclose(file_);
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void write(std::span<const std::byte> data) {
        if (std::fwrite(data.data(), 1, data.size(), file_) != data.size())
            refuse(name_, std::strerror(errno));
    }

    void close() {
        if (std::fclose(std::exchange(file_, nullptr)) != 0) refuse(name_, std::strerror(errno));
    }

    void becomeTarget() {
        std::error_code error;
        const fs::file_status existing = fs::status(target_, error);
        if (fs::exists(existing)) fs::permissions(path_, existing.permissions(), error);
        fs::rename(path_, target_, error);
        if (error) refuse(name_, error.message());
    }

  private:
    std::string name_;
    fs::path target_;
    fs::path path_;
    std::FILE* file_ = nullptr;
};

void writePieces(TemporaryFile& file, std::span<const std::byte> data, const InterruptGuard& guard,
                 Progress& progress) {
    for (std::size_t offset = 0; offset < data.size() && !guard.interrupted(); offset += kPieceSize) {
        const auto piece = data.subspan(offset, std::min(kPieceSize, data.size() - offset));
        file.write(piece);
        progress.advance(piece.size());
    }
}

}  // namespace

void requireWritable(const std::string& path) {
    if (path.empty()) throw Failure(ExitCode::BadUsage, "the output's path is empty");
    const fs::path target = resolved(path);
    std::error_code error;
    const fs::file_status status = fs::status(target, error);
    if (fs::is_directory(status) || !target.has_filename()) refuse(path, "it is a folder; a file is needed");
    if (fs::exists(status) && !fs::is_regular_file(status)) refuse(path, "it is not a regular file");
    if (!fs::is_directory(target.parent_path(), error)) {
        refuse(path, fmt::format("there is no folder {}", target.parent_path().string()));
    }
    if (fs::exists(status)) {
        std::FILE* existing = std::fopen(target.string().c_str(), "r+b");
        if (!existing) refuse(path, std::strerror(errno));
        std::fclose(existing);
    }
    TemporaryFile{path};
}

void requireWritable(const std::vector<std::string>& paths) {
    std::map<fs::path, std::string> targets;
    for (const std::string& path : paths) {
        requireWritable(path);
        const auto [same, isNew] = targets.emplace(resolved(path), path);
        if (!isNew) refuse(path, fmt::format("it is the same file as the output {}", same->second));
    }
}

void writeFiles(const std::vector<OutputFile>& files, Progress& progress) {
    std::size_t total = 0;
    for (const OutputFile& file : files) {
        for (const std::span<const std::byte> part : file.parts) total += part.size();
    }
    progress.begin("writing", total);

    const InterruptGuard guard;
    std::list<TemporaryFile> temporaries;
    for (const OutputFile& file : files) {
        TemporaryFile& temporary = temporaries.emplace_back(file.path);
        for (const std::span<const std::byte> part : file.parts)
            writePieces(temporary, part, guard, progress);
        if (guard.interrupted()) return;
        temporary.close();
    }
    for (TemporaryFile& temporary : temporaries) temporary.becomeTarget();
}

void writeFile(const std::string& path, const std::vector<std::span<const std::byte>>& parts,
               Progress& progress) {
    writeFiles({{path, parts}}, progress);
}

}  // namespace vkaxis::cli
