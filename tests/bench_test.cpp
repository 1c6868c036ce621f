// vkaxis bench as its users run it: a file of cases in, lines and a file of results out.
#include "drivers.hpp"
#include "runner.hpp"

#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace runner;

const char* const kCases = R"({"cases": [
    {"id": "last", "op": "argmax", "dtype": "u8", "shape": [50, 300], "axis": -1, "tie": "last", "headline": true},
    {"id": "sums", "op": "scan", "mode": "exclusive", "include_initial": true, "dtype": "f32", "shape": [40, 70],
     "axis": 0},
    {"id": "large", "op": "scan", "scan-op": "max", "dtype": "i16", "shape": [3000, 1000], "axis": 1}]})";

const char* const kRivals = R"({"rows": [
    {"id": "sums", "who": "slow", "us": 2e9}, {"id": "sums", "who": "fast", "us": 1e9},
    {"id": "sums", "who": "vkaxis", "us": 3e9}, {"id": "unknown", "who": "fast", "us": 1}]})";

}  // namespace

TEST_CASE("bench: every case is timed and checked, in text and in JSON") {
    const vkaxis::test::Drivers drivers = vkaxis::test::openDrivers();
    if (drivers.devices.empty()) return vkaxis::test::skip(drivers.missing);
    const TemporaryFolder folder;
    const std::string cases = folder / "cases.json", rivals = folder / "rivals.json",
                      json = folder / "out.json";
    writeFile(cases, kCases);
    writeFile(rivals, kRivals);
    const Outcome outcome =
        invoke({"bench", "--cases", cases, "--against", rivals, "--max-bytes", "1M", "--json", json});
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    const auto has = [](const std::string& text, const std::string& part) {
        CHECK_MESSAGE(text.find(part) != std::string::npos, part << " is not in\n" << text);
    };
    has(outcome.out, "ceilings over ");
    has(outcome.out, "\nlast ");
    has(outcome.out, "arg_short_rows");
    has(outcome.out, "; fast 1000000000.0 (");
    has(outcome.out, "x), slow 2000000000.0 (");
    has(outcome.out, "x), vkaxis 3000000000.0 (");
    has(outcome.out, "\nlarge                skipped: a tensor has 0.01 GB");
    const std::string results = readFile(json);
    for (const char* part :
         {"\"id\":\"last\"", "\"who\":\"vkaxis\"", "\"headline\":true",
          "\"us_single\":", "\"ceiling_fraction\":", "\"read_gbps\": ", "\"ratio\":", "\"workgroup_size\":",
          "\"problem\":\"scan f32 [40,70] axis 0 include-initial\"", "\"skipped\":\"a tensor has 0.01 GB"})
        has(results, part);

    const Outcome again = invoke({"bench", "--cases", cases, "--case", "last", "--against", json});
    CHECK(again.status == 0);
    has(again.out, "; vkaxis ");
}

TEST_CASE("bench: of several dispatches each is timed alone, too") {
    const vkaxis::test::Drivers drivers = vkaxis::test::openDrivers();
    if (drivers.devices.empty()) return vkaxis::test::skip(drivers.missing);
    const TemporaryFolder folder;
    writeFile(
        folder / "cases.json",
        R"({"cases": [{"id": "split", "op": "scan", "mode": "exclusive", "dtype": "f32", "shape": [100000], "axis": 0}]})");
    const std::string json = folder / "out.json";
    const Outcome outcome = invoke({"bench", "--cases", folder / "cases.json", "--json", json});
    CHECK(outcome.status == 0);
    const std::string kernels =
        R"("kernels":\[\{"bytes":40\d{4},"gbps":[^,]*,"name":"scan_tiles sums",.*"us":[^,]*,.*)"
        R"("bytes":80\d{4},"gbps":[^,]*,"name":"scan_tiles",.*"us":)";
    CHECK(std::regex_search(readFile(json), std::regex(kernels)));
    CHECK(std::regex_search(outcome.out,
                            std::regex(R"(scan_tiles sums \d+x\d+.* us [^ ]* GB/s, .* us [^ ]* GB/s)")));
}

TEST_CASE("bench: the page has all results in it and needs no network") {
    const vkaxis::test::Drivers drivers = vkaxis::test::openDrivers();
    if (drivers.devices.empty()) return vkaxis::test::skip(drivers.missing);
    const TemporaryFolder folder;
    const std::string cases = folder / "cases.json", json = folder / "out.json", page = folder / "out.html";
    writeFile(
        cases,
        R"({"cases": [{"id": "<!--<script></script>", "op": "argmax", "dtype": "f32", "shape": [50], "axis": 0}]})");
    CHECK(invoke({"bench", "--cases", cases, "--json", json, "--html", page}).status == 0);
    const std::string html = readFile(page);
    const auto countOf = [&](const std::string& part) {
        std::size_t count = 0;
        for (std::size_t i = 0; (i = html.find(part, i)) != std::string::npos; ++i) ++count;
        return count;
    };
    CHECK(countOf("{{data}}") == 0);
    CHECK(countOf("\"problem\":\"argmax f32 [50] axis 0 i64\"") == 1);
    CHECK(countOf("\"id\":\"\\u003c!--\\u003cscript>\\u003c/script>\"") == 1);
    CHECK(countOf("</script>") == countOf("<script"));
    CHECK(countOf("http") == countOf("http://www.w3.org/2000/svg"));
    CHECK(countOf(" src=") + countOf(" href=") + countOf("import") == 0);

    checkRefused(invoke({"bench", "--cases", cases, "--json", page, "--html", page}), 2, {"the same file"});
    checkRefused(invoke({"bench", "--cases", cases, "--html", folder / "none/out.html"}), 2,
                 {"none/out.html"});
}

