/* vkaxis: argmax, argmin and prefix scans along any axis of a tensor, recorded into the caller's command buffer.
 *
 *   plan    vkaxisPlanArgReduce, vkaxisPlanScan: validate a problem, choose kernels, compile the missing pipelines
 *           and size the scratch and zeroed memory. Slow the first time. Like creating the context it can fail for want
 *           of a feature.
 *   record  vkaxisRecord: append a plan to a command buffer. Never allocates, locks, compiles or waits.
 *
 * The library borrows the instance, the device and the command buffer. It allocates no device memory, submits
 * nothing, waits for nothing, and neither exports nor imports a vk* symbol.
 *
 * Synchronization: what the caller owes, and what is recorded
 *   Before a recording, all writes to the input, to initial values and to zeroed memory must be available and visible to
 *       VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT / VK_ACCESS_SHADER_READ_BIT (zeroed: | VK_ACCESS_SHADER_WRITE_BIT),
 *   and all earlier accesses to the outputs, to scratch and to zeroed memory must have completed, and their writes be
 *   available, before VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT / VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT.
 *   After a recording, wait for VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT / VK_ACCESS_SHADER_WRITE_BIT.
 *   Barriers lie strictly between a plan's own commands, but for plans with a table (tableSize, of views that one
 *   stride between slices does not describe): these begin with a barrier and an update of scratch memory. Any
 *   recordings may share scratch memory, and zeroed memory, if a barrier (compute shader write to compute shader read
 *   and write) separates them.
 *   Disturbed state: the bound compute pipeline and the push constants visible to the compute stage. Nothing else.
 *   The command buffer must be recording, outside a render pass, on a queue family with VK_QUEUE_COMPUTE_BIT.
 *
 * Threads: creating plans, and destroying, need external synchronization per context. vkaxisRecord does not: any
 * number of threads may record, also while another thread plans. vkaxisGetPipeline, vkaxisGetKernel and vkaxisSetTuning
 * are like planning. vkaxisReplaceModules is like destroying: no other thread may plan or record meanwhile.
 *
 * Results are bitwise reproducible: the same plan on the same device and the same input gives the same bits, floats
 * included. The summation order depends on the plan (shape, strides, dtypes, options, the device and what is enabled of
 * it, and the context's tuning), never on addresses, alignment or scheduling.
 */
#ifndef VKAXIS_H
#define VKAXIS_H

#include <stddef.h>
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

/* Every call that can fail returns one by value. message is "" on success; otherwise one sentence, without a full stop,
 * that names the offending thing, its value and what would be right. */
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
    /* What the device was created with. Vulkan cannot be asked, so what is not in here counts as absent. Only pNext and
     * pEnabledFeatures are read, and only during the call. */
    const VkDeviceCreateInfo* pDeviceCreateInfo;
    VkPipelineCache pipelineCache;           /* or VK_NULL_HANDLE; must outlive the context */
    const VkAllocationCallbacks* pAllocator; /* or NULL; its functions must outlive the context */
    VkPipelineCreateFlags pipelineFlags;     /* of every pipeline, such as to capture statistics; what they ask for is
                                                the caller's to enable; usually 0 */
} VkaxisContextCreateInfo;

/* Needs of the device: Vulkan 1.2, bufferDeviceAddress enabled, and in compute shaders the subgroup operations basic,
 * vote, ballot, arithmetic and shuffle at a subgroup size of 4 to 128. The first need that is not met is named in the
 * status. Used where enabled: subgroupSizeControl (every pipeline requires the device's subgroup size; needed where the
 * device has several), computeFullSubgroups (every pipeline requires full subgroups), vulkanMemoryModel with
 * vulkanMemoryModelDeviceScope (an axis of at most 2^32-1 elements that workgroups share is reduced in one dispatch, but
 * for some permuted outputs; long rows are scanned in a single pass on devices that are known to run it well), and where
 * an operation says so storageBuffer8BitAccess, storageBuffer16BitAccess and shaderFloat64.
 * On failure *pContext is NULL. */
VKAXIS_API VkaxisStatus vkaxisCreateContext(const VkaxisContextCreateInfo* pInfo, VkaxisContext* pContext);

/* NULL is ignored. No command buffer that recorded a plan of this context may still be pending. */
VKAXIS_API void vkaxisDestroyContext(VkaxisContext context);

/* ---- Tuning -------------------------------------------------------------------------------------------------- */

