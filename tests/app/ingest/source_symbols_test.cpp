// Symbols of source text by universal-ctags; skipped where it is not installed.
#include "app/ingest/source_symbols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SourceSymbolsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (symbolProgram().empty()) {
            GTEST_SKIP() << "universal-ctags is not installed";
        }
    }
    static std::vector<std::string> list(const std::string& name, const std::string& text) {
        const auto symbols = sourceSymbols(name, text);
        EXPECT_TRUE(symbols.ok()) << symbols.error().message;
        std::vector<std::string> out;
        for (const SourceSymbol& symbol : symbols ? *symbols : std::vector<SourceSymbol>()) {
            out.push_back(std::string(static_cast<size_t>(symbol.depth), '>') + symbol.kind + " " + symbol.name + ":" +
                          std::to_string(symbol.line));
        }
        return out;
    }
};

TEST_F(SourceSymbolsTest, CppIsNested) {
    EXPECT_THAT(list("a.cpp",
                     "namespace n {\nclass Parser {\n  public:\n    int next() { return m_at; }\n    int m_at = 0;\n"
                     "};\nenum class Kind { A, B };\n}  // namespace n\n\nint n::Parser::other() {\n    return 1;\n}\n"
                     "static void help() {}\n"),
                ElementsAre("namespace n:1", ">class Parser:2", ">>function next:4", ">enum Kind:7",
                            "function n::Parser::other:10", "function help:13"));
}

TEST_F(SourceSymbolsTest, PythonAndOthers) {
    EXPECT_THAT(list("a.py", "LIMIT = 3\n\nclass A:\n    def f(self):\n        x = 1\n\ndef g():\n    pass\n"),
                ElementsAre("class A:3", ">method f:4", "function g:7"));
    EXPECT_THAT(list("a.sh", "one() {\n  :\n}\n"), ElementsAre("function one:1"));
    EXPECT_THAT(list("prose.xyz", "class A:\n"), IsEmpty());
    EXPECT_THAT(list("empty.c", ""), IsEmpty());
}

TEST_F(SourceSymbolsTest, HostileNamesAndTextsHarmNobody) {
    EXPECT_THAT(list("a\"\n}.c", "int f(void) { return 0; }\n"), ElementsAre("function f:1"));
    EXPECT_THAT(list("a.c", "/*" + std::string(1 << 20, 'x') + "*/ int f(void) { return 0; }\n").size(), 1u);
    std::string bytes;
    for (int i = 0; i < 4096; ++i) {
        bytes += static_cast<char>(i * 7);
    }
    static_cast<void>(sourceSymbols("bytes.cpp", bytes).ok());
    std::string many;
    for (int i = 0; i < 30000; ++i) {
        many += "int f" + std::to_string(i) + "(void) { return 0; }\n";
    }
    SymbolLimits limits;
    limits.symbols = 500;
    EXPECT_EQ(sourceSymbols("many.c", many, limits)->size(), 500u);
    limits.textBytes = 10;
    EXPECT_EQ(sourceSymbols("many.c", many, limits).error().code, ErrorCode::LimitExceeded);
}

TEST(SourceSymbols, AreRefusedWithASentenceWithoutTheProgram) {
    const ScopedEnvironment none("LECTERN_CTAGS", "/nowhere/ctags");
    EXPECT_EQ(symbolProgram(), "");
    EXPECT_EQ(sourceSymbols("a.c", "int f(void);").error().code, ErrorCode::NotFound);
}

TEST(SourceSymbols, AProgramThatHangsOrFloodsIsEnded) {
    const TemporaryDirectory directory;
    const std::filesystem::path program = directory.path() / "fake";
    const auto with = [&](const std::string& script, std::chrono::milliseconds timeout) {
        writeFile(program, "#!/bin/sh\n" + script + "\n");
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
        const ScopedEnvironment chosen("LECTERN_CTAGS", program.string());
        SymbolLimits limits;
        limits.timeout = timeout;
        limits.outputBytes = 1 << 20;
        return sourceSymbols("a.c", "int f(void);", limits);
    };
    EXPECT_EQ(with("sleep 60", std::chrono::milliseconds(700)).error().code, ErrorCode::Io);
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(with("yes", std::chrono::minutes(1)).error().code, ErrorCode::Io);
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(30)) << "ended by what it wrote";
    EXPECT_EQ(with("exit 3", std::chrono::milliseconds(700)).error().code, ErrorCode::Io);
}

}  // namespace
}  // namespace lectern::app
