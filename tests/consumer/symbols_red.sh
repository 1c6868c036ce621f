#!/bin/sh
# Each rule of symbols.sh goes red on a library that breaks it, static and shared, and a clean library passes.
# CXX names the compiler.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check RULE CODE: builds both libraries from CODE; RULE is the text to expect, or "" for a pass.
check() {
    printf 'extern "C" __attribute__((visibility("default"))) int vkaxisEntry(int n);\n%s\n' "$2" > "$work/core.cpp"
    "${CXX:-c++}" -fPIC -fvisibility=hidden -c "$work/core.cpp" -o "$work/core.o"
    rm -f "$work/libcore.a"
    ar rc "$work/libcore.a" "$work/core.o"
    "${CXX:-c++}" -shared "$work/core.o" -o "$work/libcore.so"
    for library in ${libraries:-libcore.a libcore.so}; do
        library=$work/$library
        status=0
        sh "$here/symbols.sh" "$library" > "$work/log" 2>&1 || status=$?
        if [ -z "$1" ]; then
            [ "$status" = 0 ] || { echo "a clean $library was refused:"; cat "$work/log"; exit 1; }
        elif [ "$status" = 0 ] || ! grep -q "$1" "$work/log"; then
            echo "$library was not refused with '$1':"; cat "$work/core.cpp" "$work/log"; exit 1
        fi
    done
}

entry='int vkaxisEntry(int n) { return n; }'
check "" "$entry const char* const kNames[] = {\"a\", \"b\"}; const char* name(int n) { return kNames[n]; }"
check "defines or needs a Vulkan symbol: vkQueueSubmit" \
    'extern "C" int vkQueueSubmit(int); int vkaxisEntry(int n) { return vkQueueSubmit(n); }'
check "defines or needs a Vulkan symbol: vkCreateDevice" "$entry"' extern "C" int vkCreateDevice() { return 0; }'
check "can throw: __cxa_throw" 'int vkaxisEntry(int n) { throw n; }'
check "can throw: _Zna" 'int* leak; int vkaxisEntry(int n) { leak = new int[n]; return *leak; }'
check "can print: printf" '#include <cstdio>
int vkaxisEntry(int n) { return std::printf("%d", n); }'
check "has constructors" 'int seed(); int table = seed(); int seed() { return 1; } '"$entry"
check "has writableObjects: counter" 'int counter = 1; int vkaxisEntry(int n) { return counter += n; }'
check "has writableObjects: .*calls" 'int vkaxisEntry(int n) { static int calls; return calls += n; }'
libraries=libcore.so
check "exports: .*helper" "$entry"' __attribute__((visibility("default"))) void helper() {}'
echo "every rule goes red"
