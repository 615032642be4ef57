#include "ui/attention/attention_controller.h"

#include <algorithm>
#include <utility>

#include "ui/ask/ask_panel.h"
#include "ui/ask/transcript_view.h"
#include "ui/attention/attention_panel.h"
#include "ui/documents/place_finder.h"

namespace lectern::ui {
namespace {
/// The pointer rests on the map for so long before the reader shows the place.
constexpr int kHoverMs = 80;
}  // namespace

TokenRange answerTokensOf(const AnswerTrace& trace, const std::vector<std::string>& stepTexts, ByteRange sentence) {
    TokenRange range{0, 0};
    int64_t at = 0;
    bool begun = false;
    for (size_t i = 0; i < trace.steps.size() && i < stepTexts.size(); ++i) {
        if (trace.steps[i].question) {
            continue;
        }
        std::string_view text = stepTexts[i];
        if (!begun) {
            text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
            begun = !text.empty();
        }
        const int64_t end = at + static_cast<int64_t>(text.size());
        if (at < sentence.end && end > sentence.begin) {
            const int64_t token = trace.steps[i].token;
            range = range.end == 0 ? TokenRange{token, token + 1} : TokenRange{range.begin, token + 1};
        }
        at = end;
    }
    return range;
}

AttentionController::AttentionController(const Parts& parts, QObject* parent) : QObject(parent), m_parts(parts) {
    m_refresh.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, &AttentionController::refresh);
    m_hoverTimer.setSingleShot(true);
    m_hoverTimer.setInterval(kHoverMs);
    connect(&m_hoverTimer, &QTimer::timeout, this, [this] { hover(m_hovered); });
    connect(parts.asks, &AskController::currentChanged, this, &AttentionController::setCurrent);
    connect(parts.citations, &CitationNavigator::shown, this, &AttentionController::showCited);
    connect(parts.askPanel->transcript(), &TranscriptView::mapRequested, this, [this](int turn) {
        if (m_ask != nullptr) {
            m_parts.panel->setLayer(MapLayer::Answer);
            emit mapWanted();
            m_ask->requestTrace(static_cast<size_t>(turn));
        }
    });
    connect(parts.panel, &AttentionPanel::regionActivated, this, &AttentionController::goTo);
    connect(parts.panel, &AttentionPanel::textUnitsWanted, this, &AttentionController::readTextUnits);
    connect(parts.panel, &AttentionPanel::tokenTextsWanted, this, &AttentionController::readTokenTexts);
    connect(parts.panel, &AttentionPanel::comparisonChosen, this, &AttentionController::compareWith);
    connect(&parts.engine, &app::AskEngine::traceLoaded, this, [this](app::JobId job, const app::StoredTrace& stored) {
        if (job == m_otherJob && job != 0) {
            m_otherJob = 0;
            m_other = stored.trace;
            refresh();
        }
    });
    connect(parts.panel, &AttentionPanel::regionHovered, this, [this](TokenRange tokens) {
        m_hovered = tokens;
        m_hoverTimer.start();
    });
}

void AttentionController::setCurrent(DocumentAsk* ask) {
    for (const QMetaObject::Connection& link : m_links) {
        disconnect(link);
    }
    m_links.clear();
    m_ask = ask;
    m_answer = {};
    m_other = nullptr;
    m_otherJob = 0;
    listComparable();
    m_citedSentence.reset();
    m_parts.panel->setMarks({});
    if (ask != nullptr) {
        m_links.push_back(
            connect(&ask->reading(), &DocumentReading::contextChanged, this, [this] { scheduleRefresh(); }));
        m_links.push_back(
            connect(ask, &DocumentAsk::answered, this, [this](size_t turn) { m_ask->requestTrace(turn); }));
        m_links.push_back(connect(ask, &DocumentAsk::traceReady, this, &AttentionController::setAnswer));
        m_links.push_back(connect(ask, &DocumentAsk::turnsReset, this, [this] {
            m_answer = {};
            m_other = nullptr;
            m_otherJob = 0;
            listComparable();
            m_parts.panel->setMarks({});
            scheduleRefresh();
        }));
        if (ReaderTab* tab = m_parts.documents->current()) {
            m_links.push_back(
                connect(tab, &ReaderTab::visiblePagesChanged, this, &AttentionController::showReaderRange));
            m_links.push_back(connect(tab, &ReaderTab::labelsChanged, this, [this] { scheduleRefresh(); }));
            m_links.push_back(
                connect(&tab->session(), &DocumentSession::outlineChanged, this, [this] { scheduleRefresh(); }));
        }
    }
    scheduleRefresh();
}

