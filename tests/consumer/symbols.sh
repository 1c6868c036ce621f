#!/bin/sh
# symbols.sh LIBRARY...: what an engine relies on when it links the core, read from a static archive or a shared library.
# CC names the compiler.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# reject LIBRARY RULE FILE: reports every line of FILE as a breach of RULE.
reject() {
    while IFS= read -r breach; do
        echo "$(basename "$1"): $2: $breach" >&2
        failures=$((failures + 1))
    done < "$3"
}

symbolNames() { nm "$@" | awk 'NF >= 2 {sub(/@.*/, "", $NF); print $NF}' | sort -u; }

writableObjects() {
    objdump -t "$1" | awk -F '\t' 'NF == 2 {
        n = split($1, left, " "); section = left[n]
        n = split($2, right, " ")
        if (section ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && section !~ /^\.data\.rel\.ro/ && right[1] !~ /^0+$/)
            print right[n]
    }' | sort -u
}

# Constructors as the linker collects them, by section and size, and as the compilers name them.
constructors() {
    size -A "$1" | awk '$1 ~ /^\.(preinit_array|init_array|ctors)/ && $2 > 0 {print $1, $2, "bytes"}' | sort
    symbolNames "$1" | grep '^_GLOBAL__sub_I' || true
}

# The toolchain's own start-up code is part of every shared library; an empty one shows it.
"${CC:-cc}" -shared -x c -o "$work/empty.so" /dev/null
: > "$work/none"

for library in "$@"; do
    baseline=$work/none
    case $library in *.so*) baseline=$work/empty.so ;; esac

    symbolNames "$library" > "$work/names"
    grep '^vkaxis[A-Z]' "$work/names" > "$work/own" || echo "no vkaxis function" > "$work/breaches"
    [ -s "$work/own" ] || reject "$library" "is not the core" "$work/breaches"

    grep '^vk[A-Z]' "$work/names" > "$work/breaches" || true
    reject "$library" "defines or needs a Vulkan symbol" "$work/breaches"

    grep -E '^(__cxa_throw|_ZSt[0-9]+__throw_.*|_Zn[wa][jm])$' "$work/names" > "$work/breaches" || true
    reject "$library" "can throw" "$work/breaches"

    grep -E '^(v?f?printf|puts|fputs|putchar|fwrite|_ZSt4c(out|err))$' "$work/names" > "$work/breaches" || true
    reject "$library" "can print" "$work/breaches"

    for rule in constructors writableObjects; do
        "$rule" "$library" > "$work/found"
        : > "$work/expected"
        [ "$baseline" = "$work/none" ] || "$rule" "$baseline" > "$work/expected"
        comm -23 "$work/found" "$work/expected" > "$work/breaches"
        reject "$library" "has $rule" "$work/breaches"
    done

    if [ "$baseline" != "$work/none" ]; then
        symbolNames -D --defined-only "$library" | grep -v '^vkaxis[A-Z]' > "$work/breaches" || true
        reject "$library" "exports" "$work/breaches"
    fi
done
[ "$failures" = 0 ] || exit 1
echo "symbols as promised: $*"
