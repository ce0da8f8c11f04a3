"""What a course does with Python itself, with tables through pandas, and with a figure drawn by Matplotlib.

A row of EXERCISES is: library, topic, name, calculation, options of `Exercises.do`. The calculation takes the library.
"""

import io
import struct
import zipfile

CSV = """name,group,points
Ada,1,90
Alan,1,70
Grace,2,95
Edsger,2,85
"""
POINTS = [90, 70, 95, 85]
MEANS = [80, 90]  # of group 1: (90 + 70) / 2, of group 2: (95 + 85) / 2


def built_in_types(_):
    """Whole numbers, floating point, complex numbers, text, bytes, truth values."""
    return [
        ("2¹⁰⁰ =", 2**100, 1267650600228229401496703205376, 0),
        ("-7 // 2 =", -7 // 2, -4, 0),
        ("-7 % 3 =", -7 % 3, 2, 0),
        ("0.1 + 0.2 =", 0.1 + 0.2, 0.3, 1e-15),
        ("int('101', 2) =", int("101", 2), 5, 0),
        ("|3+4i| =", abs(3 + 4j), 5, 0),
        ("'deep', 'learning' joined", " ".join(["deep", "learning"]), "deep learning", 0),
        ("bytes of 'é'", len("é".encode("utf-8")), 2, 0),
        ("5 > 3 > 2:", 5 > 3 > 2, True, 0),
    ]


def containers(_):
    """Lists, tuples, dictionaries, sets."""
    numbers = [3, 1, 2]
    numbers.append(5)
    numbers.sort()
    first, *rest = (1, 2, 3)
    ages = {"Ada": 36, "Alan": 41}
    ages["Grace"] = 85
    return [
        ("sorted", numbers, [1, 2, 3, 5], 0),
        ("slice", numbers[::-1][:2], [5, 3], 0),
        ("squares", [one * one for one in numbers if one % 2], [1, 9, 25], 0),
        ("unpacked", [first, rest], [1, [2, 3]], 0),
        ("keys", list(ages), ["Ada", "Alan", "Grace"], 0),
        ("union", sorted({1, 2} | {2, 3}), [1, 2, 3], 0),
        ("zip", [one * two for one, two in zip([1, 2], [3, 4])], [3, 8], 0),
    ]


def control_flow(_):
    """Loops, branches, functions, generators, exceptions."""

    def fibonacci(count):
        one, two = 0, 1
        for _ in range(count):
            yield one
            one, two = two, one + two

    def factorial(number):
        return 1 if number < 2 else number * factorial(number - 1)

    steps, number = 0, 27
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    try:
        caught = str(1 // 0)
    except ZeroDivisionError:
        caught = "caught"
    return [
        ("Fibonacci", list(fibonacci(10)), [0, 1, 1, 2, 3, 5, 8, 13, 21, 34], 0),
        ("5! =", factorial(5), 120, 0),
        ("Collatz steps from 27", steps, 111, 0),
        ("division by zero", caught, "caught", 0),
    ]


def csv_table(pandas):
    """A CSV with names and numbers: read, chosen from, grouped."""
    return _of_table(pandas.read_csv(io.StringIO(CSV)))


def excel_sheet(pandas):
    """The same table from a workbook that is written here by hand, by the format's own definition (ECMA-376)."""
    return _of_table(pandas.read_excel(io.BytesIO(workbook()), engine="openpyxl"))


def excel_written(pandas):
    """A sheet that pandas writes and reads again."""
    file = io.BytesIO()
    pandas.DataFrame({"points": POINTS}).to_excel(file, index=False, engine="openpyxl")
    file.seek(0)
    return [("points", pandas.read_excel(file, engine="openpyxl")["points"].tolist(), POINTS, 0)]


def _of_table(table):
    best = table.loc[table["points"].idxmax(), "name"]
    return [
        ("rows and columns", list(table.shape), [4, 3], 0),
        ("points", table["points"].tolist(), POINTS, 0),
        ("best", str(best), "Grace", 0),
        ("means by group", table.groupby("group")["points"].mean().tolist(), MEANS, 0),
    ]


def workbook():
    """The table as the smallest workbook that a reader of .xlsx takes."""
    rows = []
    for line in CSV.split():
        cells = "".join(
            "<c><v>%s</v></c>" % cell if cell.isdigit() else '<c t="inlineStr"><is><t>%s</t></is></c>' % cell
            for cell in line.split(",")
        )
        rows.append("<row>%s</row>" % cells)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    related = '<Relationships xmlns="%srelationships"><Relationship Id="r1" Type="%s/%s" Target="%s"/></Relationships>'
    parts = {
        "[Content_Types].xml": '<Types xmlns="%scontent-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="'
        '%ssheet.main+xml"/><Override PartName="/xl/sheet1.xml" ContentType="%sworksheet+xml"/></Types>'
        % (package, kind, kind),
        "_rels/.rels": related % (package, office, "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": '<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="Points" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>" % (main, office),
        "xl/_rels/workbook.xml.rels": related % (package, office, "worksheet", "sheet1.xml"),
        "xl/sheet1.xml": '<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (main, "".join(rows)),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return file.getvalue()


def figure(matplotlib):
    """A figure of 100 × 50 pixels, its left half red, drawn into memory by Agg: no display is asked."""
    drawing = matplotlib.figure.Figure(figsize=(2, 1), dpi=50, facecolor="white")
    canvas = matplotlib.backends.backend_agg.FigureCanvasAgg(drawing)
    axes = drawing.add_axes([0, 0, 1, 1])
    axes.set_axis_off()
    axes.set_xlim(0, 2)
    axes.set_ylim(0, 1)
    axes.fill([0, 1, 1, 0], [0, 0, 1, 1], color=(1, 0, 0), linewidth=0)
    canvas.draw()
    pixels = bytes(canvas.buffer_rgba())
    row = pixels[25 * 400 : 26 * 400]
    file = io.BytesIO()
    canvas.print_png(file)
    size = struct.unpack(">II", file.getvalue()[16:24])
    return [
        ("left half", list(row[4 * 20 : 4 * 20 + 3]), [255, 0, 0], 0),
        ("right half", list(row[4 * 80 : 4 * 80 + 3]), [255, 255, 255], 0),
        ("PNG of size", list(size), [100, 50], 0),
    ]


def plot(matplotlib):
    """A line with a title, axes' labels and a legend: what needs fonts."""
    drawing = matplotlib.figure.Figure(figsize=(2, 1.5), dpi=50)
    canvas = matplotlib.backends.backend_agg.FigureCanvasAgg(drawing)
    axes = drawing.subplots()
    (line,) = axes.plot([0, 1, 2], [0, 1, 4], label="x²")
    axes.set_title("A parabola")
    axes.set_xlabel("x")
    axes.legend()
    canvas.draw()
    drawn = len(set(bytes(canvas.buffer_rgba()))) > 2
    return [("points", list(line.get_ydata()), [0, 1, 4], 0), ("drawn", drawn, True, 0)]


EXERCISES = (
    ("python", "python-basics", "built-in-types", built_in_types, {}),
    ("python", "python-basics", "containers", containers, {}),
    ("python", "python-basics", "control-flow", control_flow, {}),
    ("pandas", "table-reading", "csv-table", csv_table, {}),
    ("pandas", "table-reading", "excel-sheet", excel_sheet, {"needs": "openpyxl"}),
    ("pandas", "table-reading", "excel-sheet-written", excel_written, {"needs": "openpyxl", "long": True}),
    ("matplotlib", "figure-drawing", "figure", figure, {}),
    ("matplotlib", "figure-drawing", "plot-with-text", plot, {"long": True}),
)
