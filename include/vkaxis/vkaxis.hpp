// The C++20 face of vkaxis.h: an owning context, descriptors with defaults, scoped enums. Semantics are
// documented there.
#pragma once

#include <vkaxis/vkaxis.h>

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <span>
#include <utility>

namespace vkaxis {

inline constexpr std::uint32_t kMaxRank = VKAXIS_MAX_RANK;

enum class Code {
    Ok = VKAXIS_OK,
    InvalidArgument = VKAXIS_INVALID_ARGUMENT,
    Unsupported = VKAXIS_UNSUPPORTED,
    OutOfMemory = VKAXIS_OUT_OF_MEMORY,
    VulkanError = VKAXIS_VULKAN_ERROR,
};
enum class Dtype {
    Default = VKAXIS_DTYPE_DEFAULT,
    F16 = VKAXIS_DTYPE_F16,
    BF16 = VKAXIS_DTYPE_BF16,
    F32 = VKAXIS_DTYPE_F32,
    F64 = VKAXIS_DTYPE_F64,
    I8 = VKAXIS_DTYPE_I8,
    I16 = VKAXIS_DTYPE_I16,
    I32 = VKAXIS_DTYPE_I32,
    I64 = VKAXIS_DTYPE_I64,
    U8 = VKAXIS_DTYPE_U8,
    U16 = VKAXIS_DTYPE_U16,
    U32 = VKAXIS_DTYPE_U32,
    U64 = VKAXIS_DTYPE_U64,
};
enum class ArgReduceOp { Argmax = VKAXIS_ARGMAX, Argmin = VKAXIS_ARGMIN, Argminmax = VKAXIS_ARGMINMAX };
enum class IndexType { U32 = VKAXIS_INDEX_U32, I64 = VKAXIS_INDEX_I64 };
enum class Tie { First = VKAXIS_TIE_FIRST, Last = VKAXIS_TIE_LAST };
enum class Nan { Propagate = VKAXIS_NAN_PROPAGATE, Ignore = VKAXIS_NAN_IGNORE };
enum class ScanOp {
    Sum = VKAXIS_SCAN_SUM,
    Prod = VKAXIS_SCAN_PROD,
    Max = VKAXIS_SCAN_MAX,
    Min = VKAXIS_SCAN_MIN,
};
enum class ScanInitial {
    Neutral = VKAXIS_SCAN_INITIAL_NEUTRAL,
    Host = VKAXIS_SCAN_INITIAL_HOST,
    Device = VKAXIS_SCAN_INITIAL_DEVICE,
    PerSlice = VKAXIS_SCAN_INITIAL_PER_SLICE,
};
enum class ScanMode {
    Inclusive = VKAXIS_SCAN_INCLUSIVE,
    Exclusive = VKAXIS_SCAN_EXCLUSIVE,
    IncludeInitial = VKAXIS_SCAN_INCLUDE_INITIAL,
};

// True when the call succeeded.
class [[nodiscard]] Status {
  public:
    Status() : status_{VKAXIS_OK, VK_SUCCESS, ""} {}
    Status(const VkaxisStatus& status) : status_(status) {}

    explicit operator bool() const { return status_.code == VKAXIS_OK; }
    Code code() const { return static_cast<Code>(status_.code); }
    VkResult vkResult() const { return status_.vkResult; }
    const char* message() const { return status_.message; }

  private:
    VkaxisStatus status_;
};

// A value, or the status that says why there is none.
template <class T>
struct [[nodiscard]] Result {
    T value{};
    Status status{};

