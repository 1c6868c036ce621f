// Where a workgroup and an invocation stand in a ColumnTiling.

struct Place {
    uvec2 outer;      // slice
    uvec2 column;     // inner index
    uint slice;       // of the tile
    uint tileColumn;  // within the slice
    uint row;         // of the workgroup's rows
    bool inside;      // of the tensor, and of the tile
};

struct Group {
    uvec2 firstOuter;
    uvec2 firstColumn;
    uint split;
    uvec2 begin;  // along the axis
    uint rows;
};

Group groupOf(ColumnTiling tiling, uint number) {
    Group group;
    group.firstOuter = multiply(uvec2(number / tiling.panels / tiling.splits, 0u), tiling.slices);
    group.firstColumn = multiply(uvec2(number % tiling.panels, 0u), tiling.columns);
    group.split = (number / tiling.panels) % tiling.splits;
    group.begin = multiply(uvec2(group.split, 0u), tiling.chunk);
    group.rows = distanceUpTo(group.begin, tiling.extent, tiling.chunk);
    return group;
}

bool isInside(ColumnTiling tiling, Place place) {
    return place.slice < tiling.slices && less(place.outer, tiling.outer) && less(place.column, tiling.inner);
}

// tileColumn counts the columns of all slices of the tile: slice * columns + column.
Place placeOf(ColumnTiling tiling, Group group, uint tileColumn, uint row) {
    const uint slice = tileColumn / tiling.columns;
    Place place;
    place.slice = slice;
    place.tileColumn = tileColumn % tiling.columns;
    place.outer = add(group.firstOuter, slice);
    place.column = add(group.firstColumn, place.tileColumn);
    place.row = row;
    place.inside = isInside(tiling, place);
    return place;
}

// Goes over successive tiles of unsplit columns with an invocation each: divisions are slow, and here all tiles share them.
struct TileWalk {
    Place place;
    uint panel;
};

TileWalk walkFrom(ColumnTiling tiling, uint tile, uint invocation) {
    TileWalk walk;
    const uint sliceTile = tiling.panels == 1u ? tile : tile / tiling.panels;
    walk.panel = tile - sliceTile * tiling.panels;
    walk.place.slice = tiling.slices == 1u ? (invocation < tiling.columns ? 0u : 1u) : invocation / tiling.columns;
    walk.place.tileColumn = invocation - walk.place.slice * tiling.columns;
    walk.place.outer = add(multiply(uvec2(sliceTile, 0u), tiling.slices), walk.place.slice);
    walk.place.column = add(multiply(uvec2(walk.panel, 0u), tiling.columns), walk.place.tileColumn);
    walk.place.row = 0u;
    walk.place.inside = isInside(tiling, walk.place);
    return walk;
}

void advance(ColumnTiling tiling, inout TileWalk walk) {
    ++walk.panel;
    walk.place.column = add(walk.place.column, tiling.columns);
    if (walk.panel == tiling.panels) {
        walk.panel = 0u;
        walk.place.column = uvec2(walk.place.tileColumn, 0u);
        walk.place.outer = add(walk.place.outer, tiling.slices);
    }
    walk.place.inside = isInside(tiling, walk.place);
}

// Invocations in memory order: [slices, rows, columns].
uint tileColumnOf(ColumnTiling tiling, uint invocation) {
    return invocation / (tiling.rows * tiling.columns) * tiling.columns + invocation % tiling.columns;
}

uint tileRowOf(ColumnTiling tiling, uint invocation) { return invocation / tiling.columns % tiling.rows; }

// The number of an element of a dense [outer, inner] and a dense [outer, splits, inner] tensor.
uvec2 sliceElement(ColumnTiling tiling, Place place) { return add(multiply(place.outer, tiling.inner), place.column); }

uvec2 splitElement(ColumnTiling tiling, Group group, Place place) {
    const uvec2 line = add(multiply(place.outer, tiling.splits), group.split);
    return add(multiply(line, tiling.inner), place.column);
}
