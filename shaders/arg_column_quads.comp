// argmax and argmin along the middle axis of [outer, extent, inner] for many columns.
//
//   Walk     each invocation takes a quad of four neighbouring columns of every rows-th row of the workgroup's chunk.
//            Where rows are misaligned by turns, `rows` is a multiple of 4, so that an invocation's rows have one
//            alignment, and its columns begin at the aligned quad before.
//   Combine  the candidates of a column meet in shared memory and are folded by subgroup shuffles.
//   Write    the index. Where the axis is split over workgroups, the candidate instead, for the last of them to fold
//            (FOLDS) or for arg_columns to reduce.
#version 460
#if FOLDS
#pragma use_vulkan_memory_model
#endif
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "order.glsl"
#include "candidate.glsl"
#if FOLDS
#include "fold.glsl"
#endif

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 4;

layout(push_constant, std430) uniform Push { ArgColumnQuadsParams params; };
#include "view.glsl"

shared Key sharedKeys[kWorkgroupSize * 4u];
shared uint sharedIndices[kWorkgroupSize * 4u];

// Of four columns.
struct Candidates {
    Candidate of[4];
};

void take(inout Candidates best[kReductions], QuadBits quad, uint row) {
    [[unroll]] for (uint r = 0; r < kReductions; ++r)
        [[unroll]] for (uint i = 0; i < 4; ++i) best[r].of[i] = take(best[r].of[i], orderKey(quad[i], r), row);
}

// A quad that may reach beyond the tensor; what does is 0, and no result depends on it.
QuadBits loadInside(uvec2 address) {
    QuadBits quad;
    [[unroll]] for (uint i = 0; i < 4; ++i) {
        const uvec2 element = add(address, i * kSourceSize);
        quad[i] = BITS(0u);
        if (!less(element, params.source) && less(element, add(params.source, params.sourceSize)))
            quad[i] = loadBits(element, kSourceSize);
    }
    return quad;
}

// `count` rows, params.rows rows apart, of the quad at an address. Indices count these rows.
void walk(inout Candidates best[kReductions], uvec2 address, uint count) {
    const uvec2 step = multiply(params.rowStride, params.rows);
    uint row = 0u;
    // Rare, and kept out of the other loop, which has registers for more loads in flight so.
    if ((address.x & (kQuadAlignment - 1u)) != 0u) {
        for (; row < count; ++row) {
            take(best, loadInside(address), row);
            address = add(address, step);
        }
    }
    if (row < count && less(address, params.source)) {
        take(best, loadInside(address), row);
        address = add(address, step);
        ++row;
    }
    const uvec2 end = add(params.source, params.sourceSize);
    const bool lastOutside =
        row < count && less(end, add(add(address, multiply(step, count - row - 1u)), 4u * kSourceSize));
    const uint inside = lastOutside ? count - 1u : count;

    // All loads of a batch are issued before the first is used.
    for (; row + kUnroll <= inside; row += kUnroll) {
        QuadBits batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
            batch[i] = loadQuadBits(address);
            address = add(address, step);
        }
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) take(best, batch[i], row + i);
    }
    for (; row < inside; ++row) {
        take(best, loadQuadBits(address), row);
        address = add(address, step);
    }
    if (lastOutside) take(best, loadInside(address), row);
}

// The tile's place in the tensor.
struct Tile {
    uvec2 slice;
    uint split;
    uvec2 begin;  // along the axis
    uint rows;
    uvec2 panel;  // its first column
    uint columns;
};

Tile tileOf(uint number) {
    Tile tile;
    tile.split = number / params.panels % params.splits;
    tile.slice = uvec2(number / params.panels / params.splits, 0u);
    tile.begin = multiply(uvec2(tile.split, 0u), params.chunk);
    tile.rows = distanceUpTo(tile.begin, params.extent, params.chunk);
    tile.panel = multiply(uvec2(number % params.panels, 0u), params.columns);
    tile.columns = distanceUpTo(tile.panel, params.inner, params.columns);
    return tile;
}

uvec2 resultOf(uint reduction, uvec2 slice, uvec2 inner) {
    return add(reduction == 0u ? params.destination : params.second,
               add(sliceOffset(kOutputView, slice, params.resultStride),
                   columnOffset(kOutputView, inner, kDestinationSize)));
}

