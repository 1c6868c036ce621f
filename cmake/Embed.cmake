# cmake -DNAME=... -DMODULE=X.spv -DHEADER=X.h -P Embed.cmake: the module's words, little-endian, as a C array.
file(READ ${MODULE} bytes HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "0x\\4\\3\\2\\1," words "${bytes}")
file(WRITE ${HEADER} "#include <stdint.h>\nstatic const uint32_t ${NAME}[] = {${words}};\n")