/* A size that plans follow from: of workgroups and tiles, of loads in flight, of where one way gives way to another.
 * A context begins with those that the library has for its device; `vkaxis tune` finds others. They are for one version
 * of the library: names and meanings may change with any. */
typedef struct VkaxisTuningValue {
    const char* name; /* such as "workgroupSize" */
    uint32_t value;
} VkaxisTuningValue;

/* Plans are made by these values from now on; those that are not named are the library's own, so none restores all.
 * Read during the call only. Earlier plans stay as they are. Any tuning that is accepted gives right results, at worst
 * slowly; sums and products of floats may be rounded otherwise. Needs external synchronization, as creating plans does.
 * VKAXIS_INVALID_ARGUMENT: a name that does not exist or is there twice, or a value that no kernel can take.
 * VKAXIS_UNSUPPORTED: more shared memory than the device has. On failure nothing changes. */
VKAXIS_API VkaxisStatus vkaxisSetTuning(VkaxisContext context, uint32_t valueCount,
                                        const VkaxisTuningValue* pValues);

/* How many values there are; the first valueCount of those in use are written to pValues, which may be NULL. Names live
 * as long as the library. 0 if context is NULL. */
VKAXIS_API uint32_t vkaxisGetTuning(VkaxisContext context, uint32_t valueCount, VkaxisTuningValue* pValues);

/* ---- Tensors ------------------------------------------------------------------------------------------------- */

#define VKAXIS_MAX_RANK 8

typedef enum VkaxisDtype {
    VKAXIS_DTYPE_DEFAULT = 0, /* of an output only: what the operation chooses */
    VKAXIS_DTYPE_F16 = 1,     /* IEEE 754 binary16 */
    VKAXIS_DTYPE_BF16 = 2,    /* the upper half of an F32 */
    VKAXIS_DTYPE_F32 = 3,
    VKAXIS_DTYPE_F64 = 4,
    VKAXIS_DTYPE_I8 = 5,
    VKAXIS_DTYPE_I16 = 6,
    VKAXIS_DTYPE_I32 = 7,
    VKAXIS_DTYPE_I64 = 8,
    VKAXIS_DTYPE_U8 = 9,
    VKAXIS_DTYPE_U16 = 10,
    VKAXIS_DTYPE_U32 = 11,
    VKAXIS_DTYPE_U64 = 12,
    VKAXIS_DTYPE_MAX_ENUM = 0x7FFFFFFF
} VkaxisDtype;

/* Where the elements of a tensor lie, from its address on. Not strided: dense and row-major, the last dimension is
 * contiguous. Strided: an element's place is the sum of its indices times the strides: a transposed, stepped, padded or
 * broadcast (stride 0) view is read and written where it is, and what lies between its elements is left alone. A view
 * that begins elsewhere in its buffer has another address. The elements of an output must not overlap each other: by
 * ascending stride, each dimension of more than one element must step over all of those before it. So interleaved
 * dimensions are refused, even where no two elements meet. */
typedef struct VkaxisLayout {
    VkBool32 strided;
    uint64_t strides[VKAXIS_MAX_RANK]; /* elements, one per dimension; read if strided */
} VkaxisLayout;

/* Rank 0 is a scalar and acts as one element along an axis of extent 1. An extent may be 0. Up to 2^62 bytes
 * from the first to the last element; more is refused. */
typedef struct VkaxisTensor {
    VkaxisDtype dtype;
    uint32_t rank; /* 0 to VKAXIS_MAX_RANK */
    uint64_t extents[VKAXIS_MAX_RANK];
    VkaxisLayout layout;
} VkaxisTensor;

/* ---- Plans --------------------------------------------------------------------------------------------------- */

typedef enum VkaxisOperand {
    VKAXIS_OPERAND_INPUT = 0,
    VKAXIS_OPERAND_OUTPUT = 1,
    VKAXIS_OPERAND_SCRATCH = 2,
    VKAXIS_OPERAND_MAX_OUTPUT = 3, /* argminmax */
    VKAXIS_OPERAND_VALUES = 4,     /* argmax, argmin, argminmax */
    VKAXIS_OPERAND_MAX_VALUES = 5, /* argminmax */
    VKAXIS_OPERAND_INITIAL = 6,    /* scan */
    VKAXIS_OPERAND_TOTALS = 7,     /* scan */
    VKAXIS_OPERAND_ZEROED = 8      /* where workgroups of one dispatch meet: scans in a single pass, arg reductions */
} VkaxisOperand;