void AttentionController::setAnswer(size_t turn, const app::StoredTrace& trace) {
    m_answer = trace;
    m_answerTurn = turn;
    m_other = nullptr;
    m_otherJob = 0;
    listComparable();
    refresh();
    if (const auto cited = std::exchange(m_citedSentence, std::nullopt); cited && cited->first == turn) {
        chooseSentence(cited->second);
    }
}

void AttentionController::chooseSentence(ByteRange sentence) {
    if (m_answer.trace != nullptr) {
        m_parts.panel->chooseAnswerTokens(answerTokensOf(*m_answer.trace, m_answer.stepTexts, sentence));
    }
}

AxisMarks AttentionController::marks() const {
    AxisMarks marks;
    const ReaderTab* tab = m_parts.documents->current();
    const auto context = m_ask == nullptr ? nullptr : m_ask->reading().context();
    if (tab == nullptr || context == nullptr) {
        return marks;
    }
    const app::DocumentId document = m_ask->reading().session().documentId();
    std::map<int, int64_t> firstToken;
    for (const app::ContextSpan& span : context->spans()) {
        if (span.document == document && span.page >= 0) {
            firstToken.try_emplace(span.page, span.tokens.begin);
        }
    }
    for (const auto& [page, token] : firstToken) {
        const QString label = tab->view() == nullptr ? QString::number(page + 1) : tab->view()->pageLabel(page);
        marks.pages.push_back({token, label, 0});
    }
    for (const app::OutlineEntry& entry : tab->session().outline()) {
        if (const auto found = firstToken.find(entry.page); found != firstToken.end()) {
            marks.chapters.push_back({found->second, QString::fromStdString(entry.title).simplified(), entry.depth});
        }
    }
    std::stable_sort(marks.chapters.begin(), marks.chapters.end(),
                     [](const AxisMark& a, const AxisMark& b) { return a.token < b.token; });
    return marks;
}

void AttentionController::refresh() {
    m_refresh.stop();
    TraceSnapshot snapshot;
    const auto context = m_ask == nullptr ? nullptr : m_ask->reading().context();
    if (context != m_textsContext) {
        m_textsContext = context;
        m_parts.panel->forgetTokenTexts();
    }
    if (context != nullptr) {
        const DocumentReading& reading = m_ask->reading();
        snapshot.document = reading.trace();
        snapshot.answer = m_answer.trace;
        snapshot.other = m_other;
        for (const std::string& text : m_answer.stepTexts) {
            snapshot.stepTexts.push_back(QString::fromStdString(text));
        }
        snapshot.documentTokens = static_cast<int64_t>(reading.context()->tokens().size());
        snapshot.contextTokens = snapshot.documentTokens;
        for (const auto& trace : {m_answer.trace, m_other}) {
            if (trace != nullptr && !trace->steps.empty()) {
                snapshot.contextTokens = std::max(snapshot.contextTokens, trace->steps.back().token + 1);
            }
        }
        snapshot.marks = marks();
        if (m_unitsContext == reading.context()) {
            snapshot.marks.lines = m_units.lines;
            snapshot.marks.sentences = m_units.sentences;
            snapshot.marks.paragraphs = m_units.paragraphs;
        }
    }
    m_parts.panel->setSnapshot(snapshot);
    showReaderRange();
}

void AttentionController::readTextUnits() {
    const std::shared_ptr<const app::Context> context = m_ask == nullptr ? nullptr : m_ask->reading().context();
    if (context == nullptr || context == m_unitsContext) {
        return;
    }
    m_unitsContext = context;
    m_units = {};
    m_parts.library.run(
        this, [context](app::Library& library) { return textUnits(library, *context); },
        [this, context](const Result<TextUnits>& units) {
            if (units && context == m_unitsContext) {
                m_units = *units;
                refresh();
            }
        });
}