#if FOLDS
uvec2 partialOf(uint reduction, Tile tile, uint split, uvec2 inner) {
    const uvec2 line = multiply(add(multiply(tile.slice, params.splits), split), params.inner);
    return add(add(params.partials, multiply(add(line, inner), kPartialsSize)), reduction * kPartialSize);
}
#endif

// Writes what the workgroup found in a column.
void write(uint reduction, Tile tile, uvec2 inner, Candidate best) {
#if FOLDS
    leavePartial(partialOf(reduction, tile, tile.split, inner), best, tile.begin);
#else
    if (kDestination == kPartials) {
        const uvec2 line = multiply(add(multiply(tile.slice, params.splits), tile.split), params.inner);
        writePartial(add(reduction == 0u ? params.destination : params.second,
                         multiply(add(line, inner), kPartialSize)), best);
    } else {
        writeIndex(resultOf(reduction, tile.slice, inner), best, tile.begin);
    }
#endif
}

// Folds what the invocations of each column left in shared memory.
void foldColumns(uint reduction, Tile tile, uint invocation) {
    const uint lanes = params.foldLanes;
    const uint rows = min(params.rows, tile.rows);
    for (uint done = 0u; done < tile.columns; done += kWorkgroupSize / lanes) {
        const uint column = done + invocation / lanes;
        Candidate best = none();
        // Spare lanes fold the last column once more: see arg_columns.
        const uint folded = min(column, tile.columns - 1u);
        for (uint row = invocation % lanes; row < rows; row += lanes)
            best = better(best, Candidate(sharedKeys[row * params.columns + folded],
                                          sharedIndices[row * params.columns + folded]));
        best = bestOfLanes(best, lanes);
        if (column < tile.columns && invocation % lanes == 0u) write(reduction, tile, add(tile.panel, column), best);
    }
}

#if FOLDS
// The same for what the workgroups of each column left in scratch memory.
void foldSplits(uint reduction, Tile tile, uint invocation) {
    const uint lanes = params.foldLanes;
    const uvec2 stride = multiply(params.inner, kPartialsSize);
    for (uint done = 0u; done < tile.columns; done += kWorkgroupSize / lanes) {
        const uint column = done + invocation / lanes;
        const uvec2 inner = add(tile.panel, min(column, tile.columns - 1u));
        const Candidate mine =
            foldPartials(partialOf(reduction, tile, 0u, inner), stride, params.splits, invocation % lanes, lanes);
        const Candidate best = bestOfLanes(mine, lanes);
        if (column < tile.columns && invocation % lanes == 0u)
            writeIndex(resultOf(reduction, tile.slice, inner), best, uvec2(0u));
    }
}
#endif

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const Tile tile = tileOf(number);

    const uint lanes = kWorkgroupSize / params.rows;
    const uint tileRow = invocation / lanes;
    const uint first = invocation % lanes * 4u;
    const uvec2 rowAddress = add(add(add(params.source, sliceOffset(kInputView, tile.slice, params.sliceStride)),
                                     multiply(params.rowStride, add(tile.begin, tileRow))),
                                 multiply(tile.panel, kSourceSize));
    const uint shift = rowAddress.x / kSourceSize & params.spare;
    const uvec2 address = subtract(add(rowAddress, first * kSourceSize), shift * kSourceSize);

    const bool inside = tileRow < min(params.rows, tile.rows) && first < tile.columns + shift;
    const uint count = inside ? (tile.rows - tileRow - 1u) / params.rows + 1u : 0u;
    Candidates best[kReductions];
    [[unroll]] for (uint r = 0; r < kReductions; ++r)
        [[unroll]] for (uint i = 0; i < 4; ++i) best[r].of[i] = Candidate(Key(0u), 0u);
    walk(best, address, count);

    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        [[unroll]] for (uint i = 0; i < 4; ++i) {
            const uint column = first + i - shift;  // wraps around left of the panel
            if (inside && column < tile.columns) {
                sharedKeys[tileRow * params.columns + column] = best[r].of[i].key;
                sharedIndices[tileRow * params.columns + column] = tileRow + best[r].of[i].index * params.rows;
            }
        }
        barrier();
        foldColumns(r, tile, invocation);
        barrier();
    }
#if FOLDS
    const uvec2 panel = add(multiply(tile.slice, params.panels), number % params.panels);
    if (!isLastOf(params.splits, add(params.counters, multiply(panel, 4u)), invocation)) return;
    [[unroll]] for (uint r = 0; r < kReductions; ++r) foldSplits(r, tile, invocation);
#endif
}
