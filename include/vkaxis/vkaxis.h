/* vkaxis: argmax, argmin and prefix scans along any axis of a tensor, recorded into the caller's command buffer.
 *
 *   plan    vkaxisPlanArgReduce, vkaxisPlanScan: validate a problem, choose kernels, compile the missing pipelines
 *           and size the scratch memory. Slow the first time, and the only step that can fail for want of a feature.
 *   record  vkaxisRecord: append a plan to a command buffer. Never allocates, locks, compiles or waits.
 *
 * The library borrows the instance, the device and the command buffer. It allocates no device memory, submits
 * nothing, waits for nothing, and neither exports nor imports a vk* symbol.
 *
 * Synchronization: what the caller owes, and what is recorded
 *   Before a recording, all writes to the input must be available and visible to
 *       VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT / VK_ACCESS_SHADER_READ_BIT,
 *   and all earlier accesses to the output and to the scratch memory must have completed, and their writes be
 *   available, before VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT / VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT.
 *   After a recording, wait for VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT / VK_ACCESS_SHADER_WRITE_BIT.
 *   Barriers lie strictly between a plan's own commands. Two recordings may share scratch memory if a barrier
 *   (compute shader write to compute shader read and write) separates them.
 *   Disturbed state: the bound compute pipeline and the push constants visible to the compute stage. Nothing else.
 *   The command buffer must be recording, outside a render pass, on a queue family with VK_QUEUE_COMPUTE_BIT.
 *
 * Threads: creating plans, and destroying, need external synchronization per context. vkaxisRecord does not: any
 * number of threads may record, also while another thread plans.
 *
 * Results are bitwise reproducible: the same plan on the same device and the same input gives the same bits, floats
 * included. The summation order depends on shape, options and device, never on addresses, alignment or scheduling.
 */
#ifndef VKAXIS_H
#define VKAXIS_H

#include <stdint.h>
#include <vulkan/vulkan_core.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VKAXIS_VERSION_MAJOR 0
#define VKAXIS_VERSION_MINOR 1
#define VKAXIS_VERSION_PATCH 0

/* VKAXIS_SHARED: the library is a shared one (its CMake target says so). vkaxis_EXPORTS: this is the library itself. */
#if !defined(VKAXIS_SHARED)
#define VKAXIS_API
#elif !defined(_WIN32)
#define VKAXIS_API __attribute__((visibility("default")))
#elif defined(vkaxis_EXPORTS)
#define VKAXIS_API __declspec(dllexport)
#else
#define VKAXIS_API __declspec(dllimport)
#endif

/* ---- Status -------------------------------------------------------------------------------------------------- */

typedef enum VkaxisCode {
    VKAXIS_OK = 0,
    VKAXIS_INVALID_ARGUMENT = 1, /* wrong on every device */
    VKAXIS_UNSUPPORTED = 2,      /* the device, or what the caller enabled of it, lacks something */
    VKAXIS_OUT_OF_MEMORY = 3,    /* host or device memory */
    VKAXIS_VULKAN_ERROR = 4      /* a Vulkan call failed; vkResult says how */
} VkaxisCode;

#define VKAXIS_MESSAGE_SIZE 248

/* Every call returns one by value. message is "" on success; otherwise one sentence, without a full stop, that names
 * the offending thing, its value and what would be right. */
typedef struct VkaxisStatus {
    VkaxisCode code;
    VkResult vkResult; /* VK_SUCCESS unless a Vulkan call failed */
    char message[VKAXIS_MESSAGE_SIZE];
} VkaxisStatus;

/* ---- Context ------------------------------------------------------------------------------------------------- */

/* Each structure starts with its type, so that an uninitialized one is refused. pNext must be NULL. As in Vulkan, the
 * _MAX_ENUM values only make the enumerations 32 bits wide. */
typedef enum VkaxisStructureType {
    VKAXIS_STRUCTURE_TYPE_CONTEXT_CREATE_INFO = 0x61786900,
    VKAXIS_STRUCTURE_TYPE_ARG_REDUCE_INFO = 0x61786901,
    VKAXIS_STRUCTURE_TYPE_SCAN_INFO = 0x61786902,
    VKAXIS_STRUCTURE_TYPE_RECORD_INFO = 0x61786903,
    VKAXIS_STRUCTURE_TYPE_MAX_ENUM = 0x7FFFFFFF
} VkaxisStructureType;

/* Compiled pipelines and the facts of one VkDevice. Holds no device memory. */
typedef struct VkaxisContext_T* VkaxisContext;

typedef struct VkaxisContextCreateInfo {
    VkaxisStructureType sType;
    const void* pNext;
    PFN_vkGetInstanceProcAddr pfnGetInstanceProcAddr; /* the only source of Vulkan functions */
    VkInstance instance;
    VkPhysicalDevice physicalDevice;
    VkDevice device;
    uint32_t apiVersion; /* VkApplicationInfo::apiVersion the instance was created with; at least 1.2 */
    /* What the device was created with. Vulkan cannot be asked, so what is not in here counts as absent. Only pNext,
     * ppEnabledExtensionNames and pEnabledFeatures are read, and only during the call. */
    const VkDeviceCreateInfo* pDeviceCreateInfo;
    VkPipelineCache pipelineCache;           /* or VK_NULL_HANDLE; must outlive the context */
    const VkAllocationCallbacks* pAllocator; /* or NULL; its functions must outlive the context */
} VkaxisContextCreateInfo;

