// argmax and argmin along short rows of [outer, extent] that lie one stride apart, wherever they begin.
//
//   Load     a workgroup takes some rows at a turn, as one piece of memory, in aligned quads of words. Those of its next turn
//            are on their way while it works on these.
//   Stage    the piece passes through shared memory, from where elements can be read at any alignment.
//   Walk     `lanes` neighbouring lanes of a subgroup share a row; each takes every lanes-th of its elements.
//   Combine  shuffles fold the candidates.
//   Write    the index.
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "order.glsl"
#include "candidate.glsl"

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 4;

layout(push_constant, std430) uniform Push { ArgShortRowsParams params; };
#include "view.glsl"

const uint kQuadSize = 16u;  // bytes

shared uvec4 staged[kWorkgroupSize * kUnroll];

struct Piece {
    uvec2 firstRow;
    uint rows;
    uvec2 address;  // of the quad in which the rows begin
    uint offset;    // bytes from there to where they do
    uint quads;
};

Piece pieceOf(uint turn) {
    Piece piece;
    piece.firstRow = multiply(uvec2(turn, 0u), params.rows);
    piece.rows = distanceUpTo(piece.firstRow, params.outer, params.rows);
    const uvec2 address = add(params.source, multiply(piece.firstRow, params.rowStride));
    piece.offset = address.x % kQuadSize;
    piece.address = subtract(address, piece.offset);
    const uint size = piece.offset + (piece.rows - 1u) * params.rowStride + params.extent * kSourceSize;
    piece.quads = (size + kQuadSize - 1u) / kQuadSize;
    return piece;
}

// A quad of which some words may lie before or behind the tensor.
uvec4 loadInside(uvec2 address, uvec2 end) {
    uvec4 quad = uvec4(0u);
    [[unroll]] for (uint i = 0u; i < 4u; ++i) {
        const uvec2 word = add(address, i * 4u);
        if (less(params.source, add(word, 4u)) && less(word, end)) quad[i] = WordAt(word).value;
    }
    return quad;
}

// The invocation's quads; those behind the piece are its last. Without a branch between the loads of most pieces, or else
// each would wait for the one before.
void load(Piece piece, uint invocation, out uvec4 quads[kUnroll]) {
    const uvec2 end = add(params.source, params.sourceSize);
    const bool inside =
        !less(piece.address, params.source) && !less(end, add(piece.address, piece.quads * kQuadSize));
    uvec2 addresses[kUnroll];
    [[unroll]] for (uint i = 0u; i < kUnroll; ++i)
        addresses[i] = add(piece.address, min(invocation + i * kWorkgroupSize, piece.quads - 1u) * kQuadSize);
    if (inside) {
        [[unroll]] for (uint i = 0u; i < kUnroll; ++i) quads[i] = FourAt(addresses[i]).value;
    } else {
        [[unroll]] for (uint i = 0u; i < kUnroll; ++i) quads[i] = loadInside(addresses[i], end);
    }
}

uint stagedWord(uint index) { return staged[index / 4u][index % 4u]; }

// Of the element so many bytes from the piece's address.
Bits stagedElement(uint place) {
#if WORDS == 2
    if (kSourceSize == 8u) return Bits(stagedWord(place / 4u), stagedWord(place / 4u + 1u));
#endif
    const uint bits = stagedWord(place / 4u) >> place % 4u * 8u;
    const uint mask = 0xffffffffu >> (4u - min(kSourceSize, 4u)) * 8u;
    return BITS(bits & mask);
}

// Of the row that begins so many bytes from the piece's address. The lane is less than the extent, and past the last
// element it takes that one again.
void walk(out Candidate best[kReductions], uint begin, uint lane) {
    const Bits first = stagedElement(begin + lane * kSourceSize);
    [[unroll]] for (uint r = 0u; r < kReductions; ++r) best[r] = Candidate(orderKey(first, r), lane);
    for (uint done = params.lanes; done < params.extent; done += kShortRowBatch * params.lanes) {
        Bits batch[kShortRowBatch];
        uint indices[kShortRowBatch];
        [[unroll]] for (uint i = 0u; i < kShortRowBatch; ++i) {
            indices[i] = min(done + i * params.lanes + lane, params.extent - 1u);
            batch[i] = stagedElement(begin + indices[i] * kSourceSize);
        }
        [[unroll]] for (uint i = 0u; i < kShortRowBatch; ++i)
            [[unroll]] for (uint r = 0u; r < kReductions; ++r)
                best[r] = take(best[r], orderKey(batch[i], r), indices[i]);
    }
}

void write(Candidate best[kReductions], uvec2 row, bool writes) {
    [[unroll]] for (uint r = 0u; r < kReductions; ++r) {
        const Candidate winner = bestOfLanes(best[r], params.lanes);
        const uvec2 destination = r == 0u ? params.destination : params.second;
        if (writes)
            writeIndex(add(destination, sliceOffset(kOutputView, row, params.resultStride)), winner, uvec2(0u));
    }
}

void main() {
    uint turn = workgroupNumber();
    if (turn >= params.groups) return;
    const uint invocation = invocationNumber();
    const uint row = invocation / params.lanes;
    const uint lane = invocation % params.lanes;
    Piece piece = pieceOf(turn);
    uvec4 quads[kUnroll];
    load(piece, invocation, quads);
    while (true) {
        [[unroll]] for (uint i = 0u; i < kUnroll; ++i) staged[i * kWorkgroupSize + invocation] = quads[i];
        barrier();
        turn += params.groups;
        const bool more = turn < params.turns;
        Piece next = piece;
        if (more) {
            next = pieceOf(turn);
            load(next, invocation, quads);
        }
        Candidate best[kReductions];
        walk(best, piece.offset + min(row, piece.rows - 1u) * params.rowStride, lane);
        write(best, add(piece.firstRow, row), row < piece.rows && lane == 0u);
        if (!more) break;
        piece = next;
        barrier();
    }
}
