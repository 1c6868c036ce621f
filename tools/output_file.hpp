// Files that appear whole or not at all.
#pragma once

#include "progress.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::cli {

// Throws Failure (BadUsage) that names the path and the reason unless a file can be created or replaced
// there.
void requireWritable(const std::string& path);

// The parts, one after the other, written to a temporary file in the same folder and renamed: whatever goes
// wrong, an interrupt included, an existing file stays as it was. A link is followed. Throws Failure
// (BadUsage).
void writeFile(const std::string& path, const std::vector<std::span<const std::byte>>& parts,
               Progress& progress);

}  // namespace vkaxis::cli
