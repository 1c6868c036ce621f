// argmax and argmin along short rows of [outer, extent] that are whole quads: kLanes neighbouring lanes of a subgroup share two
// rows.
//
//   Load     neighbouring lanes load neighbouring quads, of both rows before the first is used.
//   Take     of a quad the greatest key, and the quad's place in the row: half the arithmetic.
//   Combine  each half of the lanes hands the other one its candidates of one row, and folds those of the other row.
//   Resolve  the winning quad is read again: its first (last) element with the key has the index.
#version 460
#extension GL_GOOGLE_include_directive : require
#define READ_ONLY readonly restrict
#include "params.h"
#include "address.glsl"
#include "workgroup.glsl"
#include "element.glsl"
#include "order.glsl"
#include "candidate.glsl"

layout(constant_id = VKAXIS_ID_ARG_UNROLL) const uint kUnroll = 2;
layout(constant_id = VKAXIS_ID_ARG_ROW_LANES) const uint kLanes = 4;

layout(push_constant, std430) uniform Push { ArgLaneRowsParams params; };
#include "view.glsl"

// Rows that quads of memory do not align are read by single elements.
QuadBits loadQuad(uvec2 row, uint place) {
    const uvec2 address = add(row, place * 4u * kSourceSize);
    if (address.x % kQuadAlignment == 0u) return loadQuadBits(address);
    QuadBits quad;
    [[unroll]] for (uint i = 0; i < 4; ++i) quad[i] = loadBits(add(address, i * kSourceSize), kSourceSize);
    return quad;
}

// Of every kLanes-th quad; past a row's last one a lane takes that one again.
void walk(out Candidate best[kLaneRows][kReductions], uvec2 rows[kLaneRows], uint lane) {
    const uint last = params.extent / 4u - 1u;
    uint places[kUnroll];
    [[unroll]] for (uint i = 0; i < kUnroll; ++i) places[i] = min(i * kLanes + lane, last);
    QuadBits quads[kLaneRows][kUnroll];
    if (params.source.x % kQuadAlignment == 0u) {
        [[unroll]] for (uint k = 0; k < kLaneRows; ++k)
            [[unroll]] for (uint i = 0; i < kUnroll; ++i)
                quads[k][i] = loadQuadBits(add(rows[k], places[i] * 4u * kSourceSize));
    } else {
        [[unroll]] for (uint k = 0; k < kLaneRows; ++k)
            [[unroll]] for (uint i = 0; i < kUnroll; ++i) quads[k][i] = loadQuad(rows[k], places[i]);
    }
    [[unroll]] for (uint k = 0; k < kLaneRows; ++k) {
        [[unroll]] for (uint r = 0; r < kReductions; ++r) {
            best[k][r] = Candidate(quadKey(quads[k][0], r), places[0]);
            [[unroll]] for (uint i = 1; i < kUnroll; ++i)
                best[k][r] = take(best[k][r], quadKey(quads[k][i], r), places[i]);
        }
    }
}

// The first half of the lanes fold candidates of the first row, the others of the second.
Candidate combine(Candidate first, Candidate second, bool ofSecond) {
    const Candidate kept = Candidate(ofSecond ? second.key : first.key, ofSecond ? second.index : first.index);
    const Key key = ofSecond ? first.key : second.key;
    const uint index = ofSecond ? first.index : second.index;
    const Candidate other =
        Candidate(subgroupShuffleXor(key, kLanes / 2u), subgroupShuffleXor(index, kLanes / 2u));
    return bestOfLanes(better(kept, other), kLanes / 2u);
}

// Along the axis, of the first (last) element with the key in the quad at the candidate's place.
uint resolve(uvec2 row, Candidate best, uint reduction) {
    const QuadBits quad = loadQuad(row, best.index);
    uint found = 0u;
    [[unroll]] for (uint i = 0; i < 4; ++i) {
        const uint element = kTieLast ? i : 3u - i;
        if (orderKey(quad[element], reduction) == best.key) found = element;
    }
    return best.index * 4u + found;
}

void main() {
    const uint number = workgroupNumber();
    if (number >= params.groups) return;
    const uint lane = gl_SubgroupInvocationID % kLanes;
    const uint rowsAtOnce = kSubgroupSize / kLanes;
    const uvec2 firstRow = add(multiply(uvec2(number, 0u), kWorkgroupSize / kLanes * kLaneRows),
                               gl_SubgroupID * rowsAtOnce * kLaneRows + gl_SubgroupInvocationID / kLanes);
    const uvec2 lastRow = subtract(params.outer, 1u);
    uvec2 rows[kLaneRows];
    [[unroll]] for (uint k = 0; k < kLaneRows; ++k) {
        const uvec2 row = add(firstRow, k * rowsAtOnce);
        rows[k] = add(params.source, multiply(less(lastRow, row) ? lastRow : row, params.rowStride));
    }
    Candidate best[kLaneRows][kReductions];
    walk(best, rows, lane);

    const bool ofSecond = lane >= kLanes / 2u;
    const uvec2 row = add(firstRow, ofSecond ? rowsAtOnce : 0u);
    const bool writes = lane % (kLanes / 2u) == 0u && less(row, params.outer);
    [[unroll]] for (uint r = 0; r < kReductions; ++r) {
        Candidate winner = combine(best[0][r], best[1][r], ofSecond);
        winner.index = resolve(ofSecond ? rows[1] : rows[0], winner, r);
        const uvec2 destination = r == 0u ? params.destination : params.second;
        if (writes)
            writeIndex(add(destination, sliceOffset(kOutputView, row, params.resultStride)), winner, uvec2(0u));
    }
}
