#include "ui/attention/map_axis.h"

#include <algorithm>
#include <cmath>

namespace lectern::ui {
namespace {
constexpr double kMinTokensPerPixel = 1.0 / 64;  // room for the token's text
}

double MapAxis::fitTokensPerPixel() const {
    return std::max(static_cast<double>(m_totalTokens) / m_width, kMinTokensPerPixel);
}

bool MapAxis::isFitted() const {
    return m_tokensPerPixel >= fitTokensPerPixel() * 0.999999;
}

void MapAxis::setTotalTokens(int64_t tokens) {
    m_totalTokens = std::max<int64_t>(tokens, 0);
    fit();
}

void MapAxis::setWidth(int pixels) {
    const bool fitted = isFitted();
    m_width = std::max(pixels, 1);
    if (fitted) {
        fit();
    } else {
        clamp();
    }
}

void MapAxis::fit() {
    m_firstToken = 0;
    m_tokensPerPixel = fitTokensPerPixel();
}

void MapAxis::clamp() {
    m_tokensPerPixel = std::clamp(m_tokensPerPixel, kMinTokensPerPixel, fitTokensPerPixel());
    const double last = static_cast<double>(m_totalTokens) - m_tokensPerPixel * m_width;
    m_firstToken = std::clamp(m_firstToken, 0.0, std::max(last, 0.0));
}

TokenRange MapAxis::visibleTokens() const {
    return {static_cast<int64_t>(std::floor(m_firstToken)),
            std::min(m_totalTokens, static_cast<int64_t>(std::ceil(lastToken())))};
}

void MapAxis::zoomAbout(double x, double factor) {
    const double token = tokenAt(x);
    m_tokensPerPixel = std::clamp(m_tokensPerPixel / factor, kMinTokensPerPixel, fitTokensPerPixel());
    m_firstToken = token - x * m_tokensPerPixel;
    clamp();
}

void MapAxis::panPixels(double pixels) {
    setFirstToken(m_firstToken + pixels * m_tokensPerPixel);
}

void MapAxis::setFirstToken(double token) {
    m_firstToken = token;
    clamp();
}

void MapAxis::showRange(TokenRange range) {
    constexpr double kMargin = 0.25;
    const double size = std::max<double>(static_cast<double>(range.size()), 1.0);
    m_tokensPerPixel = std::clamp(size * (1 + 2 * kMargin) / m_width, kMinTokensPerPixel, fitTokensPerPixel());
    m_firstToken = static_cast<double>(range.begin) + size / 2 - m_tokensPerPixel * m_width / 2;
    clamp();
}

void MapAxis::ensureVisible(TokenRange range) {
    constexpr double kMarginPixels = 24;
    const double margin = std::min(kMarginPixels, m_width / 4.0) * m_tokensPerPixel;
    if (static_cast<double>(range.begin) < m_firstToken) {
        m_firstToken = static_cast<double>(range.begin) - margin;
    } else if (static_cast<double>(range.end) > lastToken()) {
        m_firstToken = static_cast<double>(range.end) + margin - m_tokensPerPixel * m_width;
    }
    clamp();
}

double roundStep(double minimum) {
    const double power = std::pow(10.0, std::floor(std::log10(std::max(minimum, 1e-9))));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= minimum) {
            return factor * power;
        }
    }
    return 10 * power;
}

}  // namespace lectern::ui
