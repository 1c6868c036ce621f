# In the place of a test whose driver was not found: a visible skip, or a failure where VKAXIS_REQUIRE_DEVICES is set.
if("$ENV{VKAXIS_REQUIRE_DEVICES}")
    message(FATAL_ERROR "${DRIVER} was not found when vkaxis was configured, and VKAXIS_REQUIRE_DEVICES is set")
endif()
message(STATUS "skipped: ${DRIVER} was not found when vkaxis was configured")