    explicit operator bool() const { return static_cast<bool>(status); }
    T* operator->() { return &value; }
    const T* operator->() const { return &value; }
};

// Strides in elements, one per dimension, or none: dense and row-major. Read during the call only.
using Strides = std::span<const std::uint64_t>;

struct Tensor {
    Dtype dtype = Dtype::F32;
    std::span<const std::uint64_t> extents{};  // at most kMaxRank; read during the call only
    Strides strides{};
};

struct ArgReduce {
    ArgReduceOp op = ArgReduceOp::Argmax;
    Tensor input{};
    std::int32_t axis = -1;
    IndexType indexType = IndexType::U32;
    Tie tie = Tie::First;
    Nan nan = Nan::Propagate;
    bool values = false;
    Strides outputStrides{};
    Strides valuesStrides{};
};

struct Scan {
    Tensor input{};
    std::int32_t axis = -1;
    ScanMode mode = ScanMode::Inclusive;
    ScanOp op = ScanOp::Sum;
    bool reverse = false;
    Dtype outputDtype = Dtype::Default;
    Strides outputStrides{};
    ScanInitial initial = ScanInitial::Neutral;
    VkaxisScalar initialValue{};
    Strides initialStrides{};
    bool totals = false;
    Strides totalsStrides{};
};

using Plan = VkaxisPlan;
using TuningValue = VkaxisTuningValue;
using AddressRange = VkaxisAddressRange;

struct Operands {
    AddressRange input{};
    AddressRange output{};
    AddressRange maxOutput{};
    AddressRange values{};
    AddressRange maxValues{};
    AddressRange initial{};
    AddressRange totals{};
    AddressRange zeroed{};
    VkBuffer scratch = VK_NULL_HANDLE;
    VkDeviceSize scratchOffset = 0;
    VkDeviceSize scratchSize = 0;
};

struct ContextInfo {
    PFN_vkGetInstanceProcAddr getInstanceProcAddr = nullptr;
    VkInstance instance = VK_NULL_HANDLE;
    VkPhysicalDevice physicalDevice = VK_NULL_HANDLE;
    VkDevice device = VK_NULL_HANDLE;
    std::uint32_t apiVersion = VK_API_VERSION_1_2;
    const VkDeviceCreateInfo* deviceCreateInfo = nullptr;
    VkPipelineCache pipelineCache = VK_NULL_HANDLE;
    const VkAllocationCallbacks* allocator = nullptr;
    VkPipelineCreateFlags pipelineFlags = 0;
};

namespace detail {

inline VkaxisLayout toC(Strides strides) {
    VkaxisLayout result{strides.empty() ? VK_FALSE : VK_TRUE, {}};
    for (std::size_t i = 0; i < strides.size() && i < kMaxRank; ++i) result.strides[i] = strides[i];
    return result;
}

// An over-long span keeps its size as the rank, so that the plan refuses it and nothing is read past the end.
inline VkaxisTensor toC(const Tensor& tensor) {
    VkaxisTensor result{static_cast<VkaxisDtype>(tensor.dtype),
                        static_cast<std::uint32_t>(tensor.extents.size()),
                        {},
                        toC(tensor.strides)};
    for (std::size_t i = 0; i < tensor.extents.size() && i < kMaxRank; ++i)
        result.extents[i] = tensor.extents[i];
    return result;
}

struct StrideCount {
    const char* view;
    Strides strides;
    std::size_t rank;
};

// The name of the first view whose strides are not one per dimension, or null.
inline const char* strideMismatch(std::initializer_list<StrideCount> views) {
    for (const StrideCount& view : views)
        if (!view.strides.empty() && view.strides.size() != view.rank) return view.view;
    return nullptr;
}

inline Status strideFailure(const char* view) {
    VkaxisStatus status{VKAXIS_INVALID_ARGUMENT, VK_SUCCESS, {}};
    std::snprintf(status.message, sizeof status.message,
                  "the strides of the %s are not as many as its dimensions", view);
    return status;
}

}  // namespace detail

// Planning needs external synchronization though it is const, as vkaxis.h says; recording does not.
class Context {
  public:
    Context() = default;
    Context(Context&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
    Context& operator=(Context&& other) noexcept {
        std::swap(context_, other.context_);
        return *this;
    }
    ~Context() { vkaxisDestroyContext(context_); }

    static Result<Context> create(const ContextInfo& info) {
        const VkaxisContextCreateInfo c{VKAXIS_STRUCTURE_TYPE_CONTEXT_CREATE_INFO,
                                        nullptr,
                                        info.getInstanceProcAddr,
                                        info.instance,
                                        info.physicalDevice,
                                        info.device,
                                        info.apiVersion,
                                        info.deviceCreateInfo,
                                        info.pipelineCache,
                                        info.allocator,
                                        info.pipelineFlags};
        Result<Context> result;
        result.status = vkaxisCreateContext(&c, &result.value.context_);
        return result;
    }

    Status setTuning(std::span<const TuningValue> values) const {
        return vkaxisSetTuning(context_, static_cast<std::uint32_t>(values.size()), values.data());
    }
    // How many there are.
    std::uint32_t tuning(std::span<TuningValue> values) const {
        return vkaxisGetTuning(context_, static_cast<std::uint32_t>(values.size()), values.data());
    }

    VkPipeline pipeline(std::uint32_t kernel) const { return vkaxisGetPipeline(context_, kernel); }

    Result<Plan> plan(const ArgReduce& problem) const {
        const VkaxisArgReduceInfo c{VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO,
                                    nullptr,
                                    static_cast<VkaxisArgReduceOp>(problem.op),
                                    detail::toC(problem.input),
                                    problem.axis,
                                    static_cast<VkaxisIndexType>(problem.indexType),
                                    static_cast<VkaxisTie>(problem.tie),
                                    static_cast<VkaxisNan>(problem.nan),
                                    problem.values,
                                    detail::toC(problem.outputStrides),
                                    detail::toC(problem.valuesStrides)};
        const std::size_t rank = problem.input.extents.size();
        const std::size_t slices = rank == 0 ? 0 : rank - 1;
        Result<Plan> result;
        if (const char* view = detail::strideMismatch({{"input", problem.input.strides, rank},
                                                       {"output", problem.outputStrides, slices},
                                                       {"values", problem.valuesStrides, slices}}))
            result.status = detail::strideFailure(view);
        else
            result.status = vkaxisPlanArgReduce(context_, &c, &result.value);
        return result;
    }

    Result<Plan> plan(const Scan& problem) const {
        const VkaxisScanInfo c{VKAXIS_STRUCTURE_TYPE_SCAN_INFO,
                               nullptr,
                               detail::toC(problem.input),
                               problem.axis,
                               static_cast<VkaxisScanMode>(problem.mode),
                               static_cast<VkaxisScanOp>(problem.op),
                               problem.reverse,
                               static_cast<VkaxisDtype>(problem.outputDtype),
                               detail::toC(problem.outputStrides),
                               static_cast<VkaxisScanInitial>(problem.initial),
                               problem.initialValue,
                               detail::toC(problem.initialStrides),
                               problem.totals,
                               detail::toC(problem.totalsStrides)};
        const std::size_t rank = problem.input.extents.size();
        const std::size_t slices = rank == 0 ? 0 : rank - 1;
        Result<Plan> result;
        if (const char* view = detail::strideMismatch({{"input", problem.input.strides, rank},
                                                       {"output", problem.outputStrides, rank},
                                                       {"initial", problem.initialStrides, slices},
                                                       {"totals", problem.totalsStrides, slices}}))
            result.status = detail::strideFailure(view);
        else
            result.status = vkaxisPlanScan(context_, &c, &result.value);
        return result;
    }

    Status record(VkCommandBuffer commandBuffer, const Plan& plan, const Operands& operands) const {
        const VkaxisRecordInfo c{VKAXIS_STRUCTURE_TYPE_RECORD_INFO,
                                 nullptr,
                                 operands.input,
                                 operands.output,
                                 operands.maxOutput,
                                 operands.values,
                                 operands.maxValues,
                                 operands.initial,
                                 operands.totals,
                                 operands.zeroed,
                                 operands.scratch,
                                 operands.scratchOffset,
                                 operands.scratchSize};
        return vkaxisRecord(context_, commandBuffer, &plan, &c);
    }

    bool kernel(std::uint32_t kernel, VkaxisKernel& result) const {
        return vkaxisGetKernel(context_, kernel, &result) == VK_TRUE;
    }

    Result<VkPipeline> createPipeline(const VkaxisKernel& kernel, std::span<const std::uint32_t> code) const {
        Result<VkPipeline> result;
        result.status =
            vkaxisCreatePipeline(context_, &kernel, code.size_bytes(), code.data(), &result.value);
        return result;
    }

    void destroyPipeline(VkPipeline pipeline) const { vkaxisDestroyPipeline(context_, pipeline); }

    Status replaceModules(std::span<const VkaxisModule> modules, std::span<VkPipeline> pipelines) const {
        return vkaxisReplaceModules(context_, static_cast<std::uint32_t>(modules.size()), modules.data(),
                                    static_cast<std::uint32_t>(pipelines.size()), pipelines.data());
    }

    VkaxisContext handle() const { return context_; }

  private:
    VkaxisContext context_ = nullptr;
};

}  // namespace vkaxis
