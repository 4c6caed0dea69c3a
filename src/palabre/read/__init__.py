"""Readings: functions ``RecordBatch -> RecordBatch`` over POSTS. No I/O, no clock, no network."""
