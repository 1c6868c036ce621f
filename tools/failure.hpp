// How the runner ends: its exit status, and the one exception that carries it to main.
#pragma once

#include <vkaxis/vkaxis.hpp>

#include <stdexcept>
#include <string>

namespace vkaxis::cli {

enum class ExitCode {
    Done = 0,
    WrongResult = 1,  // validate only
    BadUsage = 2,     // bad arguments, bad input, or an output that cannot be written
    NoDevice = 3,     // no usable device, or the driver failed
};

// Ends the program: main prints "vkaxis: " and the message, one line that names the culprit, and exits with
// the code.
class Failure : public std::runtime_error {
  public:
    Failure(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

    ExitCode code() const { return code_; }

  private:
    ExitCode code_;
};

// Throws a Failure with the status's message, after "subject: " where there is one, unless the status is Ok.
inline void require(const Status& status, ExitCode code, const std::string& subject = {}) {
    if (!status) throw Failure(code, (subject.empty() ? "" : subject + ": ") + status.message());
}

}  // namespace vkaxis::cli
