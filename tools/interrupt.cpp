#include "interrupt.hpp"

#include <csignal>

namespace vkaxis::cli {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int number) {
    noted = 1;
    std::signal(number, SIG_DFL);
}

}  // namespace

Interrupt::Interrupt()
    : previousInterrupt_(std::signal(SIGINT, note)), previousTerminate_(std::signal(SIGTERM, note)) {
    noted = 0;
    // Who started the program in the background may have had it ignored.
    if (previousInterrupt_ == SIG_IGN) std::signal(SIGINT, SIG_IGN);
    if (previousTerminate_ == SIG_IGN) std::signal(SIGTERM, SIG_IGN);
}

Interrupt::~Interrupt() {
    std::signal(SIGINT, previousInterrupt_);
    std::signal(SIGTERM, previousTerminate_);
}

bool Interrupt::requested() {
    return noted != 0;
}

}  // namespace vkaxis::cli
