// What a stranger does to have shaders reloaded: one object, one call a frame.
#include <vkaxis/device.hpp>
#include <vkaxis/reload.hpp>

#include <cstdio>

int main() {
    const auto device = vkaxis::Device::create();
    if (!device) return std::puts(device.status.message()), 1;
    auto reloader = vkaxis::Reloader::create(device->context());
    if (!reloader) return std::puts(reloader.status.message()), 1;
    for (std::uint64_t frame = 1; frame <= 3; ++frame)
        for (const std::string& problem : reloader->poll(frame, frame - 1).problems)
            std::puts(problem.c_str());
    const auto nowhere = vkaxis::Reloader::create(device->context(), {.shaders = "no/such/folder"});
    std::puts(nowhere.status.message());
    return nowhere.status.code() == vkaxis::Code::Unsupported ? 0 : 1;
}
