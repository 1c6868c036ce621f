// The cases of vkaxis tune on a device: every plan's results are checked before it is timed.
#pragma once

#include "bench_cases.hpp"
#include "search.hpp"
#include "stream_kernel.hpp"
#include "tuning_file.hpp"

#include <vkaxis/device.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vkaxis::cli {

class TuneCases : public Contest {
  public:
    // A row is the values of these names.
    TuneCases(const Device& device, std::vector<std::string> names);

    // Makes the case's tensors and holds its result by the incumbent row against the CPU reference. Returns
    // why the case is left out, where the device cannot take it; throws Failure for a wrong result and where
    // the driver fails.
    std::string add(const BenchCase& benchCase);

    // Whether the core takes the row; makes it the incumbent.
    Status adopt(const Row& row);

    std::size_t size() const { return cases_.size(); }
    const std::string& id(std::size_t i) const { return cases_[i].benchCase.id; }

    std::vector<std::size_t> challenge(const Row& incumbent, const Row& candidate) override;
    std::vector<Pair> sample() override;

    // What was wrong with candidates so far, a line each.
    const std::vector<std::string>& wrong() const { return wrong_; }

  private:
    using Checksum = std::array<std::uint32_t, 4>;

    struct TuneCase {
        BenchCase benchCase;
        std::shared_ptr<Buffer> input{};
        Buffer initial{};
        Plan incumbent{};
        std::vector<Checksum> checksums{};  // of the outputs, once they have been found right
        std::uint32_t recordings = 1;       // of one sample
    };

    Status setRow(const Row& row) const;
    void upload(TuneCase& tuneCase, std::span<const std::byte> input);
    void makeRoom(const TuneCase& tuneCase, const Plan& plan);
    void grow(VkaxisOperand operand, VkDeviceSize size, bool zero);
    Operands operandsFor(const TuneCase& tuneCase, const Plan& plan) const;
    std::vector<Checksum> run(const TuneCase& tuneCase, const Plan& plan);
    std::string check(const TuneCase& tuneCase, const Plan& plan, std::span<const std::byte> input) const;
    bool isRight(TuneCase& tuneCase, const Plan& plan);
    double secondsOf(const TuneCase& tuneCase, const Plan& plan) const;
    void chooseRecordings(TuneCase& tuneCase) const;

    const Device& device_;
    std::vector<std::string> names_;
    StreamKernel checksum_;
    Buffer sum_;
    std::map<std::string, std::shared_ptr<Buffer>> inputs_;  // cases of the same data share them
    std::array<Buffer, VKAXIS_OPERAND_COUNT>
        shared_;  // outputs, scratch and zeroed memory of one case at a time
    std::vector<TuneCase> cases_;
    Row incumbent_;
    std::vector<std::size_t> affected_;
    std::vector<Plan> candidates_;  // of the affected cases
    std::vector<std::string> wrong_;
};

}  // namespace vkaxis::cli
