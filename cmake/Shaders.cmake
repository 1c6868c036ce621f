# Compiles shaders to SPIR-V, inlines and checks it with SPIRV-Tools and embeds it as C arrays: module X becomes
# header spirv/X.h with array X_spirv. Includes are tracked.
find_program(VKAXIS_GLSLANG NAMES glslang glslangValidator REQUIRED
             DOC "glslang compiler, of the distribution or a Vulkan SDK")
find_program(VKAXIS_SPIRV_OPT spirv-opt REQUIRED DOC "SPIR-V optimizer, of the distribution or a Vulkan SDK")
find_program(VKAXIS_SPIRV_VAL spirv-val REQUIRED DOC "SPIR-V validator, of the distribution or a Vulkan SDK")

# Everything in one function: a driver that unrolls loops before it inlines what they call keeps arrays in memory
# instead of registers (NVIDIA 580: a single-pass scan three times as slow). And nothing computed twice, so that
# drivers see which loads no result depends on (an exclusive scan of two rows: 365 us instead of 600).
set(VKAXIS_SPIRV_PASSES
    --merge-return --inline-entry-points-exhaustive --eliminate-dead-functions --convert-local-access-chains
    --eliminate-local-single-block --eliminate-local-single-store --eliminate-local-multi-store
    --eliminate-dead-code-aggressive --merge-blocks --redundancy-elimination)

# vkaxis_add_shader(TARGET NAME SOURCE [DEFINE...]): one module, NAME, from SOURCE.comp of the
# project, with macros.
function(vkaxis_add_shader target name source)
    set(input ${PROJECT_SOURCE_DIR}/${source}.comp)
    set(folder ${PROJECT_BINARY_DIR}/spirv)
    list(TRANSFORM ARGN PREPEND -D OUTPUT_VARIABLE defines)
    add_custom_command(
        OUTPUT ${folder}/${name}.calls.spv
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND ${VKAXIS_GLSLANG} --target-env vulkan1.2 --quiet ${defines} --depfile ${folder}/${name}.d
                -o ${folder}/${name}.calls.spv ${input}
        DEPENDS ${input}
        DEPFILE ${folder}/${name}.d
        COMMENT "Compiling shader ${name}"
        VERBATIM)
    add_custom_command(
        OUTPUT ${folder}/${name}.h
        COMMAND ${VKAXIS_SPIRV_OPT} --target-env=vulkan1.2 ${VKAXIS_SPIRV_PASSES} ${folder}/${name}.calls.spv
                -o ${folder}/${name}.spv
        COMMAND ${VKAXIS_SPIRV_VAL} --target-env vulkan1.2 ${folder}/${name}.spv
        COMMAND ${CMAKE_COMMAND} -DNAME=${name}_spirv -DMODULE=${folder}/${name}.spv -DHEADER=${folder}/${name}.h
                -P ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
        DEPENDS ${folder}/${name}.calls.spv ${PROJECT_SOURCE_DIR}/cmake/Embed.cmake
        COMMENT "Embedding shader ${name}"
        VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${name}.h)
    cmake_path(GET input FILENAME file)
    list(JOIN ARGN " " macros)
    set_property(TARGET ${target} APPEND PROPERTY VKAXIS_MODULES "{\"${name}\", \"${file}\", \"${macros}\"}")
endfunction()

# vkaxis_write_module_table(TARGET HEADER): how the target's modules are made, for those who make them again while it runs.
function(vkaxis_write_module_table target header)
    get_target_property(modules ${target} VKAXIS_MODULES)
    list(JOIN modules ",\n    " VKAXIS_MODULE_TABLE)
    list(JOIN VKAXIS_SPIRV_PASSES "\",\n    \"" VKAXIS_PASS_TABLE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/shaders/params.h)
    file(READ ${PROJECT_SOURCE_DIR}/shaders/params.h VKAXIS_PARAMS)
    configure_file(${PROJECT_SOURCE_DIR}/src/reload/module_table.hpp.in ${header} @ONLY)
endfunction()

# Keys and states are one or two words wide. Folding takes the memory model, which not every device has. Results of 8 and 16
# bits need a capability each, and so modules of their own.
function(vkaxis_add_shaders target)
    foreach(words 1 2)
        foreach(kernel arg_rows arg_columns arg_column_quads)
            vkaxis_add_shader(${target} ${kernel}_${words} shaders/${kernel} WORDS=${words} FOLDS=0)
            vkaxis_add_shader(${target} ${kernel}_fold_${words} shaders/${kernel} WORDS=${words} FOLDS=1)
        endforeach()
        vkaxis_add_shader(${target} arg_short_rows_${words} shaders/arg_short_rows WORDS=${words})
        vkaxis_add_shader(${target} arg_lane_rows_${words} shaders/arg_lane_rows WORDS=${words})
    endforeach()
    vkaxis_add_shader(${target} gather shaders/gather WORDS=2 STORE_BITS=32)
    vkaxis_add_shader(${target} gather_8 shaders/gather WORDS=1 STORE_BITS=8)
    vkaxis_add_shader(${target} gather_16 shaders/gather WORDS=1 STORE_BITS=16)
    foreach(kernel scan_rows scan_columns scan_tiles scan_look_back)
        vkaxis_add_shader(${target} ${kernel}_f32 shaders/${kernel} ELEMENT_F32 WORDS=1 STORE_BITS=32)
        vkaxis_add_shader(${target} ${kernel}_u32 shaders/${kernel} ELEMENT_U32 WORDS=1 STORE_BITS=32)
        vkaxis_add_shader(${target} ${kernel}_f32_16 shaders/${kernel} ELEMENT_F32 WORDS=1 STORE_BITS=16)
        vkaxis_add_shader(${target} ${kernel}_u32_16 shaders/${kernel} ELEMENT_U32 WORDS=1 STORE_BITS=16)
        vkaxis_add_shader(${target} ${kernel}_u32_8 shaders/${kernel} ELEMENT_U32 WORDS=1 STORE_BITS=8)
    endforeach()
    # Small slices have results of 32 bits, as measured.
    vkaxis_add_shader(${target} scan_slices_f32 shaders/scan_slices ELEMENT_F32 WORDS=1 STORE_BITS=32)
    vkaxis_add_shader(${target} scan_slices_u32 shaders/scan_slices ELEMENT_U32 WORDS=1 STORE_BITS=32)
    # The single pass hands on states of one word only.
    foreach(kernel scan_rows scan_columns scan_tiles)
        vkaxis_add_shader(${target} ${kernel}_f64 shaders/${kernel} ELEMENT_F64 WORDS=2 STORE_BITS=32)
        vkaxis_add_shader(${target} ${kernel}_u64 shaders/${kernel} ELEMENT_U64 WORDS=2 STORE_BITS=32)
    endforeach()
    # Totals and tile sums are states, of 32 or 64 bits.
    foreach(kernel scan_column_totals scan_tile_sums)
        vkaxis_add_shader(${target} ${kernel}_f32 shaders/${kernel} ELEMENT_F32 WORDS=1 STORE_BITS=32)
        vkaxis_add_shader(${target} ${kernel}_u32 shaders/${kernel} ELEMENT_U32 WORDS=1 STORE_BITS=32)
        vkaxis_add_shader(${target} ${kernel}_f64 shaders/${kernel} ELEMENT_F64 WORDS=2 STORE_BITS=32)
        vkaxis_add_shader(${target} ${kernel}_u64 shaders/${kernel} ELEMENT_U64 WORDS=2 STORE_BITS=32)
    endforeach()
    target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/spirv)
endfunction()
