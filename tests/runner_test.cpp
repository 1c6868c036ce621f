// The runner as its users run it: files in; files, text and an exit status out. What is expected comes from
// NumPy: goldens/make_runner_goldens.py.
#include <vkaxis/device.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
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

namespace {

namespace fs = std::filesystem;

// ---- Files and processes ----

std::string readFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), path.string() << " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

void writeFile(const fs::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string golden(const std::string& name) {
    return (fs::path(VKAXIS_GOLDENS) / name).string();
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
Outcome vkaxis(const std::vector<std::string>& arguments, const std::string& before = "",
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

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

// Nothing on stdout; on stderr one line that names every culprit.
void checkRefused(const Outcome& outcome, int status, const std::vector<std::string>& culprits) {
    CHECK(outcome.status == status);
    CHECK(outcome.out == "");
    CHECK(outcome.err.starts_with("vkaxis: "));
    CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
    for (const std::string& culprit : culprits)
        CHECK_MESSAGE(outcome.err.find(culprit) != std::string::npos, outcome.err);
}

// Whether a device is there; where devices are required, none is a failure.
bool deviceReady() {
    const auto devices = vkaxis::Device::enumerate();
    std::string reason = devices ? "no Vulkan device" : devices.status.message();
    for (const vkaxis::DeviceSummary& device : devices.value) {
        if (device.usable) return true;
        reason = device.name + ": " + device.usable.message();
    }
    const char* required = std::getenv("VKAXIS_REQUIRE_DEVICES");
    if (required && std::string_view(required) == "1") {
        FAIL(reason);
    } else {
        MESSAGE("skipped: " << reason);
    }
    return false;
}

// ---- .npy files ----

std::string bytes(std::uint64_t value, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>(value >> 8 * i & 255);
    return text;
}

std::string npy(const std::string& header, const std::string& data, int major = 1, int minor = 0) {
    return "\x93NUMPY" + bytes(static_cast<unsigned>(major), 1) + bytes(static_cast<unsigned>(minor), 1) +
           bytes(header.size(), major == 1 ? 2 : 4) + header + data;
}

std::string dict(const std::string& descr, const std::string& order, const std::string& shape) {
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

const std::string kShape23 = dict("'<f4'", "False", "(2, 3)");
const std::string kData23 = asBytes<float>({1, 2, 3, 6, 5, 4});

// ---- Results ----

// The cases of one kind, each with the bytes expected of it.
struct Golden {
    std::vector<std::string> arguments;
    std::string expected;
};

std::vector<Golden> goldens(const std::string& kind, const std::string& expectedFile) {
    const std::string expected = readFile(golden(expectedFile));
    std::ifstream lines(golden("runner_cases.txt"));
    std::vector<Golden> cases;
    std::size_t offset = 0;
    for (std::string line; std::getline(lines, line);) {
        std::vector<std::string> fields = words(line);
        if (fields[0] != kind) continue;
        const std::size_t size = std::stoul(fields[1]);
        fields.erase(fields.begin(), fields.begin() + 2);
        fields.insert(fields.begin(), "run");
        fields[2] = golden(fields[2]);
        cases.push_back({fields, expected.substr(offset, size)});
        offset += size;
    }
    REQUIRE(!cases.empty());
    REQUIRE(offset == expected.size());
    return cases;
}

TEST_CASE("runner: result files are byte for byte NumPy's") {
    if (!deviceReady()) return;
    const TemporaryFolder folder;
    for (Golden& example : goldens("file", "runner_files.bin")) {
        example.arguments.insert(example.arguments.end(), {"-o", folder / "out.npy"});
        const Outcome outcome = vkaxis(example.arguments);
        CAPTURE(example.arguments);
        CHECK(outcome.status == 0);
        CHECK(outcome.out == "");
        CHECK(outcome.err == "");
        const auto written = folder.content();
        REQUIRE(written.size() == 1);
        CHECK(written.at("out.npy") == example.expected);
    }
}

TEST_CASE("runner: results are printed as NumPy prints them") {
    if (!deviceReady()) return;
    for (const Golden& example : goldens("print", "runner_printed.txt")) {
        const Outcome outcome = vkaxis(example.arguments);
        CAPTURE(example.arguments);
        CHECK(outcome.status == 0);
        CHECK(outcome.out == example.expected);
        CHECK(outcome.err == "");
    }
}

TEST_CASE("runner: a scan of floats stays within the bound of any order of summation") {
    if (!deviceReady()) return;
    const TemporaryFolder folder;
    REQUIRE(vkaxis({"run", "scan", golden("runner_normal.npy"), "-o", folder / "out.npy"}).status == 0);
    const auto input = elements<float>(readFile(golden("runner_normal.npy")));
    const auto exact = elements<double>(readFile(golden("runner_normal_exact.npy")));
    const auto output = elements<float>(readFile(folder / "out.npy"));
    REQUIRE(output.size() == exact.size());
    double magnitude = 0;
    for (std::size_t i = 0; i < output.size(); ++i) {
        magnitude += std::abs(input[i]);
        const double additions = static_cast<double>(i) * std::ldexp(1, -24);
        CHECK(std::abs(output[i] - exact[i]) <= additions / (1 - additions) * magnitude);
    }
}

TEST_CASE("runner: every spelling of a supported header is understood") {
    if (!deviceReady()) return;
    const TemporaryFolder folder;
    const std::string expected = "[2 0]\n";
    const auto check = [&](const std::string& file) {
        writeFile(folder / "in.npy", file);
        const Outcome outcome = vkaxis({"run", "argmax", "--axis", "1", folder / "in.npy"});
        CHECK(outcome.out == expected);
        CHECK(outcome.err == "");
        CHECK(outcome.status == 0);
    };
    for (const int major : {1, 2, 3}) check(npy(kShape23, kData23, major));
    for (const char* descr : {"'=f4'", "'|f4'", "'f4'", "\"<f4\""})
        check(npy(dict(descr, "False", "(2, 3,)"), kData23));
    for (const char* type : {"'<i4'", "'|u4'"}) {
        check(npy(dict(type, "False", "(2, 3)"), asBytes<std::int32_t>({1, 2, 3, 6, 5, 4})));
    }
    check(npy("\n {\"shape\" :(2,3)\t,'fortran_order':False ,'descr':'<f4'}  \n", kData23));
    check(npy(dict("'<f4'", "True", "(2, 3)"), asBytes<float>({1, 6, 2, 5, 3, 4})));
    check(npy(dict("'>f4'", "False", "(2, 3)"),
              std::string("?\x80\0\0@\0\0\0@@\0\0@\xc0\0\0@\xa0\0\0@\x80\0\0", 24)));
}

// ---- Output files ----

TEST_CASE("runner: an output file appears whole or not at all") {
    if (!deviceReady()) return;
    const TemporaryFolder folder;
    const std::string input = npy(kShape23, kData23);
    writeFile(folder / "in.npy", input);

    SUBCASE("an existing file is replaced and keeps its permissions") {
        writeFile(folder / "out.npy", "old");
        fs::permissions(folder / "out.npy", fs::perms::owner_read | fs::perms::owner_write);
        CHECK(vkaxis({"run", "scan", folder / "in.npy", "-o", folder / "out.npy"}).status == 0);
        CHECK(elements<float>(readFile(folder / "out.npy")) == std::vector<float>{1, 3, 6, 12, 17, 21});
#ifndef _WIN32
        CHECK(fs::status(folder / "out.npy").permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write));
#endif
    }
    SUBCASE("the input itself is replaced") {
        CHECK(vkaxis({"run", "scan", folder / "in.npy", "-o", folder / "in.npy"}).status == 0);
        CHECK(elements<float>(readFile(folder / "in.npy")) == std::vector<float>{1, 3, 6, 12, 17, 21});
        CHECK(folder.content().size() == 1);
    }
    SUBCASE("a refused axis changes nothing") {
        writeFile(folder / "out.npy", "old");
        const auto before = folder.content();
        checkRefused(vkaxis({"run", "scan", "--axis", "2", folder / "in.npy", "-o", folder / "out.npy"}), 2,
                     {"in.npy", "axis 2"});
        CHECK(folder.content() == before);
    }
#ifndef _WIN32
    SUBCASE("a link is followed") {
        writeFile(folder / "target.npy", "old");
        fs::create_symlink("target.npy", folder / "link.npy");
        CHECK(vkaxis({"run", "scan", folder / "in.npy", "-o", folder / "link.npy"}).status == 0);
        CHECK(fs::is_symlink(folder / "link.npy"));
        CHECK(elements<float>(readFile(folder / "target.npy")).size() == 6);
    }
    SUBCASE("relative paths, in the working directory") {
        CHECK(vkaxis({"run", "scan", "in.npy", "-o", "out.npy"}, "cd '" + (folder / "") + "' &&").status ==
              0);
        CHECK(elements<float>(readFile(folder / "out.npy")).size() == 6);
    }
    SUBCASE("a disk that fills up changes nothing") {
        // Far more than a driver that keeps compiled code in memory files writes there.
        const std::size_t count = std::size_t{1} << 21;
        writeFile(folder / "in.npy", npy(dict("'<i4'", "False", "(2097152,)"), std::string(4 * count, 0)));
        writeFile(folder / "out.npy", "old");
        const auto before = folder.content();
        checkRefused(vkaxis({"run", "scan", folder / "in.npy", "-o", folder / "out.npy"},
                            "trap '' XFSZ; ulimit -f 2048;"),
                     2, {"out.npy", "too large"});
        CHECK(folder.content() == before);
    }
#endif
}

TEST_CASE("runner: an output that cannot be written is refused before anything is computed") {
    const TemporaryFolder folder;
    writeFile(folder / "in.npy", npy(kShape23, kData23));
    fs::create_directory(folder / "folder");
    const auto before = folder.content();
    const auto check = [&](const std::string& output, const std::string& culprit) {
        checkRefused(vkaxis({"run", "scan", folder / "in.npy", "-o", output}), 2, {culprit});
        CHECK(folder.content() == before);
    };
    check("", "path is empty");
    check(folder / "folder", "folder: cannot be written: it is a folder");
    check((folder / "folder") + "/", "it is a folder");
    check((folder / "missing") + "/out.npy", "there is no folder");
    check((folder / "in.npy") + "/out.npy", "there is no folder");
    check(folder / std::string(300, 'x'), "name too long");
#ifndef _WIN32
    check("/dev/null", "/dev/null: cannot be written: it is not a regular file");
#endif
}

// ---- Bad input ----

TEST_CASE("runner: a bad .npy file is refused by name and nothing is written") {
    const TemporaryFolder folder;
    const std::string name = folder / "bad.npy";
    writeFile(folder / "out.npy", "old");
    const auto check = [&](const std::string& file, const std::string& culprit) {
        writeFile(name, file);
        const auto before = folder.content();
        checkRefused(vkaxis({"run", "scan", name, "-o", folder / "out.npy"}), 2, {name + ": ", culprit});
        CHECK(folder.content() == before);
    };
    const auto checkDescr = [&](const std::string& descr, const std::string& culprit) {
        check(npy(dict(descr, "False", "(2, 3)"), kData23), culprit);
    };
    const auto checkShape = [&](const std::string& shape, const std::string& culprit) {
        check(npy(dict("'<f4'", "False", shape), kData23), culprit);
    };
    const std::string good = npy(kShape23, kData23);

    SUBCASE("no .npy file, or a part of one") {
        check("", "not a .npy file");
        check("PK\x03\x04", "not a .npy file");
        check("\x93NUMPY", "truncated");
        check("\x93NUMPY\x01\x01" + good.substr(8), "version 1.1");
        check("\x93NUMPY\x04" + good.substr(7), "version 4.0");
        check(good.substr(0, 9), "truncated");
        check(npy(kShape23, kData23, 2).substr(0, 11), "truncated");
        check(good.substr(0, 40), "truncated");
        check(good.substr(0, good.size() - 24), "truncated");
        check(good.substr(0, good.size() - 1), "truncated");
        check(good + '\0', "bytes left over");
        check(good + good, "bytes left over");
        check("\x93NUMPY\x02" + std::string(1, '\0') + "\xff\xff\xff\xff" + kShape23, "truncated");
        check(npy(kShape23 + std::string(70000, ' '), kData23, 2), "over the limit");
    }
    SUBCASE("dtypes") {
        for (const char* descr : {"'<f8'", "'<f2'", "'<i8'", "'<u8'", "'<i2'", "'|u1'", "'|b1'", "'<c8'",
                                  "'|S4'", "'<U1'", "'|O'", "'<M8[s]'", "'>f8'", "'float32'", "'<'", "''"}) {
            const std::string_view quoted(descr);
            checkDescr(descr, "dtype " + std::string(quoted) + " is not supported");
        }
        checkDescr("[('a', '<f4')]", "structured dtypes are not supported");
        checkDescr("('<f4', (3,))", "needs a string");
        checkDescr("4", "needs a string");
        checkDescr("'<f4", "dtype '<f4, ' is not supported");
    }
    SUBCASE("shapes") {
        checkShape("(-2, 3)", "negative");
        checkShape("(2, -3)", "negative");
        checkShape("(2, 4)", "truncated: shape (2, 4) takes 32 bytes");
        checkShape("(2, 2)", "bytes left over: shape (2, 2) takes 16 bytes");
        checkShape("()", "bytes left over");
        checkShape("(0, 3)", "bytes left over");
        checkShape("(1000000000000000,)", "truncated");
        checkShape("(4294967296, 4294967296)", "overflows");
        checkShape("(4294967296, 4294967296, 0)", "overflows");
        checkShape("(18446744073709551615,)", "overflows");
        checkShape("(18446744073709551622,)", "over 2^64-1");
        checkShape("(1, 1, 1, 1, 1, 1, 1, 2, 3)", "rank is over 8");
        checkShape("(6)", "not a tuple");
        checkShape("6", "'('");
        checkShape("[2, 3]", "'('");
        checkShape("(2 3)", "',' or ')'");
        checkShape("(2, 3", "header");
        checkShape("(2.0, 3)", "',' or ')'");
        checkShape("(True, 3)", "number");
        checkShape("(2,, 3)", "number");
        checkShape("(,)", "number");
    }
    SUBCASE("header text") {
        const std::string shape = "'shape': (2, 3)", descr = "'descr': '<f4'",
                          order = "'fortran_order': False";
        check(npy("", kData23), "'{'");
        check(npy("{'descr", kData23), "without an end");
        check(npy("{}", kData23), "needs the keys");
        check(npy("{" + descr + ", " + shape + "}", kData23), "needs the keys");
        check(npy("{" + descr + ", " + order + ", " + shape + ", " + shape + "}", kData23), "'shape'");
        check(npy("{" + descr + ", " + order + ", " + shape + ", 'extra': 1}", kData23), "'extra'");
        check(npy("{" + descr + " " + order + ", " + shape + "}", kData23), "'}'");
        check(npy("{" + descr + ", " + order + ", " + shape, kData23), "'}'");
        check(npy(kShape23 + "x", kData23), "goes on");
        check(npy(std::string("{'a\nb\x1b': 1}"), kData23), "'a?b?'");
        check(npy(dict("'<f4'", "0", "(2, 3)"), kData23), "True or False");
        check(npy(dict("__import__('os')", "False", "(2, 3)"), kData23), "needs a string");
    }
}

TEST_CASE("runner: an input that is no file is refused by name") {
    const TemporaryFolder folder;
    const auto check = [&](const std::string& input, const std::string& culprit) {
        checkRefused(vkaxis({"run", "argmax", input, "-o", folder / "out.npy"}), 2, {input + ": ", culprit});
        CHECK(!fs::exists(folder / "out.npy"));
    };
    check(folder / "missing.npy", "cannot be read: No such file");
    check(folder / "", "is a folder");
#ifndef _WIN32
    check("/dev/null", "not a regular file");
    writeFile(folder / "locked.npy", npy(kShape23, kData23));
    fs::permissions(folder / "locked.npy", fs::perms::none);
    if (std::ifstream(folder / "locked.npy").good()) {
        MESSAGE("skipped: a file without permissions is readable here, as root sees it");
    } else {
        check(folder / "locked.npy", "cannot be read: Permission denied");
    }
#endif
}

TEST_CASE("runner: bad arguments are refused, and the help is named") {
    const std::string input = golden("runner_f32_r2.npy");
    const std::vector<std::pair<std::vector<std::string>, std::string>> examples = {
        {{}, "no subcommand"},
        {{"frobnicate"}, "frobnicate"},
        {{"--frobnicate"}, "--frobnicate"},
        {{"run"}, "argmax"},
        {{"run", "median", input}, "median"},
        {{"run", "argmax"}, "IN.npy"},
        {{"run", "argmax", input, input}, input},
        {{"run", "argmax", input, "--frobnicate"}, "--frobnicate"},
        {{"run", "argmax", input, "-o"}, "--output"},
        {{"run", "argmax", input, "--axis"}, "--axis"},
        {{"run", "argmax", input, "--axis", "one"}, "--axis = one"},
        {{"run", "argmax", input, "--axis", "0.5"}, "--axis = 0.5"},
        {{"run", "argmax", input, "--axis", "4294967296"}, "--axis = 4294967296"},
        {{"run", "argmax", input, "--axis", "0", "--axis", "1"}, "--axis"},
        {{"run", "argmax", input, "--index", "f32"}, "f32 not in {u32,i64}"},
        {{"run", "argmax", input, "--exclusive"}, "--exclusive"},
        {{"run", "scan", input, "--keepdims"}, "--keepdims"},
        {{"run", "scan", input, "--index", "u32"}, "--index"},
        {{"run", "scan", input, "--exclusive", "--include-initial"}, "--include-initial"},
        {{"devices", "all"}, "all"},
        {{"devices", "--device"}, "--device"},
    };
    for (const auto& [arguments, culprit] : examples) {
        CAPTURE(arguments);
        checkRefused(vkaxis(arguments), 2, {culprit, "--help"});
    }
}

TEST_CASE("runner: a problem that cannot be planned is bad input") {
    if (!deviceReady()) return;
    const auto check = [](const std::string& name, const std::vector<std::string>& options,
                          const std::string& culprit) {
        std::vector<std::string> arguments = {"run", options[0], golden(name)};
        arguments.insert(arguments.end(), options.begin() + 1, options.end());
        CAPTURE(arguments);
        checkRefused(vkaxis(arguments), 2, {name, culprit});
    };
    check("runner_f32_r2.npy", {"argmax", "--axis", "2"}, "axis 2");
    check("runner_f32_r2.npy", {"argmin", "--axis", "-3", "--keepdims"}, "axis -3");
    check("runner_f32_r2.npy", {"scan", "--axis", "2147483647"}, "axis 2147483647");
    check("runner_f32_r2.npy", {"scan", "--axis", "-2147483648"}, "axis -2147483648");
    check("runner_f32_r0.npy", {"scan", "--axis", "1"}, "axis 1");
    check("runner_f32_r0.npy", {"argmax", "--axis", "-2"}, "axis -2");
    check("runner_no_rows.npy", {"argmax", "--axis", "0"}, "extent 0");
    check("runner_no_rows.npy", {"argmin"}, "extent 0");
}

// ---- The rest ----

TEST_CASE("runner: help and version") {
    for (const std::string command :
         {"", "devices", "run", "run argmax", "run argmin", "run scan", "validate"}) {
        std::vector<std::string> arguments = words(command);
        arguments.push_back("--help");
        const Outcome outcome = vkaxis(arguments);
        CAPTURE(command);
        CHECK(outcome.status == 0);
        CHECK(outcome.out.find("Usage: vkaxis " + command) != std::string::npos);
        CHECK(outcome.err == "");
    }
    const Outcome version = vkaxis({"--version"});
    CHECK(version.status == 0);
    CHECK(words(version.out).at(1).find('.') != std::string::npos);
}

TEST_CASE("runner: devices are listed and selected") {
    if (!deviceReady()) return;
    const std::string input = golden("runner_f32_r2.npy");
    const Outcome all = vkaxis({"devices"});
    CHECK(all.status == 0);
    CHECK(all.err == "");
    const auto devices = vkaxis::Device::enumerate();
    for (const vkaxis::DeviceSummary& device : devices.value) {
        CHECK(all.out.find(std::to_string(device.index) + ": " + device.name + "\n") != std::string::npos);
        CHECK(all.out.find("  driver       " + device.driver + "\n") != std::string::npos);
        if (!device.usable) continue;

        const Outcome one = vkaxis({"devices", "--device", std::to_string(device.index)});
        CHECK(one.status == 0);
        CHECK(one.out.starts_with(std::to_string(device.index) + ": " + device.name + "\n"));
        CHECK(one.out.find("  vkaxis       runs\n") != std::string::npos);
        CHECK(all.out.find(one.out) != std::string::npos);
        CHECK(vkaxis({"run", "argmax", input, "--device", device.name.substr(0, 6)}).status == 0);
        checkRefused(vkaxis({"run", "argmax", input, "--device", "frobnicator"}), 3,
                     {"frobnicator", device.name});
        checkRefused(vkaxis({"devices", "--device", "1000"}), 3, {"1000", device.name});
    }
}

TEST_CASE("runner: without a driver it says what to install") {
    const std::string noDriver = "VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent";
    checkRefused(vkaxis({"devices"}, noDriver), 3, {"install"});
    checkRefused(vkaxis({"run", "argmax", golden("runner_f32_r2.npy")}, noDriver), 3, {"install"});
}

TEST_CASE("runner: the time goes to stderr") {
    if (!deviceReady()) return;
    const Outcome outcome = vkaxis({"run", "argmax", golden("runner_i32_r2.npy"), "--time"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "11\n");
    CHECK(outcome.err.starts_with("GPU time "));
    CHECK(outcome.err.find(" GB/s\n") != std::string::npos);
}

#ifdef __linux__
TEST_CASE("runner: an output that takes nothing is an error") {
    if (!deviceReady()) return;
    checkRefused(vkaxis({"run", "argmax", golden("runner_f32_r2.npy")}, "", "/dev/full"), 2, {"stdout"});
    checkRefused(vkaxis({"devices"}, "", "/dev/full"), 2, {"stdout"});
}
#endif

}  // namespace
