<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>AboutDialog</name>
    <message>
        <source>this program</source>
        <translation>dieses Programm</translation>
    </message>
    <message>
        <source>the model that comes with it</source>
        <translation>das mitgelieferte Modell</translation>
    </message>
    <message>
        <source>the sample document</source>
        <translation>das Beispieldokument</translation>
    </message>
    <message>
        <source>windows</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>PDF files</source>
        <translation>PDF-Dateien</translation>
    </message>
    <message>
        <source>HTML, EPUB, DOCX and ODT files</source>
        <translation>HTML-, EPUB-, DOCX- und ODT-Dateien</translation>
    </message>
    <message>
        <source>EPUB, DOCX and ODT files</source>
        <translation>EPUB-, DOCX- und ODT-Dateien</translation>
    </message>
    <message>
        <source>text in scans</source>
        <translation>Text in Scans</translation>
    </message>
    <message>
        <source>encodings of text files</source>
        <translation>Kodierungen von Textdateien</translation>
    </message>
    <message>
        <source>rules of what to ignore</source>
        <translation>Regeln, was ausgelassen wird</translation>
    </message>
    <message>
        <source>the library and its index</source>
        <translation>die Bibliothek und ihr Verzeichnis</translation>
    </message>
    <message>
        <source>compression</source>
        <translation>Kompression</translation>
    </message>
    <message>
        <source>vector instructions</source>
        <translation>Vektorbefehle</translation>
    </message>
    <message>
        <source>matrix products</source>
        <translation>Matrixprodukte</translation>
    </message>
    <message>
        <source>JSON files</source>
        <translation>JSON-Dateien</translation>
    </message>
    <message>
        <source>command lines</source>
        <translation>Befehlszeilen</translation>
    </message>
    <message>
        <source>Parts and their licences</source>
        <translation>Bestandteile und ihre Lizenzen</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Bestandteil</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Used for</source>
        <translation>Verwendet für</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>Text der Lizenz</translation>
    </message>
    <message>
        <source>About Lectern</source>
        <translation>Über Lectern</translation>
    </message>
    <message>
        <source>&lt;h2&gt;Lectern %1&lt;/h2&gt;&lt;p&gt;Read and question documents longer than any chat window. The whole document is in the model&apos;s context; every answer can be checked.&lt;/p&gt;&lt;p&gt;Everything stays on this computer: Lectern uses no network.&lt;/p&gt;&lt;p&gt;Lectern is free software: you may pass it on and change it under the GNU General Public License, version 3 or later. It comes without any warranty.&lt;/p&gt;</source>
        <translation>&lt;h2&gt;Lectern %1&lt;/h2&gt;&lt;p&gt;Dokumente lesen und befragen, die länger sind als jedes Chatfenster. Das ganze Dokument steht im Kontext des Modells; jede Antwort lässt sich prüfen.&lt;/p&gt;&lt;p&gt;Alles bleibt auf diesem Rechner: Lectern nutzt kein Netz.&lt;/p&gt;&lt;p&gt;Lectern ist freie Software: Sie dürfen es unter der GNU General Public License, Version 3 oder neuer, weitergeben und verändern. Es gibt keinerlei Gewährleistung.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Parts and licences</source>
        <translation>Bestandteile und Lizenzen</translation>
    </message>
    <message>
        <source>GNU GPL 3</source>
        <translation>GNU GPL 3</translation>
    </message>
</context>
<context>
    <name>AnswerCoverage</name>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
</context>
<context>
    <name>AnswerSearch</name>
    <message>
        <source>Search past questions and answers</source>
        <translation>Frühere Fragen und Antworten durchsuchen</translation>
    </message>
    <message>
        <source>Words of a question or an answer</source>
        <translation>Wörter einer Frage oder Antwort</translation>
    </message>
    <message>
        <source>Questions and answers found</source>
        <translation>Gefundene Fragen und Antworten</translation>
    </message>
    <message>
        <source>Nothing was asked or answered with these words.</source>
        <translation>Mit diesen Wörtern wurde nichts gefragt oder geantwortet.</translation>
    </message>
    <message>
        <source>Found: %1</source>
        <translation>Gefunden: %1</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>%1 in “%2”, %3</source>
        <translation>%1 in „%2“, %3</translation>
    </message>
</context>
<context>
    <name>AnswerTokenModel</name>
    <message>
        <source>Answer token %1: “%2”</source>
        <translation>Antwort-Token %1: „%2“</translation>
    </message>
</context>
<context>
    <name>AnswerView</name>
    <message>
        <source>%1 % of this sentence&apos;s attention</source>
        <translation>%1 % der Aufmerksamkeit dieses Satzes</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
</context>
<context>
    <name>AskController</name>
    <message>
        <source>Answering…</source>
        <translation>Antwortet …</translation>
    </message>
    <message>
        <source>This does not fit: the question has %1 tokens and the reply may take %2, but only %3 of %4 are free.</source>
        <translation>Das passt nicht: Die Frage hat %1 Token und die Antwort darf %2 haben, aber nur %3 von %4 sind frei.</translation>
    </message>
    <message>
        <source>Turn Follow-up off to leave the conversation out.</source>
        <translation>Ohne „Nachfrage“ bleibt das Gespräch außen vor.</translation>
    </message>
</context>
<context>
    <name>AskPanel</name>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Conversations about this document</source>
        <translation>Gespräche zu diesem Dokument</translation>
    </message>
    <message>
        <source>Follow-up</source>
        <translation>Nachfrage</translation>
    </message>
    <message>
        <source>Follow-up: keep earlier questions and answers in the context</source>
        <translation>Nachfrage: frühere Fragen und Antworten bleiben im Kontext</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Read document</source>
        <translation>Dokument lesen</translation>
    </message>
    <message>
        <source>Let the model read the whole document, so that it can be asked about</source>
        <translation>Das Modell das ganze Dokument lesen lassen, damit es dazu befragt werden kann</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Ask about this document</source>
        <translation>Ihre Frage</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Ask (Return)</source>
        <translation>Fragen (Eingabetaste)</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Open a document to ask about it.

The whole document goes into the model&apos;s context, and every answer shows the pages it came from.</source>
        <translation>Öffnen Sie ein Dokument, um dazu zu fragen.

Das ganze Dokument kommt in den Kontext des Modells, und jede Antwort zeigt die Seiten, von denen sie stammt.</translation>
    </message>
    <message>
        <source>The model has read the whole document.

Ask a question; the numbers behind each sentence lead to the pages it was read from.</source>
        <translation>Das Modell hat das ganze Dokument gelesen.

Stellen Sie eine Frage; die Nummern hinter jedem Satz führen zu den Seiten, von denen er stammt.</translation>
    </message>
    <message>
        <source>Questions and answers about this document appear here.</source>
        <translation>Hier erscheinen Fragen und Antworten zu diesem Dokument.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Search past questions and answers</source>
        <translation>Frühere Fragen und Antworten durchsuchen</translation>
    </message>
    <message>
        <source>Export this conversation</source>
        <translation>Dieses Gespräch exportieren</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Keep what has been read; it goes on from there, also another day</source>
        <translation>Gelesenes behalten; von dort geht es weiter, auch an einem anderen Tag</translation>
    </message>
</context>
<context>
    <name>AttentionController</name>
    <message>
        <source>%1 (answer %2)</source>
        <translation>%1 (Antwort %2)</translation>
    </message>
</context>
<context>
    <name>AttentionMap</name>
    <message>
        <source>Answer token %1 “%2”</source>
        <translation>Antworttoken %1 „%2“</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>Schicht %1</translation>
    </message>
    <message>
        <source>Layer %1, head group %2</source>
        <translation>Schicht %1, Kopfgruppe %2</translation>
    </message>
    <message>
        <source>%1, other answer</source>
        <translation>%1, andere Antwort</translation>
    </message>
    <message>
        <source>tokens %1–%2</source>
        <translation>Token %1–%2</translation>
    </message>
    <message>
        <source> (conversation)</source>
        <translation> (Gespräch)</translation>
    </message>
    <message>
        <source>, page %1</source>
        <translation>, Seite %1</translation>
    </message>
    <message>
        <source>, pages %1–%2</source>
        <translation>, Seiten %1–%2</translation>
    </message>
    <message>
        <source>nothing selected here</source>
        <translation>hier ist nichts ausgewählt</translation>
    </message>
    <message>
        <source>%1 of %2 regions selected, at most </source>
        <translation>%1 von %2 Bereichen ausgewählt, höchstens </translation>
    </message>
    <message>
        <source>merged into %1 of %2 blocks</source>
        <translation>in %1 von %2 Blöcken zusammengelegt</translation>
    </message>
    <message>
        <source>%1 % of the attention</source>
        <translation>%1 % der Aufmerksamkeit</translation>
    </message>
    <message>
        <source>score %1</source>
        <translation>Wertung %1</translation>
    </message>
    <message>
        <source>%1 blocks, %2</source>
        <translation>%1 Blöcke, %2</translation>
    </message>
    <message>
        <source>Block %1, %2: saw everything before it</source>
        <translation>Block %1, %2: sah alles davor</translation>
    </message>
    <message>
        <source>Block %1, %2: the choices of %3 regions merged into one shared set</source>
        <translation>Block %1, %2: die Auswahl von %3 Bereichen zu einer gemeinsamen Menge zusammengelegt</translation>
    </message>
    <message>
        <source>%1 regions here belong to the set of block %2</source>
        <translation>%1 Bereiche hier gehören zur Menge von Block %2</translation>
    </message>
    <message>
        <source>In the set of block %1, nominated by %2</source>
        <translation>In der Menge von Block %1, vorgeschlagen von %2</translation>
    </message>
    <message>
        <source>token %1 of the region %2–%3</source>
        <translation>Token %1 des Bereichs %2–%3</translation>
    </message>
    <message>
        <source>“%1”, %2</source>
        <translation>„%1“, %2</translation>
    </message>
</context>
<context>
    <name>AttentionPanel</name>
    <message>
        <source>The %1 strongest of %2 selected regions</source>
        <translation>Die %1 stärksten von %2 ausgewählten Bereichen</translation>
    </message>
    <message>
        <source>%1 selected regions</source>
        <translation>%1 ausgewählte Bereiche</translation>
    </message>
    <message numerus="yes">
        <source>Block %1, %2: %n merged regions</source>
        <translation>
            <numerusform>Block %1, %2: %n zusammengeführte Region</numerusform>
            <numerusform>Block %1, %2: %n zusammengeführte Regionen</numerusform>
        </translation>
    </message>
    <message>
        <source>Ask a question to see which regions of the document each word of the answer looked at.</source>
        <translation>Stellen Sie eine Frage, um zu sehen, welche Bereiche des Dokuments jedes Wort der Antwort angesehen hat.</translation>
    </message>
    <message>
        <source>Once the model has read a document, this map shows which regions it kept, and which it merged into shared sets.
Short documents are seen whole: nothing is selected.</source>
        <translation>Hat das Modell ein Dokument gelesen, zeigt diese Karte, welche Bereiche es behielt und welche es zu gemeinsamen Mengen zusammenfasste.