/* Needs of the device: Vulkan 1.2, bufferDeviceAddress enabled, and in compute shaders the subgroup operations basic,
 * vote, ballot, arithmetic and shuffle at a subgroup size of 4 to 128. The first need that is not met is named in the
 * status. Used where enabled: subgroupSizeControl (every pipeline requires the device's subgroup size),
 * computeFullSubgroups (every pipeline requires full subgroups), and vulkanMemoryModel with
 * vulkanMemoryModelDeviceScope (long rows are scanned in a single pass on devices that are known to run it well).
 * On failure *pContext is NULL. */
VKAXIS_API VkaxisStatus vkaxisCreateContext(const VkaxisContextCreateInfo* pInfo, VkaxisContext* pContext);

/* NULL is ignored. No command buffer that recorded a plan of this context may still be pending. */
VKAXIS_API void vkaxisDestroyContext(VkaxisContext context);

/* ---- Tensors ------------------------------------------------------------------------------------------------- */

#define VKAXIS_MAX_RANK 8

typedef enum VkaxisDtype {
    VKAXIS_DTYPE_F32 = 0,
    VKAXIS_DTYPE_I32 = 1,
    VKAXIS_DTYPE_U32 = 2,
    VKAXIS_DTYPE_MAX_ENUM = 0x7FFFFFFF
} VkaxisDtype;

/* A dense row-major tensor: the last dimension is contiguous. Rank 0 is a scalar and acts as one element along an
 * axis of extent 1. An extent may be 0. Size is limited by memory alone, but the axis of an operation may have at
 * most 2^32-1 elements. */
typedef struct VkaxisTensor {
    VkaxisDtype dtype;
    uint32_t rank; /* 0 to VKAXIS_MAX_RANK */
    uint64_t extents[VKAXIS_MAX_RANK];
} VkaxisTensor;

/* ---- Plans --------------------------------------------------------------------------------------------------- */

typedef enum VkaxisOperand {
    VKAXIS_OPERAND_INPUT = 0,
    VKAXIS_OPERAND_OUTPUT = 1,
    VKAXIS_OPERAND_SCRATCH = 2
} VkaxisOperand;

typedef enum VkaxisAccessFlagBits { VKAXIS_ACCESS_READ = 1, VKAXIS_ACCESS_WRITE = 2 } VkaxisAccessFlagBits;

/* Bytes of an operand that a dispatch may touch. */
typedef struct VkaxisAccess {
    VkaxisOperand operand;
    uint32_t flags; /* VkaxisAccessFlagBits */
    VkDeviceSize offset;
    VkDeviceSize size;
} VkaxisAccess;

typedef enum VkaxisCommandType {
    VKAXIS_COMMAND_DISPATCH = 0,
    VKAXIS_COMMAND_BARRIER = 1 /* compute shader write -> compute shader read and write, all memory */
} VkaxisCommandType;

#define VKAXIS_MAX_ACCESSES 3
#define VKAXIS_MAX_COMMANDS 5
#define VKAXIS_PARAMETER_SIZE 128

/* What vkaxisRecord appends, one for one, so that a frame graph or a checker can reason about it. */
typedef struct VkaxisCommand {
    VkaxisCommandType type;
    uint32_t kernel; /* slot of the context's pipeline table */
    const char* name; /* of the kernel and its job, static; NULL for a barrier */
    uint32_t groupCount[3];
    uint32_t accessCount;
    /* The address of the k-th access is the k-th 64-bit word of the push constants. */
    VkaxisAccess accesses[VKAXIS_MAX_ACCESSES];
    unsigned char parameters[VKAXIS_PARAMETER_SIZE]; /* the push constants but for those addresses */
} VkaxisCommand;

/* A plain value: copy it, keep it, record it any number of times into any number of command buffers. Valid as long as
 * its context. Everything in it is for reading only. */
typedef struct VkaxisPlan {
    VkDeviceSize inputSize;       /* bytes of the whole input tensor */
    VkDeviceSize outputSize;      /* bytes of the whole output tensor */
    VkDeviceSize inputAlignment;  /* bytes: an element */
    VkDeviceSize outputAlignment; /* bytes: an element */
    VkDeviceSize scratchSize;     /* bytes of scratch memory; 0: none needed */
    VkDeviceSize scratchZeroSize; /* leading bytes of scratch that must be zero before its first use; every completed
                                     recording leaves them zero */
    /* Scans of floats: the most additions between an element and a result. With u = 2^-24, an element of the result
     * differs from the exact sum by at most additionDepth * u / (1 - additionDepth * u) times the sum of the absolute
     * values of its terms (Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14, 1993). */
    uint64_t additionDepth;
    VkBool32 inPlace;      /* the output may be exactly the input */
    uint32_t commandCount; /* 0: nothing to do */
    VkaxisCommand commands[VKAXIS_MAX_COMMANDS];
} VkaxisPlan;

