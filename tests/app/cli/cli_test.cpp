// lectern-cli as a program: its JSON contract, exit codes, sentences.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <QProcess>
#include <QProcessEnvironment>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/app/support/app_test.h"
#include "tests/app/support/tiny_model.h"

namespace lectern::app {
namespace {

using namespace test;
using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Outcome {
    int code = -1;
    std::string out;
    std::string error;
};

class CliTest : public ::testing::Test {
  protected:
    void SetUp() override {
        m_pdf = file("manual.pdf", makeTextPdf(3, 4));
        writeTinyModel(m_directory.path() / "tiny.gguf", 16384);
    }
    std::string file(const std::string& name, const std::string& bytes) {
        writeFile(m_directory.path() / name, bytes);
        return (m_directory.path() / name).string();
    }
    void start(QProcess& process, const std::vector<std::string>& arguments) {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("LECTERN_DATA_DIR", QString::fromStdString((m_directory.path() / "data").string()));
        environment.insert("LECTERN_CONFIG_DIR", QString::fromStdString((m_directory.path() / "config").string()));
        process.setProcessEnvironment(environment);
        QStringList list;
        for (const std::string& argument : arguments) {
            list.append(QString::fromStdString(argument));
        }
        process.start(QStringLiteral(LECTERN_BINARY_DIR "/bin/lectern-cli"), list);
    }
    Outcome run(const std::vector<std::string>& arguments) {
        QProcess process;
        start(process, arguments);
        EXPECT_TRUE(process.waitForFinished(60000));
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                process.readAllStandardOutput().toStdString(), process.readAllStandardError().toStdString()};
    }
    Outcome ask(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "ask");
        for (const char* each : {"--quiet", "--max-tokens", "12", "--model"}) {
            arguments.emplace_back(each);
        }
        arguments.push_back((m_directory.path() / "tiny.gguf").string());
        return run(arguments);
    }
    TemporaryDirectory m_directory;
    std::string m_pdf;
};