Kurze Dokumente werden ganz gesehen: nichts wird ausgewählt.</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>Export picture</source>
        <translation>Bild ausgeben</translation>
    </message>
    <message>
        <source>Export visible values</source>
        <translation>Sichtbare Werte ausgeben</translation>
    </message>
    <message>
        <source>PNG picture (*.png)</source>
        <translation>PNG-Bild (*.png)</translation>
    </message>
    <message>
        <source>Comma-separated values (*.csv)</source>
        <translation>Kommagetrennte Werte (*.csv)</translation>
    </message>
    <message>
        <source>Document layer</source>
        <translation>Dokumentebene</translation>
    </message>
    <message>
        <source>What prefill kept and merged while it read the document</source>
        <translation>Was beim Lesen des Dokuments behalten und zusammengefasst wurde</translation>
    </message>
    <message>
        <source>Answer layer</source>
        <translation>Antwortebene</translation>
    </message>
    <message>
        <source>What each word of the answer looked at</source>
        <translation>Was jedes Wort der Antwort angesehen hat</translation>
    </message>
    <message>
        <source>Hide sink</source>
        <translation>Senke ausblenden</translation>
    </message>
    <message>
        <source>Leave out the first region, which is always kept</source>
        <translation>Den ersten Bereich weglassen, der immer behalten wird</translation>
    </message>
    <message>
        <source>Hide local window</source>
        <translation>Lokales Fenster ausblenden</translation>
    </message>
    <message>
        <source>Leave out the regions just before each block or token, which are always kept</source>
        <translation>Die Bereiche direkt vor jedem Block oder Token weglassen, die immer behalten werden</translation>
    </message>
    <message>
        <source>Normalise rows</source>
        <translation>Zeilen normieren</translation>
    </message>
    <message>
        <source>Colour each row by its own largest value</source>
        <translation>Jede Zeile nach ihrem größten Wert färben</translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>Als Tabelle zeigen</translation>
    </message>
    <message>
        <source>Zoom map in</source>
        <translation>Karte vergrößern</translation>
    </message>
    <message>
        <source>Zoom map out</source>
        <translation>Karte verkleinern</translation>
    </message>
    <message>
        <source>Show whole document in map</source>
        <translation>Das ganze Dokument in der Karte zeigen</translation>
    </message>
    <message>
        <source>Export map as PNG…</source>
        <translation>Karte als PNG ausgeben …</translation>
    </message>
    <message>
        <source>Export map as CSV…</source>
        <translation>Karte als CSV ausgeben …</translation>
    </message>
    <message>
        <source>Attention map</source>
        <translation>Aufmerksamkeitskarte</translation>
    </message>
    <message>
        <source>Rows of the map</source>
        <translation>Zeilen der Karte</translation>
    </message>
    <message>
        <source>Head groups</source>
        <translation>Kopfgruppen</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Answer tokens</source>
        <translation>Antwort-Token</translation>
    </message>
    <message>
        <source>Measure of the answer layer</source>
        <translation>Maß der Antwortebene</translation>
    </message>
    <message>
        <source>Attention mass</source>
        <translation>Aufmerksamkeitsmasse</translation>
    </message>
    <message>
        <source>Selection score</source>
        <translation>Auswahlwert</translation>
    </message>
    <message>
        <source>Value where several regions share a pixel</source>
        <translation>Wert, wo mehrere Bereiche ein Pixel teilen</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Höchstwert</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Words of the answer; choose some to see what they looked at</source>
        <translation>Wörter der Antwort; wählen Sie welche, um zu sehen, was sie angesehen haben</translation>
    </message>
    <message>
        <source>Choose words of the answer to see what they looked at</source>
        <translation>Wählen Sie Wörter der Antwort, um zu sehen, was sie angesehen haben</translation>
    </message>
    <message>
        <source>Selected regions</source>
        <translation>Ausgewählte Bereiche</translation>
    </message>
    <message>
        <source>Merged regions of the chosen block</source>
        <translation>Zusammengefasste Bereiche des gewählten Blocks</translation>
    </message>
    <message>
        <source>What is under the pointer</source>
        <translation>Was unter dem Zeiger liegt</translation>
    </message>
    <message>
        <source>Take this filter away</source>
        <translation>Diesen Filter entfernen</translation>
    </message>
    <message>
        <source>%1: take this filter away</source>
        <translation>%1: diesen Filter entfernen</translation>
    </message>
    <message>
        <source>sink hidden</source>
        <translation>Senke ausgeblendet</translation>
    </message>
    <message>
        <source>local window hidden</source>
        <translation>lokales Fenster ausgeblendet</translation>
    </message>
    <message>
        <source>words of the answer: %1</source>
        <translation>Wörter der Antwort: %1</translation>
    </message>
    <message>
        <source>compared</source>
        <translation>verglichen</translation>
    </message>
    <message>
        <source>SVG drawing (*.svg)</source>
        <translation>SVG-Zeichnung (*.svg)</translation>
    </message>
    <message>
        <source>No comparison</source>
        <translation>Kein Vergleich</translation>
    </message>
    <message>
        <source>Export map as SVG…</source>
        <translation>Karte als SVG ausgeben …</translation>
    </message>
    <message>
        <source>What one value stands for</source>
        <translation>Wofür ein Wert steht</translation>
    </message>
    <message>
        <source>Regions of tokens</source>
        <translation>Tokenbereiche</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>Sätze</translation>
    </message>
    <message>
        <source>Paragraphs</source>
        <translation>Absätze</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Abschnitte</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Answer to compare with</source>
        <translation>Antwort, mit der verglichen wird</translation>
    </message>
    <message>
        <source>Filters of the map</source>
        <translation>Filter der Karte</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Chapters</source>
        <translation>Kapitel</translation>
    </message>
    <message>
        <source>The %1 strongest of %2 tokens in selected regions</source>
        <translation>Die %1 stärksten von %2 Token in ausgewählten Bereichen</translation>
    </message>
    <message>
        <source>%1 tokens in selected regions</source>
        <translation>%1 Token in ausgewählten Bereichen</translation>
    </message>
    <message>
        <source>Single tokens</source>
        <translation>Einzelne Token</translation>
    </message>
</context>
<context>
    <name>BaseModelPage</name>
    <message>
        <source>Base Model</source>
        <translation>Ausgangsmodell</translation>
    </message>
    <message>
        <source>The model that the adapter is made for.</source>
        <translation>Das Modell, für das der Adapter gemacht wird.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Train on</source>
        <translation>Trainieren auf</translation>
    </message>
    <message>
        <source>Training device</source>
        <translation>Trainingsgerät</translation>
    </message>
    <message>
        <source>%1 parameters in %2, trained on contexts of %3.</source>
        <translation>%1 Parameter in %2, mit Kontexten von %3 trainiert.</translation>
    </message>
</context>
<context>
    <name>BudgetBar</name>
    <message>
        <source>Token budget</source>
        <translation>Token-Budget</translation>
    </message>
    <message>
        <source>No document has been read by the model.</source>
        <translation>Das Modell hat kein Dokument gelesen.</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 von %2 Token</translation>
    </message>
    <message>
        <source>Document %1, conversation %2, kept for the reply %3, free %4 tokens</source>
        <translation>Dokument %1, Gespräch %2, für die Antwort %3, frei %4 Token</translation>
    </message>
</context>
<context>
    <name>ChipRenderer</name>
    <message>
        <source>verified by ablation</source>
        <translation>durch Weglassen geprüft</translation>
    </message>
    <message>
        <source>not supported</source>
        <translation>nicht belegt</translation>
    </message>
    <message>
        <source>selected</source>
        <translation>ausgewählt</translation>
    </message>
</context>
<context>
    <name>CodeEdit</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>%1 (on)</source>
        <translation>%1 (an)</translation>
    </message>
    <message>
        <source>%1 (off)</source>
        <translation>%1 (aus)</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>The same question to both models. Below each answer: where that model looked.</source>
        <translation>Dieselbe Frage an beide Modelle. Unter jeder Antwort: wo dieses Modell hinsah.</translation>
    </message>
    <message>
        <source>Ask Both</source>
        <translation>Beide fragen</translation>
    </message>
    <message>
        <source>Document that is asked about</source>
        <translation>Befragtes Dokument</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>A question about the document</source>
        <translation>Eine Frage zum Dokument</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>Ausgangsmodell</translation>
    </message>
    <message>
        <source>Tuned</source>
        <translation>Angepasst</translation>
    </message>
    <message>
        <source>Answer of: %1</source>
        <translation>Antwort von: %1</translation>
    </message>
    <message>
        <source>Open a document in Lectern first: both models are asked about a document.</source>
        <translation>Öffnen Sie zuerst ein Dokument in Lectern: Beide Modelle werden zu einem Dokument befragt.</translation>
    </message>
    <message>
        <source>Reading: %1%</source>
        <translation>Liest: %1 %</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>Lädt …</translation>
    </message>
    <message>
        <source>%1 tokens in %2 s</source>
        <translation>%1 Token in %2 s</translation>
    </message>
    <message>
        <source>The answers are the same.</source>
        <translation>Die Antworten sind gleich.</translation>
    </message>
    <message>
        <source>The answers differ.</source>
        <translation>Die Antworten sind verschieden.</translation>
    </message>
    <message>
        <source>Pages looked at: %1 by the base model, %2 by the tuned one, %3 of them by both.</source>
        <translation>Angesehene Seiten: %1 vom Ausgangsmodell, %2 vom angepassten, %3 davon von beiden.</translation>
    </message>
</context>
<context>
    <name>ContentsPanel</name>
    <message>
        <source>Filter headings</source>
        <translation>Überschriften filtern</translation>
    </message>
    <message>
        <source>Table of contents</source>
        <translation>Inhaltsverzeichnis</translation>
    </message>
    <message>
        <source>The contents of a document appear here.</source>
        <translation>Hier erscheint der Inhalt eines Dokuments.</translation>
    </message>
    <message>
        <source>This document has no table of contents.</source>
        <translation>Dieses Dokument hat kein Inhaltsverzeichnis.</translation>
    </message>
</context>
<context>
    <name>ContextInspector</name>
    <message>
        <source>What is in the context</source>
        <translation>Was im Kontext steht</translation>
    </message>
    <message>
        <source>Parts of the context</source>
        <translation>Teile des Kontexts</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Bestandteil</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Heading between documents</source>
        <translation>Überschrift zwischen Dokumenten</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>Further pages: %1</source>
        <translation>Weitere Seiten: %1</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Kept free for the answer</source>
        <translation>Für die Antwort freigehalten</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>Frei</translation>
    </message>
    <message>
        <source>The model holds the whole document, not pieces of it: %1 of %2 tokens are in use.</source>
        <translation>Das Modell hält das ganze Dokument, nicht Stücke davon: %1 von %2 Token sind belegt.</translation>
    </message>
    <message>
        <source>The model has not read the document yet; this is what it will hold.</source>
        <translation>Das Modell hat das Dokument noch nicht gelesen; dies wird es halten.</translation>
    </message>
</context>
<context>
    <name>Conversation</name>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>ConversationTools</name>
    <message>
        <source>%1 cannot be written: %2.</source>
        <translation>%1 kann nicht geschrieben werden: %2.</translation>
    </message>
    <message>
        <source>There is no conversation to export yet.</source>
        <translation>Es gibt noch kein Gespräch zum Exportieren.</translation>
    </message>
    <message>
        <source>Export conversation</source>
        <translation>Gespräch exportieren</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>Webseite (*.html)</translation>
    </message>
    <message>
        <source>conversation</source>
        <translation>Gespraech</translation>
    </message>
    <message>
        <source>The conversation was written to %1.</source>
        <translation>Das Gespräch wurde in %1 geschrieben.</translation>
    </message>
</context>
<context>
    <name>CoverageDelegate</name>
    <message>
        <source>%1 with text</source>
        <translation>%1 mit Text</translation>
    </message>
    <message>
        <source>%1 blank</source>
        <translation>%1 leer</translation>
    </message>
    <message>
        <source>%1 pictures without text</source>
        <translation>%1 Bilder ohne Text</translation>
    </message>
    <message>
        <source>%1 unreadable</source>
        <translation>%1 unlesbar</translation>
    </message>
</context>
<context>
    <name>CoverageNote</name>
    <message>
        <source>What was not looked at</source>
        <translation>Was nicht angesehen wurde</translation>
    </message>
    <message>
        <source>Not in the document, as far as the model looked</source>
        <translation>Nicht im Dokument, soweit das Modell nachgesehen hat</translation>
    </message>
    <message>
        <source>What was looked at</source>
        <translation>Was angesehen wurde</translation>
    </message>
    <message>
        <source>The model looked at %1 % of the document for this answer.</source>
        <translation>Für diese Antwort hat das Modell %1 % des Dokuments angesehen.</translation>
    </message>
    <message>
        <source>smaller places: %1</source>
        <translation>kleinere Stellen: %1</translation>
    </message>
    <message>
        <source>No part of it was left out altogether.</source>
        <translation>Kein Teil wurde ganz ausgelassen.</translation>
    </message>
    <message>
        <source>Never looked at: %1</source>
        <translation>Nie angesehen: %1</translation>
    </message>
</context>
<context>
    <name>DataPage</name>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Texts, examples or documents of the library. Nothing is cut off without being told here.</source>
        <translation>Texte, Beispiele oder Dokumente der Bibliothek. Nichts wird abgeschnitten, ohne dass es hier steht.</translation>
    </message>
    <message>
        <source>Add from Library</source>
        <translation>Aus der Bibliothek</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>Trainingsdaten</translation>
    </message>
    <message>
        <source>Add Files…</source>
        <translation>Dateien hinzufügen …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Document of the library</source>
        <translation>Dokument der Bibliothek</translation>
    </message>
    <message>
        <source>Split into several sequences</source>
        <translation>In mehrere Folgen teilen</translation>
    </message>
    <message>
        <source>Truncate</source>
        <translation>Kürzen</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>Weglassen</translation>
    </message>
    <message>
        <source>What is too long</source>
        <translation>Was zu lang ist</translation>
    </message>
    <message>
        <source>Held out for evaluation</source>
        <translation>Zum Prüfen zurückgehalten</translation>
    </message>
    <message>
        <source>Training Data</source>
        <translation>Trainingsdaten</translation>
    </message>
    <message>
        <source>Texts and examples (*.txt *.md *.jsonl)</source>
        <translation>Texte und Beispiele (*.txt *.md *.jsonl)</translation>
    </message>
    <message>
        <source>What the model sees</source>
        <translation>Was das Modell sieht</translation>
    </message>
    <message>
        <source>Underlined: the tokens that are trained.</source>
        <translation>Unterstrichen: die Token, die trainiert werden.</translation>
    </message>
    <message>
        <source>Rendered training sequences</source>
        <translation>Zusammengesetzte Trainingsfolgen</translation>
    </message>
    <message>
        <source>Add texts to see the first sequences.</source>
        <translation>Fügen Sie Texte hinzu, um die ersten Folgen zu sehen.</translation>
    </message>
    <message>
        <source>Fields of %1</source>
        <translation>Felder von %1</translation>
    </message>
    <message>
        <source>%1: “%2”</source>
        <translation>%1: „%2“</translation>
    </message>
    <message>
        <source>Which field is asked, and which is the answer to be learnt?</source>
        <translation>Welches Feld wird gefragt, und welches ist die zu lernende Antwort?</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Gefragt</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>%1 (%2 examples, %3 lines left out)</source>
        <translation>%1 (%2 Beispiele, %3 Zeilen ausgelassen)</translation>
    </message>
    <message>
        <source>Counting tokens…</source>
        <translation>Zählt Token …</translation>
    </message>
    <message>
        <source>%1 texts or examples with %2 tokens; %3 kept for evaluation. Longer than a sequence: %4 split, %5 truncated, %6 dropped.</source>
        <translation>%1 Texte oder Beispiele mit %2 Token; %3 zum Prüfen zurückgehalten. Länger als eine Folge: %4 geteilt, %5 gekürzt, %6 weggelassen.</translation>
    </message>