#define VKAXIS_OPERAND_COUNT 9

typedef enum VkaxisAccessFlagBits { VKAXIS_ACCESS_READ = 1, VKAXIS_ACCESS_WRITE = 2 } VkaxisAccessFlagBits;

/* Bytes of an operand that a command may touch; of 8- and 16-bit elements that are read also the rest of their words. */
typedef struct VkaxisAccess {
    VkaxisOperand operand;
    uint32_t flags; /* VkaxisAccessFlagBits */
    VkDeviceSize offset;
    VkDeviceSize size;
} VkaxisAccess;

typedef enum VkaxisCommandType {
    VKAXIS_COMMAND_DISPATCH = 0,
    VKAXIS_COMMAND_BARRIER = 1, /* compute shader write -> compute shader read and write, all memory */
    VKAXIS_COMMAND_UPDATE = 2,  /* vkCmdUpdateBuffer of the plan's table into scratch */
    VKAXIS_COMMAND_BEFORE_UPDATE = 3, /* barrier: compute shader read and write -> transfer write, all memory */
    VKAXIS_COMMAND_AFTER_UPDATE = 4   /* barrier: transfer write -> compute shader read, all memory */
} VkaxisCommandType;

#define VKAXIS_MAX_ACCESSES 6
#define VKAXIS_MAX_COMMANDS 12
#define VKAXIS_PARAMETER_SIZE 128
#define VKAXIS_TABLE_SIZE 320

/* What vkaxisRecord appends, one for one, so that a frame graph or a checker can reason about it. */
typedef struct VkaxisCommand {
    VkaxisCommandType type;
    uint32_t kernel; /* dispatch: slot of the context's pipeline table, for vkaxisGetPipeline */
    const char* name; /* of the kernel and its job, static; NULL for a barrier */
    uint32_t workgroupSize; /* invocations */
    uint32_t groupCount[3];
    uint32_t accessCount;
    /* Dispatch: the address of the k-th access is the k-th 64-bit word of the push constants. An access without flags
     * leaves that word alone. */
    VkaxisAccess accesses[VKAXIS_MAX_ACCESSES];
    unsigned char parameters[VKAXIS_PARAMETER_SIZE]; /* the push constants but for those addresses */
} VkaxisCommand;

/* A plain value: copy it, keep it, record it any number of times into any number of command buffers, with the context
 * that made it and as long as that lives. Everything in it is for reading only. */
typedef struct VkaxisPlan {
    VkaxisContext context;
    /* Of each VkaxisOperand: bytes from its address to the end of its last element; bytes that its address must be a
     * multiple of; and the dtype. The size is 0 where the plan has no use for it. Scratch and zeroed memory have no dtype. */
    VkDeviceSize sizes[VKAXIS_OPERAND_COUNT];
    VkDeviceSize alignments[VKAXIS_OPERAND_COUNT];
    VkaxisDtype dtypes[VKAXIS_OPERAND_COUNT]; /* of index outputs U32 or I64 */
    /* Scans of floats by sum and product: the most operations between an element and a result; else 0. With u = 2^-24
     * (results of F64: 2^-53) and d = additionDepth, a sum differs from the exact one by at most d * u / (1 - d * u)
     * times the sum of the absolute values of its terms (Higham, "The accuracy of floating point summation", SIAM J.
     * Sci. Comput. 14, 1993); for a product of n factors the relative error is at most n * u / (1 - n * u), in any
     * order, where no partial product leaves the range of normal numbers. An output in F16 or BF16 is rounded once
     * more. */
    uint64_t additionDepth;
    VkBool32 inPlace;      /* scan: the output may be exactly the input, at the same address */
    uint32_t commandCount; /* 0: nothing to do */
    VkaxisCommand commands[VKAXIS_MAX_COMMANDS];
    uint32_t tableSize; /* bytes of table, 0: none; written to scratch by VKAXIS_COMMAND_UPDATE */
    unsigned char table[VKAXIS_TABLE_SIZE]; /* extents and strides of a view with too many dimensions for parameters */
} VkaxisPlan;

/* The pipeline of a dispatch's kernel, to name it or to ask the driver about it; it belongs to the context.
 * VK_NULL_HANDLE where the context has no such kernel. Needs the same synchronization as planning. */
VKAXIS_API VkPipeline vkaxisGetPipeline(VkaxisContext context, uint32_t kernel);

