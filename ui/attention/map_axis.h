#pragma once
// The horizontal axis of the attention map: tokens <-> pixels, zoom and pan.

#include <cstdint>

#include "engine/core/ids.h"

namespace lectern::ui {

/// A value: total tokens, width in logical pixels, first visible token and tokens per pixel. Every change keeps the
/// visible part inside [0, total]; one pixel never shows less than 1/64 token.
class MapAxis {
  public:
    void setTotalTokens(int64_t tokens);
    void setWidth(int pixels);

    int64_t totalTokens() const { return m_totalTokens; }
    int width() const { return m_width; }
    double firstToken() const { return m_firstToken; }
    double tokensPerPixel() const { return m_tokensPerPixel; }
    double lastToken() const { return m_firstToken + m_tokensPerPixel * m_width; }
    bool isFitted() const;
    /// Tokens that can be seen, cut to the context.
    TokenRange visibleTokens() const;

    double xOf(double token) const { return (token - m_firstToken) / m_tokensPerPixel; }
    double tokenAt(double x) const { return m_firstToken + x * m_tokensPerPixel; }

    void fit();
    /// `factor` > 1 shows more detail; the token under `x` stays where it is.
    void zoomAbout(double x, double factor);
    void panPixels(double pixels);
    void setFirstToken(double token);
    /// Shows `range` with a margin on both sides.
    void showRange(TokenRange range);
    /// Pans just far enough that `range` can be seen.
    void ensureVisible(TokenRange range);

  private:
    void clamp();
    double fitTokensPerPixel() const;

    int64_t m_totalTokens = 0;
    int m_width = 1;
    double m_firstToken = 0;
    double m_tokensPerPixel = 1;
};

/// A round step (1, 2 or 5 times a power of ten) of at least `minimum`.
double roundStep(double minimum);

}  // namespace lectern::ui
