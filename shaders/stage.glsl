// Elements that pass through shared memory in the order of memory: read and written in aligned quads, and found there one by
// one. Needs kItems, an invocation's elements, and without STAGE_PADDED kStaged, whether there is a stage at all.
#include "piece.glsl"

const uint kShare = kItems / 4u + 1u;  // an invocation's quads
// A piece begins where quads of memory are quads here: one more than all shares.
const uint kStageQuads = kWorkgroupSize * kShare + 1u;
#ifdef STAGE_PADDED
// A place is left free behind every eighth, so that quads a power of two apart lie in different banks.
uint padded(uint quad) { return quad + quad / 8u; }
shared Quad stage[kStageQuads + kStageQuads / 8u];
#else
uint padded(uint quad) { return quad; }
shared Quad stage[kStaged ? kStageQuads : 1u];
#endif

// The place on the stage of the piece's first element.
uint slotOf(Piece piece) { return (0u - piece.head) & 3u; }

Element staged(uint slot) { return stage[padded(slot / 4u)][slot % 4u]; }
void putAt(uint slot, Element value) { stage[padded(slot / 4u)][slot % 4u] = value; }

// What one invocation carries of a piece: every kWorkgroupSize-th quad, and of the elements beside them at most one.
struct Share {
    QuadBits quads[kShare];
    Bits side;
};

// The number of the invocation's element beside the quads; beyond the piece if it has none.
uint sideOf(Piece piece, uint invocation) {
    return invocation < piece.head ? invocation : invocation + piece.quads * 4u;
}

// Quads beyond the last one read it again, so that there is no branch between the loads.
void loadShare(out Share share, Piece piece, uint invocation) {
    const uvec2 body = add(piece.address, piece.head * kSourceSize);
    share.side = BITS(0u);
    const uint side = sideOf(piece, invocation);
    if (side < piece.count) share.side = loadBits(add(piece.address, side * kSourceSize), kSourceSize);
    if (piece.quads > 0u) {
        [[unroll]] for (uint i = 0; i < kShare; ++i) {
            const uint quad = min(i * kWorkgroupSize + invocation, piece.quads - 1u);
            share.quads[i] = loadQuadBits(add(body, quad * 4u * kSourceSize));
        }
    }
}

void putOnStage(Share share, Piece piece, uint invocation) {
    const uint slot = slotOf(piece);
    const uint body = (slot + piece.head) / 4u;
    [[unroll]] for (uint i = 0; i < kShare; ++i) {
        const uint quad = i * kWorkgroupSize + invocation;
        if (quad < piece.quads) {
            [[unroll]] for (uint j = 0; j < 4; ++j) stage[padded(body + quad)][j] = loaded(share.quads[i][j]);
        }
    }
    const uint side = sideOf(piece, invocation);
    if (side < piece.count) putAt(slot + side, loaded(share.side));
}

// How what a piece holds of the tensor lies in it, in elements: its slices or rows, and a gap behind each.
struct Lines {
    uint stride;
    uint width;
};

// Of so many, without the last one's gap.
uint sizeOf(Lines lines, uint count) { return count == 0u ? 0u : (count - 1u) * lines.stride + lines.width; }

void storePiece(Piece piece, uint invocation) {
    const uint slot = slotOf(piece);
    const uint body = (slot + piece.head) / 4u;
    const uvec2 bodyAddress = add(piece.address, piece.head * kResultSize);
    [[unroll]] for (uint i = 0; i < kShare; ++i) {
        const uint quad = i * kWorkgroupSize + invocation;
        if (quad < piece.quads)
            storePacked(add(bodyAddress, quad * 4u * kResultSize), storedQuad(stage[padded(body + quad)]), kResultSize,
                        4u);
    }
    const uint side = sideOf(piece, invocation);
    if (side < piece.count) storeElement(add(piece.address, side * kResultSize), staged(slot + side));
}

// All but the gaps. A sector of memory that is written in parts takes the longer the more parts there are: neighbouring lanes
// store neighbouring elements, so that those in a sector arrive together.
void storeLines(Piece piece, Lines lines, uint invocation) {
    const uint step = kWorkgroupSize % lines.stride;
    uint place = invocation % lines.stride;
    for (uint element = invocation; element < piece.count; element += kWorkgroupSize) {
        if (place < lines.width) storeElement(add(piece.address, element * kResultSize), staged(slotOf(piece) + element));
        place += step;
        if (place >= lines.stride) place -= lines.stride;
    }
}
