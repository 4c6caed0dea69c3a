"""Files that belong to no platform: tables (CSV, NDJSON, JSON, Parquet) and the exports of other listening tools."""