TEST_CASE("bench: a case that cannot be planned is refused before the first is timed") {
    const vkaxis::test::Drivers drivers = vkaxis::test::openDrivers();
    if (drivers.devices.empty()) return vkaxis::test::skip(drivers.missing);
    const TemporaryFolder folder;
    const std::string cases = folder / "cases.json";
    writeFile(cases, R"({"cases": [{"id": "small", "op": "scan", "dtype": "f32", "shape": [5], "axis": 0},
                                   {"id": "none", "op": "argmin", "dtype": "f32", "shape": [0], "axis": 0}]})");
    checkRefused(invoke({"bench", "--cases", cases}), 2, {"none: ", "extent 0"});
}

TEST_CASE("bench: a sweep is the same at every call, and ends with the cases farthest below the ceiling") {
    const vkaxis::test::Drivers drivers = vkaxis::test::openDrivers();
    if (drivers.devices.empty()) return vkaxis::test::skip(drivers.missing);
    const TemporaryFolder folder;
    const auto problems = [&](const std::string& name) {
        const Outcome outcome =
            invoke({"bench", "--sweep", "3", "--max-bytes", "10K", "--json", folder / name});
        CHECK(outcome.status == 0);
        CHECK(outcome.out.find(", 3 timed; the worst:\n") != std::string::npos);
        std::vector<std::string> found;
        std::istringstream lines(readFile(folder / name));
        for (std::string line; std::getline(lines, line);)
            if (const auto begin = line.find("\"problem\":"); begin != std::string::npos)
                found.push_back(line.substr(begin, line.find("\",", begin) - begin));
        return found;
    };
    const std::vector<std::string> first = problems("first.json");
    CHECK(first.size() == 3);
    CHECK(problems("second.json") == first);

    const Outcome one = invoke({"bench", "--sweep", "3", "--max-bytes", "10K", "--case", "sweep-001"});
    CHECK(one.status == 0);
    CHECK(one.out.find("\nsweep-001 ") != std::string::npos);
    CHECK(one.out.find(", 1 timed; the worst:\n") != std::string::npos);
    checkRefused(invoke({"bench", "--sweep", "3", "--case", "sweep-003"}), 2, {"--case", "sweep-003"});
}

TEST_CASE("bench: a file of cases or rivals that is none is refused with what is wrong in it") {
    const TemporaryFolder folder;
    const std::string path = folder / "cases.json";
    const auto check = [&](const std::string& content, const std::vector<std::string>& named) {
        CAPTURE(content);
        writeFile(path, content);
        std::vector<std::string> all{path};
        all.insert(all.end(), named.begin(), named.end());
        checkRefused(invoke({"bench", "--cases", path}), 2, all);
    };
    const auto row = [](const std::string& members) {
        return R"({"cases": [{"id": "a", "op": "scan", "dtype": "f32", )" + members + "}]}";
    };
    check("{", {"is not JSON"});
    check("[]", {"has no \"cases\""});
    check(R"({"cases": []})", {"\"cases\" is not a list of cases"});
    check(R"({"cases": [{"op": "scan"}]})", {"a case", "has no \"id\""});
    check(R"({"cases": [{"id": "a", "op": "sort"}]})", {"a: ", "\"sort\" is no operation"});
    check(R"({"cases": [{"id": "a", "op": "scan", "dtype": "f8"}]})", {"a: ", "\"f8\" is no dtype"});
    check(row(R"("axis": 0)"), {"a: ", "has no \"shape\""});
    check(row(R"("shape": 5, "axis": 0)"), {"a: ", "\"shape\" is 5, not a list of extents"});
    check(row(R"("shape": [-5], "axis": 0)"), {"a: ", "extent -5 is negative"});
    check(row(R"("shape": [10.7], "axis": 0)"), {"a: ", "extent 10.7 is no integer"});
    check(row(R"("shape": [5, "6"], "axis": 0)"), {"a: ", "extent \"6\" is no integer"});
    check(row(R"("shape": [18446744073709551615], "axis": 0)"),
          {"a: ", "extent 18446744073709551615 is no integer of 64 bits"});
    check(row(R"("shape": [5], "axis": 1.5)"), {"a: ", "axis 1.5 is no integer"});
    check(row(R"("shape": [5], "axis": 1)"), {"a: ", "axis 1 is not of rank 1"});
    check(row(R"("shape": [5], "axis": 0, "tie": "last")"), {"a: ", "\"tie\" is no option"});
    check(row(R"("shape": [5], "axis": 0, "mode": "both")"),
          {"a: ", "\"mode\" is \"both\", not one of inclusive"});
    check(row(R"("shape": [5], "axis": 0, "reverse": true)"), {"a: ", "\"reverse\" is true, not a string"});
    check(row(R"("shape": [5], "axis": 0, "include_initial": true)"),
          {"a: ", "\"include_initial\" goes with"});

    writeFile(path, R"({"rows": [{"id": "a", "who": "b", "us": "c"}]})");
    checkRefused(invoke({"bench", "--against", path}), 2, {path + ": a", "\"us\" is \"c\", not a number"});
    checkRefused(invoke({"bench", "--cases", folder / "none.json"}), 2, {"none.json: cannot be read"});
    checkRefused(invoke({"bench", "--case", "none"}), 2, {"--case", "none"});
}
