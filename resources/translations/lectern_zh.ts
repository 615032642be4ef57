<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutDialog</name>
    <message>
        <source>this program</source>
        <translation>本程序</translation>
    </message>
    <message>
        <source>the model that comes with it</source>
        <translation>随附的模型</translation>
    </message>
    <message>
        <source>the sample document</source>
        <translation>示例文档</translation>
    </message>
    <message>
        <source>windows</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>PDF files</source>
        <translation>PDF 文件</translation>
    </message>
    <message>
        <source>HTML, EPUB, DOCX and ODT files</source>
        <translation>HTML、EPUB、DOCX 和 ODT 文件</translation>
    </message>
    <message>
        <source>EPUB, DOCX and ODT files</source>
        <translation>EPUB、DOCX 和 ODT 文件</translation>
    </message>
    <message>
        <source>text in scans</source>
        <translation>扫描件中的文字</translation>
    </message>
    <message>
        <source>encodings of text files</source>
        <translation>文本文件的编码</translation>
    </message>
    <message>
        <source>rules of what to ignore</source>
        <translation>忽略规则</translation>
    </message>
    <message>
        <source>the library and its index</source>
        <translation>文档库及其索引</translation>
    </message>
    <message>
        <source>compression</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>vector instructions</source>
        <translation>向量指令</translation>
    </message>
    <message>
        <source>matrix products</source>
        <translation>矩阵乘法</translation>
    </message>
    <message>
        <source>JSON files</source>
        <translation>JSON 文件</translation>
    </message>
    <message>
        <source>command lines</source>
        <translation>命令行</translation>
    </message>
    <message>
        <source>Parts and their licences</source>
        <translation>组成部分及其许可证</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>组成部分</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Used for</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>许可证文本</translation>
    </message>
    <message>
        <source>About Lectern</source>
        <translation>关于 Lectern</translation>
    </message>
    <message>
        <source>&lt;h2&gt;Lectern %1&lt;/h2&gt;&lt;p&gt;Read and question documents longer than any chat window. The whole document is in the model&apos;s context; every answer can be checked.&lt;/p&gt;&lt;p&gt;Everything stays on this computer: Lectern uses no network.&lt;/p&gt;&lt;p&gt;Lectern is free software: you may pass it on and change it under the GNU General Public License, version 3 or later. It comes without any warranty.&lt;/p&gt;</source>
        <translation>&lt;h2&gt;Lectern %1&lt;/h2&gt;&lt;p&gt;阅读并提问比任何聊天窗口都长的文档。整个文档都在模型的上下文中；每个回答都可以核对。&lt;/p&gt;&lt;p&gt;一切都留在这台计算机上：Lectern 不使用网络。&lt;/p&gt;&lt;p&gt;Lectern 是自由软件：您可以依照 GNU 通用公共许可证第 3 版或更新版本传播和修改它。它不附带任何担保。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Parts and licences</source>
        <translation>组成部分与许可证</translation>
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
        <translation>%1 至 %2</translation>
    </message>
</context>
<context>
    <name>AnswerSearch</name>
    <message>
        <source>Search past questions and answers</source>
        <translation>搜索以前的问题和回答</translation>
    </message>
    <message>
        <source>Words of a question or an answer</source>
        <translation>问题或回答中的词</translation>
    </message>
    <message>
        <source>Questions and answers found</source>
        <translation>找到的问题和回答</translation>
    </message>
    <message>
        <source>Nothing was asked or answered with these words.</source>
        <translation>没有含这些词的问题或回答。</translation>
    </message>
    <message>
        <source>Found: %1</source>
        <translation>找到：%1</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>%1 in “%2”, %3</source>
        <translation>%1，见“%2”，%3</translation>
    </message>
</context>
<context>
    <name>AnswerTokenModel</name>
    <message>
        <source>Answer token %1: “%2”</source>
        <translation>回答词元 %1：“%2”</translation>
    </message>
</context>
<context>
    <name>AnswerView</name>
    <message>
        <source>%1 % of this sentence&apos;s attention</source>
        <translation>占此句注意力的 %1 %</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
</context>
<context>
    <name>AskController</name>
    <message>
        <source>Answering…</source>
        <translation>正在回答…</translation>
    </message>
    <message>
        <source>This does not fit: the question has %1 tokens and the reply may take %2, but only %3 of %4 are free.</source>
        <translation>放不下：问题有 %1 个词元，回答最多 %2 个，但 %4 个中只剩 %3 个。</translation>
    </message>
    <message>
        <source>Turn Follow-up off to leave the conversation out.</source>
        <translation>关闭“追问”即可不带上对话。</translation>
    </message>
</context>
<context>
    <name>AskPanel</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Conversations about this document</source>
        <translation>关于此文档的对话</translation>
    </message>
    <message>
        <source>Follow-up</source>
        <translation>追问</translation>
    </message>
    <message>
        <source>Follow-up: keep earlier questions and answers in the context</source>
        <translation>追问：在上下文中保留之前的问答</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Read document</source>
        <translation>阅读文档</translation>
    </message>
    <message>
        <source>Let the model read the whole document, so that it can be asked about</source>
        <translation>让模型读完整个文档，之后即可提问</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Ask about this document</source>
        <translation>就此文档提问</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Ask (Return)</source>
        <translation>提问（回车）</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Open a document to ask about it.

The whole document goes into the model&apos;s context, and every answer shows the pages it came from.</source>
        <translation>打开文档即可提问。

整个文档都会放进模型的上下文，每个回答都标明出自哪些页面。</translation>
    </message>
    <message>
        <source>The model has read the whole document.

Ask a question; the numbers behind each sentence lead to the pages it was read from.</source>
        <translation>模型已读完整个文档。

请提问；每句话后面的编号会带您到它所依据的页面。</translation>
    </message>
    <message>
        <source>Questions and answers about this document appear here.</source>
        <translation>关于此文档的问答显示在这里。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Search past questions and answers</source>
        <translation>搜索以前的问题和回答</translation>
    </message>
    <message>
        <source>Export this conversation</source>
        <translation>导出此对话</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Keep what has been read; it goes on from there, also another day</source>
        <translation>保留已读的部分；以后（哪怕改天）从那里继续</translation>
    </message>
</context>
<context>
    <name>AttentionController</name>
    <message>
        <source>%1 (answer %2)</source>
        <translation>%1（回答 %2）</translation>
    </message>
</context>
<context>
    <name>AttentionMap</name>
    <message>
        <source>Answer token %1 “%2”</source>
        <translation>回答词元 %1“%2”</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>第 %1 层</translation>
    </message>
    <message>
        <source>Layer %1, head group %2</source>
        <translation>第 %1 层，头组 %2</translation>
    </message>
    <message>
        <source>%1, other answer</source>
        <translation>%1，另一个回答</translation>
    </message>
    <message>
        <source>tokens %1–%2</source>
        <translation>词元 %1–%2</translation>
    </message>
    <message>
        <source> (conversation)</source>
        <translation>（对话）</translation>
    </message>
    <message>
        <source>, page %1</source>
        <translation>，第 %1 页</translation>
    </message>
    <message>
        <source>, pages %1–%2</source>
        <translation>，第 %1–%2 页</translation>
    </message>
    <message>
        <source>nothing selected here</source>
        <translation>此处没有选中任何内容</translation>
    </message>
    <message>
        <source>%1 of %2 regions selected, at most </source>
        <translation>选中 %2 个区域中的 %1 个，最多 </translation>
    </message>
    <message>
        <source>merged into %1 of %2 blocks</source>
        <translation>合并到 %2 个块中的 %1 个</translation>
    </message>
    <message>
        <source>%1 % of the attention</source>
        <translation>%1 % 的注意力</translation>
    </message>
    <message>
        <source>score %1</source>
        <translation>得分 %1</translation>
    </message>
    <message>
        <source>%1 blocks, %2</source>
        <translation>%1 个块，%2</translation>
    </message>
    <message>
        <source>Block %1, %2: saw everything before it</source>
        <translation>块 %1，%2：看到其之前的全部内容</translation>
    </message>
    <message>
        <source>Block %1, %2: the choices of %3 regions merged into one shared set</source>
        <translation>块 %1，%2：%3 个区域的选择合并为一个共享集合</translation>
    </message>
    <message>
        <source>%1 regions here belong to the set of block %2</source>
        <translation>此处有 %1 个区域属于块 %2 的集合</translation>
    </message>
    <message>
        <source>In the set of block %1, nominated by %2</source>
        <translation>在块 %1 的集合中，由 %2 提名</translation>
    </message>
    <message>
        <source>token %1 of the region %2–%3</source>
        <translation>第 %1 个词元（区域 %2–%3）</translation>
    </message>
    <message>
        <source>“%1”, %2</source>
        <translation>“%1”，%2</translation>
    </message>
</context>
<context>
    <name>AttentionPanel</name>
    <message>
        <source>The %1 strongest of %2 selected regions</source>
        <translation>%2 个选中区域中最强的 %1 个</translation>
    </message>
    <message>
        <source>%1 selected regions</source>
        <translation>%1 个选中区域</translation>
    </message>
    <message numerus="yes">
        <source>Block %1, %2: %n merged regions</source>
        <translation>
            <numerusform>块 %1，%2：%n 个合并区域</numerusform>
        </translation>
    </message>
    <message>
        <source>Ask a question to see which regions of the document each word of the answer looked at.</source>
        <translation>提问后可以看到回答的每个词看了文档的哪些区域。</translation>
    </message>
    <message>
        <source>Once the model has read a document, this map shows which regions it kept, and which it merged into shared sets.
Short documents are seen whole: nothing is selected.</source>
        <translation>模型读过文档后，此图显示它保留了哪些区域、把哪些合并为共享集合。
