// Other sizes than the device's own, for a while.
#pragma once

#include <vkaxis/device.hpp>

#include <vector>

#include "context.hpp"

namespace vkaxis::test {

// The context's tuning, to be changed; as it was when this ends.
class ScopedTuning {
  public:
    explicit ScopedTuning(const Device& device)
        : tuning_(device.context().handle()->tuning), before_(tuning_) {}
    ScopedTuning(const ScopedTuning&) = delete;
    ScopedTuning& operator=(const ScopedTuning&) = delete;
    ~ScopedTuning() { tuning_ = before_; }

    Tuning* operator->() const { return &tuning_; }

  private:
    Tuning& tuning_;
    Tuning before_;
};

// The values that the device accepts, with the sizes of workgroups that follow from them, until this ends.
class WithTuning {
  public:
    WithTuning(const Device& device, const std::vector<TuningValue>& values)
        : device_(device), status_(device.context().setTuning(values)) {}
    ~WithTuning() { static_cast<void>(device_.context().setTuning({})); }
    WithTuning(const WithTuning&) = delete;
    WithTuning& operator=(const WithTuning&) = delete;

    const Status& status() const { return status_; }

  private:
    const Device& device_;
    Status status_;
};

}  // namespace vkaxis::test
