// The runner as its users run it: files in; files, text and an exit status out. What is expected comes from
// NumPy: goldens/make_runner_goldens.py.
#include "runner.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace runner;

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

// ---- Goldens ----

// Takes the files one after the other out of a golden that holds them all.
class Golden {
  public:
    explicit Golden(const std::string& name) : content_(readFile(fs::path(VKAXIS_GOLDENS) / name)) {}
    ~Golden() { CHECK(offset_ == content_.size()); }
    Golden(const Golden&) = delete;
    Golden& operator=(const Golden&) = delete;

    std::string take(const std::string& size) {
        const std::size_t count = std::stoul(size);
        REQUIRE(count <= content_.size() - offset_);
        offset_ += count;
        return content_.substr(offset_ - count, count);
    }

  private:
    std::string content_;
    std::size_t offset_ = 0;
};

// The words of the lines of one kind, without the kind.
std::vector<std::vector<std::string>> goldenLines(const std::string& kind) {
    std::istringstream text(readFile(fs::path(VKAXIS_GOLDENS) / "runner_cases.txt"));
    std::vector<std::vector<std::string>> lines;
    for (std::string line; std::getline(text, line);) {
        std::vector<std::string> fields = words(line);
        if (fields[0] == kind) lines.emplace_back(fields.begin() + 1, fields.end());
    }
    REQUIRE(!lines.empty());
    return lines;
}

// The path of an input by its name.
std::string input(const std::string& name) {
    static const TemporaryFolder folder;
    static const bool isFilled = [] {
        Golden files("runner_inputs.bin");
        for (const auto& line : goldenLines("input"))
            writeFile(folder / (line[1] + ".npy"), files.take(line[0]));
        return true;
    }();
    REQUIRE(isFilled);
    return folder / (name + ".npy");
}

// Whether the device that the runner chooses has a feature, or none is needed: "-".
bool deviceHas(const std::string& feature) {
    static const vkaxis::DeviceSummary device = vkaxis::Device::create()->summary();
    const std::map<std::string, bool> features{{"-", true},
                                               {"storageBuffer8BitAccess", device.storage8},
                                               {"storageBuffer16BitAccess", device.storage16},
                                               {"shaderFloat64", device.float64}};
    return features.at(feature);
}

std::string joined(const std::vector<std::string>& line) {
    std::string text;
    for (const std::string& word : line) text += (text.empty() ? "" : " ") + word;
    return text;
}

