// Where slices lie: by one stride from the parameters, or as the ShapeTable says. Needs params.table.

layout(constant_id = VKAXIS_ID_TABLE_MASK) const uint kTableMask = 0;

layout(buffer_reference, std430, buffer_reference_align = 8) readonly restrict buffer TableAt { ShapeTable shape; };

// Beyond 32 bits, division takes a loop, and drivers do not unroll what is around one.
const bool kManySlices = (kTableMask >> kManySlicesBit & 1u) != 0u;

bool inTable(uint operand) { return (kTableMask >> operand & 1u) != 0u; }

// Bytes from an operand's address to the first column of a slice of the outer dimensions.
uvec2 sliceOffset(uint operand, uvec2 slice, uvec2 stride) {
    if (!inTable(operand)) return multiply(slice, stride);
    TableAt table = TableAt(params.table);
    uvec2 offset = uvec2(0u);
    const uint slowest = max(table.shape.outerRank, 1u) - 1u;
    for (uint i = 0u; i < slowest; ++i) {
        uvec2 index;
        if (kManySlices) {
            slice = divide(slice, table.shape.extents[i], index);
        } else {
            const uint extent = table.shape.extents[i].x;
            const uint quotient = slice.x / extent;
            index = uvec2(slice.x - quotient * extent, 0u);
            slice = uvec2(quotient, 0u);
        }
        offset = add(offset, multiply(index, table.shape.strides[operand * kMaxOuter + i]));
    }
    return add(offset, multiply(slice, table.shape.strides[operand * kMaxOuter + slowest]));
}

// Bytes from there to a column.
uvec2 columnOffset(uint operand, uvec2 column, uint size) {
    if (!inTable(operand)) return multiply(column, size);
    return multiply(column, TableAt(params.table).shape.innerStrides[operand]);
}