短文档会被完整看到，不作选择。</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>已保存 %1</translation>
    </message>
    <message>
        <source>Export picture</source>
        <translation>导出图片</translation>
    </message>
    <message>
        <source>Export visible values</source>
        <translation>导出可见数值</translation>
    </message>
    <message>
        <source>PNG picture (*.png)</source>
        <translation>PNG 图片 (*.png)</translation>
    </message>
    <message>
        <source>Comma-separated values (*.csv)</source>
        <translation>逗号分隔值 (*.csv)</translation>
    </message>
    <message>
        <source>Document layer</source>
        <translation>文档层</translation>
    </message>
    <message>
        <source>What prefill kept and merged while it read the document</source>
        <translation>预读文档时保留和合并的内容</translation>
    </message>
    <message>
        <source>Answer layer</source>
        <translation>回答层</translation>
    </message>
    <message>
        <source>What each word of the answer looked at</source>
        <translation>回答的每个词看了哪里</translation>
    </message>
    <message>
        <source>Hide sink</source>
        <translation>隐藏汇点</translation>
    </message>
    <message>
        <source>Leave out the first region, which is always kept</source>
        <translation>略去始终保留的第一个区域</translation>
    </message>
    <message>
        <source>Hide local window</source>
        <translation>隐藏局部窗口</translation>
    </message>
    <message>
        <source>Leave out the regions just before each block or token, which are always kept</source>
        <translation>略去每个块或词元之前始终保留的区域</translation>
    </message>
    <message>
        <source>Normalise rows</source>
        <translation>按行归一化</translation>
    </message>
    <message>
        <source>Colour each row by its own largest value</source>
        <translation>每行按自身最大值着色</translation>
    </message>
    <message>
        <source>Show as table</source>
        <translation>以表格显示</translation>
    </message>
    <message>
        <source>Zoom map in</source>
        <translation>放大图</translation>
    </message>
    <message>
        <source>Zoom map out</source>
        <translation>缩小图</translation>
    </message>
    <message>
        <source>Show whole document in map</source>
        <translation>在图中显示整个文档</translation>
    </message>
    <message>
        <source>Export map as PNG…</source>
        <translation>将图导出为 PNG…</translation>
    </message>
    <message>
        <source>Export map as CSV…</source>
        <translation>将图导出为 CSV…</translation>
    </message>
    <message>
        <source>Attention map</source>
        <translation>注意力图</translation>
    </message>
    <message>
        <source>Rows of the map</source>
        <translation>图的行</translation>
    </message>
    <message>
        <source>Head groups</source>
        <translation>头组</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Answer tokens</source>
        <translation>回答词元</translation>
    </message>
    <message>
        <source>Measure of the answer layer</source>
        <translation>回答层的度量</translation>
    </message>
    <message>
        <source>Attention mass</source>
        <translation>注意力质量</translation>
    </message>
    <message>
        <source>Selection score</source>
        <translation>选择得分</translation>
    </message>
    <message>
        <source>Value where several regions share a pixel</source>
        <translation>多个区域共用一个像素时的取值</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>峰值</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Words of the answer; choose some to see what they looked at</source>
        <translation>回答的词；选择一些可查看它们看了哪里</translation>
    </message>
    <message>
        <source>Choose words of the answer to see what they looked at</source>
        <translation>选择回答中的词，查看它们看了哪里</translation>
    </message>
    <message>
        <source>Selected regions</source>
        <translation>选中区域</translation>
    </message>
    <message>
        <source>Merged regions of the chosen block</source>
        <translation>所选块的合并区域</translation>
    </message>
    <message>
        <source>What is under the pointer</source>
        <translation>指针所指内容</translation>
    </message>
    <message>
        <source>Take this filter away</source>
        <translation>移除此筛选</translation>
    </message>
    <message>
        <source>%1: take this filter away</source>
        <translation>%1：移除此筛选</translation>
    </message>
    <message>
        <source>sink hidden</source>
        <translation>已隐藏汇点</translation>
    </message>
    <message>
        <source>local window hidden</source>
        <translation>已隐藏局部窗口</translation>
    </message>
    <message>
        <source>words of the answer: %1</source>
        <translation>回答中的词：%1</translation>
    </message>
    <message>
        <source>compared</source>
        <translation>已比较</translation>
    </message>
    <message>
        <source>SVG drawing (*.svg)</source>
        <translation>SVG 图形 (*.svg)</translation>
    </message>
    <message>
        <source>No comparison</source>
        <translation>不比较</translation>
    </message>
    <message>
        <source>Export map as SVG…</source>
        <translation>将图导出为 SVG…</translation>
    </message>
    <message>
        <source>What one value stands for</source>
        <translation>一个值代表什么</translation>
    </message>
    <message>
        <source>Regions of tokens</source>
        <translation>词元区域</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>句子</translation>
    </message>
    <message>
        <source>Paragraphs</source>
        <translation>段落</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>章节</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Answer to compare with</source>
        <translation>用于比较的回答</translation>
    </message>
    <message>
        <source>Filters of the map</source>
        <translation>图的筛选条件</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Chapters</source>
        <translation>章</translation>
    </message>
    <message>
        <source>The %1 strongest of %2 tokens in selected regions</source>
        <translation>选中区域的 %2 个词元中最强的 %1 个</translation>
    </message>
    <message>
        <source>%1 tokens in selected regions</source>
        <translation>选中区域中的 %1 个词元</translation>
    </message>
    <message>
        <source>Single tokens</source>
        <translation>单个词元</translation>
    </message>
</context>
<context>
    <name>BaseModelPage</name>
    <message>
        <source>Base Model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>The model that the adapter is made for.</source>
        <translation>适配器所对应的模型。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Train on</source>
        <translation>训练设备</translation>
    </message>
    <message>
        <source>Training device</source>
        <translation>训练设备</translation>
    </message>
    <message>
        <source>%1 parameters in %2, trained on contexts of %3.</source>
        <translation>%1 个参数，格式 %2，训练上下文 %3。</translation>
    </message>
</context>
<context>
    <name>BudgetBar</name>
    <message>
        <source>Token budget</source>
        <translation>词元预算</translation>
    </message>
    <message>
        <source>No document has been read by the model.</source>
        <translation>模型还没有读过文档。</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 个词元</translation>
    </message>
    <message>
        <source>Document %1, conversation %2, kept for the reply %3, free %4 tokens</source>
        <translation>文档 %1，对话 %2，为回答保留 %3，空闲 %4 个词元</translation>
    </message>
</context>
<context>
    <name>ChipRenderer</name>
    <message>
        <source>verified by ablation</source>
        <translation>经消融验证</translation>
    </message>
    <message>
        <source>not supported</source>
        <translation>无依据</translation>
    </message>
    <message>
        <source>selected</source>
        <translation>已选中</translation>
    </message>
</context>
<context>
    <name>CodeEdit</name>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>%1 (on)</source>
        <translation>%1（开）</translation>
    </message>
    <message>
        <source>%1 (off)</source>
        <translation>%1（关）</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>您想做什么？</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>The same question to both models. Below each answer: where that model looked.</source>
        <translation>向两个模型提同一个问题。每个回答下面是该模型看过的地方。</translation>
    </message>
    <message>
        <source>Ask Both</source>
        <translation>同时提问</translation>
    </message>
    <message>
        <source>Document that is asked about</source>
        <translation>被提问的文档</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>A question about the document</source>
        <translation>关于文档的问题</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>基础模型</translation>
    </message>
    <message>
        <source>Tuned</source>
        <translation>微调后</translation>
    </message>
    <message>
        <source>Answer of: %1</source>
        <translation>%1 的回答</translation>
    </message>
    <message>
        <source>Open a document in Lectern first: both models are asked about a document.</source>
        <translation>请先在 Lectern 中打开一个文档：两个模型都要就文档作答。</translation>
    </message>
    <message>
        <source>Reading: %1%</source>
        <translation>阅读：%1%</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>%1 tokens in %2 s</source>
        <translation>%1 个词元，%2 秒</translation>
    </message>
    <message>
        <source>The answers are the same.</source>
        <translation>回答相同。</translation>
    </message>
    <message>
        <source>The answers differ.</source>
        <translation>回答不同。</translation>
    </message>
    <message>
        <source>Pages looked at: %1 by the base model, %2 by the tuned one, %3 of them by both.</source>
        <translation>查看过的页面：基础模型 %1 页，微调模型 %2 页，其中 %3 页相同。</translation>
    </message>
</context>
<context>
    <name>ContentsPanel</name>
    <message>
        <source>Filter headings</source>
        <translation>筛选标题</translation>
    </message>
    <message>
        <source>Table of contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>The contents of a document appear here.</source>
        <translation>文档目录显示在这里。</translation>
    </message>
    <message>
        <source>This document has no table of contents.</source>
        <translation>此文档没有目录。</translation>
    </message>
</context>
<context>
    <name>ContextInspector</name>
    <message>
        <source>What is in the context</source>
        <translation>上下文中的内容</translation>
    </message>
    <message>
        <source>Parts of the context</source>
        <translation>上下文的组成部分</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>组成部分</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>份额</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Heading between documents</source>
        <translation>文档之间的标题</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>第 %1 页</translation>
    </message>
    <message>
        <source>Further pages: %1</source>
        <translation>其余页数：%1</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Kept free for the answer</source>
        <translation>为回答预留</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>The model holds the whole document, not pieces of it: %1 of %2 tokens are in use.</source>
        <translation>模型保存的是整个文档而非片段：已使用 %2 个词元中的 %1 个。</translation>
    </message>
    <message>
        <source>The model has not read the document yet; this is what it will hold.</source>
        <translation>模型尚未阅读此文档；这是它将保存的内容。</translation>
    </message>
</context>
<context>
    <name>Conversation</name>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>ConversationTools</name>
    <message>
        <source>%1 cannot be written: %2.</source>
        <translation>无法写入 %1：%2。</translation>
    </message>
    <message>
        <source>There is no conversation to export yet.</source>
        <translation>还没有可导出的对话。</translation>
    </message>
    <message>
        <source>Export conversation</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>The conversation was written to %1.</source>
        <translation>对话已写入 %1。</translation>
    </message>
</context>
<context>
    <name>CoverageDelegate</name>
    <message>
        <source>%1 with text</source>
        <translation>%1 页有文字</translation>
    </message>
    <message>
        <source>%1 blank</source>
        <translation>%1 页空白</translation>
    </message>
    <message>
        <source>%1 pictures without text</source>
        <translation>%1 页为无文字图片</translation>
    </message>
    <message>
        <source>%1 unreadable</source>
        <translation>%1 页无法读取</translation>
    </message>
</context>
<context>
    <name>CoverageNote</name>
    <message>
        <source>What was not looked at</source>
        <translation>未查看的部分</translation>
    </message>
    <message>
        <source>Not in the document, as far as the model looked</source>
        <translation>就模型查看的范围而言，文档中没有</translation>
    </message>
    <message>
        <source>What was looked at</source>
        <translation>查看过的部分</translation>
    </message>
    <message>
        <source>The model looked at %1 % of the document for this answer.</source>
        <translation>为此回答，模型查看了文档的 %1 %。</translation>
    </message>
    <message>
        <source>smaller places: %1</source>
        <translation>较小的部分：%1</translation>
    </message>
    <message>
        <source>No part of it was left out altogether.</source>
        <translation>没有完全略过的部分。</translation>
    </message>
    <message>
        <source>Never looked at: %1</source>
        <translation>从未查看：%1</translation>
    </message>
</context>
<context>
    <name>DataPage</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Texts, examples or documents of the library. Nothing is cut off without being told here.</source>
        <translation>文本、示例或文档库中的文档。任何截断都会在此说明。</translation>
    </message>
    <message>
        <source>Add from Library</source>
        <translation>从文档库添加</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Add Files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Document of the library</source>
        <translation>文档库中的文档</translation>
    </message>
    <message>
        <source>Split into several sequences</source>
        <translation>拆分为多个序列</translation>
    </message>
    <message>
        <source>Truncate</source>
        <translation>截断</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>What is too long</source>
        <translation>过长时</translation>
    </message>
    <message>
        <source>Held out for evaluation</source>
        <translation>留作评测</translation>
    </message>
    <message>
        <source>Training Data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>Texts and examples (*.txt *.md *.jsonl)</source>
        <translation>文本与示例 (*.txt *.md *.jsonl)</translation>
    </message>
    <message>
        <source>What the model sees</source>
        <translation>模型所见</translation>
    </message>
    <message>
        <source>Underlined: the tokens that are trained.</source>
        <translation>下划线：参与训练的词元。</translation>
    </message>
    <message>
        <source>Rendered training sequences</source>
        <translation>生成的训练序列</translation>
    </message>
    <message>
        <source>Add texts to see the first sequences.</source>
        <translation>添加文本后可查看最前面的序列。</translation>
    </message>
    <message>
        <source>Fields of %1</source>
        <translation>%1 的字段</translation>
    </message>
    <message>
        <source>%1: “%2”</source>
        <translation>%1：“%2”</translation>
    </message>
    <message>
        <source>Which field is asked, and which is the answer to be learnt?</source>
        <translation>哪个字段是问题，哪个是要学习的回答？</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>%1 (%2 examples, %3 lines left out)</source>
        <translation>%1（%2 个示例，略过 %3 行）</translation>
    </message>
    <message>
        <source>Counting tokens…</source>
        <translation>正在统计词元…</translation>
    </message>
    <message>
        <source>%1 texts or examples with %2 tokens; %3 kept for evaluation. Longer than a sequence: %4 split, %5 truncated, %6 dropped.</source>
        <translation>%1 个文本或示例，共 %2 个词元；%3 个留作评测。超过序列长度：%4 个拆分，%5 个截断，%6 个丢弃。</translation>
    </message>
