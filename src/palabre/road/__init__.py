"""What the pipeline is made of: the guard around each item, live panels, batches ready for the write door, imports."""
