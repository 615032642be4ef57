// What DocumentReading says about itself: headlines, counters, rates, what is left.

#include "ui/ask/document_reading.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {

const QString kDot = QString::fromUtf8(" \xc2\xb7 ");

/// Side by side; a line is not broken within a part.
QString line(const QStringList& parts) {
    QStringList whole;
    for (QString part : parts) {
        whole.push_back(part.replace(QLatin1Char(' '), QChar(QChar::Nbsp)));
    }
    return whole.join(kDot);
}

double ratio(double part, double whole) {
    return whole > 0 ? part / whole : -1;
}

}  // namespace

AskStatus DocumentReading::status() const {
    return m_session.phase() == IngestPhase::Done ? readingStatus() : ingestStatus();
}

AskStatus DocumentReading::ingestStatus() const {
    AskStatus status;
    const app::IngestProgress& progress = m_session.progress();
    switch (m_session.phase()) {
        case IngestPhase::Waiting:
            status.stage = AskStatus::Stage::Ingesting;
            status.canPause = true;
            status.headline = tr("Waiting to be taken in");
            status.detail = tr("Other documents come first.");
            break;
        case IngestPhase::Reading: {
            status.stage = AskStatus::Stage::Ingesting;
            status.canPause = true;
            status.headline = tr("Taking the text in");
            status.progress = ratio(progress.pagesDone, progress.pageCount);
            QStringList parts;
            if (progress.pageCount > 0) {
                parts << tr("page %1 of %2").arg(numberText(progress.pagesDone), numberText(progress.pageCount));
            }
            if (progress.seconds > 0.5 && progress.pagesDone > 0) {
                const double rate = progress.pagesDone / progress.seconds;
                parts << tr("%1 pages/s").arg(numberText(qRound64(rate)))
                      << tr("%1 left").arg(roughDuration((progress.pageCount - progress.pagesDone) / rate));
            }
            status.detail = line(parts);
            break;
        }
        case IngestPhase::Stopped:
        case IngestPhase::Paused:
            status.stage = AskStatus::Stage::Stopped;
            status.headline = m_session.phase() == IngestPhase::Paused ? tr("Taking the text in is paused")
                                                                       : tr("Taking the text in was stopped");
            status.goesOn = true;
            status.detail = progress.pageCount > 0
                                ? tr("%1 of %2 pages are kept; it goes on from there.")
                                      .arg(numberText(progress.pagesDone), numberText(progress.pageCount))
                                : QString();
            status.canRead = true;
            break;
        case IngestPhase::NeedsPassword:
            status.stage = AskStatus::Stage::Problem;
            status.headline = tr("The document is protected by a password");
            status.detail = tr("It can be asked about once it has been opened.");
            break;
        case IngestPhase::Failed:
        case IngestPhase::Done:
            status.stage = AskStatus::Stage::Problem;
            status.headline = tr("The document cannot be asked about");
            status.detail = m_session.problem();
            break;
    }
    return status;
}

QString DocumentReading::costText() const {
    QStringList parts{tr("%1 tokens").arg(numberText(m_summary.tokens)), sizeText(m_summary.cacheBytes)};
    if (!m_together.empty()) {
        parts.push_front(tr("%1 documents together").arg(m_together.size() + 1));
    }
    const int64_t left = m_summary.tokens - std::max(m_stoppedAt, m_summary.savedTokens);
    if (m_summary.tokensPerSecond > 0 && left > 0) {
        const double seconds = static_cast<double>(left) / m_summary.tokensPerSecond;
        parts << (seconds < 1 ? roughDuration(seconds) : tr("about %1").arg(roughDuration(seconds)));
    }
    return line(parts);
}

AskStatus DocumentReading::readingStatus() const {
    AskStatus status;
    if (!m_services.model.problem().isEmpty() && m_stage != Stage::Ready) {
        status.stage = AskStatus::Stage::Problem;
        status.headline = tr("There is no model to ask");
        status.detail = m_services.model.problem();
        return status;
    }
    switch (m_stage) {
        case Stage::Unmeasured:
            status.stage = AskStatus::Stage::Unread;
            status.headline = tr("The model has not read this document");
            status.canRead = true;
            break;
        case Stage::Measuring:
            status.stage = AskStatus::Stage::Queued;
            status.headline = tr("Counting tokens\xe2\x80\xa6");
            break;
        case Stage::Unread:
            if (!m_summary.fits) {
                status.stage = AskStatus::Stage::Problem;
                status.headline = tr("The document is too long for this model");
                status.detail = tr("It has %1 tokens; the model reads at most %2.")
                                    .arg(numberText(m_summary.tokens), numberText(m_summary.largestContext));
                break;
            }
            status.stage = AskStatus::Stage::Unread;
            status.canRead = true;
            status.detail = costText();
            status.goesOn = m_stoppedAt > 0 || (m_summary.savedTokens > 0 && !isSaved());
            if (m_stoppedAt > 0) {
                status.headline = (m_paused ? tr("Paused at %1 of %2 tokens") : tr("Stopped at %1 of %2 tokens"))
                                      .arg(numberText(m_stoppedAt), numberText(m_summary.tokens));
            } else if (isSaved()) {
                status.headline = tr("The model has read this document before");
                status.detail += kDot + tr("restored at once");
            } else if (m_summary.savedTokens > 0) {
                status.headline = tr("The model has read part of this document");
                status.detail += kDot + tr("goes on at token %1").arg(numberText(m_summary.savedTokens));
            } else {
                status.headline = tr("The model has not read this document yet");
            }
            break;
        case Stage::Queued:
            status.stage = AskStatus::Stage::Queued;
            status.headline = isSaved() ? tr("Restoring what the model has read\xe2\x80\xa6")
                                        : tr("Waiting for the model\xe2\x80\xa6");
            break;
        case Stage::Prefilling: {
            status.stage = AskStatus::Stage::Prefilling;
            status.headline =
                isSaved() ? tr("Restoring what the model has read\xe2\x80\xa6") : tr("The model is reading");
            status.canPause = !isSaved();
            if (m_last.totalTokens == 0) {
                break;
            }
            status.progress = ratio(static_cast<double>(m_last.doneTokens), static_cast<double>(m_last.totalTokens));
            QStringList parts{tr("%1 of %2 tokens").arg(numberText(m_last.doneTokens), numberText(m_last.totalTokens))};
            const double seconds = m_last.seconds - m_first.seconds;
            const auto done = static_cast<double>(m_last.doneTokens - m_first.doneTokens);
            if (seconds > 0.3 && done > 0) {
                const auto left = static_cast<double>(m_last.totalTokens - m_last.doneTokens);
                parts << tr("%1 tokens/s").arg(numberText(qRound64(done / seconds)))
                      << tr("%1 left").arg(roughDuration(left * seconds / done));
            }
            status.detail = line(parts);
            break;
        }
        case Stage::Ready:
            status.stage = AskStatus::Stage::Ready;
            status.detail =
                m_report.restoredTokens >= m_report.tokens
                    ? tr("Restored: %1 tokens, nothing read again").arg(numberText(m_report.tokens))
                    : tr("Read: %1 tokens in %2").arg(numberText(m_report.tokens), roughDuration(m_report.seconds));
            if (!m_report.warning.empty()) {
                status.detail += QLatin1Char('\n') + QString::fromStdString(m_report.warning);
            }
            break;
        case Stage::Failed:
            status.stage = AskStatus::Stage::Problem;
            status.headline = tr("The model could not read the document");
            status.detail = m_problem;
            status.canRead = true;
            break;
    }
    return status;
}

}  // namespace lectern::ui
