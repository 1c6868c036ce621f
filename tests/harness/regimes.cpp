#include "harness/regimes.hpp"

namespace vkaxis::harness {

const std::vector<Regime>& regimes() {
    static const std::vector<Regime> kRegimes{
        {"rows", {{{128, 4000}, 1}, {{3, 17, 2049}, -1}, {{40, 5001}, 1}}},
        {"short-rows", {{{3001, 32}, 1}, {{2, 1000, 9}, 2}, {{20011, 3}, -1}}},
        {"columns", {{{2, 300, 1381}, 1}, {{17, 4100}, 0}, {{2, 3, 65, 5, 33}, -3}}},
        {"narrow-columns", {{{20011, 7}, 0}, {{1001, 10, 3}, 1}, {{4, 4099, 2, 1}, 1}}},
        {"few-long-rows", {{{3, 100003}, 1}, {{2, 2, 65537}, 2}, {{1, 131072}, -1}}},
        {"1-d", {{{200003}, 0}, {{4096}, -1}, {{1000}, 0}}},
        {"many-dimensions",
         {{{2, 3, 2, 2, 5, 3, 2, 4}, 4}, {{3, 2, 70, 2, 3, 9}, 2}, {{2, 3, 2, 2, 2, 2, 3, 40}, -1}}},
    };
    return kRegimes;
}

}  // namespace vkaxis::harness