/* ---- argmax, argmin ------------------------------------------------------------------------------------------ */

typedef enum VkaxisArgReduceOp {
    VKAXIS_ARGMAX = 0,
    VKAXIS_ARGMIN = 1,
    VKAXIS_ARG_REDUCE_OP_MAX_ENUM = 0x7FFFFFFF
} VkaxisArgReduceOp;
typedef enum VkaxisIndexType {
    VKAXIS_INDEX_U32 = 0,
    VKAXIS_INDEX_I64 = 1,
    VKAXIS_INDEX_TYPE_MAX_ENUM = 0x7FFFFFFF
} VkaxisIndexType;

/* The index along the axis of each slice's largest (smallest) element.
 *   Output  dense, the input's shape without the axis, of indexType.
 *   Ties    the first index wins. -0 equals +0; denormals count; a slice of nothing but -inf answers 0.
 *   NaN     beats every number, in argmax and in argmin; the first NaN wins (as in PyTorch and NumPy).
 *   Empty   an axis of extent 0 is refused (VKAXIS_INVALID_ARGUMENT); another extent of 0 makes an empty plan. */
typedef struct VkaxisArgReduceInfo {
    VkaxisStructureType sType;
    const void* pNext;
    VkaxisArgReduceOp op;
    VkaxisTensor input;
    int32_t axis; /* -rank to rank-1, negative from the end; for rank 0: -1 or 0 */
    VkaxisIndexType indexType;
} VkaxisArgReduceInfo;

VKAXIS_API VkaxisStatus vkaxisPlanArgReduce(VkaxisContext context, const VkaxisArgReduceInfo* pInfo, VkaxisPlan* pPlan);

/* ---- Prefix scan --------------------------------------------------------------------------------------------- */

typedef enum VkaxisScanMode {
    VKAXIS_SCAN_INCLUSIVE = 0,      /* y[i] = x[0] + ... + x[i] */
    VKAXIS_SCAN_EXCLUSIVE = 1,      /* y[i] = x[0] + ... + x[i-1], y[0] = 0 */
    VKAXIS_SCAN_INCLUDE_INITIAL = 2, /* exclusive, with the total as element n; the axis grows to n+1 */
    VKAXIS_SCAN_MODE_MAX_ENUM = 0x7FFFFFFF
} VkaxisScanMode;

/* The prefix sums along the axis.
 *   Output   dense, the input's dtype and shape (include initial: one more along the axis). It may be exactly the
 *            input (in place), except in include-initial mode; otherwise it must not overlap it.
 *   Integers wrap. Floats are summed in a fixed tree (see additionDepth) and may flush denormals where the device does.
 *            A NaN or an infinity reaches only the sums that contain it; exclusive is never inclusive minus x.
 *   Empty    an empty axis writes nothing, or in include-initial mode the initial value 0; another extent of 0 makes an
 *            empty plan. */
typedef struct VkaxisScanInfo {
    VkaxisStructureType sType;
    const void* pNext;
    VkaxisTensor input;
    int32_t axis; /* as in VkaxisArgReduceInfo */
    VkaxisScanMode mode;
} VkaxisScanInfo;

VKAXIS_API VkaxisStatus vkaxisPlanScan(VkaxisContext context, const VkaxisScanInfo* pInfo, VkaxisPlan* pPlan);

/* ---- Recording ----------------------------------------------------------------------------------------------- */

typedef struct VkaxisAddressRange {
    VkDeviceAddress address;
    VkDeviceSize size; /* bytes that belong to the tensor's owner; at least what the plan asks for */
} VkaxisAddressRange;

#define VKAXIS_SCRATCH_ALIGNMENT 16

typedef struct VkaxisRecordInfo {
    VkaxisStructureType sType;
    const void* pNext;
    VkaxisAddressRange input;  /* aligned to inputAlignment of the plan; 16-byte alignment is faster */
    VkaxisAddressRange output; /* aligned to outputAlignment of the plan; 16-byte alignment is faster */
    /* Created with VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, VK_BUFFER_USAGE_TRANSFER_DST_BIT and
     * VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT; may be VK_NULL_HANDLE where scratchSize of the plan is 0. */
    VkBuffer scratch;
    VkDeviceSize scratchOffset; /* the address of scratch + scratchOffset must be a multiple of
                                   VKAXIS_SCRATCH_ALIGNMENT */
    VkDeviceSize scratchSize;   /* from scratchOffset; at least the plan's scratchSize, none of it in input or output */
} VkaxisRecordInfo;

/* Appends the plan to commandBuffer. On any status but VKAXIS_OK nothing has been recorded. */
VKAXIS_API VkaxisStatus vkaxisRecord(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisPlan* pPlan,
                                     const VkaxisRecordInfo* pInfo);

#ifdef __cplusplus
}
#endif

#endif /* VKAXIS_H */
