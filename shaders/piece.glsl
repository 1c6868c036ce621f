// Neighbouring elements of the source, or of results, as aligned quads of memory.

// `count` elements: `head` of them, then aligned quads, then the rest.
struct Piece {
    uvec2 address;
    uint count;
    uint head;
    uint quads;
};

Piece pieceOf(uvec2 address, uint count, uint size) {
    const uint head = min((0u - address.x / size) & 3u, count);
    return Piece(address, count, head, (count - head) / 4u);
}
