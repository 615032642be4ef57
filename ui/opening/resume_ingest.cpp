#include "ui/opening/resume_ingest.h"

#include <QCoreApplication>
#include <QFileInfo>

#include "ui/opening/source_options.h"

namespace lectern::ui {

void resumeUnfinished(Services& services, OpenDocuments* documents, QObject* context,
                      std::function<void(const QString& sentence)> say) {
    if (services.keepsNothing) {
        return;
    }
    using Unfinished = std::vector<app::UnfinishedIngest>;
    services.library.run(
        context, [](app::Library& library) { return app::takeUnfinishedIngests(library); },
        [&services, documents, say = std::move(say)](const Result<Unfinished>& unfinished) {
            for (const app::UnfinishedIngest& each : unfinished ? *unfinished : Unfinished()) {
                const QString path = QString::fromStdString(each.path.string());
                if (!QFileInfo::exists(path) || documents->tabOf(path) != nullptr) {
                    continue;
                }
                services.ingest.add(each.path, sourceOptions(services.settings, path));
                say(QCoreApplication::translate("ResumeIngest", "Going on with %1, which was being taken in.")
                        .arg(QFileInfo(path).fileName()));
            }
        });
}

}  // namespace lectern::ui
