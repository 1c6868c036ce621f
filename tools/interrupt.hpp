// Ctrl-C as a wish to stop early and keep what there is.
#pragma once

namespace vkaxis::cli {

// While it lives, the first interrupt is noted and the second ends the program as ever.
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    // Since the latest one was made; never before the first.
    static bool requested();

  private:
    void (*previousInterrupt_)(int);
    void (*previousTerminate_)(int);
};

}  // namespace vkaxis::cli
