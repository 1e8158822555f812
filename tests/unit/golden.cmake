# SPDX-License-Identifier: MIT
# golden.cmake: whether every vector that golden.py computes stands in test_form.c.

execute_process(COMMAND "${PYTHON}" "${CMAKE_CURRENT_LIST_DIR}/golden.py" OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
file(READ "${CMAKE_CURRENT_LIST_DIR}/test_form.c" expected)
string(REPLACE "\"\n    \"" "" expected "${expected}")   # a string may be broken into lines
string(REPLACE "\n" ";" lines "${lines}")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^[a-z_]+ ?" "" value "${line}")
  string(FIND "${expected}" "${value}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "golden.py: '${line}' is not in test_form.c")
  endif()
endforeach()
