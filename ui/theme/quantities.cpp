#include "ui/theme/quantities.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <cmath>

namespace lectern::ui {

QString numberText(qint64 value) {
    return QLocale().toString(value);
}

QString sizeText(qint64 bytes) {
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString roughDuration(double seconds) {
    const auto say = [](const char* text) { return QCoreApplication::translate("Duration", text); };
    if (seconds < 1) {
        return say(QT_TRANSLATE_NOOP("Duration", "less than a second"));
    }
    if (seconds < 90) {
        return say(QT_TRANSLATE_NOOP("Duration", "%1 s")).arg(static_cast<int>(std::ceil(seconds)));
    }
    const int minutes = static_cast<int>(std::ceil(seconds / 60));
    return minutes < 90 ? say(QT_TRANSLATE_NOOP("Duration", "%1 min")).arg(minutes)
                        : say(QT_TRANSLATE_NOOP("Duration", "%1 h %2 min")).arg(minutes / 60).arg(minutes % 60);
}

QString deviceText(const std::string& device) {
    static const QRegularExpression threads(QStringLiteral("(\\d+) threads?\\)$"));
    QString text = QString::fromStdString(device);
    if (const QRegularExpressionMatch match = threads.match(text); match.hasMatch()) {
        const qint64 count = match.captured(1).toLongLong();
        const QString words = count == 1 ? QCoreApplication::translate("Device", "1 thread")
                                         : QCoreApplication::translate("Device", "%1 threads").arg(numberText(count));
        text = text.left(match.capturedStart()) + words + QLatin1Char(')');
    }
    return text;
}

}  // namespace lectern::ui
