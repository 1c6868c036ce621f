# Installs the libraries that were built, their headers, and a package for find_package(vkaxis [COMPONENTS device reload]).
include(CMakePackageConfigHelpers)

# Where they are shared libraries, they find the core beside themselves.
set(beside_core INSTALL_RPATH $ORIGIN)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/vkaxis)

install(TARGETS vkaxis EXPORT vkaxis)
install(FILES include/vkaxis/vkaxis.h include/vkaxis/vkaxis.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vkaxis)
if(TARGET vkaxis_device)
    set_target_properties(vkaxis_device PROPERTIES EXPORT_NAME device ${beside_core}
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    install(TARGETS vkaxis_device EXPORT vkaxis)
    install(FILES include/vkaxis/device.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vkaxis)
endif()
if(TARGET vkaxis_reload)
    # A file of its own, so that the others do not need what this one links.
    set_target_properties(vkaxis_reload PROPERTIES EXPORT_NAME reload ${beside_core}
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    install(TARGETS vkaxis_reload EXPORT vkaxis_reload)
    install(FILES include/vkaxis/reload.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vkaxis)
    install(EXPORT vkaxis_reload FILE vkaxisReloadTargets.cmake NAMESPACE vkaxis:: DESTINATION ${package_folder})
endif()

install(EXPORT vkaxis FILE vkaxisTargets.cmake NAMESPACE vkaxis:: DESTINATION ${package_folder})
configure_package_config_file(cmake/vkaxisConfig.cmake.in ${PROJECT_BINARY_DIR}/vkaxisConfig.cmake
    INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vkaxisConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/vkaxisConfig.cmake ${PROJECT_BINARY_DIR}/vkaxisConfigVersion.cmake
        DESTINATION ${package_folder})
