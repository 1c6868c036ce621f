// Copies the elements of [outer, extent, inner] that indices [outer, inner] along the axis choose, bit by bit: the values
// of argmax and argmin. Index -1 stands for the first element.
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "store.glsl"

layout(push_constant, std430) uniform Push { GatherParams params; };
#include "view.glsl"

uvec2 loadIndex(uvec2 address) {
    uvec2 index;
    if (kDestination == kU32) {
        index.x = WordAt(address).value;
        index.y = index.x == 0xffffffffu ? index.x : 0u;
    } else {
        index = PairAt(address).value;
    }
    return index == uvec2(0xffffffffu) ? uvec2(0u) : index;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uvec2 element = add(multiply(uvec2(number, 0u), kWorkgroupSize), invocationNumber());
    if (!less(element, params.count)) return;
    uvec2 column;
    const uvec2 slice = divide(element, params.inner, column);

    const uvec2 index = loadIndex(add(params.indices, add(sliceOffset(kOutputView, slice, params.sliceStrides[kOutputView]),
                                                          columnOffset(kOutputView, column, kDestinationSize))));
    const uvec2 chosen = add(add(sliceOffset(kInputView, slice, params.sliceStrides[kInputView]),
                                 columnOffset(kInputView, column, kSourceSize)),
                             multiply(params.axisStride, index));
    const uvec2 value = add(sliceOffset(kAsideView, slice, params.sliceStrides[kAsideView]),
                            columnOffset(kAsideView, column, kSourceSize));
    storeBits(add(params.destination, value), loadBits(add(params.source, chosen), kSourceSize), kSourceSize);
}