</context>
<context>
    <name>Device</name>
    <message>
        <source>1 thread</source>
        <translation>1 个线程</translation>
    </message>
    <message>
        <source>%1 threads</source>
        <translation>%1 个线程</translation>
    </message>
</context>
<context>
    <name>DocumentAsk</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 tokens/s</source>
        <translation>%1，%2 词元/秒</translation>
    </message>
    <message>
        <source>Reading the question…</source>
        <translation>正在读问题…</translation>
    </message>
    <message>
        <source>Waiting until the model has read the document…</source>
        <translation>等待模型读完文档…</translation>
    </message>
    <message>
        <source>The conversation cannot be stored: %1</source>
        <translation>无法保存对话：%1</translation>
    </message>
    <message>
        <source>Not stored: %1</source>
        <translation>未保存：%1</translation>
    </message>
    <message>
        <source>The document is not taken in yet; please ask again when it is.</source>
        <translation>文档尚未录入；请在录入后再提问。</translation>
    </message>
    <message>
        <source>What this answer looked at was not kept.</source>
        <translation>此回答查看过的内容没有保留。</translation>
    </message>
    <message>
        <source>Another model gave this answer; only that one can say what it looked at.</source>
        <translation>此回答来自另一个模型；只有它能说明查看了什么。</translation>
    </message>
    <message>
        <source>The document has to be measured before this can be said.</source>
        <translation>需先测量文档才能说明。</translation>
    </message>
</context>
<context>
    <name>DocumentNotes</name>
    <message>
        <source>This is not kept: %1</source>
        <translation>未保留：%1</translation>
    </message>
    <message>
        <source>The document is still being taken in; bookmarks can be set when that is done.</source>
        <translation>文档仍在录入；完成后即可设置书签。</translation>
    </message>
    <message>
        <source>bookmark</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>renaming of a bookmark</source>
        <translation>重命名书签</translation>
    </message>
    <message>
        <source>removal of a bookmark</source>
        <translation>删除书签</translation>
    </message>
    <message>
        <source>The document is still being taken in; it can be marked when that is done.</source>
        <translation>文档仍在录入；完成后即可标注。</translation>
    </message>
    <message>
        <source>highlight</source>
        <translation>高亮</translation>
    </message>
    <message>
        <source>note</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>change of a note</source>
        <translation>修改笔记</translation>
    </message>
    <message>
        <source>change of colour</source>
        <translation>更改颜色</translation>
    </message>
    <message>
        <source>removal of a note</source>
        <translation>删除笔记</translation>
    </message>
</context>
<context>
    <name>DocumentReading</name>
    <message>
        <source>Waiting to be taken in</source>
        <translation>等待导入</translation>
    </message>
    <message>
        <source>Other documents come first.</source>
        <translation>其他文档排在前面。</translation>
    </message>
    <message>
        <source>Taking the text in</source>
        <translation>正在导入文本</translation>
    </message>
    <message>
        <source>page %1 of %2</source>
        <translation>第 %1 页，共 %2 页</translation>
    </message>
    <message>
        <source>%1 pages/s</source>
        <translation>%1 页/秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Taking the text in was stopped</source>
        <translation>导入已停止</translation>
    </message>
    <message>
        <source>%1 of %2 pages are kept; it goes on from there.</source>
        <translation>已保留 %1 / %2 页，将从那里继续。</translation>
    </message>
    <message>
        <source>The document is protected by a password</source>
        <translation>文档受密码保护</translation>
    </message>
    <message>
        <source>It can be asked about once it has been opened.</source>
        <translation>打开之后即可提问。</translation>
    </message>
    <message>
        <source>The document cannot be asked about</source>
        <translation>无法就此文档提问</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>There is no model to ask</source>
        <translation>没有可用的模型</translation>
    </message>
    <message>
        <source>The model has not read this document</source>
        <translation>模型没有读过此文档</translation>
    </message>
    <message>
        <source>Counting tokens…</source>
        <translation>正在统计词元…</translation>
    </message>
    <message>
        <source>The document is too long for this model</source>
        <translation>文档对此模型来说太长</translation>
    </message>
    <message>
        <source>It has %1 tokens; the model reads at most %2.</source>
        <translation>它有 %1 个词元；模型最多读 %2 个。</translation>
    </message>
    <message>
        <source>Stopped at %1 of %2 tokens</source>
        <translation>停在 %1 / %2 个词元</translation>
    </message>
    <message>
        <source>The model has read this document before</source>
        <translation>模型以前读过此文档</translation>
    </message>
    <message>
        <source>restored at once</source>
        <translation>立即恢复</translation>
    </message>
    <message>
        <source>The model has read part of this document</source>
        <translation>模型读过此文档的一部分</translation>
    </message>
    <message>
        <source>goes on at token %1</source>
        <translation>从词元 %1 继续</translation>
    </message>
    <message>
        <source>The model has not read this document yet</source>
        <translation>模型还没有读过此文档</translation>
    </message>
    <message>
        <source>Restoring what the model has read…</source>
        <translation>正在恢复模型读过的内容…</translation>
    </message>
    <message>
        <source>Waiting for the model…</source>
        <translation>等待模型…</translation>
    </message>
    <message>
        <source>The model is reading</source>
        <translation>模型正在阅读</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%1 / %2 个词元</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>Restored: %1 tokens, nothing read again</source>
        <translation>已恢复：%1 个词元，无需重读</translation>
    </message>
    <message>
        <source>Read: %1 tokens in %2</source>
        <translation>已读：%1 个词元，用时 %2</translation>
    </message>
    <message>
        <source>The model could not read the document</source>
        <translation>模型无法阅读此文档</translation>
    </message>
    <message>
        <source>%1 documents together</source>
        <translation>共 %1 个文档</translation>
    </message>
    <message>
        <source>Taking the text in is paused</source>
        <translation>文本录入已暂停</translation>
    </message>
    <message>
        <source>Paused at %1 of %2 tokens</source>
        <translation>已暂停，读到第 %1 个词元，共 %2 个</translation>
    </message>
</context>
<context>
    <name>DocumentSession</name>
    <message>
        <source>%1 is no longer there.</source>
        <translation>%1 已不存在。</translation>
    </message>
    <message>
        <source>Nothing of this document is to be kept on disk (Settings, Storage).</source>
        <translation>此文档的任何内容都不得留在磁盘上（设置，存储）。</translation>
    </message>
</context>
<context>
    <name>DryRunPage</name>
    <message>
        <source>Dry Run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>One whole step on the longest sample: if it fits now, it fits to the end.</source>
        <translation>在最长的样本上完整执行一步：现在放得下，就一直放得下。</translation>
    </message>
    <message>
        <source>Start Dry Run</source>
        <translation>开始试运行</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Dry run at work</source>
        <translation>正在试运行</translation>
    </message>
    <message>
        <source>Longest sample</source>
        <translation>最长样本</translation>
    </message>
    <message>
        <source>Time per step</source>
        <translation>每步时间</translation>
    </message>
    <message>
        <source>Time for the whole run</source>
        <translation>总时间</translation>
    </message>
    <message>
        <source>Memory, measured</source>
        <translation>内存（实测）</translation>
    </message>
    <message>
        <source>Memory, estimated before</source>
        <translation>内存（事先估计）</translation>
    </message>
    <message>
        <source>Disk per checkpoint</source>
        <translation>每个检查点的磁盘占用</translation>
    </message>
    <message>
        <source>Not measured yet with these settings.</source>
        <translation>尚未按这些设置测量。</translation>
    </message>
    <message>
        <source>The worker loads the model and trains on the longest sample…</source>
        <translation>工作进程正在加载模型并在最长样本上训练…</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 on the device, %2 in the whole process</source>
        <translation>设备上 %1，整个进程 %2</translation>
    </message>
    <message>
        <source>It fits: the longest sample was trained on %1.</source>
        <translation>放得下：最长样本已在 %1 上训练。</translation>
    </message>
    <message>
        <source>It ran, but less memory than that is free now.</source>
        <translation>可以运行，但目前空闲内存不足。</translation>
    </message>
</context>
<context>
    <name>Duration</name>
    <message>
        <source>less than a second</source>
        <translation>不到一秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
</context>
<context>
    <name>EvaluationDialog</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Measures the model in use, with its adapter, on this computer.</source>
        <translation>在本机测量当前模型及其适配器。</translation>
    </message>
    <message>
        <source>Perplexity by position</source>
        <translation>各位置的困惑度</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评测</translation>
    </message>
    <message>
        <source>Facts found, as a table</source>
        <translation>找到的事实（表格）</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Open Results…</source>
        <translation>打开结果…</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>Measured.</source>
        <translation>已测量。</translation>
    </message>
    <message>
        <source>Passkey</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Facts hidden in prose</source>
        <translation>隐藏在文中的事实</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>up to %1 K tokens</source>
        <translation>最多 %1 K 词元</translation>
    </message>
    <message>
        <source>Depths</source>
        <translation>深度</translation>
    </message>
    <message>
        <source>Trials</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Longest context</source>
        <translation>最长上下文</translation>
    </message>
    <message>
        <source>Trials per depth</source>
        <translation>每个深度的试验次数</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>in blocks, as prefill</source>
        <translation>按块（如预读）</translation>
    </message>
    <message>
        <source>each token for itself</source>
        <translation>逐词元</translation>
    </message>
    <message>
        <source>The file %1 cannot be read.</source>
        <translation>无法读取文件 %1。</translation>
    </message>
</context>
<context>
    <name>ExportPage</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Each export is read back from disk, and its predictions are compared with those of the trained model.</source>
        <translation>每个导出都会从磁盘读回，并与训练好的模型比较预测。</translation>
    </message>
    <message>
        <source>Merged model as safetensors (Hugging Face layout)</source>
        <translation>合并模型，safetensors（Hugging Face 格式）</translation>
    </message>
    <message>
        <source>Merged model as GGUF</source>
        <translation>合并模型，GGUF</translation>
    </message>
    <message>
        <source>Use This Adapter in Lectern</source>
        <translation>在 Lectern 中使用此适配器</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>8 bits (Q8_0)</source>
        <translation>8 位 (Q8_0)</translation>
    </message>
    <message>
        <source>16 bits (bf16)</source>
        <translation>16 位 (bf16)</translation>
    </message>
    <message>
        <source>Number format of the GGUF file</source>
        <translation>GGUF 文件的数值格式</translation>
    </message>
    <message>
        <source>Largest difference of a logit</source>
        <translation>logit 最大差值</translation>
    </message>
    <message>
        <source>Likeliest words</source>
        <translation>最可能的词</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Exports and their checks</source>
        <translation>导出及其检查</translation>
    </message>
    <message>
        <source>The adapter is in use from the next document on.</source>
        <translation>从下一个文档起使用此适配器。</translation>
    </message>
    <message>
        <source>The worker writes and checks the exports…</source>
        <translation>正在写入并检查导出…</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>the same at %1%</source>
        <translation>%1% 相同</translation>
    </message>
    <message>
        <source>The worker writes</source>
        <translation>正在写入</translation>
    </message>
    <message>
        <source>Written and checked.</source>
        <translation>已写入并检验。</translation>
    </message>