/* ---- argmax, argmin and both in one -------------------------------------------------------------------------- */

typedef enum VkaxisArgReduceOp {
    VKAXIS_ARGMAX = 0,
    VKAXIS_ARGMIN = 1,
    VKAXIS_ARGMINMAX = 2, /* both in one read of memory: the smallest's index to output, the largest's to maxOutput */
    VKAXIS_ARG_REDUCE_OP_MAX_ENUM = 0x7FFFFFFF
} VkaxisArgReduceOp;
typedef enum VkaxisIndexType {
    VKAXIS_INDEX_U32 = 0, /* for an axis of at most 2^32-1 elements */
    VKAXIS_INDEX_I64 = 1,
    VKAXIS_INDEX_TYPE_MAX_ENUM = 0x7FFFFFFF
} VkaxisIndexType;
typedef enum VkaxisTie {
    VKAXIS_TIE_FIRST = 0, /* of equal elements the first along the axis wins */
    VKAXIS_TIE_LAST = 1,  /* the last (ONNX: select_last_index) */
    VKAXIS_TIE_MAX_ENUM = 0x7FFFFFFF
} VkaxisTie;
typedef enum VkaxisNan {
    VKAXIS_NAN_PROPAGATE = 0, /* NaN beats every number, for largest and smallest alike; NaNs are equal to each other
                                 (PyTorch, NumPy) */
    VKAXIS_NAN_IGNORE = 1,    /* numbers beat NaN; a slice of nothing but NaN answers -1, that is all bits set */
    VKAXIS_NAN_MAX_ENUM = 0x7FFFFFFF
} VkaxisNan;

/* The index along the axis of each slice's largest (smallest) element, on every device and for every dtype.
 *   Outputs have the input's shape without the axis. Indices are of indexType. Values, where asked for, are bit copies
 *           of the chosen elements (of the first one, in a slice of nothing but ignored NaN); those of 8 bits need
 *           storageBuffer8BitAccess, those of 16 bits storageBuffer16BitAccess.
 *   Order   -0 equals +0; denormals count; a slice of nothing but -inf answers as for any tie. See VkaxisTie and
 *           VkaxisNan.
 *   Empty   an axis of extent 0 is refused (VKAXIS_INVALID_ARGUMENT); another extent of 0 makes an empty plan. */
typedef struct VkaxisArgReduceInfo {
    VkaxisStructureType sType;
    const void* pNext;
    VkaxisArgReduceOp op;
    VkaxisTensor input;
    int32_t axis; /* -rank to rank-1, negative from the end; for rank 0: -1 or 0 */
    VkaxisIndexType indexType;
    VkaxisTie tie;
    VkaxisNan nan;
    VkBool32 values;           /* whether to write values (argminmax: and maxValues) too */
    VkaxisLayout outputLayout; /* of output and maxOutput, each from its own address on */
    VkaxisLayout valuesLayout; /* of values and maxValues */
} VkaxisArgReduceInfo;

/* On failure *pPlan is left as it was. */
VKAXIS_API VkaxisStatus vkaxisPlanArgReduce(VkaxisContext context, const VkaxisArgReduceInfo* pInfo, VkaxisPlan* pPlan);

/* ---- Prefix scan --------------------------------------------------------------------------------------------- */

typedef enum VkaxisScanOp {
    VKAXIS_SCAN_SUM = 0, /* integers wrap */
    VKAXIS_SCAN_PROD = 1,
    VKAXIS_SCAN_MAX = 2, /* NaN propagates, as a quiet NaN; -0 is less than +0 */
    VKAXIS_SCAN_MIN = 3,
    VKAXIS_SCAN_OP_MAX_ENUM = 0x7FFFFFFF
} VkaxisScanOp;

/* op combines elements and the initial value, which without one is the op's neutral element: 0, 1, the output dtype's
 * lowest or its highest value (floats: -inf or inf). */
typedef enum VkaxisScanMode {
    VKAXIS_SCAN_INCLUSIVE = 0,      /* y[i] = initial op x[0] op ... op x[i] */
    VKAXIS_SCAN_EXCLUSIVE = 1,      /* y[i] = initial op x[0] op ... op x[i-1], y[0] = initial */
    VKAXIS_SCAN_INCLUDE_INITIAL = 2, /* exclusive, with the total as element n; the axis grows to n+1 */
    VKAXIS_SCAN_MODE_MAX_ENUM = 0x7FFFFFFF
} VkaxisScanMode;

