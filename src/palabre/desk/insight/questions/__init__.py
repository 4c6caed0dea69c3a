"""One file a question: its page, what it asks of the engine, and its charts."""
