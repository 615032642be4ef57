// Every icon is in the program, drawable, and takes the colour that the window asks for.
#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

namespace {

QImage drawn(const QByteArray& svg, int sizePixels) {
    QSvgRenderer renderer(svg);
    EXPECT_TRUE(renderer.isValid());
    QImage image(sizePixels, sizePixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderer.render(&painter);
    return image;
}

int inkedPixels(const QImage& image) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            count += qAlpha(image.pixel(x, y)) > 128 ? 1 : 0;
        }
    }
    return count;
}

QByteArray resource(const QString& path) {
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
    return file.readAll();
}

TEST(Resources, EveryIconOfTheFolderIsInTheProgram) {
    const QDir source(QStringLiteral(LECTERN_SOURCE_DIR "/resources/icons"));
    const QStringList files = source.entryList({QStringLiteral("*.svg")}, QDir::Files, QDir::Name);
    EXPECT_GE(files.size(), 60);
    EXPECT_EQ(files, QDir(QStringLiteral(":/icons")).entryList(QDir::Files, QDir::Name));
}

TEST(Resources, IconsDrawAtSixteenPixelsInTheAskedColour) {
    const QDir icons(QStringLiteral(":/icons"));
    for (const QString& name : icons.entryList(QDir::Files)) {
        SCOPED_TRACE(name.toStdString());
        QByteArray svg = resource(icons.filePath(name));
        ASSERT_TRUE(svg.contains("currentColor"));
        svg.replace("currentColor", "#ff0000");
        const QImage image = drawn(svg, 16);
        EXPECT_GT(inkedPixels(image), 5);
        for (int i = 0; i < 16 * 16; ++i) {
            const QRgb pixel = image.pixel(i % 16, i / 16);
            ASSERT_EQ(qGreen(pixel) + qBlue(pixel), 0) << "a colour of its own";
        }
    }
}

TEST(Resources, ProgramIconKeepsItsBookAtSixteenPixels) {
    const QImage image = drawn(resource(QStringLiteral(":/app/org.lectern.Lectern.svg")), 16);
    const QRgb page = image.pixel(4, 5);
    const QRgb ground = image.pixel(8, 2);
    EXPECT_GT(qGray(page) - qGray(ground), 60);
}

}  // namespace
