#include "tests/app/support/scan_pdf.h"

#include <cstdio>

namespace lectern::app::test {

std::string makeScan(const std::vector<QImage>& pictures) {
    std::string pdf = "%PDF-1.4\n";
    std::vector<size_t> offsets;
    const auto object = [&](const std::string& body) {
        offsets.push_back(pdf.size());
        pdf += std::to_string(offsets.size()) + " 0 obj\n" + body + "\nendobj\n";
    };
    std::string kids;
    for (size_t i = 0; i < pictures.size(); ++i) {
        kids += std::to_string(4 + 3 * i) + " 0 R ";
    }
    object("<< /Type /Catalog /Pages 2 0 R >>");
    object("<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pictures.size()) + " >>");
    object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (size_t i = 0; i < pictures.size(); ++i) {
        const std::string content =
            pictures[i].isNull() ? "BT /F 12 Tf 72 700 Td (Typed page.) Tj ET" : "q 612 0 0 792 0 0 cm /I Do Q";
        std::string pixels;
        const QImage gray = pictures[i].isNull() ? QImage(1, 1, QImage::Format_Grayscale8)
                                                 : pictures[i].convertToFormat(QImage::Format_Grayscale8);
        for (int y = 0; y < gray.height(); ++y) {
            pixels.append(reinterpret_cast<const char*>(gray.constScanLine(y)), static_cast<size_t>(gray.width()));
        }
        object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents " + std::to_string(5 + 3 * i) +
               " 0 R /Resources << /Font << /F 3 0 R >> /XObject << /I " + std::to_string(6 + 3 * i) + " 0 R >> >> >>");
        object("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "\nendstream");
        object("<< /Type /XObject /Subtype /Image /Width " + std::to_string(gray.width()) + " /Height " +
               std::to_string(gray.height()) + " /ColorSpace /DeviceGray /BitsPerComponent 8 /Length " +
               std::to_string(pixels.size()) + " >>\nstream\n" + pixels + "\nendstream");
    }
    const size_t table = pdf.size();
    pdf += "xref\n0 " + std::to_string(offsets.size() + 1) + "\n0000000000 65535 f \n";
    for (const size_t offset : offsets) {
        char line[32];
        std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
        pdf += line;
    }
    return pdf + "trailer\n<< /Size " + std::to_string(offsets.size() + 1) + " /Root 1 0 R >>\nstartxref\n" +
           std::to_string(table) + "\n%%EOF\n";
}

}  // namespace lectern::app::test
