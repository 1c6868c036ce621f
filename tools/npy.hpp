// NumPy's .npy files, versions 1.0 to 3.0, of the dtypes that vkaxis knows. NumPy has no bfloat16: such
// elements travel as '<u2'.
#pragma once

#include "progress.hpp"

#include <vkaxis/vkaxis.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vkaxis::cli {

struct NpyHeader {
    Dtype dtype = Dtype::F32;  // never BF16
    std::vector<std::uint64_t> shape{};
    std::vector<std::uint64_t> strides{};  // elements, in Fortran order; empty: row-major
    bool byteSwapped = false;              // the elements are not in this machine's byte order
    std::uint64_t elementCount = 0;
    std::size_t dataOffset = 0;
};

// Bytes of a file's start that are enough for parseNpyHeader.
inline constexpr std::size_t kNpyHeadSize = 12 + 65536;

// The header in head, the first kNpyHeadSize bytes of a file of fileSize bytes (all of a smaller one). The
// shape has at most kMaxRank extents and agrees with fileSize. Throws Failure (BadUsage).
NpyHeader parseNpyHeader(std::string_view head, std::uint64_t fileSize);

class NpyReader {
  public:
    // Reads the header. Throws Failure (BadUsage) that names the file.
    explicit NpyReader(const std::string& path);

    const NpyHeader& header() const { return header_; }

    // All elements, placed as in the file, in this machine's byte order. To be called once. Throws Failure
    // (BadUsage).
    std::vector<std::byte> read(Progress& progress);

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
    NpyHeader header_;
};

// The elements that NpyReader::read returns, in row-major order.
std::vector<std::byte> rowMajor(const NpyHeader& header, std::vector<std::byte> elements);

// What precedes the elements of a row-major array in this machine's byte order, as numpy.save writes it.
std::string npyHeaderText(Dtype dtype, std::span<const std::uint64_t> shape);

}  // namespace vkaxis::cli
