// The best element of some, as key (see order.glsl) and index along the axis, and where results go.
#extension GL_KHR_shader_subgroup_arithmetic : require

layout(constant_id = VKAXIS_ID_ARG_TIE_LAST) const bool kTieLast = false;

layout(buffer_reference, std430, buffer_reference_align = 4) writeonly restrict buffer OutWord { uint value; };
layout(buffer_reference, std430, buffer_reference_align = 8) writeonly restrict buffer OutPair { uvec2 value; };

struct Candidate {
    Key key;
    uint index;
};

const uint kNoIndex = kTieLast ? 0u : 0xffffffffu;
// Loses against every element.
Candidate none() { return Candidate(Key(0u), kNoIndex); }

const uint kPartialSize = 8u * WORDS;

// For indices in ascending order, where a tie is decided by which came first.
Candidate take(Candidate best, Key key, uint index) {
    const bool second = kTieLast ? !greater(best.key, key) : greater(key, best.key);
    return Candidate(second ? key : best.key, second ? index : best.index);
}

Candidate better(Candidate a, Candidate b) {
    const bool closer = kTieLast ? b.index > a.index : b.index < a.index;
    const bool second = greater(b.key, a.key) || (b.key == a.key && closer);
    return Candidate(second ? b.key : a.key, second ? b.index : a.index);
}

// The best of neighbouring `width` lanes of a subgroup, a power of two, in each of them.
Candidate bestOfLanes(Candidate best, uint width) {
    for (uint distance = width / 2u; distance > 0u; distance /= 2u)
        best = better(best, Candidate(subgroupShuffleXor(best.key, distance),
                                      subgroupShuffleXor(best.index, distance)));
    return best;
}

Key greatestOfSubgroup(Key key) {
#if WORDS == 1
    return subgroupMax(key);
#else
    const uint high = subgroupMax(key.y);
    return uvec2(subgroupMax(key.y == high ? key.x : 0u), high);
#endif
}

Candidate bestOfSubgroup(Candidate best) {
    const Key key = greatestOfSubgroup(best.key);
    const uint index = best.key == key ? best.index : kNoIndex;
    return Candidate(key, kTieLast ? subgroupMax(index) : subgroupMin(index));
}

// For another dispatch to go on with.
void writePartial(uvec2 address, Candidate best) {
#if WORDS == 1
    OutPair(address).value = uvec2(best.key, best.index);
#else
    OutPair(address).value = best.key;
    OutWord(add(address, 8u)).value = best.index;
#endif
}

// Where the candidate's index counts from `begin` on.
void writeIndex(uvec2 address, Candidate best, uvec2 begin) {
    const uvec2 index = kIgnoreNan && best.key == Key(0u) ? uvec2(0xffffffffu) : add(begin, best.index);
    if (kDestination == kU32) OutWord(address).value = index.x;
    else OutPair(address).value = index;
}
