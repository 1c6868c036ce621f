// Words that workgroups hand to each other: atomic in the whole device, but in no order with other memory. A value and the
// mark that it is there travel in one word, so that whoever reads needs no fence, which would take longer than the rest.
#extension GL_KHR_memory_scope_semantics : require

layout(buffer_reference, std430, buffer_reference_align = 4) buffer DeviceWord { uint value; };

uint wordAt(uvec2 address) {
    return atomicLoad(DeviceWord(address).value, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
}

void putWord(uvec2 address, uint word) {
    atomicStore(DeviceWord(address).value, word, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
}

// These return what was there before.
uint replaceWord(uvec2 address, uint expected, uint word) {
    return atomicCompSwap(DeviceWord(address).value, expected, word, gl_ScopeDevice, gl_StorageSemanticsBuffer,
                          gl_SemanticsRelaxed, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
}

uint addToWord(uvec2 address, uint count) {
    return atomicAdd(DeviceWord(address).value, count, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed);
}
