// What the host relies on when it uses a module, as words that can be compared.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace vkaxis::reload_detail {

struct Fact {
    std::string value{};  // "uint splits"
    std::string name{};   // to be found in the source: "splits"
};

// By what it is about: "push constant at byte 64", "specialization constant 5", "capability Float64". Of a
// valid module.
using Interface = std::map<std::string, Fact>;
Interface interfaceOf(std::span<const std::uint32_t> code);

struct Breach {
    std::string message{};  // "" for none
    std::string name{};     // as in Fact, if there is one to look for
};

// The first thing that the host, or a device that has what the built module needs and vkaxis's floor, would
// have to know.
Breach findBreach(const Interface& built, const Interface& changed);

}  // namespace vkaxis::reload_detail