</context>
<context>
    <name>Device</name>
    <message>
        <source>1 thread</source>
        <translation>1 Thread</translation>
    </message>
    <message>
        <source>%1 threads</source>
        <translation>%1 Threads</translation>
    </message>
</context>
<context>
    <name>DocumentAsk</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 tokens/s</source>
        <translation>%1, %2 Token/s</translation>
    </message>
    <message>
        <source>Reading the question…</source>
        <translation>Liest die Frage …</translation>
    </message>
    <message>
        <source>Waiting until the model has read the document…</source>
        <translation>Wartet, bis das Modell das Dokument gelesen hat …</translation>
    </message>
    <message>
        <source>The conversation cannot be stored: %1</source>
        <translation>Das Gespräch kann nicht gespeichert werden: %1</translation>
    </message>
    <message>
        <source>Not stored: %1</source>
        <translation>Nicht gespeichert: %1</translation>
    </message>
    <message>
        <source>The document is not taken in yet; please ask again when it is.</source>
        <translation>Das Dokument ist noch nicht aufgenommen; bitte fragen Sie danach noch einmal.</translation>
    </message>
    <message>
        <source>What this answer looked at was not kept.</source>
        <translation>Was diese Antwort angesehen hat, wurde nicht aufbewahrt.</translation>
    </message>
    <message>
        <source>Another model gave this answer; only that one can say what it looked at.</source>
        <translation>Diese Antwort gab ein anderes Modell; nur dieses kann sagen, was es angesehen hat.</translation>
    </message>
    <message>
        <source>The document has to be measured before this can be said.</source>
        <translation>Dazu muss das Dokument erst vermessen sein.</translation>
    </message>
</context>
<context>
    <name>DocumentNotes</name>
    <message>
        <source>This is not kept: %1</source>
        <translation>Dies wird nicht aufbewahrt: %1</translation>
    </message>
    <message>
        <source>The document is still being taken in; bookmarks can be set when that is done.</source>
        <translation>Das Dokument wird noch aufgenommen; Lesezeichen sind danach möglich.</translation>
    </message>
    <message>
        <source>bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>renaming of a bookmark</source>
        <translation>Umbenennen eines Lesezeichens</translation>
    </message>
    <message>
        <source>removal of a bookmark</source>
        <translation>Entfernen eines Lesezeichens</translation>
    </message>
    <message>
        <source>The document is still being taken in; it can be marked when that is done.</source>
        <translation>Das Dokument wird noch aufgenommen; danach kann darin markiert werden.</translation>
    </message>
    <message>
        <source>highlight</source>
        <translation>Hervorhebung</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>change of a note</source>
        <translation>Änderung einer Notiz</translation>
    </message>
    <message>
        <source>change of colour</source>
        <translation>Änderung der Farbe</translation>
    </message>
    <message>
        <source>removal of a note</source>
        <translation>Entfernen einer Notiz</translation>
    </message>
</context>
<context>
    <name>DocumentReading</name>
    <message>
        <source>Waiting to be taken in</source>
        <translation>Wartet auf das Einlesen</translation>
    </message>
    <message>
        <source>Other documents come first.</source>
        <translation>Andere Dokumente sind vorher dran.</translation>
    </message>
    <message>
        <source>Taking the text in</source>
        <translation>Liest den Text ein</translation>
    </message>
    <message>
        <source>page %1 of %2</source>
        <translation>Seite %1 von %2</translation>
    </message>
    <message>
        <source>%1 pages/s</source>
        <translation>%1 Seiten/s</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Taking the text in was stopped</source>
        <translation>Das Einlesen wurde angehalten</translation>
    </message>
    <message>
        <source>%1 of %2 pages are kept; it goes on from there.</source>
        <translation>%1 von %2 Seiten bleiben; von dort geht es weiter.</translation>
    </message>
    <message>
        <source>The document is protected by a password</source>
        <translation>Das Dokument ist durch ein Kennwort geschützt</translation>
    </message>
    <message>
        <source>It can be asked about once it has been opened.</source>
        <translation>Nach dem Öffnen kann dazu gefragt werden.</translation>
    </message>
    <message>
        <source>The document cannot be asked about</source>
        <translation>Zu dem Dokument kann nicht gefragt werden</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>etwa %1</translation>
    </message>
    <message>
        <source>There is no model to ask</source>
        <translation>Es gibt kein Modell zu fragen</translation>
    </message>
    <message>
        <source>The model has not read this document</source>
        <translation>Das Modell hat dieses Dokument nicht gelesen</translation>
    </message>
    <message>
        <source>Counting tokens…</source>
        <translation>Zählt Token …</translation>
    </message>
    <message>
        <source>The document is too long for this model</source>
        <translation>Das Dokument ist zu lang für dieses Modell</translation>
    </message>
    <message>
        <source>It has %1 tokens; the model reads at most %2.</source>
        <translation>Es hat %1 Token; das Modell liest höchstens %2.</translation>
    </message>
    <message>
        <source>Stopped at %1 of %2 tokens</source>
        <translation>Angehalten bei %1 von %2 Token</translation>
    </message>
    <message>
        <source>The model has read this document before</source>
        <translation>Das Modell hat dieses Dokument schon gelesen</translation>
    </message>
    <message>
        <source>restored at once</source>
        <translation>sofort wiederhergestellt</translation>
    </message>
    <message>
        <source>The model has read part of this document</source>
        <translation>Das Modell hat einen Teil dieses Dokuments gelesen</translation>
    </message>
    <message>
        <source>goes on at token %1</source>
        <translation>weiter bei Token %1</translation>
    </message>
    <message>
        <source>The model has not read this document yet</source>
        <translation>Das Modell hat dieses Dokument noch nicht gelesen</translation>
    </message>
    <message>
        <source>Restoring what the model has read…</source>
        <translation>Stellt her, was das Modell gelesen hat …</translation>
    </message>
    <message>
        <source>Waiting for the model…</source>
        <translation>Wartet auf das Modell …</translation>
    </message>
    <message>
        <source>The model is reading</source>
        <translation>Das Modell liest</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 von %2 Token</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Token/s</translation>
    </message>
    <message>
        <source>Restored: %1 tokens, nothing read again</source>
        <translation>Wiederhergestellt: %1 Token, nichts neu gelesen</translation>
    </message>
    <message>
        <source>Read: %1 tokens in %2</source>
        <translation>Gelesen: %1 Token in %2</translation>
    </message>
    <message>
        <source>The model could not read the document</source>
        <translation>Das Modell konnte das Dokument nicht lesen</translation>
    </message>
    <message>
        <source>%1 documents together</source>
        <translation>%1 Dokumente zusammen</translation>
    </message>
    <message>
        <source>Taking the text in is paused</source>
        <translation>Das Einlesen des Textes ist angehalten</translation>
    </message>
    <message>
        <source>Paused at %1 of %2 tokens</source>
        <translation>Angehalten bei %1 von %2 Tokens</translation>
    </message>
</context>
<context>
    <name>DocumentSession</name>
    <message>
        <source>%1 is no longer there.</source>
        <translation>%1 gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>Nothing of this document is to be kept on disk (Settings, Storage).</source>
        <translation>Von diesem Dokument soll nichts auf der Platte bleiben (Einstellungen, Speicher).</translation>
    </message>
</context>
<context>
    <name>DryRunPage</name>
    <message>
        <source>Dry Run</source>
        <translation>Probelauf</translation>
    </message>
    <message>
        <source>One whole step on the longest sample: if it fits now, it fits to the end.</source>
        <translation>Ein ganzer Schritt auf dem längsten Beispiel: passt er jetzt, passt er bis zum Ende.</translation>
    </message>
    <message>
        <source>Start Dry Run</source>
        <translation>Probelauf starten</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Dry run at work</source>
        <translation>Probelauf in Arbeit</translation>
    </message>
    <message>
        <source>Longest sample</source>
        <translation>Längstes Beispiel</translation>
    </message>
    <message>
        <source>Time per step</source>
        <translation>Zeit je Schritt</translation>
    </message>
    <message>
        <source>Time for the whole run</source>
        <translation>Zeit für den ganzen Lauf</translation>
    </message>
    <message>
        <source>Memory, measured</source>
        <translation>Speicher, gemessen</translation>
    </message>
    <message>
        <source>Memory, estimated before</source>
        <translation>Speicher, vorher geschätzt</translation>
    </message>
    <message>
        <source>Disk per checkpoint</source>
        <translation>Plattenplatz je Sicherungspunkt</translation>
    </message>
    <message>
        <source>Not measured yet with these settings.</source>
        <translation>Mit diesen Einstellungen noch nicht gemessen.</translation>
    </message>
    <message>
        <source>The worker loads the model and trains on the longest sample…</source>
        <translation>Der Arbeitsprozess lädt das Modell und trainiert auf dem längsten Beispiel …</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 on the device, %2 in the whole process</source>
        <translation>%1 auf dem Gerät, %2 im ganzen Prozess</translation>
    </message>
    <message>
        <source>It fits: the longest sample was trained on %1.</source>
        <translation>Es passt: Das längste Beispiel wurde auf %1 trainiert.</translation>
    </message>
    <message>
        <source>It ran, but less memory than that is free now.</source>
        <translation>Er lief durch, aber so viel Speicher ist jetzt nicht frei.</translation>
    </message>
</context>
<context>
    <name>Duration</name>
    <message>
        <source>less than a second</source>
        <translation>weniger als eine Sekunde</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
</context>
<context>
    <name>EvaluationDialog</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Measures the model in use, with its adapter, on this computer.</source>
        <translation>Misst das verwendete Modell samt Adapter auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Perplexity by position</source>
        <translation>Perplexität nach Position</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Auswertung</translation>
    </message>
    <message>
        <source>Facts found, as a table</source>
        <translation>Gefundene Fakten als Tabelle</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Open Results…</source>
        <translation>Ergebnisse öffnen …</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>Measured.</source>
        <translation>Gemessen.</translation>
    </message>
    <message>
        <source>Passkey</source>
        <translation>Passkey</translation>
    </message>
    <message>
        <source>Facts hidden in prose</source>
        <translation>In Prosa versteckte Tatsachen</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>Perplexität</translation>
    </message>
    <message>
        <source>up to %1 K tokens</source>
        <translation>bis %1 K Token</translation>
    </message>
    <message>
        <source>Depths</source>
        <translation>Tiefen</translation>
    </message>
    <message>
        <source>Trials</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Longest context</source>
        <translation>Längster Kontext</translation>
    </message>
    <message>
        <source>Trials per depth</source>
        <translation>Versuche je Tiefe</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>Lädt das Modell …</translation>
    </message>
    <message>
        <source>in blocks, as prefill</source>
        <translation>in Blöcken, wie beim Lesen</translation>
    </message>
    <message>
        <source>each token for itself</source>
        <translation>jedes Token für sich</translation>
    </message>
    <message>
        <source>The file %1 cannot be read.</source>
        <translation>Die Datei %1 kann nicht gelesen werden.</translation>
    </message>
</context>
<context>
    <name>ExportPage</name>
    <message>
        <source>Export</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Each export is read back from disk, and its predictions are compared with those of the trained model.</source>
        <translation>Jede Ausgabe wird von der Platte zurückgelesen und mit dem trainierten Modell verglichen.</translation>
    </message>
    <message>
        <source>Merged model as safetensors (Hugging Face layout)</source>
        <translation>Vereintes Modell als safetensors (Hugging-Face-Format)</translation>
    </message>
    <message>
        <source>Merged model as GGUF</source>
        <translation>Vereintes Modell als GGUF</translation>
    </message>
    <message>
        <source>Use This Adapter in Lectern</source>
        <translation>Diesen Adapter in Lectern verwenden</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>8 bits (Q8_0)</source>
        <translation>8 Bit (Q8_0)</translation>
    </message>
    <message>
        <source>16 bits (bf16)</source>
        <translation>16 Bit (bf16)</translation>
    </message>
    <message>
        <source>Number format of the GGUF file</source>
        <translation>Zahlenformat der GGUF-Datei</translation>
    </message>
    <message>
        <source>Largest difference of a logit</source>
        <translation>Größte Abweichung eines Logits</translation>
    </message>
    <message>
        <source>Likeliest words</source>
        <translation>Wahrscheinlichste Wörter</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Exports and their checks</source>
        <translation>Exporte und ihre Prüfungen</translation>
    </message>
    <message>
        <source>The adapter is in use from the next document on.</source>
        <translation>Der Adapter gilt ab dem nächsten Dokument.</translation>
    </message>
    <message>
        <source>The worker writes and checks the exports…</source>
        <translation>Die Exporte werden geschrieben und geprüft …</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>the same at %1%</source>
        <translation>bei %1 % gleich</translation>
    </message>
    <message>
        <source>The worker writes</source>
        <translation>Export wird geschrieben</translation>
    </message>
    <message>
        <source>Written and checked.</source>
        <translation>Geschrieben und geprüft.</translation>
    </message>