</context>
<context>
    <name>FileChooser</name>
    <message>
        <source>Open documents</source>
        <translation>打开文档</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a folder as one document</source>
        <translation>把文件夹作为一个文档打开</translation>
    </message>
    <message>
        <source>Documents (*.pdf *.txt *.md *.markdown *.rst *.org *.tex *.html *.htm *.xhtml *.epub *.docx *.odt)</source>
        <translation>文档 (*.pdf *.txt *.md *.markdown *.rst *.org *.tex *.html *.htm *.xhtml *.epub *.docx *.odt)</translation>
    </message>
    <message>
        <source>Look at documents before opening them</source>
        <translation>打开之前查看文档</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in document</source>
        <translation>在文档中查找</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>全词匹配</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close the find bar</source>
        <translation>关闭查找栏</translation>
    </message>
    <message>
        <source>Pages with all these words, by the index; &quot;in quotes&quot; as they stand, word* with any ending</source>
        <translation>按索引查找含所有这些词的页面；&quot;引号内&quot;按原样，词* 匹配任意词尾</translation>
    </message>
</context>
<context>
    <name>GoalPage</name>
    <message>
        <source>Goal</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>A fine-tune makes a small adapter for a model. The model itself is not changed.</source>
        <translation>微调为模型生成一个小适配器，模型本身不变。</translation>
    </message>
    <message>
        <source>Open Run</source>
        <translation>打开任务</translation>
    </message>
    <message>
        <source>Delete Run…</source>
        <translation>删除任务…</translation>
    </message>
    <message>
        <source>Answer questions about my texts</source>
        <translation>回答关于我的文本的问题</translation>
    </message>
    <message>
        <source>Cloze and quotation questions are made from the texts themselves, and your own examples can be added.</source>
        <translation>从文本中生成填空和引文问题，也可加入您自己的示例。</translation>
    </message>
    <message>
        <source>Write like my texts</source>
        <translation>像我的文本那样写作</translation>
    </message>
    <message>
        <source>The model learns to continue the texts, word by word.</source>
        <translation>模型学习逐词续写文本。</translation>
    </message>
    <message>
        <source>Read longer contexts</source>
        <translation>阅读更长的上下文</translation>
    </message>
    <message>
        <source>Positions are trained with the CRD NTK schedule, so that contexts far beyond the training length can be read.</source>
        <translation>位置按 CRD NTK 计划训练，从而能读取远超训练长度的上下文。</translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation>任务名称</translation>
    </message>
    <message>
        <source>tune</source>
        <translation>微调</translation>
    </message>
    <message>
        <source>Earlier runs</source>
        <translation>以前的任务</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>更改时间</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Delete Run</source>
        <translation>删除任务</translation>
    </message>
    <message>
        <source>Delete the run “%1” with its checkpoints and adapter?</source>
        <translation>删除运行“%1”及其检查点和适配器吗？</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Runs stand here from their first step on, also after Lectern was closed.</source>
        <translation>运行从第一步起就列在这里，关闭 Lectern 后也在。</translation>
    </message>
</context>
<context>
    <name>LengthChart</name>
    <message>
        <source>Lengths of the texts</source>
        <translation>文本长度</translation>
    </message>
    <message>
        <source>%1 of %2 to %3 tokens</source>
        <translation>%1 个，长 %2 至 %3 词元</translation>
    </message>
    <message>
        <source>No texts yet</source>
        <translation>暂无文本</translation>
    </message>
    <message>
        <source>tokens or more</source>
        <translation>词元及以上</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>needs prefill</source>
        <translation>需要预读</translation>
    </message>
    <message>
        <source>read in part</source>
        <translation>部分已读</translation>
    </message>
    <message>
        <source>file missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>being read</source>
        <translation>正在读取</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation>%1 分钟前</translation>
    </message>
    <message>
        <source>today, %1</source>
        <translation>今天 %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>昨天</translation>
    </message>
</context>
<context>
    <name>LibraryModel</name>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>%1 pages</source>
        <translation>%1 页</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 个文件</translation>
    </message>
    <message>
        <source>%1 files</source>
        <translation>%1 个文件</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>about %1 tokens</source>
        <translation>约 %1 个词元</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Last opened</source>
        <translation>上次打开</translation>
    </message>
</context>
<context>
    <name>LibraryPanel</name>
    <message>
        <source>Filter documents</source>
        <translation>筛选文档</translation>
    </message>
    <message>
        <source>Documents of the library</source>
        <translation>文档库中的文档</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show in Folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Forget Saved Context</source>
        <translation>丢弃已存上下文</translation>
    </message>
    <message>
        <source>Remove from Library…</source>
        <translation>从文档库移除…</translation>
    </message>
    <message>
        <source>Forget Saved Context (%1)</source>
        <translation>丢弃已存上下文（%1）</translation>
    </message>
    <message>
        <source>The library is being opened…</source>
        <translation>正在打开文档库…</translation>
    </message>
    <message>
        <source>No document has “%1” in its title.</source>
        <translation>没有标题包含“%1”的文档。</translation>
    </message>
    <message>
        <source>Documents that you open are listed here.</source>
        <translation>您打开的文档会列在这里。</translation>
    </message>
    <message>
        <source>The folder %1 is no longer there.</source>
        <translation>文件夹 %1 已不存在。</translation>
    </message>
    <message>
        <source>No program shows the folder %1.</source>
        <translation>没有程序可以显示文件夹 %1。</translation>
    </message>
    <message>
        <source>Remove from Library</source>
        <translation>从文档库移除</translation>
    </message>
    <message>
        <source>Remove “%1” from the library?</source>
        <translation>要从文档库移除“%1”吗？</translation>
    </message>
    <message>
        <source>Its conversations, notes and saved contexts go with it. The file itself stays where it is.</source>
        <translation>相关的对话、笔记和已存上下文会一并移除，文件本身保留不动。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>LinePlot</name>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation>还没有。</translation>
    </message>
    <message>
        <source>Last values: %1</source>
        <translation>最新数值：%1</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
