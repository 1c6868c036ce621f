#include "bench_cases.hpp"

#include "bench_cases.json.hpp"
#include "failure.hpp"

#include <harness/dtype.hpp>
#include <harness/ops.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

namespace vkaxis::cli {
namespace {

using harness::Problem;
using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& place, const std::string& message) {
    throw Failure(ExitCode::BadUsage, fmt::format("{}: {}", place, message));
}

Json parseFile(const std::string& path) {
    std::error_code unreadable;  // is said below
    if (std::filesystem::is_directory(path, unreadable)) refuse(path, "is a folder; a file is needed");
    std::ifstream file(path);
    if (!file) refuse(path, "cannot be read");
    Json json = Json::parse(file, nullptr, false);
    if (json.is_discarded()) refuse(path, "is not JSON");
    return json;
}

const Json& memberOf(const Json& object, const char* key, const std::string& place) {
    if (!object.is_object() || !object.contains(key)) refuse(place, fmt::format("has no \"{}\"", key));
    return object.at(key);
}

template <class T>
T valueOf(const Json& object, const char* key, const std::string& place, const char* wanted) {
    const Json& member = memberOf(object, key, place);
    try {
        return member.get<T>();
    } catch (const Json::exception&) {
        refuse(place, fmt::format("\"{}\" is {}, not {}", key, member.dump(), wanted));
    }
}

std::string textOf(const Json& object, const char* key, const std::string& place) {
    return valueOf<std::string>(object, key, place, "a string");
}

// Signed, so that -1 is refused as what it is.
std::int64_t integerOf(const Json& number, const char* what, const std::string& place) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    const bool fits = !number.is_number_unsigned() || number.get<std::uint64_t>() <= kMost;
    if (!number.is_number_integer() || !fits)
        refuse(place, fmt::format("{} {} is no integer of 64 bits", what, number.dump()));
    return number.get<std::int64_t>();
}

void readShape(const Json& row, const std::string& place, Problem& problem) {
    const Json& shape = memberOf(row, "shape", place);
    if (!shape.is_array()) refuse(place, fmt::format("\"shape\" is {}, not a list of extents", shape.dump()));
    for (const Json& number : shape) {
        const std::int64_t extent = integerOf(number, "extent", place);
        if (extent < 0) refuse(place, fmt::format("extent {} is negative", extent));
        problem.shape.push_back(static_cast<std::uint64_t>(extent));
    }
    const std::int64_t axis = integerOf(memberOf(row, "axis", place), "axis", place);
    const auto rank = static_cast<std::int64_t>(std::max<std::size_t>(1, problem.shape.size()));
    if (axis < -rank || axis >= rank) refuse(place, fmt::format("axis {} is not of rank {}", axis, rank));
    problem.axis = static_cast<std::int32_t>(axis);
}

void setOption(const Json& row, const std::string& key, const std::string& place, Problem& problem) {
    const harness::Option* option = harness::findOption(harness::entryOf(problem.op), key);
    if (option == nullptr) refuse(place, fmt::format("\"{}\" is no option of it", key));
    const std::string value = textOf(row, key.c_str(), place);
    const auto found = std::ranges::find(option->values, value);
    if (found == option->values.end())
        refuse(place,
               fmt::format("\"{}\" is \"{}\", not one of {}", key, value, fmt::join(option->values, ", ")));
    option->set(problem, static_cast<std::size_t>(found - option->values.begin()));
}

BenchCase readCase(const Json& row, const std::string& source) {
    BenchCase found{.id = textOf(row, "id", source + ": a case"), .problem = {}};
    const std::string place = fmt::format("{}: {}", source, found.id);
    Problem& problem = found.problem;
    const std::string op = textOf(row, "op", place);
    const harness::OpEntry* entry = harness::findOp(op);
    if (entry == nullptr) refuse(place, fmt::format("\"{}\" is no operation", op));
    problem.op = entry->op;
    const std::string dtype = textOf(row, "dtype", place);
    const Dtype* element = harness::findDtype(dtype);
    if (element == nullptr) refuse(place, fmt::format("\"{}\" is no dtype", dtype));
    problem.dtype = *element;
    readShape(row, place, problem);
    for (const auto& [key, value] : row.items()) {
        if (key == "headline")
            found.headline = valueOf<bool>(row, "headline", place, "true or false");
        else if (!std::set<std::string>{"id", "op", "dtype", "shape", "axis", "include_initial"}.contains(
                     key))
            setOption(row, key, place, problem);
    }
    // As an exclusive scan that goes on for one element more.
    if (row.contains("include_initial") && valueOf<bool>(row, "include_initial", place, "true or false")) {
        if (problem.op != harness::Op::Scan || problem.mode != ScanMode::Exclusive)
            refuse(place, "\"include_initial\" goes with \"mode\": \"exclusive\" of a scan");
        problem.mode = ScanMode::IncludeInitial;
    }
    return found;
}

}  // namespace

std::vector<BenchCase> readBenchCases(const std::optional<std::string>& path) {
    const std::string source = path.value_or("the built-in cases");
    const Json json = path ? parseFile(*path) : Json::parse(kBuiltInBenchCases);
    const Json& rows = memberOf(json, "cases", source);
    if (!rows.is_array() || rows.empty()) refuse(source, "\"cases\" is not a list of cases");
    std::vector<BenchCase> cases;
    std::set<std::string> ids;
    for (const Json& row : rows) {
        cases.push_back(readCase(row, source));
        if (!ids.insert(cases.back().id).second)
            refuse(source, fmt::format("{} is there twice", cases.back().id));
    }
    return cases;
}

void keepCases(std::vector<BenchCase>& cases, const std::vector<std::string>& ids) {
    for (const std::string& id : ids)
        if (std::ranges::none_of(cases, [&](const BenchCase& each) { return each.id == id; }))
            throw Failure(ExitCode::BadUsage, fmt::format("--case: there is no case {}", id));
    if (!ids.empty())
        std::erase_if(cases,
                      [&](const BenchCase& each) { return std::ranges::find(ids, each.id) == ids.end(); });
}

harness::Distribution distributionOf(const Problem& problem) {
    const bool sum = problem.op == harness::Op::Scan && problem.scanOp == ScanOp::Sum;
    const bool integers = sum && suits(harness::Distribution::Integers, problem.dtype);
    return integers ? harness::Distribution::Integers : harness::Distribution::Uniform;
}

std::map<std::string, std::vector<Rival>> readRivals(const std::string& path) {
    const Json json = parseFile(path);
    const Json& rows = memberOf(json, "rows", path);
    if (!rows.is_array()) refuse(path, "\"rows\" is not a list");
    std::map<std::string, std::vector<Rival>> rivals;
    for (const Json& row : rows) {
        const std::string who = textOf(row, "who", path + ": a row");
        if (!row.contains("us")) continue;
        const std::string id = textOf(row, "id", path + ": a row");
        rivals[id].push_back({who, valueOf<double>(row, "us", path + ": " + id, "a number") * 1e-6});
    }
    for (auto& [id, all] : rivals) std::ranges::sort(all, {}, &Rival::seconds);
    return rivals;
}

}  // namespace vkaxis::cli