</context>
<context>
    <name>FileChooser</name>
    <message>
        <source>Open documents</source>
        <translation>Dokumente öffnen</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Open a folder as one document</source>
        <translation>Einen Ordner als ein Dokument öffnen</translation>
    </message>
    <message>
        <source>Documents (*.pdf *.txt *.md *.markdown *.rst *.org *.tex *.html *.htm *.xhtml *.epub *.docx *.odt)</source>
        <translation>Dokumente (*.pdf *.txt *.md *.markdown *.rst *.org *.tex *.html *.htm *.xhtml *.epub *.docx *.odt)</translation>
    </message>
    <message>
        <source>Look at documents before opening them</source>
        <translation>Dokumente vor dem Öffnen ansehen</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in document</source>
        <translation>Im Dokument suchen</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>Groß-/Kleinschreibung</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>Ganze Wörter</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>Voriger Treffer</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Close the find bar</source>
        <translation>Suchleiste schließen</translation>
    </message>
    <message>
        <source>Pages with all these words, by the index; &quot;in quotes&quot; as they stand, word* with any ending</source>
        <translation>Seiten mit all diesen Wörtern, aus dem Verzeichnis; &quot;in Anführungszeichen&quot; genau so, Wort* mit jeder Endung</translation>
    </message>
</context>
<context>
    <name>GoalPage</name>
    <message>
        <source>Goal</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>A fine-tune makes a small adapter for a model. The model itself is not changed.</source>
        <translation>Eine Anpassung macht einen kleinen Adapter zu einem Modell. Das Modell selbst bleibt unverändert.</translation>
    </message>
    <message>
        <source>Open Run</source>
        <translation>Lauf öffnen</translation>
    </message>
    <message>
        <source>Delete Run…</source>
        <translation>Lauf löschen …</translation>
    </message>
    <message>
        <source>Answer questions about my texts</source>
        <translation>Fragen zu meinen Texten beantworten</translation>
    </message>
    <message>
        <source>Cloze and quotation questions are made from the texts themselves, and your own examples can be added.</source>
        <translation>Lücken- und Zitatfragen werden aus den Texten selbst gemacht; eigene Beispiele können dazukommen.</translation>
    </message>
    <message>
        <source>Write like my texts</source>
        <translation>Schreiben wie meine Texte</translation>
    </message>
    <message>
        <source>The model learns to continue the texts, word by word.</source>
        <translation>Das Modell lernt, die Texte Wort für Wort fortzusetzen.</translation>
    </message>
    <message>
        <source>Read longer contexts</source>
        <translation>Längere Kontexte lesen</translation>
    </message>
    <message>
        <source>Positions are trained with the CRD NTK schedule, so that contexts far beyond the training length can be read.</source>
        <translation>Positionen werden mit dem CRD-NTK-Plan trainiert, damit Kontexte weit über die Trainingslänge hinaus gelesen werden können.</translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation>Name des Laufs</translation>
    </message>
    <message>
        <source>tune</source>
        <translation>Anpassung</translation>
    </message>
    <message>
        <source>Earlier runs</source>
        <translation>Frühere Läufe</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Delete Run</source>
        <translation>Lauf löschen</translation>
    </message>
    <message>
        <source>Delete the run “%1” with its checkpoints and adapter?</source>
        <translation>Den Lauf „%1“ mit seinen Zwischenständen und dem Adapter löschen?</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Runs stand here from their first step on, also after Lectern was closed.</source>
        <translation>Hier stehen die Läufe ab ihrem ersten Schritt, auch nachdem Lectern geschlossen wurde.</translation>
    </message>
</context>
<context>
    <name>LengthChart</name>
    <message>
        <source>Lengths of the texts</source>
        <translation>Längen der Texte</translation>
    </message>
    <message>
        <source>%1 of %2 to %3 tokens</source>
        <translation>%1 mit %2 bis %3 Token</translation>
    </message>
    <message>
        <source>No texts yet</source>
        <translation>Noch keine Texte</translation>
    </message>
    <message>
        <source>tokens or more</source>
        <translation>Token oder mehr</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>needs prefill</source>
        <translation>noch zu lesen</translation>
    </message>
    <message>
        <source>read in part</source>
        <translation>teilweise gelesen</translation>
    </message>
    <message>
        <source>file missing</source>
        <translation>Datei fehlt</translation>
    </message>
    <message>
        <source>being read</source>
        <translation>wird gelesen</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation>vor %1 min</translation>
    </message>
    <message>
        <source>today, %1</source>
        <translation>heute, %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
</context>
<context>
    <name>LibraryModel</name>
    <message>
        <source>1 page</source>
        <translation>1 Seite</translation>
    </message>
    <message>
        <source>%1 pages</source>
        <translation>%1 Seiten</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 Datei</translation>
    </message>
    <message>
        <source>%1 files</source>
        <translation>%1 Dateien</translation>
    </message>
    <message>
        <source>text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>about %1 tokens</source>
        <translation>etwa %1 Token</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Last opened</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
</context>
<context>
    <name>LibraryPanel</name>
    <message>
        <source>Filter documents</source>
        <translation>Dokumente filtern</translation>
    </message>
    <message>
        <source>Documents of the library</source>
        <translation>Dokumente der Bibliothek</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Forget Saved Context</source>
        <translation>Gespeicherten Kontext vergessen</translation>
    </message>
    <message>
        <source>Remove from Library…</source>
        <translation>Aus der Bibliothek entfernen …</translation>
    </message>
    <message>
        <source>Forget Saved Context (%1)</source>
        <translation>Gespeicherten Kontext vergessen (%1)</translation>
    </message>
    <message>
        <source>The library is being opened…</source>
        <translation>Die Bibliothek wird geöffnet …</translation>
    </message>
    <message>
        <source>No document has “%1” in its title.</source>
        <translation>Kein Dokument hat „%1“ im Titel.</translation>
    </message>
    <message>
        <source>Documents that you open are listed here.</source>
        <translation>Hier stehen die Dokumente, die Sie öffnen.</translation>
    </message>
    <message>
        <source>The folder %1 is no longer there.</source>
        <translation>Den Ordner %1 gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>No program shows the folder %1.</source>
        <translation>Kein Programm zeigt den Ordner %1.</translation>
    </message>
    <message>
        <source>Remove from Library</source>
        <translation>Aus der Bibliothek entfernen</translation>
    </message>
    <message>
        <source>Remove “%1” from the library?</source>
        <translation>„%1“ aus der Bibliothek entfernen?</translation>
    </message>
    <message>
        <source>Its conversations, notes and saved contexts go with it. The file itself stays where it is.</source>
        <translation>Gespräche, Notizen und gespeicherte Kontexte gehen mit. Die Datei selbst bleibt, wo sie ist.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
</context>
<context>
    <name>LinePlot</name>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation>Noch nichts.</translation>
    </message>
    <message>
        <source>Last values: %1</source>
        <translation>Letzte Werte: %1</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
</context>
<context>
    <name>MainActions</name>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Öffnen …</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>O&amp;rdner öffnen …</translation>
    </message>
    <message>
        <source>Open a folder of source files as one document</source>
        <translation>Einen Ordner mit Quelltexten als ein Dokument öffnen</translation>
    </message>
    <message>
        <source>Open the &amp;sample document</source>
        <translation>&amp;Beispieldokument öffnen</translation>
    </message>
    <message>
        <source>&amp;New window</source>
        <translation>&amp;Neues Fenster</translation>
    </message>
    <message>
        <source>&amp;Close document</source>
        <translation>Dokument s&amp;chließen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>&amp;Suchen …</translation>
    </message>
    <message>
        <source>Find &amp;next</source>
        <translation>&amp;Weitersuchen</translation>
    </message>
    <message>
        <source>Find &amp;previous</source>
        <translation>&amp;Rückwärts suchen</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation>&amp;Originalgröße</translation>
    </message>
    <message>
        <source>Fit &amp;width</source>
        <translation>&amp;Breite einpassen</translation>
    </message>
    <message>
        <source>Fit &amp;page</source>
        <translation>&amp;Seite einpassen</translation>
    </message>
    <message>
        <source>&amp;Continuous</source>
        <translation>&amp;Fortlaufend</translation>
    </message>
    <message>
        <source>&amp;Single page</source>
        <translation>&amp;Einzelne Seite</translation>
    </message>
    <message>
        <source>&amp;Facing pages</source>
        <translation>&amp;Doppelseiten</translation>
    </message>
    <message>
        <source>Rotate &amp;left</source>
        <translation>Nach &amp;links drehen</translation>
    </message>
    <message>
        <source>Rotate &amp;right</source>
        <translation>Nach &amp;rechts drehen</translation>
    </message>
    <message>
        <source>&amp;Dark pages</source>
        <translation>&amp;Dunkle Seiten</translation>
    </message>
    <message>
        <source>Invert the lightness of pages; pictures keep their colours</source>
        <translation>Helligkeit der Seiten umkehren; Bilder behalten ihre Farben</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>Befehls&amp;palette …</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>Back to where you were</source>
        <translation>Zurück zur vorigen Stelle</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>&amp;Vorwärts</translation>
    </message>
    <message>
        <source>Forward to where you had been</source>
        <translation>Wieder vor zur späteren Stelle</translation>
    </message>
    <message>
        <source>&amp;Go to page…</source>
        <translation>&amp;Gehe zu Seite …</translation>
    </message>
    <message>
        <source>F&amp;irst page</source>
        <translation>&amp;Erste Seite</translation>
    </message>
    <message>
        <source>&amp;Previous page</source>
        <translation>&amp;Vorige Seite</translation>
    </message>
    <message>
        <source>&amp;Next page</source>
        <translation>&amp;Nächste Seite</translation>
    </message>
    <message>
        <source>&amp;Last page</source>
        <translation>&amp;Letzte Seite</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>&amp;Startseite</translation>
    </message>
    <message>
        <source>&amp;Ask a question</source>
        <translation>&amp;Frage stellen</translation>
    </message>
    <message>
        <source>&amp;Read document</source>
        <translation>&amp;Dokument lesen</translation>
    </message>
    <message>
        <source>Let the model read the whole document, so that it can be asked about</source>
        <translation>Das Modell das ganze Dokument lesen lassen, damit es dazu befragt werden kann</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>Stop the answer, or the reading of the document</source>
        <translation>Die Antwort oder das Lesen des Dokuments anhalten</translation>
    </message>
    <message>
        <source>&amp;New conversation</source>
        <translation>&amp;Neues Gespräch</translation>
    </message>
    <message>
        <source>Answer a&amp;gain</source>
        <translation>&amp;Noch einmal antworten</translation>
    </message>
    <message>
        <source>Answer the last question again; both answers are kept</source>
        <translation>Die letzte Frage noch einmal beantworten; beide Antworten bleiben</translation>
    </message>
    <message>
        <source>Ne&amp;xt citation</source>
        <translation>Nä&amp;chster Beleg</translation>
    </message>
    <message>
        <source>Pre&amp;vious citation</source>
        <translation>V&amp;origer Beleg</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>&amp;Modelle …</translation>
    </message>
    <message>
        <source>Choose the model that answers, and an adapter</source>
        <translation>Das antwortende Modell und einen Adapter wählen</translation>
    </message>
    <message>
        <source>&amp;Tune a model…</source>
        <translation>Modell an&amp;passen …</translation>
    </message>
    <message>
        <source>Train an adapter on texts or on the open document</source>
        <translation>Einen Adapter auf Texten oder dem offenen Dokument trainieren</translation>
    </message>
    <message>
        <source>&amp;Evaluation…</source>
        <translation>&amp;Auswertung …</translation>
    </message>
    <message>
        <source>Measure how well facts are found, and perplexity</source>
        <translation>Messen, wie gut Tatsachen gefunden werden, und die Perplexität</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>&amp;About Lectern</source>
        <translation>Ü&amp;ber Lectern</translation>
    </message>
    <message>
        <source>&amp;Print…</source>
        <translation>&amp;Drucken …</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Bookmark this page</source>
        <translation>&amp;Lesezeichen für diese Seite</translation>
    </message>
    <message>
        <source>&amp;Highlight selection</source>
        <translation>Auswahl &amp;hervorheben</translation>
    </message>
    <message>
        <source>Underline &amp;selection</source>
        <translation>Auswahl &amp;unterstreichen</translation>
    </message>
    <message>
        <source>Add a &amp;note to the selection</source>
        <translation>&amp;Notiz zur Auswahl</translation>
    </message>
    <message>
        <source>Go to the document</source>
        <translation>Zum Dokument gehen</translation>
    </message>
    <message>
        <source>&amp;Verify answer</source>
        <translation>Antwort &amp;prüfen</translation>
    </message>
    <message>
        <source>Score each sentence of the last answer with and without the passages it was read from</source>
        <translation>Jeden Satz der letzten Antwort mit und ohne die Stellen bewerten, aus denen er stammt</translation>
    </message>
    <message>
        <source>What was not &amp;looked at</source>
        <translation>Was nicht an&amp;gesehen wurde</translation>
    </message>
    <message>
        <source>Show which parts of the document the last answer never looked at</source>
        <translation>Zeigen, welche Teile des Dokuments die letzte Antwort nie angesehen hat</translation>
    </message>
    <message>
        <source>&amp;Edit question</source>
        <translation>Frage &amp;bearbeiten</translation>
    </message>
    <message>
        <source>Put the last question back into the field, to ask it in other words</source>
        <translation>Die letzte Frage zurück in das Feld holen, um sie anders zu stellen</translation>
    </message>
    <message>
        <source>E&amp;xport conversation…</source>
        <translation>Gespräch e&amp;xportieren …</translation>
    </message>
    <message>
        <source>Write the conversation with its page references to a file</source>
        <translation>Das Gespräch mit seinen Seitenangaben in eine Datei schreiben</translation>
    </message>
    <message>
        <source>Search &amp;past answers…</source>
        <translation>&amp;Frühere Antworten durchsuchen …</translation>
    </message>
    <message>
        <source>Find words in all questions and answers</source>
        <translation>Wörter in allen Fragen und Antworten finden</translation>
    </message>
    <message>
        <source>&amp;Tour in three steps</source>
        <translation>&amp;Rundgang in drei Schritten</translation>
    </message>
    <message>
        <source>Ask &amp;together with…</source>
        <translation>&amp;Zusammen fragen mit …</translation>
    </message>
    <message>
        <source>Put other documents of the library into the same context</source>
        <translation>Andere Dokumente der Bibliothek in denselben Kontext nehmen</translation>
    </message>
    <message>
        <source>&amp;Check before opening…</source>
        <translation>Vor dem Öffnen &amp;ansehen …</translation>
    </message>
    <message>
        <source>Tokens, fit, time and disk of documents before they are opened; text of scans can be recognised</source>
        <translation>Token, Platz im Kontext, Zeit und Platte von Dokumenten, bevor sie geöffnet werden; Text von Scans kann erkannt werden</translation>
    </message>
    <message>
        <source>What is in the &amp;context</source>
        <translation>Was im &amp;Kontext steht</translation>
    </message>
    <message>
        <source>Show what the model holds, page by page, and what is free</source>
        <translation>Zeigen, was das Modell Seite für Seite hält und was frei ist</translation>
    </message>
    <message>
        <source>Next lin&amp;k</source>
        <translation>Nächster Lin&amp;k</translation>
    </message>
    <message>
        <source>To the next link in sight (also Tab in the document); Enter follows it</source>
        <translation>Zum nächsten sichtbaren Link (auch Tab im Dokument); die Eingabetaste folgt ihm</translation>
    </message>
    <message>
        <source>Pre&amp;vious link</source>
        <translation>&amp;Voriger Link</translation>
    </message>
    <message>
        <source>&amp;Pause reading</source>
        <translation>Lesen &amp;anhalten</translation>
    </message>
    <message>
        <source>Keep what has been read; it goes on from there, also another day</source>
        <translation>Gelesenes behalten; von dort geht es weiter, auch an einem anderen Tag</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>Inhalt</translation>
    </message>
    <message>
        <source>Thumbnails</source>
        <translation>Miniaturen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>Zu %1 gehen</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>%1 (nothing is kept)</source>
        <translation>%1 (nichts wird aufbewahrt)</translation>
    </message>
