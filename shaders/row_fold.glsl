// As fold.glsl, where workgroups share a row and leave a candidate each: few enough to take no fence, which would take longer
// than all else. They leave words that tell whether they are there, in memory that is zero before and afterwards. None waits
// for another that has yet to do something: each leaves its words before it arrives, and the last asks until it sees them.
#extension GL_KHR_shader_subgroup_ballot : require
#include "device_word.glsl"

// Of what a workgroup leaves: the words of a key, an index along the axis, and the highest bits of both, each shifted and
// with a mark, so that none is zero.
const uint kWords = WORDS + kLeftWords;
const uint kLeftSize = 4u * kWords;
const uint kLeftSizes = kReductions * kLeftSize;  // of all reductions, side by side
const uint kMark = 1u;

shared uint sharedCount;

// Without an index all keys are 0, and it is the first's.
void leavePartial(uvec2 address, Candidate best) {
    const uint index = best.index == 0xffffffffu ? 0u : best.index;
#if WORDS == 1
    const uint words[] = {best.key, index};
#else
    const uint words[] = {best.key.x, best.key.y, index};
#endif
    uint highest = kMark;
    [[unroll]] for (uint i = 0; i <= WORDS; ++i) {
        putWord(add(address, 4u * i), words[i] << 1 | kMark);
        highest |= words[i] >> 31 << (i + 1u);
    }
    putWord(add(address, 4u * (WORDS + 1u)), highest);
}

// In uniform control flow, and with a barrier since the last call: how often workgroups have counted before this one does.
uint countAt(uvec2 counter, uint invocation) {
    if (invocation == 0u) sharedCount = addToWord(counter, 1u);
    barrier();
    return subgroupBroadcastFirst(sharedCount);
}

// Likewise: whether this workgroup is the last of `workgroups` to arrive, where invocation 0 has left the partial.
bool isLastOf(uint workgroups, uvec2 counter, uint invocation) {
    if (countAt(counter, invocation) + 1u != workgroups) return false;
    if (invocation == 0u) putWord(counter, 0u);
    return true;
}

struct Left {
    uint words[kWords];
};

Left leftAt(uvec2 address) {
    Left left;
    [[unroll]] for (uint i = 0; i < kWords; ++i) left.words[i] = wordAt(add(address, 4u * i));
    return left;
}

bool isThere(Left left) {
    uint marks = kMark;
    [[unroll]] for (uint i = 0; i < kWords; ++i) marks &= left.words[i];
    return marks != 0u;
}

uint wordOf(Left left, uint i) { return left.words[i] >> 1 | left.words[WORDS + 1u] >> (i + 1u) << 31; }

Candidate candidateOf(Left left) {
#if WORDS == 1
    const Key key = wordOf(left, 0u);
#else
    const Key key = uvec2(wordOf(left, 0u), wordOf(left, 1u));
#endif
    return Candidate(key, wordOf(left, WORDS));
}

// The best of `count` partials, `stride` bytes apart, that one of `lanes` lanes has a share of. Leaves zeros.
Candidate foldPartials(uvec2 first, uvec2 stride, uint count, uint lane, uint lanes) {
    Candidate best = none();
    for (uint i = lane; i < count; i += lanes) {
        const uvec2 address = add(first, multiply(stride, i));
        Left left = leftAt(address);
        while (!isThere(left)) left = leftAt(address);
        [[unroll]] for (uint j = 0; j < kWords; ++j) putWord(add(address, 4u * j), 0u);
        best = better(best, candidateOf(left));
    }
    return best;
}
