// The shaders' sources as they lay on disk at one moment: a change is compiled from one reading of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace vkaxis::reload_detail {

class Sources {
  public:
    // The modules' files in the folder and all that they include, as far as it can be read.
    static Sources read(const std::filesystem::path& folder);

    // By the path that resolve gives. Null: it could not be read.
    const std::string* find(const std::string& path) const;

    // Of a module's file.
    std::string pathOf(std::string_view file) const { return (folder_ / file).lexically_normal().string(); }

    // Of an include, which is relative to the file that it stands in.
    static std::string resolve(const std::string& includer, std::string_view name);

    // A number that changes with the file, or with anything that it includes. None while a file is missing,
    // as when an editor writes it anew.
    std::optional<std::size_t> keyOf(std::string_view file) const;

    // Of all files, including those that could not be read.
    std::set<std::string> folders() const;

    // "path:line" of the first line that has the text in the file or in what it includes; else its line 1.
    std::string placeOf(std::string_view file, std::string_view text) const;

    bool operator==(const Sources&) const = default;

  private:
    struct File {
        std::optional<std::string> content;
        std::set<std::string> includes;

        bool operator==(const File&) const = default;
    };
    void load(const std::string& path);
    std::set<std::string> closureOf(const std::string& path) const;

    std::filesystem::path folder_;
    std::map<std::string, File> files_;
};

// From 1; 0 if the text has no such part.
std::size_t lineOf(std::string_view text, std::string_view part);

}  // namespace vkaxis::reload_detail
