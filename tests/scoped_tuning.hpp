// Other sizes than the device's own, for a while.
#pragma once

#include <vkaxis/device.hpp>

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

}  // namespace vkaxis::test
