# Compiles shaders/*.comp to SPIR-V, checks it with spirv-val and embeds it as C arrays: shader X.comp becomes
# header spirv/X.h with array X_spirv. Includes are tracked.
find_program(VKAXIS_GLSLANG NAMES glslang glslangValidator REQUIRED
             DOC "glslang compiler, of the distribution or a Vulkan SDK")
find_program(VKAXIS_SPIRV_VAL spirv-val REQUIRED DOC "SPIR-V validator, of the distribution or a Vulkan SDK")

# vkaxis_add_shader(TARGET NAME SOURCE [DEFINE...]): one module, NAME, from SOURCE.comp with macros.
function(vkaxis_add_shader target name source)
    set(input ${PROJECT_SOURCE_DIR}/shaders/${source}.comp)
    set(folder ${PROJECT_BINARY_DIR}/spirv)
    list(TRANSFORM ARGN PREPEND -D OUTPUT_VARIABLE defines)
    set(flags --target-env vulkan1.2 --quiet ${defines})
    add_custom_command(
        OUTPUT ${folder}/${name}.h
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND ${VKAXIS_GLSLANG} ${flags} -o ${folder}/${name}.spv ${input}
        COMMAND ${VKAXIS_SPIRV_VAL} --target-env vulkan1.2 ${folder}/${name}.spv
        COMMAND ${VKAXIS_GLSLANG} ${flags} --vn ${name}_spirv --depfile ${folder}/${name}.d
                -o ${folder}/${name}.h ${input}
        DEPENDS ${input}
        DEPFILE ${folder}/${name}.d
        COMMENT "Compiling shader ${name}"
        VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${name}.h)
endfunction()

function(vkaxis_add_shaders target)
    vkaxis_add_shader(${target} arg_rows arg_rows)
    vkaxis_add_shader(${target} arg_columns arg_columns)
    vkaxis_add_shader(${target} arg_column_quads arg_column_quads)
    vkaxis_add_shader(${target} scan_rows_f32 scan_rows ELEMENT_F32)
    vkaxis_add_shader(${target} scan_rows_u32 scan_rows ELEMENT_U32)
    vkaxis_add_shader(${target} scan_look_back_f32 scan_look_back ELEMENT_F32)
    vkaxis_add_shader(${target} scan_look_back_u32 scan_look_back ELEMENT_U32)
    vkaxis_add_shader(${target} scan_columns_f32 scan_columns ELEMENT_F32)
    vkaxis_add_shader(${target} scan_columns_u32 scan_columns ELEMENT_U32)
    target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/spirv)
endfunction()
