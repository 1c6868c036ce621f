// A Vulkan driver made of nothing: stands in for any device, answers what the core may ask, records what it
// is told and notes every wrong use. Several can live side by side: every handle leads back to its own
// driver.
#pragma once

#include "fake_memory.hpp"
#include "shader_facts.hpp"

#include <vkaxis/vkaxis.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vkaxis::test {

// ---- Failures --------------------------------------------------------------------------------------------

// Checks a failed status: its code, and a message that names `what` in one sentence without a full stop.
void checkFailure(const Status& status, Code code, std::string_view what);

// ---- The driver -------------------------------------------------------------------------------------------

// Everything about the device that the core can find out, and what the caller enabled of it.
struct FakeDevice {
    std::uint32_t apiVersion = VK_API_VERSION_1_2;
    std::uint32_t vendorId = 0;
    std::uint32_t warpsPerMultiprocessor = 0;  // 0: an extension that it does not have
    VkPhysicalDeviceType type = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    std::uint32_t subgroupSize = 32;
    std::uint32_t minSubgroupSize = 0, maxSubgroupSize = 0;  // 0: subgroupSize
    VkShaderStageFlags subgroupStages = VK_SHADER_STAGE_COMPUTE_BIT;
    VkShaderStageFlags requiredSubgroupSizeStages = VK_SHADER_STAGE_COMPUTE_BIT;
    std::uint32_t maxWorkgroupSubgroups = 0;  // 0: as many as fit in maxWorkgroupInvocations
    VkSubgroupFeatureFlags subgroupOperations =
        VK_SUBGROUP_FEATURE_BASIC_BIT | VK_SUBGROUP_FEATURE_VOTE_BIT | VK_SUBGROUP_FEATURE_ARITHMETIC_BIT |
        VK_SUBGROUP_FEATURE_BALLOT_BIT | VK_SUBGROUP_FEATURE_SHUFFLE_BIT;
    std::uint32_t maxWorkgroupInvocations = 1024;
    std::uint32_t maxWorkgroupCount = 65535;    // in x, y and z
    std::uint32_t maxSharedMemorySize = 16384;  // the least that Vulkan guarantees

    bool enableBufferDeviceAddress = true;
    bool enableSubgroupSizeControl = false;
    bool enableFullSubgroups = false;
    bool enableMemoryModel = false;  // vulkanMemoryModel and vulkanMemoryModelDeviceScope
    bool enableFloat64 = false;
    bool enableStorage8 = false;   // storageBuffer8BitAccess
    bool enableStorage16 = false;  // storageBuffer16BitAccess
};

struct FakePipeline {
    ShaderFacts shader;
    std::size_t codeHash = 0;  // see hashOf
    VkPipelineCreateFlags flags = 0;
    VkPipelineCache cache = VK_NULL_HANDLE;
    std::uint32_t pushConstantSize = 0;
    std::uint32_t requiredSubgroupSize = 0;  // 0: not chained
    bool fullSubgroups = false;
};

enum class FakeCommandType { Dispatch, Barrier, Update };

struct FakeCommand {
    FakeCommandType type = FakeCommandType::Dispatch;
    VkPipeline pipeline = VK_NULL_HANDLE;
    std::array<std::uint32_t, 3> groupCount{};
    std::array<unsigned char, VKAXIS_PARAMETER_SIZE> pushConstants{};
    VkPipelineStageFlags sourceStages = 0, destinationStages = 0;
    VkAccessFlags sourceAccess = 0, destinationAccess = 0;
    VkBuffer target = VK_NULL_HANDLE;  // update
    VkDeviceSize offset = 0;
    std::vector<unsigned char> data{};

    bool operator==(const FakeCommand&) const = default;
};

class FakeVulkan;

struct FakeHandle {
    enum class Kind : std::uint32_t { Instance = 0x696e7374, PhysicalDevice, Device, CommandBuffer };
    Kind kind;
    FakeVulkan* driver;
};

struct FakeCommandBuffer : FakeHandle {
    explicit FakeCommandBuffer(FakeVulkan& driver);
    VkCommandBuffer handle() { return reinterpret_cast<VkCommandBuffer>(static_cast<FakeHandle*>(this)); }
    void reset();

    std::vector<FakeCommand> commands;  // what has an effect; bound state is found in it
    std::uint32_t calls = 0;            // all calls, state included

    VkPipeline boundPipeline = VK_NULL_HANDLE;
    std::array<unsigned char, VKAXIS_PARAMETER_SIZE> pushConstants{};
    std::uint32_t pushedBytes = 0;  // contiguous from 0
};

class FakeVulkan {
  public:
    explicit FakeVulkan(const FakeDevice& device = {});
    ~FakeVulkan();
    FakeVulkan(const FakeVulkan&) = delete;
    FakeVulkan& operator=(const FakeVulkan&) = delete;

    // A valid caller of this device.
    ContextInfo contextInfo() const;
    const FakeDevice& device() const { return device_; }

    // A buffer of the caller's. Address 0 stands for one without VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT.
    VkBuffer addBuffer(VkDeviceAddress address, VkDeviceSize size);

    void hide(std::string_view function) { hidden_ = function; }  // its address is asked for in vain
    void fail(std::string_view function, std::uint32_t ordinal,
              VkResult result);  // from 1, counted from now on

    const FakePipeline& pipeline(VkPipeline handle) const;
    std::vector<VkPipeline> livePipelines() const;
    std::uint32_t calls(std::string_view function) const;
    std::uint32_t createdWithout(const VkAllocationCallbacks* allocator) const;  // ever, with other functions
    std::uint32_t liveObjects() const;                                           // but for buffers
    std::string firstViolation() const;  // the first wrong use, "" without any

  private:
    friend struct FakeEntryPoints;
    struct Object;

    void violate(std::string text);
    std::uint64_t createObject(std::uint32_t kind, const VkAllocationCallbacks* allocator, VkResult& result);
    void destroyObject(std::uint64_t id, std::uint32_t kind, const VkAllocationCallbacks* allocator);
    Object* find(std::uint64_t id, std::uint32_t kind, const char* user) const;
    VkResult injected(std::size_t function);

    FakeDevice device_;
    FakeHandle instance_, physicalDevice_, logicalDevice_;
    VkPhysicalDeviceFeatures2 features_{};
    VkPhysicalDeviceVulkan11Features features11_{};
    VkPhysicalDeviceVulkan12Features features12_{};
    VkPhysicalDeviceVulkan13Features features13_{};
    VkPhysicalDeviceSubgroupSizeControlFeatures sizeControlFeatures_{};
    VkDeviceCreateInfo createInfo_{};
    std::string hidden_;

    // A fixed table, so that recording threads look objects up without a lock that would hide the core's
    // races.
    std::unique_ptr<Object[]> objects_;
    std::atomic<std::uint32_t> objectCount_{0};
    std::unique_ptr<std::atomic<std::uint32_t>[]> calls_;

    mutable std::mutex mutex_;
    std::vector<std::string> violations_;
    std::size_t failFunction_ = 0;
    std::uint32_t failCountdown_ = 0;
    VkResult failResult_ = VK_SUCCESS;
};

}  // namespace vkaxis::test