typedef enum VkaxisScanInitial {
    VKAXIS_SCAN_INITIAL_NEUTRAL = 0,
    VKAXIS_SCAN_INITIAL_HOST = 1,     /* initialValue */
    VKAXIS_SCAN_INITIAL_DEVICE = 2,   /* one element at RecordInfo's address `initial`, for all slices */
    VKAXIS_SCAN_INITIAL_PER_SLICE = 3, /* a tensor there, of the input's shape without the axis */
    VKAXIS_SCAN_INITIAL_MAX_ENUM = 0x7FFFFFFF
} VkaxisScanInitial;

/* f64 for output dtypes of floats (rounded to F32 for all but F64), i64 for signed, u64 for unsigned integers, whose
 * range it must lie in. */
typedef union VkaxisScalar {
    uint64_t u64;
    int64_t i64;
    double f64;
} VkaxisScalar;

/* The prefix scan along the axis.
 *   Output   the input's shape (include initial: one more along the axis). Its dtype: DEFAULT is the input's, but for
 *            integers of 8 and 16 bits the one of 32 bits and the same sign; or the input's own, or a wider one that
 *            holds all its values, floats in floats, integers in integers (unsigned also in signed ones). Outputs of
 *            8 bits need storageBuffer8BitAccess, those of 16 bits storageBuffer16BitAccess, sums and products with
 *            F64 output shaderFloat64.
 *            The output may be exactly the input (in place) where address, dtype and strides are the same, except in
 *            include-initial mode. Otherwise their bytes from first to last element must not overlap, even where
 *            interleaved views share no element.
 *   Sums     and products of floats accumulate in F64 for F64 output, else in F32, and are rounded once, to nearest
 *            even, for F16 and BF16 output. They are combined in a fixed tree (see additionDepth) and may flush
 *            denormals where the device does; max and min do not. A NaN or an infinity reaches only the results that
 *            contain it; exclusive is never inclusive minus x.
 *   Reverse  from the end of the axis: y[i] = x[i] op ... op x[n-1] op initial; exclusive y[n-1] = initial; include
 *            initial y[n] = initial and the total is y[0].
 *   Initial  values and totals have the output's dtype; sums of floats take -0 as +0. A total is initial op all elements
 *            of a slice.
 *   Empty    an empty axis writes nothing but the initial value, in include-initial mode and as total; another extent
 *            of 0 makes an empty plan. */
typedef struct VkaxisScanInfo {
    VkaxisStructureType sType;
    const void* pNext;
    VkaxisTensor input;
    int32_t axis; /* as in VkaxisArgReduceInfo */
    VkaxisScanMode mode;
    VkaxisScanOp op;
    VkBool32 reverse;
    VkaxisDtype outputDtype;
    VkaxisLayout outputLayout;
    VkaxisScanInitial initial;
    VkaxisScalar initialValue;  /* of INITIAL_HOST */
    VkaxisLayout initialLayout; /* of INITIAL_PER_SLICE */
    VkBool32 totals;            /* whether to write the total of each slice, in the input's shape without the axis */
    VkaxisLayout totalsLayout;
} VkaxisScanInfo;

/* On failure *pPlan is left as it was. */
VKAXIS_API VkaxisStatus vkaxisPlanScan(VkaxisContext context, const VkaxisScanInfo* pInfo, VkaxisPlan* pPlan);

/* ---- Recording ----------------------------------------------------------------------------------------------- */

/* Elements of 8 and 16 bits are read in whole aligned words of 4 bytes. Where a tensor of them ends within a word, the
 * rest of the word must belong to the buffer as well, and `size` must say so. */
typedef struct VkaxisAddressRange {
    VkDeviceAddress address;
    VkDeviceSize size; /* bytes that may be accessed from there on; at least what the plan asks for, and that rest */
} VkaxisAddressRange;

#define VKAXIS_SCRATCH_ALIGNMENT 16