void AttentionController::readTokenTexts(TokenRange tokens) {
    const std::shared_ptr<const app::Context> context = m_ask == nullptr ? nullptr : m_ask->reading().context();
    if (context == nullptr) {
        return;
    }
    m_parts.library.run(
        this, [context, tokens](app::Library& library) { return tokenTexts(library, *context, tokens); },
        [this, context, tokens](const Result<QVector<QString>>& texts) {
            if (texts && context == m_textsContext) {
                m_parts.panel->setTokenTexts(tokens, *texts);
            }
        });
}

void AttentionController::listComparable() {
    m_comparable.clear();
    QStringList names;
    const Turns none;
    const Turns& turns = m_ask == nullptr ? none : m_ask->turns();
    for (size_t turn = 0; turn < turns.size(); ++turn) {
        for (size_t i = 0; i < turns[turn].answers.size(); ++i) {
            const bool isShown = turn == m_answerTurn && static_cast<int>(i) == turns[turn].current;
            if (turns[turn].answers[i].id == 0 || isShown || m_answer.trace == nullptr) {
                continue;
            }
            m_comparable.push_back(turns[turn].answers[i].id);
            names.push_back(turns[turn].answers.size() > 1
                                ? tr("%1 (answer %2)").arg(turns[turn].question.simplified()).arg(i + 1)
                                : turns[turn].question.simplified());
        }
    }
    m_parts.panel->setComparable(names);
}

void AttentionController::compareWith(int answer) {
    m_otherJob = 0;
    m_other = nullptr;
    if (answer >= 0 && answer < static_cast<int>(m_comparable.size())) {
        m_otherJob = m_parts.engine.loadTrace(m_comparable[static_cast<size_t>(answer)]);
    } else {
        refresh();
    }
}

void AttentionController::showReaderRange() {
    const ReaderTab* tab = m_parts.documents->current();
    TokenRange range{0, 0};
    if (m_ask != nullptr && m_ask->reading().context() != nullptr && tab != nullptr && tab->view() != nullptr) {
        range = tokensOfPages(*m_ask->reading().context(), tab->session().documentId(), tab->view()->visiblePages());
    }
    m_parts.panel->setReaderRange(range);
}

void AttentionController::showCited(int turn, const std::vector<TokenRange>& tokens, ByteRange sentence) {
    std::vector<TokenRange> marks = tokens;
    std::sort(marks.begin(), marks.end(), [](TokenRange a, TokenRange b) { return a.begin < b.begin; });
    m_parts.panel->setMarks(std::move(marks));
    if (m_answer.trace != nullptr && m_answerTurn == static_cast<size_t>(turn)) {
        chooseSentence(sentence);
    } else if (m_ask != nullptr) {
        // An answer of an earlier time, or not the last: its map comes first.
        m_citedSentence = {static_cast<size_t>(turn), sentence};
        m_ask->requestTrace(static_cast<size_t>(turn));
    }
}

void AttentionController::goTo(TokenRange tokens) {
    if (m_ask == nullptr || m_ask->reading().context() == nullptr) {
        return;
    }
    m_parts.citations->focusChipAt(tokens);
    findPlaces(m_parts.library, m_ask->reading().context(), tokens, this,
               [this](const std::vector<DocumentPlace>& places) {
                   ReaderTab* tab = places.empty() ? nullptr : m_parts.documents->tabOf(places.front().document);
                   if (tab == nullptr) {
                       return;
                   }
                   QVector<ReaderPlace> all;
                   for (const DocumentPlace& each : places) {
                       all.push_back(each.place);
                   }
                   m_parts.navigator->showCitation(tab, all, all.front());
               });
}

void AttentionController::hover(TokenRange tokens) {
    ReaderTab* tab = m_parts.documents->current();
    if (tab == nullptr || tab->view() == nullptr || m_ask == nullptr || m_ask->reading().context() == nullptr) {
        return;
    }
    if (tokens.end <= tokens.begin) {
        tab->view()->setHighlights(HighlightKind::Hover, {});
        return;
    }
    findPlaces(m_parts.library, m_ask->reading().context(), tokens, tab,
               [tab](const std::vector<DocumentPlace>& places) {
                   QVector<ReaderPlace> shown;
                   for (const DocumentPlace& each : places) {
                       if (each.document == tab->session().documentId()) {
                           shown.push_back(each.place);
                       }
                   }
                   if (tab->view() != nullptr) {
                       tab->view()->setHighlights(HighlightKind::Hover, shown);
                   }
               });
}

}  // namespace lectern::ui
