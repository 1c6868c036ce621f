// The runner's reading of .npy files, and what it refuses of them, which takes no device.
#include "runner.hpp"

namespace {

using namespace runner;

TEST_CASE("npy: a bad .npy file is refused by name and nothing is written") {
    const TemporaryFolder folder;
    const std::string name = folder / "bad.npy";
    writeFile(folder / "out.npy", "old");
    const auto check = [&](const std::string& file, const std::string& culprit) {
        writeFile(name, file);
        const auto before = folder.content();
        checkRefused(invoke({"run", "scan", name, "-o", folder / "out.npy"}), 2, {name + ": ", culprit});
        CHECK(folder.content() == before);
    };
    const auto checkDescr = [&](const std::string& descr, const std::string& culprit) {
        check(npy(dict(descr, "False", "(2, 3)"), kData23), culprit);
    };
    const auto checkShape = [&](const std::string& shape, const std::string& culprit) {
        check(npy(dict("'<f4'", "False", shape), kData23), culprit);
    };
    const std::string good = npy(kShape23, kData23);

    SUBCASE("no .npy file, or a part of one") {
        check("", "not a .npy file");
        check("PK\x03\x04", "not a .npy file");
        check("\x93NUMPY", "truncated");
        check("\x93NUMPY\x01\x01" + good.substr(8), "version 1.1");
        check("\x93NUMPY\x04" + good.substr(7), "version 4.0");
        check(good.substr(0, 9), "truncated");
        check(npy(kShape23, kData23, 2).substr(0, 11), "truncated");
        check(good.substr(0, 40), "truncated");
        check(good.substr(0, good.size() - 24), "truncated");
        check(good.substr(0, good.size() - 1), "truncated");
        check(good + '\0', "bytes left over");
        check(good + good, "bytes left over");
        check("\x93NUMPY\x02" + std::string(1, '\0') + "\xff\xff\xff\xff" + kShape23, "truncated");
        check(npy(kShape23 + std::string(70000, ' '), kData23, 2), "over the limit");
    }
    SUBCASE("dtypes") {
        for (const char* descr : {"'|b1'", "'<c8'", "'<c16'", "'|S4'", "'<U1'", "'|O'", "'<M8[s]'", "'<V2'",
                                  "'<f16'", "'<i3'", "'u'", "'float32'", "'<'", "''"}) {
            checkDescr(descr, "dtype " + std::string(descr) + " is not supported; f2, f4, f8, i1, i2");
        }
        checkDescr("[('a', '<f4')]", "structured dtypes are not supported");
        checkDescr("('<f4', (3,))", "needs a string");
        checkDescr("4", "needs a string");
        checkDescr("'<f4", "dtype '<f4, ' is not supported");
    }
    SUBCASE("shapes") {
        checkShape("(-2, 3)", "negative");
        checkShape("(2, -3)", "negative");
        checkShape("(2, 4)", "truncated: shape (2, 4) takes 32 bytes");
        checkShape("(2, 2)", "bytes left over: shape (2, 2) takes 16 bytes");
        checkShape("()", "bytes left over");
        checkShape("(0, 3)", "bytes left over");
        checkShape("(1000000000000000,)", "truncated");
        checkShape("(4294967296, 4294967296)", "overflows");
        checkShape("(4294967296, 4294967296, 0)", "overflows");
        checkShape("(18446744073709551615,)", "overflows");
        checkShape("(18446744073709551622,)", "over 2^64-1");
        checkShape("(1, 1, 1, 1, 1, 1, 1, 2, 3)", "rank is over 8");
        checkShape("(6)", "not a tuple");
        checkShape("6", "'('");
        checkShape("[2, 3]", "'('");
        checkShape("(2 3)", "',' or ')'");
        checkShape("(2, 3", "header");
        checkShape("(2.0, 3)", "',' or ')'");
        checkShape("(True, 3)", "number");
        checkShape("(2,, 3)", "number");
        checkShape("(,)", "number");
    }
    SUBCASE("header text") {
        const std::string shape = "'shape': (2, 3)", descr = "'descr': '<f4'",
                          order = "'fortran_order': False";
        check(npy("", kData23), "'{'");
        check(npy("{'descr", kData23), "without an end");
        check(npy("{}", kData23), "needs the keys");
        check(npy("{" + descr + ", " + shape + "}", kData23), "needs the keys");
        check(npy("{" + descr + ", " + order + ", " + shape + ", " + shape + "}", kData23), "'shape'");
        check(npy("{" + descr + ", " + order + ", " + shape + ", 'extra': 1}", kData23), "'extra'");
        check(npy("{" + descr + " " + order + ", " + shape + "}", kData23), "'}'");
        check(npy("{" + descr + ", " + order + ", " + shape, kData23), "'}'");
        check(npy(kShape23 + "x", kData23), "goes on");
        check(npy(std::string("{'a\nb\x1b': 1}"), kData23), "'a?b?'");
        check(npy(dict("'<f4'", "0", "(2, 3)"), kData23), "True or False");
        check(npy(dict("__import__('os')", "False", "(2, 3)"), kData23), "needs a string");
    }
}

TEST_CASE("npy: an input that is no file is refused by name") {
    const TemporaryFolder folder;
    const auto check = [&](const std::string& input, const std::string& culprit) {
        checkRefused(invoke({"run", "argmax", input, "-o", folder / "out.npy"}), 2, {input + ": ", culprit});
        CHECK(!fs::exists(folder / "out.npy"));
    };
    check(folder / "missing.npy", "cannot be read: No such file");
    check(folder / "", "is a folder");
#ifndef _WIN32
    check("/dev/null", "not a regular file");
    writeFile(folder / "locked.npy", npy(kShape23, kData23));
    fs::permissions(folder / "locked.npy", fs::perms::none);
    if (std::ifstream(folder / "locked.npy").good()) {
        MESSAGE("skipped: a file without permissions is readable here, as root sees it");
    } else {
        check(folder / "locked.npy", "cannot be read: Permission denied");
    }
#endif
}

}  // namespace