</context>
<context>
    <name>MapCanvas</name>
    <message>
        <source>Attention map</source>
        <translation>Aufmerksamkeitskarte</translation>
    </message>
    <message>
        <source>Arrow keys move the cursor, plus and minus zoom, Return opens the place in the reader. The table beside the map holds the same values.</source>
        <translation>Pfeiltasten bewegen die Marke, Plus und Minus vergrößern und verkleinern, die Eingabetaste öffnet die Stelle. Die Tabelle daneben enthält dieselben Werte.</translation>
    </message>
</context>
<context>
    <name>MapExport</name>
    <message>
        <source>%1 could not be written: %2.</source>
        <translation>%1 konnte nicht geschrieben werden: %2.</translation>
    </message>
</context>
<context>
    <name>MemoryBar</name>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>free: %1</source>
        <translation>frei: %1</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>&amp;Leisten</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation>&amp;Fragen</translation>
    </message>
    <message>
        <source>A&amp;ttention</source>
        <translation>Auf&amp;merksamkeit</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
</context>
<context>
    <name>MethodPage</name>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>The proposals suit the goal; longer sequences and higher ranks take more memory.</source>
        <translation>Die Vorschläge passen zum Ziel; längere Folgen und höhere Ränge brauchen mehr Speicher.</translation>
    </message>
    <message>
        <source>Positions that training sees</source>
        <translation>Positionen, die das Training sieht</translation>
    </message>
    <message>
        <source>Memory, estimated</source>
        <translation>Speicher, geschätzt</translation>
    </message>
    <message>
        <source>LoRA adapter</source>
        <translation>LoRA-Adapter</translation>
    </message>
    <message>
        <source>All weights</source>
        <translation>Alle Gewichte</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>As the model was trained</source>
        <translation>Wie das Modell trainiert wurde</translation>
    </message>
    <message>
        <source>CRD NTK (cyclic, random, growing)</source>
        <translation>CRD NTK (zyklisch, zufällig, wachsend)</translation>
    </message>
    <message>
        <source>Fixed NTK factor</source>
        <translation>Fester NTK-Faktor</translation>
    </message>
    <message>
        <source>Linear interpolation</source>
        <translation>Lineare Interpolation</translation>
    </message>
    <message>
        <source>Merged selection (ms_train)</source>
        <translation>Zusammengeführte Auswahl (ms_train)</translation>
    </message>
    <message>
        <source>Dense</source>
        <translation>Dicht</translation>
    </message>
    <message>
        <source>Attention outputs</source>
        <translation>Ausgaben der Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Layer inputs only: least memory</source>
        <translation>Nur Schichteingaben: am wenigsten Speicher</translation>
    </message>
    <message>
        <source>Everything: fastest</source>
        <translation>Alles: am schnellsten</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>Konstant</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>Was trainiert wird</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Sequence</source>
        <translation>Folge</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Sequences per step</source>
        <translation>Folgen je Schritt</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Warm-up steps</source>
        <translation>Aufwärmschritte</translation>
    </message>
    <message>
        <source>Decay</source>
        <translation>Abfall</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>Positionen</translation>
    </message>
    <message>
        <source>Kept activations</source>
        <translation>Aufbewahrte Aktivierungen</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>trained values</source>
        <translation>trainierte Werte</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>Aktivierungen</translation>
    </message>
    <message>
        <source>working memory</source>
        <translation>Arbeitsspeicher</translation>
    </message>
    <message>
        <source>%1: model %2, trained values %3, activations %4, working memory %5.</source>
        <translation>%1: Modell %2, trainierte Werte %3, Aktivierungen %4, Arbeitsspeicher %5.</translation>
    </message>
    <message>
        <source>%1 are free.</source>
        <translation>%1 sind frei.</translation>
    </message>
    <message>
        <source>Only %1 are free.</source>
        <translation>Nur %1 sind frei.</translation>
    </message>
    <message>
        <source>The dry run measures it.</source>
        <translation>Der Probelauf misst es.</translation>
    </message>
    <message>
        <source>largest period</source>
        <translation>größte Periode</translation>
    </message>
    <message>
        <source>drawn, per layer</source>
        <translation>gezogen, je Schicht</translation>
    </message>
    <message>
        <source>RoPE scale</source>
        <translation>RoPE-Skala</translation>
    </message>
</context>
<context>
    <name>ModelCardView</name>
    <message>
        <source>Context length for the memory estimate</source>
        <translation>Kontextlänge für die Speicherschätzung</translation>
    </message>
    <message>
        <source>Memory for a context of</source>
        <translation>Speicher für einen Kontext von</translation>
    </message>
    <message>
        <source>No model is chosen.</source>
        <translation>Kein Modell gewählt.</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>LoRA adapter of rank %1</source>
        <translation>LoRA-Adapter vom Rang %1</translation>
    </message>
    <message>
        <source>For the model</source>
        <translation>Für das Modell</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Ändert</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>Architektur</translation>
    </message>
    <message>
        <source>%1, %2 layers, %3 heads, %4 key/value heads</source>
        <translation>%1, %2 Schichten, %3 Köpfe, %4 Schlüssel/Wert-Köpfe</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1 in %2</translation>
    </message>
    <message>
        <source>Trained context</source>
        <translation>Trainierter Kontext</translation>
    </message>
    <message>
        <source>Extended context</source>
        <translation>Erweiterter Kontext</translation>
    </message>
    <message>
        <source>%1, by its profile</source>
        <translation>%1, laut Profil</translation>
    </message>
    <message>
        <source>not extended</source>
        <translation>nicht erweitert</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>not stated in its files</source>
        <translation>in seinen Dateien nicht genannt</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>Dateigröße</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>being computed…</source>
        <translation>wird berechnet …</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>%1 (comes with Lectern)</source>
        <translation>%1 (mitgeliefert)</translation>
    </message>
    <message>
        <source>cannot be computed</source>
        <translation>kann nicht berechnet werden</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>keys and values</source>
        <translation>Schlüssel und Werte</translation>
    </message>
    <message>
        <source>region summaries</source>
        <translation>Bereichszusammenfassungen</translation>
    </message>
    <message>
        <source>%1: weights %2, keys and values %3, region summaries %4. %5 are free: %6</source>
        <translation>%1: Gewichte %2, Schlüssel und Werte %3, Zusammenfassungen der Regionen %4. %5 sind frei: %6</translation>
    </message>
    <message>
        <source>it fits.</source>
        <translation>es passt.</translation>
    </message>
    <message>
        <source>it does not fit; choose a smaller cache format or context.</source>
        <translation>es passt nicht; wählen Sie ein kleineres Cache-Format oder einen kürzeren Kontext.</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>cannot be used</source>
        <translation>nicht nutzbar</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>adapter, rank %1</source>
        <translation>Adapter, Rang %1</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Longest context</source>
        <translation>Längster Kontext</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>%1 billion</source>
        <translation>%1 Milliarden</translation>
    </message>
    <message>
        <source>%1 million</source>
        <translation>%1 Millionen</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>Use This Model</source>
        <translation>Dieses Modell verwenden</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Models and adapters</source>
        <translation>Modelle und Adapter</translation>
    </message>
    <message>
        <source>Add Folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Look Again</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Folder with models</source>
        <translation>Ordner mit Modellen</translation>
    </message>
    <message>
        <source>Models: %1, adapters: %2</source>
        <translation>Modelle: %1, Adapter: %2</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>Cache format</source>
        <translation>Cache-Format</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>A graphics card was found.</source>
        <translation>Eine Grafikkarte wurde gefunden.</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>Sucht Modelle …</translation>
    </message>
    <message>
        <source>Switch Adapter Off</source>
        <translation>Adapter abschalten</translation>
    </message>
    <message>
        <source>Use This Adapter</source>
        <translation>Diesen Adapter verwenden</translation>
    </message>
    <message>
        <source>In Use</source>
        <translation>In Gebrauch</translation>
    </message>
</context>
<context>
    <name>NominationTableModel</name>
    <message>
        <source>Merged tokens</source>
        <translation>Zusammengeführte Token</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Nominated by tokens</source>
        <translation>Vorgeschlagen von Token</translation>
    </message>
    <message>
        <source>Nominator&apos;s page</source>
        <translation>Seite des Vorschlags</translation>
    </message>
</context>
<context>
    <name>NotesController</name>
    <message>
        <source>&amp;Undo %1</source>
        <translation>%1 &amp;rückgängig</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo %1</source>
        <translation>%1 &amp;wiederholen</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>Ask about the selection</source>
        <translation>Zur Auswahl fragen</translation>
    </message>
</context>
<context>
    <name>NotesPanel</name>
    <message>
        <source>Yellow</source>
        <translation>Gelb</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Grün</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>Blau</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>Rosa</translation>
    </message>
    <message>
        <source>Filter bookmarks and notes</source>
        <translation>Lesezeichen und Notizen filtern</translation>
    </message>
    <message>
        <source>Bookmarks, highlights and notes</source>
        <translation>Lesezeichen, Hervorhebungen und Notizen</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>Notiz schreiben</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Remove (Delete)</source>
        <translation>Entfernen (Entf)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Highlights and notes</source>
        <translation>Hervorhebungen und Notizen</translation>
    </message>
    <message>
        <source>%1 — “%2”</source>
        <translation>%1 – „%2“</translation>
    </message>
    <message>
        <source>Bookmarks and notes of a document appear here.</source>
        <translation>Hier erscheinen Lesezeichen und Notizen eines Dokuments.</translation>
    </message>
    <message>
        <source>Nothing is marked in this document yet.

