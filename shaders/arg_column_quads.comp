// argmax and argmin along the middle axis of [outer, extent, inner] for many columns.
//
//   Walk     each invocation takes four neighbouring columns of every rows-th row of the workgroup's chunk, 16 aligned
//            bytes at a time. Where inner is no multiple of 4, rows are misaligned by turns: `rows` is a multiple of 4
//            then, so that an invocation's rows have one alignment, and its columns begin at the boundary before.
//   Combine  the candidates of a column meet in shared memory and are folded by subgroup shuffles.
//   Write    the index; or, where the axis is split over workgroups, the candidate, for arg_columns to reduce.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "order.glsl"
#include "candidate.glsl"

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 4;

layout(push_constant, std430) uniform Push { ArgColumnQuadsParams params; };

layout(buffer_reference, std430, buffer_reference_align = 16) readonly restrict buffer Quad { uvec4 value; };

shared uint sharedKeys[kWorkgroupSize * 4u];
shared uint sharedIndices[kWorkgroupSize * 4u];

// Of four columns.
struct Candidates {
    uvec4 keys;
    uvec4 indices;
};

// Rows come in ascending order, so that a tie never replaces the first index.
void take(inout Candidates best, uvec4 quad, uint row) {
    [[unroll]] for (uint i = 0; i < 4; ++i) {
        const uint key = orderKey(quad[i]);
        const bool second = key > best.keys[i];
        best.keys[i] = second ? key : best.keys[i];
        best.indices[i] = second ? row : best.indices[i];
    }
}

// A quad that may reach beyond the tensor; what does is 0, and no result depends on it.
uvec4 loadInside(uvec2 address, uvec2 begin, uvec2 end) {
    uvec4 quad = uvec4(0);
    [[unroll]] for (uint i = 0; i < 4; ++i) {
        const uvec2 element = add(address, i * 4u);
        if (!less(element, begin) && less(element, end)) quad[i] = Word(element).value;
    }
    return quad;
}

// `count` rows, `step` bytes and params.rows rows apart, of the quad at an address.
Candidates walk(uvec2 address, uint row, uint count, bool aligned) {
    const uvec2 begin = params.source;
    const uvec2 end = add(begin, multiply(params.outer, params.sliceStride));
    const uvec2 step = multiply(params.rowStride, params.rows);
    Candidates best = Candidates(uvec4(0), uvec4(row));

    if (count > 0u && less(address, begin)) {
        take(best, loadInside(address, begin, end), row);
        address = add(address, step);
        row += params.rows;
        --count;
    }
    const bool lastOutside = count > 0u && less(end, add(add(address, multiply(step, count - 1u)), 16u));
    uint remaining = lastOutside ? count - 1u : count;

    // All loads of a batch are issued before the first is used.
    for (; remaining >= kUnroll; remaining -= kUnroll) {
        uvec4 batch[kUnroll];
        if (aligned) {
            uvec2 next = address;
            [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
                batch[i] = Quad(next).value;
                next = add(next, step);
            }
        } else {
            uvec2 next = address;
            [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
                batch[i] = loadInside(next, begin, end);
                next = add(next, step);
            }
        }
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
            take(best, batch[i], row);
            row += params.rows;
        }
        address = add(address, multiply(step, kUnroll));
    }
    for (; remaining > 0u; --remaining) {
        uvec4 quad;
        if (aligned) quad = Quad(address).value;
        else quad = loadInside(address, begin, end);
        take(best, quad, row);
        address = add(address, step);
        row += params.rows;
    }
    if (lastOutside) take(best, loadInside(address, begin, end), row);
    return best;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint split = number / params.panels % params.splits;
    const uvec2 slice = uvec2(number / params.panels / params.splits, 0u);
    const uvec2 panel = multiply(uvec2(number % params.panels, 0u), params.columns);
    const uint columns = distanceUpTo(panel, params.inner, params.columns);
    const uint begin = split * params.chunk;
    const uint rows = min(params.chunk, params.extent - begin);

    const uint tileRow = invocation / params.quads;
    const uint first = invocation % params.quads * 4u;
    const uvec2 rowAddress = add(add(add(params.source, multiply(slice, params.sliceStride)),
                                     multiply(params.rowStride, begin + tileRow)),
                                 multiply(panel, 4u));
    const uint shift = params.quads * 4u > params.columns ? (rowAddress.x >> 2) & 3u : 0u;
    const uvec2 address = subtract(add(rowAddress, first * 4u), shift * 4u);

    const bool inside = tileRow < min(params.rows, rows) && first < columns + shift;
    const uint count = inside ? (rows - tileRow - 1u) / params.rows + 1u : 0u;
    const Candidates candidates = walk(address, begin + tileRow, count, (address.x & 15u) == 0u);
    [[unroll]] for (uint i = 0; i < 4; ++i) {
        const uint column = first + i - shift;  // wraps around left of the panel
        if (inside && column < columns) {
            sharedKeys[tileRow * params.columns + column] = candidates.keys[i];
            sharedIndices[tileRow * params.columns + column] = candidates.indices[i];
        }
    }
    barrier();

    const uint lanes = params.foldLanes;
    const uvec2 line = add(multiply(slice, params.splits), split);
    const uvec2 results = add(multiply(line, params.inner), panel);
    for (uint done = 0u; done < columns; done += kWorkgroupSize / lanes) {
        const uint column = done + invocation / lanes;
        Candidate best = kNone;
        if (column < columns)
            for (uint row = invocation % lanes; row < min(params.rows, rows); row += lanes)
                best = better(best, Candidate(sharedKeys[row * params.columns + column],
                                              sharedIndices[row * params.columns + column]));
        best = bestOfLanes(best, lanes);
        if (column < columns && invocation % lanes == 0u) write(params.destination, add(results, column), best);
    }
}
