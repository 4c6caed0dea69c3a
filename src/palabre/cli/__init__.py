"""The command `palabre`: one file per verb; a verb is imported only when it is called."""
