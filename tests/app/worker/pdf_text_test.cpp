// The real manuals and the broken files of the shared data folder, through the real worker.

#include <gtest/gtest.h>

#include <QProcess>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>

#include "app/ask/projector.h"
#include "app/document_worker/document_reader.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::map<std::string, int> wordCounts(const std::string& text) {
    std::map<std::string, int> counts;
    std::istringstream stream(text);
    for (std::string word; stream >> word;) {
        ++counts[word];
    }
    return counts;
}

/// 2 * shared / total over word occurrences.
double similarity(const std::string& a, const std::string& b) {
    const auto left = wordCounts(a);
    const auto right = wordCounts(b);
    double shared = 0;
    double total = 0;
    for (const auto& [word, count] : left) {
        total += count;
        const auto other = right.find(word);
        shared += other == right.end() ? 0 : std::min(count, other->second);
    }
    for (const auto& [word, count] : right) {
        total += count;
    }
    return total == 0 ? 1.0 : 2.0 * shared / total;
}

std::string pdftotext(const fs::path& pdf, int firstPage, int lastPage) {
    QProcess process;
    process.start(QStringLiteral("pdftotext"),
                  {QStringLiteral("-f"), QString::number(firstPage), QStringLiteral("-l"), QString::number(lastPage),
                   QString::fromStdString(pdf.string()), QStringLiteral("-")});
    process.waitForFinished();
    return process.readAllStandardOutput().toStdString();
}

void expectBoxesInside(const DocumentPage& page) {
    for (const WordBox& word : page.boxes.words) {
        ASSERT_GE(word.box.x0, 0.0f);
        ASSERT_GE(word.box.y0, 0.0f);
        ASSERT_LE(word.box.x1, 1.0f);
        ASSERT_LE(word.box.y1, 1.0f);
        ASSERT_LE(word.byteEnd, page.text.size());
    }
}

TEST(PdfText, ManualsReadLikePdftotext) {
    LECTERN_SHARED_OR_SKIP(shared);
    if (pdftotext(shared / "data/pdf/nasa_osal-apiguide_275p.pdf", 2, 2).empty()) {
        GTEST_SKIP() << "pdftotext is not installed";
    }
    const std::pair<const char*, int> files[] = {{"nasa_osal-apiguide_275p.pdf", 40},
                                                 {"nasa_cfe-usersguide_1293p.pdf", 40},
                                                 {"riscv-spec-20190725_238p.pdf", 40},
                                                 {"twocolumn/tracemonkey_14p.pdf", 14},
                                                 {"twocolumn/naacl06-shinyama_8p.pdf", 8}};
    for (const auto& [name, pages] : files) {
        const fs::path pdf = shared / "data/pdf" / name;
        const auto reader = DocumentReader::open(QString::fromStdString(pdf.string()));
        ASSERT_TRUE(reader.ok()) << name;
        std::string text;
        for (int i = 0; i < pages; ++i) {
            const Result<DocumentPage> page = (*reader)->page(i);
            ASSERT_TRUE(page.ok()) << page.error().message;
            expectBoxesInside(*page);
            text += page->text + "\n";
        }
        const double score = similarity(text, pdftotext(pdf, 1, pages));
        RecordProperty(name, std::to_string(score));
        EXPECT_GT(score, 0.97) << name;
    }
}

struct PlacedWord {
    std::string text;
    PageRect box;
};

std::string unescaped(std::string text) {
    for (const auto& [entity, character] :
         {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&quot;", "\""), std::pair("&amp;", "&")}) {
        for (size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
            text.replace(at, std::string_view(entity).size(), character);
        }
    }
    return text;
}

/// Words of one page with their boxes, from an independent program.
std::vector<PlacedWord> placedWords(const fs::path& pdf, int page) {
    QProcess process;
    process.start(QStringLiteral("pdftotext"),
                  {QStringLiteral("-bbox"), QStringLiteral("-f"), QString::number(page), QStringLiteral("-l"),
                   QString::number(page), QString::fromStdString(pdf.string()), QStringLiteral("-")});
    process.waitForFinished();
    std::istringstream lines(process.readAllStandardOutput().toStdString());
    std::vector<PlacedWord> words;
    float width = 1;
    float height = 1;
    for (std::string line; std::getline(lines, line);) {
        float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
        std::sscanf(line.c_str(), " <page width=\"%f\" height=\"%f\"", &width, &height);
        if (std::sscanf(line.c_str(), " <word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\"", &x0, &y0, &x1, &y1) ==
            4) {
            const size_t begin = line.find('>') + 1;
            words.push_back({unescaped(line.substr(begin, line.rfind("</word>") - begin)),
                             {x0 / width, y0 / height, x1 / width, y1 / height}});
        }
    }
    return words;
}

