"""The editorial calendar: publications from the idea to what they brought."""
