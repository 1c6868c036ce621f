// vkaxis tune as its users run it, and the file that it leaves for other commands.
#include "drivers.hpp"
#include "runner.hpp"

#include <string>
#include <vector>

namespace {

using namespace runner;

const char* const kCases = R"({"cases": [
    {"id": "rows", "op": "scan", "dtype": "f32", "shape": [30, 3000], "axis": 1},
    {"id": "arg", "op": "argmax", "dtype": "u8", "shape": [50, 300], "axis": -1}]})";

bool deviceReady() {
    const vkaxis::test::Drivers drivers = vkaxis::test::openDrivers();
    if (!drivers.devices.empty()) return true;
    vkaxis::test::skip(drivers.missing);
    return false;
}

void has(const std::string& text, const std::string& part) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, part << " is not in\n" << text);
}

// A folder with a file of cases, and one of a tuning: workgroups of 64.
struct Files {
    Files() {
        writeFile(cases, kCases);
        const Outcome outcome = invoke({"tune", "--cpu", "--cases", cases, "--tuning", tuning, "--start",
                                        "workgroupSize=64", "--field", "lookBackPatience"});
        REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
        has(outcome.out, "nothing is faster");
        valid = readFile(tuning);
    }

    TemporaryFolder folder;
    std::string cases = folder / "cases.json", tuning = folder / "tuning.json";
    std::string valid;
};

// The valid file with another text in place of one that it has.
std::string changed(std::string text, const std::string& from, const std::string& to) {
    const auto place = text.find(from);
    REQUIRE_MESSAGE(place != std::string::npos, text);
    return text.replace(place, from.size(), to);
}

}  // namespace