TEST_F(CliTest, AskKeepsItsJsonContract) {
    const Outcome outcome = ask({m_pdf, "--question", "Which lamp is lit?", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.error;
    EXPECT_EQ(outcome.error, "");
    const json object = json::parse(outcome.out);
    for (const char* key :
         {"answer", "finish_reason", "documents", "citations", "prefill", "decode", "profile", "warnings"}) {
        EXPECT_TRUE(object.contains(key)) << key;
    }
    const json& document = object["documents"][0];
    EXPECT_EQ(document["kind"], "pdf");
    EXPECT_EQ(document["pages"], 3);
    EXPECT_EQ(document["path"], m_pdf);
    EXPECT_EQ(document["tokens"].get<int64_t>() + 1, object["prefill"]["tokens"].get<int64_t>())
        << "BOS stands before it";
    EXPECT_EQ(object["prefill"]["restored_tokens"], 0);
    EXPECT_TRUE(object["profile"].contains("rope_scale"));
    ASSERT_FALSE(object["citations"].empty());
    for (const json& citation : object["citations"]) {
        const std::set<std::string> keys = {"sentence", "document",     "page",   "page_label", "lines",
                                            "text",     "token_ranges", "weight", "state",      "rects"};
        std::set<std::string> found;
        for (const auto& item : citation.items()) {
            found.insert(item.key());
        }
        EXPECT_EQ(found, keys);
        EXPECT_EQ(citation["document"], document["id"]);
        EXPECT_GE(citation["page"].get<int>(), 1);
        EXPECT_LE(citation["page"].get<int>(), 3);
        EXPECT_TRUE(citation["lines"].is_null());
        EXPECT_EQ(citation["state"], "selected");
        EXPECT_EQ(citation["rects"][0].size(), 4u);
        EXPECT_EQ(citation["token_ranges"][0].size(), 2u);
        const Outcome page = run({"library", "show", std::to_string(document["id"].get<int>()), "--page",
                                  std::to_string(citation["page"].get<int>())});
        EXPECT_THAT(page.out, HasSubstr(citation["text"].get<std::string>()));
    }
}

TEST_F(CliTest, VerifiedAnswersAreSearchableAndExported) {
    const Outcome outcome = ask({m_pdf, "--question", "Which lamp is lit?", "--json", "--verify", "--pages", "2"});
    ASSERT_EQ(outcome.code, 0) << outcome.error;
    const json object = json::parse(outcome.out);
    ASSERT_FALSE(object["verification"].empty());
    for (const json& citation : object["citations"]) {
        EXPECT_THAT(citation["state"], ::testing::AnyOf("verified", "unsupported"));
    }
    EXPECT_TRUE(object.contains("abstained"));
    // The scope is one page of three: that much was looked at, and no more.
    const double looked = object["coverage"]["looked_share"].get<double>();
    EXPECT_GT(looked, 0.2);
    EXPECT_LT(looked, 0.6);
    EXPECT_THAT(ask({m_pdf, "--question", "x", "--pages", "9"}).error, HasSubstr("has no pages “9”, only 3."));
    for (const char* wrong : {"2x", "0", "3-2", "1-", "1-2-3", "-1", "99999999999", "1 -2"}) {
        const Outcome refused = ask({m_pdf, "--question", "x", std::string("--pages=") + wrong});
        EXPECT_NE(refused.code, 0) << wrong;
        EXPECT_THAT(refused.error, HasSubstr(std::string("“") + wrong + "” names no pages; write 12 or 12-20."));
    }

    const json talks = json::parse(run({"library", "conversations", "--json"}).out);
    ASSERT_EQ(talks.size(), 1u);
    const Outcome text = run({"library", "export", std::to_string(talks[0]["id"].get<int>())});
    EXPECT_THAT(text.out, HasSubstr("## Which lamp is lit?"));
    EXPECT_THAT(text.out, HasSubstr(", page "));
    const Outcome hits = run({"library", "search", "--json", "lamp"});
    ASSERT_EQ(hits.code, 0) << hits.error;
    const json hit = json::parse(hits.out.substr(0, hits.out.find('\n')));
    EXPECT_EQ(hit["rects"][0].size(), 4u);
}

TEST_F(CliTest, ADryRunStoresNothing) {
    const Outcome outcome = run(
        {"ingest", "--dry-run", "--json", "--quiet", m_pdf, "--model", (m_directory.path() / "tiny.gguf").string()});
    ASSERT_EQ(outcome.code, 0) << outcome.error;
    const json sheet = json::parse(outcome.out);
    EXPECT_EQ(sheet["documents"][0]["pages"], 3);
    EXPECT_EQ(sheet["fit"], "fits");
    EXPECT_GT(sheet["tokens"].get<int64_t>(), 20);
    EXPECT_TRUE(sheet["prefill_seconds"].is_null());
    EXPECT_EQ(json::parse(run({"library", "list", "--json"}).out).size(), 0u);
    EXPECT_EQ(ask({m_pdf, "--question", "x"}).code, 0);
    const json after = json::parse(
        run({"ingest", "--dry-run", "--json", "--quiet", m_pdf, "--model", (m_directory.path() / "tiny.gguf").string()})
            .out);
    EXPECT_EQ(after["documents"][0]["duplicate_of"], "library");
}

TEST_F(CliTest, SeveralQuestionsReadOnceAndFilesFormOneContext) {
    const std::string tree = (m_directory.path() / "tree").string();
    file("tree/main.cpp", "int main() {\n    return 0;\n}\n");
    const Outcome outcome =
        ask({m_pdf, tree, "--question", "One?", "--question", "Two?", "--json", file("broken.pdf", "%PDF-1.4 broken")});
    ASSERT_EQ(outcome.code, 0) << outcome.error;
    EXPECT_THAT(outcome.error, HasSubstr("broken.pdf"));
    std::istringstream lines(outcome.out);
    std::string line;
    std::vector<json> answers;
    while (std::getline(lines, line)) {
        answers.push_back(json::parse(line));
    }
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_FALSE(answers[0]["prefill"]["reused"].get<bool>());
    EXPECT_TRUE(answers[1]["prefill"]["reused"].get<bool>());
    EXPECT_EQ(answers[0]["documents"].size(), 2u);
    EXPECT_EQ(answers[0]["documents"][1]["kind"], "source_tree");
    EXPECT_EQ(answers[0]["warnings"].size(), 1u) << "a bad file beside good ones is a warning";
    for (const json& citation : answers[0]["citations"]) {
        const bool isTree = citation["document"] == answers[0]["documents"][1]["id"];
        EXPECT_EQ(citation["lines"].is_array(), isTree);
        EXPECT_EQ(citation["page"].is_null(), isTree);
    }
}

TEST_F(CliTest, KeepsContextsWhenAsked) {
    ASSERT_EQ(ask({m_pdf, "--question", "One?", "--json", "--keep-context"}).code, 0);
    const json again = json::parse(ask({m_pdf, "--question", "One?", "--json", "--keep-context"}).out);
    EXPECT_EQ(again["prefill"]["restored_tokens"], again["prefill"]["tokens"]);
}

TEST_F(CliTest, PlainOutputNamesPages) {
    const Outcome outcome = ask({m_pdf, "--question", "Which lamp is lit?"});
    ASSERT_EQ(outcome.code, 0) << outcome.error;
    EXPECT_THAT(outcome.out, HasSubstr("[1] “manual.pdf”, page "));
}

TEST_F(CliTest, ErrorsAreOneSentenceWithTheirExitCode) {
    const std::tuple<std::vector<std::string>, int, const char*> cases[] = {
        {{"ask", "/nonexistent.pdf", "--question", "x"}, 3, "does not exist"},
        {{"ask", file("empty.pdf", ""), "--question", "x"}, 6, "is empty"},
        {{"ask", file("one.pdf", "%"), "--question", "x"}, 6, "is not a PDF file or is damaged"},
        {{"ask", file("zero.pdf", makePdf({})), "--question", "x"}, 6, "without pages"},
        {{"ask", file("blank.pdf", makePdf({{}})), "--question", "x", "--model",
          (m_directory.path() / "tiny.gguf").string()},
         2,
         "has no text to ask about"},
        {{"ask", file("binary", std::string("a\0b", 3)), "--question", "x"}, 4, "binary data"},
        {{"ask", m_pdf, "--question", "x", "--model", "/nonexistent.gguf"}, 3, "nonexistent"},
        {{"ask", m_pdf, "--question", "x", "--model", m_pdf}, 0, ""},
        {{"ask", m_pdf}, 2, "question"},
        {{"frobnicate"}, 2, ""},
        {{"ask", m_pdf, "--question", "x", "--threads", "100000"}, 2, "--threads"},
        {{"models", "list", "/nonexistent"}, 3, "no folder /nonexistent"},
        {{"library", "show", "99"}, 3, "no document 99"},
        {{"library", "remove", "99"}, 3, "no document 99"},
    };
    for (const auto& [arguments, code, sentence] : cases) {
        const Outcome outcome = run(arguments);
        if (code != 0) {
            EXPECT_EQ(outcome.code, code) << outcome.error;
        } else {
            EXPECT_GT(outcome.code, 0) << "a PDF is no model";
        }
        EXPECT_EQ(outcome.out, "");
        EXPECT_THAT(outcome.error, HasSubstr(sentence));
        EXPECT_THAT(outcome.error, ::testing::StartsWith("lectern-cli: ")) << outcome.error;
        EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
    }
    const Outcome tooLong = ask({m_pdf, "--question", std::string(60000, 'x')});
    EXPECT_EQ(tooLong.code, 5);
    EXPECT_THAT(tooLong.error, HasSubstr("tokens"));
}

TEST_F(CliTest, IngestAndLibrary) {
    const Outcome ingest =
        run({"ingest", m_pdf, file("a.md", "# Title\n\nText.\n"), file("bad.pdf", ""), "--json", "--quiet"});
    EXPECT_EQ(ingest.code, 6);
    EXPECT_THAT(ingest.error, HasSubstr("1 of 3 documents could not be read."));
    EXPECT_EQ(std::count(ingest.out.begin(), ingest.out.end(), '\n'), 3);
    const json list = json::parse(run({"library", "list", "--json"}).out);
    ASSERT_EQ(list.size(), 2u);
    const int id = list[0]["id"];
    const json shown = json::parse(run({"library", "show", std::to_string(id), "--json"}).out);
    EXPECT_EQ(shown["kind"], "markdown");
    EXPECT_EQ(shown["outline"][0]["title"], "Title");
    EXPECT_EQ(run({"library", "remove", std::to_string(id)}).code, 0);
    EXPECT_EQ(json::parse(run({"library", "list", "--json"}).out).size(), 1u);
    EXPECT_EQ(run({"ingest", m_pdf, "--temporary"}).code, 0);
}

TEST_F(CliTest, ModelsAreListedWithWhatKeepsThemFromRunning) {
    file("models/broken.gguf", "GGUF????");
    writeTinyModel(m_directory.path() / "models" / "fine.gguf", 2048);
    const json list = json::parse(run({"models", "list", (m_directory.path() / "models").string(), "--json"}).out);
    std::map<std::string, json> byFile;
    for (const json& entry : list) {
        byFile[std::filesystem::path(entry["path"].get<std::string>()).filename().string()] = entry;
    }
    EXPECT_TRUE(byFile.at("broken.gguf")["problem"].is_string());
    EXPECT_TRUE(byFile.at("fine.gguf")["problem"].is_null());
    EXPECT_EQ(byFile.at("fine.gguf")["trained_context"], 2048);
    const json info = json::parse(run({"models", "info", (m_directory.path() / "tiny.gguf").string(), "--json"}).out);
    EXPECT_EQ(info["layers"], 2);
    EXPECT_EQ(info["sha256"].get<std::string>().size(), 64u);
}

TEST_F(CliTest, AnInterruptLeavesTheLibraryUsable) {
    const std::string big = file("big.pdf", makeTextPdf(2000, 40));
    QProcess process;
    start(process, {"ingest", big});
    ASSERT_TRUE(process.waitForStarted());
    QProcess::execute(QStringLiteral("sleep"), {QStringLiteral("0.7")});
    kill(static_cast<pid_t>(process.processId()), SIGINT);
    ASSERT_TRUE(process.waitForFinished(20000));
    EXPECT_EQ(process.exitCode(), 130) << process.readAllStandardError().toStdString();
    EXPECT_EQ(run({"ingest", big, "--quiet"}).code, 0);
    EXPECT_EQ(json::parse(run({"library", "list", "--json"}).out)[0]["pages_stored"], 2000);
}

TEST_F(CliTest, EncryptedFilesTakeAPassword) {
    LECTERN_SHARED_OR_SKIP(shared);
    const std::string locked = (shared / "data/pdf/encrypted/aes-256-r6.pdf").string();
    EXPECT_EQ(run({"ingest", locked}).code, 7);
    const Outcome wrong = run({"ingest", locked, "--password", "wrong"});
    EXPECT_EQ(wrong.code, 7);
    EXPECT_THAT(wrong.error, HasSubstr("the password is wrong"));
    EXPECT_EQ(run({"ingest", locked, "--password", "usersecret"}).code, 0);
}

}  // namespace
}  // namespace lectern::app