TEST(PdfText, WordsStandWherePdftotextSeesThem) {
    LECTERN_SHARED_OR_SKIP(shared);
    const std::pair<const char*, std::vector<int>> files[] = {{"nasa_cfe-usersguide_1293p.pdf", {0, 100, 700, 1290}},
                                                              {"nasa_osal-apiguide_275p.pdf", {5, 150}},
                                                              {"riscv-spec-20190725_238p.pdf", {20, 120}},
                                                              {"twocolumn/tracemonkey_14p.pdf", {0, 7}}};
    for (const auto& [name, pages] : files) {
        const fs::path pdf = shared / "data/pdf" / name;
        const auto reader = DocumentReader::open(QString::fromStdString(pdf.string()));
        ASSERT_TRUE(reader.ok());
        for (const int index : pages) {
            const std::vector<PlacedWord> expected = placedWords(pdf, index + 1);
            if (expected.empty()) {
                GTEST_SKIP() << "pdftotext is not installed";
            }
            const DocumentPage page = *(*reader)->page(index);
            int found = 0;
            for (const WordBox& word : page.boxes.words) {
                const std::string text = page.text.substr(word.byteBegin, word.byteEnd - word.byteBegin);
                const auto near = [](float a, float b) { return std::abs(a - b) < 0.003f; };
                found += std::any_of(expected.begin(), expected.end(), [&](const PlacedWord& other) {
                    return other.text == text && near(other.box.x0, word.box.x0) && near(other.box.x1, word.box.x1) &&
                           near(other.box.y0, word.box.y0) && near(other.box.y1, word.box.y1);
                });
            }
            EXPECT_GT(found, 0.97 * static_cast<double>(page.boxes.words.size())) << name << " page " << index + 1;
        }
    }
}

TEST(PdfText, TwoColumnsAreReadOneAfterTheOther) {
    LECTERN_SHARED_OR_SKIP(shared);
    const auto reader =
        DocumentReader::open(QString::fromStdString((shared / "data/pdf/twocolumn/tracemonkey_14p.pdf").string()));
    ASSERT_TRUE(reader.ok());
    const Result<DocumentPage> page = (*reader)->page(0);
    ASSERT_TRUE(page.ok());
    EXPECT_NE(page->text.find(
                  "Dynamic languages such as JavaScript are more difficult to compile than statically typed ones."),
              std::string::npos)
        << page->text.substr(0, 2000);
}

TEST(PdfText, EveryFileEndsInADocumentOrASentence) {
    LECTERN_SHARED_OR_SKIP(shared);
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(shared / "data/pdf")) {
        if (entry.path().extension() != ".pdf") {
            continue;
        }
        ++files;
        for (const char* password : {"", "foo", "usersecret"}) {
            const auto reader = DocumentReader::open(QString::fromStdString(entry.path().string()), QString(password));
            if (!reader) {
                EXPECT_TRUE(reader.error().message.ends_with('.')) << reader.error().message;
                continue;
            }
            for (int i = 0; i < std::min((*reader)->info().pageCount, 3); ++i) {
                const Result<DocumentPage> page = (*reader)->page(i);
                if (page) {
                    expectBoxesInside(*page);
                    EXPECT_EQ(page->text.empty(), page->state == PageState::NoText || page->state == PageState::Blank);
                } else {
                    EXPECT_FALSE(page.error().message.empty());
                }
                EXPECT_TRUE((*reader)->render({i, 0.5}).ok());
            }
            EXPECT_EQ((*reader)->restarts(), 0) << entry.path();
            break;
        }
    }
    EXPECT_GT(files, 30);
}

TEST(PdfText, ScansAreToldFromBlankPages) {
    LECTERN_SHARED_OR_SKIP(shared);
    const auto reader = DocumentReader::open(QString::fromStdString((shared / "data/pdf/scanned/ccitt.pdf").string()));
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ((*reader)->page(0)->state, PageState::NoText);
    TemporaryDirectory directory;
    writeFile(directory.path() / "blank.pdf", makePdf({{}}));
    const auto blank = DocumentReader::open(QString::fromStdString((directory.path() / "blank.pdf").string()));
    ASSERT_TRUE(blank.ok());
    EXPECT_EQ((*blank)->page(0)->state, PageState::Blank);
}

}  // namespace
}  // namespace lectern::app
