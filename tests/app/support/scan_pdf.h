#pragma once
// PDF files of pictures, as a scanner makes them.

#include <QImage>
#include <string>
#include <vector>

namespace lectern::app::test {

/// A PDF whose pages are nothing but these gray pictures, 612 x 792 points each; a null picture is a page of text.
std::string makeScan(const std::vector<QImage>& pictures);

}  // namespace lectern::app::test