Select text and press Ctrl+H to highlight it; Ctrl+D sets a bookmark.</source>
        <translation>In diesem Dokument ist noch nichts markiert.

Text auswählen und mit Strg+H hervorheben; Strg+D setzt ein Lesezeichen.</translation>
    </message>
</context>
<context>
    <name>OpenDocuments</name>
    <message>
        <source>Open documents</source>
        <translation>Dokumente öffnen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
</context>
<context>
    <name>OutlineModel</name>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
</context>
<context>
    <name>PdfCanvas</name>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>Link: %1</source>
        <translation>Link: %1</translation>
    </message>
    <message>
        <source>%1, link: %2</source>
        <translation>%1, Link: %2</translation>
    </message>
</context>
<context>
    <name>PdfPrintJob</name>
    <message>
        <source>Printing stopped at page %1: %2</source>
        <translation>Das Drucken endete bei Seite %1: %2</translation>
    </message>
</context>
<context>
    <name>PlaceText</name>
    <message>
        <source>page %1</source>
        <translation>Seite %1</translation>
    </message>
    <message>
        <source>pages %1–%2</source>
        <translation>Seiten %1–%2</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>Zeile %1</translation>
    </message>
    <message>
        <source>lines %1–%2</source>
        <translation>Zeilen %1–%2</translation>
    </message>
</context>
<context>
    <name>PlotCard</name>
    <message>
        <source>%1, as a table</source>
        <translation>%1 als Tabelle</translation>
    </message>
    <message>
        <source>Show the numbers as a table</source>
        <translation>Die Zahlen als Tabelle zeigen</translation>
    </message>
    <message>
        <source>%1: show as a table</source>
        <translation>%1: als Tabelle zeigen</translation>
    </message>
</context>
<context>
    <name>PreflightSheet</name>
    <message>
        <source>already in the library</source>
        <translation>schon in der Bibliothek</translation>
    </message>
    <message>
        <source>the same as one above</source>
        <translation>wie eines darüber</translation>
    </message>
    <message>
        <source>encrypted</source>
        <translation>verschlüsselt</translation>
    </message>
    <message>
        <source>Before opening</source>
        <translation>Vor dem Öffnen</translation>
    </message>
    <message>
        <source>Documents to open</source>
        <translation>Zu öffnende Dokumente</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Text of its pages</source>
        <translation>Text der Seiten</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Recognise the text of scanned pages (OCR)</source>
        <translation>Text gescannter Seiten erkennen (OCR)</translation>
    </message>
    <message>
        <source>Language of the scans</source>
        <translation>Sprache der Scans</translation>
    </message>
    <message>
        <source>Languages as Tesseract names them: eng, deu, eng+deu</source>
        <translation>Sprachen, wie Tesseract sie nennt: eng, deu, eng+deu</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Looking at %1: %2 of %3</source>
        <translation>%1 wird angesehen: %2 von %3</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Files of the folder</source>
        <translation>Dateien des Ordners</translation>
    </message>
    <message>
        <source>Ignored files</source>
        <translation>Ausgelassene Dateien</translation>
    </message>
    <message>
        <source>Files that .gitignore names</source>
        <translation>Dateien, die .gitignore nennt</translation>
    </message>
    <message>
        <source>Lock files</source>
        <translation>Lock-Dateien</translation>
    </message>
    <message>
        <source>Vendored and built files</source>
        <translation>Fremde und erzeugte Dateien</translation>
    </message>
    <message>
        <source>Also take:</source>
        <translation>Auch aufnehmen:</translation>
    </message>
    <message>
        <source>Looking at what would be opened…</source>
        <translation>Was zu öffnen ist, wird angesehen …</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>etwa %1</translation>
    </message>
    <message>
        <source>%1 tokens: fits the context of %2</source>
        <translation>%1 Token: passt in den Kontext von %2</translation>
    </message>
    <message>
        <source>%1 tokens: needs the extended context of %2</source>
        <translation>%1 Token: braucht den erweiterten Kontext von %2</translation>
    </message>
    <message>
        <source>%1 tokens: too big for %2, which takes %3</source>
        <translation>%1 Token: zu groß für %2, das %3 aufnimmt</translation>
    </message>
    <message>
        <source>memory %1%2</source>
        <translation>Speicher %1%2</translation>
    </message>
    <message>
        <source> (more than is free now)</source>
        <translation> (mehr als jetzt frei ist)</translation>
    </message>
    <message>
        <source>disk %1 in the library</source>
        <translation>Platte %1 in der Bibliothek</translation>
    </message>
    <message>
        <source>%1 for what the model computes</source>
        <translation>%1 für das, was das Modell berechnet</translation>
    </message>
    <message>
        <source>%1 to take the text in</source>
        <translation>%1, um den Text aufzunehmen</translation>
    </message>
    <message>
        <source>%1 for the model to read it</source>
        <translation>%1, bis das Modell es gelesen hat</translation>
    </message>
    <message>
        <source>the model&apos;s time is known once it has read something on this computer</source>
        <translation>die Zeit des Modells ist bekannt, sobald es auf diesem Rechner etwas gelesen hat</translation>
    </message>
    <message>
        <source>Open %1 documents</source>
        <translation>%1 Dokumente öffnen</translation>
    </message>
    <message>
        <source>There is no text to ask about: the pages are pictures, or empty</source>
        <translation>Es gibt keinen Text, nach dem gefragt werden könnte: Die Seiten sind Bilder oder leer</translation>
    </message>
</context>
<context>
    <name>PrintJob</name>
    <message>
        <source>The printer or file cannot be written to.</source>
        <translation>Auf den Drucker oder in die Datei kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The printer took no further page.</source>
        <translation>Der Drucker nahm keine weitere Seite an.</translation>
    </message>
    <message>
        <source>Printing was cancelled.</source>
        <translation>Das Drucken wurde abgebrochen.</translation>
    </message>
</context>
<context>
    <name>Printing</name>
    <message>
        <source>Print</source>
        <translation>Drucken</translation>
    </message>
    <message>
        <source>Printing %1…</source>
        <translation>%1 wird gedruckt …</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The pages were sent to the printer.</source>
        <translation>Die Seiten wurden an den Drucker gesendet.</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>p. %1</source>
        <translation>S. %1</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>%1 M tokens</source>
        <translation>%1 M Token</translation>
    </message>
    <message>
        <source>%1 K tokens</source>
        <translation>%1 K Token</translation>
    </message>
    <message>
        <source>%1: %2 tokens, %3 of them trained</source>
        <translation>%1: %2 Token, davon %3 trainiert</translation>
    </message>
    <message>
        <source>(%1 tokens in the middle are not shown)</source>
        <translation>(%1 Token in der Mitte sind nicht gezeigt)</translation>
    </message>
    <message>
        <source>Adapter (PEFT layout)</source>
        <translation>Adapter (PEFT-Format)</translation>
    </message>
    <message>
        <source>Merged model, safetensors</source>
        <translation>Vereintes Modell, safetensors</translation>
    </message>
    <message>
        <source>Merged model, GGUF</source>
        <translation>Vereintes Modell, GGUF</translation>
    </message>
    <message>
        <source>not started</source>
        <translation>nicht gestartet</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>Zoom in to read single tokens</source>
        <translation>Vergrößern, um einzelne Token zu lesen</translation>
    </message>
</context>
<context>
    <name>ReaderCommands</name>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Page number or label (Ctrl+G)</source>
        <translation>Seitenzahl oder -bezeichnung (Strg+G)</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>There is no page “%1”.</source>
        <translation>Es gibt keine Seite „%1“.</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>(%1 of %2)</source>
        <translation>(%1 von %2)</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>ReaderTab</name>
    <message>
        <source>Opening %1…</source>
        <translation>Öffnet %1 …</translation>
    </message>
    <message>
        <source>%1 has changed on disk.</source>
        <translation>%1 hat sich auf der Platte geändert.</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>%1 is no longer where it was. What has been read of it stays usable.</source>
        <translation>%1 ist nicht mehr, wo es war. Was gelesen wurde, bleibt nutzbar.</translation>
    </message>
    <message>
        <source>%1 is protected by a password.</source>
        <translation>%1 ist durch ein Kennwort geschützt.</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Kennwort</translation>
    </message>
    <message>
        <source>That was not the password of %1. Password:</source>
        <translation>Das war nicht das Passwort von %1. Passwort:</translation>
    </message>
    <message>
        <source>Password of %1:</source>
        <translation>Kennwort von %1:</translation>
    </message>
    <message>
        <source>%1 needs its password to be shown.</source>
        <translation>%1 kann nur mit seinem Passwort gezeigt werden.</translation>
    </message>
    <message>
        <source>Enter password</source>
        <translation>Kennwort eingeben</translation>
    </message>
    <message>
        <source>%1+</source>
        <translation>%1+</translation>
    </message>
    <message>
        <source>%1 hits</source>
        <translation>%1 Treffer</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Nicht gefunden</translation>
    </message>
    <message>
        <source>searching page %1 of %2</source>
        <translation>sucht auf Seite %1 von %2</translation>
    </message>
    <message>
        <source>%1 of %2 pages are pictures without text: nothing on them can be found or asked about.</source>
        <translation>%1 von %2 Seiten sind Bilder ohne Text: Darin kann nichts gefunden oder erfragt werden.</translation>
    </message>
    <message>
        <source>Recognise text (OCR)</source>
        <translation>Text erkennen (OCR)</translation>
    </message>
    <message>
        <source>This link leads out of the document: %1</source>
        <translation>Dieser Verweis führt aus dem Dokument hinaus: %1</translation>
    </message>
    <message>
        <source>Open in the web browser</source>
        <translation>Im Browser öffnen</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Verweis kopieren</translation>
    </message>
    <message>
        <source>The index is ready when the document has been taken in</source>
        <translation>Das Verzeichnis ist bereit, wenn das Dokument aufgenommen ist</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Nothing yet</source>
        <translation>Noch nichts</translation>
    </message>
</context>
<context>
    <name>RegionTableModel</name>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Chapter</source>
        <translation>Kapitel</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Höchstwert</translation>
    </message>
    <message>
        <source>Peak in</source>
        <translation>Höchstwert in</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>ResumeIngest</name>
    <message>
        <source>Going on with %1, which was being taken in.</source>
        <translation>Die Aufnahme von %1 wird fortgesetzt.</translation>
    </message>
</context>
<context>
    <name>RetrievalGrid</name>
    <message>
        <source>Facts found, by context length and depth</source>
        <translation>Gefundene Fakten nach Kontextlänge und Tiefe</translation>
    </message>
    <message>
        <source>The table beside it holds the same numbers.</source>
        <translation>Die Tabelle daneben enthält dieselben Zahlen.</translation>
    </message>
    <message>
        <source>Nothing measured yet</source>
        <translation>Noch nichts gemessen</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>RetrievalTable</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>depth %1%</source>
        <translation>Tiefe %1 %</translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>The run is a process of its own: it goes on when this window or Lectern is closed, and is found again here.</source>
        <translation>Der Lauf ist ein eigener Prozess: Er geht weiter, wenn dieses Fenster oder Lectern geschlossen wird, und ist hier wiederzufinden.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Stop and Save</source>
        <translation>Anhalten und sichern</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>Gradientennorm</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>Token je Sekunde</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>Positionen</translation>
    </message>
    <message>
        <source>Steps done</source>
        <translation>Erledigte Schritte</translation>
    </message>
    <message>
        <source>Sample answers</source>
        <translation>Probeantworten</translation>
    </message>
    <message>
        <source>Sample answers appear at each checkpoint.</source>
        <translation>Probeantworten erscheinen bei jedem Sicherungspunkt.</translation>
    </message>
    <message>
        <source>What is this text about?</source>
        <translation>Wovon handelt dieser Text?</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Go On</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Ready to start.</source>
        <translation>Bereit zum Start.</translation>
    </message>
    <message>
        <source>%1 of %2 steps</source>
        <translation>%1 von %2 Schritten</translation>
    </message>
    <message>
        <source>The worker is starting…</source>
        <translation>Der Arbeitsprozess startet …</translation>
    </message>
    <message>
        <source>Running on %1: %2 s per step, %3 left.</source>
        <translation>Läuft auf %1: %2 s je Schritt, noch %3.</translation>
    </message>
    <message>
        <source>Writing the adapter…</source>
        <translation>Schreibt den Adapter …</translation>
    </message>
    <message>
        <source>Completed. The adapter is written and checked; compare it on the next page.</source>
        <translation>Fertig. Der Adapter ist geschrieben und geprüft; vergleichen Sie ihn auf der nächsten Seite.</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>Norm</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>Token/s</translation>
    </message>
    <message>
        <source>longest period</source>
        <translation>längste Periode</translation>
    </message>
    <message>
        <source>shortest</source>
        <translation>kürzeste</translation>
    </message>
    <message>
        <source>&lt;b&gt;Step %1.&lt;/b&gt; &lt;i&gt;%2&lt;/i&gt; %3</source>
        <translation>&lt;b&gt;Schritt %1.&lt;/b&gt; &lt;i&gt;%2&lt;/i&gt; %3</translation>
    </message>
