// Views as the planner sees them: what is the same problem, and which kernel reads what where. Needs no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "context.hpp"
#include "harness/slices.hpp"
#include "params.h"
#include "planner.hpp"
#include "random_plans.hpp"

namespace vkaxis::test {
namespace {

using harness::Extents;
using harness::Op;
using harness::Problem;
using harness::Strides;

constexpr std::uint64_t kSeed = 11;
constexpr int kProblems = 1000;

using Order = std::vector<std::size_t>;

std::vector<std::uint64_t> inOrder(const std::vector<std::uint64_t>& values, const Order& order) {
    std::vector<std::uint64_t> result;
    for (const std::size_t dimension : order) result.push_back(values[dimension]);
    return result;
}

std::size_t positionOf(const Problem& problem) {
    const auto rank = static_cast<std::int64_t>(problem.shape.size());
    return static_cast<std::size_t>(problem.axis < 0 ? problem.axis + rank : problem.axis);
}

// The same elements in the same places, with the tensors' dimensions in another order. Without scalars.
Problem permuted(const Problem& problem, const Order& order) {
    Problem result = problem;
    const std::size_t axis = positionOf(problem);
    result.shape = inOrder(problem.shape, order);
    result.axis = static_cast<std::int32_t>(std::ranges::find(order, axis) - order.begin());
    result.strides = inOrder(harness::spelledOut(problem.shape, problem.strides), order);
    Order others;
    for (const std::size_t dimension : order)
        if (dimension != axis) others.push_back(dimension - (dimension > axis));
    result.sideStrides =
        inOrder(harness::spelledOut(harness::sliceShape(problem), problem.sideStrides), others);
    result.outputStrides = inOrder(harness::spelledOut(harness::outputShape(problem), problem.outputStrides),
                                   problem.op == Op::Scan ? order : others);
    return result;
}

// body(planner, random, problem, its plan) for random problems of rank 1 and more, with elements.
template <class Body>
void forRandomProblems(std::uint64_t seed, const Body& body) {
    constexpr int kPerContext = 100;  // the kernels of more might not fit
    Random random(seed);
    for (int number = 0; number < kProblems;) {
        const Planner planner(fullDevice());
        for (int i = 0; i < kPerContext; ++i, ++number) {
            const Problem problem = randomProblem(random);
            if (problem.shape.empty() || harness::elementCount(problem.shape) == 0) continue;
            CAPTURE(harness::describe(problem));
            body(planner, random, problem, planner.plan(problem));
        }
    }
}

const VkaxisCommand* firstDispatch(const Plan& plan) {
    for (const VkaxisCommand& command : commandsOf(plan))
        if (command.type == VKAXIS_COMMAND_DISPATCH) return &command;
    return nullptr;
}

// The same kernels over the same grids, whatever the parameters.
bool sameDispatches(const Plan& a, const Plan& b) {
    return std::ranges::equal(
        commandsOf(a), commandsOf(b), [](const VkaxisCommand& x, const VkaxisCommand& y) {
            return x.type == y.type && x.kernel == y.kernel && std::ranges::equal(x.groupCount, y.groupCount);
        });
}

Problem strided(Problem problem, Strides strides, Strides outputStrides = {}, Strides sideStrides = {}) {
    problem.strides = std::move(strides);
    problem.outputStrides = std::move(outputStrides);
    problem.sideStrides = std::move(sideStrides);
    return problem;
}

}  // namespace

TEST_SUITE("collapse") {
    TEST_CASE("a dense tensor is the same problem with its dimensions in any order") {
        forRandomProblems(kSeed, [](const Planner& planner, Random& random, const Problem& any, const Plan&) {
            const Problem problem = denseTwin(any);
            const Plan expected = planner.plan(problem);
            Order order(problem.shape.size());
            std::iota(order.begin(), order.end(), std::size_t{0});
            CHECK(samePlan(planner.plan(permuted(problem, order)), expected));
            for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
            CHECK(samePlan(planner.plan(permuted(problem, order)), expected));
        });
    }

    TEST_CASE(
        "a dense tensor is the same problem as [outer, axis, inner], and its axis counts from the end") {
        forRandomProblems(kSeed + 1, [](const Planner& planner, Random&, const Problem& any, const Plan&) {
            Problem problem = denseTwin(any);
            const Plan expected = planner.plan(problem);
            const auto rank = static_cast<std::int32_t>(problem.shape.size());
            const harness::Slices slices = harness::slicesOf(problem);
            problem.axis += problem.axis < 0 ? rank : -rank;
            CHECK(samePlan(planner.plan(problem), expected));
            problem.shape = {slices.outer, slices.extent, slices.inner};
            problem.axis = 1;
            CHECK(samePlan(planner.plan(problem), expected));
        });
    }

    TEST_CASE("a dimension of extent 1 changes no plan, whatever its strides") {
        forRandomProblems(
            kSeed + 2, [](const Planner& planner, Random& random, const Problem& any, const Plan& expected) {
                if (any.shape.size() == VKAXIS_MAX_RANK) return;
                Order order(any.shape.size());
                std::iota(order.begin(), order.end(), std::size_t{0});
                Problem problem = permuted(any, order);  // strides spelled out
                const std::size_t axis = positionOf(problem), at = random() % (problem.shape.size() + 1);
                const auto insert = [&](auto& values, std::size_t position, std::uint64_t value) {
                    values.insert(values.begin() + static_cast<std::ptrdiff_t>(position), value);
                };
                const std::size_t aside = at - (at > axis);
                insert(problem.shape, at, 1);
                insert(problem.strides, at, random() % 100);
                insert(problem.outputStrides, problem.op == Op::Scan ? at : aside, random() % 100);
                insert(problem.sideStrides, aside, random() % 100);
                problem.axis = static_cast<std::int32_t>(axis + (at <= axis));
                CHECK(samePlan(planner.plan(problem), expected));
            });
    }

    TEST_CASE("dimensions that all operands step through alike are one") {
        const Planner planner(fullDevice());
        const auto same = [&](const Problem& a, const Problem& b) {
            CAPTURE(harness::describe(a));
            CHECK(samePlan(planner.plan(a), planner.plan(b)));
        };
        const Problem scan{Op::Scan, Dtype::F32, {7, 6, 50, 4}, 2},
            whole{Op::Scan, Dtype::F32, {42, 50, 4}, 1};
        same(strided(scan, {6000, 1000, 8, 1}, {6600, 1100, 4, 1}),
             strided(whole, {1000, 8, 1}, {1100, 4, 1}));
        CHECK(planner.plan(strided(scan, {6000, 1000, 8, 1}, {6600, 1100, 4, 1})).tableSize == 0);
        Problem apart = strided(scan, {6000, 1000, 8, 1}, {6601, 1100, 4, 1});
        CHECK(planner.plan(apart).tableSize != 0);
        apart = strided(scan, {6001, 1000, 8, 1}, {6600, 1100, 4, 1});
        CHECK(planner.plan(apart).tableSize != 0);
        // An aside of its own counts as well, where there is one.
        const Strides input{1200, 200, 4, 1}, sides{24, 4, 1}, transposedSides{1, 28, 7};
        CHECK(planner.plan(strided(scan, input, input, transposedSides)).tableSize == 0);
        Problem totals = strided(scan, input, input, sides);
        totals.totals = true;
        CHECK(planner.plan(totals).tableSize == 0);
        totals.sideStrides = transposedSides;
        CHECK(planner.plan(totals).tableSize != 0);
        Problem initial = strided(scan, input, input, transposedSides);
        initial.initial = ScanInitial::PerSlice;
        CHECK(planner.plan(initial).tableSize != 0);
    }

    TEST_CASE("tensors within larger ones run as dense ones do, without a table") {
        struct Case {
            Problem dense;
            Strides strides, outputStrides, sideStrides;
        };
        Problem values{Op::Argminmax, Dtype::F32, {40, 3000}, 1};
        values.values = true;
        const Case cases[] = {
            {{Op::Argmax, Dtype::F32, {40, 3000}, 1}, {3008, 1}, {}, {}},   // rows
            {{Op::Argmax, Dtype::F32, {300, 40}, 0}, {48, 1}, {}, {}},      // columns
            {{Op::Argmax, Dtype::F16, {3000, 400}, 0}, {408, 1}, {}, {}},   // quads of columns
            {{Op::Argmax, Dtype::F32, {5, 3000, 40}, 1}, {}, {48, 1}, {}},  // results within a larger one
            {{Op::Argmax, Dtype::F32, {40, 3000}, 1}, {}, {3}, {}},
            {values, {3008, 1}, {2}, {5}},
            {{Op::Scan, Dtype::F32, {40, 3000}, 1}, {3008, 1}, {}, {}},
            {{Op::Scan, Dtype::F32, {40, 3000}, 1}, {}, {3008, 1}, {}},
            {{Op::Scan, Dtype::F32, {40, 3000}, 1}, {4000, 1}, {3008, 1}, {}},
            {{Op::Scan, Dtype::F32, {3000, 400}, 0}, {408, 1}, {416, 1}, {}},
            {{Op::Scan, Dtype::F32, {5, 3000, 400}, 1}, {1512000, 504, 1}, {1224000, 408, 1}, {}},
        };
        const Planner planner(fullDevice());
        for (const Case& c : cases) {
            const Problem view = strided(c.dense, c.strides, c.outputStrides, c.sideStrides);
            CAPTURE(harness::describe(view));
            const Plan plan = planner.plan(view), dense = planner.plan(c.dense);
            CHECK(plan.tableSize == 0);
            CHECK(sameDispatches(plan, dense));
            CHECK_FALSE(samePlan(plan, dense));
        }
    }

    TEST_CASE("strides choose the kernel, and more dimensions than parameters hold take a table") {
        struct Case {
            const char* kernel;
            std::uint32_t mask;  // of the views that the table places
            Problem problem;
        };
        const auto argmax = [](Extents shape, std::int32_t axis, Strides strides,
                               Strides outputStrides = {}) {
            return strided({Op::Argmax, Dtype::F32, std::move(shape), axis}, std::move(strides),
                           std::move(outputStrides));
        };
        const auto scan = [](Extents shape, std::int32_t axis, Strides strides, Strides outputStrides = {}) {
            return strided({Op::Scan, Dtype::F32, std::move(shape), axis}, std::move(strides),
                           std::move(outputStrides));
        };
        const auto aside = [](Problem problem, Strides sideStrides) {
            problem.sideStrides = std::move(sideStrides);
            return problem;
        };
        Problem values = argmax({50, 10}, 0, {}), totals = scan({60, 50}, 1, {}), initial = totals;
        values.values = totals.totals = true;
        initial.initial = ScanInitial::PerSlice;
        constexpr std::uint32_t kInput = 1u << shader::kInputView, kOutput = 1u << shader::kOutputView;
        constexpr std::uint32_t kAside = 1u << shader::kAsideView, kTotals = 1u << shader::kTotalsView;
        constexpr std::uint32_t kMany = 1u << shader::kManySlicesBit;
        const Case cases[] = {
            {"arg_columns", 0, values},
            {"arg_columns", kAside, aside(values, {2})},
            {"scan_rows", 0, totals},
            {"scan_rows", kTotals, aside(totals, {2})},
            {"scan_rows", 0, initial},
            {"scan_rows", kAside, aside(initial, {2})},
            {"scan_rows", kAside, aside(initial, {0})},
            {"arg_rows", 0, argmax({60, 50}, 1, {})},
            {"arg_rows", 0, argmax({50, 60}, 0, {1, 50})},  // transposed
            {"arg_rows", 0, argmax({60, 50}, 1, {0, 1})},   // one row, again and again
            {"arg_rows", kInput, argmax({6, 10, 50}, 2, {600, 50, 1})},
            {"arg_rows", kOutput, argmax({6, 10, 50}, 2, {}, {11, 1})},
            {"arg_rows", kInput | kOutput, argmax({6, 10, 50}, 2, {600, 50, 1}, {11, 1})},
            {"arg_short_rows", 0, argmax({60, 31}, 1, {})},
            {"arg_short_rows", kOutput, argmax({6, 10, 31}, 2, {}, {11, 1})},
            {"arg_short_rows", 0, argmax({60, 31}, 1, {33, 1})},  // padded
            {"arg_rows", kInput, argmax({6, 10, 51}, 2, {612, 51, 1})},
            {"arg_columns", 0, argmax({50, 10}, 0, {})},
            {"arg_columns", 0, argmax({10, 50}, 1, {1, 10})},        // transposed
            {"arg_columns", 0, argmax({60, 50}, 1, {100, 2})},       // stepped
            {"arg_columns", 0, argmax({60, 50}, 1, {1, 0})},         // broadcast along the axis
            {"arg_columns", kInput, argmax({50, 10}, 0, {20, 2})},   // columns that are no neighbours
            {"arg_columns", kOutput, argmax({50, 10}, 0, {}, {2})},  // nor their results
            {"arg_columns", kInput, argmax({60000, 70000, 2, 3}, 2, {490007, 7, 3, 1})},
            {"arg_columns", kInput | kMany, argmax({70000, 70000, 2, 3}, 2, {490007, 7, 3, 1})},
            {"arg_column_quads", 0, argmax({300, 20, 300}, 1, {})},
            {"arg_column_quads", kInput, argmax({30, 10, 20, 300}, 2, {70000, 6000, 300, 1})},
            {"arg_columns", 0, argmax({300, 20, 300}, 1, {300, 0, 1})},  // rows that overlap
            {"scan_rows", 0, scan({60, 50}, 1, {})},
            {"scan_rows", 0, scan({50, 60}, 0, {1, 50}, {1, 50})},
            {"scan_rows", 0, scan({60, 50}, 1, {0, 1})},
            {"scan_rows", kInput, scan({6, 10, 50}, 2, {600, 50, 1})},
            {"scan_columns", 0, scan({50, 10}, 0, {})},
            {"scan_columns", 0, scan({60, 50}, 1, {100, 2})},
            {"scan_columns", 0, scan({60, 50}, 1, {}, {100, 2})},
            {"scan_columns", 0, scan({60, 50}, 1, {1, 0})},
            {"scan_columns", 0, scan({60, 50}, 1, {1, 60})},  // transposed on the way
            {"scan_columns", kInput, scan({50, 10}, 0, {20, 2})},
        };
        const Planner planner(fullDevice());
        for (const Case& c : cases) {
            CAPTURE(harness::describe(c.problem));
            const Plan plan = planner.plan(c.problem);
            REQUIRE(firstDispatch(plan) != nullptr);
            const VkaxisCommand& first = *firstDispatch(plan);
            CHECK(std::string(first.name) == c.kernel);
            const VkPipeline pipeline = planner.context.handle()->kernels.pipelineOf(first.kernel);
            CHECK(planner.driver.pipeline(pipeline).shader.specialization.at(VKAXIS_ID_TABLE_MASK) == c.mask);
            CHECK(plan.tableSize == (c.mask != 0 ? sizeof(shader::ShapeTable) : 0));
        }
    }

    TEST_CASE("eight dimensions that do not collapse fit the table, the fastest first") {
        const Extents shape{2, 3, 4, 5, 6, 7, 8, 9};
        Strides strides(8);
        std::uint64_t stride = 1;
        for (std::size_t i = 8; i-- > 0; stride *= shape[i] + 1) strides[i] = stride;
        const Planner planner(fullDevice());
        const auto tableOf = [&](const Problem& problem) {
            shader::ShapeTable table;
            const Plan plan = planner.plan(problem);
            REQUIRE(plan.tableSize == sizeof table);
            std::memcpy(&table, plan.table, sizeof table);
            return table;
        };
        // Rows have seven outer dimensions, columns six and an inner one.
        for (const bool rows : {true, false}) {
            const shader::ShapeTable table =
                tableOf(strided({Op::Argmax, Dtype::F64, shape, rows ? 7 : 0}, strides));
            CHECK(table.outerRank == (rows ? 7 : 6));
            for (std::size_t i = 0; i < table.outerRank; ++i) {
                CAPTURE(i);
                CHECK(table.extents[i] == shape[6 - i]);
                CHECK(table.strides[shader::kInputView * shader::kMaxOuter + i] == 8 * strides[6 - i]);
            }
            CHECK(table.innerStrides[shader::kInputView] == (rows ? 0 : 8));
        }
    }
}

}  // namespace vkaxis::test
