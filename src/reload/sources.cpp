#include "sources.hpp"

#include "module_table.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <vector>

namespace vkaxis::reload_detail {
namespace {

std::optional<std::string> readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return std::nullopt;
    return content;
}

// The name in `#include "name"`, or nothing.
std::string_view includedBy(std::string_view line) {
    const auto skip = [&](std::string_view word) {
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        const bool found = line.starts_with(word);
        if (found) line.remove_prefix(word.size());
        return found;
    };
    if (!skip("#") || !skip("include") || !skip("\"")) return {};
    const std::size_t end = line.find('"');
    return end == std::string_view::npos ? std::string_view{} : line.substr(0, end);
}

}  // namespace

std::string Sources::resolve(const std::string& includer, std::string_view name) {
    return (std::filesystem::path(includer).parent_path() / name).lexically_normal().string();
}

// Also what a condition would leave out.
void Sources::load(const std::string& path) {
    if (files_.contains(path)) return;
    File& file = files_[path];
    file.content = readFile(path);
    if (!file.content) return;
    std::istringstream lines(*file.content);
    for (std::string line; std::getline(lines, line);)
        if (const std::string_view name = includedBy(line); !name.empty())
            file.includes.insert(resolve(path, name));
    const std::set<std::string> includes = file.includes;
    for (const std::string& include : includes) load(include);
}

Sources Sources::read(const std::filesystem::path& folder) {
    Sources sources;
    sources.folder_ = folder;
    for (const ModuleSource& module : kModules) sources.load(sources.pathOf(module.file));
    return sources;
}

const std::string* Sources::find(const std::string& path) const {
    const auto file = files_.find(path);
    return file == files_.end() || !file->second.content ? nullptr : &*file->second.content;
}

std::set<std::string> Sources::closureOf(const std::string& path) const {
    std::set<std::string> closure;
    std::vector<std::string> open{path};
    while (!open.empty()) {
        const std::string next = open.back();
        open.pop_back();
        if (!closure.insert(next).second) continue;
        if (const auto file = files_.find(next); file != files_.end())
            open.insert(open.end(), file->second.includes.begin(), file->second.includes.end());
    }
    return closure;
}

std::optional<std::size_t> Sources::keyOf(std::string_view file) const {
    const std::hash<std::string_view> hash;
    std::size_t key = 0;
    for (const std::string& path : closureOf(pathOf(file))) {
        const std::string* content = find(path);
        if (content == nullptr) return std::nullopt;
        for (const std::string* text : {&path, content}) key = key * 31 + hash(*text);
    }
    return key;
}

std::set<std::string> Sources::folders() const {
    std::set<std::string> folders{folder_.string()};
    for (const auto& [path, file] : files_)
        folders.insert(std::filesystem::path(path).parent_path().string());
    return folders;
}

std::string Sources::placeOf(std::string_view file, std::string_view text) const {
    const std::string own = pathOf(file);
    if (text.empty()) return own + ":1";
    std::set<std::string> closure = closureOf(own);
    closure.erase(own);
    std::vector<std::string> paths{own};
    paths.insert(paths.end(), closure.begin(), closure.end());
    for (const std::string& path : paths) {
        const std::string* content = find(path);
        if (const std::size_t line = content == nullptr ? 0 : lineOf(*content, text); line != 0)
            return path + ":" + std::to_string(line);
    }
    return own + ":1";
}

std::size_t lineOf(std::string_view text, std::string_view part) {
    const std::size_t found = text.find(part);
    if (found == std::string_view::npos) return 0;
    return 1 + static_cast<std::size_t>(
                   std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(found), '\n'));
}

}  // namespace vkaxis::reload_detail
