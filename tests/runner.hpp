// The runner as a process, for its tests: files in; files, text and an exit status out.
#pragma once

#include <vkaxis/device.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#ifndef _WIN32
#include <sys/wait.h>
#endif

namespace runner {

namespace fs = std::filesystem;

// ---- Files and processes ----

inline std::string readFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), path.string() << " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void writeFile(const fs::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

class TemporaryFolder {
  public:
    TemporaryFolder()
        : path_(fs::temp_directory_path() /
                ("vkaxis-runner-test-" + std::to_string(std::random_device{}()))) {
        fs::create_directories(path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

    std::map<std::string, std::string> content() const {
        std::map<std::string, std::string> files;
        for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
            files[entry.path().filename().string()] = entry.is_regular_file() ? readFile(entry.path()) : "";
        }
        return files;
    }

  private:
    fs::path path_;
};

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

// before: shell commands or variable settings in front of the program. target: where its stdout goes instead
// of out.
inline Outcome invoke(const std::vector<std::string>& arguments, const std::string& before = "",
                      const std::string& target = "") {
    const TemporaryFolder folder;
    std::string command = before + " \"" VKAXIS_CLI "\"";
    for (const std::string& argument : arguments) command += " \"" + argument + "\"";
    writeFile(folder / "out", "");
    command += " >\"" + (target.empty() ? folder / "out" : target) + "\" 2>\"" + (folder / "err") + "\"";
    int status = std::system(command.c_str());
#ifndef _WIN32
    status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
#endif
    return {status, readFile(folder / "out"), readFile(folder / "err")};
}

inline std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

// Nothing on stdout; on stderr one line that names every culprit.
inline void checkRefused(const Outcome& outcome, int status, const std::vector<std::string>& culprits) {
    CHECK(outcome.status == status);
    CHECK(outcome.out == "");
    CHECK(outcome.err.starts_with("vkaxis: "));
    CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
    for (const std::string& culprit : culprits)
        CHECK_MESSAGE(outcome.err.find(culprit) != std::string::npos, outcome.err);
}

// ---- .npy files ----

inline std::string bytes(std::uint64_t value, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>(value >> 8 * i & 255);
    return text;
}

inline std::string npy(const std::string& header, const std::string& data, int major = 1, int minor = 0) {
    return "\x93NUMPY" + bytes(static_cast<unsigned>(major), 1) + bytes(static_cast<unsigned>(minor), 1) +
           bytes(header.size(), major == 1 ? 2 : 4) + header + data;
}

inline std::string dict(const std::string& descr, const std::string& order, const std::string& shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

template <class T>
std::string asBytes(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// The elements behind a header as numpy.save writes it.
template <class T>
std::vector<T> elements(const std::string& file) {
    const std::size_t start =
        10 + static_cast<unsigned char>(file.at(8)) + 256u * static_cast<unsigned char>(file.at(9));
    std::vector<T> values((file.size() - start) / sizeof(T));
    std::memcpy(values.data(), file.data() + start, values.size() * sizeof(T));
    return values;
}

inline const std::string kShape23 = dict("'<f4'", "False", "(2, 3)");
inline const std::string kData23 = asBytes<float>({1, 2, 3, 6, 5, 4});

}  // namespace runner
