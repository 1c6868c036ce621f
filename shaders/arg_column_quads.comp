// argmax and argmin along the middle axis of [outer, extent, inner] in quads of neighbouring columns. Where columns are few,
// kLineRows rows, one behind the other in memory, make a line, which is walked as a row of so many more columns.
//
//   Walk     each invocation takes a quad of four neighbouring columns of every rows-th row of the workgroup's chunk.
//            Where rows are misaligned by turns, `rows` is a multiple of 4, so that an invocation's rows have one
//            alignment, and its columns begin at the aligned quad before.
//   Combine  the candidates of a column meet in shared memory and are folded by subgroup shuffles.
//   Write    the index. Where workgroups share a tile, each with a chunk of the axis, the candidate instead, for the last of
//            them to fold (FOLDS) or for arg_columns to reduce. They share all tiles where these are few, and with FOLDS
//            the last of many: a workgroup that starts late would have the device wait for it alone.
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

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 4;
layout(constant_id = VKAXIS_ID_ARG_LINE_ROWS) const uint kLineRows = 1;
layout(constant_id = VKAXIS_ID_ARG_SPARE) const uint kSpare = 3;
#if FOLDS
#include "fold.glsl"
#endif

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

// Of a quad that may reach beyond the tensor.
void takeInside(inout Candidates best[kReductions], uvec2 address, uvec2 end, uint line) {
    [[unroll]] for (uint i = 0; i < 4; ++i) {
        const uvec2 element = add(address, i * kSourceSize);
        if (less(element, params.source) || !less(element, end)) continue;
        const Bits bits = loadBits(element, kSourceSize);
        [[unroll]] for (uint r = 0; r < kReductions; ++r)
            best[r].of[i] = take(best[r].of[i], orderKey(bits, r), line);
    }
}

// `count` lines, params.rows lines apart, of the quad at an address. Indices count these lines.
void walk(inout Candidates best[kReductions], uvec2 address, uvec2 end, uint count) {
    const uvec2 step = multiply(params.rowStride, params.rows * kLineRows);
    uint line = 0u;
    // Rare, and kept out of the other loop, which has registers for more loads in flight so.
    if ((address.x & (kQuadAlignment - 1u)) != 0u) {
        for (; line < count; ++line) {
            takeInside(best, address, end, line);
            address = add(address, step);
        }
    }
    if (line < count && less(address, params.source)) {
        takeInside(best, address, end, line);
        address = add(address, step);
        ++line;
    }
    const bool lastOutside =
        line < count && less(end, add(add(address, multiply(step, count - line - 1u)), 4u * kSourceSize));
    const uint inside = lastOutside ? count - 1u : count;

    // All loads of a batch are issued before the first is used.
    for (; line + kUnroll <= inside; line += kUnroll) {
        QuadBits batch[kUnroll];
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) {
            batch[i] = loadQuadBits(address);
            address = add(address, step);
        }
        [[unroll]] for (uint i = 0; i < kUnroll; ++i) take(best, batch[i], line + i);
    }
    for (; line < inside; ++line) {
        take(best, loadQuadBits(address), line);
        address = add(address, step);
    }
    if (lastOutside) takeInside(best, address, end, line);
}

// The tile's place in the tensor, and the workgroup's part of it.
struct Tile {
#if FOLDS
    uint number;
    uint splits;  // of the axis, a workgroup for each
#endif
    uvec2 slice;
    uvec2 panel;   // its first column
    uint columns;  // of a line, with the gap behind each of its rows where there are several
    uint split;
    uvec2 begin;  // along the axis
    uint rows;
    uint lines;
};

Tile tileOf(uint workgroup) {
    Tile tile;
#if FOLDS
    const uint others = (params.groups - params.whole) / params.splits;  // tiles
    const bool whole = workgroup < params.whole;
    const uint part = workgroup - params.whole;
    tile.number = whole ? workgroup : params.whole + part % others;
    const uint slice = tile.number / params.panels;
    const uint panel = tile.number % params.panels;
    tile.splits = whole ? 1u : params.splits;
    tile.split = whole ? 0u : part / others;
#else
    const bool whole = false;
    const uint slice = workgroup / params.panels / params.splits;
    const uint panel = workgroup % params.panels;
    tile.split = workgroup / params.panels % params.splits;
#endif
    tile.slice = uvec2(slice, 0u);
    tile.panel = multiply(uvec2(panel, 0u), params.columns);
    tile.columns = kLineRows > 1u ? params.columns : distanceUpTo(tile.panel, params.inner, params.columns);
    tile.begin = multiply(uvec2(tile.split, 0u), params.chunk);
    tile.rows = whole ? params.extent.x : distanceUpTo(tile.begin, params.extent, params.chunk);
    tile.lines = (tile.rows + kLineRows - 1u) / kLineRows;
    return tile;
}

// From a row of a line to the next, and the columns of either.
uint pitch() { return params.columns / kLineRows; }
uint columnsOf(Tile tile) { return kLineRows > 1u ? params.inner.x : tile.columns; }

