#include "npy.hpp"

#include "failure.hpp"

#include <harness/dtype.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <new>
#include <utility>

namespace vkaxis::cli {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kPieceSize = std::size_t{16} << 20;
constexpr char kNativeOrder = std::endian::native == std::endian::little ? '<' : '>';

struct NpyType {
    std::string_view name;
    Dtype dtype;
};

constexpr NpyType kTypes[] = {{"f2", Dtype::F16}, {"f4", Dtype::F32}, {"f8", Dtype::F64}, {"i1", Dtype::I8},
                              {"i2", Dtype::I16}, {"i4", Dtype::I32}, {"i8", Dtype::I64}, {"u1", Dtype::U8},
                              {"u2", Dtype::U16}, {"u4", Dtype::U32}, {"u8", Dtype::U64}};
constexpr const char* kSupported = "f2, f4, f8, i1, i2, i4, i8, u1, u2, u4 and u8 are";

[[noreturn]] void refuse(const std::string& message) {
    throw Failure(ExitCode::BadUsage, message);
}

std::string tuple(std::span<const std::uint64_t> shape) {
    return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

// Zero extents aside, as NumPy does: an array of shape (2^62, 2^62, 0) is no array.
std::uint64_t countElements(const NpyHeader& header) {
    const std::uint64_t most = std::numeric_limits<std::int64_t>::max() / harness::entryOf(header.dtype).size;
    std::uint64_t product = 1;
    for (const std::uint64_t extent : header.shape) {
        if (extent > most / product)
            refuse(fmt::format("the header's shape {} overflows", tuple(header.shape)));
        product *= std::max<std::uint64_t>(extent, 1);
    }
    return std::ranges::count(header.shape, 0u) > 0 ? 0 : product;
}

// The first dimension is contiguous. None where that is row-major as well.
std::vector<std::uint64_t> fortranStrides(std::span<const std::uint64_t> shape) {
    if (shape.size() < 2) return {};
    std::vector<std::uint64_t> strides(shape.size(), 1);
    for (std::size_t i = 1; i < shape.size(); ++i)
        strides[i] = strides[i - 1] * std::max<std::uint64_t>(shape[i - 1], 1);
    return strides;
}

// A strict parser of the header's text: a Python dict literal with exactly the keys descr, fortran_order and
// shape.
class HeaderParser {
  public:
    explicit HeaderParser(std::string_view text) : text_(text) {}

    NpyHeader parse() {
        NpyHeader header;
        bool descr = false, order = false, shape = false, fortranOrder = false;
        expect('{');
        while (!accept('}')) {
            const std::string_view key = string();
            expect(':');
            if (key == "descr" && !std::exchange(descr, true)) {
                parseDescr(header);
            } else if (key == "fortran_order" && !std::exchange(order, true)) {
                fortranOrder = boolean();
            } else if (key == "shape" && !std::exchange(shape, true)) {
                parseShape(header);
            } else {
                refuse(fmt::format("the header's key '{}' is unknown or there twice", excerpt(key)));
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skipSpace();
        if (position_ != text_.size())
            refuse(fmt::format("the header goes on after its '}}', at {}", here()));
        if (!descr || !order || !shape)
            refuse("the header needs the keys 'descr', 'fortran_order' and 'shape'");
        header.elementCount = countElements(header);
        if (fortranOrder) header.strides = fortranStrides(header.shape);
        return header;
    }

  private:
    void parseDescr(NpyHeader& header) {
        skipSpace();
        if (peek() == '[') refuse(fmt::format("structured dtypes are not supported; {}", kSupported));
        const std::string_view descr = string();
        const bool hasOrder =
            !descr.empty() && std::string_view("<>=|").find(descr[0]) != std::string_view::npos;
        const auto type = std::ranges::find(kTypes, descr.substr(hasOrder ? 1 : 0), &NpyType::name);
        if (type == std::end(kTypes))
            refuse(fmt::format("dtype '{}' is not supported; {}", excerpt(descr), kSupported));
        header.dtype = type->dtype;
        header.byteSwapped = hasOrder && (descr[0] == '<' || descr[0] == '>') && descr[0] != kNativeOrder;
    }

    // "()", "(3,)", "(3, 4)"; "(3)" is a number in Python.
    void parseShape(NpyHeader& header) {
        expect('(');
        bool comma = true;
        while (!accept(')')) {
            if (!comma) refuse(fmt::format("the header's shape needs ',' or ')' at {}", here()));
            header.shape.push_back(extent());
            if (header.shape.size() > kMaxRank) refuse(fmt::format("the rank is over {}", kMaxRank));
            comma = accept(',');
        }
        if (header.shape.size() == 1 && !comma) refuse("the header's shape is a number, not a tuple");
    }

    std::uint64_t extent() {
        skipSpace();
        if (peek() == '-') refuse("the header's shape has a negative extent");
        if (!isDigit(peek())) refuse(fmt::format("the header's shape needs a number at {}", here()));
        std::uint64_t value = 0;
        for (; isDigit(peek()); ++position_) {
            const std::uint64_t digit = static_cast<std::uint64_t>(peek() - '0');
            if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
                refuse("the header's shape has an extent over 2^64-1");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    bool boolean() {
        skipSpace();
        for (const bool value : {false, true}) {
            const std::string_view word = value ? "True" : "False";
            if (text_.substr(position_).starts_with(word)) {
                position_ += word.size();
                return value;
            }
        }
        refuse(fmt::format("the header's fortran_order must be True or False, at {}", here()));
    }

    // Nothing in a valid header is escaped.
    std::string_view string() {
        skipSpace();
        const char quote = peek();
        if (quote != '\'' && quote != '"') refuse(fmt::format("the header needs a string at {}", here()));
        const std::size_t begin = ++position_;
        const std::size_t end = text_.find(quote, begin);
        if (end == std::string_view::npos) refuse("the header has a string without an end");
        position_ = end + 1;
        return text_.substr(begin, end - begin);
    }

    bool accept(char character) {
        skipSpace();
        if (peek() != character) return false;
        ++position_;
        return true;
    }

    void expect(char character) {
        if (!accept(character)) refuse(fmt::format("the header needs '{}' at {}", character, here()));
    }

    void skipSpace() {
        while (position_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[position_]) != std::string_view::npos) {
            ++position_;
        }
    }

    char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
    std::string here() const { return fmt::format("byte {} of {}", position_, text_.size()); }

    static bool isDigit(char character) { return character >= '0' && character <= '9'; }
    static std::string_view excerpt(std::string_view text) { return text.substr(0, 40); }

    std::string_view text_;
    std::size_t position_ = 0;
};

std::uint64_t littleEndian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

std::uint64_t dataSize(const NpyHeader& header) {
    return header.elementCount * harness::entryOf(header.dtype).size;
}

void swapBytes(std::span<std::byte> elements, std::size_t elementSize) {
    for (std::size_t i = 0; i < elements.size(); i += elementSize)
        std::ranges::reverse(elements.subspan(i, elementSize));
}

}  // namespace

NpyHeader parseNpyHeader(std::string_view head, std::uint64_t fileSize) {
    if (!head.starts_with(kMagic)) refuse("is not a .npy file: it does not start with \\x93NUMPY");
    if (head.size() < 10) refuse(fmt::format("is truncated: {} bytes hold no .npy header", head.size()));
    const int major = static_cast<unsigned char>(head[6]), minor = static_cast<unsigned char>(head[7]);
    if (major < 1 || major > 3 || minor != 0) {
        refuse(fmt::format(".npy version {}.{} is not supported; 1.0, 2.0 and 3.0 are", major, minor));
    }
    const std::size_t start = major == 1 ? 10 : 12;
    const std::uint64_t length = littleEndian(head.substr(8, start - 8));
    if (head.size() < start || length > fileSize - start) {
        refuse(fmt::format("is truncated: the header takes {} bytes, the file has {}", start + length,
                           fileSize));
    }
    if (length > head.size() - start) {
        refuse(fmt::format("the header takes {} bytes, over the limit of {}", length, kNpyHeadSize - 12));
    }

    NpyHeader header = HeaderParser(head.substr(start, static_cast<std::size_t>(length))).parse();
    header.dataOffset = start + static_cast<std::size_t>(length);
    const std::uint64_t wanted = dataSize(header);
    const std::uint64_t found = fileSize - header.dataOffset;
    if (found != wanted) {
        refuse(fmt::format("{}: shape {} takes {} bytes after the header, the file has {}",
                           found < wanted ? "is truncated" : "has bytes left over", tuple(header.shape),
                           wanted, found));
    }
    return header;
}

NpyReader::NpyReader(const std::string& path) : path_(path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        const char* kind = std::filesystem::is_directory(status) ? "a folder" : "not a regular file";
        refuse(fmt::format("{}: is {}; a .npy file is needed", path, kind));
    }
    file_.reset(std::fopen(path.c_str(), "rb"));
    if (!file_) refuse(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    const std::uint64_t fileSize = std::filesystem::file_size(path, error);
    if (error) refuse(fmt::format("{}: cannot be read: {}", path, error.message()));

    std::string head(kNpyHeadSize, '\0');
    head.resize(std::fread(head.data(), 1, head.size(), file_.get()));
    if (std::ferror(file_.get())) refuse(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    try {
        header_ = parseNpyHeader(head, fileSize);
    } catch (const Failure& failure) {
        refuse(fmt::format("{}: {}", path, failure.what()));
    }
}

std::vector<std::byte> NpyReader::read(Progress& progress) try {
    progress.begin("reading", dataSize(header_));
    std::vector<std::byte> elements(dataSize(header_));
    std::fseek(file_.get(), static_cast<long>(header_.dataOffset), SEEK_SET);
    for (std::size_t offset = 0; offset < elements.size();) {
        const std::size_t size = std::min(kPieceSize, elements.size() - offset);
        if (std::fread(&elements[offset], 1, size, file_.get()) != size) {
            refuse(
                fmt::format("{}: cannot be read: {}", path_,
                            std::ferror(file_.get()) ? std::strerror(errno) : "it became shorter meanwhile"));
        }
        offset += size;
        progress.advance(size);
    }
    file_.reset();
    if (header_.byteSwapped) swapBytes(elements, harness::entryOf(header_.dtype).size);
    return elements;
} catch (const std::bad_alloc&) {
    refuse(fmt::format("{}: {} bytes do not fit into this machine's memory", path_, dataSize(header_)));
}

std::vector<std::byte> rowMajor(const NpyHeader& header, std::vector<std::byte> elements) {
    if (header.strides.empty()) return elements;
    const std::size_t elementSize = harness::entryOf(header.dtype).size;
    std::vector<std::uint64_t> index(header.shape.size(), 0);
    std::vector<std::byte> result(elements.size());
    std::uint64_t source = 0;
    for (std::size_t target = 0; target < result.size(); target += elementSize) {
        std::memcpy(&result[target], &elements[source * elementSize], elementSize);
        for (std::size_t i = header.shape.size(); i-- > 0;) {
            source += header.strides[i];
            if (++index[i] < header.shape[i]) break;
            source -= header.strides[i] * std::exchange(index[i], 0);
        }
    }
    return result;
}

std::string npyHeaderText(Dtype dtype, std::span<const std::uint64_t> shape) {
    const auto type = std::ranges::find(kTypes, dtype == Dtype::BF16 ? Dtype::U16 : dtype, &NpyType::dtype);
    const char order = harness::entryOf(dtype).size == 1 ? '|' : kNativeOrder;
    const std::string dict = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': {}, }}", order,
                                         type->name, tuple(shape));
    // Spaces and a newline fill the last of the blocks of 64 bytes, so that a mapped array is aligned.
    const std::size_t length = (10 + dict.size() + 1 + 63) / 64 * 64 - 10;
    std::string text = fmt::format("{}{:c}{:c}", kMagic, 1, 0);
    text += static_cast<char>(length % 256);
    text += static_cast<char>(length / 256);
    return text + dict + std::string(length - dict.size() - 1, ' ') + '\n';
}

}  // namespace vkaxis::cli
