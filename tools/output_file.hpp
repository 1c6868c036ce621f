// Files that appear whole or not at all.
#pragma once

#include "progress.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::cli {

struct OutputFile {
    std::string path;
    std::vector<std::span<const std::byte>> parts;  // one after the other
};

// Throws Failure (BadUsage) that names the path and the reason unless a file can be created or replaced
// there.
void requireWritable(const std::string& path);

// The same of each, and that no two are the same file.
void requireWritable(const std::vector<std::string>& paths);

// Each is written to a temporary file in its folder, and when all are complete they are renamed: whatever
// goes wrong before, an interrupt included, existing files stay as they were. A link is followed. Throws
// Failure (BadUsage).
void writeFiles(const std::vector<OutputFile>& files, Progress& progress);
void writeFile(const std::string& path, const std::vector<std::span<const std::byte>>& parts,
               Progress& progress);

}  // namespace vkaxis::cli