</context>
<context>
    <name>ScopeBar</name>
    <message>
        <source>Asked of</source>
        <translation>Gefragt wird</translation>
    </message>
    <message>
        <source>Which part of the document question and answer may look at</source>
        <translation>Welchen Teil des Dokuments Frage und Antwort ansehen dürfen</translation>
    </message>
    <message>
        <source>Whole document</source>
        <translation>Ganzes Dokument</translation>
    </message>
    <message>
        <source>Section</source>
        <translation>Abschnitt</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>Auswahl</translation>
    </message>
    <message>
        <source>12 or 12-20</source>
        <translation>12 oder 12-20</translation>
    </message>
    <message>
        <source>nothing selected</source>
        <translation>nichts ausgewählt</translation>
    </message>
    <message>
        <source>“%1…”</source>
        <translation>„%1…“</translation>
    </message>
    <message>
        <source>“%1”</source>
        <translation>„%1“</translation>
    </message>
</context>
<context>
    <name>ScopeController</name>
    <message>
        <source>There is no page “%1” to ask about.</source>
        <translation>Es gibt keine Seite „%1“, zu der gefragt werden könnte.</translation>
    </message>
    <message>
        <source>Say which pages to ask about: one page, or two with a dash between.</source>
        <translation>Geben Sie die Seiten an: eine Seite oder zwei mit Bindestrich.</translation>
    </message>
    <message>
        <source>The pages run backwards: the first lies behind the last.</source>
        <translation>Die Seiten laufen rückwärts: Die erste liegt hinter der letzten.</translation>
    </message>
    <message>
        <source>Select some text in the document to ask about it.</source>
        <translation>Wählen Sie Text im Dokument aus, um dazu zu fragen.</translation>
    </message>
    <message>
        <source>the selection “%1”</source>
        <translation>die Auswahl „%1“</translation>
    </message>
    <message>
        <source>The document is still being taken in.</source>
        <translation>Das Dokument wird noch aufgenommen.</translation>
    </message>
    <message>
        <source>Choose a section to ask about.</source>
        <translation>Wählen Sie einen Abschnitt, zu dem gefragt wird.</translation>
    </message>
</context>
<context>
    <name>SearchHitModel</name>
    <message>
        <source>%1:%2</source>
        <translation>%1:%2</translation>
    </message>
    <message>
        <source>p. %1</source>
        <translation>S. %1</translation>
    </message>
</context>
<context>
    <name>SearchPanel</name>
    <message>
        <source>Search the document</source>
        <translation>Das Dokument durchsuchen</translation>
    </message>
    <message>
        <source>Search results</source>
        <translation>Suchergebnisse</translation>
    </message>
    <message>
        <source>Open a document to search it.</source>
        <translation>Öffnen Sie ein Dokument, um es zu durchsuchen.</translation>
    </message>
