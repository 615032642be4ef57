#pragma once
// The buckets of an evaluation file of perplexity, as `lectern-engine eval perplexity --json` writes them.

#include <QByteArray>
#include <QString>

namespace lectern::ui {

/// Eight buckets up to 131,072 tokens, perplexity falling from 24 to 17, joined by commas.
inline QByteArray perplexityBuckets() {
    QByteArray buckets;
    for (int i = 0; i < 8; ++i) {
        buckets += QStringLiteral("%1{\"begin\":%2,\"end\":%3,\"tokens\":1000,\"perplexity\":%4}")
                       .arg(i == 0 ? QString() : QStringLiteral(","))
                       .arg(i == 0 ? 0 : 512 << i)
                       .arg(1024 << i)
                       .arg(24.0 - i)
                       .toUtf8();
    }
    return buckets;
}

}  // namespace lectern::ui
