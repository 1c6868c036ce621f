// The best element of some, as key (see order.glsl) and index along the axis, and where results go.

layout(constant_id = VKAXIS_ID_ARG_DESTINATION) const uint kDestination = kArgIndexU32;

layout(buffer_reference, std430, buffer_reference_align = 4) readonly restrict buffer Word { uint value; };
layout(buffer_reference, std430, buffer_reference_align = 8) readonly restrict buffer Pair { uvec2 value; };
layout(buffer_reference, std430, buffer_reference_align = 4) writeonly restrict buffer OutWord { uint value; };
layout(buffer_reference, std430, buffer_reference_align = 8) writeonly restrict buffer OutPair { uvec2 value; };

struct Candidate {
    uint key;
    uint index;
};

const uint kNoIndex = 0xffffffffu;
const Candidate kNone = Candidate(0u, kNoIndex);

Candidate better(Candidate a, Candidate b) {
    const bool second = b.key > a.key || (b.key == a.key && b.index < a.index);
    return Candidate(second ? b.key : a.key, second ? b.index : a.index);
}

// The best of neighbouring `width` lanes of a subgroup, a power of two, in each of them.
Candidate bestOfLanes(Candidate best, uint width) {
    for (uint distance = width / 2u; distance > 0u; distance /= 2u)
        best = better(best, Candidate(subgroupShuffleXor(best.key, distance),
                                      subgroupShuffleXor(best.index, distance)));
    return best;
}

// The index, or the candidate if another dispatch goes on with it.
void write(uvec2 destination, uvec2 element, Candidate best) {
    if (kDestination == kArgIndexU32) {
        OutWord(add(destination, multiply(element, 4u))).value = best.index;
    } else {
        const uvec2 pair = kDestination == kArgPartials ? uvec2(best.key, best.index) : uvec2(best.index, 0u);
        OutPair(add(destination, multiply(element, 8u))).value = pair;
    }
}
