// Where workgroups share an axis: the last of them to finish folds what all have left in scratch memory. None waits for
// another. `counter` is zeroed memory, and zero again afterwards. (As CUDA's threadFenceReduction sample does it.)
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_ballot : require

// The members, not the blocks: glslang 12 forgets the qualifiers of blocks that a constructor makes.
layout(buffer_reference, std430, buffer_reference_align = 4) buffer CounterAt { nonprivate uint value; };
layout(buffer_reference, std430, buffer_reference_align = 8) buffer PartialAt { nonprivate uvec2 value; };

const uint kPartialsSize = kReductions * kPartialSize;  // of all reductions, side by side

shared uint sharedArrivals;

const int kBuffers = gl_StorageSemanticsBuffer;
const int kBoth = gl_SemanticsAcquireRelease | gl_SemanticsMakeAvailable | gl_SemanticsMakeVisible;

// A barrier that orders accesses to buffers as well.
void meet() { controlBarrier(gl_ScopeWorkgroup, gl_ScopeWorkgroup, kBuffers | gl_StorageSemanticsShared, kBoth); }

// The index counts from the beginning of the axis: see ArgColumnsParams. Without one all keys are 0, and it is the first's.
void leavePartial(uvec2 address, Candidate best, uvec2 begin) {
    const uint index = begin.x + (best.index == 0xffffffffu ? 0u : best.index);
#if WORDS == 1
    PartialAt(address).value = uvec2(best.key, index);
#else
    PartialAt(address).value = best.key;
    PartialAt(add(address, 8u)).value = uvec2(index, 0u);
#endif
}

// In uniform control flow. Whether all `workgroups` have left their partials, and this one sees them.
bool isLastOf(uint workgroups, uvec2 counter, uint invocation) {
    memoryBarrier(gl_ScopeDevice, kBuffers, gl_SemanticsRelease | gl_SemanticsMakeAvailable);
    meet();
    if (invocation == 0u)
        sharedArrivals = atomicAdd(CounterAt(counter).value, 1u, gl_ScopeDevice, kBuffers, kBoth);
    meet();
    if (subgroupBroadcastFirst(sharedArrivals) + 1u != workgroups) return false;
    memoryBarrier(gl_ScopeDevice, kBuffers, gl_SemanticsAcquire | gl_SemanticsMakeVisible);
    if (invocation == 0u) CounterAt(counter).value = 0u;
    return true;
}

Candidate partialAt(uvec2 address) {
    const uvec2 first = PartialAt(address).value;
#if WORDS == 1
    return Candidate(first.x, first.y);
#else
    return Candidate(first, PartialAt(add(address, 8u)).value.x);
#endif
}

// The best of `count` partials, `stride` bytes apart, that one of `lanes` lanes has a share of; who has none takes the last.
// All loads of a batch are issued before the first is used; beyond the end the last partial is read again. Small batches where
// the walk's are small, so that they take no more registers.
Candidate foldPartials(uvec2 first, uvec2 stride, uint count, uint lane, uint lanes) {
    const uint kBatch = kUnroll < 3u ? 4u : 8u;
    Candidate best = none();
    for (uint done = 0u; done < count; done += kBatch * lanes) {
        Candidate batch[kBatch];
        [[unroll]] for (uint i = 0; i < kBatch; ++i)
            batch[i] = partialAt(add(first, multiply(stride, min(done + i * lanes + lane, count - 1u))));
        [[unroll]] for (uint i = 0; i < kBatch; ++i) best = better(best, batch[i]);
    }
    return best;
}
