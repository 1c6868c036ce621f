# cmake -D... -P: builds the stranger's project from scratch under WORK and runs its programs. MODE is one of
#   installed     vkaxis as BUILD installs it, with that build's compiler flags
#   shared        vkaxis built as a shared library and installed
#   subdirectory  vkaxis as a subdirectory of the project
cmake_minimum_required(VERSION 3.25)

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(tools -G ${GENERATOR} -DCMAKE_C_COMPILER=${C_COMPILER} -DCMAKE_CXX_COMPILER=${CXX_COMPILER})
set(consumer_options -DVKAXIS_README=${SOURCE}/README.md)
file(REMOVE_RECURSE ${WORK})

if(MODE STREQUAL "installed")
    run(${CMAKE_COMMAND} --install ${BUILD} --config ${BUILD_TYPE} --prefix ${WORK}/prefix)
    list(APPEND tools -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_C_FLAGS=${C_FLAGS} -DCMAKE_CXX_FLAGS=${CXX_FLAGS})
    list(APPEND consumer_options -DCMAKE_PREFIX_PATH=${WORK}/prefix)
elseif(MODE STREQUAL "shared")
    run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/library ${tools} -DBUILD_SHARED_LIBS=ON -DVKAXIS_BUILD_TOOLS=OFF
        -DVKAXIS_BUILD_TESTS=OFF)
    run(${CMAKE_COMMAND} --build ${WORK}/library)
    run(${CMAKE_COMMAND} --install ${WORK}/library --prefix ${WORK}/prefix)
    list(APPEND consumer_options -DCMAKE_PREFIX_PATH=${WORK}/prefix)
elseif(MODE STREQUAL "subdirectory")
    list(APPEND consumer_options -DVKAXIS_SOURCE=${SOURCE})
else()
    message(FATAL_ERROR "MODE is '${MODE}', not installed, shared or subdirectory")
endif()

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/consumer ${tools} ${consumer_options})
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/consumer --output-on-failure --no-tests=error)
