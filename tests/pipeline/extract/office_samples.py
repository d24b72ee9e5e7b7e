"""Small office files made on the spot, with what is odd about real ones: tracked changes, boxes, notes, footers."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

from docx import Document
from docx.oxml import parse_xml
from pptx import Presentation
from pptx.util import Inches, Pt

from tests.pipeline.extract import samples

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = {
    "office": "office", "text": "text", "table": "table", "draw": "drawing", "presentation": "presentation",
    "meta": "meta",
}  # fmt: skip
_NAMES = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in _ODF.items())
_META = f"""<office:document-meta {_NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>
<dc:title>{{title}}</dc:title><meta:initial-creator>Ada Marín</meta:initial-creator>
<meta:creation-date>2021-04-05T10:00:00</meta:creation-date><dc:date>2021-04-09T10:00:00</dc:date></office:meta>
</office:document-meta>"""


def tracked_docx() -> bytes:
    """A paragraph with an insertion, a deletion, hidden text and a text box; a content control; a nested table."""
    document = Document()
    document.core_properties.title = "Microsoft Word - agreement.doc"
    document.add_heading("Agreement on data", 0)
    body = document.element.body
    body.insert(1, parse_xml(
        f'<w:p xmlns:w="{W}"><w:r><w:t xml:space="preserve">The partners </w:t></w:r>'
        '<w:ins w:id="1" w:author="A"><w:r><w:t xml:space="preserve">will </w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="A"><w:r><w:delText xml:space="preserve">shall </w:delText></w:r></w:del>'
        '<w:r><w:t>share</w:t><w:noBreakHyphen/><w:t>use</w:t><w:tab/><w:t>data.</w:t></w:r>'
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>Internal remark</w:t></w:r>'
        '<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>A box beside the text</w:t></w:r></w:p></w:txbxContent></w:pict>'
        "</w:r></w:p>"
    ))  # fmt: skip
    body.insert(2, parse_xml(
        f'<w:sdt xmlns:w="{W}"><w:sdtContent><w:p><w:r><w:t>In a content control</w:t></w:r></w:p></w:sdtContent>'
        "</w:sdt>"
    ))  # fmt: skip
    document.sections[0].header.paragraphs[0].text = "Running head"
    table = document.add_table(rows=2, cols=3)
    for row, texts in zip(
        table.rows, (("Partner", "Country", "Since"), ("Institute A", "Belgium", "2019")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).add_table(rows=1, cols=1).cell(0, 0).text = "inner"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def busy_pptx() -> bytes:
    """Four slides with a group, a table, a footer that is a text box, and notes."""
    presentation = Presentation()
    for number in range(1, 5):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"Slide {number}"
        right = slide.shapes.add_textbox(Inches(5), Inches(2), Inches(3), Inches(1))
        right.text_frame.text = "on the right"
        left = slide.shapes.add_textbox(Inches(1), Inches(2.1), Inches(3), Inches(1))
        left.text_frame.text = "• on the left"
        left.text_frame.paragraphs[0].font.size = Pt(12)
        foot = slide.shapes.add_textbox(Inches(1), Inches(7), Inches(3), Inches(0.4))
        foot.text_frame.text = "Cluster meeting 2021"
        table = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
        for i, text in enumerate(("Year", "Courses", "2021", "4")):
            table.cell(i // 2, i % 2).text = text
        slide.notes_slide.notes_text_frame.text = f"Say {number}\nslowly"
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def odf(kind: str, content: str, title: str = "", **parts: str) -> bytes:
    """An OpenDocument archive: ``kind`` is ``text`` or ``presentation``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive.writestr(
            "content.xml",
            f"<?xml version='1.0'?><office:document-content {_NAMES}><office:body><office:{kind}>{content}"
            f"</office:{kind}></office:body></office:document-content>",
        )
        archive.writestr("meta.xml", _META.format(title=title))
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return out.getvalue()


def odt() -> bytes:
    """A report with tracked changes, a note, a list, a table and a text box."""
    return odf(
        "text",
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Deleted words</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:h text:outline-level='1'>Skills for digital care</text:h>"
        f"<text:p>{samples.SENTENCES[0]}<text:s/><text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>As seen in spring.</text:p></text:note-body></text:note> It goes<text:tab/>on."
        "<office:annotation><text:p>A comment</text:p></office:annotation></text:p>"
        "<text:list><text:list-item><text:p>Train the trainers</text:p></text:list-item></text:list>"
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Partner</text:p>"
        "</table:table-cell><table:table-cell><text:p>Country</text:p></table:table-cell></table:table-row>"
        "</table:table-header-rows><table:table-row><table:table-cell><text:p>Institute A</text:p></table:table-cell>"
        "<table:table-cell><text:p>Belgium</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:text-box><text:p>A box beside the text</text:p></draw:text-box></draw:frame>"
        "</text:p>",
    )


def odp() -> bytes:
    """Two slides, the first with notes and a footer."""

    def frame(kind: str, text: str) -> str:
        box = f"<draw:text-box><text:p>{text}</text:p></draw:text-box>"
        return f"<draw:frame presentation:class='{kind}'>{box}</draw:frame>"

    return odf(
        "presentation",
        f"<draw:page>{frame('outline', samples.SENTENCES[2])}{frame('title', 'Health clusters')}"
        f"{frame('footer', 'Cluster meeting')}<presentation:notes>{frame('notes', 'Mention the budget')}"
        f"</presentation:notes></draw:page><draw:page>{frame('title', 'Next steps')}"
        f"{frame('outline', samples.SENTENCES[3])}</draw:page>",
        title="Clusters of health",
    )


RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial Cyr;}}"
    rb"{\info{\title Skills for digital care}{\author Ada Mar\'edn}{\creatim\yr2021\mo4\dy5\hr10}}"
    rb"{\header Running head}\pard Two institutes signed a memorandum{\footnote It was signed in spring.} of "
    rb"understanding \u8211? at last.\par Stra\'dfe {\f1\'cc\'e8\'f0} {\v hidden}\par"
    rb"\trowd\cellx1\cellx2\intbl Partner\cell Country\cell\row\trowd\intbl Institute A\cell Belgium\cell\row"
    rb"\pard{\*\generator Some program;}{\pict\wmetafile8 0102030405}The end.\par}"
)


def newsletter(html: bool = True) -> bytes:
    """An e-mail with a plain and an HTML part and an attachment."""
    message = EmailMessage()
    message["From"] = "Ada Marín <ada@news.example.com>"
    message["To"] = "list@news.example.com"
    message["Subject"] = "Zwei Institute arbeiten zusammen – News"
    message["Date"] = "Mon, 05 Apr 2021 23:30:00 +0200"
    message.set_content("\n\n".join(samples.SENTENCES[:3] if html else samples.SENTENCES))
    if html:
        message.add_alternative(samples.ARTICLE, subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="report.pdf")
    return message.as_bytes()
