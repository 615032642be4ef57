#pragma once
// Carries the window's asking actions to the document in front, and greys out those that cannot be used.

#include <QObject>

#include "ui/ask/citation_navigator.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

/// GUI thread.
class AskCommands : public QObject {
    Q_OBJECT

  public:
    AskCommands(MainActions& actions, AskController* asks, CitationNavigator* citations, AskPanel* panel,
                QObject* parent = nullptr);

  private:
    void update();

    MainActions& m_actions;
    AskController* m_asks;
    CitationNavigator* m_citations;
};

}  // namespace lectern::ui
