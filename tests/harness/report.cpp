#include "harness/report.hpp"

#include "harness/operands.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace vkaxis::harness {
namespace {

std::string kindOf(const Case& testCase) {
    return fmt::format("{:<10}{:<6}{:<17}", entryOf(testCase.problem.op).name, nameOf(testCase.problem.dtype),
                       testCase.regime);
}

const char* resultOf(const Finished& finished) {
    return finished.wrong() ? "wrong" : finished.skipped() ? "skipped" : "right";
}

bool wasRounded(const Finished& finished) {
    return finished.outcome.verdict.worstElement != Verdict::kNone;
}

std::string worstPlace(const Finished& finished) {
    return multiIndex(outputShape(finished.testCase.problem), finished.outcome.verdict.worstElement);
}

nlohmann::json toJson(const Finished& finished) {
    const Case& testCase = finished.testCase;
    const Outcome& outcome = finished.outcome;
    nlohmann::json json{{"op", entryOf(testCase.problem.op).name},
                        {"dtype", nameOf(testCase.problem.dtype)},
                        {"shape", testCase.problem.shape},
                        {"axis", testCase.problem.axis},
                        {"view", std::string(testCase.view)},
                        {"outputView", std::string(testCase.outputView)},
                        {"regime", std::string(testCase.regime)},
                        {"distribution", entryOf(testCase.distribution).name},
                        {"seed", testCase.seed},
                        {"result", resultOf(finished)},
                        {"seconds", outcome.seconds},
                        {"command", finished.command}};
    for (const Option& option : entryOf(testCase.problem.op).options)
        json[option.name] = option.valueOf(testCase.problem);
    if (wasRounded(finished)) {
        json["worstError"] = outcome.verdict.worstError;
        json["worstAt"] = worstPlace(finished);
    }
    if (!outcome) json["message"] = outcome.message();
    if (!finished.remark.empty()) json["remark"] = finished.remark;
    if (outcome.timing.gpu > 0) {
        json["gpuSeconds"] = outcome.timing.gpu;
        json["bytesPerSecond"] = finished.bytesPerSecond();
    }
    return json;
}

std::string escapeXml(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += static_cast<unsigned char>(c) < ' ' ? '?' : c;
        }
    }
    return result;
}

}  // namespace

double Finished::bytesPerSecond() const {
    std::uint64_t bytes = 0;
    for (const OperandView& operand : operandsOf(testCase.problem)) bytes += operand.storageSize();
    return static_cast<double>(bytes) / outcome.timing.gpu;
}

std::string tableOf(std::span<const Finished> all) {
    struct Line {
        std::string kind;
        int cases = 0, wrong = 0, skipped = 0;
        double worstError = 0, seconds = 0;
    };
    std::vector<Line> lines;
    for (const Finished& finished : all) {
        const std::string kind = kindOf(finished.testCase);
        auto line = std::ranges::find(lines, kind, &Line::kind);
        if (line == lines.end()) line = lines.insert(line, Line{kind});
        ++line->cases;
        line->wrong += finished.wrong();
        line->skipped += finished.skipped();
        line->worstError = std::max(line->worstError, finished.outcome.verdict.worstError);
        line->seconds += finished.outcome.seconds;
    }
    std::string table = fmt::format("{:<10}{:<6}{:<17}{:>5}{:>7}{:>9}{:>13}{:>9}\n", "op", "dtype", "regime",
                                    "cases", "wrong", "skipped", "worst error", "seconds");
    for (const Line& line : lines)
        table +=
            fmt::format("{}{:>5}{:>7}{:>9}{:>13}{:>9.2f}\n", line.kind, line.cases, line.wrong, line.skipped,
                        line.worstError > 0 ? fmt::format("{:.2g}", line.worstError) : "exact", line.seconds);
    return table;
}

std::string ratesOf(std::span<const Finished> all) {
    std::string lines;
    for (const Finished& finished : all) {
        lines += fmt::format("{}: {}", describe(finished.testCase.problem), resultOf(finished));
        if (finished.outcome.timing.gpu > 0)
            lines += fmt::format(", {:.3f} ms, {:.2f} GB/s", finished.outcome.timing.gpu * 1e3,
                                 finished.bytesPerSecond() / 1e9);
        if (!finished.remark.empty()) lines += fmt::format("\n  {}", finished.remark);
        lines += '\n';
    }
    return lines;
}

std::string summaryOf(const DeviceSummary& device, std::span<const Finished> all) {
    constexpr std::ptrdiff_t kMostShown = 10;
    std::string summary;
    std::map<std::string, int> reasons;
    std::ptrdiff_t wrong = 0;
    const Finished* worst = nullptr;
    for (const Finished& finished : all) {
        if (finished.skipped()) ++reasons[finished.outcome.status.message()];
        if (finished.wrong() && ++wrong <= kMostShown)
            summary += fmt::format("wrong: {}\n  {}\n", finished.outcome.message(), finished.command);
        if (wasRounded(finished) &&
            (worst == nullptr || finished.outcome.verdict.worstError > worst->outcome.verdict.worstError))
            worst = &finished;
    }
    if (wrong > kMostShown) summary += fmt::format("and {} more\n", wrong - kMostShown);
    for (const auto& [reason, cases] : reasons)
        summary += fmt::format("skipped: {} cases: {}\n", cases, reason);
    if (worst != nullptr)
        summary += fmt::format("worst error: {:.2g} of its bound, at {} of\n  {}\n",
                               worst->outcome.verdict.worstError, worstPlace(*worst), worst->command);
    const auto skipped = std::ranges::count_if(all, &Finished::skipped);
    return summary + fmt::format("{}: {} of {} cases wrong{}\n", device.name, wrong, all.size(),
                                 skipped > 0 ? fmt::format(", {} skipped", skipped) : "");
}

std::string jsonOf(const DeviceSummary& device, std::span<const Finished> all) {
    nlohmann::json cases = nlohmann::json::array();
    for (const Finished& finished : all) cases.push_back(toJson(finished));
    const nlohmann::json report{{"device", device.name},
                                {"driver", device.driver},
                                {"subgroupSize", device.subgroupSize},
                                {"wrong", std::ranges::count_if(all, &Finished::wrong)},
                                {"skipped", std::ranges::count_if(all, &Finished::skipped)},
                                {"cases", std::move(cases)}};
    return report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string junitOf(const DeviceSummary& device, std::span<const Finished> all) {
    std::string xml = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuite name=\"vkaxis on {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        escapeXml(device.name), all.size(), std::ranges::count_if(all, &Finished::wrong),
        std::ranges::count_if(all, &Finished::skipped));
    for (const Finished& finished : all) {
        const Problem& problem = finished.testCase.problem;
        xml += fmt::format("  <testcase classname=\"{}.{}.{}\" name=\"{}\" time=\"{:.6f}\">",
                           entryOf(problem.op).name, nameOf(problem.dtype), finished.testCase.regime,
                           escapeXml(arguments(finished.testCase)), finished.outcome.seconds);
        if (!finished.outcome)
            xml += fmt::format("<{0} message=\"{1}\">{2}</{0}>", finished.skipped() ? "skipped" : "failure",
                               escapeXml(finished.outcome.message()), escapeXml(finished.command));
        xml += "</testcase>\n";
    }
    return xml + "</testsuite>\n";
}

}  // namespace vkaxis::harness
