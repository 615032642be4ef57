#pragma once
// The words for page layouts and zooms wherever they are stored: in the settings and in a document's view state.

#include <array>

namespace lectern::app {

/// In the order of ui::PageFlow; the first is the default.
inline constexpr std::array<const char*, 3> kPageFlowNames{"continuous", "single", "facing"};
/// In the order of ui::ZoomMode; the first is the default. "actual" is a scale of its own, 1:1 where none is stored.
inline constexpr std::array<const char*, 3> kZoomNames{"fit_width", "fit_page", "actual"};

}  // namespace lectern::app