// Runs a case: FEATURE OPERATION INPUT OPTIONS... False where the device lacks the feature, which the runner
// says.
bool runCase(const std::vector<std::string>& line, const std::vector<std::string>& more, Outcome& outcome) {
    std::vector<std::string> arguments{"run", line[1], input(line[2])};
    arguments.insert(arguments.end(), line.begin() + 3, line.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    outcome = invoke(arguments);
    CAPTURE(joined(arguments));
    if (!deviceHas(line[0])) {
        checkRefused(outcome, 3, {input(line[2]), line[0]});
        return false;
    }
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    return true;
}

TEST_CASE("runner: result files are byte for byte NumPy's") {
    if (!deviceReady()) return;
    Golden files("runner_files.bin");
    for (std::vector<std::string> line : goldenLines("file")) {
        // Options at the end name the outputs, with sizes.
        const auto isOutput = [](const std::string& word) {
            return word == "-o" || word == "--max-output" || word == "--values" || word == "--max-values" ||
                   word == "--total";
        };
        const auto first = std::ranges::find_if(line, isOutput);
        const TemporaryFolder folder;
        std::map<std::string, std::string> expected;
        std::vector<std::string> outputs;
        for (auto option = first; option != line.end(); option += 2) {
            const std::string name = std::to_string(expected.size()) + ".npy";
            expected[name] = files.take(option[1]);
            outputs.insert(outputs.end(), {*option, folder / name});
        }
        line.erase(first, line.end());

        CAPTURE(joined(line));
        Outcome outcome;
        if (!runCase(line, outputs, outcome)) {
            CHECK(folder.content().empty());
            continue;
        }
        CHECK(outcome.out == "");
        const auto written = folder.content();
        CHECK(written.size() == expected.size());
        for (const auto& file : expected) {
            CAPTURE(file.first);
            CHECK((written.contains(file.first) && written.at(file.first) == file.second));
        }
    }
}

TEST_CASE("runner: results are printed as NumPy prints them") {
    if (!deviceReady()) return;
    Golden texts("runner_printed.txt");
    for (std::vector<std::string> line : goldenLines("print")) {
        const std::string expected = texts.take(line[1]);
        line.erase(line.begin() + 1);
        CAPTURE(joined(line));
        Outcome outcome;
        if (runCase(line, {}, outcome)) CHECK(outcome.out == expected);
    }
}

TEST_CASE("runner: a scan of floats stays within the bound of any order of summation") {
    if (!deviceReady()) return;
    const TemporaryFolder folder;
    REQUIRE(invoke({"run", "scan", input("normal"), "-o", folder / "out.npy"}).status == 0);
    const auto terms = elements<float>(readFile(input("normal")));
    const auto exact = elements<double>(readFile(input("normal_exact")));
    const auto output = elements<float>(readFile(folder / "out.npy"));
    REQUIRE(output.size() == exact.size());
    double magnitude = 0;
    for (std::size_t i = 0; i < output.size(); ++i) {
        magnitude += std::abs(terms[i]);
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
        const Outcome outcome = invoke({"run", "argmax", "--axis", "1", folder / "in.npy"});
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
        CHECK(invoke({"run", "scan", folder / "in.npy", "-o", folder / "out.npy"}).status == 0);
        CHECK(elements<float>(readFile(folder / "out.npy")) == std::vector<float>{1, 3, 6, 12, 17, 21});
#ifndef _WIN32
        CHECK(fs::status(folder / "out.npy").permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write));
#endif
    }
    SUBCASE("the input itself is replaced") {
        CHECK(invoke({"run", "scan", folder / "in.npy", "-o", folder / "in.npy"}).status == 0);
        CHECK(elements<float>(readFile(folder / "in.npy")) == std::vector<float>{1, 3, 6, 12, 17, 21});
        CHECK(folder.content().size() == 1);
    }
    SUBCASE("a refused axis changes nothing") {
        writeFile(folder / "out.npy", "old");
        const auto before = folder.content();
        checkRefused(invoke({"run", "scan", "--axis", "2", folder / "in.npy", "-o", folder / "out.npy"}), 2,
                     {"in.npy", "axis 2"});
        CHECK(folder.content() == before);
    }
    SUBCASE("of several none appears where one cannot") {
        writeFile(folder / "out.npy", "old");
        const auto before = folder.content();
        checkRefused(invoke({"run", "argmax", folder / "in.npy", "-o", folder / "out.npy", "--values",
                             (folder / "missing") + "/values.npy"}),
                     2, {"values.npy", "there is no folder"});
        CHECK(folder.content() == before);
    }
#ifndef _WIN32
    SUBCASE("a link is followed") {
        writeFile(folder / "target.npy", "old");
        fs::create_symlink("target.npy", folder / "link.npy");
        CHECK(invoke({"run", "scan", folder / "in.npy", "-o", folder / "link.npy"}).status == 0);
        CHECK(fs::is_symlink(folder / "link.npy"));
        CHECK(elements<float>(readFile(folder / "target.npy")).size() == 6);
    }
    SUBCASE("relative paths, in the working directory") {
        CHECK(invoke({"run", "scan", "in.npy", "-o", "out.npy"}, "cd '" + (folder / "") + "' &&").status ==
              0);
        CHECK(elements<float>(readFile(folder / "out.npy")).size() == 6);
    }
    SUBCASE("a disk that fills up changes nothing") {
        // Far more than a driver that keeps compiled code in memory files writes there.
        const std::size_t count = std::size_t{1} << 21;
        writeFile(folder / "in.npy", npy(dict("'<i4'", "False", "(2097152,)"), std::string(4 * count, 0)));
        writeFile(folder / "out.npy", "old");
        const auto before = folder.content();
        checkRefused(invoke({"run", "scan", folder / "in.npy", "-o", folder / "out.npy"},
                            "trap '' XFSZ; ulimit -f 2048;"),
                     2, {"out.npy", "too large"});
        CHECK(folder.content() == before);
    }
    SUBCASE("of several none appears if the last one does not fit") {
        // The indices take 0.9 MB, the values 1.8 MB.
        const std::size_t count = 230000;
        writeFile(folder / "in.npy", npy(dict("'<i8'", "False", "(1, 230000)"), std::string(8 * count, 0)));
        const auto before = folder.content();
        checkRefused(invoke({"run", "argmax", "--axis", "0", "--index", "u32", folder / "in.npy", "-o",
                             folder / "out.npy", "--values", folder / "values.npy"},
                            "trap '' XFSZ; ulimit -f 2048;"),
                     2, {"values.npy", "too large"});
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
        checkRefused(invoke({"run", "scan", folder / "in.npy", "-o", output}), 2, {culprit});
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

TEST_CASE("runner: two outputs in the same file are refused") {
    const TemporaryFolder folder;
    writeFile(folder / "in.npy", npy(kShape23, kData23));
    fs::create_directory(folder / "folder");
    const auto before = folder.content();
    const auto check = [&](const std::vector<std::string>& options, const std::string& other) {
        std::vector<std::string> arguments{"run", options[0], folder / "in.npy"};
        arguments.insert(arguments.end(), options.begin() + 1, options.end());
        arguments.push_back(other);
        checkRefused(
            invoke(arguments), 2,
            {other + ": cannot be written: it is the same file as the output " + (folder / "out.npy")});
        CHECK(folder.content() == before);
    };
    check({"argmax", "-o", folder / "out.npy", "--values"}, folder / "out.npy");
    check({"argmin", "-o", folder / "out.npy", "--values"}, folder / "./out.npy");
    check({"argminmax", "-o", folder / "out.npy", "--max-output"}, folder / "folder/../out.npy");
    check({"argminmax", "--values", folder / "out.npy", "--max-values"}, folder / "out.npy");
    check({"scan", "-o", folder / "out.npy", "--total"}, folder / "out.npy");
}

// ---- Bad input ----

TEST_CASE("runner: bad arguments are refused, and the help is named") {
    const std::string matrix = input("f32_r2");
    const std::vector<std::pair<std::vector<std::string>, std::string>> examples = {
        {{}, "no subcommand"},
        {{"frobnicate"}, "frobnicate"},
        {{"--frobnicate"}, "--frobnicate"},
        {{"run"}, "argmax"},
        {{"run", "median", matrix}, "median"},
        {{"run", "argmax"}, "IN.npy"},
        {{"run", "argmax", matrix, matrix}, matrix},
        {{"run", "argmax", matrix, "--frobnicate"}, "--frobnicate"},
        {{"run", "argmax", matrix, "-o"}, "--output"},
        {{"run", "argmax", matrix, "--axis"}, "--axis"},
        {{"run", "argmax", matrix, "--axis", "one"}, "--axis = one"},
        {{"run", "argmax", matrix, "--axis", "0.5"}, "--axis = 0.5"},
        {{"run", "argmax", matrix, "--axis", "4294967296"}, "--axis = 4294967296"},
        {{"run", "argmax", matrix, "--axis", "0", "--axis", "1"}, "--axis"},
        {{"run", "argmax", matrix, "--index", "f32"}, "f32 not in {u32,i64}"},
        {{"run", "argmax", matrix, "--exclusive"}, "--exclusive"},
        {{"run", "argmax", matrix, "--tie", "middle"}, "middle not in {first,last}"},
        {{"run", "argmax", matrix, "--nan", "skip"}, "skip not in {propagate,ignore}"},
        {{"run", "argmax", matrix, "--max-output", "b.npy"}, "--max-output"},
        {{"run", "argmax", matrix, "--op", "max"}, "--op"},
        {{"run", "argmax", matrix, "--total", "b.npy"}, "--total"},
        {{"run", "argminmax", matrix, "-o", "a.npy"}, "--output requires --max-output"},
        {{"run", "argminmax", matrix, "--max-output", "b.npy"}, "--max-output requires --output"},
        {{"run", "scan", matrix, "--keepdims"}, "--keepdims requires --total"},
        {{"run", "scan", matrix, "--op", "median"}, "median not in {sum,prod,max,min}"},
        {{"run", "scan", matrix, "--out-dtype", "f8"}, "f8 not in {default,f16,bf16"},
        {{"run", "scan", matrix, "--values", "b.npy"}, "--values"},
        {{"run", "scan", matrix, "--init"}, "--init"},
        {{"run", "scan", matrix, "--index", "u32"}, "--index"},
        {{"run", "scan", matrix, "--exclusive", "--include-initial"}, "--include-initial"},
        {{"run", "argmax", matrix, "--axis", ""}, "--axis: a number is needed"},
        {{"validate", "--seed", "-1"}, "-1 is not a whole number"},
        {{"validate", "--seed", "18446744073709551616"}, "18446744073709551616 is not a whole number"},
        {{"bench", "--max-bytes", "-1"}, "-1 is not a whole number"},
        {{"bench", "--sweep", "0"}, "0 not in range 1 to 10000"},
        {{"devices", "all"}, "all"},
        {{"devices", "--device"}, "--device"},
    };
    for (const auto& example : examples) {
        CAPTURE(joined(example.first));
        checkRefused(invoke(example.first), 2, {example.second, "--help"});
    }
}

TEST_CASE("runner: an initial value must be a number of the result's dtype") {
    const auto check = [](const std::string& name, const std::vector<std::string>& options,
                          const std::string& value, const std::string& culprit) {
        std::vector<std::string> arguments = {"run", "scan", input(name), "--init", value};
        arguments.insert(arguments.end(), options.begin(), options.end());
        CAPTURE(joined(arguments));
        checkRefused(invoke(arguments), 2, {"--init " + value + ": ", culprit});
    };
    const std::string int32 = "a whole number from -2147483648 to 2147483647 is needed";
    check("i8", {}, "2147483648", int32);
    check("i8", {}, "-2147483649", int32);
    check("i32", {}, "1.0", int32);
    check("i32", {}, "1e3", int32);
    check("i32", {}, "0x10", int32);
    check("i32", {}, "nan", int32);
    check("i32", {}, " 1", int32);
    check("i32", {}, "1 ", int32);
    check("i32", {}, "", int32);
    check("i8", {"--out-dtype", "i8"}, "-129", "from -128 to 127");
    check("u8", {}, "-1", "from 0 to 4294967295");
    check("u8", {"--out-dtype", "i16"}, "32768", "from -32768 to 32767");
    check("i64", {}, "9223372036854775808", "from -9223372036854775808 to 9223372036854775807");
    check("u64", {}, "18446744073709551616", "from 0 to 18446744073709551615");
    check("f16", {}, "65520", "from -65504 to 65504, inf or nan is needed");
    check("bf16", {"--dtype", "bf16"}, "3.4e38", "to 3.3895314e+38");
    check("f32", {}, "-3.4028236e38", "to 3.4028235e+38");
    check("f64", {}, "1e309", "to 1.7976931e+308");
    check("f32", {}, "one", "a number");
    check("f32", {}, "1,5", "a number");
    check("f32", {}, "", "a number");
}

TEST_CASE("runner: a dtype that the file has not is refused") {
    const auto check = [](const std::string& name, const std::string& dtype, const std::string& inFile) {
        checkRefused(invoke({"run", "argmax", input(name), "--dtype", dtype}), 2,
                     {name + ".npy: --dtype " + dtype + ": ", "are " + inFile});
    };
    check("f16", "bf16", "f16");
    check("i16", "bf16", "i16");
    check("bf16", "f16", "u16");
    check("f32_r2", "f64", "f32");
    check("f32_r2", "float", "f32");
    check("u8", "", "u8");
}

TEST_CASE("runner: a problem that cannot be planned is bad input") {
    if (!deviceReady()) return;
    const auto check = [](const std::string& name, const std::vector<std::string>& options,
                          const std::string& culprit) {
        std::vector<std::string> arguments = {"run", options[0], input(name)};
        arguments.insert(arguments.end(), options.begin() + 1, options.end());
        CAPTURE(joined(arguments));
        checkRefused(invoke(arguments), 2, {name, culprit});
    };
    check("f32_r2", {"argmax", "--axis", "2"}, "axis 2");
    check("f32_r2", {"argmin", "--axis", "-3", "--keepdims"}, "axis -3");
    check("f32_r2", {"scan", "--axis", "2147483647"}, "axis 2147483647");
    check("f32_r2", {"scan", "--axis", "-2147483648"}, "axis -2147483648");
    check("f32_r0", {"scan", "--axis", "1"}, "axis 1");
    check("f32_r0", {"argmax", "--axis", "-2"}, "axis -2");
    check("no_rows", {"argmax", "--axis", "0"}, "extent 0");
    check("no_rows", {"argmin"}, "extent 0");
    check("f32_r2", {"scan", "--out-dtype", "f16"}, "f16");
    check("f32_r2", {"scan", "--out-dtype", "i32"}, "i32");
    check("i16", {"scan", "--out-dtype", "u32"}, "u32");
    check("u16", {"scan", "--out-dtype", "bf16"}, "bf16");
    for (const std::string axis : {"1", "-2", "2147483647"})
        checkRefused(invoke({"validate", "--shape", "4", "--axis", axis}), 2, {"--axis " + axis, "-1 to 0"});
    checkRefused(invoke({"validate", "--op", "scan", "--shape", "4398046511104,2"}), 2,
                 {"[4398046511104,2]", "more than the device can dispatch at once"});
}

// ---- The rest ----

TEST_CASE("runner: help and version") {
    for (const std::string command : {"", "devices", "run", "run argmax", "run argmin", "run argminmax",
                                      "run scan", "validate", "bench"}) {
        std::vector<std::string> arguments = words(command);
        arguments.push_back("--help");
        const Outcome outcome = invoke(arguments);
        CAPTURE(command);
        CHECK(outcome.status == 0);
        CHECK(outcome.out.find("Usage: vkaxis " + command) != std::string::npos);
        CHECK(outcome.err == "");
    }
    const Outcome version = invoke({"--version"});
    CHECK(version.status == 0);
    CHECK(words(version.out).at(1).find('.') != std::string::npos);
}

TEST_CASE("runner: devices are listed and selected") {
    if (!deviceReady()) return;
    const std::string matrix = input("f32_r2");
    const Outcome all = invoke({"devices"});
    CHECK(all.status == 0);
    CHECK(all.err == "");
    const auto devices = vkaxis::Device::enumerate();
    for (const vkaxis::DeviceSummary& device : devices.value) {
        CHECK(all.out.find(std::to_string(device.index) + ": " + device.name + "\n") != std::string::npos);
        CHECK(all.out.find("  driver       " + device.driver + "\n") != std::string::npos);
        if (!device.usable) continue;

        const Outcome one = invoke({"devices", "--device", std::to_string(device.index)});
        CHECK(one.status == 0);
        CHECK(one.out.starts_with(std::to_string(device.index) + ": " + device.name + "\n"));
        CHECK(one.out.find("  vkaxis       runs\n") != std::string::npos);
        CHECK(all.out.find(one.out) != std::string::npos);
        CHECK(invoke({"run", "argmax", matrix, "--device", device.name.substr(0, 6)}).status == 0);
        checkRefused(invoke({"run", "argmax", matrix, "--device", "frobnicator"}), 3,
                     {"frobnicator", device.name});
        checkRefused(invoke({"devices", "--device", "1000"}), 3, {"1000", device.name});
    }
}

TEST_CASE("runner: without a driver it says what to install") {
    const std::string noDriver = "VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent";
    checkRefused(invoke({"devices"}, noDriver), 3, {"install"});
    checkRefused(invoke({"run", "argmax", input("f32_r2")}, noDriver), 3, {"install"});
}

TEST_CASE("runner: the time goes to stderr") {
    if (!deviceReady()) return;
    const Outcome outcome = invoke({"run", "argmax", input("i32_r2"), "--time"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "11\n");
    CHECK(outcome.err.starts_with("GPU time "));
    CHECK(outcome.err.find(" GB/s\n") != std::string::npos);
}

#ifdef __linux__
TEST_CASE("runner: an output that takes nothing is an error") {
    if (!deviceReady()) return;
    checkRefused(invoke({"run", "argmax", input("f32_r2")}, "", "/dev/full"), 2, {"stdout"});
    checkRefused(invoke({"devices"}, "", "/dev/full"), 2, {"stdout"});
}
#endif

}  // namespace
