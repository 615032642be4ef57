#include "ui/attention/map_export.h"

#include <QCoreApplication>
#include <QSaveFile>
#include <QSvgGenerator>
#include <algorithm>

namespace lectern::ui {
namespace {

QByteArray quoted(QString text) {
    if (text.contains(QLatin1Char('"')) || text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('\n'))) {
        return "\"" + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")).toUtf8() + "\"";
    }
    return text.toUtf8();
}

Error writeError(const QSaveFile& file) {
    return {ErrorCode::Io, QCoreApplication::translate("MapExport", "%1 could not be written: %2.")
                               .arg(file.fileName(), file.errorString())
                               .toStdString()};
}

}  // namespace

Result<void> writeMapCsv(const QString& filePath, const AttentionMap& map, TokenRange visible) {
    QSaveFile file(filePath);
    if (!file.open(QIODevice::WriteOnly)) {
        return writeError(file);
    }
    file.write("layer,head_group,answer_token,region,token_begin,token_end,page,value\r\n");
    const int64_t first = std::clamp<int64_t>(visible.begin / map.regionTokens, 0, map.regionCount);
    const int64_t last =
        std::clamp<int64_t>((visible.end + map.regionTokens - 1) / map.regionTokens, first, map.regionCount);
    for (int row = 0; row < map.heat.rows(); ++row) {
        const MapRow& key = map.rows[static_cast<size_t>(row)];
        QByteArray lines;
        for (int64_t region = first; region < last; ++region) {
            const uint16_t stored = map.heat.at(row, region);
            if (stored == 0) {
                continue;
            }
            const TokenRange tokens = map.tokensOf({region, region + 1});
            const int64_t step = map.options.grain == MapGrain::Token ? 1 : std::max<int64_t>(tokens.size(), 1);
            for (int64_t token = tokens.begin; token < tokens.end; token += step) {
                lines += (key.layer < 0 ? QByteArray() : QByteArray::number(key.layer + 1)) + ',' +
                         (key.group < 0 ? QByteArray() : QByteArray::number(key.group + 1)) + ',' +
                         (key.step < 0 ? QByteArray() : quoted(map.source.stepTexts.value(key.step))) + ',' +
                         QByteArray::number(qlonglong{region}) + ',' + QByteArray::number(qlonglong{token}) + ',' +
                         QByteArray::number(qlonglong{token + step}) + ',' +
                         quoted(map.source.marks.pageLabelAt(token)) + ',' +
                         QByteArray::number(double(map.heat.value(row, stored)), 'g', 6) + "\r\n";
            }
        }
        if (file.write(lines) != lines.size()) {
            return writeError(file);
        }
    }
    if (!file.commit()) {
        return writeError(file);
    }
    return {};
}

Result<void> writeSvg(const QString& filePath, QSize size, const QString& title,
                      const std::function<void(QPainter&)>& paint) {
    QSaveFile file(filePath);
    if (!file.open(QIODevice::WriteOnly)) {
        return writeError(file);
    }
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setTitle(title);
    QPainter painter(&generator);
    paint(painter);
    painter.end();
    if (!file.commit()) {
        return writeError(file);
    }
    return {};
}

Result<void> writePng(const QString& filePath, const QImage& image) {
    QSaveFile file(filePath);
    if (!file.open(QIODevice::WriteOnly) || !image.save(&file, "PNG") || !file.commit()) {
        return writeError(file);
    }
    return {};
}

}  // namespace lectern::ui
