def safe_drawing(chart: Chart, lang: str, size: str) -> SafeString:
    """A chart as inline SVG. vl-convert escapes every text of the data, and only addresses of the desk are links
    (`measure.charts`, whose tests try to break both)."""
    return mark_safe(inline(chart, lang, size))
