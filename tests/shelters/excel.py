"""A workbook as Excel itself writes it: openpyxl, with which the tests write theirs, writes less and otherwise.

Shared strings with runs of rich text and readings (phonetics), days by the built-in formats 14 and 22, formulas with
what they gave and a chain of calculation, cells that carry only a style, views, and the properties of the program.
"""

from __future__ import annotations

import io
import zipfile

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument"

PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_KIND}.spreadsheetml.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.spreadsheetml.sharedStrings+xml"/>
<Override PartName="/xl/calcChain.xml" ContentType="{_KIND}.spreadsheetml.calcChain+xml"/>
<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
<Override PartName="/docProps/app.xml" ContentType="{_KIND}.extended-properties+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId3" Type="{_DOCUMENT}/relationships/extended-properties" Target="docProps/app.xml"/>
<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
<Relationship Id="rId1" Type="{_DOCUMENT}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}/relationships"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x15 xr"
 xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
 xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision">
<fileVersion appName="xl" lastEdited="7" lowestEdited="7" rupBuild="27928"/><workbookPr date1904="0"
 defaultThemeVersion="166925"/><xr:revisionPtr revIDLastSave="0" documentId="8_{{0}}" xr6:coauthVersionLast="47"
 xmlns:xr6="http://schemas.microsoft.com/office/spreadsheetml/2016/revision6"/><bookViews><workbookView xWindow="-108"
 yWindow="-108" windowWidth="23256" windowHeight="12456"/></bookViews><sheets><sheet name="Blad1" sheetId="1"
 r:id="rId1"/></sheets><calcPr calcId="191029"/></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId4" Type="{_DOCUMENT}/relationships/calcChain" Target="calcChain.xml"/>
<Relationship Id="rId3" Type="{_DOCUMENT}/relationships/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId2" Type="{_DOCUMENT}/relationships/styles" Target="styles.xml"/>
<Relationship Id="rId1" Type="{_DOCUMENT}/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""",
    "xl/styles.xml": f"""<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164"
 formatCode="[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy"/></numFmts><fonts count="1"><font><sz val="11"/><color theme="1"/>
<name val="Calibri"/><family val="2"/><scheme val="minor"/></font></fonts><fills count="2"><fill><patternFill
 patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/>
<right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0"
 borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="22" fontId="0"
 fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0"
 applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Standaard" xfId="0"
 builtinId="0"/></cellStyles>
<dxfs count="0"/><tableStyles count="0" defaultTableStyle="TableStyleMedium2" defaultPivotStyle="PivotStyleLight16"/>
</styleSheet>""",
    "xl/sharedStrings.xml": f"""<sst xmlns="{_MAIN}" count="7"
 uniqueCount="7"><si><t>Unit</t></si><si><t>Plaatsen</t></si>
<si><t xml:space="preserve">Stand op </t></si><si><r><t xml:space="preserve">Huis </t></r><r><rPr><b/><sz val="11"/>
<rFont val="Calibri"/></rPr><t>Noord</t></r></si><si><t>東</t><rPh sb="0" eb="1"><t>ヒガシ</t></rPh><phoneticPr
 fontId="1"/></si><si><t>Vrij</t></si><si><t>Gezien_x000D_
om</t></si></sst>""",
    "xl/worksheets/sheet1.xml": f"""<worksheet xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}/relationships"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac"
 xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"><dimension
 ref="A1:G4"/><sheetViews><sheetView
 tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection
 pane="bottomLeft" activeCell="D4" sqref="D4"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="14.4"
 x14ac:dyDescent="0.3"/><cols><col min="1" max="1" width="18.7" bestFit="1" customWidth="1"/></cols><sheetData>
<row r="1" spans="1:7" x14ac:dyDescent="0.3"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s">
<v>2</v></c><c r="D1" t="s"><v>5</v></c><c r="E1" t="s"><v>6</v></c></row>
<row r="2" spans="1:7" x14ac:dyDescent="0.3"><c r="A2" t="s"><v>3</v></c><c r="B2"><v>8</v></c><c r="C2" s="1">
<v>46353</v></c><c r="D2"><f>B2-6.5</f><v>1.5</v></c><c r="E2" s="2"><v>46353.604166666664</v></c><c r="F2" s="1"/>
<c r="G2" s="1"/></row>
<row r="3" spans="1:7" x14ac:dyDescent="0.3"><c r="A3" t="s"><v>4</v></c><c r="B3"><v>0.30000000000000004</v></c>
<c r="C3" s="3"><v>46354</v></c><c r="D3" t="str"><f>IF(B3=0,"","onbekend")</f><v>onbekend</v></c><c r="E3"
 t="b"><v>1</v>
</c></row>
<row r="4" spans="1:7" s="1" customFormat="1" x14ac:dyDescent="0.3"><c r="A4" s="1"/><c r="B4" s="1"/></row></sheetData>
<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>""",
    "xl/calcChain.xml": f"""<calcChain xmlns="{_MAIN}"><c r="D3" i="1" l="1"/><c r="D2" i="1"/></calcChain>""",
    "docProps/app.xml": f"""<Properties
 xmlns="{_DOCUMENT}/extended-properties"><Application>Microsoft Excel</Application>
<DocSecurity>0</DocSecurity><AppVersion>16.0300</AppVersion></Properties>""",
    "docProps/core.xml": f"""<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>Proef</dc:creator><dcterms:modified
 xsi:type="dcterms:W3CDTF">2026-11-27T14:30:00Z</dcterms:modified></cp:coreProperties>""",
}


def from_excel() -> bytes:
    """A table of two units with its formulas, as a file of Excel."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in PARTS.items():
            packed.writestr(name, _HEAD + content)
    return out.getvalue()
