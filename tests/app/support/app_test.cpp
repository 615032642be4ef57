#include "tests/app/support/app_test.h"

#include <unistd.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace lectern::app::test {

namespace fs = std::filesystem;

ScopedEnvironment::ScopedEnvironment(std::string name, const std::string& value) : m_name(std::move(name)) {
    if (const char* before = std::getenv(m_name.c_str())) {
        m_before = before;
    }
    setenv(m_name.c_str(), value.c_str(), 1);
}

ScopedEnvironment::~ScopedEnvironment() {
    if (m_before) {
        setenv(m_name.c_str(), m_before->c_str(), 1);
    } else {
        unsetenv(m_name.c_str());
    }
}

bool runUntil(const std::function<bool()>& done, std::chrono::milliseconds timeout) {
    static int argumentCount = 1;
    static char name[] = "test";
    static char* arguments[] = {name, nullptr};
    static QCoreApplication application(argumentCount, arguments);
    QElapsedTimer clock;
    clock.start();
    while (!done()) {
        if (clock.elapsed() > timeout.count()) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
        QTimer::singleShot(5, [] {});
    }
    return true;
}

std::vector<int> childProcesses(const std::string& name) {
    std::vector<int> found;
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
        std::istringstream children(readFile(task.path() / "children"));
        for (int pid = 0; children >> pid;) {
            std::error_code ignored;
            const std::string command = readFile(fs::path("/proc") / std::to_string(pid) / "cmdline");
            if (command.find(name) != std::string::npos) {
                found.push_back(pid);
            }
        }
    }
    return found;
}

std::string makePdfOfContents(const std::vector<PdfContent>& pages) {
    std::string out = "%PDF-1.4\n";
    std::vector<size_t> offsets;
    const auto object = [&](const std::string& body) {
        offsets.push_back(out.size());
        out += std::to_string(offsets.size()) + " 0 obj\n" + body + "\nendobj\n";
    };
    std::string kids;
    for (size_t i = 0; i < pages.size(); ++i) {
        kids += std::to_string(4 + 2 * i) + " 0 R ";
    }
    object("<< /Type /Catalog /Pages 2 0 R >>");
    object("<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>");
    object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (size_t i = 0; i < pages.size(); ++i) {
        object(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents " +
            std::to_string(5 + 2 * i) + " 0 R >>");
        object("<< /Length " + std::to_string(pages[i].bytes.size()) +
               (pages[i].deflated ? " /Filter /FlateDecode" : "") + " >>\nstream\n" + pages[i].bytes + "endstream");
    }
    const size_t xref = out.size();
    out += "xref\n0 " + std::to_string(offsets.size() + 1) + "\n0000000000 65535 f \n";
    for (const size_t offset : offsets) {
        char line[32];
        std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
        out += line;
    }
    out += "trailer\n<< /Size " + std::to_string(offsets.size() + 1) + " /Root 1 0 R >>\nstartxref\n" +
           std::to_string(xref) + "\n%%EOF\n";
    return out;
}

std::string makePdf(const std::vector<std::vector<PdfString>>& pages) {
    std::vector<PdfContent> contents;
    for (const std::vector<PdfString>& page : pages) {
        std::ostringstream content;
        for (const PdfString& s : page) {
            content << "BT /F1 " << s.size << " Tf " << s.x << ' ' << s.y << " Td (";
            for (const char c : s.text) {
                content << (c == '(' || c == ')' || c == '\\' ? "\\" : "") << c;
            }
            content << ") Tj ET\n";
        }
        contents.push_back({content.str()});
    }
    return makePdfOfContents(contents);
}

std::string makeTextPdf(int pages, int lines) {
    std::vector<std::vector<PdfString>> content;
    for (int page = 1; page <= pages; ++page) {
        std::vector<PdfString> strings;
        for (int line = 0; line < lines; ++line) {
            strings.push_back({72, 720.0 - 14 * line,
                               "Page " + std::to_string(page) + " line " + std::to_string(line + 1) +
                                   " says that the lamp of room " + std::to_string(100 * page + line) + " is lit."});
        }
        content.push_back(std::move(strings));
    }
    return makePdf(content);
}

}  // namespace lectern::app::test