TEST_CASE("tune: a device's fastest sizes are searched for, reported and written") {
    if (!deviceReady()) return;
    const Files files;
    const Outcome outcome = invoke({"tune", "--cpu", "--cases", files.cases, "--case", "rows", "--tuning",
                                    files.tuning, "--field", "scanRowItems,scanFewRowItems", "--start",
                                    "scanRowItems=8,scanFewRowItems=8", "--time", "2", "--export"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    has(outcome.out, " rows tried on 1 cases in ");
    has(outcome.out, "written to " + files.tuning);
    has(outcome.out, "constexpr Tuning k");
    has(outcome.out, ".scanRowGroupQuads = ");
    has(readFile(files.tuning), "\"values\": {");
    CHECK(readFile(files.tuning).find("workgroupSize") == std::string::npos);  // of the entry before
}

TEST_CASE("tune: a further search begins where the last one ended") {
    if (!deviceReady()) return;
    const Files files;
    const Outcome outcome = invoke({"tune", "--cpu", "--cases", files.cases, "--tuning", files.tuning,
                                    "--field", "lookBackPatience", "--time", "1"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "vkaxis: with the sizes of " + files.tuning + "\n");
    has(outcome.out, "nothing is faster");
    CHECK(readFile(files.tuning) == files.valid);
}

TEST_CASE("tune: a run that is interrupted keeps the best so far") {
    if (!deviceReady()) return;
    const Files files;
    // In the foreground, because timeout otherwise interrupts a second time, and that ends the program at
    // once.
    const Outcome outcome = invoke({"tune", "--cpu", "--cases", files.cases, "--tuning", files.tuning,
                                    "--start", "workgroupSize=32,scanRowWorkgroupSize=32"},
                                   "timeout --foreground --preserve-status -s INT 2");
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    has(outcome.out, ", stopped early");
    has(outcome.out, "written to " + files.tuning);
    CHECK(files.folder.content().size() == 2);
    const Outcome bench =
        invoke({"bench", "--cases", files.cases, "--case", "arg", "--tuning", files.tuning});
    CHECK(bench.status == 0);
    CHECK(bench.err == "vkaxis: with the sizes of " + files.tuning + "\n");
}

TEST_CASE("tune: what cannot be tuned is refused before anything is measured") {
    if (!deviceReady()) return;
    const TemporaryFolder folder;
    const auto refused = [&](std::vector<std::string> arguments, const std::vector<std::string>& culprits) {
        arguments.insert(arguments.begin(), {"tune", "--tuning", folder / "tuning.json"});
        checkRefused(invoke(arguments), 2, culprits);
        CHECK(folder.content().empty());
    };
    refused({}, {"is a CPU", "--cpu"});
    refused({"--cpu", "--field", "argUnrol"}, {"--field argUnrol", "argUnroll"});
    refused({"--cpu", "--start", "argUnrol=4"}, {"--start argUnrol", "argUnroll"});
    refused({"--cpu", "--start", "argUnroll"}, {"--start argUnroll", "scanRowItems=2"});
    refused({"--cpu", "--start", "argUnroll=17"}, {"argUnroll is 17", "1 to 16"});
    refused({"--cpu", "--case", "none"}, {"--case", "none"});
    for (const char* time : {"0", "-3", "nan", "inf", "1s", ""})
        refused({"--cpu", "--time", time}, {"--time", "no time in seconds"});
    checkRefused(invoke({"tune", "--cpu", "--start", "argUnroll=2"}), 2, {"--start", "--tuning"});
    checkRefused(invoke({"tune", "--cpu", "--tuning", folder / "none/tuning.json"}), 2,
                 {"none/tuning.json", "no folder"});
}

TEST_CASE("tuning files: other commands go by the user's own, or by the one that is named") {
    if (!deviceReady()) return;
    const Files files;
    const Outcome bench =
        invoke({"bench", "--cases", files.cases, "--case", "arg", "--tuning", files.tuning});
    CHECK(bench.status == 0);
    CHECK(bench.err == "vkaxis: with the sizes of " + files.tuning + "\n");
    has(bench.out, "x64\n");

    // One that is ignored shows where it was looked for.
    const std::string input = files.folder / "in.npy";
    writeFile(input, npy(kShape23, kData23));
    const std::string own = files.folder / "cache/vkaxis/tuning.json", cache = files.folder / "cache";
    const auto runsBy = [&](const std::vector<std::string>& tuning, const std::string& before) {
        std::vector<std::string> arguments{"run", "argmax", input};
        arguments.insert(arguments.end(), tuning.begin(), tuning.end());
        return invoke(arguments, before).err;
    };
    const std::string byCache = "XDG_CACHE_HOME=\"" + cache + "\"";
    const std::string byHome = "env -u XDG_CACHE_HOME HOME=\"" + cache + "\"";
    CHECK(runsBy({}, byCache) == "");

    // Tune makes the folder, and where it has found nothing says that.
    REQUIRE(
        invoke({"tune", "--cpu", "--cases", files.cases, "--field", "lookBackPatience"}, byCache).status ==
        0);
    has(readFile(own), "\"values\": {}");
    CHECK(runsBy({}, byCache) == "");
    writeFile(own, "{");
    has(runsBy({}, byCache), own);
    CHECK(runsBy({"--tuning", "none"}, byCache) == "");
    has(runsBy({"--tuning", files.tuning}, byCache), "with the sizes of " + files.tuning);
    fs::create_directories(cache + "/.cache/vkaxis");
    writeFile(cache + "/.cache/vkaxis/tuning.json", "{");
    has(runsBy({}, byHome), ".cache/vkaxis/tuning.json");

    const Outcome validate = invoke({"validate", "--op", "argmax", "--shape", "7", "--dtype", "f32",
                                     "--distribution", "ties", "--tuning", own});
    CHECK(validate.status == 0);
    has(validate.err, own);
}

TEST_CASE("tuning files: what is corrupt, foreign or stale is ignored, and said to be") {
    if (!deviceReady()) return;
    const Files files;
    const std::string input = files.folder / "in.npy";
    writeFile(input, npy(kShape23, kData23));
    const auto run = [&] {
        return invoke({"run", "argmax", "--axis", "1", input, "--tuning", files.tuning});
    };
    const auto ignored = [&](const std::string& content, const std::vector<std::string>& reasons) {
        CAPTURE(content);
        writeFile(files.tuning, content);
        const Outcome outcome = run();
        CHECK(outcome.status == 0);
        CHECK(outcome.out == "[2 0]\n");
        has(outcome.err, "vkaxis: " + files.tuning);
        CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
        for (const std::string& reason : reasons) has(outcome.err, reason);
    };
    has(run().err, "with the sizes of");
    ignored("", {"it is not JSON"});
    ignored(files.valid.substr(0, files.valid.size() / 2), {"it is not JSON"});
    ignored("[]", {"no list \"tunings\""});
    ignored("{\"tunings\": [{}]}", {"an entry is incomplete", "device"});
    ignored("{\"tunings\": [5]}", {"an entry is incomplete"});
    ignored(changed(files.valid, ": 64", ": -64"), {"workgroupSize is -64, not a whole number"});
    ignored(changed(files.valid, "\"device\": \"", "\"device\": \"another "), {"it has no tuning for "});
    ignored(changed(files.valid, "\"driver\": \"", "\"driver\": \"older "), {"found with driver older "});
    ignored(changed(files.valid, "\"vkaxis\": \"", "\"vkaxis\": \"9"), {"found with vkaxis 9"});
    ignored(changed(files.valid, ": 64", ": 5000"), {"workgroupSize is 5000, and kernels take 32 to 1024"});
    ignored(changed(files.valid, "\"workgroupSize\"", "\"groupSize\""), {"no tuning value groupSize"});
    checkRefused(invoke({"run", "argmax", input, "--tuning", files.folder / "none.json"}), 2,
                 {"none.json: cannot be read"});

    // A new search replaces a corrupt file, and of a good one this device's entry alone.
    const auto tune = [&] {
        return invoke({"tune", "--cpu", "--cases", files.cases, "--tuning", files.tuning, "--field",
                       "lookBackPatience"});
    };
    writeFile(files.tuning, "{");
    const Outcome replaced = tune();
    CHECK(replaced.status == 0);
    has(replaced.err, "it is replaced: it is not JSON");
    CHECK(run().err == "");
    writeFile(files.tuning, changed(files.valid, "\"device\": \"", "\"device\": \"another "));
    has(tune().err, "it has no tuning for ");
    has(readFile(files.tuning), "\"device\": \"another ");
    CHECK(run().err == "");
}