</context>
<context>
    <name>MainActions</name>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open a folder of source files as one document</source>
        <translation>把源代码文件夹作为一个文档打开</translation>
    </message>
    <message>
        <source>Open the &amp;sample document</source>
        <translation>打开示例文档(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;New window</source>
        <translation>新建窗口(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Close document</source>
        <translation>关闭文档(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>查找(&amp;F)…</translation>
    </message>
    <message>
        <source>Find &amp;next</source>
        <translation>查找下一个(&amp;N)</translation>
    </message>
    <message>
        <source>Find &amp;previous</source>
        <translation>查找上一个(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Actual size</source>
        <translation>实际大小(&amp;A)</translation>
    </message>
    <message>
        <source>Fit &amp;width</source>
        <translation>适合宽度(&amp;W)</translation>
    </message>
    <message>
        <source>Fit &amp;page</source>
        <translation>适合页面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Continuous</source>
        <translation>连续(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Single page</source>
        <translation>单页(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Facing pages</source>
        <translation>双页(&amp;F)</translation>
    </message>
    <message>
        <source>Rotate &amp;left</source>
        <translation>向左旋转(&amp;L)</translation>
    </message>
    <message>
        <source>Rotate &amp;right</source>
        <translation>向右旋转(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Dark pages</source>
        <translation>深色页面(&amp;D)</translation>
    </message>
    <message>
        <source>Invert the lightness of pages; pictures keep their colours</source>
        <translation>反转页面明暗；图片保留原色</translation>
    </message>
    <message>
        <source>F&amp;ull screen</source>
        <translation>全屏(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>命令面板(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>后退(&amp;B)</translation>
    </message>
    <message>
        <source>Back to where you were</source>
        <translation>回到之前的位置</translation>
    </message>
    <message>
        <source>&amp;Forward</source>
        <translation>前进(&amp;F)</translation>
    </message>
    <message>
        <source>Forward to where you had been</source>
        <translation>前进到之后的位置</translation>
    </message>
    <message>
        <source>&amp;Go to page…</source>
        <translation>转到页面(&amp;G)…</translation>
    </message>
    <message>
        <source>F&amp;irst page</source>
        <translation>第一页(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Previous page</source>
        <translation>上一页(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Next page</source>
        <translation>下一页(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Last page</source>
        <translation>最后一页(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>起始页(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Ask a question</source>
        <translation>提问(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Read document</source>
        <translation>阅读文档(&amp;R)</translation>
    </message>
    <message>
        <source>Let the model read the whole document, so that it can be asked about</source>
        <translation>让模型读完整个文档，之后即可提问</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>Stop the answer, or the reading of the document</source>
        <translation>停止回答或停止阅读文档</translation>
    </message>
    <message>
        <source>&amp;New conversation</source>
        <translation>新对话(&amp;N)</translation>
    </message>
    <message>
        <source>Answer a&amp;gain</source>
        <translation>重新回答(&amp;G)</translation>
    </message>
    <message>
        <source>Answer the last question again; both answers are kept</source>
        <translation>重新回答上一个问题；两个回答都会保留</translation>
    </message>
    <message>
        <source>Ne&amp;xt citation</source>
        <translation>下一处引用(&amp;X)</translation>
    </message>
    <message>
        <source>Pre&amp;vious citation</source>
        <translation>上一处引用(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>模型(&amp;M)…</translation>
    </message>
    <message>
        <source>Choose the model that answers, and an adapter</source>
        <translation>选择回答用的模型和适配器</translation>
    </message>
    <message>
        <source>&amp;Tune a model…</source>
        <translation>微调模型(&amp;T)…</translation>
    </message>
    <message>
        <source>Train an adapter on texts or on the open document</source>
        <translation>用文本或当前文档训练适配器</translation>
    </message>
    <message>
        <source>&amp;Evaluation…</source>
        <translation>评测(&amp;E)…</translation>
    </message>
    <message>
        <source>Measure how well facts are found, and perplexity</source>
        <translation>测量事实检索能力和困惑度</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About Lectern</source>
        <translation>关于 Lectern(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Print…</source>
        <translation>打印(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Bookmark this page</source>
        <translation>为此页添加书签(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Highlight selection</source>
        <translation>高亮所选内容(&amp;H)</translation>
    </message>
    <message>
        <source>Underline &amp;selection</source>
        <translation>为所选内容加下划线(&amp;S)</translation>
    </message>
    <message>
        <source>Add a &amp;note to the selection</source>
        <translation>为所选内容添加笔记(&amp;N)</translation>
    </message>
    <message>
        <source>Go to the document</source>
        <translation>转到文档</translation>
    </message>
    <message>
        <source>&amp;Verify answer</source>
        <translation>验证回答(&amp;V)</translation>
    </message>
    <message>
        <source>Score each sentence of the last answer with and without the passages it was read from</source>
        <translation>对最近回答的每句，在有和没有其来源段落时分别评分</translation>
    </message>
    <message>
        <source>What was not &amp;looked at</source>
        <translation>未查看的部分(&amp;L)</translation>
    </message>
    <message>
        <source>Show which parts of the document the last answer never looked at</source>
        <translation>显示最近的回答从未查看过的文档部分</translation>
    </message>
    <message>
        <source>&amp;Edit question</source>
        <translation>编辑问题(&amp;E)</translation>
    </message>
    <message>
        <source>Put the last question back into the field, to ask it in other words</source>
        <translation>将上一个问题放回输入框，以便换种说法提问</translation>
    </message>
    <message>
        <source>E&amp;xport conversation…</source>
        <translation>导出对话(&amp;X)…</translation>
    </message>
    <message>
        <source>Write the conversation with its page references to a file</source>
        <translation>将对话及其页码引用写入文件</translation>
    </message>
    <message>
        <source>Search &amp;past answers…</source>
        <translation>搜索以往回答(&amp;P)…</translation>
    </message>
    <message>
        <source>Find words in all questions and answers</source>
        <translation>在所有问题和回答中查找</translation>
    </message>
    <message>
        <source>&amp;Tour in three steps</source>
        <translation>三步导览(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Check before opening…</source>
        <translation>打开前查看(&amp;C)…</translation>
    </message>
    <message>
        <source>Tokens, fit, time and disk of documents before they are opened; text of scans can be recognised</source>
        <translation>在打开文档之前查看其词元数、是否放得下、时间和磁盘占用；可识别扫描件文字</translation>
    </message>
    <message>
        <source>Ask &amp;together with…</source>
        <translation>与其他文档一起提问(&amp;T)…</translation>
    </message>
    <message>
        <source>Put other documents of the library into the same context</source>
        <translation>把文档库中的其他文档放入同一上下文</translation>
    </message>
    <message>
        <source>What is in the &amp;context</source>
        <translation>上下文中的内容(&amp;C)</translation>
    </message>
    <message>
        <source>Show what the model holds, page by page, and what is free</source>
        <translation>逐页显示模型保存的内容以及可用空间</translation>
    </message>
    <message>
        <source>Next lin&amp;k</source>
        <translation>下一个链接(&amp;K)</translation>
    </message>
    <message>
        <source>To the next link in sight (also Tab in the document); Enter follows it</source>
        <translation>移到视野内的下一个链接（文档中也可用 Tab）；按回车键打开</translation>
    </message>
    <message>
        <source>Pre&amp;vious link</source>
        <translation>上一个链接(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Pause reading</source>
        <translation>暂停阅读(&amp;P)</translation>
    </message>
    <message>
        <source>Keep what has been read; it goes on from there, also another day</source>
        <translation>保留已读的部分；以后（哪怕改天）从那里继续</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Reading</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>文档库</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Thumbnails</source>
        <translation>缩略图</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>转到%1</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>%1 (nothing is kept)</source>
        <translation>%1（不保留任何内容）</translation>
    </message>
</context>
<context>
    <name>MapCanvas</name>
    <message>
        <source>Attention map</source>
        <translation>注意力图</translation>
    </message>
    <message>
        <source>Arrow keys move the cursor, plus and minus zoom, Return opens the place in the reader. The table beside the map holds the same values.</source>
        <translation>方向键移动光标，加减号缩放，回车在阅读器中打开该处。旁边的表格包含相同数值。</translation>
    </message>
</context>
<context>
    <name>MapExport</name>
    <message>
        <source>%1 could not be written: %2.</source>
        <translation>无法写入 %1：%2。</translation>
    </message>
</context>
<context>
    <name>MemoryBar</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>free: %1</source>
        <translation>空闲：%1</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>面板(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Ask</source>
        <translation>提问(&amp;A)</translation>
    </message>
    <message>
        <source>A&amp;ttention</source>
        <translation>注意力(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>模型(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MethodPage</name>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>The proposals suit the goal; longer sequences and higher ranks take more memory.</source>
        <translation>建议值与目标相符；更长的序列和更高的秩需要更多内存。</translation>
    </message>
    <message>
        <source>Positions that training sees</source>
        <translation>训练所见的位置</translation>
    </message>
    <message>
        <source>Memory, estimated</source>
        <translation>内存（估计）</translation>
    </message>
    <message>
        <source>LoRA adapter</source>
        <translation>LoRA 适配器</translation>
    </message>
    <message>
        <source>All weights</source>
        <translation>全部权重</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>As the model was trained</source>
        <translation>与模型训练时相同</translation>
    </message>
    <message>
        <source>CRD NTK (cyclic, random, growing)</source>
        <translation>CRD NTK（循环、随机、增长）</translation>
    </message>
    <message>
        <source>Fixed NTK factor</source>
        <translation>固定 NTK 系数</translation>
    </message>
    <message>
        <source>Linear interpolation</source>
        <translation>线性插值</translation>
    </message>
    <message>
        <source>Merged selection (ms_train)</source>
        <translation>合并选择 (ms_train)</translation>
    </message>
    <message>
        <source>Dense</source>
        <translation>稠密</translation>
    </message>
    <message>
        <source>Attention outputs</source>
        <translation>注意力输出</translation>
    </message>
    <message>
        <source>Layer inputs only: least memory</source>
        <translation>仅层输入：内存最少</translation>
    </message>
    <message>
        <source>Everything: fastest</source>
        <translation>全部：最快</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>恒定</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>训练内容</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>秩</translation>
    </message>
    <message>
        <source>Sequence</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Sequences per step</source>
        <translation>每步序列数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Warm-up steps</source>
        <translation>预热步数</translation>
    </message>
    <message>
        <source>Decay</source>
        <translation>衰减</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Kept activations</source>
        <translation>保留的激活值</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>trained values</source>
        <translation>训练参数</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>激活值</translation>
    </message>
    <message>
        <source>working memory</source>
        <translation>工作内存</translation>
    </message>
    <message>
        <source>%1: model %2, trained values %3, activations %4, working memory %5.</source>
        <translation>%1：模型 %2，训练参数 %3，激活值 %4，工作内存 %5。</translation>
    </message>
    <message>
        <source>%1 are free.</source>
        <translation>空闲 %1。</translation>
    </message>
    <message>
        <source>Only %1 are free.</source>
        <translation>仅空闲 %1。</translation>
    </message>
    <message>
        <source>The dry run measures it.</source>
        <translation>试运行会实测。</translation>
    </message>
    <message>
        <source>largest period</source>
        <translation>最大周期</translation>
    </message>
    <message>
        <source>drawn, per layer</source>
        <translation>每层抽取</translation>
    </message>
    <message>
        <source>RoPE scale</source>
        <translation>RoPE 缩放</translation>
    </message>
</context>
<context>
    <name>ModelCardView</name>
    <message>
        <source>Context length for the memory estimate</source>
        <translation>用于内存估算的上下文长度</translation>
    </message>
    <message>
        <source>Memory for a context of</source>
        <translation>所需内存，上下文为</translation>
    </message>
    <message>
        <source>No model is chosen.</source>
        <translation>未选择模型。</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>LoRA adapter of rank %1</source>
        <translation>秩为 %1 的 LoRA 适配器</translation>
    </message>
    <message>
        <source>For the model</source>
        <translation>适用模型</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>%1, %2 layers, %3 heads, %4 key/value heads</source>
        <translation>%1，%2 层，%3 个头，%4 个键/值头</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1，%2 格式</translation>
    </message>
    <message>
        <source>Trained context</source>
        <translation>训练上下文</translation>
    </message>
    <message>
        <source>Extended context</source>
        <translation>扩展上下文</translation>
    </message>
    <message>
        <source>%1, by its profile</source>
        <translation>%1（按其配置）</translation>
    </message>
    <message>
        <source>not extended</source>
        <translation>未扩展</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>not stated in its files</source>
        <translation>文件中未说明</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>文件大小</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>being computed…</source>
        <translation>正在计算…</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>%1 (comes with Lectern)</source>
        <translation>%1（Lectern 自带）</translation>
    </message>
    <message>
        <source>cannot be computed</source>
        <translation>无法计算</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>keys and values</source>
        <translation>键和值</translation>
    </message>
    <message>
        <source>region summaries</source>
        <translation>区域摘要</translation>
    </message>
    <message>
        <source>%1: weights %2, keys and values %3, region summaries %4. %5 are free: %6</source>
        <translation>%1：权重 %2，键和值 %3，区域摘要 %4。空闲 %5：%6</translation>
    </message>
    <message>
        <source>it fits.</source>
        <translation>放得下。</translation>
    </message>
    <message>
        <source>it does not fit; choose a smaller cache format or context.</source>
        <translation>放不下；请选择更小的缓存格式或上下文。</translation>
    </message>
</context>
<context>
    <name>ModelList</name>
    <message>
        <source>cannot be used</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>adapter, rank %1</source>
        <translation>适配器，秩 %1</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Longest context</source>
        <translation>最长上下文</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>Models</name>
    <message>
        <source>%1 billion</source>
        <translation>%1 十亿</translation>
    </message>
    <message>
        <source>%1 million</source>
        <translation>%1 百万</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>Use This Model</source>
        <translation>使用此模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Models and adapters</source>
        <translation>模型和适配器</translation>
    </message>
    <message>
        <source>Add Folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Look Again</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>Folder with models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Models: %1, adapters: %2</source>
        <translation>模型：%1，适配器：%2</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行设备</translation>
    </message>
    <message>
        <source>Cache format</source>
        <translation>缓存格式</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>A graphics card was found.</source>
        <translation>找到显卡。</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Switch Adapter Off</source>
        <translation>停用适配器</translation>
    </message>
    <message>
        <source>Use This Adapter</source>
        <translation>使用此适配器</translation>
    </message>
    <message>
        <source>In Use</source>
        <translation>使用中</translation>
    </message>
</context>
<context>
    <name>NominationTableModel</name>
    <message>
        <source>Merged tokens</source>
        <translation>合并的词元</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页</translation>
    </message>
    <message>
        <source>Nominated by tokens</source>
        <translation>提名词元</translation>
    </message>
    <message>
        <source>Nominator&apos;s page</source>
        <translation>提名者所在页</translation>
    </message>
</context>
<context>
    <name>NotesController</name>
    <message>
        <source>&amp;Undo %1</source>
        <translation>撤销%1(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo %1</source>
        <translation>重做%1(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>第 %1 页</translation>
    </message>
    <message>
        <source>Ask about the selection</source>
        <translation>就所选内容提问</translation>
    </message>
</context>
<context>
    <name>NotesPanel</name>
    <message>
        <source>Yellow</source>
        <translation>黄色</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>粉色</translation>
    </message>
    <message>
        <source>Filter bookmarks and notes</source>
        <translation>筛选书签和笔记</translation>
    </message>
    <message>
        <source>Bookmarks, highlights and notes</source>
        <translation>书签、高亮和笔记</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>写笔记</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>笔记</translation>
    </message>
    <message>
        <source>Remove (Delete)</source>
        <translation>移除 (Delete)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Highlights and notes</source>
        <translation>高亮和笔记</translation>
    </message>
    <message>
        <source>%1 — “%2”</source>
        <translation>%1 — “%2”</translation>
    </message>
    <message>
        <source>Bookmarks and notes of a document appear here.</source>
        <translation>文档的书签和笔记显示在这里。</translation>
    </message>
    <message>
        <source>Nothing is marked in this document yet.

Select text and press Ctrl+H to highlight it; Ctrl+D sets a bookmark.</source>
        <translation>此文档中尚无标注。

选中文字并按 Ctrl+H 高亮；Ctrl+D 添加书签。</translation>
    </message>
</context>
<context>
    <name>OpenDocuments</name>
    <message>
        <source>Open documents</source>
        <translation>打开文档</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
</context>
<context>
    <name>OutlineModel</name>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页</translation>
    </message>
</context>
<context>
    <name>PdfCanvas</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>第 %1 页</translation>
    </message>
    <message>
        <source>Link: %1</source>
        <translation>链接：%1</translation>
    </message>
    <message>
        <source>%1, link: %2</source>
        <translation>%1，链接：%2</translation>
    </message>
</context>
<context>
    <name>PdfPrintJob</name>
    <message>
        <source>Printing stopped at page %1: %2</source>
        <translation>打印在第 %1 页停止：%2</translation>
    </message>
</context>
<context>
    <name>PlaceText</name>
    <message>
        <source>page %1</source>
        <translation>第 %1 页</translation>
    </message>
    <message>
        <source>pages %1–%2</source>
        <translation>第 %1–%2 页</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>lines %1–%2</source>
        <translation>第 %1–%2 行</translation>
    </message>
</context>
<context>
    <name>PlotCard</name>
    <message>
        <source>%1, as a table</source>
        <translation>%1（表格）</translation>
    </message>
    <message>
        <source>Show the numbers as a table</source>
        <translation>以表格显示数值</translation>
    </message>
    <message>
        <source>%1: show as a table</source>
        <translation>%1：以表格显示</translation>
    </message>
</context>
<context>
    <name>PreflightSheet</name>
    <message>
        <source>already in the library</source>
        <translation>已在文档库中</translation>
    </message>
    <message>
        <source>the same as one above</source>
        <translation>与上面的一个相同</translation>
    </message>
    <message>
        <source>encrypted</source>
        <translation>已加密</translation>
    </message>
    <message>
        <source>Before opening</source>
        <translation>打开之前</translation>
    </message>
    <message>
        <source>Documents to open</source>
        <translation>要打开的文档</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Text of its pages</source>
        <translation>页面文字</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Recognise the text of scanned pages (OCR)</source>
        <translation>识别扫描页的文字 (OCR)</translation>
    </message>
    <message>
        <source>Language of the scans</source>
        <translation>扫描件的语言</translation>
    </message>
    <message>
        <source>Languages as Tesseract names them: eng, deu, eng+deu</source>
        <translation>Tesseract 的语言名称：eng、deu、eng+deu</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Looking at %1: %2 of %3</source>
        <translation>正在查看 %1：%2 / %3</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Files of the folder</source>
        <translation>文件夹中的文件</translation>
    </message>
    <message>
        <source>Ignored files</source>
        <translation>被忽略的文件</translation>
    </message>
    <message>
        <source>Files that .gitignore names</source>
        <translation>.gitignore 列出的文件</translation>
    </message>
    <message>
        <source>Lock files</source>
        <translation>锁定文件</translation>
    </message>
    <message>
        <source>Vendored and built files</source>
        <translation>第三方和构建生成的文件</translation>
    </message>
    <message>
        <source>Also take:</source>
        <translation>同时包含：</translation>
    </message>
    <message>
        <source>Looking at what would be opened…</source>
        <translation>正在查看将要打开的内容…</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>%1 tokens: fits the context of %2</source>
        <translation>%1 个词元：适合 %2 的上下文</translation>
    </message>
    <message>
        <source>%1 tokens: needs the extended context of %2</source>
        <translation>%1 个词元：需要 %2 的扩展上下文</translation>
    </message>
    <message>
        <source>%1 tokens: too big for %2, which takes %3</source>
        <translation>%1 个词元：对 %2 来说太大，它最多 %3</translation>
    </message>
    <message>
        <source>memory %1%2</source>
        <translation>内存 %1%2</translation>
    </message>
    <message>
        <source> (more than is free now)</source>
        <translation>（超过目前的空闲）</translation>
    </message>
    <message>
        <source>disk %1 in the library</source>
        <translation>文档库占用磁盘 %1</translation>
    </message>
    <message>
        <source>%1 for what the model computes</source>
        <translation>模型计算结果占 %1</translation>
    </message>
    <message>
        <source>%1 to take the text in</source>
        <translation>录入文字需 %1</translation>
    </message>
    <message>
        <source>%1 for the model to read it</source>
        <translation>模型阅读需 %1</translation>
    </message>
    <message>
        <source>the model&apos;s time is known once it has read something on this computer</source>
        <translation>模型在这台计算机上读过内容后才知道所需时间</translation>
    </message>
    <message>
        <source>Open %1 documents</source>
        <translation>打开 %1 个文档</translation>
    </message>
    <message>
        <source>There is no text to ask about: the pages are pictures, or empty</source>
        <translation>没有可供提问的文字：各页是图像或空白</translation>
    </message>
</context>
<context>
    <name>PrintJob</name>
    <message>
        <source>The printer or file cannot be written to.</source>
        <translation>无法写入打印机或文件。</translation>
    </message>
    <message>
        <source>The printer took no further page.</source>
        <translation>打印机不再接受页面。</translation>
    </message>
    <message>
        <source>Printing was cancelled.</source>
        <translation>打印已取消。</translation>
    </message>
</context>
<context>
    <name>Printing</name>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Printing %1…</source>
        <translation>正在打印 %1…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The pages were sent to the printer.</source>
        <translation>页面已发送到打印机。</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>p. %1</source>
        <translation>第 %1 页</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>%1 M tokens</source>
        <translation>%1 M 词元</translation>
    </message>
    <message>
        <source>%1 K tokens</source>
        <translation>%1 K 词元</translation>
    </message>
    <message>
        <source>%1: %2 tokens, %3 of them trained</source>
        <translation>%1：%2 个词元，其中 %3 个参与训练</translation>
    </message>
    <message>
        <source>(%1 tokens in the middle are not shown)</source>
        <translation>（中间 %1 个词元未显示）</translation>
    </message>
    <message>
        <source>Adapter (PEFT layout)</source>
        <translation>适配器（PEFT 格式）</translation>
    </message>
    <message>
        <source>Merged model, safetensors</source>
        <translation>合并模型，safetensors</translation>
    </message>
    <message>
        <source>Merged model, GGUF</source>
        <translation>合并模型，GGUF</translation>
    </message>
    <message>
        <source>not started</source>
        <translation>未开始</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>completed</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Zoom in to read single tokens</source>
        <translation>放大以阅读单个词元</translation>
    </message>
</context>
<context>
    <name>ReaderCommands</name>
    <message>
        <source>Page</source>
        <translation>页</translation>
    </message>
    <message>
        <source>Page number or label (Ctrl+G)</source>
        <translation>页码或页标 (Ctrl+G)</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>There is no page “%1”.</source>
        <translation>没有第“%1”页。</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>/ %1</translation>
    </message>
    <message>
        <source>(%1 of %2)</source>
        <translation>（%1 / %2）</translation>
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
        <translation>正在打开 %1…</translation>
    </message>
    <message>
        <source>%1 has changed on disk.</source>
        <translation>%1 在磁盘上已更改。</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>%1 is no longer where it was. What has been read of it stays usable.</source>
        <translation>%1 已不在原处。已读的内容仍可使用。</translation>
    </message>
    <message>
        <source>%1 is protected by a password.</source>
        <translation>%1 受密码保护。</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>That was not the password of %1. Password:</source>
        <translation>这不是 %1 的密码。密码：</translation>
    </message>
    <message>
        <source>Password of %1:</source>
        <translation>%1 的密码：</translation>
    </message>
    <message>
        <source>%1 needs its password to be shown.</source>
        <translation>需要密码才能显示 %1。</translation>
    </message>
    <message>
        <source>Enter password</source>
        <translation>输入密码</translation>
    </message>
    <message>
        <source>%1+</source>
        <translation>%1+</translation>
    </message>
    <message>
        <source>%1 hits</source>
        <translation>%1 处</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>searching page %1 of %2</source>
        <translation>正在搜索第 %1 页，共 %2 页</translation>
    </message>
    <message>
        <source>%1 of %2 pages are pictures without text: nothing on them can be found or asked about.</source>
        <translation>%2 页中有 %1 页是无文字的图片：无法查找或就其提问。</translation>
    </message>
    <message>
        <source>Recognise text (OCR)</source>
        <translation>识别文字 (OCR)</translation>
    </message>
    <message>
        <source>This link leads out of the document: %1</source>
        <translation>此链接指向文档之外：%1</translation>
    </message>
    <message>
        <source>Open in the web browser</source>
        <translation>在浏览器中打开</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
    <message>
        <source>The index is ready when the document has been taken in</source>
        <translation>文档录入后索引即可使用</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Nothing yet</source>
        <translation>还没有</translation>
    </message>
</context>
<context>
    <name>RegionTableModel</name>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页</translation>
    </message>
    <message>
        <source>Chapter</source>
        <translation>章节</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>峰值</translation>
    </message>
    <message>
        <source>Peak in</source>
        <translation>峰值所在</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>均值</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>ResumeIngest</name>
    <message>
        <source>Going on with %1, which was being taken in.</source>
        <translation>继续录入 %1。</translation>
    </message>
</context>
<context>
    <name>RetrievalGrid</name>
    <message>
        <source>Facts found, by context length and depth</source>
        <translation>按上下文长度和深度找到的事实</translation>
    </message>
    <message>
        <source>The table beside it holds the same numbers.</source>
        <translation>旁边的表格包含相同的数字。</translation>
    </message>
    <message>
        <source>Nothing measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>%1%</source>
        <translation>%1%</translation>
    </message>
</context>
<context>
    <name>RetrievalTable</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>depth %1%</source>
        <translation>深度 %1%</translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>The run is a process of its own: it goes on when this window or Lectern is closed, and is found again here.</source>
        <translation>训练是独立的进程：关闭此窗口或 Lectern 后仍继续，并可在此处找回。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop and Save</source>
        <translation>停止并保存</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Gradient norm</source>
        <translation>梯度范数</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>每秒词元数</translation>
    </message>
    <message>
        <source>Positions</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Steps done</source>
        <translation>已完成步数</translation>
    </message>
    <message>
        <source>Sample answers</source>
        <translation>示例回答</translation>
    </message>
    <message>
        <source>Sample answers appear at each checkpoint.</source>
        <translation>每个检查点都会显示示例回答。</translation>
    </message>
    <message>
        <source>What is this text about?</source>
        <translation>这篇文本讲的是什么？</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go On</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Ready to start.</source>
        <translation>可以开始。</translation>
    </message>
    <message>
        <source>%1 of %2 steps</source>
        <translation>%1 / %2 步</translation>
    </message>
    <message>
        <source>The worker is starting…</source>
        <translation>工作进程正在启动…</translation>
    </message>
    <message>
        <source>Running on %1: %2 s per step, %3 left.</source>
        <translation>在 %1 上运行：每步 %2 秒，剩余 %3。</translation>
    </message>
    <message>
        <source>Writing the adapter…</source>
        <translation>正在写适配器…</translation>
    </message>
    <message>
        <source>Completed. The adapter is written and checked; compare it on the next page.</source>
        <translation>已完成。适配器已写入并检查；请在下一页比较。</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>留出集</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>范数</translation>
    </message>
    <message>
        <source>tokens/s</source>
        <translation>词元/秒</translation>
    </message>
    <message>
        <source>longest period</source>
        <translation>最长周期</translation>
    </message>
    <message>
        <source>shortest</source>
        <translation>最短</translation>
    </message>
    <message>
        <source>&lt;b&gt;Step %1.&lt;/b&gt; &lt;i&gt;%2&lt;/i&gt; %3</source>
        <translation>&lt;b&gt;第 %1 步。&lt;/b&gt; &lt;i&gt;%2&lt;/i&gt; %3</translation>
    </message>
</context>
<context>
    <name>ScopeBar</name>
    <message>
        <source>Asked of</source>
        <translation>提问范围</translation>
    </message>
    <message>
        <source>Which part of the document question and answer may look at</source>
        <translation>问题和回答可以查看文档的哪一部分</translation>
    </message>
    <message>
        <source>Whole document</source>
        <translation>整个文档</translation>
    </message>
    <message>
        <source>Section</source>
        <translation>章节</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>所选内容</translation>
    </message>
    <message>
        <source>12 or 12-20</source>
        <translation>12 或 12-20</translation>
    </message>
    <message>
        <source>nothing selected</source>
        <translation>未选择内容</translation>
    </message>
    <message>
        <source>“%1…”</source>
        <translation>“%1…”</translation>
    </message>
    <message>
        <source>“%1”</source>
        <translation>“%1”</translation>
    </message>
</context>
<context>
    <name>ScopeController</name>
    <message>
        <source>There is no page “%1” to ask about.</source>
        <translation>没有可提问的页面“%1”。</translation>
    </message>
    <message>
        <source>Say which pages to ask about: one page, or two with a dash between.</source>
        <translation>请指定页面：一页，或用连字符连接的两页。</translation>
    </message>
    <message>
        <source>The pages run backwards: the first lies behind the last.</source>
        <translation>页码顺序颠倒：起始页在结束页之后。</translation>
    </message>
    <message>
        <source>Select some text in the document to ask about it.</source>
        <translation>请在文档中选中要提问的文字。</translation>
    </message>
    <message>
        <source>the selection “%1”</source>
        <translation>所选内容“%1”</translation>
    </message>
    <message>
        <source>The document is still being taken in.</source>
        <translation>文档仍在录入。</translation>
    </message>
    <message>
        <source>Choose a section to ask about.</source>
        <translation>请选择要提问的章节。</translation>
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
        <translation>第 %1 页</translation>
    </message>
</context>
<context>
    <name>SearchPanel</name>
    <message>
        <source>Search the document</source>
        <translation>搜索文档</translation>
    </message>
    <message>
        <source>Search results</source>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Open a document to search it.</source>
        <translation>打开文档后即可搜索。</translation>
    </message>
</context>
<context>
    <name>SettingChoice</name>
    <message>
        <source>As the desktop</source>
        <translation>跟随桌面</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Continuous</source>
        <translation>连续</translation>
    </message>
    <message>
        <source>Single page</source>
        <translation>单页</translation>
    </message>
    <message>
        <source>Facing pages</source>
        <translation>双页</translation>
    </message>
    <message>
        <source>Fit width</source>
        <translation>适合宽度</translation>
    </message>
    <message>
        <source>Fit page</source>
        <translation>适合页面</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器（CPU）</translation>
    </message>
    <message>
        <source>Graphics card (CUDA)</source>
        <translation>显卡（CUDA）</translation>
    </message>
    <message>
        <source>As the model’s profile says</source>
        <translation>按模型的配置</translation>
    </message>
    <message>
        <source>Dense (everything)</source>
        <translation>稠密（全部）</translation>
    </message>
    <message>
        <source>Merged selection in blocks (ms_prefill)</source>
        <translation>按块合并选择 (ms_prefill)</translation>
    </message>
    <message>
        <source>Selection per token (ms_decode)</source>
        <translation>逐词元选择 (ms_decode)</translation>
    </message>
    <message>
        <source>Mean of the keys</source>
        <translation>键的均值</translation>
    </message>
    <message>
        <source>Upper bound of the keys</source>
        <translation>键的上界</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>The one that comes with Lectern</source>
        <translation>Lectern 自带的</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Models (*.gguf config.json);;All files (*)</source>
        <translation>模型 (*.gguf config.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Colours of the window.</source>
        <translation>窗口的颜色。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Used from the next start on.</source>
        <translation>下次启动时生效。</translation>
    </message>
    <message>
        <source>Reopen documents</source>
        <translation>重新打开文档</translation>
    </message>
    <message>
        <source>Open the documents of the last time again at start.</source>
        <translation>启动时重新打开上次的文档。</translation>
    </message>
    <message>
        <source>Tour seen</source>
        <translation>已看过导览</translation>
    </message>
    <message>
        <source>The first-run tour is not shown again.</source>
        <translation>不再显示首次启动的导览。</translation>
    </message>
    <message>
        <source>Page layout</source>
        <translation>页面布局</translation>
    </message>
    <message>
        <source>How pages follow each other.</source>
        <translation>页面如何相接。</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Zoom of a document opened the first time.</source>
        <translation>首次打开文档时的缩放。</translation>
    </message>
    <message>
        <source>Dark pages</source>
        <translation>深色页面</translation>
    </message>
    <message>
        <source>Invert the lightness of pages; pictures keep their colours.</source>
        <translation>反转页面明暗；图片保持原色。</translation>
    </message>
    <message>
        <source>Remember position</source>
        <translation>记住位置</translation>
    </message>
    <message>
        <source>Open documents where they were left.</source>
        <translation>从上次离开的位置打开文档。</translation>
    </message>
    <message>
        <source>Language of scans</source>
        <translation>扫描件的语言</translation>
    </message>
    <message>
        <source>Language of text recognition as Tesseract names it: eng, deu, eng+deu.</source>
        <translation>文字识别的语言，采用 Tesseract 的名称：eng、deu、eng+deu。</translation>
    </message>
    <message>
        <source>Page cache (MiB)</source>
        <translation>页面缓存 (MiB)</translation>
    </message>
    <message>
        <source>Memory for pages that were drawn.</source>
        <translation>用于已绘制页面的内存。</translation>
    </message>
    <message>
        <source>Code font (points)</source>
        <translation>代码字号（磅）</translation>
    </message>
    <message>
        <source>Size of source files and plain text.</source>
        <translation>源文件和纯文本的字号。</translation>
    </message>
    <message>
        <source>Model folders</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Folders that are searched for models; nothing is copied.</source>
        <translation>搜索模型的文件夹；不会复制任何内容。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>The model that answers; empty for the one that comes with Lectern.</source>
        <translation>负责回答的模型；留空则用 Lectern 附带的模型。</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>A tuned adapter that is applied to the model; empty for none.</source>
        <translation>应用于模型的微调适配器；留空则不用。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Where the model runs.</source>
        <translation>模型在哪里运行。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Processor threads of the model; 0 uses all cores.</source>
        <translation>模型使用的处理器线程数；0 表示全部核心。</translation>
    </message>
    <message>
        <source>Cache format</source>
        <translation>缓存格式</translation>
    </message>
    <message>
        <source>Number format of cached keys and values; smaller formats hold longer documents.</source>
        <translation>缓存键和值的数值格式；较小的格式可容纳更长的文档。</translation>
    </message>
    <message>
        <source>Memory limit (GiB)</source>
        <translation>内存上限 (GiB)</translation>
    </message>
    <message>
        <source>The most memory that a document&apos;s cache may take, the rest lies in a temporary file; 0 leaves it to what is free.</source>
        <translation>文档缓存最多占用的内存，其余放在临时文件中；0 表示按可用内存决定。</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>How documents are read; the model&apos;s profile knows what suits it.</source>
        <translation>如何阅读文档；模型的配置知道什么最合适。</translation>
    </message>
    <message>
        <source>Budget (tokens)</source>
        <translation>预算（词元）</translation>
    </message>
    <message>
        <source>Tokens that each step attends to; 0 takes the profile&apos;s value.</source>
        <translation>每一步关注的词元数；0 使用配置中的值。</translation>
    </message>
    <message>
        <source>Scorer</source>
        <translation>评分方式</translation>
    </message>
    <message>
        <source>How regions are ranked for an answer.</source>
        <translation>回答时如何为区域排序。</translation>
    </message>
    <message>
        <source>Record selections</source>
        <translation>记录选择</translation>
    </message>
    <message>
        <source>Keep what each answer looked at, for the attention map.</source>
        <translation>保留每个回答查看过的内容，用于注意力图。</translation>
    </message>
    <message>
        <source>Longest answer (tokens)</source>
        <translation>最长回答（词元）</translation>
    </message>
    <message>
        <source>An answer ends there at the latest.</source>
        <translation>回答最迟在此结束。</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word.</source>
        <translation>0 总是取最可能的词。</translation>
    </message>
    <message>
        <source>Top k</source>
        <translation>Top k</translation>
    </message>
    <message>
        <source>Words to choose from at each step; 0 for all.</source>
        <translation>每一步可选的词数；0 表示全部。</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Share of probability to choose from at each step.</source>
        <translation>每一步可选词的概率份额。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Equal seeds give equal answers.</source>
        <translation>相同的种子得到相同的回答。</translation>
    </message>
    <message>
        <source>Keep read documents</source>
        <translation>保留已读文档</translation>
    </message>
    <message>
        <source>Keep what the model computed for a document, so that it opens at once the next time.</source>
        <translation>保留模型为文档计算的结果，使其下次能立即打开。</translation>
    </message>
    <message>
        <source>Space for read documents (GiB)</source>
        <translation>已读文档的空间 (GiB)</translation>
    </message>
    <message>
        <source>The oldest are deleted beyond this.</source>
        <translation>超出时删除最旧的。</translation>
    </message>
    <message>
        <source>Keep text of encrypted documents</source>
        <translation>保留加密文档的文字</translation>
    </message>
    <message>
        <source>Off: documents that need a password open in a window of their own, of which nothing is left on disk.</source>
        <translation>关闭：需要密码的文档在单独的窗口中打开，磁盘上不留任何内容。</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Restore Defaults of This Page</source>
        <translation>恢复本页默认值</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Model and Memory</source>
        <translation>模型与内存</translation>
    </message>
    <message>
        <source>Changes of the model take effect when a document is read next.</source>
        <translation>对模型的更改在下次读取文档时生效。</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Choose an action, then press its new keys.</source>
        <translation>选择操作，然后按下新按键。</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;Lectern does not use the network.&lt;/b&gt; No process of it opens an internet connection: no telemetry, no updates, no model download. Documents, questions and answers stay on this computer.&lt;/p&gt;&lt;p&gt;The library lies in a file that only you may read (mode 0600). What is kept, and how to clear it, is on the page &lt;i&gt;Storage&lt;/i&gt;; for documents that need a password you can keep nothing at all there.&lt;/p&gt;&lt;p&gt;PDF files are opened in a separate process without access to the network or to other files, so that a harmful file reaches nothing.&lt;/p&gt;&lt;p&gt;Models are read from folders that you name; nothing of them is sent anywhere or run as a program.&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;Lectern 不使用网络。&lt;/b&gt;它的任何进程都不会打开互联网连接：没有遥测、没有更新、不下载模型。文档、问题和回答都留在这台计算机上。&lt;/p&gt;&lt;p&gt;文档库存放在只有您可以读取的文件中（权限 0600）。保留了什么以及如何清除，见&lt;i&gt;存储&lt;/i&gt;页面；对于需要密码的文档，可以在那里设为完全不保留。&lt;/p&gt;&lt;p&gt;PDF 文件在单独的进程中打开，该进程无法访问网络或其他文件，因此有害文件无法触及任何内容。&lt;/p&gt;&lt;p&gt;模型从您指定的文件夹读取；不会发送到任何地方，也不会作为程序运行。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>No setting has “%1”.</source>
        <translation>没有设置包含“%1”。</translation>
    </message>
</context>
<context>
    <name>ShortcutsPage</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>新按键</translation>
    </message>
    <message>
        <source>New keys:</source>
        <translation>新按键：</translation>
    </message>
    <message>
        <source>%1 belongs to “%2”.</source>
        <translation>%1 已用于“%2”。</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Open Files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open Folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open the Sample Document</source>
        <translation>打开示例文档</translation>
    </message>
    <message>
        <source>Recent documents</source>
        <translation>最近的文档</translation>
    </message>
    <message>
        <source>Start page</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>Lectern</source>
        <translation>Lectern</translation>
    </message>
    <message>
        <source>Open one long document and ask. The whole text is in the model’s context, and every answer shows the pages it came from. Everything stays on this computer.</source>
        <translation>打开一份长文档并提问。全文都在模型的上下文中，每个回答都标明出自哪些页面。一切都留在本机。</translation>
    </message>
    <message>
        <source>Drop files or folders here</source>
        <translation>把文件或文件夹拖到这里</translation>
    </message>
    <message>
        <source>A short handbook of an invented group of islands; it works at once.</source>
        <translation>一本虚构群岛的简短手册，可立即使用。</translation>
    </message>
    <message>
        <source>Let go to open</source>
        <translation>松开即可打开</translation>
    </message>
    <message>
        <source>Drop PDFs, texts, source folders here</source>
        <translation>把 PDF、文本或源代码文件夹拖到这里</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>What is running</source>
        <translation>正在运行的任务</translation>
    </message>
    <message>
        <source>Memory that Lectern uses</source>
        <translation>Lectern 占用的内存</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Model not loaded</source>
        <translation>模型未加载</translation>
    </message>
    <message>
        <source>The model is loaded when a document is opened.</source>
        <translation>打开文档时加载模型。</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Trained on %1 tokens, reads up to %2. Weights %3, %4 per 1,000 tokens of context.</source>
        <translation>训练长度 %1 词元，最多读取 %2。权重 %3，每 1,000 词元上下文 %4。</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Library</source>
        <translation>文档库</translation>
    </message>
    <message>
        <source>Text of documents, conversations and their traces.</source>
        <translation>文档文本、对话及其轨迹。</translation>
    </message>
    <message>
        <source>Saved contexts</source>
        <translation>已存上下文</translation>
    </message>
    <message>
        <source>What models computed for documents, so that they open at once.</source>
        <translation>模型为文档计算的结果，使文档可立即打开。</translation>
    </message>
    <message>
        <source>Models cache</source>
        <translation>模型缓存</translation>
    </message>
    <message>
        <source>Checksums of models; computed again when needed.</source>
        <translation>模型的校验和；需要时会重新计算。</translation>
    </message>
    <message>
        <source>Training runs</source>
        <translation>训练任务</translation>
    </message>
    <message>
        <source>Checkpoints and adapters; runs are deleted in the list of runs.</source>
        <translation>检查点和适配器；可在运行列表中删除。</translation>
    </message>
    <message>
        <source>Remove every document from the library?</source>
        <translation>要从文档库移除所有文档吗？</translation>
    </message>
    <message>
        <source>All conversations and saved contexts go with them. The files themselves stay where they are.</source>
        <translation>所有对话和保存的上下文将一并删除。文件本身保持不动。</translation>
    </message>
    <message>
        <source>Forget all saved contexts?</source>
        <translation>要丢弃所有已存上下文吗？</translation>
    </message>
    <message>
        <source>Documents are read by the model again before the next question.</source>
        <translation>下次提问之前，模型会重新读取文档。</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Clear…</source>
        <translation>清除…</translation>
    </message>
    <message>
        <source>Size of %1</source>
        <translation>%1 的大小</translation>
    </message>
    <message>
        <source>Clear %1</source>
        <translation>清除 %1</translation>
    </message>
    <message>
        <source>%1 are free on this disk. Everything lies in %2.</source>
        <translation>此磁盘空闲 %1。所有内容位于 %2。</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>%1 (contexts: %2)</source>
        <translation>%1（上下文：%2）</translation>
    </message>
</context>
<context>
    <name>SymbolOutline</name>
    <message>
        <source>Functions and classes are listed here once the package universal-ctags is installed.</source>
        <translation>安装软件包 universal-ctags 后，这里会列出函数和类。</translation>
    </message>
</context>
<context>
    <name>TextView</name>
    <message>
        <source>line %1</source>
        <translation>第 %1 行</translation>
    </message>
    <message>
        <source>%1, line %2</source>
        <translation>%1，第 %2 行</translation>
    </message>
    <message>
        <source>%1, link: %2</source>
        <translation>%1，链接：%2</translation>
    </message>
</context>
<context>
    <name>ThumbnailModel</name>
    <message>
        <source>Page %1 of %2</source>
        <translation>第 %1 页，共 %2 页</translation>
    </message>
</context>
<context>
    <name>ThumbnailsPanel</name>
    <message>
        <source>Thumbnails of the pages</source>
        <translation>页面缩略图</translation>
    </message>
    <message>
        <source>Small pages of a PDF appear here.</source>
        <translation>PDF 的缩略页面显示在这里。</translation>
    </message>
    <message>
        <source>This document has no pages to show small.</source>
        <translation>此文档没有可显示的缩略页面。</translation>
    </message>
</context>
<context>
    <name>TogetherDialog</name>
    <message>
        <source>Ask together with</source>
        <translation>与其他文档一起提问</translation>
    </message>
    <message>
        <source>The chosen documents stand in the context behind the one in front; an answer may come from any of them.</source>
        <translation>所选文档在上下文中排在当前文档之后；回答可能来自其中任何一个。</translation>
    </message>
    <message>
        <source>Documents of the library</source>
        <translation>文档库中的文档</translation>
    </message>
</context>
<context>
    <name>TokenTreeModel</name>
    <message>
        <source>%1 of %2 files</source>
        <translation>%1 / %2 个文件</translation>
    </message>
    <message>
        <source>ignored by .gitignore</source>
        <translation>被 .gitignore 忽略</translation>
    </message>
    <message>
        <source>lock file</source>
        <translation>锁定文件</translation>
    </message>
    <message>
        <source>vendored or built</source>
        <translation>第三方或构建生成</translation>
    </message>
    <message>
        <source>no text</source>
        <translation>无文字</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>已略过</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>End the tour</source>
        <translation>结束导览</translation>
    </message>
    <message>
        <source>Tour</source>
        <translation>导览</translation>
    </message>
    <message>
        <source>1 of 3: open a document</source>
        <translation>1/3：打开文档</translation>
    </message>
    <message>
        <source>Drop a file or a folder on this window, or begin with the handbook that comes with Lectern. You can read at once; its text is taken in meanwhile.</source>
        <translation>将文件或文件夹拖到此窗口，或从 Lectern 附带的手册开始。您可以立即阅读；文字会同时录入。</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>打开示例</translation>
    </message>
    <message>
        <source>2 of 3: ask</source>
        <translation>2/3：提问</translation>
    </message>
    <message>
        <source>Type a question on the right and press Return. The model reads the whole document first, once; how long that takes stands above the question.</source>
        <translation>在右侧输入问题并按回车。模型会先完整读取一次文档；所需时间显示在问题上方。</translation>
    </message>
    <message>
        <source>Ask for me</source>
        <translation>替我提问</translation>
    </message>
    <message>
        <source>3 of 3: check the answer</source>
        <translation>3/3：核对回答</translation>
    </message>
    <message>
        <source>The numbers behind each sentence lead to the passages that the model looked at. The shield below the answer verifies whether it needed them.</source>
        <translation>每句后面的数字指向模型查看过的段落。回答下方的盾牌用来验证它是否需要这些段落。</translation>
    </message>
    <message>
        <source>Follow the first number</source>
        <translation>跟随第一个数字</translation>
    </message>
    <message>
        <source>That is all</source>
        <translation>就是这些</translation>
    </message>
    <message>
        <source>Ctrl+Shift+P finds every command by its name. The tour is in the Help menu.</source>
        <translation>Ctrl+Shift+P 可按名称查找任何命令。导览在“帮助”菜单中。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>TrainingWizard</name>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Tune a Model</source>
        <translation>微调模型</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <translation>%1. %2</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>The run is at work.</source>
        <translation>任务正在运行。</translation>
    </message>
    <message>
        <source>It can go on by itself; you find it again in the list of runs.</source>
        <translation>它可以自行继续；之后可在任务列表中找到。</translation>
    </message>
    <message>
        <source>Let It Go On</source>
        <translation>让它继续</translation>
    </message>
    <message>
        <source>Stop and Save</source>
        <translation>停止并保存</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>TurnCard</name>
    <message>
        <source>Previous answer</source>
        <translation>上一个回答</translation>
    </message>
    <message>
        <source>Next answer</source>
        <translation>下一个回答</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Answer again; both answers are kept</source>
        <translation>重新回答；两个都会保留</translation>
    </message>
    <message>
        <source>Show in the attention map</source>
        <translation>在注意力图中显示</translation>
    </message>
    <message>
        <source>Stopped; this is what there was. %1</source>
        <translation>已停止；这是已有的内容。%1</translation>
    </message>
    <message>
        <source>Cut off at the longest answer. %1</source>
        <translation>已达最长回答长度而截断。%1</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写…</translation>
    </message>
    <message>
        <source>No part of the document stood out for this answer. %1</source>
        <translation>文档中没有对此回答特别突出的部分。%1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 verified ✓</source>
        <translation>%1 句已验证 ✓</translation>
    </message>
    <message>
        <source>%1 unsupported (?)</source>
        <translation>%1 句无依据 (?)</translation>
    </message>
    <message>
        <source>%1 only selected</source>
        <translation>%1 句仅被选中</translation>
    </message>
    <message>
        <source>Sentences: %1</source>
        <translation>句子：%1</translation>
    </message>
    <message>
        <source>Asked of %1 only.</source>
        <translation>仅就%1提问。</translation>
    </message>
    <message>
        <source>Verifying: each sentence is scored with and without its passages…</source>
        <translation>正在验证：每句在有和没有其段落时分别评分…</translation>
    </message>
    <message>
        <source>Verify: score each sentence with and without the passages it was read from</source>
        <translation>验证：在有和没有来源段落时对每句评分</translation>
    </message>
    <message>
        <source>What this answer never looked at</source>
        <translation>此回答从未查看的部分</translation>
    </message>
    <message>
        <source>Edit the question and ask again</source>
        <translation>编辑问题并再次提问</translation>
    </message>
    <message>
        <source>Not answered yet.</source>
        <translation>尚未回答。</translation>
    </message>
</context>
</TS>