</context>
<context>
    <name>SettingChoice</name>
    <message>
        <source>As the desktop</source>
        <translation>Wie der Desktop</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Continuous</source>
        <translation>Fortlaufend</translation>
    </message>
    <message>
        <source>Single page</source>
        <translation>Einzelne Seite</translation>
    </message>
    <message>
        <source>Facing pages</source>
        <translation>Doppelseiten</translation>
    </message>
    <message>
        <source>Fit width</source>
        <translation>Breite einpassen</translation>
    </message>
    <message>
        <source>Fit page</source>
        <translation>Seite einpassen</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>Originalgröße</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>Prozessor (CPU)</translation>
    </message>
    <message>
        <source>Graphics card (CUDA)</source>
        <translation>Grafikkarte (CUDA)</translation>
    </message>
    <message>
        <source>As the model’s profile says</source>
        <translation>Wie im Profil des Modells</translation>
    </message>
    <message>
        <source>Dense (everything)</source>
        <translation>Dicht (alles)</translation>
    </message>
    <message>
        <source>Merged selection in blocks (ms_prefill)</source>
        <translation>Zusammengeführte Auswahl in Blöcken (ms_prefill)</translation>
    </message>
    <message>
        <source>Selection per token (ms_decode)</source>
        <translation>Auswahl je Token (ms_decode)</translation>
    </message>
    <message>
        <source>Mean of the keys</source>
        <translation>Mittel der Schlüssel</translation>
    </message>
    <message>
        <source>Upper bound of the keys</source>
        <translation>Obere Schranke der Schlüssel</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>The one that comes with Lectern</source>
        <translation>Das mitgelieferte</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Models (*.gguf config.json);;All files (*)</source>
        <translation>Modelle (*.gguf config.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>Hinzufügen …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>Colours of the window.</source>
        <translation>Farben des Fensters.</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Used from the next start on.</source>
        <translation>Gilt ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>Reopen documents</source>
        <translation>Dokumente wieder öffnen</translation>
    </message>
    <message>
        <source>Open the documents of the last time again at start.</source>
        <translation>Beim Start die Dokumente vom letzten Mal wieder öffnen.</translation>
    </message>
    <message>
        <source>Tour seen</source>
        <translation>Tour gesehen</translation>
    </message>
    <message>
        <source>The first-run tour is not shown again.</source>
        <translation>Die Tour für den ersten Start wird nicht noch einmal gezeigt.</translation>
    </message>
    <message>
        <source>Page layout</source>
        <translation>Seitenanordnung</translation>
    </message>
    <message>
        <source>How pages follow each other.</source>
        <translation>Wie die Seiten aufeinander folgen.</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Zoom of a document opened the first time.</source>
        <translation>Vergrößerung eines zum ersten Mal geöffneten Dokuments.</translation>
    </message>
    <message>
        <source>Dark pages</source>
        <translation>Dunkle Seiten</translation>
    </message>
    <message>
        <source>Invert the lightness of pages; pictures keep their colours.</source>
        <translation>Die Helligkeit der Seiten umkehren; Bilder behalten ihre Farben.</translation>
    </message>
    <message>
        <source>Remember position</source>
        <translation>Stelle merken</translation>
    </message>
    <message>
        <source>Open documents where they were left.</source>
        <translation>Dokumente dort öffnen, wo sie verlassen wurden.</translation>
    </message>
    <message>
        <source>Language of scans</source>
        <translation>Sprache der Scans</translation>
    </message>
    <message>
        <source>Language of text recognition as Tesseract names it: eng, deu, eng+deu.</source>
        <translation>Sprache der Texterkennung, wie Tesseract sie nennt: eng, deu, eng+deu.</translation>
    </message>
    <message>
        <source>Page cache (MiB)</source>
        <translation>Seitenspeicher (MiB)</translation>
    </message>
    <message>
        <source>Memory for pages that were drawn.</source>
        <translation>Speicher für gezeichnete Seiten.</translation>
    </message>
    <message>
        <source>Code font (points)</source>
        <translation>Schrift für Quelltext (Punkt)</translation>
    </message>
    <message>
        <source>Size of source files and plain text.</source>
        <translation>Größe von Quelltext und reinem Text.</translation>
    </message>
    <message>
        <source>Model folders</source>
        <translation>Modellordner</translation>
    </message>
    <message>
        <source>Folders that are searched for models; nothing is copied.</source>
        <translation>Ordner, in denen Modelle gesucht werden; nichts wird kopiert.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>The model that answers; empty for the one that comes with Lectern.</source>
        <translation>Das Modell, das antwortet; leer für das mitgelieferte.</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>A tuned adapter that is applied to the model; empty for none.</source>
        <translation>Ein angepasster Adapter für das Modell; leer für keinen.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Where the model runs.</source>
        <translation>Wo das Modell läuft.</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Processor threads of the model; 0 uses all cores.</source>
        <translation>Prozessor-Threads des Modells; 0 benutzt alle Kerne.</translation>
    </message>
    <message>
        <source>Cache format</source>
        <translation>Cache-Format</translation>
    </message>
    <message>
        <source>Number format of cached keys and values; smaller formats hold longer documents.</source>
        <translation>Zahlenformat der gespeicherten Schlüssel und Werte; kleinere Formate fassen längere Dokumente.</translation>
    </message>
    <message>
        <source>Memory limit (GiB)</source>
        <translation>Speichergrenze (GiB)</translation>
    </message>
    <message>
        <source>The most memory that a document&apos;s cache may take, the rest lies in a temporary file; 0 leaves it to what is free.</source>
        <translation>So viel Speicher darf der Cache eines Dokuments höchstens belegen, der Rest liegt in einer temporären Datei; 0 richtet sich nach dem, was frei ist.</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>How documents are read; the model&apos;s profile knows what suits it.</source>
        <translation>Wie Dokumente gelesen werden; das Profil des Modells weiß, was passt.</translation>
    </message>
    <message>
        <source>Budget (tokens)</source>
        <translation>Budget (Token)</translation>
    </message>
    <message>
        <source>Tokens that each step attends to; 0 takes the profile&apos;s value.</source>
        <translation>Token, die jeder Schritt ansieht; 0 nimmt den Wert des Profils.</translation>
    </message>
    <message>
        <source>Scorer</source>
        <translation>Bewertung</translation>
    </message>
    <message>
        <source>How regions are ranked for an answer.</source>
        <translation>Wie Bereiche für eine Antwort gereiht werden.</translation>
    </message>
    <message>
        <source>Record selections</source>
        <translation>Auswahl aufzeichnen</translation>
    </message>
    <message>
        <source>Keep what each answer looked at, for the attention map.</source>
        <translation>Aufbewahren, was jede Antwort ansah, für die Aufmerksamkeitskarte.</translation>
    </message>
    <message>
        <source>Longest answer (tokens)</source>
        <translation>Längste Antwort (Token)</translation>
    </message>
    <message>
        <source>An answer ends there at the latest.</source>
        <translation>Spätestens dort endet eine Antwort.</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word.</source>
        <translation>0 nimmt immer das wahrscheinlichste Wort.</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top k</translation>
    </message>
    <message>
        <source>Words to choose from at each step; 0 for all.</source>
        <translation>Wörter, aus denen in jedem Schritt gewählt wird; 0 für alle.</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Share of probability to choose from at each step.</source>
        <translation>Anteil der Wahrscheinlichkeit, aus dem in jedem Schritt gewählt wird.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Equal seeds give equal answers.</source>
        <translation>Gleiche Startwerte geben gleiche Antworten.</translation>
    </message>
    <message>
        <source>Keep read documents</source>
        <translation>Gelesene Dokumente aufbewahren</translation>
    </message>
    <message>
        <source>Keep what the model computed for a document, so that it opens at once the next time.</source>
        <translation>Aufbewahren, was das Modell zu einem Dokument berechnet hat, damit es beim nächsten Mal sofort öffnet.</translation>
    </message>
    <message>
        <source>Space for read documents (GiB)</source>
        <translation>Platz für gelesene Dokumente (GiB)</translation>
    </message>
    <message>
        <source>The oldest are deleted beyond this.</source>
        <translation>Darüber hinaus werden die ältesten gelöscht.</translation>
    </message>
    <message>
        <source>Keep text of encrypted documents</source>
        <translation>Text verschlüsselter Dokumente aufbewahren</translation>
    </message>
    <message>
        <source>Off: documents that need a password open in a window of their own, of which nothing is left on disk.</source>
        <translation>Aus: Dokumente mit Passwort öffnen sich in einem eigenen Fenster, von dem nichts auf der Platte bleibt.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Restore Defaults of This Page</source>
        <translation>Vorgaben dieser Seite</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>Einstellungen suchen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Model and Memory</source>
        <translation>Modell und Speicher</translation>
    </message>
    <message>
        <source>Changes of the model take effect when a document is read next.</source>
        <translation>Änderungen am Modell wirken, wenn das nächste Dokument gelesen wird.</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Ablage</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Choose an action, then press its new keys.</source>
        <translation>Wählen Sie eine Aktion und drücken Sie ihre neuen Tasten.</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>Privatsphäre</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;Lectern does not use the network.&lt;/b&gt; No process of it opens an internet connection: no telemetry, no updates, no model download. Documents, questions and answers stay on this computer.&lt;/p&gt;&lt;p&gt;The library lies in a file that only you may read (mode 0600). What is kept, and how to clear it, is on the page &lt;i&gt;Storage&lt;/i&gt;; for documents that need a password you can keep nothing at all there.&lt;/p&gt;&lt;p&gt;PDF files are opened in a separate process without access to the network or to other files, so that a harmful file reaches nothing.&lt;/p&gt;&lt;p&gt;Models are read from folders that you name; nothing of them is sent anywhere or run as a program.&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;Lectern nutzt kein Netz.&lt;/b&gt; Keiner seiner Prozesse öffnet eine Internetverbindung: keine Telemetrie, keine Aktualisierungen, kein Herunterladen von Modellen. Dokumente, Fragen und Antworten bleiben auf diesem Rechner.&lt;/p&gt;&lt;p&gt;Die Bibliothek liegt in einer Datei, die nur Sie lesen dürfen (Modus 0600). Was aufbewahrt wird und wie man es leert, steht auf der Seite &lt;i&gt;Ablage&lt;/i&gt;; von Dokumenten mit Passwort lässt sich dort auch gar nichts aufbewahren.&lt;/p&gt;&lt;p&gt;PDF-Dateien werden in einem eigenen Prozess ohne Zugang zum Netz und zu anderen Dateien geöffnet, damit eine schädliche Datei nichts erreicht.&lt;/p&gt;&lt;p&gt;Modelle werden aus Ordnern gelesen, die Sie nennen; nichts davon wird versendet oder als Programm ausgeführt.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>No setting has “%1”.</source>
        <translation>Keine Einstellung enthält „%1“.</translation>
    </message>
</context>
<context>
    <name>ShortcutsPage</name>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>Neue Tasten</translation>
    </message>
    <message>
        <source>New keys:</source>
        <translation>Neue Tasten:</translation>
    </message>
    <message>
        <source>%1 belongs to “%2”.</source>
        <translation>%1 gehört zu „%2“.</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Open Files…</source>
        <translation>Dateien öffnen …</translation>
    </message>
    <message>
        <source>Open Folder…</source>
        <translation>Ordner öffnen …</translation>
    </message>
    <message>
        <source>Open the Sample Document</source>
        <translation>Beispieldokument öffnen</translation>
    </message>
    <message>
        <source>Recent documents</source>
        <translation>Zuletzt geöffnete Dokumente</translation>
    </message>
    <message>
        <source>Start page</source>
        <translation>Startseite</translation>
    </message>
    <message>
        <source>Lectern</source>
        <translation>Lectern</translation>
    </message>
    <message>
        <source>Open one long document and ask. The whole text is in the model’s context, and every answer shows the pages it came from. Everything stays on this computer.</source>
        <translation>Öffnen Sie ein langes Dokument und fragen Sie. Der ganze Text liegt im Kontext des Modells, und jede Antwort zeigt die Seiten, von denen sie stammt. Alles bleibt auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Drop files or folders here</source>
        <translation>Dateien oder Ordner hier ablegen</translation>
    </message>
    <message>
        <source>A short handbook of an invented group of islands; it works at once.</source>
        <translation>Ein kurzes Handbuch erfundener Inseln; es geht sofort.</translation>
    </message>
    <message>
        <source>Let go to open</source>
        <translation>Loslassen zum Öffnen</translation>
    </message>
    <message>
        <source>Drop PDFs, texts, source folders here</source>
        <translation>PDFs, Texte oder Quellordner hier ablegen</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>What is running</source>
        <translation>Was läuft</translation>
    </message>
    <message>
        <source>Memory that Lectern uses</source>
        <translation>Speicher, den Lectern belegt</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>Kein Modell</translation>
    </message>
    <message>
        <source>Model not loaded</source>
        <translation>Modell nicht geladen</translation>
    </message>
    <message>
        <source>The model is loaded when a document is opened.</source>
        <translation>Das Modell wird geladen, wenn ein Dokument geöffnet wird.</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%1 auf %2</translation>
    </message>
    <message>
        <source>Trained on %1 tokens, reads up to %2. Weights %3, %4 per 1,000 tokens of context.</source>
        <translation>Trainiert mit %1 Token, liest bis zu %2. Gewichte %3, %4 je 1.000 Token Kontext.</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Text of documents, conversations and their traces.</source>
        <translation>Text der Dokumente, Gespräche und deren Spuren.</translation>
    </message>
    <message>
        <source>Saved contexts</source>
        <translation>Gespeicherte Kontexte</translation>
    </message>
    <message>
        <source>What models computed for documents, so that they open at once.</source>
        <translation>Was Modelle zu Dokumenten berechnet haben, damit sie sofort offen sind.</translation>
    </message>
    <message>
        <source>Models cache</source>
        <translation>Modell-Zwischenspeicher</translation>
    </message>
    <message>
        <source>Checksums of models; computed again when needed.</source>
        <translation>Prüfsummen von Modellen; bei Bedarf werden sie neu berechnet.</translation>
    </message>
    <message>
        <source>Training runs</source>
        <translation>Trainingsläufe</translation>
    </message>
    <message>
        <source>Checkpoints and adapters; runs are deleted in the list of runs.</source>
        <translation>Zwischenstände und Adapter; Läufe werden in der Liste der Läufe gelöscht.</translation>
    </message>
    <message>
        <source>Remove every document from the library?</source>
        <translation>Alle Dokumente aus der Bibliothek entfernen?</translation>
    </message>
    <message>
        <source>All conversations and saved contexts go with them. The files themselves stay where they are.</source>
        <translation>Alle Gespräche und gespeicherten Kontexte gehen mit. Die Dateien selbst bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Forget all saved contexts?</source>
        <translation>Alle gespeicherten Kontexte vergessen?</translation>
    </message>
    <message>
        <source>Documents are read by the model again before the next question.</source>
        <translation>Vor der nächsten Frage liest das Modell die Dokumente noch einmal.</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>wird gemessen …</translation>
    </message>
    <message>
        <source>Clear…</source>
        <translation>Leeren …</translation>
    </message>
    <message>
        <source>Size of %1</source>
        <translation>Größe von %1</translation>
    </message>
    <message>
        <source>Clear %1</source>
        <translation>%1 leeren</translation>
    </message>
    <message>
        <source>%1 are free on this disk. Everything lies in %2.</source>
        <translation>%1 sind auf dieser Platte frei. Alles liegt in %2.</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>%1 (contexts: %2)</source>
        <translation>%1 (Kontexte: %2)</translation>
    </message>
</context>
<context>
    <name>SymbolOutline</name>
    <message>
        <source>Functions and classes are listed here once the package universal-ctags is installed.</source>
        <translation>Funktionen und Klassen stehen hier, sobald das Paket universal-ctags installiert ist.</translation>
    </message>
</context>
<context>
    <name>TextView</name>
    <message>
        <source>line %1</source>
        <translation>Zeile %1</translation>
    </message>
    <message>
        <source>%1, line %2</source>
        <translation>%1, Zeile %2</translation>
    </message>
    <message>
        <source>%1, link: %2</source>
        <translation>%1, Link: %2</translation>
    </message>
</context>
<context>
    <name>ThumbnailModel</name>
    <message>
        <source>Page %1 of %2</source>
        <translation>Seite %1 von %2</translation>
    </message>
</context>
<context>
    <name>ThumbnailsPanel</name>
    <message>
        <source>Thumbnails of the pages</source>
        <translation>Miniaturen der Seiten</translation>
    </message>
    <message>
        <source>Small pages of a PDF appear here.</source>
        <translation>Hier erscheinen verkleinerte Seiten eines PDFs.</translation>
    </message>
    <message>
        <source>This document has no pages to show small.</source>
        <translation>Dieses Dokument hat keine Seiten, die sich verkleinern ließen.</translation>
    </message>
</context>
<context>
    <name>TogetherDialog</name>
    <message>
        <source>Ask together with</source>
        <translation>Zusammen fragen mit</translation>
    </message>
    <message>
        <source>The chosen documents stand in the context behind the one in front; an answer may come from any of them.</source>
        <translation>Die gewählten Dokumente stehen im Kontext hinter dem vorderen; eine Antwort kann aus jedem von ihnen kommen.</translation>
    </message>
    <message>
        <source>Documents of the library</source>
        <translation>Dokumente der Bibliothek</translation>
    </message>
</context>
<context>
    <name>TokenTreeModel</name>
    <message>
        <source>%1 of %2 files</source>
        <translation>%1 von %2 Dateien</translation>
    </message>
    <message>
        <source>ignored by .gitignore</source>
        <translation>durch .gitignore ausgelassen</translation>
    </message>
    <message>
        <source>lock file</source>
        <translation>Lock-Datei</translation>
    </message>
    <message>
        <source>vendored or built</source>
        <translation>fremd oder erzeugt</translation>
    </message>
    <message>
        <source>no text</source>
        <translation>kein Text</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>zu groß</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>etwa %1</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>End the tour</source>
        <translation>Rundgang beenden</translation>
    </message>
    <message>
        <source>Tour</source>
        <translation>Rundgang</translation>
    </message>
    <message>
        <source>1 of 3: open a document</source>
        <translation>1 von 3: ein Dokument öffnen</translation>
    </message>
    <message>
        <source>Drop a file or a folder on this window, or begin with the handbook that comes with Lectern. You can read at once; its text is taken in meanwhile.</source>
        <translation>Ziehen Sie eine Datei oder einen Ordner auf dieses Fenster, oder beginnen Sie mit dem mitgelieferten Handbuch. Sie können sofort lesen; der Text wird währenddessen aufgenommen.</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>2 of 3: ask</source>
        <translation>2 von 3: fragen</translation>
    </message>
    <message>
        <source>Type a question on the right and press Return. The model reads the whole document first, once; how long that takes stands above the question.</source>
        <translation>Schreiben Sie rechts eine Frage und drücken Sie die Eingabetaste. Das Modell liest zuerst einmal das ganze Dokument; wie lange das dauert, steht über der Frage.</translation>
    </message>
    <message>
        <source>Ask for me</source>
        <translation>Für mich fragen</translation>
    </message>
    <message>
        <source>3 of 3: check the answer</source>
        <translation>3 von 3: die Antwort prüfen</translation>
    </message>
    <message>
        <source>The numbers behind each sentence lead to the passages that the model looked at. The shield below the answer verifies whether it needed them.</source>
        <translation>Die Zahlen hinter jedem Satz führen zu den Stellen, die das Modell angesehen hat. Der Schild unter der Antwort prüft, ob es sie gebraucht hat.</translation>
    </message>
    <message>
        <source>Follow the first number</source>
        <translation>Der ersten Zahl folgen</translation>
    </message>
    <message>
        <source>That is all</source>
        <translation>Das ist alles</translation>
    </message>
    <message>
        <source>Ctrl+Shift+P finds every command by its name. The tour is in the Help menu.</source>
        <translation>Strg+Umschalt+P findet jeden Befehl nach Namen. Der Rundgang steht im Menü Hilfe.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>TrainingWizard</name>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Tune a Model</source>
        <translation>Modell anpassen</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <translation>%1. %2</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>The run is at work.</source>
        <translation>Der Lauf arbeitet.</translation>
    </message>
    <message>
        <source>It can go on by itself; you find it again in the list of runs.</source>
        <translation>Er kann allein weiterlaufen; Sie finden ihn in der Liste der Läufe wieder.</translation>
    </message>
    <message>
        <source>Let It Go On</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Stop and Save</source>
        <translation>Anhalten und sichern</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
</context>
<context>
    <name>TurnCard</name>
    <message>
        <source>Previous answer</source>
        <translation>Vorige Antwort</translation>
    </message>
    <message>
        <source>Next answer</source>
        <translation>Nächste Antwort</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>Antwort kopieren</translation>
    </message>
    <message>
        <source>Answer again; both answers are kept</source>
        <translation>Noch einmal antworten; beide bleiben</translation>
    </message>
    <message>
        <source>Show in the attention map</source>
        <translation>In der Aufmerksamkeitskarte zeigen</translation>
    </message>
    <message>
        <source>Stopped; this is what there was. %1</source>
        <translation>Angehalten; so weit war sie. %1</translation>
    </message>
    <message>
        <source>Cut off at the longest answer. %1</source>
        <translation>Bei der größten Antwortlänge abgeschnitten. %1</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Schreibt …</translation>
    </message>
    <message>
        <source>No part of the document stood out for this answer. %1</source>
        <translation>Für diese Antwort stach kein Teil des Dokuments hervor. %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 verified ✓</source>
        <translation>%1 geprüft ✓</translation>
    </message>
    <message>
        <source>%1 unsupported (?)</source>
        <translation>%1 nicht gestützt (?)</translation>
    </message>
    <message>
        <source>%1 only selected</source>
        <translation>%1 nur ausgewählt</translation>
    </message>
    <message>
        <source>Sentences: %1</source>
        <translation>Sätze: %1</translation>
    </message>
    <message>
        <source>Asked of %1 only.</source>
        <translation>Nur zu %1 gefragt.</translation>
    </message>
    <message>
        <source>Verifying: each sentence is scored with and without its passages…</source>
        <translation>Prüfung: Jeder Satz wird mit und ohne seine Stellen bewertet …</translation>
    </message>
    <message>
        <source>Verify: score each sentence with and without the passages it was read from</source>
        <translation>Prüfen: jeden Satz mit und ohne die Stellen bewerten, aus denen er stammt</translation>
    </message>
    <message>
        <source>What this answer never looked at</source>
        <translation>Was diese Antwort nie angesehen hat</translation>
    </message>
    <message>
        <source>Edit the question and ask again</source>
        <translation>Die Frage bearbeiten und noch einmal stellen</translation>
    </message>
    <message>
        <source>Not answered yet.</source>
        <translation>Noch nicht beantwortet.</translation>
    </message>
</context>
</TS>
