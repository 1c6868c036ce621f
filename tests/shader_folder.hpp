// A copy of the shaders, to be edited while something watches it.
#pragma once

#include "runner.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace vkaxis::test {

class ShaderFolder {
  public:
    ShaderFolder() { std::filesystem::copy(VKAXIS_SHADERS, path()); }

    std::string path() const { return folder_ / "shaders"; }
    std::string path(const std::string& file) const { return path() + "/" + file; }

    std::string read(const std::string& file) const { return runner::readFile(path(file)); }
    void save(const std::string& file, const std::string& text) const { runner::writeFile(path(file), text); }

    // The file with `from`, which must be in it, replaced by `to`.
    std::string edited(const std::string& file, const std::string& from, const std::string& to) const {
        std::string text = read(file);
        const std::size_t place = text.find(from);
        REQUIRE_MESSAGE(place != std::string::npos, from << " is not in " << file);
        return text.replace(place, from.size(), to);
    }
    void edit(const std::string& file, const std::string& from, const std::string& to) const {
        save(file, edited(file, from, to));
    }

    // As it was copied.
    void restore(const std::string& file) const {
        save(file, runner::readFile(std::string(VKAXIS_SHADERS) + "/" + file));
    }

  private:
    runner::TemporaryFolder folder_;
};

}  // namespace vkaxis::test