typedef struct VkaxisRecordInfo {
    VkaxisStructureType sType;
    const void* pNext;
    /* Each aligned to the plan's alignment for it, better to 16 bytes: that is faster. Those that the plan has no use
     * for are ignored. */
    VkaxisAddressRange input;
    VkaxisAddressRange output;
    VkaxisAddressRange maxOutput;
    VkaxisAddressRange values;
    VkaxisAddressRange maxValues;
    VkaxisAddressRange initial;
    VkaxisAddressRange totals;
    /* All zero before its first use, and left zero by every recording that completes: any number of plans may share
     * memory as large as the largest of them needs (vkCmdFillBuffer with 0, once). Anything else there makes results
     * wrong, but nothing hangs. */
    VkaxisAddressRange zeroed;
    /* Created with VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, VK_BUFFER_USAGE_TRANSFER_DST_BIT and
     * VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT; may be VK_NULL_HANDLE where the plan needs no scratch memory. */
    VkBuffer scratch;
    VkDeviceSize scratchOffset; /* the address of scratch + scratchOffset must be a multiple of
                                   VKAXIS_SCRATCH_ALIGNMENT */
    VkDeviceSize scratchSize;   /* from scratchOffset; at least the plan's, none of it in another operand */
} VkaxisRecordInfo;

/* Appends the plan to commandBuffer. On any status but VKAXIS_OK nothing has been recorded. */
VKAXIS_API VkaxisStatus vkaxisRecord(VkaxisContext context, VkCommandBuffer commandBuffer, const VkaxisPlan* pPlan,
                                     const VkaxisRecordInfo* pInfo);

/* ---- Other code for kernels ---------------------------------------------------------------------------------- */

/* For tools that compile shaders while a program runs, such as vkaxis::reload; nobody else needs this. A kernel is
 * made from the SPIR-V of a module and the values of its specialization constants. */
typedef struct VkaxisModule {
    const char* name; /* such as "scan_rows_f32" */
    size_t codeSize;  /* bytes, a multiple of 4 */
    const uint32_t* pCode;
} VkaxisModule;

/* One after the other, from 0 on, the modules that the library was built with, name and code static. VK_FALSE behind
 * the last. Any thread may call it at any time. */
VKAXIS_API VkBool32 vkaxisGetModule(uint32_t index, VkaxisModule* pModule);

#define VKAXIS_MAX_KERNEL_CONSTANTS 16

/* What the pipelines of a kernel have in common, whatever their code. A plain value. */
typedef struct VkaxisKernel {
    const char* module;                              /* its name, static */
    uint32_t constants[VKAXIS_MAX_KERNEL_CONSTANTS]; /* of the specialization constants, by their numbers */
} VkaxisKernel;

/* VK_FALSE where the context has no such kernel; they are numbered without gaps, as in VkaxisCommand. Needs the same
 * synchronization as planning. */
VKAXIS_API VkBool32 vkaxisGetKernel(VkaxisContext context, uint32_t kernel, VkaxisKernel* pKernel);

/* A pipeline as the context makes it for the kernel, but from this code, which must have the interface of the kernel's
 * module and be valid. It is the caller's, for vkaxisDestroyPipeline or vkaxisReplaceModules. Both need no
 * synchronization: any thread may call them while others plan and record, if the context's pipeline cache is none that
 * is externally synchronized and its allocation functions may be called by several threads. On failure *pPipeline is
 * VK_NULL_HANDLE. */
VKAXIS_API VkaxisStatus vkaxisCreatePipeline(VkaxisContext context, const VkaxisKernel* pKernel, size_t codeSize,
                                             const uint32_t* pCode, VkPipeline* pPipeline);

/* No command buffer that recorded it may still be pending. VK_NULL_HANDLE is ignored. */
VKAXIS_API void vkaxisDestroyPipeline(VkaxisContext context, VkPipeline pipeline);

/* All or nothing: from now on the modules have this code, which is copied, and their kernels these pipelines. Element k
 * of pPipelines is for kernel k: a new pipeline if its module is among pModules, else VK_NULL_HANDLE; kernels from
 * pipelineCount on count as VK_NULL_HANDLE. A kernel of the modules without a new pipeline, as one planned after those
 * were made, refuses the whole call. On VKAXIS_OK the new pipelines are the context's, and the old ones take their
 * places in the array and are the caller's; otherwise nothing has changed. Plans stay as they are, and record what is
 * new; command buffers recorded before keep what is old.
 * No other thread may plan, record, replace, or ask for pipelines or kernels with this context during the call. */
VKAXIS_API VkaxisStatus vkaxisReplaceModules(VkaxisContext context, uint32_t moduleCount, const VkaxisModule* pModules,
                                             uint32_t pipelineCount, VkPipeline* pPipelines);

#ifdef __cplusplus
}
#endif

#endif /* VKAXIS_H */
