#pragma once
// Help > About: version, what the program promises, and the licences of all that is in it.

#include <QDialog>

namespace lectern::ui {

class AboutDialog : public QDialog {
    Q_OBJECT

  public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

}  // namespace lectern::ui