uvec2 resultOf(uint reduction, uvec2 slice, uvec2 inner) {
    return add(reduction == 0u ? params.destination : params.second,
               add(sliceOffset(kOutputView, slice, params.resultStride),
                   columnOffset(kOutputView, inner, kDestinationSize)));
}

#if FOLDS
// As many as a tile has columns at most, for each split.
uint partialColumns() { return kLineRows > 1u ? params.inner.x : params.columns; }

uvec2 partialOf(uint reduction, Tile tile, uint split, uint column) {
    const uvec2 line = add(multiply(uvec2(tile.number - params.whole, 0u), params.splits), split);
    const uvec2 place = add(multiply(line, partialColumns()), column);
    return add(add(params.partials, multiply(place, kPartialsSize)), reduction * kPartialSize);
}
#endif

// Writes what the workgroup found in a column.
void write(uint reduction, Tile tile, uint column, Candidate best) {
    const uvec2 inner = add(tile.panel, column);
#if FOLDS
    if (tile.splits > 1u) leavePartial(partialOf(reduction, tile, tile.split, column), best, tile.begin);
    else writeIndex(resultOf(reduction, tile.slice, inner), best, uvec2(0u));
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
    const uint rows = min(params.rows, tile.lines) * kLineRows;
    const uint columns = columnsOf(tile);
    for (uint done = 0u; done < columns; done += kWorkgroupSize / lanes) {
        const uint column = done + invocation / lanes;
        Candidate best = none();
        // Spare lanes fold the last column once more: see arg_columns.
        const uint folded = min(column, columns - 1u);
        for (uint row = invocation % lanes; row < rows; row += lanes)
            best = better(best, Candidate(sharedKeys[row * pitch() + folded], sharedIndices[row * pitch() + folded]));
        best = bestOfLanes(best, lanes);
        if (column < columns && invocation % lanes == 0u) write(reduction, tile, column, best);
    }
}

#if FOLDS
// The same for what the workgroups of each column left in scratch memory.
void foldSplits(uint reduction, Tile tile, uint invocation) {
    const uint lanes = params.foldLanes;
    const uint columns = columnsOf(tile);
    const uvec2 stride = uvec2(partialColumns() * kPartialsSize, 0u);
    for (uint done = 0u; done < columns; done += kWorkgroupSize / lanes) {
        const uint column = done + invocation / lanes;
        const uvec2 first = partialOf(reduction, tile, 0u, min(column, columns - 1u));
        const Candidate mine = foldPartials(first, stride, tile.splits, invocation % lanes, lanes);
        const Candidate best = bestOfLanes(mine, lanes);
        if (column < columns && invocation % lanes == 0u)
            writeIndex(resultOf(reduction, tile.slice, add(tile.panel, column)), best, uvec2(0u));
    }
}
#endif

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint invocation = invocationNumber();
    const Tile tile = tileOf(number);

    const uint lanes = kWorkgroupSize / params.rows;
    const uint tileLine = invocation / lanes;
    const uint first = invocation % lanes * 4u;
    const uvec2 slice = add(params.source, sliceOffset(kInputView, tile.slice, params.sliceStride));
    const uvec2 lineAddress = add(add(slice, multiply(params.rowStride, add(tile.begin, tileLine * kLineRows))),
                                  multiply(tile.panel, kSourceSize));
    const uint shift = lineAddress.x / kSourceSize & kSpare;
    const uvec2 address = subtract(add(lineAddress, first * kSourceSize), shift * kSourceSize);
    // What follows a line's last row may be another slice's, and would be taken for rows of the line.
    const uvec2 end = kLineRows > 1u ? add(add(slice, multiply(params.rowStride, add(tile.begin, tile.rows - 1u))),
                                           multiply(params.inner, kSourceSize))
                                     : add(params.source, params.sourceSize);

    const bool inside = tileLine < min(params.rows, tile.lines) && first < tile.columns + shift;
    const uint count = inside ? (tile.lines - tileLine - 1u) / params.rows + 1u : 0u;
    Candidates best[kReductions];
    [[unroll]] for (uint r = 0; r < kReductions; ++r)
        [[unroll]] for (uint i = 0; i < 4; ++i) best[r].of[i] = Candidate(Key(0u), 0u);
    walk(best, address, end, count);

    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        [[unroll]] for (uint i = 0; i < 4; ++i) {
            const uint column = first + i - shift;  // wraps around left of the panel
            if (inside && column < tile.columns) {
                Candidate found = best[r].of[i];
                found.index = tileLine + found.index * params.rows;
                if (kLineRows > 1u) found.index = found.index * kLineRows + column / pitch();  // a slow division
                if (found.index >= tile.rows) found = none();  // the last line may lack rows
                sharedKeys[tileLine * params.columns + column] = found.key;
                sharedIndices[tileLine * params.columns + column] = found.index;
            }
        }
        barrier();
        foldColumns(r, tile, invocation);
        barrier();
    }
#if FOLDS
    const uvec2 counter = add(params.counters, multiply(uvec2(tile.number - params.whole, 0u), 4u));
    if (tile.splits == 1u || !isLastOf(tile.splits, counter, invocation)) return;
    [[unroll]] for (uint r = 0; r < kReductions; ++r) foldSplits(r, tile, invocation);
#endif
}
