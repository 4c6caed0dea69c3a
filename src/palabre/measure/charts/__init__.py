"""Charts: what is shown as a picture is data first, so that the same chart is a drawing, a table and a file.

chart = Chart("lines", (Series("Voltéo", (Point(day_ms, 12, low=8, high=17, href="/w/x/stream?…"),)),))
svg(chart, "fr")        # for a page: colours are the page's, points are links
png(chart, "fr")        # for a report
csv(chart, "fr")        # for a spreadsheet
"""

from palabre.measure.charts.drawing import inline, png, svg
from palabre.measure.charts.table import csv, heads, table
from palabre.measure.charts.types import Chart, Kind, Point, Series, Unit

__all__ = ["Chart", "Kind", "Point", "Series", "Unit", "csv", "heads", "inline", "png", "svg", "table"]
